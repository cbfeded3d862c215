"""SendButton: in the colour of going on, dimmed while there is nothing to send. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.translate import _
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.buttons import Pressable
from lanchat.desktop.widgets.surfaces import RING, Ground, draw_ground, mixed
from lanchat.desktop.widgets.tooltip import Tooltip

_SIZE, _ICON = 34, 18


class SendButton(Pressable):
    def __init__(self, master: tk.Misc, theme: Theme, command: Callable[[], None], ground: Ground = "field") -> None:
        super().__init__(master, theme, command, ground)
        self.configure(width=theme.px(_SIZE), height=theme.px(_SIZE))
        Tooltip(self, theme, lambda: _("Send (Enter)") if self.enabled else "")

    def draw(self) -> None:
        palette, width, height = self.theme.palette, self.winfo_width(), self.winfo_height()
        fill, ink = mixed(self.ground, palette.text, 0.07), mixed(self.ground, palette.mute, 0.6)
        if self.enabled:
            fill, ink = palette.accent_hover if self.over else palette.accent, palette.on_accent
        edge = palette.strong if self.focused else ""
        draw_ground(self, self.theme, (0, 0, width, height), 8, fill, edge=edge, line=RING)
        self.create_image(width // 2, height // 2, image=self.theme.icon("send", _ICON, ink))
