"""Spot: where a row of a list is painted, and the ground it lies on. Tk thread."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.box import draw_ground
from lanchat.desktop.widgets.pressable import RING

_RADIUS = 6  # design pixels


@dataclass(frozen=True, slots=True)
class Spot:
    """Pixels of the canvas, within the row's ground."""

    canvas: tk.Canvas
    left: int
    top: int
    right: int
    bottom: int
    ground: str  #: the colour it lies on
    chosen: bool

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    def draw_ground(self, theme: Theme, *, ring: bool, bare: bool) -> None:
        """`ring`: the keyboard is here; `bare`: the ground is that of the list, and needs no drawing."""
        if ring or not bare:
            box = (self.left, self.top + 1, self.right, self.bottom - 1)
            edge = theme.palette.ring if ring else ""
            draw_ground(self.canvas, theme, box, _RADIUS, self.ground, edge=edge, line=RING)
