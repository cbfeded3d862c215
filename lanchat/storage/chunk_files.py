"""Chunks as they lie in files: a ChunkSource gives them, from whole files (WholeFiles) or partial ones.

A file is opened for each chunk and closed again: that takes some microseconds, and no descriptor is shared between
threads, left open, or in the way when Windows is to rename or delete the file. Any thread.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Protocol

import msgspec

from lanchat.core.file_manifest import Layout, Manifest, Segment
from lanchat.storage.errors import ChangedSinceOffered, reading_chunks

#: O_NONBLOCK: a pipe that took the file's place is not waited for. O_NOFOLLOW: nor is a link followed.
_SAFE = 0
for _name in ("O_BINARY", "O_NOINHERIT", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK"):
    _SAFE |= getattr(os, _name, 0)
_READ = os.O_RDONLY | _SAFE
_WRITE = os.O_WRONLY | _SAFE


class FileStamp(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file as it was when it was offered, or when it had come: another size or time says that it was changed."""

    path: bytes  #: as the file system names it; see `os.fsencode`
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: str, found: os.stat_result) -> FileStamp:
        return cls(os.fsencode(path), found.st_size, found.st_mtime_ns)

    def fits(self, found: os.stat_result) -> bool:
        return found.st_size == self.size and found.st_mtime_ns == self.mtime_ns and stat.S_ISREG(found.st_mode)


class ChunkSource(Protocol):
    """Who has chunks of an offer on this computer."""

    manifest: Manifest

    def has(self, index: int) -> bool: ...

    def read(self, index: int) -> bytes:
        """The bytes of a chunk that it has. Raises StorageProblem; IndexError for a chunk that it has not."""


class WholeFiles:
    """The chunks of originals, of files that came, or of a blob in the host's store."""

    def __init__(self, manifest: Manifest, stamps: Sequence[FileStamp], layout: Layout | None = None) -> None:
        """`layout`: where the bytes are; without it as the Manifest says."""
        self.manifest = manifest
        self._layout = layout or manifest.layout
        self._stamps = stamps

    def has(self, index: int) -> bool:
        return 0 <= index < self.manifest.chunks

    def read(self, index: int) -> bytes:
        """Raises ChangedSinceOffered, FileGone and other StorageProblems."""
        segments = self._layout.segments(index)
        pieces = [read_stamped(self._stamps[one.file], one.offset, one.length) for one in segments]
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def read_stamped(stamp: FileStamp, offset: int, length: int) -> bytes:
    """So many bytes of a file that is as it was. Raises ChangedSinceOffered, FileGone and other StorageProblems."""
    with reading_chunks():
        descriptor = os.open(long_path(os.fsdecode(stamp.path)), _READ)
        try:
            if not stamp.fits(os.fstat(descriptor)):
                raise ChangedSinceOffered
            data = read_at(descriptor, offset, length)
        finally:
            os.close(descriptor)
    if len(data) != length:
        raise ChangedSinceOffered
    return data


def open_to_read(path: str) -> FileIO:
    """Without buffer; neither a link is followed nor a pipe waited for. Raises OSError."""
    return open(os.open(long_path(path), _READ), "rb", buffering=0)


def read_at(descriptor: int, offset: int, length: int) -> bytes:
    """So many bytes, fewer only where the file ends. Raises OSError."""
    os.lseek(descriptor, offset, os.SEEK_SET)
    data = os.read(descriptor, length)
    while len(data) < length and (more := os.read(descriptor, length - len(data))):
        data += more
    return data


def read_pieces(paths: Sequence[str], segments: Iterable[Segment]) -> bytes | None:
    """A chunk of partial files; None where one of them is missing or too short. Raises OSError."""
    pieces = []
    for segment in segments:
        try:
            descriptor = os.open(paths[segment.file], _READ)
        except FileNotFoundError:
            return None
        try:
            pieces.append(read_at(descriptor, segment.offset, segment.length))
        finally:
            os.close(descriptor)
        if len(pieces[-1]) < segment.length:
            return None
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def write_pieces(
    paths: Sequence[str],
    segments: Iterable[Segment],
    data: bytes | bytearray | memoryview,
    begun: bytearray,
    *,
    onto_disk: bool = False,
) -> None:
    """Write a chunk into its files. Raises OSError.

    `begun`: for each file, whether it was made. It is not made again: what was in it before would be missing.
    `onto_disk`: wait until the system has written all that these files have.
    """
    view, at = memoryview(data), 0
    for segment in segments:
        descriptor = open_to_write(paths[segment.file], make=not begun[segment.file])
        begun[segment.file] = 1
        try:
            if segment.offset:
                os.lseek(descriptor, segment.offset, os.SEEK_SET)
            end = at + segment.length
            while at < end:
                at += os.write(descriptor, view[at:end])
            if onto_disk:
                sync(descriptor)
        finally:
            os.close(descriptor)


class NotOnDisk(OSError):
    """The system could not write what it had taken: any of it may be missing, and it says so only once."""


def sync(descriptor: int) -> None:
    """Wait until the bytes of this file are on the disk. Raises NotOnDisk."""
    try:
        if sys.platform == "linux":
            os.fdatasync(descriptor)
        else:
            os.fsync(descriptor)
    except OSError as error:
        if sys.platform == "linux":  # which takes what it could not write for written: look at the disk, not at that
            with suppress(OSError):
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        raise NotOnDisk(*error.args) from error


def open_to_write(path: str, make: bool) -> int:
    """A descriptor of the file. `make`: with its folders, where it is missing. Raises OSError."""
    if not make:
        return os.open(path, _WRITE)
    try:
        return os.open(path, _WRITE | os.O_CREAT, 0o666)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return os.open(path, _WRITE | os.O_CREAT, 0o666)


def stamps_of(paths: Sequence[str]) -> list[FileStamp]:
    """Of files as they are now. Raises StorageProblem."""
    with reading_chunks():
        return [FileStamp.of(path, os.lstat(long_path(path))) for path in paths]


def long_path(path: str | Path) -> str:
    """For system calls: on Windows in the form that may have more than 260 characters."""
    text = os.fspath(path)
    if sys.platform != "win32" or text.startswith("\\\\?\\"):
        return text
    text = os.path.abspath(text)
    return f"\\\\?\\UNC{text[1:]}" if text.startswith("\\\\") else f"\\\\?\\{text}"
