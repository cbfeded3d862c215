"""What a look at the network yields, for people and scripts: rooms (Listing) and the doctor's findings (Finding)."""

from __future__ import annotations

import enum
import hashlib

from msgspec import Struct
from msgspec.structs import force_setattr

from lanchat.core.address import FINGERPRINT_BYTES, Numeric
from lanchat.core.model import MemberKey, RoomId


class Source(enum.Enum):
    """How a Listing was found."""

    MDNS = "mdns"
    QUESTION = "question"  #: it answered our UDP question
    TYPED = "typed"


class Listing(Struct, frozen=True):
    """A room that was found at one of its hosts. Its fields came from the network, and only their form was checked.

    Listings with the same room_id and owner are of one room, which several computers keep open, or kept lately. With
    the same room_id and different owners they are of two rooms: one of them is false.
    """

    room_id: RoomId
    title: str  #: cleaned for showing
    fingerprint: bytes  #: 16 bytes of the host key's SHA-256
    passphrase: bool
    addresses: tuple[Numeric, ...]  #: best first; IPv6 link-local with %scope
    port: int
    boot_id: str = ""  #: changes with every run of the host
    people: int | None = None  #: from the UDP answer; not in mDNS
    host: str = ""  #: the host's nick, cleaned; from the UDP answer
    app: str = ""
    source: Source = Source.MDNS
    answering: bool = True  #: the host answered lately; False: shown in grey
    owner: bytes = b""  #: 16 bytes of the owner's key's SHA-256; the host's `fingerprint`, where none is given
    epoch: int = 0  #: of the room at this host; 0: not said

    def __post_init__(self) -> None:
        if not self.owner:
            force_setattr(self, "owner", self.fingerprint)

    def is_named_by(self, fingerprint: bytes) -> bool:
        """Whether a code or link with this fingerprint, or its first bytes, leads here: the owner's or the host's."""
        return self.owner.startswith(fingerprint) or self.fingerprint.startswith(fingerprint)


def key_fingerprint(key: MemberKey) -> bytes:
    """16 bytes: how Listings, room codes and links name a Host's key."""
    return hashlib.sha256(key).digest()[:FINGERPRINT_BYTES]


class Health(enum.Enum):
    """How good or bad a Finding is."""

    GOOD = "good"
    ODD = "odd"
    BAD = "bad"


class Finding(Struct, frozen=True):
    """One result of the doctor. `advice` is one sentence, "" when there is nothing to do."""

    name: str  #: a stable word for scripts: network, router, multicast, neighbours, port, firewall, clock, data, files…
    health: Health
    says: str
    advice: str = ""
    command: str = ""  #: what the advice tells to type in a terminal, to be copied; "" for nothing
