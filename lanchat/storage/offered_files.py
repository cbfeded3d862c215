"""What a person wants to offer: the files and folders are found and hashed. In a thread of its own; blocks.

In folders, links are not followed, and devices, pipes and sockets are left out.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from lanchat.core.file_manifest import CHUNK, SIZE_MOST, Manifest, ManifestFile
from lanchat.core.file_names import clean_name, clean_paths
from lanchat.core.file_offer import FILES_MOST, MANIFEST_BYTES
from lanchat.core.sizes import size_words
from lanchat.core.translate import _, ngettext
from lanchat.storage.chunk_files import FileStamp, long_path, open_to_read
from lanchat.storage.errors import CannotOffer, ChangedSinceOffered, reading_chunks
from lanchat.storage.partial_files import PARTS, Told, WorkStopped

_DEPTH = 60  # folders in each other
_NAME_SHOWN = 80  # characters of a name that stands for several files


class FoundFiles(Struct, frozen=True):
    """What is to be offered, before it is hashed."""

    name: str  #: of the file or folder, or "3 files"
    names: tuple[str, ...]  #: of each file in the offer
    stamps: tuple[FileStamp, ...]

    @property
    def size(self) -> int:
        return sum(stamp.size for stamp in self.stamps)

    @property
    def path(self) -> Path:
        """Of the first file."""
        return Path(os.fsdecode(self.stamps[0].path))


def find_files(paths: Sequence[str | Path]) -> FoundFiles:
    """Look for all that these files and folders have. Raises CannotOffer, and other StorageProblems."""
    tops: list[str] = []
    names: list[str] = []
    stamps: list[FileStamp] = []
    for chosen in dict.fromkeys(os.path.abspath(path) for path in paths):
        top = os.path.basename(chosen) or "files"
        with reading_chunks():
            place = os.path.realpath(chosen)  # a link that the person chose is what it leads to
            found = os.stat(long_path(place))
        if stat.S_ISDIR(found.st_mode):
            walked: Iterator[tuple[str, FileStamp]] = _walk(place, top)
        elif stat.S_ISREG(found.st_mode):
            walked = iter([(top, FileStamp.of(place, found))])
        else:
            raise CannotOffer(_("{name} is neither a file nor a folder.").format(name=clean_name(top)))
        before = len(names)
        for name, stamp in walked:
            names.append(name)
            stamps.append(stamp)
            if len(stamps) > FILES_MOST:
                raise CannotOffer(_("There are more than {most:,} files.").format(most=FILES_MOST))
        if len(names) > before:
            tops.append(clean_name(top))
    if not stamps:
        raise CannotOffer(_("It contains no files."))
    offered = FoundFiles(_name_of(tops), clean_paths(names), tuple(stamps))
    if offered.size > SIZE_MOST:
        raise CannotOffer(_("It is larger than {most}.").format(most=size_words(SIZE_MOST)))
    return offered


def hash_files(
    found: FoundFiles, told: Told = lambda done, size: None, stop: Callable[[], bool] = lambda: False
) -> Manifest:
    """Read all of it once. Raises WorkStopped, ChangedSinceOffered when it changes meanwhile, other StorageProblems."""
    buffer, filled, done = memoryview(bytearray(CHUNK)), 0, 0
    hashes = bytearray()
    for stamp in found.stamps:
        if not stamp.size:
            continue
        with reading_chunks(), open_to_read(os.fsdecode(stamp.path)) as file:
            if not stamp.fits(os.fstat(file.fileno())):
                raise ChangedSinceOffered
            left = stamp.size
            while left:
                got = file.readinto(buffer[filled : filled + min(left, CHUNK - filled)]) or 0
                if not got:
                    raise ChangedSinceOffered
                filled, left, done = filled + got, left - got, done + got
                if filled == CHUNK:
                    if stop():
                        raise WorkStopped
                    hashes += hashlib.sha256(buffer).digest()
                    filled = 0
                    told(done, found.size)
            if not stamp.fits(os.fstat(file.fileno())):
                raise ChangedSinceOffered
    if filled:
        hashes += hashlib.sha256(buffer[:filled]).digest()
    files = [ManifestFile(name, stamp.size) for name, stamp in zip(found.names, found.stamps, strict=True)]
    manifest = Manifest(files, bytes(hashes))
    if len(manifest.content) > MANIFEST_BYTES:
        raise CannotOffer(_("There are too many files with long names."))
    told(done, found.size)
    return manifest


def _walk(folder: str, name: str, depth: int = 0) -> Iterator[tuple[str, FileStamp]]:
    """Every file in a folder and in those within, by name. Raises StorageProblem."""
    if depth > _DEPTH:
        raise CannotOffer(_("The folders are nested too deeply."))
    with reading_chunks(), os.scandir(long_path(folder)) as entries:
        inside = sorted(entries, key=lambda entry: entry.name)
    for entry in inside:
        path = os.path.join(folder, entry.name)
        with reading_chunks():
            found = os.lstat(long_path(path))  # of Windows, an entry's own `stat` may be out of date
        if stat.S_ISDIR(found.st_mode) and entry.name != PARTS and not _is_junction(found):
            yield from _walk(path, f"{name}/{entry.name}", depth + 1)
        elif stat.S_ISREG(found.st_mode):
            yield f"{name}/{entry.name}", FileStamp.of(path, found)


def _is_junction(found: os.stat_result) -> bool:
    """Whether a folder of Windows is a link to another one."""
    return bool(getattr(found, "st_reparse_tag", 0))


def _name_of(tops: Sequence[str]) -> str:
    """plan.pdf; of several: plan.pdf and 2 more, so that people know, and a search finds, what was sent"""
    more = len(tops) - 1
    if not more:
        return tops[0]
    return ngettext("{names} and {n} more", "{names} and {n} more", more).format(names=tops[0][:_NAME_SHOWN], n=more)
