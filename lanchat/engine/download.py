"""Download: one offer that the person, or lanchat for them, gets: from where, and how far it is.

On the Engine's loop. The bytes come on threads (`engine.pull`); here it is decided whom to ask: the room's host first,
then members who have it, several side by side, and again later those that were gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from lanchat.core.file_manifest import Manifest, WrongChunk
from lanchat.core.file_offer import FileOffer
from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.engine.events import FileState
from lanchat.engine.pull import Pull, PullOwner, SourcePlace
from lanchat.network.file_fetch import FileFetch
from lanchat.network.file_shelf import PullEnd
from lanchat.storage.chunk_files import ChunkSource
from lanchat.storage.errors import FileNotKept, StorageProblem
from lanchat.storage.partial_files import Arrived, PartialFiles, WorkStopped, new_part

SIDE_BY_SIDE = 4  # sources of one offer at once
_ALONE_BYTES = 4 * 1024 * 1024  # what is smaller comes from one source
_WAITS = {PullEnd.MISSING: 5.0, PullEnd.REFUSED: 2.0, PullEnd.GONE: 1.0, PullEnd.STOPPED: 1.0, PullEnd.DONE: 0.5}
_WAIT_MOST_SECONDS = 30.0
_SOON_SECONDS = 2.5  # a source that is asked again by then is not told to be away
_RATE_SECONDS = 2.0  # over about so long the rate is measured


class DownloadOwner(Protocol):
    """Who knows where offers can be had, and keeps what is to be remembered. Called on the Engine's loop."""

    def places(self, root: bytes) -> list[SourcePlace]:
        """Where it may be had now, the best first."""

    def look_for(self, root: bytes) -> None:
        """Ask who has it."""

    def is_in_room(self, root: bytes) -> bool:
        """Whether we are in a room where it is offered."""

    def comes_to_store(self, root: bytes) -> bool:
        """In a room of ours it is being got for everybody: `copy_from` follows."""

    def has_turn(self, download: Download) -> bool:
        """Whether another one may begin; else `look_around` is called when it may."""

    def fetch(self, place: SourcePlace, pull: Pull) -> FileFetch:
        """A connection there, not started yet."""

    async def begins(self, download: Download, manifest: Manifest, target: Path, part: Path) -> None:
        """From now on there are bytes on the disk, at `part`. Raises StorageProblem."""

    async def arrived(self, download: Download, arrived: Arrived) -> None:
        """All of it is here, under its own name. Raises StorageProblem."""

    def changed(self, download: Download) -> None:
        """Its state is another."""


