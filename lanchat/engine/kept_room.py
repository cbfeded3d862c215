"""KeptRoom: what the disk holds of a room that is about to open here, and the epoch that its opening begins."""

from __future__ import annotations

import secrets

from msgspec import Struct

from lanchat.core.encoded_log import Block, encode_blocks
from lanchat.core.epoch import RANDOM_BITS, next_epoch
from lanchat.core.host import READ_ENTRIES
from lanchat.core.keeping import Keeping, Passes, Rank, epoch_in
from lanchat.core.model import Entry, LogEnd, MemberKey
from lanchat.core.profile import decode_profile
from lanchat.storage.guest_code_rows import GuestCodeRecord
from lanchat.storage.records import RoomRecord, now_ms
from lanchat.storage.store import Store
from lanchat.trust.identity import Identity
from lanchat.trust.passes import make_keeping, rank_of


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
    def begin(cls, store: Store, record: RoomRecord, passes: Passes, identity: Identity, above: int, new_reign: bool
    ) -> KeptRoom:
        """Begin an epoch that is above all that are known here, and above `above`. On the disk thread. Raises
        StorageProblem, NotEntitled, and HasOnlyPart.

        `passes`: what entitles us. `new_reign`: take the room back from whoever keeps it.
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
        keeps = make_opening(identity, record, passes, before, max(above, epoch_in(record.keeps)), new_reign=new_reign)
        log.append([keeps], now_ms())
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


def make_opening(
    identity: Identity, record: RoomRecord, passes: Passes, end: LogEnd, above: int = 0, *, new_reign: bool = False
) -> Entry:
    """The entry that begins an epoch after `end`, which is above that one's, and above `above`."""
    epoch = next_epoch(max(end.epoch, above), secrets.randbits(RANDOM_BITS), new_reign=new_reign)
    shown = () if record.owner in (None, identity.key) else passes
    return make_keeping(identity, record.room_id, Keeping(epoch, end.last, end.head, shown))

