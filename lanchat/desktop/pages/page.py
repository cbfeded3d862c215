"""What pages are made of: the page itself, a heading with a close button, problems and setting rows."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import TypeVar

from lanchat.core.translate import _
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import ButtonRow, IconButton
from lanchat.desktop.widgets.choices import CONTROL_PAD, LabelledControl, RadioGroup
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.surfaces import Box, Ink, ScrollFrame
from lanchat.desktop.widgets.text_field import TextField
from lanchat.desktop.widgets.tk_events import DelayedCalls
from lanchat.engine.events import Event

W = TypeVar("W", bound=tk.Widget)

_PAGE_SIDE, _PAGE_TOP = 24, 40  # design pixels left free around the column
_SIGN_DISC, _SIGN = 56, 28


class PageView(ScrollFrame):
    """A page: a centred column of widgets, which scrolls when it is too high. Subclasses make them on `body`, and `put`
    them from top to bottom."""

    first: tk.Misc | None = None  #: the widget that most people want next
    column = 520  #: design pixels: how wide it is, at most

    def __init__(self, master: tk.Misc, context: ViewContext) -> None:
        self.context = context
        self.theme = context.theme
        super().__init__(master, context.theme)
        self._calls = DelayedCalls(self)
        self._bleed = self.theme.px(CONTROL_PAD)
        self.body = tk.Frame(self.inside, background=self["background"])
        self.body.pack(fill="x", pady=self.theme.px(_PAGE_TOP))
        self.inside.bind("<Configure>", lambda event: self._centre(event.width), add="+")

    def heard(self, event: Event) -> None:
        """An Event happened; the State has already taken it in. The page is drawn soon."""
        self.context.draw_soon(self, self.draw)

    def draw(self) -> None:
        """Show the present State."""

    def focus_first(self) -> None:
        """Give the keyboard focus to `first`, in a field with all its text selected; or to the page."""
        (self.first or self).focus_set()
        if isinstance(self.first, TextField):
            self.first.select_all()

    def later(self, milliseconds: int, draw: Callable[[], None]) -> None:
        """Call `draw` after that time, unless the page is destroyed or `later` is called again before."""
        self._calls.restart("later", draw, milliseconds)

    # --- what is put on it -------------------------------------------------------------------------------------------
    def put(self, widget: W, above: float = 4, below: float = 4) -> W:
        """Pack a widget as wide as the column. `above`, `below`: design pixels left free."""
        side = 0 if isinstance(widget, (LabelledControl, RadioGroup)) else self._bleed  # so that all words are aligned
        widget.pack(fill="x", padx=side, pady=(self.theme.px(above), self.theme.px(below)))
        return widget

    def heading(self, text: str) -> Paragraph:
        """Add the heading of the page."""
        return self.put(Paragraph(self.body, self.theme, text, "head", "strong"), above=0, below=10)

    def section(self, text: str) -> None:
        """Add the heading of a section."""
        self.put(Paragraph(self.body, self.theme, text, "title", "strong"), above=28, below=6)

    def paragraph(self, text: str, ink: Ink = "text", font: FontName = "body") -> Paragraph:
        return self.put(Paragraph(self.body, self.theme, text, font, ink), above=0, below=10)

    def caption(self, text: str) -> None:
        """Add the label of the field below."""
        self.put(Label(self.body, self.theme, text, "small_bold", "mute"), above=10, below=4)

    def sign(self, icon: IconName, ink: Ink = "accent") -> None:
        """Add a large icon."""
        size, palette = self.theme.px(_SIGN_DISC), self.theme.palette
        ground = palette.alert_soft if ink == "alert_ink" else palette.accent_soft
        colour = palette.at if ink == "accent" else getattr(palette, ink)
        sign = tk.Canvas(self.body, width=size, height=size, bg=palette.chat, highlightthickness=0, bd=0, takefocus=0)
        sign.create_image(0, 0, anchor="nw", image=self.theme.rounded_image(size, size, _SIGN_DISC / 2, ground))
        sign.create_image(size // 2, size // 2, image=self.theme.icon(icon, _SIGN, colour))
        self.put(sign, above=0, below=14)

    def buttons(self, *, above: float = 14) -> ButtonRow:
        """Add a row for buttons: make them on it. `above`: design pixels left free."""
        return self.put(ButtonRow(self.body, self.theme), above=above)

    def _centre(self, width: int) -> None:
        side = max(self.theme.px(_PAGE_SIDE), (width - self.theme.px(self.column)) // 2)
        self.body.pack_configure(padx=side - self._bleed)


class ProblemBox(tk.Frame):
    """A box for what went wrong, in words. It takes no room while there is nothing to say."""

    def __init__(self, master: tk.Misc, theme: Theme) -> None:
        super().__init__(master, bg=theme.palette.chat)
        box = Box(self, theme, "alert_soft", 8, pad=(14, 10))
        picture = tk.Label(box.inside, image=theme.icon("warning", 18, theme.palette.alert_ink), bg=box.fill, bd=0)
        picture.pack(side="left", anchor="n", padx=(0, theme.px(10)), pady=(theme.px(1), 0))
        self._words = Paragraph(box.inside, theme, "", "room", ground="alert_soft")
        self._words.pack(side="left", fill="x", expand=True)
        self._box = box
        self._below = theme.px(12)

    @property
    def words(self) -> str:
        return self._words.words

    def say(self, problem: str) -> None:
        """Show a problem; `problem`: a sentence, "" to hide the box."""
        self._words.text(problem)
        if problem:
            self._box.pack(fill="x", pady=(0, self._below))
        else:
            self._box.pack_forget()
            self.configure(height=1)  # an empty frame keeps the height of its last contents


class PageHeading(tk.Frame):
    """A heading with a close button at its right, which goes back to the place before."""

    def __init__(self, master: tk.Misc, context: ViewContext, words: str) -> None:
        theme = context.theme
        super().__init__(master, bg=theme.palette.chat)
        self.close = IconButton(self, theme, "close", _("Close (Esc)"), context.back)
        self.close.pack(side="right")
        Paragraph(self, theme, words, "head", "strong").pack(side="left", fill="x", expand=True)


_SETTING_GAP = 16  # design pixels


class SettingRow(tk.Frame):
    """The name of a setting and its control beside it, or below it where the width is too small for both."""

    def __init__(self, master: tk.Misc, theme: Theme, words: str, make: Callable[[tk.Misc], tk.Widget]) -> None:
        """`make` makes the control, on this frame."""
        super().__init__(master, bg=theme.palette.chat)
        self._theme = theme
        self._wide = theme.fonts.measure("body", words) + theme.px(_SETTING_GAP)
        self._stacked: bool | None = None
        self.columnconfigure(0, weight=1)
        Label(self, theme, words).grid(row=0, column=0, sticky="w")
        self.control = make(self)
        self._arrange(stacked=False)
        self.bind("<Configure>", lambda event: self._arrange(event.width < self._wide + self.control.winfo_reqwidth()))

    def _arrange(self, stacked: bool) -> None:
        if stacked == self._stacked:
            return
        self._stacked = stacked
        if stacked:
            self.control.grid(row=1, column=0, sticky="w", pady=(self._theme.px(4), 0))
        else:
            self.control.grid(row=0, column=1, sticky="e", pady=0)
