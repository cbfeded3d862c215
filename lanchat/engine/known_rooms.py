"""What is remembered of rooms and members: KnownRooms, ReadMarks (how far rooms were read) and VerifiedMembers.

All of it is in memory on the Engine's loop, and is written to disk from here. Handshakes on other threads read Pins.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from lanchat.core.address import AddressTarget, numeric
from lanchat.core.keeping import Passes, Rank, keeping_in
from lanchat.core.model import MemberKey, RoomId, carrying_room
from lanchat.core.standing import Standing
from lanchat.engine import events
from lanchat.engine.disk import Disk
from lanchat.network.dialer import Address, JoinedConnection
from lanchat.storage.errors import StorageProblem
from lanchat.storage.records import RoomRecord, now_ms
from lanchat.storage.store import Store
from lanchat.trust.handshake import ClientHandshake, Pin
from lanchat.trust.identity import badge, key_words, pair_numbers
from lanchat.trust.passes import rank_of

log = logging.getLogger(__name__)

_WRITE_SECONDS = 2.0  # from the first mark until all are written: each write waits for the disk to flush its cache
_ENDLESS = 1 << 63  # after every entry


class KnownRooms:
    """The records of all rooms that we own or were in: title, the owner's key, what entitles us, last address."""

    def __init__(
        self,
        me: MemberKey,
        disk: Disk,
        records: Iterable[RoomRecord],
        typed: Mapping[tuple[str, int], RoomId],
        standings: Mapping[RoomId, Standing],
        verified: VerifiedMembers,
    ) -> None:
        """`typed`: which room answered at each address that the person typed. `standings`: who is banned from each
        room, and who has which role there."""
        self._me = me
        self._disk = disk
        self._typed = dict(typed)
        self._standings = dict(standings)
        self._verified = verified
        self._records = {record.room_id: record for record in records}
        self._hosts: dict[RoomId, MemberKey] = {}  # who let us in last, since the start

    def get(self, room_id: RoomId) -> RoomRecord | None:
        return self._records.get(room_id)

    def pin(self, room_id: RoomId) -> Pin | None:
        """What a room's host has to prove; None for a room never joined. Any thread."""
        record = self._records.get(room_id)
        if record is None or record.owner is None:
            return None
        keeper = self._hosts.get(room_id)
        if keeper is None and record.keeps is not None and record.keeps.author == record.owner:
            keeper = record.owner  # to others the passphrase is proved once more after a start
        return Pin(
            record.owner,
            record.passphrase,
            record.secret,
            self.passes(room_id),
            record.generation,
            self.standing(room_id).highest_rank,
            keeper,
        )

    def is_verified(self, key: MemberKey) -> bool:
        """Whether the person compared keys with the member who has this key."""
        return key in self._verified

    def room_ids(self) -> list[RoomId]:
        return list(self._records)

    def addresses(self) -> list[Address]:
        """The last addresses of rooms of other hosts, the room used last first."""
        used = sorted(self._records.values(), key=lambda record: -record.last_used)
        return [place for record in used if not record.hosted and (place := last_place(record))]

    def rooms_at(self, target: AddressTarget) -> tuple[RoomId, ...]:
        """The rooms that the person may mean by this address, the last first: those that were there before.

        A room that answered when the same address was typed comes before those that had it when we were last in them.
        """
        host, port = place = _place(target.host, target.port)
        if place in self._typed:
            return (self._typed[place],)
        found = {}  # by address: the room used last; `_typed` goes before
        for record in sorted(self._records.values(), key=lambda record: record.last_used):
            if record.last_address is not None and not record.hosted:
                found[_place(*record.last_address)] = record.room_id
        found |= self._typed
        here = [room_id for at, room_id in found.items() if at[0] == host and port in (0, at[1])]
        return tuple(reversed(here))

    def hosted(self, room_id: RoomId) -> RoomRecord | None:
        """The room of ours that has this room_id."""
        record = self._records.get(room_id)
        return record if record and record.hosted else None

    def hosted_as(self, title: str) -> list[RoomRecord]:
        """The rooms of ours with this title, the last used first."""
        mine = [r for r in self._records.values() if r.hosted and r.title.casefold() == title.casefold()]
        return sorted(mine, key=lambda record: -record.last_used)

    async def met(self, entered: JoinedConnection, typed: AddressTarget | None = None) -> bool:
        """We were let in: pin the owner's key at the first meeting, and remember the host's address, what was proved,
        and what was `typed`.

        True: a first meeting; we were in no room of that owner before, and have verified neither them nor the host.

        Raises StorageProblem, after closing the Connection: we do not stay with a host whose key could not be pinned.
        """
        shaken = entered.handshake
        room_id = shaken.room_id
        assert room_id is not None, "in, so the host said hello"
        now = now_ms()
        known = self._records.get(room_id) or RoomRecord(room_id, room_id, joined_at=now)
        met_before = any(record.owner == shaken.owner for record in self._records.values())
        owners_word = shaken.host_key == shaken.owner or not shaken.pinned  # nobody else renames a room that is known
        try:
            await self.keep(
                replace(
                    known,
                    title=(shaken.title if owners_word else "") or known.title,
                    owner=shaken.owner,
                    passphrase=shaken.protected,
                    secret=shaken.secret or known.secret,
                    generation=max(known.generation, shaken.generation),
                    keeps=shaken.keeps or known.keeps,
                    last_address=entered.address,
                    last_used=now,
                )
            )
            if typed is not None and self._typed.get(place := _place(typed.host, typed.port)) != room_id:
                await self._disk.run(Store.put_address, *place, room_id)
                self._typed[place] = room_id
        except BaseException:
            entered.connection.abort("not pinned")
            raise
        self._hosts[room_id] = shaken.host_key
        return not (shaken.pinned or met_before or any(map(self.is_verified, (shaken.owner, shaken.host_key))))

    async def accept_key(self, room_id: RoomId, key: MemberKey) -> None:
        """Pin the new owner's key, which the person accepted. Does nothing for a room that was forgotten."""
        if (record := self._records.get(room_id)) is not None:
            await self.keep(replace(record, owner=key, passes=(), generation=0, keeps=None))
            await self._disk.run(Store.forget_keepers, room_id)
            self._standings[room_id] = await self._disk.run(Store.standing, room_id)

    async def keep_passes(self, room_id: RoomId, passes: Passes) -> bool:
        """Keep what a host gave us so that we may keep the room open. False: that does not entitle us, and is not kept.
        Raises StorageProblem."""
        record = self._records.get(room_id)
        if record is None or (rank := self._rank(room_id, passes)) is None:
            return False
        held, kept = self._rank(room_id, record.passes), record.passes
        if held is not None and rank < held:  # nobody makes less of us
            return False
        if passes and rank == held and kept and kept[-1].passes_on and not passes[-1].passes_on:
            return False
        if passes:  # the owner needs none
            await self.keep(replace(record, passes=passes, generation=passes[0].generation))
        return True

    def passes(self, room_id: RoomId) -> Passes:
        """What entitles us to keep the room open: what a host gave us, or the pass in our role, whichever makes more of
        us."""
        record = self._records.get(room_id)
        kept = record.passes if record is not None else ()
        given = self.standing(room_id).role_pass(self._me)
        if given is None:
            return kept
        mine, by_role = (self._rank(room_id, passes) for passes in (kept, (given,)))
        return (given,) if by_role is not None and (mine is None or by_role > mine) else kept

    def rank(self, room_id: RoomId) -> Rank | None:
        """What we may do in a room, by what is kept of it; None: we may not keep it open."""
        return self._rank(room_id, self.passes(room_id))

    def lets_keep(self, shaken: ClientHandshake) -> bool:
        """Whether the host of this connection may keep the room open, as far as it is known now."""
        record = self._records.get(shaken.room_id) if shaken.room_id is not None else None
        if record is None or record.owner in (None, shaken.host_key):
            return True
        keeping = keeping_in(shaken.keeps)
        return keeping is not None and self.may_keep(record.room_id, shaken.host_key, keeping.passes)

    def may_keep(self, room_id: RoomId, key: bytes, passes: Passes) -> bool:
        """Whether this member may keep the room open, by these passes or the role that the owner gave them; as far as
        it is known here."""
        record = self._records.get(room_id)
        if record is None or record.owner is None or key == record.owner:
            return True
        standing, member = self.standing(room_id), MemberKey(key)
        by_role = standing.role_pass(member)
        chains = [passes, *([(by_role,)] if by_role is not None else [])]
        ranks = (
            rank_of(member, record.owner, room_id, one, record.generation, standing.highest_rank) for one in chains
        )
        return any(rank is not None for rank in ranks)

    def _rank(self, room_id: RoomId, passes: Passes) -> Rank | None:
        record = self._records.get(room_id)
        if record is None or record.owner is None:
            return None
        return rank_of(self._me, record.owner, room_id, passes, record.generation, self.standing(room_id).highest_rank)

    def standing(self, room_id: RoomId) -> Standing:
        """Who is banned from the room, and who has which role there."""
        found, record = self._standings.get(room_id), self._records.get(room_id)
        owner = record.owner if record is not None else None
        if found is None:
            return Standing(owner)
        if found.owner is None:  # there was no owner yet when it was read
            return found.of(owner)
        return found

    def set_standing(self, room_id: RoomId, standing: Standing) -> Standing:
        """That is on disk. The one before."""
        before, self._standings[room_id] = self.standing(room_id), standing
        return before

    async def keep(self, record: RoomRecord) -> None:
        """Replace a record, on disk first. Raises StorageProblem."""
        await self._disk.run(Store.put_room, record)
        self._records[record.room_id] = record

    async def forget(self, room_id: RoomId) -> None:
        """Delete a room and its Log: here at once, on disk in steps, between other work.

        Raises StorageProblem; a room that is not deleted completely is known again at the next start.
        """
        self._records.pop(room_id, None)
        self._standings.pop(room_id, None)
        self._hosts.pop(room_id, None)
        self._typed = {place: room for place, room in self._typed.items() if room != room_id}
        pieces = await self._disk.run(Store.forgetting, room_id)
        while await self._disk.run(_do_next, pieces):
            pass


