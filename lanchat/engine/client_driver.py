"""ClientDriver: runs one core.Client over one Link, with the disk and the clock, until the Link is over.

On the Engine's loop. It does what the Client asks (its actions); what the person should know goes on to `tell`,
after it is on disk and its signatures were found good.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeAlias, assert_never

from lanchat.core import frames, limits
from lanchat.core.client import Client
from lanchat.core.client_actions import (
    Action,
    Apply,
    CardsCame,
    Disconnect,
    GiveUp,
    Held,
    NewReplica,
    OwnDelivered,
    Prepend,
    ReadBefore,
    RosterChanged,
    Send,
    Settle,
    Welcomed,
)
from lanchat.core.frames import Misbehaved
from lanchat.core.model import Card, Entry, Head, LogEnd, LogEntry
from lanchat.engine.disk import Answer, DiskReplica, DiskWork
from lanchat.network.link import Link
from lanchat.storage.errors import Gap, StorageProblem

log = logging.getLogger(__name__)

#: What the Client tells: of DiskWork, after it was kept.
Told: TypeAlias = DiskWork | Held | OwnDelivered

_TICK_SECONDS = 0.1  # while something waits for it
_REST_SECONDS = 0.5  # while nothing does, so that an idle client costs no CPU time worth mentioning
_TOGETHER = 100  # entries in one transaction: a slow disk keeps up with a busy room, and other work waits not long
_MOST_WORK = 100  # that may wait for the disk before we stop reading; a piece is at most one frame


class ClientDriver:
    """Runs as long as one Link. `over` tells how it ended."""

    def __init__(self, client: Client, link: Link, replica: DiskReplica, tell: Callable[[Told], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._client = client
        self._link = link
        self._replica = replica
        self._tell = tell
        self._work: deque[DiskWork] = deque()  # waits for the disk
        self._to_do = asyncio.Event()  # there is work, or the Link is over
        self.over: asyncio.Future[Disconnect] = self._loop.create_future()
        self._ticker = self._loop.call_later(_REST_SECONDS, self._tick)
        self._resting = True

    async def run(self) -> Disconnect:
        """Until the Link is over, and everything that came is on disk."""
        try:
            async with asyncio.TaskGroup() as group:  # so that an exception in the disk work ends this, too
                group.create_task(self._do_disk_work())
                self._client.connected(self._loop.time())
                self._drain()
                self._link.push_to(self)
                ended = await asyncio.shield(self.over)
            return ended
        finally:
            self._ticker.cancel()
            self._end(Disconnect("left"))
            await self._link.wait_closed()

    def post(self, entry: Entry) -> None:
        """A new entry of mine, in the Outbox on disk already."""
        self._client.post(entry, self._loop.time())
        self._drain()

    def rename(self, card: Card) -> None:
        """I have a new card."""
        self._client.renamed(card, self._loop.time())
        self._drain()

    def read(self, seq: int) -> None:
        """At the host: I have read up to `seq`."""
        self._client.read(seq, self._loop.time())
        self._drain()

    def fetch_earlier(self) -> bool:
        """Ask for a page of the past. False: there is none to be had now."""
        asked = self._client.fetch_earlier(self._loop.time())
        self._drain()
        return asked

    def check(self) -> None:
        """The network or the room's address has changed: the host must answer soon."""
        self._client.check(self._loop.time())
        self._drain()

    def leave(self) -> None:
        """Say goodbye to the host. What still waits for the disk comes again next time."""
        self._link.send(frames.encode(frames.Bye()))
        self._work.clear()
        self._end(Disconnect("left"))

    # --- from the Link -----------------------------------------------------------------------------------------------
    def received(self, body: bytes) -> None:
        frame = frames.decode_from_host(body)
        if frame is not None:
            self._client.received(frame, self._loop.time())
            self._drain()

    def handed_over(self, run: tuple[LogEntry, ...]) -> None:
        """From a host in this process."""
        self._client.handed_over(run, self._loop.time())
        self._drain()

    def writable(self) -> None:
        """A client sends little: it need not wait for this."""

    def lost(self, reason: str) -> None:
        self._end(Disconnect("misbehaved" if self._link.misbehaved else "lost"))

    def _end(self, how: Disconnect) -> None:
        if not self.over.done():
            self.over.set_result(how)
            self._to_do.set()
            self._client.disconnected()
            self._link.close(how.code)

    # --- doing what the Client asks ----------------------------------------------------------------------------------
    def _drain(self) -> None:
        for action in self._client.actions():
            self._do(action)
        self._link.read_on(len(self._work) < _MOST_WORK)
        if self._resting and self._client.busy and not self.over.done():
            self._resting = False
            self._ticker.cancel()
            self._ticker = self._loop.call_later(_TICK_SECONDS, self._tick)

    def _do(self, action: Action) -> None:
        match action:
            case Send(data):
                self._link.send(data)
            case Disconnect():
                self._end(action)
            case (
                NewReplica() | Apply() | Prepend() | ReadBefore() | Settle() | GiveUp() | Welcomed() | CardsCame()
                | RosterChanged()
            ):  # fmt: skip
                self._work.append(action)
                self._to_do.set()
            case Held() | OwnDelivered():
                self._tell(action)
            case _:
                assert_never(action)

    async def _do_disk_work(self) -> None:
        """In order, until the Link is over. A failure ends the Link, and the work that waits is dropped."""
        while not self.over.done():
            await self._to_do.wait()
            self._to_do.clear()
            while self._work:
                if (fault := await self._try_to_keep(self._next_work())) is not None:
                    self._work.clear()
                    self._end(fault)

    def _next_work(self) -> list[DiskWork]:
        """What goes to disk together."""
        work, size = [], 0
        while self._work and size < _TOGETHER:
            work.append(self._work.popleft())
            size += _size(work[-1])
        return work

    async def _try_to_keep(self, work: Sequence[DiskWork]) -> Disconnect | None:
        try:
            await self._keep_together(work)
        except Misbehaved as fault:
            log.debug("a connection is closed: %s", fault)
            return Disconnect("misbehaved")
        except Gap:
            return Disconnect("gap")
        except StorageProblem as problem:
            return Disconnect("disk", retry_ms=limits.DISK_RETRY_MS, problem=str(problem))
        return None

    async def _keep_together(self, work: Sequence[DiskWork]) -> None:
        """All of it in one transaction; when there is something wrong, only what comes before that."""
        try:
            answers = await self._replica.keep(work)
        except (Misbehaved, Gap):
            if len(work) == 1:
                raise
            for action in work:
                await self._keep_together([action])
        else:
            for action, answer in zip(work, answers, strict=True):
                self._kept(action, answer)

    def _kept(self, action: DiskWork, answer: Answer) -> None:
        self._tell(action)
        if self.over.done():
            return
        now = self._loop.time()
        match action, answer:
            case Apply(run), _:
                self._client.applied(run[-1].seq, now)
            case NewReplica(_, base), _:
                self._client.applied(base, now)
            case Prepend(run), (LogEnd() as end, bool() as missing) if run:
                self._client.prepended(end.base, end.base_head, missing, now)
            case ReadBefore(before), (list() as run, bytes() as head):
                self._client.read_before(before, run, Head(head), now)
            case _:
                pass
        self._drain()

    def _tick(self) -> None:
        if not self.over.done():
            self._client.tick(self._loop.time())
            self._resting = not self._client.busy
            self._ticker = self._loop.call_later(_REST_SECONDS if self._resting else _TICK_SECONDS, self._tick)
            self._drain()


def _size(action: DiskWork) -> int:
    """How many entries or cards it is about."""
    match action:
        case Apply(run) | Prepend(run):
            return len(run)
        case CardsCame(_, some) | RosterChanged(_, some):
            return len(some)
        case _:
            return 1
