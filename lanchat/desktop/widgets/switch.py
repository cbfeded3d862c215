"""Switch: something that is on or off."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.box import draw_ground
from lanchat.desktop.widgets.colours import Ground, mixed
from lanchat.desktop.widgets.labelled import Labelled

_WIDTH, _HEIGHT, _INSET = 38, 22, 3


class Switch(Labelled):
    """Words, and a switch at their right end; pressing anywhere on either turns it over."""

    def __init__(
        self, master: tk.Misc, theme: Theme, words: str, value: bool, on_change: Callable[[bool], None], *,
        explanation: str = "", ground: Ground = "chat",
    ) -> None:  # fmt: skip
        self.value = value
        self._on_change = on_change
        super().__init__(
            master, theme, words, explanation, self._turn_over, ground, right=_WIDTH, mark_height=_HEIGHT
        )  # fmt: skip

    def set(self, value: bool) -> None:
        """Show this; `on_change` is not called."""
        self.value = value
        self.redraw()

    def draw_mark(self, box: tuple[int, int, int, int]) -> None:
        theme, palette = self.theme, self.theme.palette
        fill = palette.accent if self.value else mixed(self.ground, palette.mute, 0.7)
        if not self.enabled:
            fill = mixed(self.ground, fill, 0.4)
        draw_ground(self, theme, box, _HEIGHT / 2, fill)
        inset = theme.px(_INSET)
        across = box[3] - box[1] - 2 * inset
        left = box[2] - inset - across if self.value else box[0] + inset
        knob = (left, box[1] + inset, left + across, box[1] + inset + across)
        draw_ground(self, theme, knob, _HEIGHT / 2, "#ffffff")

    def _turn_over(self) -> None:
        self.set(not self.value)
        self._on_change(self.value)
