"""Headings between the rows of a list, and a name that stands by itself. Tk thread, but for the Heading: pure."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Hashable
from dataclasses import dataclass

from lanchat.desktop.lists.spot import Spot
from lanchat.desktop.lists.writing import Writer
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets import colours
from lanchat.desktop.widgets.colours import Ground, Ink

_HEIGHT, _LEFT, _FROM_BOTTOM = 34, 8, 13  # design pixels
_WIDEST = 100_000  # pixels: no name is cut for want of room


@dataclass(frozen=True, slots=True)
class Heading:
    """A row where one cannot go."""

    words: str
    name: str = ""

    @property
    def key(self) -> Hashable:
        return ("heading", self.words)

    @property
    def height(self) -> int:
        return _HEIGHT


def paint_heading(heading: Heading, spot: Spot, theme: Theme, writer: Writer) -> None:
    left = spot.left + theme.px(_LEFT)
    at = (left, spot.bottom - theme.px(_FROM_BOTTOM))
    writer.write(spot.canvas, at, heading.words, "small_bold", theme.palette.mute, spot.right - left)


class NameLine(tk.Canvas):
    """A name on one line: in the middle of the room it is given, or from its left, asking for as much as it needs."""

    def __init__(
        self, master: tk.Misc, theme: Theme, name: str, font: FontName, ground: Ground, *, ink: Ink = "strong",
        centred: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(
            master, bg=colours.of(theme.palette, ground), highlightthickness=0, bd=0, width=1,
            height=round(theme.fonts.height(font) * 1.2),
        )  # fmt: skip
        self._theme, self._font, self._centred = theme, font, centred
        self._colour = colours.of(theme.palette, ink)
        self._writer = Writer(theme)
        self.words = ""
        self.bind("<Configure>", lambda _event: self._draw())
        self.text(name)

    def text(self, name: str) -> None:
        """Another name."""
        if name != self.words:
            self.words = name
            if not self._centred:
                self.configure(width=self._writer.fit(name, self._font, _WIDEST).width)
            self._draw()

    def _draw(self) -> None:
        width, height = self.winfo_width(), self.winfo_height()
        self.delete("all")
        line = self._writer.fit(self.words, self._font, width)
        at = ((width - line.width) // 2 if self._centred else 0, height / 2)
        self._writer.write(self, at, self.words, self._font, self._colour, width)
