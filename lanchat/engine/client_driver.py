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

from lanchat.core import client_actions as act
from lanchat.core import frames, limits
from lanchat.core.attention import Sharing
from lanchat.core.client import Client
from lanchat.core.frames import Misbehaved
from lanchat.core.model import Availability, Card, Entry, LogEntry
from lanchat.engine.room_disk import DiskReplica, DiskWork, Kept, LongTail
from lanchat.network.link import Link
from lanchat.storage.errors import Gap, StorageProblem
from lanchat.storage.records import now_ms

log = logging.getLogger(__name__)

#: What the Client tells: of DiskWork, after it was kept.
Told: TypeAlias = (
    DiskWork | act.Settle | act.Held | act.OwnDelivered | act.TypingChanged | act.SeenChanged | act.ReadElsewhere
    | act.SourcesFound | act.FilesWanted | act.PassesCame | act.GuestCodesCame | act.HeirsNamed
    | act.HostMoved
)  # fmt: skip
Tell: TypeAlias = Callable[[Told, Kept], None]

_TICK_SECONDS = 0.1  # while something waits for it
_REST_SECONDS = 0.5  # while nothing does, so that an idle client costs no CPU time worth mentioning
_TOGETHER = 100  # entries in one transaction: a slow disk keeps up with a busy room, and other work waits not long
_MOST_WORK = 100  # that may wait for the disk before we stop reading; a piece is at most one frame


