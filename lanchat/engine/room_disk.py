"""A room on the disk as the drivers use it: DiskLog for its host, DiskReplica for a member, OwnReplica for who hosts.

Everything is called on the Engine's loop; what takes a Store runs on the disk thread.
"""

from __future__ import annotations

import math
import random
from collections.abc import Container, Iterable, Sequence
from typing import NamedTuple, TypeAlias, assert_never

from msgspec.structs import replace

from lanchat.core import client_actions as act
from lanchat.core.client import Client
from lanchat.core.encoded_log import Block, encode_blocks
from lanchat.core.frames import Misbehaved
from lanchat.core.host import READ_ENTRIES
from lanchat.core.keeping import Keeping
from lanchat.core.log import Appended, LogBeginning
from lanchat.core.message import messages_of, only_texts
from lanchat.core.model import Card, Entry, Head, LogEnd, LogEntry, MemberKey, RoomId
from lanchat.core.profile import decode_profile
from lanchat.core.standing import Standing
from lanchat.engine.disk import Disk
from lanchat.storage.messages import Seen
from lanchat.storage.records import now_ms
from lanchat.storage.room_log import RoomLog
from lanchat.storage.store import Store
from lanchat.trust.passes import check_keeping
from lanchat.trust.signing import verify_card, verify_entries

_TAIL_MOST = 1_000  # entries, which are brought into another's Log without a question
_TAIL_MOST_MS = 24 * 3_600_000  # their age

#: The actions of a Client that concern the disk.
DiskWork: TypeAlias = (
    act.NewReplica | act.Rebase | act.Apply | act.Prepend | act.ReadBefore | act.GiveUp | act.SetAside | act.Welcomed
    | act.CardsCame | act.RosterChanged
)  # fmt: skip


class Kept(NamedTuple):
    """The answer to a DiskWork that was done."""

    seen: Seen | None = None  #: what people see of a run that was kept
    begins: tuple[LogEnd, bool] | None = None  #: to Prepend: the replica's range, and whether more is missing
    read: tuple[list[LogEntry], Head] | None = None  #: to ReadBefore
    is_message: bool = True  #: to GiveUp: what was given up is a message, and shown as not sent
    rebased: tuple[LogEnd, list[Entry]] | None = None  #: to Rebase: the replica's range, and all that is carried
    carried: tuple[int, int] | None = None  #: how many entries still wait to be carried, and were set aside: news
    keeper: MemberKey | None = None  #: who keeps the room open now: news
    standing: Standing | None = None  #: who is banned now and has which role: entries left the Log, and are back


class DiskLog:
    """The `core.log.Log` of a room in the store."""

    def __init__(self, disk: Disk, room_id: RoomId, protected: bool) -> None:
        """`protected`: the room has a passphrase, which a member who was let in once need not prove again."""
        self._disk = disk
        self._room_id = room_id
        self._protected = protected

    async def append(self, entries: Sequence[Entry], carried: Container[bytes] = ()) -> Appended:
        return await self._disk.run(self._append, entries, carried)

    def _append(self, store: Store, entries: Sequence[Entry], carried: Container[bytes]) -> Appended:
        """On the disk thread, which also encodes the new entries, once for all members."""
        log = store.log(self._room_id)
        outcomes = log.append(entries, now_ms(), carried)
        run = [outcome for outcome in outcomes if isinstance(outcome, LogEntry)]
        return Appended(outcomes, encode_blocks(run), log.erased, log.restored)

    async def common(self, marks: Sequence[tuple[int, Head | None]]) -> tuple[int, Head] | None:
        return await self._disk.look_up(lambda store: _common(store.log(self._room_id), marks))

    async def after(self, seq: int) -> list[Block]:
        return await self._disk.look_up(lambda store: encode_blocks(store.log(self._room_id).after(seq, READ_ENTRIES)))

    async def before(self, seq: int, limit: int) -> tuple[list[LogEntry], Head]:
        return await self._disk.look_up(lambda store: store.log(self._room_id).before(seq, limit))

    async def prepend(self, run: Sequence[LogEntry], base_head: Head) -> LogBeginning:
        return await self._disk.run(self._prepend, run, base_head)

    def _prepend(self, store: Store, run: Sequence[LogEntry], base_head: Head) -> LogBeginning:
        end, missing = _prepend(store.log(self._room_id), run, base_head)
        return LogBeginning(end, missing, store.standing(self._room_id))

    async def cards(self, keys: Sequence[MemberKey]) -> list[Card]:
        return await self._disk.look_up(Store.cards, keys)

    async def keep_cards(self, cards: Sequence[Card]) -> None:
        await self._disk.run(self._keep_cards, cards)

    def _keep_cards(self, store: Store, cards: Sequence[Card]) -> None:
        with store.transaction():
            store.put_cards(cards)
            if self._protected:
                for card in cards:
                    if not decode_profile(card.profile).guest:  # a code is no passphrase
                        store.admit(self._room_id, MemberKey(card.key))


