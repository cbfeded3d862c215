"""InlineImages: the images among the letters of a timeline: avatars, emoji, ticks, rules. Tk thread.

The theme keeps each; a row holds those it shows, so that none goes while it is in view. What cannot be drawn in time
(`DrawBudget`) is blank at first, and its row is laid out again when it is drawn.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Hashable
from functools import lru_cache

from PIL import Image, ImageTk

from lanchat.core.model import MemberKey
from lanchat.desktop.theme import avatars, icons
from lanchat.desktop.theme.picture_cache import DrawBudget, rounded
from lanchat.desktop.theme.theme import Theme
from lanchat.engine.events import EntryState

AVATAR = 40  # design pixels, as all sizes here
_EMOJI, _BIG_EMOJI = 20, 40
_TICK = 13
_TALL = 760  # of the pane: more than this is left of a window of 900
_CODE_RADIUS, _CODE_PAD, _CODE_RULE = 8, 12, 12
_avatar = lru_cache(maxsize=64)(avatars.avatar)  # for the other half of each
_MOST_DRAWN = 3_000  # of those remembered; the theme keeps a few more


class InlineImages:
    def __init__(self, theme: Theme) -> None:
        self.late = False  #: something was left blank since this was last set
        self.pane = 0  #: pixels between the margins
        self.tall = False  #: there is room for large pictures
        self._theme = theme
        self._budget = DrawBudget()
        self._drawn: set[Hashable] = set()
        self._waiting: dict[Hashable, Callable[[], object]] = {}  # what is to be drawn later
        self._rules: dict[tuple[int, str], tk.PhotoImage] = {}

    def avatar(self, key: MemberKey, nick: str, high: int) -> tuple[ImageTk.PhotoImage, ImageTk.PhotoImage]:
        """In two halves: beside the nick, and beside the first line below it. `high`: pixels of what is in the nick.

        A Text lets no image reach over two of its lines. A canvas beside it would have to repeat the grounds of
        mentions, of the hovered row and of rules, and to follow every step of scrolling.
        """
        theme = self._theme
        size = theme.px(AVATAR)
        wish, ring = theme.wish_of(key), theme.ring_of(key)
        split = min(size, max(theme.fonts.height("bold"), theme.px(22), high))

        def half(name: str, top: int, bottom: int) -> ImageTk.PhotoImage:
            def make() -> Image.Image:
                return _avatar(key, nick, size, wish, ring).crop((0, top, size, bottom))

            return theme.images.get((name, key, nick[:32], size, split, wish, ring), make)

        def both() -> tuple[ImageTk.PhotoImage, ImageTk.PhotoImage]:
            return half("avatar above", 0, split), half("avatar below", split, size)

        if self._in_time((key, nick, split, wish, ring), both):
            return both()
        return self.blank(size, split), self.blank(size, size - split)

    def emoji(self, sequence: str, big: bool = False) -> ImageTk.PhotoImage | None:
        """The image of an emoji; None: no font has it."""
        px = self._theme.px(_BIG_EMOJI if big else _EMOJI)

        def make() -> ImageTk.PhotoImage | None:
            return self._theme.emoji(sequence, px)

        return make() if self._in_time((sequence, big), make) else self.blank(px, px)

    @property
    def emoji_width(self) -> int:
        """The usual width; flags are wider."""
        return self._theme.px(_EMOJI)

    def tick(self, state: EntryState) -> ImageTk.PhotoImage:
        """The image of a delivery state: a clock, one tick, or two."""
        theme, palette = self._theme, self._theme.palette
        match state:
            case EntryState.WAITING | EntryState.TAKEN:
                return theme.icon("clock" if state is EntryState.WAITING else "check", _TICK, palette.mute)
            case EntryState.DELIVERED:
                return theme.images.get(("two ticks", theme.px(_TICK), palette.good), self._two_ticks)
            case EntryState.NOT_SENT:
                return theme.icon("warning", _TICK, palette.alert_ink)

    def drawn_later(
        self, key: tuple[Hashable, ...], size: tuple[float, float], draw: Callable[[], Image.Image]
    ) -> ImageTk.PhotoImage:
        """An image of the theme, made by `draw`; where there is no time for that, a blank one of about its size, in
        design pixels."""
        theme = self._theme
        whole = (*key, theme.scale)

        def make() -> ImageTk.PhotoImage:
            return theme.images.get(whole, draw)

        return make() if self._in_time(whole, make) else self.blank(theme.px(size[0]), theme.px(size[1]))

    def rule(self, words: int, colour: str) -> tk.PhotoImage:
        """The image of the line on either side of words so many pixels wide."""
        found = self._rules.get((words, colour))
        if found is None:
            found = self._rules[words, colour] = tk.PhotoImage(master=self._theme.root)
            self._draw_rule(found, words, colour)
        return found

    def space(self, wide: float) -> ImageTk.PhotoImage:
        """A blank image, in design pixels."""
        return self.blank(self._theme.px(wide), 1)

    def bar(self, bar: int, wide: int, high: int) -> ImageTk.PhotoImage:
        """The bar beside a line of a quote, in an image so wide; all in pixels."""
        colour = self._theme.palette.thumb

        def make() -> Image.Image:
            image = Image.new("RGBA", (wide, high), (0, 0, 0, 0))
            image.paste(colour, (0, 0, bar, high))
            return image

        return self._theme.images.get(("bar", bar, wide, high, colour), make)

    def code_strip_height(self, part: str) -> int:
        """Pixels of a strip of a block of code."""
        return self._theme.px(_CODE_RULE if part == "rule" else _CODE_RADIUS)

    def code_strip(self, part: str, wide: int) -> ImageTk.PhotoImage:
        """A strip of the surface of a block of code: "top", "rule" (below its head) or "bottom"."""
        theme, palette, high = self._theme, self._theme.palette, self.code_strip_height(part)
        line = theme.px(1)

        def make() -> Image.Image:
            if part == "rule":
                image = Image.new("RGBA", (wide, high), palette.line)
                for top, bottom in ((0, high // 3), (high // 3 + line, high)):
                    image.paste(palette.card, (line, top, wide - line, bottom))
                return image
            whole = rounded(wide, 3 * high, high, palette.card, palette.line, line)
            return whole.crop((0, 0, wide, high) if part == "top" else (0, 2 * high, wide, 3 * high))

        return theme.images.get(("code", part, wide, high, palette.card), make)

    def code_side(self, side: str, high: int) -> ImageTk.PhotoImage:
        """What is beside a line of code: "left" or "right", so many pixels high."""
        theme, palette = self._theme, self._theme.palette
        wide, line = theme.px(_CODE_PAD), theme.px(1)

        def make() -> Image.Image:
            image = Image.new("RGBA", (wide, high), palette.card)
            image.paste(palette.line, (0, 0, line, high) if side == "left" else (wide - line, 0, wide, high))
            return image

        return theme.images.get(("code", side, high, palette.card), make)

    def fit(self, pane: int, high: int) -> bool:
        """Fit the rules to a pane of so many pixels. Whether pictures have another size now."""
        was, self.tall = self.tall, high >= self._theme.px(_TALL)
        if pane != self.pane:
            self.pane = pane
            for (words, colour), image in self._rules.items():
                self._draw_rule(image, words, colour)
        return was != self.tall

    def drop(self) -> None:
        """Drop all images, when the timeline is destroyed."""
        self._rules.clear()
        self._waiting.clear()

    def draw_waiting(self) -> bool:
        """Draw some of what was left blank, for a few milliseconds. Whether all of it is drawn."""
        for _turn in self._budget.turn():
            if not self._waiting:
                break
            what, make = self._waiting.popitem()
            make()
            self._note_drawn(what)
        return not self._waiting

    def _in_time(self, what: Hashable, make: Callable[[], object]) -> bool:
        """Whether an image is drawn already, or there is time to; else `make` is called later."""
        if what in self._drawn:
            return True
        if not self._budget.allows():
            self.late = True
            self._waiting[what] = make
            return False
        self._note_drawn(what)
        return True

    def _note_drawn(self, what: Hashable) -> None:
        if len(self._drawn) >= _MOST_DRAWN:
            self._drawn.clear()
        self._drawn.add(what)

    def blank(self, width: int, height: int) -> ImageTk.PhotoImage:
        """A clear image, in pixels."""
        size = (width, max(1, height))
        return self._theme.images.get(("blank", size), lambda: Image.new("RGBA", size, (0, 0, 0, 0)))

    def _draw_rule(self, image: tk.PhotoImage, words: int, colour: str) -> None:
        width, height = max(1, (self.pane - words) // 2 - 2), self._theme.px(1)
        image.blank()
        image.configure(width=width, height=height)
        image.put(colour, to=(0, 0, width, height))

    def _two_ticks(self) -> Image.Image:
        size = self._theme.px(_TICK)
        one = icons.icon("check", size, self._theme.palette.good)
        apart = round(size * 0.4)
        both = Image.new("RGBA", (size + apart, size), (0, 0, 0, 0))
        both.alpha_composite(one)
        both.alpha_composite(one, (apart, 0))
        return both
