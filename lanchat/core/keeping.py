"""Who keeps a room open: what an opening says in the Log (Keeping), and what entitles a member to it (Pass). Pure.

The owner of a room is the key that founded it. The keeper is who has it open now: the owner, or a member to whom a
chain of passes leads from the owner.
"""

from __future__ import annotations

import enum
import struct
from typing import Annotated, ClassVar, Final, Literal, TypeAlias

import msgspec
from msgspec import Struct

from lanchat.core.model import Bytes32, Bytes64, Count, Entry, Seq, digest

PASSES_MOST: Final = 8  # in a chain: 1.3 kB, which fits what is read before somebody is a member


#: Who may keep a room open when its owner does not: any member, only whom the owner names, or nobody.
Keepers: TypeAlias = Literal["anyone", "named", "nobody"]

#: What the owner makes of somebody: a member as all are, one who may keep the room open where not everybody may, or a
#: co-owner.
Role: TypeAlias = Literal["member", "keeper", "coowner"]


class Rank(enum.IntEnum):
    """What a key may do in a room. Who has a higher rank may do all that a lower one may."""

    MEMBER = 0  #: keep the room open
    CO_OWNER = 1  #: ban for good, take the room back by taking the next turn
    OWNER = 2  #: name co-owners; never in a Pass: the owner needs none


class Pass(Struct, frozen=True, array_like=True):
    """The word of `issuer` that `key` may keep the room open."""

    room_id: Annotated[str, msgspec.Meta(max_length=16)]
    key: Bytes32
    rank: Annotated[int, msgspec.Meta(ge=0, le=1)]
    generation: Count  #: of the passphrase: a new one voids the passes before
    passes_on: bool  #: `key` may give passes in turn; else this one is the last of its chain
    issuer: Bytes32
    signature: Bytes64

    def signed_digest(self) -> bytes:
        """The 32 bytes the issuer signs."""
        numbers = struct.pack(">BQ?", self.rank, self.generation, self.passes_on)
        return digest("pass", self.room_id.encode(), self.key, numbers, self.issuer)


#: The owner's word for somebody, that one's for another, and so on; the last names who shows the chain.
Passes: TypeAlias = Annotated[tuple[Pass, ...], msgspec.Meta(max_length=PASSES_MOST)]


class Keeping(Struct, frozen=True, array_like=True, gc=False):
    """An annotation of the room itself: its author keeps it open from here on, in this epoch. It is the first entry of
    the epoch, has the counter 0, and only the keeper's own program writes it. Its body is this array as MessagePack.

    `base`: the last entry before it in the author's Log, with the chain head `base_head`. `passes`: what entitles the
    author; none for the owner. `reign_signature`: of the epoch's reign, by the owner; b"": it is reign 0.
    """

    kind: ClassVar[str] = "+keeps"
    epoch: Count
    base: Seq
    base_head: Bytes32
    passes: Passes = ()
    reign_signature: Annotated[bytes, msgspec.Meta(max_length=64)] = b""


class RoleChange(Struct, frozen=True, array_like=True, gc=False):
    """An annotation of the room itself: its owner gives this member a role. The newest counts. Its body is this array
    as MessagePack; it has no target."""

    kind: ClassVar[str] = "+role"
    member: Bytes32
    rank: Annotated[int, msgspec.Meta(ge=0, le=1)]
    given: Pass | None = None  #: the owner's, for the member, of this rank; None: no chain counts in which they are

    @property
    def role(self) -> Role:
        if self.rank == Rank.CO_OWNER:
            return "coowner"
        return "keeper" if self.given is not None and not self.given.passes_on else "member"


_read = msgspec.msgpack.Decoder(Keeping).decode
_read_role = msgspec.msgpack.Decoder(RoleChange).decode


def reign_digest(room_id: str, number: int) -> bytes:
    """The 32 bytes that the owner signs to begin this reign."""
    return digest("reign", room_id.encode(), struct.pack(">Q", number))


def read_keeping(body: bytes) -> Keeping | None:
    """What the body of a `+keeps` entry says; None: it is not as it should be."""
    try:
        return _read(body)
    except (msgspec.DecodeError, RecursionError):
        return None


def read_role(body: bytes) -> RoleChange | None:
    """What the body of a `+role` entry says; None: it is not as it should be."""
    try:
        return _read_role(body)
    except (msgspec.DecodeError, RecursionError):
        return None


def keeping_in(entry: Entry | None) -> Keeping | None:
    """What an entry says about who keeps the room; None where it says something else, or there is none."""
    return read_keeping(entry.body) if entry is not None and entry.kind == Keeping.kind else None


def epoch_in(keeps: Entry | None) -> int:
    """The epoch that a `+keeps` entry begins; 0: there is none."""
    keeping = keeping_in(keeps)
    return keeping.epoch if keeping is not None else 0
