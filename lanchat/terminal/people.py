"""People: who is in a room, and what each member is called on screen. Pure."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wcwidth import width

from lanchat.core.model import Card, MemberKey
from lanchat.core.words import _
from lanchat.engine.events import RosterChanged
from lanchat.terminal.shown import shown_nick

_COLUMN_LEAST, _COLUMN_MOST = 4, 16


@dataclass(frozen=True, slots=True)
class Moves:
    """What a change of the roster means for who watches it."""

    first: bool = False  #: they were here when we came
    joined: tuple[MemberKey, ...] = ()
    left: tuple[MemberKey, ...] = ()
    renamed: tuple[tuple[MemberKey, str], ...] = ()  #: with the name before


class People:
    """Keys to nicks, cleaned. Two keys that call themselves the same are told apart."""

    def __init__(self, me: MemberKey, nicks: Mapping[MemberKey, str]) -> None:
        self.me = me
        self.column = _COLUMN_LEAST  #: cells that the nicks shown so far need; never shrinks, so that columns stay
        self._nicks: dict[MemberKey, str] = {}
        self._often: Counter[str] = Counter()  # how many members have a nick, however it is written
        self._here: set[MemberKey] = set()
        self._met = False
        for key, nick in nicks.items():
            self._learn(key, nick)

    def changed(self, event: RosterChanged) -> Moves:
        """A whole roster once more, after a lost connection, is only news as far as it differs."""
        before, called = self._here, {key: self.called(key) for key in self._here}
        said = {MemberKey(card.key): None for card in event.joined}
        gone = before - said.keys() if event.first else {MemberKey(card.key) for card in event.left} & before
        first, self._met = event.first and not self._met, True
        self._here = (before | said.keys()) - gone
        self.learn(event.joined)
        return Moves(
            first,
            tuple(key for key in said if key not in before and key != self.me),
            tuple(key for key in before if key in gone and key != self.me),
            tuple((key, old) for key, old in called.items() if key in said and self.called(key) != old),
        )

    def learn(self, cards: Iterable[Card]) -> None:
        for card in cards:
            self._learn(MemberKey(card.key), card.nick)

    def knows(self, key: MemberKey) -> bool:
        return key in self._nicks

    def called(self, key: MemberKey) -> str:
        nick = self._nicks.get(key)
        if nick is None:
            nick = _("someone {tag}").format(tag=tag(key))
        elif self._often[nick.casefold()] > 1:
            nick = f"{nick} ({tag(key)})"
        self.column = min(max(self.column, width(nick)), _COLUMN_MOST)
        return nick

    def here(self) -> list[MemberKey]:
        """Who is in the room, by name; I am last."""
        return sorted(self._here | {self.me}, key=lambda key: (key == self.me, self.called(key).casefold()))

    def here_called(self, nick: str) -> list[MemberKey]:
        """Those in the room whose nick this is, as they gave it or as it is shown."""
        wanted = nick.removeprefix("@")
        return [
            key for key in self.here() if _same(wanted, self._nicks.get(key, "")) or _same(wanted, self.called(key))
        ]

    def _learn(self, key: MemberKey, nick: str) -> None:
        before = self._nicks.get(key)
        if before is not None:
            self._often[before.casefold()] -= 1
        self._nicks[key] = shown_nick(nick)
        self._often[self._nicks[key].casefold()] += 1


def tag(key: MemberKey) -> str:
    """A short mark of a key, to tell people apart on screen; too short to prove who somebody is."""
    return base64.b32encode(key[:5]).decode().lower()[:4]


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
