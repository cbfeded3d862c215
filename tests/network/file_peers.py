"""Both sides of file connections on loopback: honest ones with bytes in memory, and ones that do what they are told."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from lanchat.core import frames, limits
from lanchat.core.address import Numeric
from lanchat.core.chunk_plan import ChunkPlan
from lanchat.core.file_frames import FILE_ALPN
from lanchat.core.file_manifest import CHUNK, BadManifest, Manifest, ManifestFile
from lanchat.core.frames import Misbehaved
from lanchat.core.listing import key_fingerprint
from lanchat.core.model import MemberKey, RoomId
from lanchat.network import file_connection
from lanchat.network.file_connection import FileConnection
from lanchat.network.file_fetch import FileFetch
from lanchat.network.file_server import FileCaller, FileServer
from lanchat.network.file_shelf import FileShelf, PullEnd, PullTask, ServedChunks
from lanchat.network.transfer_rate import TransferRate
from lanchat.trust.handshake import ClientHandshake, Expected, HostHandshake, HostPolicy, Pin
from lanchat.trust.identity import Identity, certificate_fingerprint, client_context, host_context
from lanchat.trust.signing import make_card
from tests.identities import new_identity

KITCHEN = RoomId("kitchenkitchen22")

#: Longer than anything here takes; only a test that fails waits so long.
PATIENCE_SECONDS = 20.0


class OfferedBytes(ServedChunks):
    """A file in memory. `without`: chunks that are not here. `empty`: files with long names and nothing in them."""

    def __init__(
        self, chunks: int = 5, tail: int = 1234, without: frozenset[int] = frozenset(), empty: int = 0
    ) -> None:
        self.data = b"".join(hashlib.sha256(bytes([number])).digest() * (CHUNK // 32) for number in range(chunks - 1))
        self.data += bytes(range(256)) * (tail // 256) + bytes(tail % 256)
        hashes = b"".join(hashlib.sha256(self.chunk(index)).digest() for index in range(chunks))
        files = [ManifestFile("file.bin", len(self.data)), *(ManifestFile(f"{one:0300}", 0) for one in range(empty))]
        self.listing = Manifest(files, hashes)
        self.without = without

    @property
    def manifest(self) -> bytes:
        return self.listing.content

    @property
    def root(self) -> bytes:
        return self.listing.root

    def chunk(self, index: int) -> bytes:
        return self.data[index * CHUNK : (index + 1) * CHUNK]

    def read(self, index: int) -> bytes | None:
        return None if index in self.without else self.chunk(index)


class Taken(PullTask):
    """What is pulled, in memory."""

    def __init__(self, offered: OfferedBytes, *, with_manifest: bool = True, missing: list[int] | None = None) -> None:
        self.offered = offered
        self.root = offered.root
        self.listing = offered.listing if with_manifest else None
        self.chunks: dict[int, bytes] = {}
        self.lacking: list[int] = []
        self.end: PullEnd | None = None
        self._wanted: set[int] = set()  # of the source
        self.disk_full_at = -1
        self.on_write: Callable[[int], None] = lambda index: None
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._plan: ChunkPlan[str] = ChunkPlan(offered.listing.chunks, missing)
        self._plan.add("")

    @property
    def manifest_size(self) -> int:
        return 0 if self.listing else len(self.offered.manifest)

    def take_manifest(self, data: bytes) -> None:
        assert hashlib.sha256(data).digest() == self.root, "only the one that was offered is to be taken"
        self.listing = Manifest.read(data)

    def next_run(self) -> range | None:
        with self._lock:
            run = self._plan.next("")
        self._wanted.update(run or ())
        return run

    def expected(self, index: int) -> tuple[int, bytes]:
        if self.listing is None:
            raise BadManifest("chunks are asked for before it came")
        return self.listing.layout.length(index), self.listing.hash(index)

    def write(self, index: int, data: memoryview) -> None:
        if index == self.disk_full_at:
            raise OSError(28, "No space left on device")
        assert data == self.offered.chunk(index), "only what is right is to be kept"
        assert index not in self.chunks, "it came twice"
        self.chunks[index] = bytes(data)
        with self._lock:
            self._plan.arrived(index)
        self.on_write(index)

    def not_there(self, index: int) -> None:
        self.lacking.append(index)
        with self._lock:
            self._plan.lacks("", index)

    def ended(self, end: PullEnd) -> None:
        assert self.end is None, "the end is told once"
        self.end = end
        self._over.set()

    def wait(self) -> PullEnd:
        assert self._over.wait(PATIENCE_SECONDS), "it does not end"
        assert self.end is not None
        return self.end

    @property
    def left(self) -> tuple[int, ...]:
        """The chunks that were wanted of the source and did not come."""
        return tuple(sorted(self._wanted - self.chunks.keys() - set(self.lacking)))

    @property
    def is_whole(self) -> bool:
        return b"".join(self.chunks[index] for index in sorted(self.chunks)) == self.offered.data


class Shelf(FileShelf):
    """What one member has, and who may have it: all but `strangers`."""

    def __init__(self, *offered: OfferedBytes) -> None:
        self.offered: dict[bytes, ServedChunks] = {one.root: one for one in offered}
        self.tasks: dict[bytes, PullTask] = {}
        self.strangers: set[MemberKey] = set()
        self.shared: Counter[MemberKey] = Counter()  # chunks

    def may_take(self, key: MemberKey) -> bool:
        return key not in self.strangers

    def find(self, root: bytes, taker: MemberKey) -> ServedChunks | None:
        return self.offered.get(root)

    def wanted(self, root: bytes, giver: MemberKey, guest: bool = False) -> PullTask | None:
        return self.tasks.get(root)

    def served(self, root: bytes, taker: MemberKey) -> None:
        self.shared[taker] += 1


@contextmanager
def serving(shelf: Shelf, identity: Identity | None = None, rate: int = 0) -> Iterator[FileServer]:
    server = FileServer(KITCHEN, identity or new_identity(), shelf, TransferRate(rate))
    server.open()
    try:
        yield server
    finally:
        server.close()
        assert server.connections == 0


def caller(me: Identity | None = None) -> FileCaller:
    me = me or new_identity()
    return FileCaller(KITCHEN, me, make_card(me, "Ben", 1))


def at(server: FileServer) -> tuple[Numeric, int]:
    return Numeric("127.0.0.1"), server.port


def fetching(server: FileServer, task: PullTask, me: Identity | None = None, rate: int = 0) -> FileFetch:
    fetch = FileFetch(at(server), server.identity.key, caller(me), task, TransferRate(rate))
    fetch.start()
    return fetch


def fetched(server: FileServer, task: Taken, me: Identity | None = None) -> PullEnd:
    """Pull all of it; why it ended."""
    fetch = fetching(server, task, me)
    end = task.wait()
    fetch.join(PATIENCE_SECONDS)
    return end


# --- who does what no honest program does ----------------------------------------------------------------------------
Script = Callable[[FileConnection], None]


@contextmanager
def evil_holder(script: Script, identity: Identity | None = None) -> Iterator[tuple[tuple[Numeric, int], Identity]]:
    """Lets one puller in, as an honest holder does, then does as told."""
    identity = identity or new_identity()
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(PATIENCE_SECONDS)
    fingerprint = certificate_fingerprint(identity.certificate)
    policy = HostPolicy(KITCHEN, "", fingerprint, None, lambda _: True, lambda _: False)

    def run() -> None:
        client, _address = listening.accept()
        connection = FileConnection(client)
        with suppress(OSError, Misbehaved):
            connection.start_tls(host_context(identity, FILE_ALPN), server=True)
            handshake = HostHandshake(policy)
            connection.send_frame(handshake.hello())
            frame = frames.decode_from_client(connection.read_body(limits.FRAME_BEFORE_MEMBER))
            assert frame is not None
            for answer in handshake.received(frame):
                connection.send_frame(answer)
            script(connection)
        connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield (Numeric("127.0.0.1"), int(listening.getsockname()[1])), identity
    finally:
        thread.join(PATIENCE_SECONDS)
        listening.close()


def pulled_from(holder: tuple[tuple[Numeric, int], Identity], task: Taken) -> PullEnd:
    address, identity = holder
    fetch = FileFetch(address, identity.key, caller(), task)
    fetch.start()
    end = task.wait()
    fetch.join(PATIENCE_SECONDS)
    return end


@contextmanager
def evil_puller(address: tuple[str, int], holder: MemberKey, me: Identity | None = None) -> Iterator[FileConnection]:
    """Gets in as an honest puller does; what it says then is up to the test."""
    who = caller(me)
    connection = FileConnection(socket.create_connection(address, PATIENCE_SECONDS))
    try:
        certificate = connection.start_tls(client_context(FILE_ALPN), server=False)
        expected = Expected(KITCHEN, key_fingerprint(holder))
        handshake = ClientHandshake(who.identity, who.card, certificate, expected, lambda _: Pin(holder, False))
        while not handshake.entered:
            frame = frames.decode_from_host(connection.read_body())
            assert frame is not None
            for answer in handshake.received(frame):
                connection.send_frame(answer)
        yield connection
    finally:
        connection.close()


def hears_the_end(connection: FileConnection) -> bytes:
    """What is still said, up to the end."""
    heard = b""
    one = bytearray(1)
    with suppress(OSError):
        while True:
            connection.read_into(memoryview(one))
            heard += one
    return heard


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stalls on a file connection is given up within the time of a test."""
    monkeypatch.setattr(file_connection, "IDLE_SECONDS", 1.0)
    monkeypatch.setattr(file_connection, "PIECE_SECONDS", 3.0)
    monkeypatch.setattr(file_connection, "PING_SECONDS", 0.3)
    monkeypatch.setattr(file_connection, "_LOOK_SECONDS", 0.1)