class LongTail(Exception):
    """So many entries of ours are not in the host's Log that the person is asked first."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} entries")
        self.count = count


class DiskReplica:
    """What is kept of a room that somebody else hosts, and my Outbox for it."""

    def __init__(
        self, disk: Disk, room_id: RoomId, me: MemberKey, host: MemberKey, kept: bool = False, agreed: bool = False,
        claim: int | None = None,
    ) -> None:  # fmt: skip
        """`host`: the key that the room's host proved to have. `kept`: we kept the room open before. `agreed`: the
        person has agreed that all that only we have is brought into the host's Log. `claim`: the highest epoch that we
        say we know; None: whatever we know."""
        self._kept = kept
        self._claim = claim
        self._agreed = agreed
        self._carried = (0, 0)  # how many wait to be carried, and were set aside, as told
        # Bans and roles are told when nothing is missing: those that left the Log wait to be carried, and what is read
        # of the past may be lifted further on. A connection that ended before that has told nothing, and the next does.
        self._standing_due = True
        self._withheld = False  # some that were read; they do not wait for what is carried
        self._until = math.inf  # up to this number the host's Log went when we came
        self._disk = disk
        self._room_id = room_id
        self._me = me
        self._host = host

    async def client(self) -> Client:
        """A Client that goes on from what is on disk. Raises StorageProblem."""
        return await self._disk.run(self._client)

    def _client(self, store: Store) -> Client:
        log = store.log(self._room_id)
        end, keeps = log.end(), log.keeps
        if self._claim is not None:
            end, keeps = replace(end, epoch=min(end.epoch, self._claim)), None
        self._carried = log.carried.count(), log.carried.set_aside_count()
        return Client(
            self._room_id, end if end.epoch else None, log.outbox.waiting(), self._me, store.carded(),
            store.uncarded(self._room_id), log.missing, marks=log.marks(), keeps=keeps,
            carried=log.carried.waiting(), kept=self._kept, random=random.random,
        )  # fmt: skip

    async def keep(self, work: Sequence[DiskWork]) -> list[Kept]:
        """Check signatures, then do all of `work` in one transaction. Raises Misbehaved, Gap, LongTail and
        StorageProblem, with nothing changed."""
        return await self._disk.run(self._keep, work)

    def _keep(self, store: Store, work: Sequence[DiskWork]) -> list[Kept]:
        log = store.log(self._room_id)
        about_keeping = any(map(_is_about_keeping, work))
        before = log.keeps if about_keeping else None
        with store.transaction():
            kept = [self._keep_one(store, log, action) for action in work]
            keeps = log.keeps if about_keeping else None
            carried = self._count_carried(log, work)
        if before is not None and keeps is not None and keeps.author != before.author:
            kept[-1] = kept[-1]._replace(keeper=MemberKey(keeps.author))
        self._standing_due = self._standing_due or any(isinstance(action, act.Rebase | act.Prepend) for action in work)
        if kept:
            kept[-1] = self._add_news(store, log, kept[-1], carried)
        return kept

    def _add_news(self, store: Store, log: RoomLog, kept: Kept, carried: tuple[int, int]) -> Kept:
        """To the last answer, what has become of what is carried, and who is banned now, where that is to be told."""
        if carried != self._carried:
            kept, self._carried = kept._replace(carried=carried), carried
        is_due = self._withheld or (self._standing_due and not carried[0])
        if is_due and log.end().last >= self._until:
            self._withheld, self._standing_due = False, self._standing_due and carried[0] > 0
            kept = kept._replace(standing=store.standing(self._room_id))
        return kept

    async def withheld(self) -> Standing | None:
        """Who is banned and has which role, by what came on a connection that ended before the host had given all that
        it said to have; None: nothing of that is new. Raises StorageProblem."""
        if not self._withheld:
            return None
        self._withheld = False
        return await self._disk.run(Store.standing, self._room_id)

    def _seen(self, log: RoomLog, run: Sequence[LogEntry], alone: bool = True) -> Seen:
        seen = log.seen(run, alone)
        if seen.standing is not None and log.end().last < self._until:
            seen, self._withheld = seen._replace(standing=None), True
        return seen

    def _count_carried(self, log: RoomLog, work: Sequence[DiskWork]) -> tuple[int, int]:
        """How many entries wait to be carried, and were set aside. `work` may have changed that."""
        if self._carried[0] or any(isinstance(action, act.Rebase | act.SetAside) for action in work):
            return log.carried.count(), log.carried.set_aside_count()
        return self._carried

    def _keep_one(self, store: Store, log: RoomLog, action: DiskWork) -> Kept:
        match action:
            case act.NewReplica(epoch, base, base_head):
                log.start(epoch, base, base_head)
            case act.Rebase(epoch, base, base_head):
                if not self._agreed:
                    _require_short_tail(log, base)
                carried = log.rebase(epoch, base, base_head)
                return Kept(rebased=(log.end(), carried))
            case act.Apply(run):
                if run[0].epoch > log.end().epoch:
                    self._check_epoch(store, run[0].entry)
                self._check([item.entry for item in run])
                log.apply(run)
                return Kept(self._seen(log, run))
            case act.Prepend(run, _, base_head):
                self._check([item.entry for item in run])
                begins = _prepend(log, run, base_head)
                return Kept(self._seen(log, run, alone=False), begins)
            case act.ReadBefore(before, limit):
                return Kept(read=log.before(before, limit))
            case act.GiveUp(entry_id, code):
                return Kept(is_message=log.outbox.refuse(entry_id, code))
            case act.SetAside(entry_id, code):
                log.carried.set_aside(entry_id, code)
            case act.Welcomed(host, _, missed, keeps):
                if host.key != self._host:
                    raise Misbehaved("the host's card is not the host's")
                _keep_cards(store, (host,))
                self._until = log.end().last + missed
                if keeps is not None and keeps != log.keeps:
                    self._check_epoch(store, keeps)
                    log.set_keeps(keeps)
            case act.CardsCame(_, cards):
                _keep_cards(store, cards)
            case act.RosterChanged(_, joined):
                _keep_cards(store, joined)
            case _:
                assert_never(action)
        return Kept()

    def _check(self, entries: Sequence[Entry]) -> None:
        if verify_entries(entries, self._room_id) is not None:
            raise Misbehaved("an entry that its author did not sign")

    def _check_epoch(self, store: Store, keeps: Entry) -> None:
        """The host begins an epoch with this. Whether it still may keep the room open is not judged here: what it says
        of bans is read first."""
        record = store.room(self._room_id)
        owner = record.owner if record is not None else None
        if check_keeping(keeps, self._room_id, owner or self._host) is None:
            raise Misbehaved("an epoch that is not the host's to begin")


class OwnReplica(DiskReplica):
    """The same for the person who hosts the room. Their replica is the Log itself: everything the Host sends was
    checked and is on this disk already, so that only their Outbox has to be kept."""

    def __init__(self, disk: Disk, room_id: RoomId, me: MemberKey, told: LogEnd) -> None:
        """`told`: the range that is known to the person already."""
        super().__init__(disk, room_id, me, me, kept=True)
        self._told = told  # by the last Client; the next goes on there
        self._standing_due, self._until = False, 0
        self._carried_until = 0  # up to this number of the Log, some may have waited to be carried

    def _client(self, store: Store) -> Client:
        log = store.log(self._room_id)
        self._carried = log.carried.count(), log.carried.set_aside_count()
        self._standing_due = self._standing_due or self._carried[0] > 0
        self._carried_until = log.end().last
        return Client(
            self._room_id, self._told, log.outbox.waiting(), self._me, store.carded(), at_host=True, keeps=log.keeps,
            carried=log.carried.waiting(), kept=True,
        )  # fmt: skip

    async def keep(self, work: Sequence[DiskWork]) -> list[Kept]:
        kept = [Kept()] * len(work)
        mine = [at for at, action in enumerate(work) if isinstance(action, act.GiveUp | act.SetAside)]
        if mine:
            for at, answer in zip(mine, await super().keep([work[at] for at in mine]), strict=True):
                kept[at] = answer
        for at, action in enumerate(work):
            if isinstance(action, act.Apply):
                last = action.run[-1]
                self._told = LogEnd(last.epoch, self._told.base, self._told.base_head, last.seq, last.head)
                kept[at] = Kept(await self._seen_by_person(action.run))
        if kept and (self._carried[0] or self._standing_due):
            kept[-1] = await self._disk.run(self._add_own_news, kept[-1], work)
        return kept

    def _count_carried(self, log: RoomLog, work: Sequence[DiskWork]) -> tuple[int, int]:
        """They are taken out when the Host writes them into the Log, some time before the person is told of them."""
        if self._carried[0]:
            self._carried_until = log.end().last
        return super()._count_carried(log, work)

    def _add_own_news(self, store: Store, kept: Kept, work: Sequence[DiskWork]) -> Kept:
        log = store.log(self._room_id)
        return self._add_news(store, log, kept, self._count_carried(log, work))

    async def _seen_by_person(self, run: Sequence[LogEntry]) -> Seen:
        """Without the disk thread, where there are only texts in the run, as in most, and none that was read before."""
        if only_texts(run) and not self._carried[0] and run[0].seq > self._carried_until:
            return Seen(messages_of(run))
        return await self._disk.run(lambda store: store.log(self._room_id).seen(run))


def _require_short_tail(log: RoomLog, base: int) -> None:
    """Raises LongTail if more than a little of the Log is after `base`, or something older than a day."""
    end = log.end()
    first = log.after(base, 1)
    count = end.last - max(base, end.base)
    if count > _TAIL_MOST or (first and now_ms() - first[0].received_at > _TAIL_MOST_MS):
        raise LongTail(count)


def _is_about_keeping(action: DiskWork) -> bool:
    match action:
        case act.Welcomed():
            return True
        case act.Apply(run):
            return any(item.entry.kind == Keeping.kind for item in run)
        case _:
            return False


def _common(log: RoomLog, marks: Sequence[tuple[int, Head | None]]) -> tuple[int, Head] | None:
    for seq, said in marks:
        head = log.head_at(seq)
        if head is not None and said in (None, head):
            return seq, head
    return None


def _prepend(log: RoomLog, run: Sequence[LogEntry], base_head: Head) -> tuple[LogEnd, bool]:
    log.prepend(run, base_head)
    return log.end(), log.missing


def _keep_cards(store: Store, cards: Iterable[Card]) -> None:
    cards = tuple(cards)
    if not all(map(verify_card, cards)):
        raise Misbehaved("a card that its member did not sign")
    if cards:
        store.put_cards(cards)
