"""GuestFiles: gives the files of one room to its guests, and takes theirs, over the channels they talk through.

A guest has no TLS connection for files, as members do (`network.file_server`): its chunks go between the frames of the
talk, in pieces, and only while nothing else waits to be sent. Each side asks for few chunks ahead, so that the talk
never waits for more than those. On the Engine's loop; FileShelf and PullTask are asked on threads.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from lanchat.core import limits
from lanchat.core.file_frames import Missing
from lanchat.core.file_manifest import BadManifest, Manifest
from lanchat.core.frames import encode
from lanchat.core.framing import Misbehaved
from lanchat.core.guest_file_frames import PIECE, FromGuestsFiles, GetChunk, GiveFile, Piece
from lanchat.core.model import MemberKey
from lanchat.core.sessions import Bucket
from lanchat.network.file_shelf import FileShelf, PullEnd, PullTask
from lanchat.network.guest_link import FileFrames, GuestLink
from lanchat.network.transfer_rate import TransferRate

P = ParamSpec("P")
T = TypeVar("T")

ASKED_MOST: Final = 8  #: chunks that a guest asked for and has not got; more than the page's ASKED_AHEAD (files.js)
GIVEN_MOST: Final = limits.WANTED_MOST  #: files that it offers to give at once: as many as it is asked for
ASKED_AHEAD: Final = 3  #: chunks that a guest is asked for at once: one is written, two are on their way

_THREADS = 8  # for `limits.GUESTS`: most work is one chunk's on the disk, and short
_RATE_SECONDS = 5.0  # after which TransferRate.wait calls its `waiting`, which does nothing here: any number will do


class _Pace:
    """How fast one guest's files go. Leaving and coming back does not refill it."""

    def __init__(self, now: float) -> None:
        self.links = 0  #: of this guest, that are not over
        self.rests_until = now  #: it stalled, or its turn was over: it is not asked for files before
        self.turn_began = self.gave_at = -math.inf
        self.taken = Bucket(*limits.GUEST_CHUNKS_TAKEN, now)
        self.given = Bucket(*limits.GUEST_CHUNKS_GIVEN, now), Bucket(*limits.GUEST_CHUNKS_LONG, now)

    def gives(self, now: float) -> None:
        """A file begins to come. A turn is of all files that follow each other without a rest between them."""
        if now - self.gave_at >= limits.GUEST_REST_SECONDS:
            self.turn_began = now

    def gave(self, now: float) -> None:
        """It does not come any more."""
        self.gave_at = now
        if not self.in_turn(now):
            self.rests_until = now + limits.GUEST_REST_SECONDS

    def in_turn(self, now: float) -> bool:
        return now - self.turn_began < limits.GUEST_TURN_SECONDS

    def is_new(self, now: float) -> bool:
        """Whether another one would be the same."""
        rests = max(self.rests_until, self.gave_at + limits.GUEST_REST_SECONDS)
        return not self.links and now >= rests and all(bucket.full(now) for bucket in (self.taken, *self.given))


