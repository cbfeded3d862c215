"""Colours of a widget, from the palette and from what it lies on. Pure.

Box: a ground with round corners, and things on it.
"""

from __future__ import annotations

import tkinter as tk
from typing import Literal, TypeAlias

from lanchat.desktop.theme.palette import Palette
from lanchat.desktop.theme.theme import Theme

#: What a widget may lie on, by its name in the Palette.
Ground: TypeAlias = Literal["chat", "side", "rail", "raised", "field", "alert_soft", "mention", "accent_soft"]

#: What words may be written in.
Ink: TypeAlias = Literal["text", "strong", "mute", "accent", "link", "alert_ink", "good", "caution", "at"]


def palette_colour(palette: Palette, name: Ground | Ink) -> str:
    """As `#rrggbb`."""
    colour: str = getattr(palette, name)
    return colour


def mixed(one: str, other: str, share: float) -> str:
    """`one` with `share` (0 to 1) of `other` in it."""
    parts = (
        round(int(one[at : at + 2], 16) * (1 - share) + int(other[at : at + 2], 16) * share) for at in (1, 3, 5)
    )  # fmt: skip
    return "#" + "".join(f"{part:02x}" for part in parts)


RING = 2  #: design pixels of the line around what has the keyboard


class Box(tk.Frame):
    """As large as what lies on `inside`, or as large as it is made: pack and grid it like any frame."""

    def __init__(
        self, master: tk.Misc, theme: Theme, fill: Ground = "field", radius: float = 8, *, ground: Ground = "chat",
        pad: tuple[float, float] = (8, 8), edge: str = "", width: int = 0,
    ) -> None:  # fmt: skip
        """`pad`: design pixels left and right, above and below `inside`. `edge`: colour of a thin line around it.
        `width`: in pixels, 0: as needed."""
        self._theme = theme
        self._radius = radius
        self._edge = edge
        self._ring = False
        self.fill = palette_colour(theme.palette, fill)
        super().__init__(master, background=palette_colour(theme.palette, ground), width=width)
        self.below = tk.Canvas(self, background=self["background"], highlightthickness=0, borderwidth=0)
        self.below.place(relwidth=1, relheight=1)
        self.below.bind("<Configure>", lambda event: self._draw())
        self.inside = tk.Frame(self, background=self.fill)
        self.inside.pack(fill="both", expand=True, padx=theme.px(pad[0]), pady=theme.px(pad[1]))

    def ring(self, shown: bool) -> None:
        """The line that says that the keyboard is here."""
        if shown != self._ring:
            self._ring = shown
            self._draw()

    def _draw(self) -> None:
        line = RING if self._ring else 1 if self._edge else 0
        width, height = self.below.winfo_width(), self.below.winfo_height()
        self.below.delete("all")
        draw_ground(
            self.below, self._theme, (0, 0, width, height), self._radius, self.fill,
            edge=self._theme.palette.ring if self._ring else self._edge, line=line,
        )  # fmt: skip


def draw_ground(
    canvas: tk.Canvas, theme: Theme, box: tuple[int, int, int, int], radius: float, fill: str, *, edge: str = "",
    line: float = 1,
) -> None:  # fmt: skip
    """A ground with round corners; with `edge`, inside of a line of that colour, `line` design pixels wide."""
    if edge:
        theme.rounded(canvas, box, radius, edge)
        inset = theme.px(line)
        box = (box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset)
        radius = max(0, radius - line)
    if box[2] > box[0] and box[3] > box[1]:
        theme.rounded(canvas, box, radius, fill)