class ClientDriver:
    """Runs as long as one Link. `over` tells how it ended."""

    def __init__(self, client: Client, link: Link, replica: DiskReplica, tell: Tell) -> None:
        self._loop = asyncio.get_running_loop()
        self._client = client
        self._link = link
        self._replica = replica
        self._tell = tell
        self._work: deque[DiskWork] = deque()  # waits for the disk
        self._to_do = asyncio.Event()  # there is work, or the Link is over
        self.over: asyncio.Future[act.Disconnect] = self._loop.create_future()
        #: ms; when the host was heard last. By the wall clock: the loop's stands still while the computer sleeps
        self.heard_at = now_ms()
        self._ticker = self._loop.call_later(_REST_SECONDS, self._tick)
        self._resting = True

    async def run(self) -> act.Disconnect:
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
            self._end(act.Disconnect("left"))
            await self._link.wait_closed()

    def post(self, entry: Entry) -> None:
        """A new entry of mine, in the Outbox on disk already."""
        self._client.post(entry, self._loop.time())
        self._drain()

    def rename(self, card: Card) -> None:
        """I have a new card."""
        self._client.renamed(card, self._loop.time())
        self._drain()

    def read(self, seq: int, seen: int) -> None:
        """I have read up to `seq`; the others may hear of what is up to `seen`."""
        self._client.read(seq, seen, self._loop.time())
        self._drain()

    def unread(self, seq: int) -> None:
        """What was said from `seq` on is unread again."""
        self._client.unread(seq, self._loop.time())
        self._drain()

    def typing(self) -> None:
        """I am writing."""
        self._client.typing(self._loop.time())
        self._drain()

    def attend(self, sharing: Sharing, availability: Availability) -> None:
        """What others may know of me, and whether I am here, from now on."""
        self._client.attend(sharing, availability, self._loop.time())
        self._drain()

    def hold_files(self, port: int, roots: Sequence[bytes]) -> None:
        """The files of these roots are here now, and can be had at this port; 0: at none."""
        self._client.files.hold(port, roots)
        self._client.tell_files(self._loop.time())
        self._drain()

    def find_files(self, root: bytes) -> None:
        """Ask who has them."""
        self._client.files.find(root)
        self._client.tell_files(self._loop.time())
        self._drain()

    def fetch_earlier(self) -> bool:
        """Ask for a page of the past. False: there is none to be had now."""
        asked = self._client.fetch_earlier(self._loop.time())
        self._drain()
        return asked

    @property
    def epoch(self) -> int:
        """Of the room, as far as it is known here."""
        return self._client.epoch

    def able(self, port: int) -> None:
        """We would let others in at this port, and keep the room open; 0: we may not."""
        self._client.succession.port = port
        self._client.tell_succession(self._loop.time())
        self._drain()

    def take_back(self) -> None:
        """Ask the host to let us keep the room open again."""
        self._client.succession.wants_back = True
        self._client.tell_succession(self._loop.time())
        self._drain()

    def check(self) -> None:
        """The network or the room's address has changed: the host must answer soon."""
        self._client.check(self._loop.time())
        self._drain()

    def leave(self) -> None:
        """Say goodbye to the host. What still waits for the disk comes again next time."""
        self._link.send(frames.encode(frames.Bye()))
        self._work.clear()
        self._end(act.Disconnect("left"))

    # --- from the Link -----------------------------------------------------------------------------------------------
    def received(self, body: bytes) -> None:
        self.heard_at = now_ms()
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
        self._end(act.Disconnect("misbehaved" if self._link.misbehaved else "lost"))

    def _end(self, how: act.Disconnect) -> None:
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

    def _do(self, action: act.Action) -> None:
        match action:
            case act.Send(data):
                self._link.send(data)
            case act.Disconnect():
                self._end(action)
            case act.Rebase():
                self._tell(action, Kept())  # before the host says anything by its numbers
                self._work.append(action)
                self._to_do.set()
            case (
                act.NewReplica() | act.Apply() | act.Prepend() | act.ReadBefore() | act.GiveUp()
                | act.SetAside() | act.Welcomed() | act.CardsCame() | act.RosterChanged()
            ):  # fmt: skip
                self._work.append(action)
                self._to_do.set()
            case (
                act.Settle() | act.Held() | act.OwnDelivered() | act.TypingChanged() | act.SeenChanged()
                | act.ReadElsewhere() | act.SourcesFound() | act.FilesWanted() | act.PassesCame() | act.HeirsNamed()
                | act.HostMoved() | act.GuestCodesCame()
            ):  # fmt: skip
                self._tell(action, Kept())
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

    async def _try_to_keep(self, work: Sequence[DiskWork]) -> act.Disconnect | None:
        try:
            await self._keep_together(work)
        except Misbehaved as fault:
            log.debug("a connection is closed: %s", fault)
            return act.Disconnect("misbehaved")
        except Gap:
            return act.Disconnect("gap")
        except LongTail as tail:
            return act.Disconnect("asks", count=tail.count)
        except StorageProblem as problem:
            return act.Disconnect("disk", retry_ms=limits.DISK_RETRY_MS, problem=str(problem))
        return None

    async def _keep_together(self, work: Sequence[DiskWork]) -> None:
        """All of it in one transaction; when there is something wrong, only what comes before that."""
        try:
            answers = await self._replica.keep(work)
        except (Misbehaved, Gap, LongTail):
            if len(work) == 1:
                raise
            for action in work:
                await self._keep_together([action])
        else:
            for action, answer in zip(work, answers, strict=True):
                self._kept(action, answer)

    def _kept(self, action: DiskWork, kept: Kept) -> None:
        self._tell(action, kept)
        if self.over.done():
            return
        now = self._loop.time()
        match action:
            case act.Apply(run):
                self._client.applied(run[-1].seq, now)
            case act.NewReplica(_, base):
                self._client.applied(base, now)
            case act.Rebase() if kept.rebased is not None:
                self._client.rebased(*kept.rebased, now)
            case act.Prepend(run) if run and kept.begins is not None:
                end, missing = kept.begins
                self._client.prepended(end.base, end.base_head, missing, now)
            case act.ReadBefore(before) if kept.read is not None:
                self._client.read_before(before, *kept.read, now)
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
        case act.Apply(run) | act.Prepend(run):
            return len(run)
        case act.CardsCame(_, some) | act.RosterChanged(_, some):
            return len(some)
        case _:
            return 1
