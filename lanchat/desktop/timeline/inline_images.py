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
from lanchat.desktop.emoji.images import picture
from lanchat.desktop.theme import avatars, icons
from lanchat.desktop.theme.picture_cache import DrawBudget
from lanchat.desktop.theme.theme import Theme
from lanchat.engine.events import EntryState

AVATAR = 40  # design pixels, as all sizes here
_EMOJI, _BIG_EMOJI = 20, 40
_TICK = 13
_MOST_DRAWN = 3_000  # of those remembered; the theme keeps a few more


class InlineImages:
    def __init__(self, theme: Theme) -> None:
        self.late = False  #: something was left blank since this was last set
        self.pane = 0  #: pixels from edge to edge
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
        split = min(size, max(theme.fonts.height("bold"), theme.px(22), high))

        def half(name: str, top: int, bottom: int) -> ImageTk.PhotoImage:
            def make() -> Image.Image:
                return _avatar(key, nick, size).crop((0, top, size, bottom))

            return theme.images.get((name, key, nick[:32], size, split), make)

        def both() -> tuple[ImageTk.PhotoImage, ImageTk.PhotoImage]:
            return half("avatar above", 0, split), half("avatar below", split, size)

        if self._in_time((key, nick, split), both):
            return both()
        return self._blank(size, split), self._blank(size, size - split)

    def emoji(self, sequence: str, big: bool = False) -> ImageTk.PhotoImage | None:
        """The image of an emoji; None: no font has it."""
        px = self._theme.px(_BIG_EMOJI if big else _EMOJI)

        def make() -> ImageTk.PhotoImage | None:
            return picture(self._theme, sequence, px)

        return make() if self._in_time((sequence, big), make) else self._blank(px, px)

    @property
    def emoji_width(self) -> int:
        """The usual width; flags are wider."""
        return self._theme.px(_EMOJI)

    def tick(self, state: EntryState) -> ImageTk.PhotoImage:
        """The image of a delivery state: a clock, one tick, or two."""
        theme = self._theme
        match state:
            case EntryState.WAITING:
                return theme.icon("clock", _TICK, theme.palette.mute)
            case EntryState.TAKEN:
                return theme.icon("check", _TICK, theme.palette.mute)
            case EntryState.DELIVERED:
                return theme.images.get(("two ticks", theme.px(_TICK), theme.palette.good), self._two_ticks)
            case EntryState.NOT_SENT:
                return theme.icon("warning", _TICK, theme.palette.alert_ink)

    def rule(self, words: int, colour: str) -> tk.PhotoImage:
        """The image of the line on either side of words so many pixels wide."""
        found = self._rules.get((words, colour))
        if found is None:
            found = self._rules[words, colour] = tk.PhotoImage(master=self._theme.root)
            self._draw_rule(found, words, colour)
        return found

    def space(self, wide: float) -> ImageTk.PhotoImage:
        """A blank image, in design pixels."""
        return self._blank(self._theme.px(wide), 1)

    def fit(self, pane: int) -> None:
        """Fit the rules to a pane of so many pixels."""
        if pane != self.pane:
            self.pane = pane
            for (words, colour), image in self._rules.items():
                self._draw_rule(image, words, colour)

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

    def _blank(self, width: int, height: int) -> ImageTk.PhotoImage:
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


@lru_cache(maxsize=64)  # for the other half of each
def _avatar(key: MemberKey, nick: str, size: int) -> Image.Image:
    return avatars.avatar(key, nick, size)
