"""The basic values of the protocol: members, rooms, entries, the places of entries in a Log, and cards.

Pure and frozen; nothing here does I/O, reads a clock or checks a signature (that is `trust`).
"""

from __future__ import annotations

import enum
import hashlib
import struct
from typing import Annotated, Final, NamedTuple, NewType

import msgspec

MemberKey = NewType("MemberKey", bytes)  #: a raw Ed25519 public key, 32 bytes: the identity of a member
EntryId = NewType("EntryId", bytes)  #: 16 random bytes chosen by the author
DeviceId = NewType("DeviceId", bytes)  #: 8 random bytes, one for each data directory and machine
RoomId = NewType("RoomId", str)  #: 16 characters of a-z2-7: the identity of a Log; see PrivateThread, too
Head = NewType("Head", bytes)  #: 32 bytes: the chain head, a digest of all of a Log up to one entry

Bytes8 = Annotated[bytes, msgspec.Meta(min_length=8, max_length=8)]
Bytes16 = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
Bytes32 = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Bytes64 = Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]
PortNumber = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**39)]  # less than the 40 bits of the Store, so that no sum overflows
Milliseconds = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Delay = Annotated[int, msgspec.Meta(ge=-(2**54), le=2**54)]  # the difference of two Milliseconds
ShortText = Annotated[str, msgspec.Meta(max_length=16)]

_LENGTH = struct.Struct(">I")
_PRIVATE: Final = "."  # no room's id has one


class Availability(enum.Enum):
    """Whether a member is at their computer; the value is what the wire says."""

    HERE = "here"
    AWAY = "away"  #: nothing was typed or moved for a while
    BUSY = "busy"  #: they say so


KEY_BYTES: Final = 32  # of a MemberKey
PROFILE_BYTES: Final = 256  #: of a card, at most
START: Final = Head(b"\0" * 32)  #: the chain head of an empty Log


def digest(label: str, *parts: bytes) -> bytes:
    """SHA-256 over a label and length-prefixed parts: no two different lists give the same bytes."""
    pieces = [b"lanchat/1 ", label.encode()]
    for part in parts:
        pieces += _LENGTH.pack(len(part)), part
    return hashlib.sha256(b"".join(pieces)).digest()


class PrivateThread(NamedTuple):
    """What two members of a room write to each other privately, as one of them has it.

    Its id stands for a room's wherever a conversation is meant: in the Reader, in Commands and in Events. It never
    travels, and no Log has it.
    """

    room_id: RoomId
    peer: MemberKey  #: the other one of the two

    @property
    def thread_id(self) -> RoomId:
        return RoomId(f"{self.room_id}{_PRIVATE}{self.peer.hex()}")

    @classmethod
    def of(cls, thread_id: str) -> PrivateThread | None:
        """The thread with this id; None: it is the id of a room."""
        room_id, private, peer = thread_id.partition(_PRIVATE)
        if not private:
            return None
        try:
            return cls(RoomId(room_id), MemberKey(bytes.fromhex(peer)))
        except ValueError:
            return None


def carrying_room(conversation: RoomId) -> RoomId:
    """The room itself, or the one that the private thread with this id is in."""
    thread = PrivateThread.of(conversation)
    return conversation if thread is None else thread.room_id


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line of a Log as its author made and signed it."""

    entry_id: Bytes16
    author: Bytes32
    device_id: Bytes8
    counter: Count  #: 1, 2, 3… per device and room, in the order the author wrote
    kind: ShortText  #: see `content`
    target: Bytes16 | None  #: the id of the entry it refers to
    body: bytes
    sent_at: Milliseconds  #: author's clock, Unix epoch; for display only, never for order
    signature: Bytes64
    erased: Bytes32 | None = None  #: SHA-256 of a body that was erased; `body` is empty then

    def signed_digest(self, room_id: str) -> bytes:
        """The 32 bytes the author signs: everything but the signature, bound to the room.

        The body counts by its SHA-256, so that the entry still proves itself, and those after it, when its body was
        erased. The target is the last part, and only where there is one.
        """
        body = self.erased if self.erased is not None and not self.body else hashlib.sha256(self.body).digest()
        return digest(
            "entry",
            room_id.encode(),
            self.author,
            self.device_id,
            struct.pack(">Q", self.counter),
            self.entry_id,
            self.kind.encode(),
            body,
            struct.pack(">q", self.sent_at),
            *(() if self.target is None else (self.target,)),
        )


class LogEntry(msgspec.Struct, frozen=True, gc=False):
    """An Entry in its place in the Log, with what the Host added when it took it."""

    entry: Entry
    epoch: int
    seq: int  #: 1, 2, 3… without a gap
    received_at: int  #: host's clock, ms; for display only
    head: Head  #: chain head after this entry


class LogEnd(msgspec.Struct, frozen=True):
    """The unbroken range of a Log that somebody holds, base+1 … last, with the heads at both ends."""

    epoch: int = 1
    base: int = 0
    base_head: Head = START
    last: int = 0
    head: Head = START


class Card(msgspec.Struct, frozen=True, array_like=True):
    """A member's nick and profile, signed by that member, so that a host cannot rename anyone."""

    key: Bytes32
    nick: Annotated[str, msgspec.Meta(max_length=64)]
    revision: Count  #: a later card of the same key wins
    signature: Bytes64
    profile: Annotated[bytes, msgspec.Meta(max_length=PROFILE_BYTES)] = b""  #: see `core.profile`

    def signed_digest(self) -> bytes:
        """The 32 bytes the member signs: everything but the signature. The profile is the last part, if there is
        one."""
        parts = (self.profile,) if self.profile else ()
        return digest("card", self.key, self.nick.encode(), struct.pack(">Q", self.revision), *parts)


def next_head(head: Head, room_id: str, epoch: int, seq: int, received_at: int, entry: Entry) -> Head:
    """The chain head after `entry` at `seq`, when `head` is the one before it."""
    return Head(
        hashlib.sha256(
            head + struct.pack(">QQq", epoch, seq, received_at) + entry.signed_digest(room_id) + entry.signature
        ).digest()
    )
