"""Labelled: a mark that is pressed and words that say what it is for, which may go on in a second line."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from PIL import ImageTk

from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets import colours
from lanchat.desktop.widgets.box import draw_ground
from lanchat.desktop.widgets.colours import Ground
from lanchat.desktop.widgets.pressable import RING, Pressable

LABELLED_PAD = 8  #: design pixels around everything, so that the ring stands free
_GAP = 12


class Labelled(Pressable):
    """As wide as it is made, and as high as its words then need. Pack it with fill="x"."""

    def __init__(
        self, master: tk.Misc, theme: Theme, words: str, explanation: str, command: Callable[[], None],
        ground: Ground, *, left: float = 0, right: float = 0, mark_height: float = 18,
    ) -> None:  # fmt: skip
        """`left`, `right`: design pixels the mark takes on that side of the words."""
        super().__init__(master, theme, command, ground)
        self._pictures: list[ImageTk.PhotoImage | None] = []
        self._words = words
        self._explanation = explanation
        self._left = theme.px(left)
        self._right = theme.px(right)
        self._mark_height = theme.px(mark_height)
        pad, gap = theme.px(LABELLED_PAD), theme.px(_GAP)
        self._before = pad + (self._left + gap if left else 0)
        self._after = pad + (self._right + gap if right else 0)
        wide = max(theme.fonts.measure("body", words), theme.fonts.measure("small", explanation))
        self.configure(
            width=self._before + min(wide, theme.px(400)) + self._after, height=theme.fonts.height("body") + 2 * pad
        )

    def draw_mark(self, box: tuple[int, int, int, int]) -> None:
        """Draw the mark: x0, y0, x1, y1 in pixels."""
        raise NotImplementedError

    def draw(self) -> None:
        theme, palette = self.theme, self.theme.palette
        width = self.winfo_width()
        if width <= 1:
            return  # it has no place yet
        pad, line = theme.px(LABELLED_PAD), theme.fonts.height("body")
        room = max(1, width - self._before - self._after)
        ink = palette.text if self.enabled else palette.mute
        self._pictures = [self._write(self._words, pad, "body", ink, room)]
        bottom = self.bbox("words")[3]
        if self._explanation:
            self._pictures.append(self._write(self._explanation, bottom + theme.px(1), "small", palette.mute, room))
            bottom = self.bbox("words")[3]
        height = bottom + pad
        if height != int(str(self["height"])):
            self.configure(height=height)
        if self.over and self.enabled:
            hover = colours.mixed(self.ground, palette.text, 0.05)
            draw_ground(self, theme, (0, 0, width, height), 8, hover)
        if self.focused:
            draw_ground(self, theme, (0, 0, width, height), 8, self.ground, edge=palette.ring, line=RING)
        self.tag_raise("words")
        top = pad + (line - self._mark_height) // 2
        x = pad if self._left else width - pad - self._right
        self.draw_mark((x, top, x + (self._left or self._right), top + self._mark_height))

    def _write(self, words: str, top: int, font: FontName, ink: str, room: int) -> ImageTk.PhotoImage | None:
        """Gives the picture, if it has to be one: names of others may be in it."""
        image = self.theme.shaper.paragraph(words, font, ink, room)
        if image is not None:
            self.create_image(self._before, top, anchor="nw", image=image, tags="words")
        else:
            style = self.theme.font(font)
            self.create_text(self._before, top, anchor="nw", text=words, font=style, fill=ink, width=room, tags="words")
        return image
