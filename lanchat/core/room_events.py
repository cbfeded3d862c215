"""Events of one room that need nothing but core: what a Client tells the person whose Client it is. Frozen values.

Faces read them as they are, from `engine.events`, which adds what only the Engine knows. Each names its room.
"""

from __future__ import annotations

import enum

from msgspec import Struct

from lanchat.core.model import Card, EntryId, RoomId


class EntryState(enum.Enum):
    """How far my entry is. The order is the order they happen in."""

    WAITING = "waiting"  #: clock: on my disk
    TAKEN = "taken"  #: one tick: on the host's disk
    DELIVERED = "delivered"  #: two ticks: on another member's disk, or its host's person had it on the screen
    NOT_SENT = "not sent"


class EntryStateChanged(Struct, frozen=True):
    """My entries are that far. `problem`: for NOT_SENT, why, in plain words."""

    room_id: RoomId
    entry_ids: tuple[EntryId, ...]
    state: EntryState
    problem: str = ""


class RosterChanged(Struct, frozen=True):
    """Who came (or has a new card) and who left. `here` counts everyone, me included. `first`: the roster as found on
    joining."""

    room_id: RoomId
    joined: tuple[Card, ...]
    left: tuple[Card, ...]
    here: int
    first: bool = False


class CardsCame(Struct, frozen=True):
    """How authors who are not here now want to be called."""

    room_id: RoomId
    cards: tuple[Card, ...]
