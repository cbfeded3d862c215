"""Theme: gives views their colours, sizes, fonts and pictures. Tk thread."""

from __future__ import annotations

import tkinter as tk

from PIL import Image, ImageTk

from lanchat.core.model import MemberKey
from lanchat.desktop.text_layout.shaping import Shaper
from lanchat.desktop.theme import avatars, icons
from lanchat.desktop.theme.avatars import Presence
from lanchat.desktop.theme.fonts import FontName, Fonts
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.palette import Palette
from lanchat.desktop.theme.picture_cache import PictureCache, drawn, rounded


class Theme:
    """One palette at one scale. It never changes; see the package."""

    def __init__(self, root: tk.Tk, palette: Palette, scale: float) -> None:
        """`scale`: pixels of the screen for one design pixel: the scale of the screen times the zoom."""
        self.root = root
        self.palette = palette
        self.scale = scale
        self.fonts = Fonts(root, scale)
        self.images = PictureCache(root)
        self.shaper = Shaper(root, self.fonts)

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

    def avatar(
        self, key: MemberKey, nick: str, size: float, presence: Presence | None = None, ground: str = ""
    ) -> ImageTk.PhotoImage:
        """A member's avatar; with `presence`, a dot with a rim in the colour of `ground`. `size` in design pixels."""
        pixels, palette = self.px(size), self.palette

        def make() -> Image.Image:
            image = avatars.avatar(key, nick, pixels)
            if presence is None:
                return image
            return avatars.with_presence(image, presence, (ground or palette.side, palette.good, palette.mute))

        return self.images.get(("avatar", key, nick[:32], pixels, presence, ground), make)

    def colour_of(self, key: MemberKey) -> str:
        """The colour of a member's nick."""
        return avatars.colour_of(key, self.palette.dark)

    def rounded_image(
        self, width: int, height: int, radius: float, fill: str, outline: str | None = None
    ) -> ImageTk.PhotoImage:
        """A small shape with round corners, such as a pill. Sizes in pixels, `radius` in design pixels."""
        r, line = self.px(radius), self.px(1)
        key = ("rounded", width, height, r, fill, outline)
        return self.images.get(key, lambda: rounded(width, height, r, fill, outline, line))

    def rounded(
        self, canvas: tk.Canvas, box: tuple[int, int, int, int], radius: float, fill: str, *, tag: str = "ground"
    ) -> None:
        """Draw a filled rectangle with round corners of any size: x0, y0, x1, y1 in pixels, `radius` in design pixels.

        Four corner pictures and two rectangles, so that a resize needs no new picture.
        """
        x0, y0, x1, y1 = box
        r = min(self.px(radius), (x1 - x0) // 2, (y1 - y0) // 2)
        if r > 0:
            corners = (("nw", x0, y0), ("ne", x1 - r, y0), ("sw", x0, y1 - r), ("se", x1 - r, y1 - r))
            for corner, x, y in corners:
                canvas.create_image(x, y, anchor="nw", image=self._corner(corner, r, fill), tags=tag)
        canvas.create_rectangle(x0 + r, y0, x1 - r, y1, fill=fill, width=0, tags=tag)
        canvas.create_rectangle(x0, y0 + r, x1, y1 - r, fill=fill, width=0, tags=tag)

    def _corner(self, corner: str, radius: int, fill: str) -> ImageTk.PhotoImage:
        def make() -> Image.Image:
            x, y = ("e" in corner) * radius, ("s" in corner) * radius
            disc = drawn(2 * radius, 2 * radius, lambda pen, finer: pen.ellipse(
                (0, 0, 2 * radius * finer - 1, 2 * radius * finer - 1), fill=fill))  # fmt: skip
            return disc.crop((x, y, x + radius, y + radius))

        return self.images.get(("corner", corner, radius, fill), make)
