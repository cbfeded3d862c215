"""Texts that are shown over the window for a while: Toasts over a pane, and Tooltips of widgets.

Toasts are shown one after another. A Tooltip is shown where the mouse pointer or the keyboard focus rests.
"""

from __future__ import annotations

import tkinter as tk
from collections import deque
from collections.abc import Callable

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.labels import PlainLabel
from lanchat.desktop.widgets.surfaces import Box
from lanchat.desktop.widgets.tk_events import DelayedCalls

SECONDS = 2.5
SECONDS_PER_CHARACTER = 0.04  #: added, since a longer text takes longer to read
_MOST_WAITING = 5  #: older messages are dropped
_FROM_BOTTOM = 84  #: design pixels: above the composer
_WIDEST = 420  #: design pixels
TOOLTIP_DELAY_MS = 500


class Toasts(tk.Frame):
    """Messages over a part of `master`. Invisible while there is none."""

    def __init__(self, master: tk.Misc, theme: Theme) -> None:
        super().__init__(master, background=theme.palette.chat)
        self._theme = theme
        self._waiting: deque[str] = deque(maxlen=_MOST_WAITING)
        self._said = ""
        self._calls = DelayedCalls(self)
        self._box = Box(self, theme, "raised", 8, pad=(14, 8), edge=theme.palette.shade)
        self._box.pack()
        self._words = PlainLabel(self._box.inside, theme, "room", theme.palette.strong, self._box.fill, (0, 0))
        self._words.pack()

    @classmethod
    def over(cls, master: tk.Misc, theme: Theme) -> Toasts:
        """The Toasts of this pane, made on the first call."""
        there = next((child for child in master.winfo_children() if isinstance(child, cls)), None)
        return there or cls(master, theme)

    def say(self, words: str) -> None:
        """Show these words now or after the message before. Words that are shown or waiting are not added again.

        There may be names of others in them.
        """
        if words != self._said and words not in self._waiting:
            self._waiting.append(words)
        if not self._said:
            self._next()

    def _next(self) -> None:
        if not self._waiting:
            self._said = ""
            self.place_forget()
            return
        self._said = self._waiting.popleft()
        room = self.master.winfo_width() - self._theme.px(60)
        widest = self._theme.px(_WIDEST)
        self._words.show(self._said, min(widest, room) if room > 0 else widest)
        self.place(relx=0.5, rely=1, y=-self._theme.px(_FROM_BOTTOM), anchor="s")
        self.lift()
        seconds = SECONDS + SECONDS_PER_CHARACTER * len(self._said)
        self._calls.restart("next", self._next, round(seconds * 1000))


class Tooltip:
    """The tooltip of one widget, or of several parts of it."""

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
        self._calls = DelayedCalls(widget)
        self._shown: tk.Frame | None = None
        self._pressed = False
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
        self._calls.do("show", self._show, TOOLTIP_DELAY_MS)

    def _end(self, *, pressed: bool = False) -> None:
        self._pressed = pressed
        self._calls.cancel("show")
        if self._shown is not None:
            self._shown.destroy()
            self._shown = None

    def _show(self) -> None:
        theme, widget, root = self._theme, self._widget, self._theme.root
        words = self.words() if callable(self.words) else self.words
        if not words or not widget.winfo_viewable():
            return
        ground = theme.palette.strong
        self._shown = tk.Frame(root, background=ground)
        label = PlainLabel(self._shown, theme, "small", theme.palette.chat, ground)
        label.show(words, theme.px(260))
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
