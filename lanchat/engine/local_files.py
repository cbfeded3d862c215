"""LocalFiles: the bytes of offers that are on this computer, for those who may have them from us.

They are originals, what came, the host's store, and what is just coming. Kept open are some, by their Manifests; the
others are looked up on the disk. Threads of file connections ask; the Engine's loop says what has changed.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from lanchat.core.file_manifest import BadManifest, Manifest
from lanchat.engine.disk import Disk
from lanchat.engine.pull import Pull
from lanchat.engine.sealed_transfers import source_of
from lanchat.network.file_shelf import ServedChunks
from lanchat.storage.chunk_files import ChunkSource
from lanchat.storage.errors import ChangedSinceOffered, FileGone, StorageProblem
from lanchat.storage.store import Store

_KEPT_BYTES = 8_000_000  # of Manifests; one alone may have more
_PATIENCE_SECONDS = 10.0  # for the disk


@dataclass(frozen=True, eq=False)
class LocalChunks(ServedChunks):
    """The chunks of one offer, as a FileServer gives them."""

    root: bytes
    source: ChunkSource
    spoiled: Callable[[bytes, StorageProblem], None]

    @property
    def manifest(self) -> bytes:
        return self.source.manifest.content

    def read(self, index: int) -> bytes | None:
        if not self.source.has(index):
            return None
        try:
            return self.source.read(index)
        except (ChangedSinceOffered, FileGone) as problem:
            self.spoiled(self.root, problem)
            return None
        except StorageProblem:
            return None


class LocalFiles:
    def __init__(self, disk: Disk, spoiled: Callable[[bytes, StorageProblem], None]) -> None:
        """`spoiled`: called on the loop when the files of a root are not any more what was offered."""
        self._disk = disk
        self._spoiled = spoiled
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._open: OrderedDict[bytes, ChunkSource] = OrderedDict()
        self._coming: dict[bytes, Pull] = {}

    # --- on the loop -------------------------------------------------------------------------------------------------
    def coming(self, root: bytes, pull: Pull | None) -> None:
        """What of it is here already can be had, too; None: it is not coming any more."""
        with self._lock:
            if pull is None:
                self._coming.pop(root, None)
            else:
                self._coming[root] = pull

    def changed(self, root: bytes) -> None:
        """It is here now, or elsewhere, or not any more."""
        with self._lock:
            self._open.pop(root, None)

    async def source(self, root: bytes) -> ChunkSource | None:
        """All of its chunks; None where they are not here."""
        with self._lock:
            if (found := self._open.get(root)) is not None:
                return found
        loaded = await self._disk.look_up(self._load, root)
        if loaded is not None:
            with self._lock:
                self._open[root] = loaded
                while len(self._open) > 1 and sum(map(_weight, self._open.values())) > _KEPT_BYTES:
                    self._open.popitem(last=False)
        return loaded

    def _load(self, store: Store, root: bytes) -> ChunkSource | None:
        """On the disk thread. The host's own copy goes before an original, which may be changed."""
        try:
            if (kept := store.file_store.source(root)) is not None:
                return kept
        except (StorageProblem, BadManifest):
            pass
        record, content = store.files.get(root), store.files.manifest(root)
        if record is None or content is None or not record.is_whole:
            return None
        try:
            return source_of(record, Manifest.read(content))
        except BadManifest:  # the database was damaged
            return None

    # --- on threads of connections -----------------------------------------------------------------------------------
    def find(self, root: bytes) -> ServedChunks | None:
        """Waits for the disk."""
        with self._lock:
            found = self._open.get(root)
            if found is not None:
                self._open.move_to_end(root)
            elif (pull := self._coming.get(root)) is not None:
                found = pull.partial
        if found is None:
            try:
                asking = asyncio.run_coroutine_threadsafe(self.source(root), self._loop)
                found = asking.result(_PATIENCE_SECONDS)
            except (RuntimeError, StorageProblem, TimeoutError, concurrent.futures.CancelledError):
                return None  # RuntimeError: the loop is closed
        return None if found is None else LocalChunks(root, found, self._tell_spoiled)

    def _tell_spoiled(self, root: bytes, problem: StorageProblem) -> None:
        try:
            self._loop.call_soon_threadsafe(self._spoiled, root, problem)
        except RuntimeError:  # lanchat ends
            return


def _weight(source: ChunkSource) -> int:
    return len(source.manifest.content) + 64 * len(source.manifest.files)
