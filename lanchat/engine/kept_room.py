"""KeptRoom: what the disk holds of a room that is about to open here, and the epoch that its opening begins."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from msgspec import Struct

from lanchat.core.encoded_log import Block, encode_blocks
from lanchat.core.epoch import RANDOM_BITS, NoEpochLeft, has_next, next_epoch, reign
from lanchat.core.host import READ_ENTRIES
from lanchat.core.keeping import Keeping, Passes, Rank
from lanchat.core.model import Entry, LogEnd, MemberKey
from lanchat.core.profile import decode_profile
from lanchat.core.translate import _
from lanchat.storage.guest_code_rows import GuestCodeRecord
from lanchat.storage.records import RoomRecord, now_ms
from lanchat.storage.store import Store
from lanchat.trust.identity import Identity
from lanchat.trust.passes import check_keeping, make_keeping, rank_of, sign_reign


class OpeningPlan(Struct, frozen=True):
    """How a room is opened."""

    new_reign: bool = False  #: take it back from whoever keeps it
    renew: bool = False  #: where members have no turn left in this reign, begin a new one
    guest_codes: tuple[GuestCodeRecord, ...] = ()  #: the last host gave us these for phones; they come with the opening


class KeptRoom(Struct, frozen=True):
    before: LogEnd  #: as it was before the opening
    end: LogEnd
    missing: bool  #: entries before that were lost
    recent: list[Block]
    admitted: set[MemberKey]
    met: set[MemberKey]
    read_seq: int
    keeps: Entry  #: which begins the epoch
    rank: Rank
    guest_codes: list[GuestCodeRecord]
    guest_port: int  #: where the page for phones was last; 0: nowhere

    @classmethod
    def begin(
        cls, store: Store, record: RoomRecord, passes: Passes, identity: Identity, plan: OpeningPlan
    ) -> KeptRoom:
        """Begin an epoch that is above all that are known here. On the disk thread. Raises StorageProblem, NotEntitled,
        HasOnlyPart, and NoEpochLeft.

        `passes`: what entitles us.
        """
        room_id = record.room_id
        log, highest_rank = store.log(room_id), store.standing(room_id).highest_rank
        rank = rank_of(identity.key, record.owner or identity.key, room_id, passes, record.generation, highest_rank)
        before = log.end()
        whole = not before.base or (record.hosted and log.missing)  # what its disk lost it gets back from the members
        if rank is None or not before.epoch:
            raise NotEntitled
        if not whole:
            raise HasOnlyPart
        new_reign = plan.new_reign or (plan.renew and not has_next(before.epoch, owner=False))
        keeps = make_opening(identity, record, passes, before, [log.keeps, record.keeps], new_reign=new_reign)
        with store.transaction():
            log.append([keeps], now_ms())
            if plan.guest_codes:
                store.put_guest_codes(room_id, plan.guest_codes)
        end = log.end()
        recent = encode_blocks(log.after(max(end.base, end.last - READ_ENTRIES), READ_ENTRIES))
        room = store.room(room_id)
        read_seq = room.read_seq if room else 0
        met = {MemberKey(card.key) for card in store.all_cards() if not decode_profile(card.profile).guest}
        admitted = store.admitted(room_id)
        codes, port = store.guest_codes(room_id), store.guest_port(room_id)
        return cls(before, end, log.missing, recent, admitted, met, read_seq, keeps, rank, codes, port)


class NotEntitled(Exception):
    """We may not keep this room open."""


class HasOnlyPart(Exception):
    """We have not all of the room: whoever has what came before could not be told from who has other entries."""


def no_epoch_left() -> str:
    """What NoEpochLeft means, in words."""
    return _("Members opened this room too often: only its owner can open it now. After that, members can again.")


def make_opening(
    identity: Identity, record: RoomRecord, passes: Passes, end: LogEnd, above: Iterable[Entry | None], *,
    new_reign: bool = False,
) -> Entry:  # fmt: skip
    """The entry that begins an epoch after `end`, which is above that one's, and above those of these `+keeps`. One
    that is not to be believed does not count. Raises NoEpochLeft."""
    room_id, owner = record.room_id, MemberKey(record.owner or identity.key)
    believed = [one for one in (check_keeping(keeps, room_id, owner) for keeps in above) if one is not None]
    is_owner, highest = identity.key == owner, max(end.epoch, *(one.epoch for one in believed), 0)
    epoch = next_epoch(highest, secrets.randbits(RANDOM_BITS), owner=is_owner, new_reign=new_reign)
    if is_owner:
        return make_keeping(
            identity, room_id, Keeping(epoch, end.last, end.head, (), sign_reign(identity, room_id, epoch))
        )
    signatures = (one.reign_signature for one in believed if reign(one.epoch) == reign(epoch))
    signature = next(filter(None, signatures), b"")
    if reign(epoch) and not signature:
        raise NoEpochLeft
    return make_keeping(identity, room_id, Keeping(epoch, end.last, end.head, passes, signature))
