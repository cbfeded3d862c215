"""The basic values of the protocol: members, rooms, entries, the places of entries in a Log, and cards.

Pure and frozen; nothing here does I/O, reads a clock or checks a signature (that is `trust`).
"""

from __future__ import annotations

import hashlib
import struct
from typing import Annotated, Final, NewType

import msgspec

MemberKey = NewType("MemberKey", bytes)  #: a raw Ed25519 public key, 32 bytes: the identity of a member
EntryId = NewType("EntryId", bytes)  #: 16 random bytes chosen by the author
DeviceId = NewType("DeviceId", bytes)  #: 8 random bytes, one for each data directory and machine
RoomId = NewType("RoomId", str)  #: 16 characters of a-z2-7: the identity of a Log
Head = NewType("Head", bytes)  #: 32 bytes: the chain head, a digest of all of a Log up to one entry

Bytes8 = Annotated[bytes, msgspec.Meta(min_length=8, max_length=8)]
Bytes16 = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
Bytes32 = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Bytes64 = Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**39)]  # less than the 40 bits of the Store, so that no sum overflows
Milliseconds = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Delay = Annotated[int, msgspec.Meta(ge=-(2**54), le=2**54)]  # the difference of two Milliseconds
ShortText = Annotated[str, msgspec.Meta(max_length=16)]

START: Final = Head(b"\0" * 32)  #: the chain head of an empty Log


def digest(label: str, *parts: bytes) -> bytes:
    """SHA-256 over a label and length-prefixed parts: no two different lists give the same bytes."""
    made = hashlib.sha256(b"lanchat/1 " + label.encode())
    for part in parts:
        made.update(struct.pack(">I", len(part)))
        made.update(part)
    return made.digest()


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

    def signed_digest(self, room_id: str) -> bytes:
        """The 32 bytes the author signs: everything but the signature, bound to the room.

        The target is the last part, and only where there is one.
        """
        return digest(
            "entry",
            room_id.encode(),
            self.author,
            self.device_id,
            struct.pack(">Q", self.counter),
            self.entry_id,
            self.kind.encode(),
            self.body,
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
    """A member's nick, signed by that member, so that a host cannot rename anyone."""

    key: Bytes32
    nick: Annotated[str, msgspec.Meta(max_length=64)]
    revision: Count  #: a later card of the same key wins
    signature: Bytes64

    def signed_digest(self) -> bytes:
        """The 32 bytes the member signs: everything but the signature."""
        return digest("card", self.key, self.nick.encode(), struct.pack(">Q", self.revision))


def next_head(head: Head, room_id: str, epoch: int, seq: int, received_at: int, entry: Entry) -> Head:
    """The chain head after `entry` at `seq`, when `head` is the one before it."""
    return Head(
        hashlib.sha256(
            head + struct.pack(">QQq", epoch, seq, received_at) + entry.signed_digest(room_id) + entry.signature
        ).digest()
    )