def _do_next(_store: Store, pieces: Iterator[None]) -> bool:
    """Do the next step. False: there is none left."""
    return next(pieces, True) is None


def last_place(record: RoomRecord) -> Address | None:
    """Where the room's host last answered, if that is a numeric address: looking up a name may take a minute."""
    host, port = record.last_address or ("", 0)
    address = numeric(host)
    return (address, port) if address is not None else None


def _place(host: str, port: int | None) -> tuple[str, int]:
    """An address in the form in which it is compared: DNS names are case-insensitive (RFC 4343)."""
    return host.casefold().rstrip("."), port or 0


def new_room_id() -> RoomId:
    """A new room_id: 80 random bits, as 16 characters."""
    return RoomId(b32encode(secrets.token_bytes(10)).decode().lower())


class _ReadMark(NamedTuple):
    """What becomes of a read position: at most `before - 1`, then at least `read`."""

    before: int
    read: int

    def then(self, later: _ReadMark) -> _ReadMark:
        """Both, one after the other."""
        return _ReadMark(min(self.before, later.before), max(min(self.read, later.before - 1), later.read))


class ReadMarks:
    """How far the person has read in each room: marked often, written to disk every few seconds."""

    def __init__(self, disk: Disk, group: asyncio.TaskGroup) -> None:
        """`group`: the TaskGroup in which writing runs."""
        self._disk = disk
        self._group = group
        self._unwritten: dict[RoomId, _ReadMark] = {}
        self._timer: asyncio.TimerHandle | None = None

    def mark(self, room_id: RoomId, seq: int) -> None:
        self._mark(room_id, _ReadMark(_ENDLESS, seq))

    def mark_unread(self, room_id: RoomId, seq: int) -> None:
        self._mark(room_id, _ReadMark(seq, 0))

    def telling(self, tell: events.Tell) -> events.Tell:
        """As `tell`; what was read on another device of the person is marked, too. The numbers of a Log that gave way
        to another one mean nothing there."""

        def told(event: events.Event) -> None:
            match event:
                case events.ReadElsewhere(room_id, seq, back=True):
                    self.mark_unread(room_id, seq + 1)
                case events.ReadElsewhere(room_id, seq):
                    self.mark(room_id, seq)
                case events.Rebased(room_id, base=base):
                    self._cut_back(room_id, base)
            tell(event)

        return told

    def _mark(self, room_id: RoomId, mark: _ReadMark) -> None:
        before = self._unwritten.get(room_id)
        self._unwritten[room_id] = before.then(mark) if before else mark
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_WRITE_SECONDS, self._write)

    def _cut_back(self, room_id: RoomId, base: int) -> None:
        for conversation, mark in self._unwritten.items():
            if carrying_room(conversation) == room_id:
                self._unwritten[conversation] = mark._replace(read=min(mark.read, base))

    async def flush(self) -> None:
        """Write the marks that are not on disk yet. Those that fail are tried again with the next mark."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        marks, self._unwritten = self._unwritten, {}
        if not marks:
            return
        try:
            await self._disk.run(_keep_marks, marks)
        except StorageProblem as problem:
            log.warning("the read position was not kept: %s", problem)
            for room_id, mark in marks.items():
                later = self._unwritten.get(room_id)
                self._unwritten[room_id] = mark.then(later) if later else mark

    def _write(self) -> None:
        self._group.create_task(self.flush())


def _keep_marks(store: Store, marks: dict[RoomId, _ReadMark]) -> None:
    with store.transaction():
        for room_id, mark in marks.items():
            if mark.before < _ENDLESS:
                store.mark_unread(room_id, mark.before)
            store.mark_read(room_id, mark.read)


class VerifiedMembers:
    """The members with whom the person compared keys, and what there is to compare."""

    def __init__(self, me: MemberKey, disk: Disk, verified: Iterable[MemberKey], tell: events.Tell) -> None:
        self._me = me
        self._disk = disk
        self._verified = set(verified)
        self._tell = tell

    def __contains__(self, member: MemberKey) -> bool:
        """Whether the person compared keys with this member."""
        return member in self._verified

    async def introduce(self, member: MemberKey) -> None:
        """Tell what the person needs to compare keys with this member. Raises StorageProblem."""
        card = await self._disk.look_up(Store.card, member)
        words, numbers = await asyncio.to_thread(self._to_compare, member)
        nick = card.nick if card else ""
        self._tell(events.Introduced(member, nick, words, badge(member), numbers, member in self._verified))

    async def verify(self, member: MemberKey, yes: bool) -> None:
        """Keep whether the person verified this member, on disk first. Raises StorageProblem."""
        await self._disk.run(Store.set_verified, member, yes)
        if yes:
            self._verified.add(member)
        else:
            self._verified.discard(member)
        self._tell(events.Verified(member, yes))

    def _to_compare(self, member: MemberKey) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words of the member's key, and the pair numbers of the two of us. Any thread."""
        return key_words(member), pair_numbers(self._me, member) if member != self._me else ()
