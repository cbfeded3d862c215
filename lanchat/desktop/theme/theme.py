"""Theme: gives views their colours, sizes, fonts and pictures. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from PIL import Image, ImageTk

from lanchat.core.model import Availability, MemberKey, RoomId
from lanchat.core.profile import EMPTY, Avatar, Profile
from lanchat.desktop.emoji import images as emoji_images
from lanchat.desktop.emoji.emoji_data import LONGEST
from lanchat.desktop.text_layout.drawn_words import DrawnWords
from lanchat.desktop.text_layout.line_renderer import LineRenderer
from lanchat.desktop.text_layout.shaping import Shaper
from lanchat.desktop.theme import avatars, icons
from lanchat.desktop.theme.fonts import FontName, Fonts
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.palette import Palette
from lanchat.desktop.theme.picture_cache import PictureCache, rounded


class Theme:
    """One palette at one scale. It never changes; see the package."""

    def __init__(
        self, root: tk.Tk, palette: Palette, scale: float,
        profile_of: Callable[[MemberKey], Profile] = lambda key: EMPTY,
    ) -> None:  # fmt: skip
        """`scale`: pixels of the screen for one design pixel: the scale of the screen times the zoom. `profile_of`:
        what a member's card says, such as how they want to be drawn."""
        self._profile_of = profile_of
        self.root = root
        self.palette = palette
        self.scale = scale
        self.fonts = Fonts(root, scale)
        self.images = PictureCache(root)
        self.shaper = Shaper(root, self.fonts)
        self.lines = LineRenderer(self.fonts, self.shaper, self.emoji)
        self.words = DrawnWords(self.fonts, self.shaper)

    def px(self, design: float) -> int:
        """Design pixels (those of a screen with 96 dpi) in pixels of this screen; at least 1 if more than 0."""
        return max(1, round(design * self.scale)) if design > 0 else round(design * self.scale)

    def font(self, name: FontName) -> str:
        """What a widget takes as `font=`."""
        return self.fonts.name(name)

    def icon(self, name: IconName, size: float, colour: str) -> ImageTk.PhotoImage:
        """An icon; `size` in design pixels."""
        pixels = self.px(size)
        return self.images.get(("icon", name, pixels, colour), lambda: icons.icon(name, pixels, colour))

    def emoji(self, sequence: str, px: int) -> ImageTk.PhotoImage | None:
        """The picture of one match of EMOJI, `px` pixels high and about as wide.

        None for a sequence longer than any match: the caller shows it as text.
        """
        if not 0 < len(sequence) <= LONGEST or px < 1:
            return None
        fill, ink = self.palette.selected, self.palette.text
        return self.images.get(
            ("emoji", sequence, px),
            lambda: emoji_images.drawn(sequence, px) or emoji_images.pill(sequence, px, fill, ink),
        )

    def avatar(
        self, key: MemberKey, nick: str, size: float, presence: Availability | None = None, ground: str = "", *,
        wish: Avatar | None = None,
    ) -> ImageTk.PhotoImage:  # fmt: skip
        """A member's avatar; with `presence`, a mark with a rim in the colour of `ground`. `size` in design pixels.
        `wish`: how it is to be drawn; None: as the member wants it."""
        pixels, palette = self.px(size), self.palette
        wished, ring = self.wish_of(key) if wish is None else wish, self.ring_of(key)

        def make() -> Image.Image:
            image = avatars.avatar(key, nick, pixels, wished, ring)
            if presence is None:
                return image
            colour = {
                Availability.HERE: palette.good, Availability.AWAY: palette.caution, Availability.BUSY: palette.alert,
            }[presence]  # fmt: skip
            return avatars.with_presence(image, presence, ground or palette.side, colour)

        return self.images.get(("avatar", key, nick[:32], pixels, presence, ground, wished, ring), make)

    def room_avatar(self, room_id: RoomId, title: str, size: float) -> ImageTk.PhotoImage:
        """A room's avatar; `size` in design pixels."""
        pixels = self.px(size)
        key = ("room_avatar", room_id, title[:32], pixels)
        return self.images.get(key, lambda: avatars.room_avatar(room_id, title, pixels))

    def wish_of(self, key: MemberKey) -> Avatar:
        """How a member wants to be drawn."""
        return self._profile_of(key).avatar

    def ring_of(self, key: MemberKey) -> str:
        """The colour of the ring that a guest's avatar is; "" for members, whose is a disc."""
        return self.colour_of(key) if self._profile_of(key).guest else ""

    def colour_of(self, key: MemberKey) -> str:
        """The colour of a member's nick."""
        return avatars.colour_of(key, self.palette.dark, self.wish_of(key))

    def rounded_image(self, width: int, height: int, radius: float, fill: str) -> ImageTk.PhotoImage:
        """A small shape with round corners, such as a pill. Sizes in pixels, `radius` in design pixels."""
        r = self.px(radius)
        return self.images.get(("rounded", width, height, r, fill), lambda: rounded(width, height, r, fill))

    def corner_image(self, corner: str, radius: int, fill: str) -> ImageTk.PhotoImage:
        """A corner of a disc: "nw", "ne", "sw" or "se"; `radius` in pixels."""
        x, y = ("e" in corner) * radius, ("s" in corner) * radius
        return self.images.get(
            ("corner", corner, radius, fill),
            lambda: rounded(2 * radius, 2 * radius, radius, fill).crop((x, y, x + radius, y + radius)),
        )
