"""What widgets lie on: the colours of their grounds, and grounds with round corners.

`draw_ground` draws one on a canvas; a Box is a frame that has one. ttk has no frame with round corners that grows with
its contents without a new picture for each size.
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
    """The colour of that name, as `#rrggbb`."""
    colour: str = getattr(palette, name)
    return colour


def mixed(one: str, other: str, share: float) -> str:
    """The colour between two, as `#rrggbb`; `share`: how much of `other` is in it, 0 to 1."""
    parts = (
        round(int(one[at : at + 2], 16) * (1 - share) + int(other[at : at + 2], 16) * share) for at in (1, 3, 5)
    )  # fmt: skip
    return "#" + "".join(f"{part:02x}" for part in parts)


RING = 2  #: design pixels: the width of the line around the widget that has the keyboard focus


class Box(tk.Frame):
    """A frame with round corners. Put the contents on `inside`; pack and grid the Box like any frame."""

    def __init__(
        self, master: tk.Misc, theme: Theme, fill: Ground = "field", radius: float = 8, *, ground: Ground = "chat",
        pad: tuple[float, float] = (8, 8), edge: str = "", width: int = 0,
    ) -> None:  # fmt: skip
        """`pad`: design pixels beside and above/below `inside`. `edge`: the colour of a thin outline, "" for none.
        `width`: in pixels; 0: as wide as the contents need."""
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
        """Show or hide the focus ring."""
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
    """Draw a filled rectangle with round corners: `box` is x0, y0, x1, y1 in pixels, `radius` in design pixels.

    `edge`: the colour of an outline inside the box, `line` design pixels wide; "" for none.
    """
    if edge:
        theme.rounded(canvas, box, radius, edge)
        inset = theme.px(line)
        box = (box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset)
        radius = max(0, radius - line)
    if box[2] > box[0] and box[3] > box[1]:
        theme.rounded(canvas, box, radius, fill)
