"""The puller's side of a file connection: asks for chunks ahead, reads them, and has them checked and written.

Three threads: one owns the connection and decrypts, two hash and write, so that all processors work. What came lies in
a few buffers that go round between them: no byte is copied, and memory does not grow with the file.
"""

from __future__ import annotations

import hashlib
import queue
import threading
from typing import Final

from lanchat.core.file_frames import (
    RUN_CHUNKS,
    ChunkFollows,
    GetChunks,
    GetManifest,
    ManifestFollows,
    Missing,
    decode_from_holder,
)
from lanchat.core.file_manifest import CHUNK
from lanchat.core.frames import Bye, Misbehaved, Ping, Refused
from lanchat.network.connection import ConnectionGone
from lanchat.network.file_connection import FileConnection
from lanchat.network.file_shelf import PullEnd, PullTask
from lanchat.network.transfer_rate import TransferRate

_BUFFERS: Final = 8  # 2 MiB
_WRITERS: Final = 2  # hashing and writing takes longer than decrypting
_ASKED_AHEAD: Final = 16  # chunks: with fewer on their way more are asked for; 4 MiB fill a wireless network's delay
_PINGS: Final = 120  # one after the other: a holder has ten minutes between two chunks, whatever its rate

_Buffer = memoryview
_Came = tuple[int, int, _Buffer]  # index, size, where it lies


class _Ended(Exception):
    def __init__(self, end: PullEnd) -> None:
        self.end = end


class FilePuller:
    """Pulls what `task` wants over an admitted connection."""

    def __init__(self, connection: FileConnection, task: PullTask, rate: TransferRate) -> None:
        self._connection = connection
        self._task = task
        self._rate = rate
        self._run = range(0)  # of the task, to be asked for yet
        self._asked: set[int] = set()  # and not here
        self._counted = 0  # bytes of the turn that was taken last, none of which came
        self._pings = 0
        self._free: queue.SimpleQueue[_Buffer] = queue.SimpleQueue()
        self._came: queue.SimpleQueue[_Came | None] = queue.SimpleQueue()
        self._failed: PullEnd | None = None  # a writer
        self._writing = threading.Lock()  # the system would let one wait for the other at full speed

    def pull(self) -> PullEnd:
        """Pull all there is; why it ended."""
        end = PullEnd.DONE
        try:
            self._pull_manifest()
            for _ in range(_BUFFERS):
                self._free.put(memoryview(bytearray(CHUNK)))
            writers: list[threading.Thread] = []
            try:
                self._start(writers)
                self._pull_chunks()
            finally:
                for _ in writers:
                    self._came.put(None)
                for writer in writers:
                    writer.join()
            self._connection.send_frame(Bye())
        except _Ended as ended:
            end = ended.end
        except Misbehaved:
            return PullEnd.WRONG
        except OSError:
            end = PullEnd.STOPPED if self._connection.stopped.is_set() else PullEnd.GONE
        finally:
            self._give_back()
        return self._failed or end

    # --- the Manifest ------------------------------------------------------------------------------------------------
    def _pull_manifest(self) -> None:
        size = self._task.manifest_size
        if not size:
            return
        self._wait_turn(min(CHUNK, size))
        self._connection.send_frame(GetManifest(self._task.root))
        frame = self._next_frame()
        if isinstance(frame, Missing):
            raise _Ended(PullEnd.MISSING)
        if not isinstance(frame, ManifestFollows) or frame.size != size:
            raise Misbehaved("not the manifest that was asked for")
        self._counted = 0
        data = bytearray(size)
        for start in range(0, size, CHUNK):
            piece = memoryview(data)[start : start + CHUNK]
            if start:
                self._rate.count(len(piece))
            self._connection.read_into(piece)
        if hashlib.sha256(data).digest() != self._task.root:
            raise Misbehaved("another manifest")
        try:
            self._task.take_manifest(bytes(data))
        except ValueError as error:
            raise _Ended(PullEnd.WRONG) from error

    # --- chunks ------------------------------------------------------------------------------------------------------
    def _pull_chunks(self) -> None:
        while True:
            self._ask()
            if not self._asked:
                return
            match self._next_frame():
                case ChunkFollows(index=index, size=size):
                    self._receive(index, size)
                case Missing(root=root, index=None) if root == self._task.root:
                    raise _Ended(PullEnd.MISSING)
                case Missing(root=root, index=int(index)) if root == self._task.root and index in self._asked:
                    self._give_back()
                    self._task.not_there(index)
                    self._asked.remove(index)
                case _:
                    raise Misbehaved("not what was asked for")

    def _ask(self) -> None:
        """Ask for more when little is on its way: with a limited rate only for one chunk after the other."""
        while len(self._asked) < _ASKED_AHEAD:
            if not self._run:
                self._run = self._task.next_run() or range(0)
            if not self._run:
                return
            count = min(len(self._run), RUN_CHUNKS)
            if self._rate.bytes_per_second:
                if self._asked:
                    return
                count = 1
                self._wait_turn(self._task.expected(self._run[0])[0])
            asked, self._run = self._run[:count], self._run[count:]
            self._asked.update(asked)
            self._connection.send_frame(GetChunks(self._task.root, asked[0], count))

    def _receive(self, index: int, size: int) -> None:
        if index not in self._asked or size != self._task.expected(index)[0]:
            raise Misbehaved("a chunk that was not asked for, or of another size")
        self._counted = 0
        buffer = self._free.get()  # the writers give them all back, also when one failed
        if self._failed is not None:
            raise _Ended(self._failed)
        self._connection.read_into(buffer[:size])
        self._asked.remove(index)
        self._came.put((index, size, buffer))

    def _next_frame(self) -> ManifestFollows | ChunkFollows | Missing:
        while True:
            frame = decode_from_holder(self._connection.read_body())
            if isinstance(frame, Refused):
                raise _Ended(PullEnd.REFUSED)
            if not isinstance(frame, Ping):
                self._pings = 0
                return frame
            self._pings += 1
            if self._pings > _PINGS:
                raise ConnectionGone("the other side sends nothing but pings")

    def _wait_turn(self, size: int) -> None:
        self._counted = size if self._connection.wait_turn(self._rate, size) else 0

    def _give_back(self) -> None:
        """The turn that was taken last brought nothing."""
        self._rate.give_back(self._counted)
        self._counted = 0

    def _start(self, writers: list[threading.Thread]) -> None:
        """Where the system has no thread for another one, one is enough."""
        for _ in range(_WRITERS):
            writer = threading.Thread(target=self._write, name="lanchat-file-writer", daemon=True)
            try:
                writer.start()
            except RuntimeError as error:
                if not writers:
                    raise ConnectionGone("the system has no thread for it") from error
                return
            writers.append(writer)

    # --- the writers -------------------------------------------------------------------------------------------------
    def _write(self) -> None:
        """On a thread of theirs. What came before the end is still written."""
        while (came := self._came.get()) is not None:
            index, size, buffer = came
            if self._failed is None:
                failed = self._written(index, buffer[:size])
                if failed is not None:
                    self._failed = failed
                    self._connection.stop()
            self._free.put(buffer)

    def _written(self, index: int, data: memoryview) -> PullEnd | None:
        """Nothing is written that is not what was offered: this is the one place where chunks that came are checked."""
        if hashlib.sha256(data).digest() != self._task.expected(index)[1]:
            return PullEnd.WRONG
        try:
            with self._writing:
                self._task.write(index, data)
        except OSError:
            return PullEnd.DISK
        return None
