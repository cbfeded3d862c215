"""KeeperChoice: who keeps a room open when I leave it, as cards to choose one from. Tk thread.

The options are the members whose computer this one can reach (`events.HeirsChanged`), any of them, and nobody.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct

from lanchat.core.model import MemberKey
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model.room_keeping import NOBODY
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.buttons import Pressable
from lanchat.desktop.widgets.choices import bind_arrows
from lanchat.desktop.widgets.surfaces import RING, draw_ground, mixed
from lanchat.desktop.widgets.tk_events import has_focus

ANYONE = "anyone"

_HIGH, _RADIUS, _GAP, _PAD = 60, 8, 8, 16  # design pixels
_MARK, _AVATAR, _ICON, _WORDS_AT = 18, 32, 18, 98


class KeeperOption(Struct, frozen=True):
    """What can be chosen."""

    value: str  #: a member's key in hexadecimal, ANYONE or NOBODY
    words: str
    about: str
    member: MemberKey | None = None
    name: str = ""  #: the member's
    icon: IconName = "people"


def keeper_options(room: RoomModel) -> list[KeeperOption]:
    """Who can keep this room open; empty: nobody can."""
    heirs = room.keeping.heirs
    if not heirs:
        return []
    found = []
    for heir in heirs:
        name = room.people.called(heir)
        words = _("{name} keeps the room open").format(name=name)
        found.append(KeeperOption(heir.hex(), words, _("Their computer answers, and is ready"), heir, name))
    if len(heirs) > 1:
        found.append(KeeperOption(ANYONE, _("Whoever is here"), _("lanchat picks somebody whose computer answers")))
    return [*found, _nobody(1, mine=room.hosted)]


def keepers_of_all(rooms: Sequence[RoomModel]) -> list[KeeperOption]:
    """The same for several rooms; empty: nobody can keep any of them open."""
    kept = sum(bool(room.keeping.heirs) for room in rooms)
    if not kept:
        return []
    about = _("In each room, lanchat picks somebody whose computer answers")
    if kept < len(rooms):
        others = len(rooms) - kept
        words = ngettext("{n} room closes: nobody there can keep it open",
                         "{n} rooms close: nobody there can keep them open", others)  # fmt: skip
        about = words.format(n=others)
    anyone = KeeperOption(ANYONE, _("Whoever is here"), about)
    return [anyone, _nobody(len(rooms), mine=all(room.hosted for room in rooms))]


def _nobody(rooms: int, *, mine: bool) -> KeeperOption:
    words = ngettext("Nobody: close it", "Nobody: close them", rooms)
    if mine:
        about = ngettext("It opens again when you come back", "They open again when you come back", rooms)
    else:
        about = ngettext("It opens again when its owner comes back", "They open again when their owners come back",
                         rooms)  # fmt: skip
    return KeeperOption(NOBODY, words, about, icon="door")


class KeeperChoice(tk.Frame):
    """Tab goes to the chosen card, the arrow keys choose the next one."""

    def __init__(self, master: tk.Misc, theme: Theme, on_change: Callable[[], None]) -> None:
        super().__init__(master, bg=theme.palette.chat)
        self._theme = theme
        self._on_change = on_change
        self._cards: dict[str, KeeperCard] = {}
        self.value = ""  #: of the option that is chosen; "": there is none

    def show(self, options: Sequence[KeeperOption], wanted: str = "") -> None:
        """Offer these. What was chosen stays so while it is offered; else `wanted` is chosen, or the first."""
        values = [option.value for option in options]
        had_focus = self.focus_lastfor() in self._cards.values()
        if values != list(self._cards):
            for card in self._cards.values():
                card.destroy()
            self._cards = {option.value: self._card(option) for option in options}
        for option in options:
            self._cards[option.value].show(option)
        if self.value not in values:
            self.value = wanted if wanted in values else values[0] if values else ""
        self._mark()
        if had_focus:
            self.focus_set()

    def focus_set(self) -> None:
        if self.value:
            self._cards[self.value].focus_set()

    def _card(self, option: KeeperOption) -> KeeperCard:
        card = KeeperCard(self, self._theme, option, partial(self._choose, option.value))
        card.pack(fill="x", pady=(0, self._theme.px(_GAP)))
        bind_arrows(card, self._arrow)
        return card

    def _arrow(self, way: int) -> None:
        values = list(self._cards)
        value = values[max(0, min(values.index(self.value) + way, len(values) - 1))]
        self._cards[value].focus_set()
        self._choose(value)

    def _choose(self, value: str) -> None:
        if value != self.value:
            if self.value and has_focus(self._cards[self.value]):
                self._cards[value].focus_set()
            self.value = value
            self._mark()
            self._on_change()

    def _mark(self) -> None:
        for value, card in self._cards.items():
            card.choose(value == self.value)


class KeeperCard(Pressable):
    """One option: a disc, a picture, and two lines."""

    def __init__(self, master: tk.Misc, theme: Theme, option: KeeperOption, command: Callable[[], None]) -> None:
        self._option = option
        self._chosen = False
        super().__init__(master, theme, command)
        self.configure(height=theme.px(_HIGH))

    @property
    def words(self) -> str:
        """What it says, line by line."""
        return f"{self._option.words}\n{self._option.about}"

    def show(self, option: KeeperOption) -> None:
        if option != self._option:
            self._option = option
            self.redraw()

    def choose(self, chosen: bool) -> None:
        self._chosen = chosen
        self.configure(takefocus=chosen)
        self.redraw()

    def draw(self) -> None:
        theme, palette, px = self.theme, self.theme.palette, self.theme.px
        width, height, middle = self.winfo_width(), self.winfo_height(), self.winfo_height() // 2
        fill = palette.accent_soft if self._chosen else mixed(self.ground, palette.text, 0.03 if self.over else 0.0)
        edge = palette.ring if self._chosen or self.focused else mixed(palette.line, palette.text, 0.1)
        line = RING if self.focused else 1
        draw_ground(self, theme, (0, 0, width, height), _RADIUS, fill, edge=edge, line=line)
        left = px(_PAD)
        self._disc((left, middle - px(_MARK) // 2, left + px(_MARK), middle - px(_MARK) // 2 + px(_MARK)), fill)
        centre = px(_WORDS_AT) - px(_AVATAR) // 2 - px(12)
        option = self._option
        if option.member is not None:
            image = theme.avatar(option.member, option.name, _AVATAR, ground=fill)
            self.create_image(centre, middle, image=image)
        else:
            size = px(_AVATAR)
            disc = theme.rounded_image(size, size, _AVATAR / 2, mixed(fill, palette.text, 0.08))
            self.create_image(centre, middle, image=disc)
            self.create_image(centre, middle, image=theme.icon(option.icon, _ICON, palette.mute))
        at, room = px(_WORDS_AT), width - px(_WORDS_AT) - px(_PAD)
        font: FontName = "room_bold" if self._chosen else "room"
        theme.lines.write(self, (at, middle - px(10)), option.words, font, palette.strong, room)
        ink = palette.text if self._chosen else palette.mute
        theme.lines.write(self, (at, middle + px(10)), option.about, "small", ink, room)

    def _disc(self, box: tuple[int, int, int, int], fill: str) -> None:
        palette, radius = self.theme.palette, _MARK / 2
        draw_ground(self, self.theme, box, radius, palette.ring if self._chosen else palette.mute)
        inset = self.theme.px(5 if self._chosen else 2)
        inner = (box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset)
        draw_ground(self, self.theme, inner, radius, fill)
