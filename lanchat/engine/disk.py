"""Disk: the only thread that uses the Store, and a room on it as the drivers use it (DiskLog, DiskReplica).

Jobs that write (`run`) are done before those that only read (`look_up`), so that no message waits while many members
catch up; else jobs are done in the order in which they were given. Everything is called on the Engine's loop, but for
what is marked as on the disk thread.

It is a plain thread with a queue.SimpleQueue: the locks of an executor made the loop wait for the interpreter lock at
every job.
"""

from __future__ import annotations

import asyncio
import queue
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Container, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeAlias, TypeVar, assert_never

from lanchat.core import client_actions as act
from lanchat.core.client import Client
from lanchat.core.encoded_log import Block, encode_blocks
from lanchat.core.frames import Misbehaved
from lanchat.core.host import READ_ENTRIES
from lanchat.core.keeping import Keeping
from lanchat.core.log import Appended
from lanchat.core.message import messages_of, only_texts
from lanchat.core.model import Card, Entry, Head, LogEnd, LogEntry, MemberKey, RoomId
from lanchat.storage.errors import StorageProblem
from lanchat.storage.messages import Seen
from lanchat.storage.records import now_ms
from lanchat.storage.room_log import RoomLog
from lanchat.storage.store import Store
from lanchat.trust.signing import verify_card, verify_entries

T = TypeVar("T")
P = ParamSpec("P")
_IDLE_SECONDS = 1.0  # without a job, before `Store.settle` is called
_ERASE_SECONDS = 2.0  # the longest that a busy disk leaves what was erased in the index
_STEP_SECONDS = 0.1  # between two steps of that, and of `Store.settle`
_Job = tuple[Callable[[], Any], "asyncio.Future[Any]"]

