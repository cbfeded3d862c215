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
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar, assert_never

from lanchat.core.client import Client
from lanchat.core.client_actions import (
    Apply,
    CardsCame,
    GiveUp,
    NewReplica,
    Prepend,
    ReadBefore,
    RosterChanged,
    Settle,
    Welcomed,
)
from lanchat.core.encoded_log import Block, encode_blocks
from lanchat.core.frames import Misbehaved
from lanchat.core.host import READ_ENTRIES
from lanchat.core.log import Outcome
from lanchat.core.model import Card, Entry, Head, LogEnd, LogEntry, MemberKey, RoomId
from lanchat.storage.errors import StorageProblem
from lanchat.storage.records import now_ms
from lanchat.storage.store import Store
from lanchat.trust.signing import verify_card, verify_entries

T = TypeVar("T")
P = ParamSpec("P")
_IDLE_SECONDS = 1.0  # without a job, before `Store.settle` is called
_Job = tuple[Callable[[], Any], "asyncio.Future[Any]"]

#: The actions of a Client that concern the disk.
DiskWork: TypeAlias = (
    NewReplica | Apply | Prepend | ReadBefore | Settle | GiveUp | Welcomed | CardsCame | RosterChanged
)  # fmt: skip
Answer: TypeAlias = tuple[LogEnd, bool] | tuple[list[LogEntry], Head] | None  #: to Prepend and ReadBefore


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
        settled = True
        while True:
            try:
                more = self._there.get(timeout=None if settled else _IDLE_SECONDS)
            except queue.Empty:
                settled = True
                if (store := self._store) is not None:
                    settled = self._settle(store)
                continue
            if not more:
                return
            jobs = self._work or self._lookups
            settled = settled and jobs is self._lookups  # which do not write
            job, done = jobs.popleft()
            try:
                result = job()
            except BaseException as error:  # noqa: BLE001 - raised again where the job was given
                self._loop.call_soon_threadsafe(_fail, done, error)
            else:
                self._loop.call_soon_threadsafe(_finish, done, result)

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

    async def append(self, entries: Sequence[Entry]) -> tuple[list[Outcome], list[Block]]:
        return await self._disk.run(self._append, entries)

    def _append(self, store: Store, entries: Sequence[Entry]) -> tuple[list[Outcome], list[Block]]:
        """On the disk thread, which also encodes the new entries, once for all members."""
        outcomes = store.log(self._room_id).append(entries, now_ms())
        return outcomes, encode_blocks([outcome for outcome in outcomes if isinstance(outcome, LogEntry)])

    async def head_at(self, seq: int) -> Head | None:
        return await self._disk.look_up(lambda store: store.log(self._room_id).head_at(seq))

    async def after(self, seq: int) -> list[Block]:
        return await self._disk.look_up(lambda store: encode_blocks(store.log(self._room_id).after(seq, READ_ENTRIES)))

    async def before(self, seq: int, limit: int) -> tuple[list[LogEntry], Head]:
        return await self._disk.look_up(lambda store: store.log(self._room_id).before(seq, limit))

    async def prepend(self, run: Sequence[LogEntry], base_head: Head) -> tuple[LogEnd, bool]:
        return await self._disk.run(_prepend, self._room_id, run, base_head)

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

    def __init__(self, disk: Disk, room_id: RoomId, me: MemberKey, host: MemberKey) -> None:
        """`host`: the key that the room's host proved to have."""
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
        return Client(
            self._room_id, end if end.last else None, store.outbox(self._room_id), self._me, store.carded(),
            store.uncarded(self._room_id), log.missing,
        )  # fmt: skip

    async def keep(self, work: Sequence[DiskWork]) -> list[Answer]:
        """Check signatures, then do all of `work` in one transaction. Raises Misbehaved, Gap and StorageProblem, with
        nothing changed."""
        return await self._disk.run(self._keep_all, work)

    def _keep_all(self, store: Store, work: Sequence[DiskWork]) -> list[Answer]:
        with store.transaction():
            return [self._keep(store, action) for action in work]

    def _keep(self, store: Store, action: DiskWork) -> Answer:
        room_id = self._room_id
        match action:
            case NewReplica(epoch, base, base_head):
                store.start_replica(room_id, epoch, base, base_head)
            case Apply(run):
                _check_entries(room_id, run)
                store.apply(room_id, run)
            case Prepend(run, _, base_head):
                _check_entries(room_id, run)
                return _prepend(store, room_id, run, base_head)
            case ReadBefore(before, limit):
                return store.log(room_id).before(before, limit)
            case Settle(entry_ids):
                for entry_id in entry_ids:
                    store.outbox_drop(room_id, entry_id)
            case GiveUp(entry_id, code):
                store.outbox_refuse(room_id, entry_id, code)
            case Welcomed(host):
                if host.key != self._host:
                    raise Misbehaved("the host's card is not the host's")
                _keep_cards(store, (host,))
            case CardsCame(_, cards):
                _keep_cards(store, cards)
            case RosterChanged(_, joined):
                _keep_cards(store, joined)
            case _:
                assert_never(action)
        return None


class OwnReplica(DiskReplica):
    """The same for the person who hosts the room. Their replica is the Log itself: everything the Host sends was
    checked and is on this disk already, so that only their Outbox has to be kept."""

    def __init__(self, disk: Disk, room_id: RoomId, me: MemberKey) -> None:
        super().__init__(disk, room_id, me, me)
        self._told: LogEnd | None = None  # the range that the last Client got; the next goes on there

    def _client(self, store: Store) -> Client:
        self._told = self._told or store.log(self._room_id).end()
        return Client(
            self._room_id, self._told, store.outbox(self._room_id), self._me, store.carded(), at_host=True
        )  # fmt: skip

    async def keep(self, work: Sequence[DiskWork]) -> list[Answer]:
        if mine := [action for action in work if isinstance(action, Settle | GiveUp)]:
            await super().keep(mine)
        for action in work:
            if isinstance(action, Apply) and self._told is not None:
                last = action.run[-1]
                self._told = LogEnd(last.epoch, self._told.base, self._told.base_head, last.seq, last.head)
        return [None] * len(work)


def _prepend(store: Store, room_id: RoomId, run: Sequence[LogEntry], base_head: Head) -> tuple[LogEnd, bool]:
    store.prepend(room_id, run, base_head)
    log = store.log(room_id)
    return log.end(), log.missing


def _check_entries(room_id: RoomId, run: Sequence[LogEntry]) -> None:
    if verify_entries([item.entry for item in run], room_id) is not None:
        raise Misbehaved("an entry that its author did not sign")


def _keep_cards(store: Store, cards: Iterable[Card]) -> None:
    cards = tuple(cards)
    if not all(map(verify_card, cards)):
        raise Misbehaved("a card that its member did not sign")
    if cards:
        store.put_cards(cards)
