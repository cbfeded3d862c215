"""Roster: who is in a Room now, as a Client hears it from the Host."""

from __future__ import annotations

from dataclasses import dataclass

from lanchat.core.frames import Misbehaved, Present
from lanchat.core.limits import MEMBERS
from lanchat.core.model import Card, MemberKey


@dataclass(frozen=True, slots=True)
class RosterChanged:
    """Who came (or has a new card) and who left. `whole`: the roster as found, on coming in."""

    joined: tuple[Card, ...]
    left: tuple[Card, ...]
    here: int
    whole: bool = False


class Roster:
    def __init__(self) -> None:
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
        whole, self._here = not self._found, here
        self._found = True
        return RosterChanged(joined, left, len(here), whole) if joined or left or whole else None
