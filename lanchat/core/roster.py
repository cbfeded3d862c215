"""Roster: who is in a Room now, as a Client hears it from the Host."""

from __future__ import annotations

from lanchat.core.events import RosterChanged
from lanchat.core.frames import Misbehaved, Present
from lanchat.core.limits import MEMBERS
from lanchat.core.model import Card, MemberKey, RoomId


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
