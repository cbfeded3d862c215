"""One side of a file connection in a process of its own: who holds a file, or who pulls it. Says what it used.

python -m tests.bench.file_peer hold FOLDER FILE              {"port", "key", "root", ...}, until its input ends
python -m tests.bench.file_peer pull FOLDER PORT KEY MANIFEST {"seconds", "cpu", "memory_kib", ...}
python -m tests.bench.file_peer look FOLDER PORT KEY MANIFEST the same, but what was checked is thrown away
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from lanchat.core.address import Numeric
from lanchat.core.chunk_plan import ChunkPlan
from lanchat.core.file_manifest import Manifest
from lanchat.core.model import MemberKey, RoomId
from lanchat.network.file_fetch import FileFetch
from lanchat.network.file_server import FileCaller, FileServer
from lanchat.network.file_shelf import FileShelf, PullEnd, PullTask
from lanchat.storage.chunk_files import WholeFiles
from lanchat.storage.offered_files import find_files, hash_files
from lanchat.storage.partial_files import PartialFiles, new_part
from lanchat.trust.identity import load_or_create
from lanchat.trust.signing import make_card
from tests.bench.process import memory_kib

ROOM = RoomId("kitchenkitchen22")


class OneFile:
    """ServedChunks of files that are whole."""

    def __init__(self, files: WholeFiles) -> None:
        self.manifest = files.manifest.content
        self.read = files.read


class Holder(FileShelf):
    """Gives one offer to everybody."""

    def __init__(self, files: WholeFiles) -> None:
        self._root, self._file = files.manifest.root, OneFile(files)

    def may_take(self, key: MemberKey) -> bool:
        return True

    def find(self, root: bytes, taker: MemberKey) -> OneFile | None:
        return self._file if root == self._root else None

    def wanted(self, root: bytes, giver: MemberKey, guest: bool = False) -> PullTask | None:
        return None

    def served(self, root: bytes, taker: MemberKey) -> None:
        pass


class Receiver(PullTask):
    """Writes all chunks to the disk, as the product does, or (not `keeps`) only has them checked."""

    def __init__(self, manifest: Manifest, folder: Path, *, keeps: bool) -> None:
        self.root = manifest.root
        self._manifest = manifest
        self._plan: ChunkPlan[str] = ChunkPlan(manifest.chunks)
        self._plan.add("")
        target = folder / "came"
        self._files = PartialFiles(manifest, new_part(target, manifest.root), target)
        self._keeps = keeps
        self._lock = threading.Lock()
        self.memory = 0
        self.end: PullEnd | None = None

    manifest_size = 0

    def take_manifest(self, data: bytes) -> None:
        raise AssertionError("it is here")

    def next_run(self) -> range | None:
        with self._lock:
            return self._plan.next("")

    def expected(self, index: int) -> tuple[int, bytes]:
        return self._manifest.layout.length(index), self._manifest.hash(index)

    def write(self, index: int, data: memoryview) -> None:
        if self._keeps:
            self._files.write(index, data, proven=True)
        with self._lock:
            self._plan.arrived(index)
        if index % 64 == 0:
            self.memory = max(self.memory, memory_kib(os.getpid()))

    def not_there(self, index: int) -> None:
        raise AssertionError("it has all")

    def ended(self, end: PullEnd) -> None:
        self.end = end
        if end is PullEnd.DONE and self._keeps:
            self._files.finish()


def hold(folder: Path, file: Path) -> None:
    identity = load_or_create(folder)
    found = find_files([file])
    manifest = hash_files(found)
    server = FileServer(ROOM, identity, Holder(WholeFiles(manifest, found.stamps)))
    port = server.open()
    (folder / "manifest").write_bytes(manifest.content)
    _say(port=port, key=identity.key.hex(), memory_kib=memory_kib(os.getpid()))
    memory = 0
    while sys.stdin.readline():  # asked for its figures
        memory = memory_kib(os.getpid())
        _say(cpu=sum(os.times()[:2]), memory_kib=memory)
    server.close()


def pull(folder: Path, port: int, key: bytes, manifest_file: Path, *, keeps: bool) -> None:
    identity = load_or_create(folder)
    manifest = Manifest.read(manifest_file.read_bytes())
    task = Receiver(manifest, folder, keeps=keeps)
    caller = FileCaller(ROOM, identity, make_card(identity, "Ben", 1))
    before = memory_kib(os.getpid())
    _say(ready=True)
    sys.stdin.readline()
    began, cpu = time.monotonic(), sum(os.times()[:2])
    fetch = FileFetch((Numeric("127.0.0.1"), port), MemberKey(key), caller, task)
    fetch.start()
    fetch.join(600)
    seconds = time.monotonic() - began
    _say(
        end=task.end.value if task.end else "",
        seconds=seconds,
        cpu=sum(os.times()[:2]) - cpu,
        memory_kib=task.memory - before,
    )


def _say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    if sys.argv[1] == "hold":
        hold(folder, Path(sys.argv[3]))
    else:
        pull(folder, int(sys.argv[3]), bytes.fromhex(sys.argv[4]), Path(sys.argv[5]), keeps=sys.argv[1] == "pull")
