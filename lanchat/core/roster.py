"""Roster: who is in a room now, as a Client hears it from the Host; and whose cards it must ask for (MissingCards)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lanchat.core.client_actions import RosterChanged
from lanchat.core.frames import Misbehaved, Present, Who
from lanchat.core.limits import ASKED_AT_ONCE, MEMBERS
from lanchat.core.model import Card, LogEntry, MemberKey, RoomId


class Roster:
    def __init__(self, room_id: RoomId) -> None:
        self._room_id = room_id
        self._here: dict[MemberKey, Card] = {}
        self._anew: dict[MemberKey, Card] | None = None  # a whole roster, of which more is to come
        self._found = False

    def __len__(self) -> int:
        return len(self._here)

    def forget(self) -> None:
        """The connection is gone: nobody is known to be here."""
        self._here.clear()
        self._anew = None
        self._found = False

    def hear(self, frame: Present) -> RosterChanged | None:
        """What a `present` frame changes; None while nothing does. Raises Misbehaved."""
        if frame.all:
            self._anew = {}
        here = dict(self._here) if self._anew is None else self._anew
        here.update((MemberKey(card.key), card) for card in frame.joined)
        if len(here) > MEMBERS:
            raise Misbehaved("more people than fit in a room")
        for key in frame.left:
            here.pop(MemberKey(key), None)
        if self._anew is not None and frame.more:
            return None
        self._anew = None
        return self._become(here)

    def _become(self, here: dict[MemberKey, Card]) -> RosterChanged | None:
        joined = tuple(card for key, card in here.items() if self._here.get(key) != card)
        left = tuple(card for key, card in self._here.items() if key not in here)
        first, self._here = not self._found, here
        self._found = True
        return RosterChanged(self._room_id, joined, left, len(here), first) if joined or left or first else None


class MissingCards:
    """Asks for the cards of authors who have none here: one question at a time, and each key once."""

    def __init__(self, known: Iterable[MemberKey], met: Iterable[MemberKey] = ()) -> None:
        """`known`: whose cards are here; `met`: authors of entries here whose cards are not."""
        self._to_ask: dict[MemberKey, None] = dict.fromkeys(met)  # in the order they were met
        self._met = {*known, *self._to_ask}
        self._asked: frozenset[MemberKey] = frozenset()

    def meet(self, run: Iterable[LogEntry]) -> None:
        """Note the authors of these entries."""
        for item in run:
            if item.entry.author not in self._met:
                key = MemberKey(item.entry.author)
                self._met.add(key)
                self._to_ask[key] = None

    def introduced(self, cards: Iterable[Card]) -> None:
        """These cards arrived without a question."""
        for card in cards:
            self._met.add(MemberKey(card.key))
            self._to_ask.pop(MemberKey(card.key), None)

    def question(self) -> Who | None:
        """What to ask now, if anything."""
        if self._asked or not self._to_ask:
            return None
        self._asked = frozenset(list(self._to_ask)[:ASKED_AT_ONCE])
        for key in self._asked:
            del self._to_ask[key]
        return Who(list(self._asked))

    def answered(self, cards: Sequence[Card]) -> tuple[Card, ...]:
        """The cards among these that were asked for."""
        asked, self._asked = self._asked, frozenset()
        return tuple(card for card in cards if card.key in asked)

    def unanswered(self) -> None:
        """The connection is gone: what was asked must be asked anew."""
        self._to_ask.update(dict.fromkeys(self._asked))
        self._asked = frozenset()