class Download(PullOwner):
    """`go` and `pause` as often as one likes; `close` ends it."""

    def __init__(
        self, offer: FileOffer, folder: Path, owner: DownloadOwner, spawn: Callable[..., asyncio.Task[None]]
    ) -> None:
        """`folder`: where it goes."""
        self.offer = offer
        self.folder = folder
        self.state = FileState.WAITING
        self.problem = ""
        self.rate = 0
        self.pull = Pull(offer, self)
        self.target: Path | None = None
        self.part: Path | None = None
        self.instead_of: Path | None = None  #: a copy that came by itself, and goes once this one is here
        self._owner = owner
        self._spawn = spawn
        self._loop = asyncio.get_running_loop()
        self._fetches: dict[SourcePlace, FileFetch] = {}
        self._not_before: dict[SourcePlace, float] = {}
        self._failures: dict[SourcePlace, int] = {}
        self._done_before: dict[SourcePlace, int] = {}  # when it was asked
        self._wrong: set[SourcePlace] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._work: asyncio.Task[None] | None = None
        self._closed = False
        self._finishing = False
        self._measured = (0.0, 0)

    @property
    def root(self) -> bytes:
        return self.offer.root

    @property
    def active(self) -> bool:
        return self.state in (FileState.WAITING, FileState.COMING, FileState.UNAVAILABLE) and not self._closed

    @property
    def is_closed(self) -> bool:
        return self._closed

    @property
    def busy(self) -> bool:
        """Somebody gives it at the moment, or all of it is here and gets its own name."""
        return bool(self._fetches) or self._finishing

    @property
    def is_small(self) -> bool:
        return self.offer.size <= _ALONE_BYTES

    # --- what the person wants ---------------------------------------------------------------------------------------
    def go(self) -> None:
        """Get it, or go on."""
        if self._closed or self.state is FileState.HERE:
            return
        if self.state in (FileState.PAUSED, FileState.FAILED):
            self._become(FileState.WAITING)
            self._wrong.clear()
            self._not_before.clear()
            self._failures.clear()
            self.pull.problem = None
        self.pull.go_on()
        partial = self.pull.partial
        to_prepare = partial is None or partial.is_spoiled
        if self.pull.complete and not to_prepare:
            self.pull_complete(self.pull)
        elif self.pull.manifest is not None and to_prepare and not self._working:
            self._work = self._spawn(self._prepare(self.pull.manifest))
        else:
            self.look_around()

    @property
    def _working(self) -> bool:
        return self._work is not None and not self._work.done()

    def continue_from(self, content: Manifest, target: Path, part: Path) -> None:
        """It began before lanchat was started. Then `go`."""
        self.target, self.part = target, part
        self._work = self._spawn(self._prepare(content))

    def copy_from(self, source: ChunkSource) -> None:
        """All of it is on this computer."""
        self._work = self._spawn(self._copy(source, self._work))

    def pause(self) -> None:
        if self.active:
            self._become(FileState.PAUSED)
            self._hang_up()

    async def close(self, discard: bool = False) -> None:
        """End it. `discard`: what came goes. Raises StorageProblem."""
        self._closed = True
        self._hang_up()
        if self._work is not None:
            await asyncio.wait([self._work])
        fetches = list(self._fetches.values())
        for fetch in fetches:
            await asyncio.to_thread(fetch.join, 5.0)
        if (partial := self.pull.partial) is not None:
            await asyncio.to_thread(partial.discard if discard else partial.close)

    def _hang_up(self) -> None:
        self.pull.stop()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for fetch in self._fetches.values():
            fetch.stop()

    # --- whom to ask -------------------------------------------------------------------------------------------------
    def look_around(self) -> None:
        """Ask those who may have it and are not asked yet."""
        if not self.active or self._working or self.pull.complete:
            return
        if self._owner.comes_to_store(self.root):
            self._become(FileState.COMING)
            return
        if not self._fetches and not self._owner.has_turn(self):
            self._become(FileState.WAITING)
            return
        now = self._loop.time()
        most = 1 if self.is_small else SIDE_BY_SIDE
        candidates = self._owner.places(self.root)
        for place in candidates:
            if len(self._fetches) >= most:
                break
            if place not in self._fetches and place not in self._wrong and now >= self._not_before.get(place, 0.0):
                self._ask(place)
        if self._fetches:
            return
        self._owner.look_for(self.root)
        waits = [self._not_before.get(place, now) - now for place in candidates if place not in self._wrong]
        wait = max(0.1, min(waits, default=_WAIT_MOST_SECONDS))
        if not self._owner.is_in_room(self.root):
            self._become(FileState.WAITING, _("It will come when you are in the room again."))
        elif wait > _SOON_SECONDS:
            words = _("Nobody here has it at the moment. It will come as soon as somebody has it.")
            self._become(FileState.UNAVAILABLE, words)
        self._again_in(wait)

    def _ask(self, place: SourcePlace) -> None:
        fetch = self._owner.fetch(place, self.pull)
        self._fetches[place] = fetch
        self._done_before[place] = self.pull.done
        try:
            fetch.start()
        except RuntimeError:  # the system has no thread for it
            self._loop.call_soon(self.pull.ended, place, PullEnd.GONE)
        if self.state is not FileState.COMING:
            self._become(FileState.COMING)

    def _again_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self.look_around)

    def heard_of(self, places: Iterable[SourcePlace]) -> None:
        """These say that they have it: they are asked at once, even if they were gone before."""
        for place in places:
            self._not_before.pop(place, None)
        self.look_around()

    def room_closed(self, room_id: RoomId) -> None:
        """Nobody in that room gives any more."""
        for place, fetch in self._fetches.items():
            if place.room_id == room_id:
                fetch.stop()

    # --- from the Pull -----------------------------------------------------------------------------------------------
    def manifest_came(self, pull: Pull, manifest: Manifest) -> None:
        if not self._closed and self.pull.partial is None:
            self._work = self._spawn(self._prepare(manifest))

    async def _prepare(self, manifest: Manifest) -> None:
        """Find a place for the bytes, and what of them is there."""
        try:
            begun = self.part is not None
            partial = await asyncio.to_thread(self.make_partial, manifest)
            assert self.target is not None
            assert self.part is not None
            if begun:
                await asyncio.to_thread(partial.check, stop=lambda: self._closed)
            await asyncio.to_thread(partial.require_space)
            if not begun:
                await self._owner.begins(self, manifest, self.target, self.part)
        except WorkStopped:
            return
        except (StorageProblem, OSError) as problem:
            self._fail(_words(problem))
            return
        self.pull.write_to(partial)
        self._loop.call_soon(self.look_around)

    def make_partial(self, manifest: Manifest) -> PartialFiles:
        """Where the bytes go; sets `part` and `target`. Raises StorageProblem."""
        self.target = self.target or self.folder / manifest.target_name(self.offer.name)
        self.part = self.part or new_part(self.target, self.root)
        return PartialFiles(manifest, self.part, self.target)

    def put_in_place(self, partial: PartialFiles) -> Arrived:
        """All of it is here: give it its own name. On a thread. Raises StorageProblem, ValueError, WorkStopped."""
        return partial.finish()

    async def _copy(self, source: ChunkSource, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        for fetch in self._fetches.values():
            fetch.stop()
        if self.pull.partial is None:
            await self._prepare(source.manifest)
        partial = self.pull.partial
        if partial is None:
            return
        self._become(FileState.COMING)
        try:
            for index in partial.missing():
                if not self.active:
                    return
                with suppress(WrongChunk):  # the file was damaged or tampered with: others may have that one
                    await asyncio.to_thread(lambda index: partial.write(index, source.read(index)), index)
        except (StorageProblem, OSError) as problem:
            self._fail(_words(problem))
            return
        if partial.is_whole:
            self.pull_complete(self.pull)
        else:
            self.pull.write_to(partial)
            self._loop.call_soon(self.look_around)

    def source_ended(self, pull: Pull, place: SourcePlace, end: PullEnd) -> None:
        self._fetches.pop(place, None)
        if end is PullEnd.DISK:
            problem = pull.problem
            self._fail(str(problem) if problem else _("The file could not be written."))
        elif end is PullEnd.WRONG:
            self._wrong.add(place)
        else:
            if end is PullEnd.DONE and pull.done == self._done_before.get(place):  # it had nothing of what is missing
                end = PullEnd.MISSING
            failures = 0 if end is PullEnd.DONE else self._failures.get(place, 0) + 1
            self._failures[place] = failures
            wait = min(_WAITS[end] * 2 ** max(0, failures - 1), _WAIT_MOST_SECONDS)
            self._not_before[place] = self._loop.time() + wait
        if not pull.complete:
            self.look_around()

    def pull_complete(self, pull: Pull) -> None:
        if not self._closed and self.state is not FileState.HERE and not self._finishing:
            self._finishing = True
            self._work = self._spawn(self._finish())

    async def _finish(self) -> None:
        partial = self.pull.partial
        assert partial is not None
        try:
            arrived = await asyncio.to_thread(self.put_in_place, partial)
            await self._owner.arrived(self, arrived)
        except WorkStopped:
            return
        except (StorageProblem, OSError, ValueError) as problem:
            self._finishing = False
            self._fail(_words(problem))
            return
        self.target, self.state = arrived.path, FileState.HERE  # its owner tells it
        self._hang_up()

    # --- how far it is -----------------------------------------------------------------------------------------------
    def measure(self, done: int) -> bool:
        """Measure the rate; whether there is news. `done`: bytes that are here."""
        now = self._loop.time()
        at, before = self._measured
        self._measured = now, done
        if self.state is not FileState.COMING or not at or now <= at:
            self.rate = 0
            return False
        weight = min(1.0, (now - at) / _RATE_SECONDS)
        lately = (done - before) / (now - at)
        self.rate = int(lately if not self.rate else self.rate + weight * (lately - self.rate))
        return True

    def _fail(self, problem: str) -> None:
        if not self._closed:
            self._become(FileState.FAILED, problem)
            self._hang_up()

    def _become(self, state: FileState, problem: str = "") -> None:
        if (state, problem) != (self.state, self.problem):
            self.state, self.problem = state, problem
            self._owner.changed(self)


def _words(problem: Exception) -> str:
    """Why it failed, for the person."""
    return str(problem) if isinstance(problem, StorageProblem) else str(FileNotKept())
