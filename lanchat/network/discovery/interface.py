"""Discovery as the rest of the program knows it: an interface, with a real twin (`lan`) and one in memory (`fake`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from lanchat.core.address import Numeric
from lanchat.core.listing import Listing
from lanchat.core.model import RoomId


@dataclass(frozen=True, slots=True)
class Advert:
    """What a Host says of its Room to everybody on the network. Nothing personal."""

    room_id: RoomId
    title: str
    fingerprint: bytes  #: 16 bytes of the host key's SHA-256
    passphrase: bool
    port: int
    people: int = 0  #: only in UDP answers
    host: str = ""  #: the host's nick; only in UDP answers


@dataclass(frozen=True, slots=True)
class RoomSeen:
    """A new Listing, or a changed one (same room_id and fingerprint)."""

    listing: Listing


@dataclass(frozen=True, slots=True)
class RoomLost:
    """It said goodbye, or does not answer any more."""

    listing: Listing


@dataclass(frozen=True, slots=True)
class NetworkChanged:
    """Our own addresses changed, or the machine woke up: whoever waits to reconnect may try now."""

    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Twin:
    """Somebody says to host a room that is advertised here, with the same key, in another run of lanchat. A hint only:
    an old record or a joker may say so. MUST be told seldom of one place."""

    room_id: RoomId
    addresses: tuple[Numeric, ...]
    port: int


@dataclass(frozen=True, slots=True)
class BurstOver:
    """The first burst of questions is over."""


@dataclass(frozen=True, slots=True)
class Hindered:
    """The system has refused for a while what looking for rooms needs: told once, while it is tried again and again."""

    why: str


Sighting = RoomSeen | RoomLost | NetworkChanged | Twin | BurstOver | Hindered


class Discovery(Protocol):
    """Runs on one asyncio loop, and every call is made there. Rooms advertised here are not told of here.

    MUST call `tell` on that loop, never from inside a call of ours. MUST survive having no network at all.
    """

    async def start(self, tell: Callable[[Sighting], None]) -> None: ...

    async def stop(self) -> None:
        """Say goodbye for what is advertised and close every socket; within about a second."""

    def look(self, on: bool, again: bool = False) -> None:
        """`on`: the list is on screen, probe it every 2 s (else every 10 s). `again`: the whole burst anew."""

    def advertise(self, advert: Advert) -> None:
        """Start, or change what is said (same room_id)."""

    def withdraw(self, room_id: RoomId) -> None: ...

    def remember(self, addresses: Iterable[tuple[Numeric, int]]) -> None:
        """Where rooms were before, the last used first: asked at once and in every burst. The first 20 count."""

    def prefer(self, room_ids: Iterable[RoomId]) -> None:
        """Rooms the person knows: never crowded out of a full list by strangers."""

    def seek(self, room_ids: Iterable[RoomId]) -> None:
        """These rooms are away, and somebody wants back in: look for them until they are found, also while nobody looks
        at the list; often in the beginning, seldom later."""

    def ask(self, address: Numeric, port: int) -> None:
        """Ask one address by UDP, now and a few times more: a typed address, a code, a link.

        It is asked on the well-known port and on `port`, whichever its host answers on.
        """

    def addresses(self) -> tuple[str, ...]:
        """Our own usable addresses, best first."""
