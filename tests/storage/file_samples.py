"""Files to offer, and what a receiver of them needs."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

from lanchat.core.file_manifest import Manifest
from lanchat.storage.chunk_files import ChunkSource, WholeFiles
from lanchat.storage.offered_files import FoundFiles, find_files, hash_files
from lanchat.storage.partial_files import PartialFiles, new_part


def some_bytes(count: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(count)


def written(folder: Path, files: Mapping[str, bytes]) -> Path:
    """A folder with these files, by their paths in it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def offered(*paths: Path) -> tuple[FoundFiles, Manifest, WholeFiles]:
    found = find_files(paths)
    manifest = hash_files(found)
    return found, manifest, WholeFiles(manifest, found.stamps)


def begun(manifest: Manifest, folder: Path, name: str = "some files") -> PartialFiles:
    """What comes of it into a folder."""
    target = folder / manifest.target_name(name)
    return PartialFiles(manifest, new_part(target, manifest.root), target)


def again(partial: PartialFiles, *, blob: bool = False) -> PartialFiles:
    """The same after a restart."""
    other = PartialFiles(partial.manifest, partial.part, partial.target, blob=blob)
    other.check()
    return other


def copy(source: ChunkSource, partial: PartialFiles) -> None:
    for index in partial.missing():
        assert partial.write(index, source.read(index))


def content_of(folder: Path) -> dict[str, bytes]:
    """Every file in a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
