"""Roster: who is in a room now, as a Client hears it from the Host; and whose cards it must ask for (MissingCards)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from lanchat.core.client_actions import RosterChanged
from lanchat.core.frames import Misbehaved, Present, Who
from lanchat.core.limits import ASKED_AT_ONCE, MEMBERS
from lanchat.core.model import Availability, Card, LogEntry, MemberKey, RoomId

_STATES = frozenset(one.value for one in Availability)


class Roster:
    def __init__(self, room_id: RoomId) -> None:
        self._room_id = room_id
        self._here: dict[MemberKey, Card] = {}
        self._anew: dict[MemberKey, Card] | None = None  # a whole roster, of which more is to come
        self._states: dict[MemberKey, Availability] = {}  # of those who are not HERE
        self._new_states: dict[MemberKey, Availability] = {}  # of a whole roster, of which more is to come
        self._found = False

    def __len__(self) -> int:
        return len(self._here)

    def __contains__(self, key: object) -> bool:
        return key in self._here

    def forget(self) -> None:
        """The connection is gone: nobody is known to be here."""
        self._here.clear()
        self._states.clear()
        self._anew = None
        self._found = False

    def hear(self, frame: Present) -> RosterChanged | None:
        """What a `present` frame changes; None while nothing does. Raises Misbehaved.

        It costs as much as the frame is long, however many are here: anybody can send many short ones."""
        if frame.all:
            self._anew = {}
            self._new_states = {}
        if self._anew is None:
            return self._change(frame)
        here, states = self._anew, self._new_states
        here.update((MemberKey(card.key), card) for card in frame.joined)
        if len(here) > MEMBERS:
            raise Misbehaved("more people than fit in a room")
        for left in frame.left:
            here.pop(MemberKey(left), None)
            states.pop(MemberKey(left), None)
        states.update(_states_of(frame, here))
        if frame.more:
            return None
        self._anew = None
        return self._become(here, states)

    def _change(self, frame: Present) -> RosterChanged | None:
        came = {MemberKey(card.key): card for card in frame.joined}
        if len(self._here) + sum(key not in self._here for key in came) > MEMBERS:
            raise Misbehaved("more people than fit in a room")
        gone = dict.fromkeys(map(MemberKey, frame.left))
        joined = {key: card for key, card in came.items() if key not in gone and self._here.get(key) != card}
        left = tuple(self._here.pop(key) for key in gone if key in self._here)
        for key in gone:
            self._states.pop(key, None)
        self._here.update(joined)
        restated = tuple(
            (key, state)
            for key, state in _states_of(frame, self._here).items()
            if self._states.get(key, Availability.HERE) is not state
        )
        for key, state in restated:
            if state is Availability.HERE:
                del self._states[key]
            else:
                self._states[key] = state
        first, self._found = not self._found, True
        if not (joined or left or first or restated):
            return None
        return RosterChanged(self._room_id, tuple(joined.values()), left, len(self._here), first, restated)

    def _become(self, here: dict[MemberKey, Card], states: dict[MemberKey, Availability]) -> RosterChanged | None:
        joined = tuple(card for key, card in here.items() if self._here.get(key) != card)
        left = tuple(card for key, card in self._here.items() if key not in here)
        known = [key for key in {**self._states, **states} if key in here]  # of all others nothing changes
        now = {key: states.get(key, Availability.HERE) for key in known}
        restated = tuple((key, now[key]) for key in known if self._states.get(key, Availability.HERE) is not now[key])
        first, self._here = not self._found, here
        self._states = {key: state for key, state in states.items() if state is not Availability.HERE}
        self._found = True
        changed = joined or left or first or restated
        return RosterChanged(self._room_id, joined, left, len(here), first, restated) if changed else None


def _states_of(frame: Present, here: Container[MemberKey]) -> dict[MemberKey, Availability]:
    """What a frame says of those who are here; what it says of others counts for nothing."""
    said = {MemberKey(mark.member): availability_of(mark.state) for mark in frame.states}
    return {key: state for key, state in said.items() if key in here}


def availability_of(state: str) -> Availability:
    """What the wire says; HERE for what a later program says."""
    return Availability(state) if state in _STATES else Availability.HERE


class MissingCards:
    """Asks for the cards of authors who have none here: one question at a time, and each key once."""

    def __init__(self, known: Iterable[MemberKey], met: Iterable[MemberKey] = ()) -> None:
        """`known`: whose cards are here; `met`: authors of entries here whose cards are not."""
        self._to_ask: dict[MemberKey, None] = dict.fromkeys(met)  # in the order they were met
        self._met = {*known, *self._to_ask}
        self._asked: list[MemberKey] = []

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
        self._asked = list(self._to_ask)[:ASKED_AT_ONCE]
        for key in self._asked:
            del self._to_ask[key]
        return Who(list(self._asked))

    def answered(self, cards: Sequence[Card]) -> tuple[Card, ...]:
        """The cards among these that were asked for."""
        asked, self._asked = set(self._asked), []
        return tuple(card for card in cards if card.key in asked)

    def unanswered(self) -> None:
        """The connection is gone: what was asked must be asked anew."""
        self._to_ask.update(dict.fromkeys(self._asked))
        self._asked = []