class GuestFiles:
    """Make one for each room; `close` it when the room closes."""

    def __init__(self, shelf: FileShelf, rate: TransferRate) -> None:
        self.shelf = shelf
        self.rate = rate
        self._loop = asyncio.get_running_loop()
        self._paces: dict[MemberKey, _Pace] = {}
        self._threads = ThreadPoolExecutor(_THREADS, "lanchat-guest-files")
        self._closing = threading.Event()

    def entered(self, link: GuestLink, guest: MemberKey) -> None:
        """What this guest says of files is heard from now on, until its Link is over."""
        now = self._loop.time()
        self._paces = {key: pace for key, pace in self._paces.items() if not pace.is_new(now)}
        pace = self._paces.setdefault(guest, _Pace(now))
        link.carry_files(GuestTransfers(self, link, guest, pace))

    def close(self) -> None:
        """No thread begins anything more. The Links of guests are over."""
        self._closing.set()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def on_thread(self, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """Run `work` on a thread of this room's own: the loop's default threads serve the disk, for which it may
        wait."""
        return await self._loop.run_in_executor(self._threads, lambda: work(*args, **options))

    async def turn(self, size: int) -> None:
        """Wait until `size` bytes may go, by the person's limit for all transfers."""
        if self.rate.bytes_per_second:
            await self.on_thread(self.rate.wait, size, self._closing, lambda: None, _RATE_SECONDS)

    async def wait_for(self, *buckets: Bucket) -> None:
        """Take one chunk's token out of each, when there is one."""
        for bucket in buckets:
            while not bucket.take(1, self._loop.time()):  # noqa: ASYNC110 (no event says when it is full)
                await asyncio.sleep(bucket.wait(1))


class _Awaited:
    """A chunk that the guest was asked for."""

    def __init__(self, root: bytes, index: int, size: int) -> None:
        self.root, self.index, self.size = root, index, size
        self.data = bytearray()
        self.came: asyncio.Future[bytearray | None] = asyncio.get_running_loop().create_future()

    def end(self, data: bytearray | None) -> None:
        if not self.came.done():
            self.came.set_result(data)

    async def whole(self) -> bytearray | None:
        """All of it, once it came; None: the guest has not got it. Raises TimeoutError where nothing more comes."""
        while True:
            before = len(self.data)
            if (await asyncio.wait([self.came], timeout=limits.GUEST_STALLED_SECONDS))[0]:
                return self.came.result()
            if len(self.data) == before:
                raise TimeoutError


class GuestTransfers(FileFrames):
    """The files that go through one guest's Link."""

    def __init__(self, files: GuestFiles, link: GuestLink, guest: MemberKey, pace: _Pace) -> None:
        self._files = files
        self._link = link
        self._guest = guest
        self._pace = pace
        self._wants: deque[GetChunk] = deque()
        self._gives: deque[GiveFile] = deque()
        self._awaited: deque[_Awaited] = deque()  # in the order in which they come
        self._serving: asyncio.Task[None] | None = None
        self._pulling: asyncio.Task[None] | None = None
        pace.links += 1

    # --- from the Link
    def received(self, frame: FromGuestsFiles) -> None:
        match frame:
            case GetChunk():
                self._wants.append(frame)
                if len(self._wants) > ASKED_MOST:
                    raise Misbehaved("asks for many chunks at once")
                if self._serving is None or self._serving.done():
                    self._serving = asyncio.create_task(self._serve())
            case GiveFile():
                self._gives.append(frame)
                if len(self._gives) > GIVEN_MOST:
                    raise Misbehaved("gives many files at once")
                if self._pulling is None or self._pulling.done():
                    self._pulling = asyncio.create_task(self._pull_all())
            case Piece():
                self._take(frame)
            case Missing(root=root, index=index):
                first = self._awaited[0] if self._awaited else None
                if first is None or (first.root, first.index) != (root, index):
                    raise Misbehaved("has not what it was not asked for")
                self._awaited.popleft().end(None)

    def lost(self) -> None:
        self._pace.links -= 1
        self._wants.clear()
        for task in (self._serving, self._pulling):
            if task is not None:
                task.cancel()

    async def wait_closed(self) -> None:
        tasks = [task for task in (self._serving, self._pulling) if task is not None]
        if tasks:
            await asyncio.wait(tasks)

    # --- what the guest wants
    async def _serve(self) -> None:
        """Answer until nothing more is asked for."""
        while self._wants:
            asked = self._wants.popleft()
            await self._files.wait_for(self._pace.taken)
            data = await self._files.on_thread(self._read, asked.root, asked.index)
            if data is None:
                self._link.send(encode(Missing(asked.root, asked.index)))
                continue
            await self._files.turn(len(data))
            for at in range(0, len(data), PIECE):
                await self._link.send_piece(encode(Piece(asked.root, asked.index, at, data[at : at + PIECE])))
            self._files.shelf.served(asked.root, self._guest)

    def _read(self, root: bytes, index: int) -> bytes | None:
        """On a thread; None: it is not here, or not for browsers. It may have been deleted since the chunk before."""
        source = self._files.shelf.find(root, self._guest)
        try:
            return source.read(index) if source is not None and _is_small(source.manifest) else None
        except OSError:
            return None

    # --- what the guest gives
    async def _pull_all(self) -> None:
        while self._gives:
            give = self._gives.popleft()
            task = None
            if not self._awaited and self._now() >= self._pace.rests_until:  # else it owes what it was asked for
                task = self._files.shelf.wanted(give.root, self._guest, guest=True)  # which does not wait
            end = PullEnd.MISSING
            if task is not None:
                end = PullEnd.GONE
                self._pace.gives(self._now())
                try:
                    end = await self._pull(task, give)
                finally:
                    self._pace.gave(self._now())
                    task.ended(end)
            if end is not PullEnd.DONE:
                self._link.send(encode(Missing(give.root)))

    async def _pull(self, task: PullTask, give: GiveFile) -> PullEnd:
        if task.manifest_size:
            if hashlib.sha256(give.manifest).digest() != task.root:
                return PullEnd.WRONG
            try:
                await self._files.on_thread(task.take_manifest, give.manifest)
            except ValueError:
                return PullEnd.WRONG
        asked: deque[_Awaited] = deque()
        run = range(0)
        while True:
            while len(asked) < ASKED_AHEAD and (in_turn := self._pace.in_turn(self._now())):
                if not run:
                    next_run: range | None = await self._files.on_thread(task.next_run)
                    run = next_run or range(0)
                if not run or (asked and not self._may_ask()):
                    break
                asked.append(await self._ask(task, run[0]))
                run = run[1:]
            if not asked:
                return PullEnd.DONE if in_turn else PullEnd.GONE
            chunk = asked.popleft()
            try:
                data = await chunk.whole()
            except TimeoutError:
                self._pace.rests_until = self._now() + limits.GUEST_REST_SECONDS
                return PullEnd.GONE
            if data is None:
                task.not_there(chunk.index)
            elif (failed := await self._files.on_thread(_write, task, chunk.index, data)) is not None:
                return failed

    def _may_ask(self) -> bool:
        """Whether the next chunk may come at once."""
        return all(bucket.has(1, self._now()) for bucket in self._pace.given)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def _ask(self, task: PullTask, index: int) -> _Awaited:
        size, _hash = task.expected(index)
        await self._files.wait_for(*self._pace.given)
        await self._files.turn(size)
        chunk = _Awaited(task.root, index, size)
        self._awaited.append(chunk)
        self._link.send(encode(GetChunk(task.root, index)))
        return chunk

    def _take(self, piece: Piece) -> None:
        """Raises Misbehaved for what was not asked for. What was, and is not wanted any more, goes."""
        first = self._awaited[0] if self._awaited else None
        if first is None or (first.root, first.index, len(first.data)) != (piece.root, piece.index, piece.at):
            raise Misbehaved("a piece that was not asked for")
        if len(piece.data) != min(PIECE, first.size - piece.at):
            raise Misbehaved("a piece of another size")
        first.data += piece.data
        if len(first.data) == first.size:
            self._awaited.popleft().end(first.data)


def _is_small(manifest: bytes) -> bool:
    """Whether it is of one file that a browser can hold."""
    if len(manifest) > limits.GUEST_MANIFEST_BYTES:
        return False
    try:
        found = Manifest.read(manifest)
    except BadManifest:
        return False
    return len(found.files) == 1 and found.size <= limits.GUEST_FILE_BYTES


def _write(task: PullTask, index: int, data: bytearray) -> PullEnd | None:
    """On a thread: nothing is kept that is not what was offered. None: it is."""
    if hashlib.sha256(data).digest() != task.expected(index)[1]:
        return PullEnd.WRONG
    try:
        task.write(index, memoryview(data))
    except OSError:
        return PullEnd.DISK
    return None
