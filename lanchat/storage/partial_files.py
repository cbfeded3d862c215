"""PartialFiles: a file or folder while it comes. It has its own name only when all of it is there.

Until then its bytes are in a hidden folder beside its target, on the same file system, and the last step is a rename.
A chunk is written only when its hash is right. After a restart nothing is trusted: `check` hashes what is on the disk,
and each chunk proves itself, whatever a crash or somebody else did to it. Any thread, several at once.

What came is on the disk before it has its name, but for folders of many files: these the system writes when it sees
fit, and a computer that loses its power right after may have holes in them.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from lanchat.core.file_manifest import CHUNK, Manifest, WrongChunk
from lanchat.core.file_names import numbered
from lanchat.storage import from_network
from lanchat.storage.chunk_files import (
    FileStamp,
    NotOnDisk,
    long_path,
    open_to_write,
    read_pieces,
    stamps_of,
    sync,
    write_pieces,
)
from lanchat.storage.errors import FileGone, FileNotKept, NoSpace, reading_chunks, writing_chunks

PARTS = ".lanchat-parts"  #: the hidden folder beside the targets
SPARE_BYTES = 16_000_000  #: that are left free on a disk, for the database among others
_NAMES_TRIED = 1_000
_SYNC_BYTES = 8 * 1024 * 1024  # that the system has yet to write: with more, who commits a message waits for them
_SYNCED_FILES = 64
_BUSY_SECONDS = 3.0  # how long a virus scanner may hold what is to be renamed on Windows
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV, errno.EACCES)

_NOTHING = bytes(CHUNK)
_HASH_OF_NOTHING = hashlib.sha256(_NOTHING).digest()
_placing = threading.Lock()  # two must not find the same name free

Told = Callable[[int, int], None]  #: bytes done, bytes in all


class WorkStopped(Exception):
    """The work was cancelled."""


class Arrived(NamedTuple):
    """A file or folder that is whole, under its own name."""

    path: Path
    stamps: tuple[FileStamp, ...]


def new_part(target: Path, root: bytes) -> Path:
    """Where the bytes of a target are to be while they come: a name of its own. Nothing is made."""
    return target.parent / PARTS / f"{root[:8].hex()}-{secrets.token_hex(4)}"


class PartialFiles:
    """What came so far of one offer, as a ChunkSource, too.

    `write` and `read` may be called by several threads. After `finish`, `close` or `discard`, `write` keeps nothing.
    """

    def __init__(self, manifest: Manifest, part: Path, target: Path, *, blob: bool = False) -> None:
        """Touches nothing. `part`: from `new_part`. `target`: the name it gets, or the first free one like it.
        `blob`: all files in one, for the host's store; that keeps its name, and nothing is marked."""
        self.manifest = manifest
        self.part = part
        self.target = target
        self._blob = blob
        self._one = blob or manifest.is_one_file
        self._layout = manifest.as_blob if blob else manifest.layout
        self._paths = self._paths_in(part)
        self._have = bytearray(manifest.chunks)
        self._begun = bytearray(len(self._paths))  # the files that were made
        self._lock = threading.Condition()
        self._writers = 0
        self._unsynced = 0
        self._closed = False
        self._spoiled = False
        self._done = 0
        self._came_before: Path | None = None  # whole under its own name already: we were killed right after

    # --- what is here ------------------------------------------------------------------------------------------------
    @property
    def done(self) -> int:
        """Bytes that are here."""
        return self._done

    @property
    def is_whole(self) -> bool:
        return self._done == self.manifest.size

    @property
    def is_spoiled(self) -> bool:
        """The disk did not keep what it had taken: another one is to be made in its place, and to `check`."""
        return self._spoiled

    def has(self, index: int) -> bool:
        return 0 <= index < len(self._have) and bool(self._have[index])

    def missing(self) -> list[int]:
        """The chunks that are not here, in order."""
        return [index for index, here in enumerate(self._have) if not here]

    def read(self, index: int) -> bytes:
        if not self.has(index):
            raise IndexError(index)
        paths = self._paths if self._came_before is None else self._paths_in(self._came_before)
        with reading_chunks():
            data = read_pieces(paths, self._layout.segments(index))
        if data is None:
            raise FileGone
        return data

    def check(self, told: Told = lambda done, size: None, stop: Callable[[], bool] = lambda: False) -> None:
        """Find out what of it is on the disk, from a time before. Before the first `write`; takes as long as hashing.

        Raises WorkStopped, StorageProblem.
        """
        with reading_chunks():
            if not os.path.lexists(long_path(self.part)):
                self._look_for_whole(stop)
                return
            for index in range(self.manifest.chunks):
                if stop():
                    raise WorkStopped
                if self._proves(self._paths, index):
                    self._note(index)
                    for segment in self._layout.segments(index):
                        self._begun[segment.file] = 1
                told(self._done, self.manifest.size)

    def require_space(self, spare: int = SPARE_BYTES) -> None:
        """Raises NoSpace when what is missing does not fit on the disk."""
        with writing_chunks():
            folder = next(parent for parent in self.target.absolute().parents if parent.exists())
            free = shutil.disk_usage(folder).free
        if (needed := self.manifest.size - self._done) + spare > free:
            raise NoSpace(needed, max(0, free - spare))

    # --- writing -----------------------------------------------------------------------------------------------------
    def write(self, index: int, data: bytes | bytearray | memoryview, *, proven: bool = False) -> bool:
        """Check a chunk, unless it was `proven` by its hash before, and keep it. False: it is here already, or none is
        kept any more.

        Raises WrongChunk when these are not its bytes; DiskFull, FileNotKept and other StorageProblems; FileGone when
        somebody deleted what was here: then only `discard`, and to begin anew, helps. See `is_spoiled`.
        """
        if not proven:
            self.manifest.check(index, data)
        with self._lock:
            if self._spoiled:
                raise FileNotKept
            if self._closed or self._have[index]:
                return False
            self._writers += 1
            self._unsynced += len(data)
            onto_disk = self._unsynced > _SYNC_BYTES
            if onto_disk:
                self._unsynced = 0
        written = False
        try:
            with writing_chunks(), self._noticing_loss():
                self._make_folder()
                write_pieces(self._paths, self._layout.segments(index), data, self._begun, onto_disk=onto_disk)
            written = True
        finally:
            with self._lock:
                new = written and not self._have[index]
                if new:
                    self._note(index)
                self._writers -= 1
                self._lock.notify_all()
        return new

    def close(self) -> None:
        """Keep what is here for another time; nothing more is written."""
        with self._lock:
            self._closed = True
            self._lock.wait_for(lambda: not self._writers)

    def discard(self) -> None:
        """Delete what came. Raises StorageProblem."""
        self.close()
        with writing_chunks():
            if self.part.is_dir():
                shutil.rmtree(long_path(self.part))
            else:
                self.part.unlink(missing_ok=True)
        self._remove_folder()

    def finish(self) -> Arrived:
        """Give what is whole its own name. To be called again after a StorageProblem, or a restart, if need be; not of
        one that `is_spoiled`."""
        if not self.is_whole:
            raise ValueError("chunks are missing")
        self.close()
        if self._spoiled:
            raise FileNotKept
        if (path := self._came_before) is None:
            with writing_chunks(), self._noticing_loss():
                self._make_folder()
                self._complete()
                path = self._place()
            self._came_before = path
        self._remove_folder()
        return Arrived(path, tuple(stamps_of(self._paths_in(path))))

    # --- within ------------------------------------------------------------------------------------------------------
    @contextmanager
    def _noticing_loss(self) -> Iterator[None]:
        try:
            yield
        except NotOnDisk:
            self._spoiled = True
            raise

    def _note(self, index: int) -> None:
        self._have[index] = 1
        self._done += self._layout.length(index)

    def _proves(self, paths: Sequence[str], index: int) -> bool:
        """Whether the bytes of a chunk are in these files. Raises OSError."""
        try:
            data = read_pieces(paths, self._layout.segments(index))
            if data == _NOTHING:  # a hole, most likely: comparing is ten times as fast as hashing
                return self.manifest.hash(index) == _HASH_OF_NOTHING
            self.manifest.check(index, data or b"")
        except WrongChunk:
            return False
        except OSError as error:  # as where there is a link or a folder instead
            if error.errno in (errno.EMFILE, errno.ENFILE):
                raise
            return False
        return True

    def _look_for_whole(self, stop: Callable[[], bool]) -> None:
        """Find it under its own name: we may have been killed before anybody noted that it was finished."""
        for path in islice(self._names(), _NAMES_TRIED):
            if not os.path.lexists(long_path(path)):
                return
            paths = self._paths_in(path)
            if not self._has_sizes(paths) or not self.manifest.size:
                continue
            for index in range(self.manifest.chunks):
                if stop():
                    raise WorkStopped
                if not self._proves(paths, index):
                    break
            else:
                self._came_before, self._done = path, self.manifest.size
                self._have[:] = b"\1" * len(self._have)
                return

    def _has_sizes(self, paths: Sequence[str]) -> bool:
        try:
            return all(os.lstat(path).st_size == size for path, size in zip(paths, self._layout.sizes, strict=True))
        except OSError:
            return False

    def _paths_in(self, place: Path) -> list[str]:
        top = long_path(place)
        if self._one:
            return [top]
        return [os.path.join(top, name.replace("/", os.sep)) for name in self.manifest.inside()]

    def _names(self) -> Iterator[Path]:
        """The names that it may get, the best first."""
        if self._blob:
            return iter((self.target,))
        return (self.target.with_name(name) for name in chain((self.target.name,), numbered(self.target.name)))

    def _make_folder(self) -> None:
        """The hidden one. Nobody else may open it: they could put links in the way of what is written. OSError."""
        folder = self.part.parent
        if folder.name != PARTS:
            return
        try:
            found = os.lstat(folder)
        except FileNotFoundError:
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            from_network.hide(folder)
            found = os.lstat(folder)
        if not stat.S_ISDIR(found.st_mode) or (sys.platform != "win32" and found.st_uid != os.geteuid()):
            raise PermissionError(errno.EACCES, "made by somebody else", str(folder))

    def _remove_folder(self) -> None:
        if self.part.parent.name == PARTS:
            with suppress(OSError):  # others are in it
                self.part.parent.rmdir()

    def _complete(self) -> None:
        """Make the files that have no byte, cut those that are too long, mark them, and write them to the disk."""
        few = len(self._paths) <= _SYNCED_FILES
        for path, size in zip(self._paths, self._layout.sizes, strict=True):
            if not size or os.lstat(path).st_size != size or few:
                descriptor = open_to_write(path, make=not size)
                try:
                    os.truncate(descriptor, size)
                    if few:
                        sync(descriptor)
                finally:
                    os.close(descriptor)
            if not self._blob:
                from_network.mark(path)

    def _place(self) -> Path:
        """Rename it to the first free of its names, which it returns. Raises OSError."""
        with _placing:
            for path in self._names():
                if self._take(long_path(self.part), long_path(path)):
                    return path
        raise FileExistsError(self.target)

    def _take(self, part: str, path: str) -> bool:
        """Rename it, but never over something else. False: that name is taken."""
        if self._one and not self._blob and sys.platform != "win32":
            try:
                os.link(part, path)
            except FileExistsError:
                if not os.path.samestat(os.lstat(part), os.lstat(path)):  # else we were killed in the middle of this
                    return False
            except OSError as error:  # a file system without links
                if error.errno not in _NO_LINKS:
                    raise
                return self._rename_to_free(part, path)
            os.unlink(part)
            return True
        return self._rename_to_free(part, path)

    def _rename_to_free(self, part: str, path: str) -> bool:
        if self._blob:
            _patiently(os.replace, part, path)
            return True
        if os.path.lexists(path):
            return False
        try:
            _patiently(os.rename, part, path)
        except OSError as error:
            if error.errno in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR, errno.EISDIR):  # since a moment ago
                return False
            raise
        return True


def _patiently(rename: Callable[[str, str], None], part: str, path: str) -> None:
    """On Windows it is tried for a while: a virus scanner may have the file open. Raises OSError."""
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            rename(part, path)
        except PermissionError:
            if sys.platform != "win32" or time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
