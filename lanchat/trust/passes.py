"""What entitles a member to keep a room open: passes and `+keeps` entries, made and checked. Any thread.

A chain of passes begins with one that the room's owner signed; each next is signed by the one before, and the last
names who shows the chain. Only the owner's signature makes a co-owner. A pass that does not say so may not be passed
on: it is the last of its chain. So the owner decides who keeps the room open, whoever has it open now. All passes of a
chain are of one room and one generation of its passphrase. A ban of anybody in the chain voids it, and a pass makes no
more of its holder than the owner did last, as far as that is known here (`core.standing`).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec.structs import replace

from lanchat.core.content import encode
from lanchat.core.epoch import may_begin, reign
from lanchat.core.keeping import PASSES_MOST, Keeping, Pass, Passes, Rank, keeping_in, reign_digest
from lanchat.core.model import Entry, MemberKey, RoomId
from lanchat.trust.identity import Identity
from lanchat.trust.signing import is_signed, make_entry, verify_entry


def unlimited(_key: MemberKey) -> Rank | None:
    """The most that passes make of anybody, where nothing else is known: see `Standing.highest_rank`."""
    return Rank.CO_OWNER


def make_pass(
    identity: Identity, room_id: RoomId, key: MemberKey, rank: Rank, generation: int, *, passes_on: bool = True
) -> Pass:
    """A signed Pass for `key`. It counts only at the end of a chain that entitles who signs it. `passes_on`: `key` may
    give passes, too."""
    unsigned = Pass(room_id, key, int(rank), generation, passes_on, identity.key, b"")
    return replace(unsigned, signature=identity.sign(unsigned.signed_digest()))


def rank_of(
    key: MemberKey,
    owner: MemberKey,
    room_id: RoomId,
    passes: Passes,
    least_generation: int = 0,
    highest_rank: Callable[[MemberKey], Rank | None] = unlimited,
) -> Rank | None:
    """What `key`, which shows these passes, may do in the room of `owner`; None: they do not entitle it.

    `least_generation`: of the room's passphrase, as far as it is known here. `highest_rank`: that passes make of a
    member.
    """
    if key == owner:
        return Rank.OWNER
    if not 1 <= len(passes) <= PASSES_MOST or passes[-1].key != key:
        return None
    issuer = owner
    if not all(one.passes_on for one in passes[:-1]):
        return None
    for one in passes:
        in_chain = (one.room_id, one.issuer, one.generation) == (room_id, issuer, passes[0].generation)
        if not in_chain or one.generation < least_generation or highest_rank(MemberKey(one.key)) is None:
            return None
        if one.rank > Rank.MEMBER and issuer != owner:
            return None
        issuer = MemberKey(one.key)
    if not all(is_signed(one.issuer, one.signature, one.signed_digest()) for one in passes):
        return None
    return min(Rank(passes[-1].rank), highest_rank(key) or Rank.MEMBER)


def sign_reign(identity: Identity, room_id: RoomId, epoch: int) -> bytes:
    """The owner's signature of the reign of this epoch, which others show who keep the room open in it."""
    number = reign(epoch)
    return identity.sign(reign_digest(room_id, number)) if number else b""


def make_keeping(identity: Identity, room_id: RoomId, keeping: Keeping) -> Entry:
    """The signed entry that says so, the first of an epoch. Its counter is 0: it is none of those the device counts."""
    return make_entry(identity, room_id, 0, encode(keeping), time.time_ns() // 1_000_000)


def check_keeping(
    entry: Entry | None,
    room_id: RoomId,
    owner: MemberKey,
    least_generation: int = 0,
    highest_rank: Callable[[MemberKey], Rank | None] = unlimited,
) -> Keeping | None:
    """What a `+keeps` entry says, where its author signed it, is entitled to say it, and may begin its epoch; otherwise
    None. No epoch is believed, from whomever it comes, but by this."""
    keeping = keeping_of_entitled(entry, room_id, owner, least_generation, highest_rank)
    if entry is None or keeping is None:
        return None
    signed = is_signed(owner, keeping.reign_signature, reign_digest(room_id, reign(keeping.epoch)))
    return keeping if may_begin(keeping.epoch, owner=entry.author == owner, reign_signed=signed) else None


def keeping_of_entitled(
    entry: Entry | None,
    room_id: RoomId,
    owner: MemberKey,
    least_generation: int = 0,
    highest_rank: Callable[[MemberKey], Rank | None] = unlimited,
) -> Keeping | None:
    """The same, whatever epoch it is."""
    keeping = keeping_in(entry)
    if entry is None or keeping is None or entry.counter != 0:
        return None
    if rank_of(MemberKey(entry.author), owner, room_id, keeping.passes, least_generation, highest_rank) is None:
        return None
    return keeping if verify_entry(entry, room_id) else None
