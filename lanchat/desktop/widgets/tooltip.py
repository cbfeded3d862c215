"""Tooltip: words that appear where the mouse pointer or the keyboard focus rests."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from PIL import ImageTk

from lanchat.desktop.emoji.pattern import without_emoji
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.labels import show_words

TOOLTIP_DELAY_MS = 500


class Tooltip:
    def __init__(
        self, widget: tk.Misc, theme: Theme, words: str | Callable[[], str],
        spot: Callable[[], tuple[int, int]] | None = None,
    ) -> None:  # fmt: skip
        """A tooltip of `widget`. `words`: a text, or a function that returns it when it is to be shown; "" shows
        nothing. There may be names of others in it.

        `spot` returns top and bottom of what the words are about, in pixels from the top of `widget`; None: all of it.
        """
        self.words = words
        self._spot = spot
        self._widget = widget
        self._theme = theme
        self._wait = ""
        self._shown: tk.Frame | None = None
        self._pressed = False
        self._picture: ImageTk.PhotoImage | None = None
        widget.bind("<Enter>", lambda event: self._begin(), add="+")
        widget.bind("<FocusIn>", lambda event: self._begin(), add="+")
        for end in ("<Leave>", "<FocusOut>", "<KeyPress>", "<Destroy>"):
            widget.bind(end, lambda event: self._end(), add="+")
        widget.bind("<ButtonPress-1>", lambda event: self._end(pressed=True), add="+")  # besides what a button binds

    def again(self, words: str) -> None:
        """The pointer is on another part of the widget, which has these words."""
        self.words = words
        self._pressed = False
        self._begin()

    def _begin(self) -> None:
        if self._pressed:  # a press also gives the focus: a menu may be open, which the tooltip would cover
            return
        self._end()
        self._wait = self._widget.after(TOOLTIP_DELAY_MS, self._show)

    def _end(self, *, pressed: bool = False) -> None:
        self._pressed = pressed
        if self._wait:
            self._widget.after_cancel(self._wait)
            self._wait = ""
        if self._shown is not None:
            self._shown.destroy()
            self._shown = None

    def _show(self) -> None:
        self._wait = ""
        words = self.words() if callable(self.words) else self.words
        if words and self._widget.winfo_viewable():
            self._put(words)

    def _put(self, words: str) -> None:
        theme, widget, root = self._theme, self._widget, self._theme.root
        ground = theme.palette.strong
        self._shown = tk.Frame(root, background=ground)
        label = tk.Label(
            self._shown, font=theme.font("small"), foreground=theme.palette.chat, background=ground,
            wraplength=theme.px(260), justify="left", borderwidth=0,
        )  # fmt: skip
        self._picture = show_words(label, theme, without_emoji(words), "small", theme.palette.chat, theme.px(260))
        label.pack(padx=theme.px(8), pady=theme.px(4))
        self._shown.update_idletasks()
        wide, high = self._shown.winfo_reqwidth(), self._shown.winfo_reqheight()
        left, top = widget.winfo_rootx() - root.winfo_rootx(), widget.winfo_rooty() - root.winfo_rooty()
        gap = theme.px(6)
        first, last = self._spot() if self._spot else (0, widget.winfo_height())
        x = max(gap, min(left + (widget.winfo_width() - wide) // 2, root.winfo_width() - wide - gap))
        y = top + last + gap
        if y + high > root.winfo_height():
            y = top + first - high - gap
        self._shown.place(x=x, y=y)
        self._shown.lift()