#: The actions of a Client that concern the disk.
DiskWork: TypeAlias = (
    act.NewReplica | act.Rebase | act.Apply | act.Prepend | act.ReadBefore | act.Settle | act.GiveUp | act.SetAside
    | act.Welcomed | act.CardsCame | act.RosterChanged
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


class Disk:
    """The disk thread with its Store. It is used on one asyncio loop, the one on which `open` is called."""

    def __init__(self) -> None:
        self._work: deque[_Job] = deque()
        self._lookups: deque[_Job] = deque()
        self._there: queue.SimpleQueue[bool] = queue.SimpleQueue()  # True for each job, False for the end
        self._thread = threading.Thread(target=self._run, name="lanchat-disk")
        self._store: Store | None = None

    async def open(self, folder: Path) -> list[str]:
        """Open the store; what the person should know about it, in plain words. Raises StorageProblem."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        self._store = await self._give(self._work, lambda: Store.open(folder))
        return list(self._store.notices)

    async def run(self, job: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `job` on the disk thread, after all that were given to `run` before it. Raises what it raises."""
        assert self._store is not None, "the store is not open"
        return await self._give(self._work, partial(job, self._store, *args, **kwargs))

    async def look_up(self, job: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for a job that only reads: it waits until no job of `run` is left."""
        assert self._store is not None, "the store is not open"
        return await self._give(self._lookups, partial(job, self._store, *args, **kwargs))

    async def close(self) -> None:
        """Do all jobs that were given, close the store, and end the thread."""
        if (store := self._store) is not None:
            self._store = None
            await self._give(self._lookups, store.close)  # after all other jobs
        if self._thread.is_alive():
            self._there.put(False)
            self._thread.join()

    def _give(self, to: deque[_Job], job: Callable[[], T]) -> asyncio.Future[T]:
        done: asyncio.Future[T] = self._loop.create_future()
        to.append((job, done))
        self._there.put(True)
        return done

    def _run(self) -> None:
        settled, wait, erase_at = True, _IDLE_SECONDS, 0.0
        while True:
            try:
                more = self._there.get(timeout=None if settled else wait)
            except queue.Empty:
                settled, wait = True, _STEP_SECONDS
                if (store := self._store) is not None:
                    settled = self._settle(store)
                continue
            if not more:
                return
            jobs = self._work or self._lookups
            if jobs is self._work:  # the others do not write
                settled, wait = False, _IDLE_SECONDS
            job, done = jobs.popleft()
            try:
                result = job()
            except BaseException as error:  # noqa: BLE001 - raised again where the job was given
                self._loop.call_soon_threadsafe(_fail, done, error)
            else:
                self._loop.call_soon_threadsafe(_finish, done, result)
            erase_at = self._erase_at(erase_at)

    def _erase_at(self, due: float) -> float:
        """When a busy disk does the next step of erasing what was deleted; 0.0: there is nothing to erase."""
        store, now = self._store, time.monotonic()
        if store is None or not store.erasing:
            return 0.0
        if not due:
            return now + _ERASE_SECONDS
        if now < due:
            return due
        self._settle(store)
        return time.monotonic() + _STEP_SECONDS

    def _settle(self, store: Store) -> bool:
        """Whether nothing is left to do."""
        try:
            return store.settle()
        except StorageProblem:  # the next write reports it
            return True
        except BaseException as error:  # noqa: BLE001 - nobody awaits this job: the loop's exception handler gets it
            self._loop.call_soon_threadsafe(_throw, error)
            return True


def _finish(done: asyncio.Future[Any], result: Any) -> None:
    if not done.done():  # the task that waited may have been cancelled
        done.set_result(result)


def _fail(done: asyncio.Future[Any], error: BaseException) -> None:
    if not done.done():
        done.set_exception(error)


def _throw(error: BaseException) -> None:
    raise error


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
        return Appended(outcomes, encode_blocks(run), log.erased)

    async def common(self, marks: Sequence[tuple[int, Head | None]]) -> tuple[int, Head] | None:
        return await self._disk.look_up(lambda store: _common(store.log(self._room_id), marks))

    async def after(self, seq: int) -> list[Block]:
        return await self._disk.look_up(lambda store: encode_blocks(store.log(self._room_id).after(seq, READ_ENTRIES)))

    async def before(self, seq: int, limit: int) -> tuple[list[LogEntry], Head]:
        return await self._disk.look_up(lambda store: store.log(self._room_id).before(seq, limit))

    async def prepend(self, run: Sequence[LogEntry], base_head: Head) -> tuple[LogEnd, bool]:
        return await self._disk.run(lambda store: _prepend(store.log(self._room_id), run, base_head))

    async def cards(self, keys: Sequence[MemberKey]) -> list[Card]:
        return await self._disk.look_up(Store.cards, keys)

    async def keep_cards(self, cards: Sequence[Card]) -> None:
        await self._disk.run(self._keep_cards, cards)

    def _keep_cards(self, store: Store, cards: Sequence[Card]) -> None:
        with store.transaction():
            store.put_cards(cards)
            if self._protected:
                for card in cards:
                    store.admit(self._room_id, MemberKey(card.key))


class DiskReplica:
    """What is kept of a room that somebody else hosts, and my Outbox for it."""

    def __init__(self, disk: Disk, room_id: RoomId, me: MemberKey, host: MemberKey, kept: bool = False) -> None:
        """`host`: the key that the room's host proved to have. `kept`: we kept the room open before."""
        self._kept = kept
        self._carried = (0, 0)  # how many wait to be carried, and were set aside, as told
        self._keeper: MemberKey | None = None  # who kept the room open last, as told
        self._disk = disk
        self._room_id = room_id
        self._me = me
        self._host = host

    async def client(self) -> Client:
        """A Client that goes on from what is on disk. Raises StorageProblem."""
        return await self._disk.run(self._client)

    def _client(self, store: Store) -> Client:
        log = store.log(self._room_id)
        end = log.end()
        self._keeper = _author(log.keeps)
        self._carried = log.carried.count(), log.carried.set_aside_count()
        return Client(
            self._room_id, end if end.epoch else None, log.outbox.waiting(), self._me, store.carded(),
            store.uncarded(self._room_id), log.missing, marks=log.marks(), keeps=log.keeps,
            carried=log.carried.waiting(), kept=self._kept, random=random.random,
        )  # fmt: skip

    async def keep(self, work: Sequence[DiskWork]) -> list[Kept]:
        """Check signatures, then do all of `work` in one transaction. Raises Misbehaved, Gap and StorageProblem, with
        nothing changed."""
        return await self._disk.run(self._keep, work)

    def _keep(self, store: Store, work: Sequence[DiskWork]) -> list[Kept]:
        log = store.log(self._room_id)
        with store.transaction():
            kept = [self._keep_one(store, log, action) for action in work]
            news = self._news(log, work) if kept else Kept()
        if news != Kept():
            kept[-1] = kept[-1]._replace(carried=news.carried, keeper=news.keeper if self._keeper else None)
            self._carried, self._keeper = news.carried or self._carried, news.keeper or self._keeper
        return kept

    def _news(self, log: RoomLog, work: Sequence[DiskWork]) -> Kept:
        """What is carried, and who keeps the room open, where `work` has changed that."""
        carried, keeper = self._carried, self._keeper
        if carried[0] or any(isinstance(action, act.Rebase | act.SetAside) for action in work):
            carried = log.carried.count(), log.carried.set_aside_count()
        if any(map(_is_about_keeping, work)):
            keeper = _author(log.keeps)
        return Kept(
            carried=carried if carried != self._carried else None, keeper=keeper if keeper != self._keeper else None
        )

    def _keep_one(self, store: Store, log: RoomLog, action: DiskWork) -> Kept:
        match action:
            case act.NewReplica(epoch, base, base_head):
                log.start(epoch, base, base_head)
            case act.Rebase(epoch, base, base_head):
                carried = log.rebase(epoch, base, base_head)
                return Kept(rebased=(log.end(), carried))
            case act.Apply(run):
                self._check([item.entry for item in run])
                log.apply(run)
                return Kept(log.seen(run))
            case act.Prepend(run, _, base_head):
                self._check([item.entry for item in run])
                begins = _prepend(log, run, base_head)
                return Kept(log.seen(run, alone=False), begins)
            case act.ReadBefore(before, limit):
                return Kept(read=log.before(before, limit))
            case act.Settle(entry_ids):
                for entry_id in entry_ids:
                    log.outbox.drop(entry_id)
                    log.carried.drop(entry_id)
            case act.GiveUp(entry_id, code):
                return Kept(is_message=log.outbox.refuse(entry_id, code))
            case act.SetAside(entry_id, code):
                log.carried.set_aside(entry_id, code)
            case act.Welcomed(host, keeps=keeps):
                if host.key != self._host:
                    raise Misbehaved("the host's card is not the host's")
                _keep_cards(store, (host,))
                if keeps is not None and keeps != log.keeps:
                    self._check([keeps])
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


class OwnReplica(DiskReplica):
    """The same for the person who hosts the room. Their replica is the Log itself: everything the Host sends was
    checked and is on this disk already, so that only their Outbox has to be kept."""

    def __init__(self, disk: Disk, room_id: RoomId, me: MemberKey, told: LogEnd) -> None:
        """`told`: the range that is known to the person already."""
        super().__init__(disk, room_id, me, me, kept=True)
        self._told = told  # by the last Client; the next goes on there

    def _client(self, store: Store) -> Client:
        log = store.log(self._room_id)
        self._carried = log.carried.count(), log.carried.set_aside_count()
        return Client(
            self._room_id, self._told, log.outbox.waiting(), self._me, store.carded(), at_host=True, keeps=log.keeps,
            carried=log.carried.waiting(), kept=True,
        )  # fmt: skip

    async def keep(self, work: Sequence[DiskWork]) -> list[Kept]:
        kept = [Kept()] * len(work)
        mine = [at for at, action in enumerate(work) if isinstance(action, act.Settle | act.GiveUp | act.SetAside)]
        if mine:
            for at, answer in zip(mine, await super().keep([work[at] for at in mine]), strict=True):
                kept[at] = answer
        for at, action in enumerate(work):
            if isinstance(action, act.Apply):
                last = action.run[-1]
                self._told = LogEnd(last.epoch, self._told.base, self._told.base_head, last.seq, last.head)
                kept[at] = Kept(await self._seen(action.run))
                if self._carried[0]:
                    kept[at] = await self._disk.run(self._add_news, kept[at], action)
        return kept

    def _add_news(self, store: Store, kept: Kept, action: DiskWork) -> Kept:
        news = self._news(store.log(self._room_id), [action])
        self._carried = news.carried or self._carried
        return kept._replace(carried=news.carried)

    async def _seen(self, run: Sequence[LogEntry]) -> Seen:
        """Without the disk thread, where there are only texts in the run, as in most, and none that was read before."""
        if only_texts(run) and not self._carried[0]:
            return Seen(messages_of(run))
        return await self._disk.run(lambda store: store.log(self._room_id).seen(run))


def _is_about_keeping(action: DiskWork) -> bool:
    match action:
        case act.Welcomed():
            return True
        case act.Apply(run):
            return any(item.entry.kind == Keeping.kind for item in run)
        case _:
            return False


def _author(keeps: Entry | None) -> MemberKey | None:
    return None if keeps is None else MemberKey(keeps.author)


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
