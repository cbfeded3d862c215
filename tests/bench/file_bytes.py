"""What files take on this computer: hashing, checking, ten thousand small ones. No network: see the bench of transfers.

    python -m tests.bench.file_bytes [--short]

The hash's own speed is measured in the same run, over a buffer of one chunk. Files are read from the system's cache.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from lanchat.core.file_manifest import CHUNK, Manifest
from lanchat.storage.chunk_files import WholeFiles
from lanchat.storage.offered_files import find_files, hash_files
from lanchat.storage.partial_files import PartialFiles, new_part
from tests.bench.process import memory_kib
from tests.bench.setting import Setting
from tests.bench.table import Row, as_text

_RATIO = 0.5
_SMALL, _SMALL_BYTES = 10_000, 10_000
_FILES_MUST, _FILES_AIM = 1_000, 3_000
_MEMORY_MUST, _MEMORY_AIM = 60, 30  # MB


def own_speed(size: int) -> float:
    """Bytes a second of SHA-256."""
    chunk = memoryview(os.urandom(CHUNK))
    began = time.perf_counter()
    for _ in range(size // CHUNK):
        hashlib.sha256(chunk).digest()
    return size / (time.perf_counter() - began)


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def on_a_quiet_disk(work: Callable[[], object]) -> float:
    """How long it takes when the system has nothing left to write: it slows down who writes meanwhile."""
    if hasattr(os, "sync"):
        os.sync()
    return timed(work)


def copy_plainly(path: Path, to: Path) -> None:
    with path.open("rb", buffering=0) as source, to.open("wb", buffering=0) as target:
        while chunk := source.read(CHUNK):
            target.write(chunk)
    to.unlink()


def receive(manifest: Manifest, source: WholeFiles, folder: Path) -> PartialFiles:
    """All of it, chunk by chunk, checked and under its own name."""
    target = folder / manifest.target_name("files")
    partial = PartialFiles(manifest, new_part(target, manifest.root), target)
    for index in range(manifest.chunks):
        partial.write(index, source.read(index))
    partial.finish()
    return partial


def large(folder: Path, size: int) -> Iterator[Row]:
    path = folder / "large.bin"
    with path.open("wb") as file:
        for _ in range(size // CHUNK):
            file.write(os.urandom(CHUNK))
    before = memory_kib(os.getpid())
    most = before
    own = hashing = checking = 0.0

    def watch(_done: int, _size: int) -> None:
        nonlocal most
        most = max(most, memory_kib(os.getpid()))

    for _ in range(3):
        own = max(own, own_speed(size))
        found = find_files([path])
        hashing = max(hashing, size / timed(lambda: hash_files(found)))  # noqa: B023 - called at once
        manifest = hash_files(found)
        part = PartialFiles(manifest, path, folder / "other.bin")  # as after a restart, with all of it there
        checking = max(checking, size / timed(part.check))
        assert part.is_whole
    hash_files(found, watch)
    plain = size / on_a_quiet_disk(lambda: copy_plainly(path, folder / "plain.bin"))
    copying = size / on_a_quiet_disk(lambda: receive(manifest, WholeFiles(manifest, found.stamps), folder / "here"))
    watch(0, 0)
    for what, speed in (("hashing an offer", hashing), ("checking what came before", checking)):
        ratio = speed / own
        yield Row(
            f"{what} of {size >> 20:,} MiB", f">= {_RATIO} x hash", "", f"{speed / 1e6:,.0f} MB/s",
            f"{ratio:.2f} x SHA-256 ({own / 1e6:,.0f} MB/s)", ratio >= _RATIO,
            {"mb_per_s": speed / 1e6, "ratio": ratio},
        )  # fmt: skip
    yield Row(
        f"reading, checking, writing {size >> 20:,} MiB", "", "", f"{copying / 1e6:,.0f} MB/s",
        f"{copying / plain:.2f} x plain copying ({plain / 1e6:,.0f} MB/s)", None,
        {"mb_per_s": copying / 1e6, "ratio": copying / plain},
    )  # fmt: skip
    more = (most - before) / 1024
    yield Row("memory for that", f"<= {_MEMORY_MUST} MB", f"{_MEMORY_AIM} MB", f"{more:.1f} MB more", "",
              more <= _MEMORY_MUST, {"mb": more})  # fmt: skip


def small(folder: Path, count: int) -> Iterator[Row]:
    content = os.urandom(_SMALL_BYTES + count)
    for number in range(count):
        path = folder / "small" / f"{number % 100}" / f"{number}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content[number : number + _SMALL_BYTES])
    found = find_files([folder / "small"])
    offering = count / timed(lambda: hash_files(find_files([folder / "small"])))
    manifest = hash_files(found)
    rates = [
        count / timed(lambda: receive(manifest, WholeFiles(manifest, found.stamps), folder / f"here {run}"))  # noqa: B023
        for run in range(3)
    ]
    what = f"{count:,} files of {_SMALL_BYTES // 1000} kB"
    for doing, rate in ((f"offering {what}", offering), (f"reading and writing {what}", max(rates))):
        yield Row(doing, f">= {_FILES_MUST:,} files/s", f"{_FILES_AIM:,}", f"{rate:,.0f} files/s", "",
                  rate >= _FILES_MUST, {"files_per_s": rate})  # fmt: skip


def measure(setting: Setting) -> Iterator[Row]:
    yield from large(setting.new_folder(), (256 if setting.short else 1024) << 20)
    yield from small(setting.new_folder(), 2_000 if setting.short else _SMALL)


def main() -> None:
    short = "--short" in sys.argv
    with tempfile.TemporaryDirectory(prefix="lanchat-bench-") as one, tempfile.TemporaryDirectory() as two:
        rows = [*large(Path(one), (256 if short else 1024) << 20), *small(Path(two), 2_000 if short else _SMALL)]
    print(as_text(rows))


if __name__ == "__main__":
    main()
