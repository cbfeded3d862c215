"""When a member opens the room that its keeper left, so that one of them does, and rarely two. Pure.

Two that open it at once do no harm: the higher epoch wins, and what the other had is carried there.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from lanchat.core.frames import Heir

RESTART_SECONDS: Final = 2.0  # a program that is started again is there by then
TURN_SECONDS: Final = 2.0  # from one heir to the next: more than an opening takes
OTHERS_SECONDS: Final = (60.0, 90.0)  # who was not named: all heirs had their turns; random, so that few come at once


class Ended(enum.Enum):
    """How a member lost its keeper."""

    MOVED = enum.auto()  #: it named who keeps the room from now on
    CLOSED = enum.auto()  #: it closed the room for all
    RESET = enum.auto()  #: it said goodbye and named nobody, the connection broke, or its computer refuses new ones
    SILENT = enum.auto()  #: it was not heard for so long that the connection was given up


class Inheritance(Struct, frozen=True):
    """What a member knows about who opens the room next."""

    heirs: tuple[Heir, ...] = ()  #: as the keeper said last, the first first
    me: bytes = b""  #: my key
    port: int = 0  #: where I would let others in: tells me from other devices of mine; 0: I may not
    entitled: bool = False  #: I have passes, or am the owner; and the room's secret, if there is one

    def moved_to(self, heir: Heir) -> Inheritance:
        """The same after the keeper named its heir."""
        rest = tuple(one for one in self.heirs if one != heir)
        return Inheritance((heir, *rest), self.me, self.port, self.entitled)

    def seconds(self, how: Ended, part: float) -> float | None:
        """How long to look for the room before opening it; None: never. `part`: a random number from 0 to 1."""
        if how is Ended.CLOSED or not self.entitled or not self.port:
            return None
        restart = RESTART_SECONDS if how is Ended.RESET else 0.0
        place = self.place
        if place is None:
            first, last = OTHERS_SECONDS
            return restart + first + part * (last - first)
        return restart + TURN_SECONDS * place

    @property
    def place(self) -> int | None:
        """My place among the heirs; None: I am not one of them."""
        return place_of(self.me, self.port, self.heirs)


def place_of(key: bytes, port: int, heirs: Sequence[Heir]) -> int | None:
    """The place of the program of `key` that waits at `port` among the heirs."""
    return next((at for at, heir in enumerate(heirs) if heir.key == key and heir.port == port), None)
