"""Column: what every page is laid out in, so that all pages look alike."""

from __future__ import annotations

import tkinter as tk
from typing import TypeVar

from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.choice import Radios
from lanchat.desktop.widgets.colours import Ground, Ink
from lanchat.desktop.widgets.label import Heading, Label, Paragraph
from lanchat.desktop.widgets.labelled import LABELLED_PAD, Labelled
from lanchat.desktop.widgets.scroller import Scroller

W = TypeVar("W", bound=tk.Widget)

_SIDE, _TOP = 24, 40  #: design pixels left free around it


class Column(Scroller):
    """One below the other, in the middle of a page, at most so wide; what is too high scrolls.

    Make widgets on `column.body`, and `put` them.
    """

    def __init__(self, master: tk.Misc, theme: Theme, width: float = 520, *, ground: Ground = "chat") -> None:
        super().__init__(master, theme, ground=ground)
        self._ground: Ground = ground
        self._most = theme.px(width)
        self._bleed = theme.px(LABELLED_PAD)
        self.body = tk.Frame(self.inside, background=self["background"])
        self.body.pack(fill="x", pady=theme.px(_TOP))
        self.inside.bind("<Configure>", lambda event: self._centre(event.width), add="+")

    def heading(self, text: str) -> Heading:
        """What the page is about."""
        return self.put(Heading(self.body, self._theme, text, ground=self._ground), above=0, below=10)

    def section(self, text: str) -> Heading:
        """What a part of the page is about."""
        return self.put(Heading(self.body, self._theme, text, "title", ground=self._ground), above=28, below=6)

    def paragraph(self, text: str, ink: Ink = "text", font: FontName = "body") -> Paragraph:
        return self.put(Paragraph(self.body, self._theme, text, font, ink, ground=self._ground), above=0, below=10)

    def caption(self, text: str) -> Label:
        """What the field below is for."""
        label = Label(self.body, self._theme, text, "small_bold", "mute", ground=self._ground)
        return self.put(label, above=10, below=4)

    def put(self, widget: W, above: float = 4, below: float = 4) -> W:
        """As wide as the column; `above` and `below`: design pixels left free."""
        side = 0 if isinstance(widget, (Labelled, Radios)) else self._bleed  # so that all words begin at one line
        widget.pack(fill="x", padx=side, pady=(self._theme.px(above), self._theme.px(below)))
        return widget

    def row(self) -> Row:
        """Things side by side, such as buttons."""
        return self.put(Row(self.body, self._theme, self._ground), above=14, below=4)

    def _centre(self, width: int) -> None:
        side = max(self._theme.px(_SIDE), (width - self._most) // 2)
        self.body.pack_configure(padx=side - self._bleed)


class Row(tk.Frame):
    """Make widgets on it, and `put` them, from the left."""

    def __init__(self, master: tk.Misc, theme: Theme, ground: Ground = "chat") -> None:
        super().__init__(master, background=getattr(theme.palette, ground))
        self._theme = theme

    def put(self, widget: W, fill: bool = False) -> W:
        """`fill`: it takes the room that is left."""
        gap = self._theme.px(10) if self.pack_slaves() else 0
        widget.pack(side="left", padx=(gap, 0), fill="x" if fill else "none", expand=fill)
        return widget
