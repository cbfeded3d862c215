"""The interface of discovery to the rest of the program; `lan` implements it on the network, `fake` in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from lanchat.core.address import Numeric
from lanchat.core.listing import Listing
from lanchat.core.model import RoomId


@dataclass(frozen=True, slots=True)
class Advert:
    """What a host tells everybody on the network about its room. Nothing personal."""

    room_id: RoomId
    title: str
    fingerprint: bytes  #: 16 bytes of the host key's SHA-256
    passphrase: bool
    port: int
    people: int = 0  #: only in UDP answers
    host: str = ""  #: the host's nick; only in UDP answers


@dataclass(frozen=True, slots=True)
class RoomSeen:
    """A Listing is new, or has changed (same room_id and fingerprint)."""

    listing: Listing


@dataclass(frozen=True, slots=True)
class RoomLost:
    """A room said goodbye, or no longer answers."""

    listing: Listing


@dataclass(frozen=True, slots=True)
class NetworkChanged:
    """This computer's addresses changed, or it woke up: pending reconnections should be tried now."""

    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DuplicateHost:
    """A room that is advertised here seems to be hosted elsewhere too, with the same key, by another run of lanchat.

    A hint only: it may be an old or forged record. MUST be reported seldom for one place.
    """

    room_id: RoomId
    addresses: tuple[Numeric, ...]
    port: int


@dataclass(frozen=True, slots=True)
class BurstOver:
    """The first burst of questions is over: an empty list of rooms means something now."""


@dataclass(frozen=True, slots=True)
class DiscoveryProblem:
    """The system has refused for a while what discovery needs. Reported once; discovery keeps trying."""

    why: str


Sighting = RoomSeen | RoomLost | NetworkChanged | DuplicateHost | BurstOver | DiscoveryProblem


class Discovery(Protocol):
    """Runs on one asyncio loop, where every method is called. Rooms advertised here are not reported here.

    MUST call `report` on that loop, never from within a method call. MUST work without any network.
    """

    async def start(self, report: Callable[[Sighting], None]) -> None: ...

    async def stop(self) -> None:
        """Send goodbyes for what is advertised and close every socket; within about a second."""

    def look(self, on: bool, again: bool = False) -> None:
        """`on`: the list is on screen: probe its rooms every 2 s, else every 10 s. `again`: repeat the whole burst."""

    def advertise(self, advert: Advert) -> None:
        """Advertise a room, or change its advert (same room_id)."""

    def withdraw(self, room_id: RoomId) -> None:
        """Stop advertising a room, with a goodbye."""

    def remember(self, addresses: Iterable[tuple[Numeric, int]]) -> None:
        """Addresses of known rooms, the last used first: asked in every burst. The first 20 count."""

    def prefer(self, room_ids: Iterable[RoomId]) -> None:
        """Rooms the person knows: unknown rooms never push them out of a full list."""

    def seek(self, room_ids: Iterable[RoomId]) -> None:
        """Rooms that are away and wanted: look for them until they are found, also while nobody looks at the list;
        often in the beginning, seldom later."""

    def ask(self, address: Numeric, port: int) -> None:
        """Ask one address (typed, from a code or a link) by UDP, now and a few times more: on the well-known port and
        on `port`, since a host answers on either."""

    def addresses(self) -> tuple[str, ...]:
        """This computer's usable addresses, best first."""
