"""The interface of discovery to the rest of the program; `lan` implements it on the network, tests in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Protocol, TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import force_setattr

from lanchat.core.address import Numeric
from lanchat.core.listing import Listing
from lanchat.core.model import Bytes16, Count, RoomId

Port: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=65535)]
WireRoomId: TypeAlias = Annotated[RoomId, msgspec.Meta(pattern=r"\A[a-z2-7]{16}\Z")]
Key: TypeAlias = tuple[RoomId, bytes]  # a room at one host: its room_id, the fingerprint of the host's key
Short: TypeAlias = Annotated[str, msgspec.Meta(max_length=16)]


class RoomDescription(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a host tells everybody on the network about its room. Nothing personal.

    The encoded names are those of the mDNS record, which lacks `people` and `host`.
    """

    room_id: WireRoomId = msgspec.field(name="id")
    title: Annotated[str, msgspec.Meta(max_length=80)] = msgspec.field(name="n")
    fingerprint: Bytes16 = msgspec.field(name="fp")  #: of the host key's SHA-256
    owner: Bytes16 | None = msgspec.field(name="o", default=None)  #: of the owner's key; None: the host is the owner
    epoch: Count = msgspec.field(name="e", default=0)  #: 0: not said
    port: Port = msgspec.field(name="p")
    passphrase: bool = msgspec.field(name="pw", default=False)
    boot_id: Short = msgspec.field(name="b", default="")  #: changes with every run of the host
    people: Count | None = msgspec.field(name="m", default=None)
    host: Annotated[str, msgspec.Meta(max_length=64)] = msgspec.field(name="h", default="")  #: the host's nick
    app: Short = ""  #: the version of the host's program

    def __post_init__(self) -> None:
        if self.owner == self.fingerprint:
            force_setattr(self, "owner", None)

    @property
    def key(self) -> Key:
        """What tells the room at this host from others, and from the same room at another host."""
        return self.room_id, self.fingerprint


class RoomSeen(Struct, frozen=True):
    """A Listing is new, or has changed (same room_id and fingerprint). One host of a room: there may be others."""

    listing: Listing


class RoomLost(Struct, frozen=True):
    """A host of a room said goodbye for it, or no longer answers."""

    listing: Listing


class NetworkChanged(Struct, frozen=True):
    """This computer's addresses changed, or it woke up: pending reconnections should be tried now."""

    addresses: tuple[str, ...]


class DuplicateHost(Struct, frozen=True):
    """A room that is advertised here seems to be hosted elsewhere too, with the same key, by another run of lanchat.

    A hint only: it may be an old or forged record. MUST be reported seldom for one place. The same room at a host with
    another key is a Listing like others.
    """

    room_id: RoomId
    addresses: tuple[Numeric, ...]
    port: int
    epoch: int = 0  #: of the room there; 0: not said


class BurstOver(Struct, frozen=True):
    """The first burst of questions is over: an empty list of rooms means something now."""


class DiscoveryProblem(Struct, frozen=True):
    """The system has refused for a while what discovery needs. Reported once; discovery keeps trying."""

    why: str


Sighting = RoomSeen | RoomLost | NetworkChanged | DuplicateHost | BurstOver | DiscoveryProblem


class Discovery(Protocol):
    """Runs on one asyncio loop, where every method is called. A room advertised here is reported only where a host with
    another key has it, too.

    MUST call `report` on that loop, never from within a method call. MUST work without any network.
    """

    async def start(self, report: Callable[[Sighting], None]) -> None: ...

    async def stop(self) -> None:
        """Send goodbyes for what is advertised and close every socket; within about a second."""

    def look(self, on: bool, again: bool = False) -> None:
        """`on`: the list is on screen: probe its rooms every 2 s, else every 10 s. `again`: repeat the whole burst."""

    def advertise(self, room: RoomDescription) -> None:
        """Advertise a room, or change what is said of it (same room_id). Its `boot_id` and `app` are set here."""

    def announce(self, room_id: RoomId) -> None:
        """Say once more, to everybody, that a room is open here: somebody seems not to know it."""

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
