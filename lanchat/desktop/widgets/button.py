"""Button and IconButton."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Literal, TypeAlias

from lanchat.desktop.lists.writing import Writer
from lanchat.desktop.look.icons import IconName
from lanchat.desktop.look.look import Look
from lanchat.desktop.widgets.box import draw_ground
from lanchat.desktop.widgets.colours import Ground, mixed
from lanchat.desktop.widgets.pressable import RING, Pressable
from lanchat.desktop.widgets.tooltip import Tooltip

#: The one thing to go on with; another choice; what destroys; what leads elsewhere.
Kind: TypeAlias = Literal["primary", "quiet", "danger", "link"]

_HEIGHT, _PAD, _GAP, _RADIUS, _ICON = 36, 16, 8, 8, 16
_ICON_BUTTON, _ICON_IN_BUTTON = 32, 18
_ENDLESS = 1 << 20


class Button(Pressable):
    """As wide as its words; made wider or narrower, the words stay in the middle, cut where there is no room."""

    def __init__(
        self, master: tk.Misc, look: Look, text: str, command: Callable[[], None], kind: Kind = "primary",
        icon: IconName | None = None, *, ground: Ground = "chat",
    ) -> None:  # fmt: skip
        super().__init__(master, look, command, ground)
        self._kind = kind
        self._icon = icon
        self._writer = Writer(look)
        self.words = ""
        self.text(text)

    def text(self, words: str) -> None:
        """Other words."""
        self.words = words
        look = self.look
        wide = self._writer.fit(words, "room", _ENDLESS).width + (look.px(_ICON) + look.px(_GAP) if self._icon else 0)
        if self._kind == "link":
            self.configure(width=wide, height=look.fonts.height("room") + 2 * look.px(RING))
        else:
            self.configure(width=wide + 2 * look.px(_PAD), height=look.px(_HEIGHT))
        self.redraw()

    def draw(self) -> None:
        width, height = self.winfo_width(), self.winfo_height()
        fill, ink = self._colours()
        if self._kind != "link":
            self._draw_ground(width, height, fill)
        elif self.focused:
            self.create_rectangle(0, height - self.look.px(RING), width, height, fill=self.look.palette.ring, width=0)
        self._draw_words(width, height, ink)

    def _colours(self) -> tuple[str, str]:
        """Of the ground and of the words."""
        palette = self.look.palette
        fill, ink = {
            "primary": (palette.accent, palette.on_accent),
            "quiet": (mixed(self.ground, palette.text, 0.1), palette.text),
            "danger": (palette.alert, palette.on_alert),
            "link": (self.ground, palette.link),
        }[self._kind]
        if not self.enabled:
            return mixed(self.ground, palette.text, 0.06), mixed(self.ground, palette.mute, 0.6)
        if self.down and self.over:
            fill = mixed(fill, "#000000", 0.2)
        elif self.over:
            fill = palette.accent_hover if self._kind == "primary" else mixed(fill, "#000000", 0.09)
        return fill, ink

    def _draw_ground(self, width: int, height: int, fill: str) -> None:
        box = (0, 0, width, height)
        if not self.focused:
            draw_ground(self, self.look, box, _RADIUS, fill)
            return
        gap = self.look.px(RING)  # the ring stands free of the ground, which may have its colour
        draw_ground(self, self.look, box, _RADIUS, self.ground, edge=self.look.palette.ring, line=RING)
        inner = (2 * gap, 2 * gap, width - 2 * gap, height - 2 * gap)
        draw_ground(self, self.look, inner, _RADIUS - 2 * RING, fill)

    def _draw_words(self, width: int, height: int, ink: str) -> None:
        look = self.look
        before = look.px(_ICON) + look.px(_GAP) if self._icon else 0
        pad = 0 if self._kind == "link" else look.px(8)
        line = self._writer.fit(self.words, "room", width - before - 2 * pad)
        x = max(pad, (width - before - line.width) // 2)
        if self._icon:
            self.create_image(x, height // 2, anchor="w", image=look.icon(self._icon, _ICON, ink))
        underlined = self._kind == "link" and self.over and self.enabled
        self._writer.put(self, (x + before, height // 2), line, "room", (ink,))
        if underlined:
            top = height - look.px(RING) - look.px(1)
            self.create_rectangle(x, top, x + before + line.width, top + look.px(1), fill=ink, width=0)


class IconButton(Pressable):
    """A picture to press; what it does comes up in words when the pointer or the keyboard rests on it."""

    def __init__(
        self, master: tk.Misc, look: Look, icon: IconName, tip: str, command: Callable[[], None], *,
        ground: Ground = "chat", size: float = _ICON_BUTTON,
    ) -> None:  # fmt: skip
        """`size`: design pixels of the square around the picture."""
        super().__init__(master, look, command, ground)
        self._icon: IconName = icon
        self._size = size
        self.tip = Tooltip(self, look, tip)
        self.configure(width=look.px(size), height=look.px(size))

    def show(self, icon: IconName, tip: str) -> None:
        """Another picture, with its words."""
        self._icon = icon
        self.tip.words = tip
        self.redraw()

    def draw(self) -> None:
        palette, width, height = self.look.palette, self.winfo_width(), self.winfo_height()
        fill = self.ground
        ink = mixed(self.ground, palette.mute, 0.5)
        if self.enabled:
            ink = palette.strong if self.over else palette.mute
            fill = mixed(self.ground, palette.text, 0.16 if self.down and self.over else 0.08 if self.over else 0)
        edge = palette.ring if self.focused else ""
        if edge or fill != self.ground:
            draw_ground(self, self.look, (0, 0, width, height), 6, fill, edge=edge, line=RING)
        size = min(_ICON_IN_BUTTON, self._size * 0.6)
        self.create_image(width // 2, height // 2, image=self.look.icon(self._icon, size, ink))
