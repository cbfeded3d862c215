"""Pull: the bytes of one offer on their way here, from several sources side by side.

Its SourceTasks are called on threads of file connections, several at once; everything else on the Engine's loop, where
its PullOwner hears what happened. One lock guards what both use; nobody waits for the disk while holding it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from lanchat.core.chunk_plan import ChunkPlan
from lanchat.core.file_manifest import Manifest
from lanchat.core.file_offer import FileOffer
from lanchat.core.model import MemberKey, RoomId
from lanchat.core.sealed_listing import offered_manifest
from lanchat.network.file_shelf import PullEnd, PullTask
from lanchat.storage.errors import StorageProblem
from lanchat.storage.partial_files import PartialFiles


class SourcePlace(NamedTuple):
    """A member of a room who may have files, and where they can be had."""

    room_id: RoomId
    key: MemberKey
    address: str  #: "": the member gives them over a connection of its own
    port: int
    guest: bool = False  #: it comes through the channel of a phone


class PullOwner(Protocol):
    """Who wants the bytes. Called on the Engine's loop."""

    def manifest_came(self, pull: Pull, manifest: Manifest) -> None:
        """Say where they go: `Pull.write_to`."""

    def source_ended(self, pull: Pull, place: SourcePlace, end: PullEnd) -> None:
        """It gives no more."""

    def pull_complete(self, pull: Pull) -> None:
        """All chunks are here."""


class Pull:
    def __init__(self, offer: FileOffer, owner: PullOwner, *, named: bool = True) -> None:
        """`named`: its files get names here. Threads of connections make them: of hostile ones that takes seconds."""
        self.offer = offer
        self._named = named
        self.manifest: Manifest | None = None
        self.partial: PartialFiles | None = None
        self.problem: StorageProblem | None = None  #: why nothing could be written
        self._owner = owner
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Condition()
        self._plan: ChunkPlan[SourcePlace] | None = None
        self._places: set[SourcePlace] = set()  # those that were asked and did not end
        self._stopped = False

    @property
    def done(self) -> int:
        """Bytes that are here."""
        return self.partial.done if self.partial is not None else 0

    @property
    def places(self) -> set[SourcePlace]:
        """Where it is pulled from at the moment."""
        return self._places

    def source(self, place: SourcePlace) -> SourceTask:
        """For a connection to this place."""
        with self._lock:
            self._places.add(place)
            if self._plan is not None:
                self._plan.add(place)
        return SourceTask(self, place, self.offer.root)

    def write_to(self, partial: PartialFiles) -> None:
        """The chunks go there, but for those that are there already."""
        with self._lock:
            self.manifest, self.partial = partial.manifest, partial
            self._plan = ChunkPlan(partial.manifest.chunks, partial.missing())
            for place in self._places:
                self._plan.add(place)
            complete = not self._plan.left
            self._lock.notify_all()
        if complete:
            self._loop.call_soon(self._owner.pull_complete, self)

    @property
    def complete(self) -> bool:
        """All chunks are here."""
        return self._plan is not None and not self._plan.left

    def go_on(self) -> None:
        """After `stop`."""
        with self._lock:
            self._stopped = False

    def stop(self) -> None:
        """No source is asked for anything more."""
        with self._lock:
            self._stopped = True
            self._lock.notify_all()

    # --- on the threads of connections -------------------------------------------------------------------------------
    def take_manifest(self, data: bytes) -> None:
        offer = self.offer
        manifest = offered_manifest(data, offer)
        if self._named:
            _names = manifest.names
        with self._lock:
            if self.manifest is not None:
                return
            self.manifest = manifest
        self._tell(self._owner.manifest_came, self, manifest)

    def next_run(self, place: SourcePlace) -> range | None:
        with self._lock:
            self._lock.wait_for(lambda: self._plan is not None or self._stopped or place not in self._places)
            if self._stopped or self._plan is None:
                return None
            return self._plan.next(place)

    def write(self, index: int, data: memoryview) -> None:
        assert self.partial is not None, "chunks are asked for only then"
        assert self._plan is not None
        try:
            self.partial.write(index, data, proven=True)
        except StorageProblem as problem:
            self.problem = problem
            raise OSError(str(problem)) from problem
        with self._lock:
            new = self._plan.left
            self._plan.arrived(index)
            complete = new and not self._plan.left
        if complete:
            self._tell(self._owner.pull_complete, self)

    def lacks(self, place: SourcePlace, index: int) -> None:
        with self._lock:
            if self._plan is not None:
                self._plan.lacks(place, index)

    def ended(self, place: SourcePlace, end: PullEnd) -> None:
        with self._lock:
            self._places.discard(place)
            if self._plan is not None:
                self._plan.drop(place)
            self._lock.notify_all()
        self._tell(self._owner.source_ended, self, place, end)

    def _tell(self, hear: Callable[..., None], *what: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: lanchat ends
            self._loop.call_soon_threadsafe(hear, *what)


@dataclass(frozen=True, eq=False)
class SourceTask(PullTask):
    """What one source is asked for; on its thread."""

    pull: Pull
    place: SourcePlace
    root: bytes

    @property
    def manifest_size(self) -> int:
        return 0 if self.pull.manifest is not None else self.pull.offer.manifest_size

    def take_manifest(self, data: bytes) -> None:
        self.pull.take_manifest(data)

    def next_run(self) -> range | None:
        return self.pull.next_run(self.place)

    def expected(self, index: int) -> tuple[int, bytes]:
        manifest = self.pull.manifest
        assert manifest is not None
        return manifest.layout.length(index), manifest.hash(index)

    def write(self, index: int, data: memoryview) -> None:
        self.pull.write(index, data)

    def not_there(self, index: int) -> None:
        self.pull.lacks(self.place, index)

    def ended(self, end: PullEnd) -> None:
        self.pull.ended(self.place, end)
