"""RoomCard: a room to go into, large enough to be hit without aiming. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.translate import _
from lanchat.desktop.lists.writing import Writer
from lanchat.desktop.pages.offers import Offer
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.box import draw_ground
from lanchat.desktop.widgets.colours import mixed
from lanchat.desktop.widgets.pressable import RING, Pressable

_HEIGHT, _RADIUS, _PAD = 60, 10, 14
_DISC, _ICON, _GAP = 36, 18, 12


class RoomCard(Pressable):
    def __init__(
        self, master: tk.Misc, theme: Theme, writer: Writer, offer: Offer, command: Callable[[], None]
    ) -> None:
        super().__init__(master, theme, command)
        self.offer = offer
        self._writer = writer
        self._suggested = False
        self.configure(height=theme.px(_HEIGHT))

    def show(self, offer: Offer, *, suggested: bool) -> None:
        """The same room as it is now. `suggested`: it stands out, as what most people come for."""
        if (offer, suggested) != (self.offer, self._suggested):
            self.offer, self._suggested = offer, suggested
            self.redraw()

    def draw(self) -> None:
        width, height = self.winfo_width(), self.winfo_height()
        theme, palette, px = self.theme, self.theme.palette, self.theme.px
        offer = self.offer
        rest = palette.accent_soft if self._suggested else palette.side
        fill = mixed(rest, palette.text, 0.12 if self.down and self.over else 0.06 if self.over else 0)
        edge = palette.ring if self.focused else ""
        draw_ground(self, theme, (0, 0, width, height), _RADIUS, fill, edge=edge, line=RING)
        middle = height // 2
        x = px(_PAD)
        self._draw_sign(x, middle, fill)
        x += px(_DISC + _GAP)
        right = self._draw_end(width - px(_PAD), middle, fill)
        title = palette.mute if offer.away else palette.strong
        about = mixed(palette.alert_ink if offer.doubtful else palette.mute, palette.text, 0.4)
        self._writer.write(self, (x, middle - px(10)), offer.title, "bold", title, right - x)
        self._writer.write(self, (x, middle + px(11)), offer.about, "small", about, right - x)

    def _draw_sign(self, x: int, middle: int, ground: str) -> None:
        """A disc with what kind of room it is."""
        theme, palette = self.theme, self.theme.palette
        size = theme.px(_DISC)
        offer = self.offer
        strong = palette.alert if offer.doubtful else palette.accent
        fill = mixed(ground, palette.text, 0.1) if offer.away else strong
        ink = palette.mute if offer.away else palette.on_accent
        self.create_image(x, middle, anchor="w", image=theme.rounded_image(size, size, _DISC / 2, fill))
        name: IconName = "warning" if offer.doubtful else "lock" if offer.lock else "room"
        self.create_image(x + size // 2, middle, image=theme.icon(name, _ICON, ink))

    def _draw_end(self, right: int, middle: int, ground: str) -> int:
        """What Enter does, or an arrow. Gives where the words must end."""
        theme, palette, px = self.theme, self.theme.palette, self.theme.px
        if self._suggested and self.focused:
            words = _("Enter ↵")
            self.create_text(right, middle, anchor="e", text=words, font=theme.font("small_bold"), fill=palette.at)
            return right - theme.fonts.measure("small_bold", words) - px(_GAP)
        self.create_image(right, middle, anchor="e", image=theme.icon("right", 16, mixed(ground, palette.mute, 0.8)))
        return right - px(16 + _GAP)
