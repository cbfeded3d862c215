"""Whoever holds a file may lie: no wrong byte is kept, memory and time stay bounded, and the source is told apart."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable

import pytest

from lanchat.core import frames
from lanchat.core.address import Numeric
from lanchat.core.codes import CloseCode
from lanchat.core.file_frames import ChunkFollows, GetChunks, GetManifest, ManifestFollows, Missing, decode_from_puller
from lanchat.core.file_manifest import CHUNK
from lanchat.core.frames import Frame, Ping
from lanchat.network.file_connection import FileConnection
from lanchat.network.file_fetch import FileFetch
from lanchat.network.file_shelf import PullEnd
from lanchat.trust.identity import host_context
from network.file_peers import (
    PATIENCE_SECONDS,
    OfferedBytes,
    Script,
    Shelf,
    Taken,
    caller,
    evil_holder,
    fetched,
    hears_the_end,
    impatient,
    pulled_from,
    serving,
)
from tests.identities import new_identity

OFFERED = OfferedBytes(chunks=8)


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what stalls is given up within the test."""
    impatient(monkeypatch)


def hears_question(connection: FileConnection) -> GetChunks:
    asked = decode_from_puller(connection.read_body())
    assert isinstance(asked, GetChunks)
    return asked


def sends_chunk(connection: FileConnection, index: int, data: bytes | None = None) -> None:
    data = OFFERED.chunk(index) if data is None else data
    connection.send(frames.encode(ChunkFollows(index, len(data))) + data)


def answers(*said: Frame | bytes) -> Script:
    """One question is waited for."""

    def script(connection: FileConnection) -> None:
        hears_question(connection)
        for one in said:
            connection.send(one if isinstance(one, bytes) else frames.encode(one))
        hears_the_end(connection)

    return script


def test_a_wrong_chunk_is_refused_and_its_source_dropped() -> None:
    def script(connection: FileConnection) -> None:
        hears_question(connection)
        sends_chunk(connection, 0)
        sends_chunk(connection, 1, os.urandom(CHUNK))
        for index in range(2, 8):
            sends_chunk(connection, index)

    task = Taken(OFFERED)
    with evil_holder(script) as holder:
        assert pulled_from(holder, task) is PullEnd.WRONG
    assert 1 not in task.chunks
    assert all(data == OFFERED.chunk(index) for index, data in task.chunks.items())
    assert 1 in task.left
    other = Taken(OFFERED, missing=list(task.left))  # another source is asked for what is left
    with serving(Shelf(OFFERED)) as server:
        assert fetched(server, other) is PullEnd.DONE
    task.chunks.update(other.chunks)
    assert task.is_whole


LIES: dict[str, tuple[Frame | bytes, ...]] = {
    "a chunk that was not asked for": (ChunkFollows(9, CHUNK), bytes(CHUNK)),
    "a chunk of another size": (ChunkFollows(0, CHUNK - 1), bytes(CHUNK)),
    "the last chunk as large as the others": (ChunkFollows(7, CHUNK), bytes(CHUNK)),
    "a manifest": (ManifestFollows(100), bytes(100)),
    "a lack of a chunk that was not asked for": (Missing(OFFERED.root, 9),),
    "a lack of another offer": (Missing(bytes(32)),),
    "a frame that never ends": (struct.pack(">I", 2**32 - 1), bytes(CHUNK)),
    "a frame of nothing": (struct.pack(">I", 0),),
    "no MessagePack": (struct.pack(">I", 4) + b"\xc1\xc1\xc1\xc1",),
    "arrays in arrays": (struct.pack(">I", 1000) + b"\x91" * 1000,),
    "a frame of the talk": (frames.Typing(),),
    "a chunk of -1": (struct.pack(">I", 24) + b"\x83\xa1t\xa5chunk\xa5index\xff\xa4size\xcd\x01\x00",),
    "only zeros": (bytes(CHUNK),),
    "HTTP": (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",),
}


@pytest.mark.parametrize("lie", LIES)
def test_who_breaks_the_protocol_is_dropped(lie: str) -> None:
    task = Taken(OFFERED)
    with evil_holder(answers(*LIES[lie])) as holder:
        assert pulled_from(holder, task) is PullEnd.WRONG
    assert task.chunks == {}
    assert task.left == tuple(range(8))


def test_the_same_chunk_twice_is_one_too_many() -> None:
    def script(connection: FileConnection) -> None:
        hears_question(connection)
        sends_chunk(connection, 0)
        sends_chunk(connection, 0)

    task = Taken(OFFERED)
    with evil_holder(script) as holder:
        assert pulled_from(holder, task) is PullEnd.WRONG
    assert set(task.chunks) <= {0}


def test_bytes_before_they_were_asked_for_are_not_read_into_anything() -> None:
    """The answer to a question that was not asked comes together with the one that was."""

    def script(connection: FileConnection) -> None:
        sends_chunk(connection, 0)  # of an offer that it cannot even know
        sends_chunk(connection, 99, bytes(CHUNK))
        hears_the_end(connection)

    task = Taken(OFFERED, missing=[1, 2, 3])
    with evil_holder(script) as holder:
        assert pulled_from(holder, task) is PullEnd.WRONG
    assert task.chunks == {}


@pytest.mark.parametrize("size", [1, len(OFFERED.manifest) - 1, len(OFFERED.manifest) + 1, 16 * 1024 * 1024])
def test_a_manifest_of_another_size_is_not_taken(size: int) -> None:
    def script(connection: FileConnection) -> None:
        assert isinstance(decode_from_puller(connection.read_body()), GetManifest)
        connection.send(frames.encode(ManifestFollows(size)) + bytes(min(size, CHUNK)))

    task = Taken(OFFERED, with_manifest=False)
    with evil_holder(script) as holder:
        assert pulled_from(holder, task) is PullEnd.WRONG
    assert task.listing is None


def test_another_manifest_of_the_right_size_is_not_taken() -> None:
    def script(connection: FileConnection) -> None:
        decode_from_puller(connection.read_body())
        connection.send(frames.encode(ManifestFollows(len(OFFERED.manifest))) + bytes(len(OFFERED.manifest)))

    task = Taken(OFFERED, with_manifest=False)
    with evil_holder(script) as holder:
        assert pulled_from(holder, task) is PullEnd.WRONG
    assert task.listing is None


STALLS: dict[str, Callable[[FileConnection], None]] = {
    "says nothing": lambda connection: None,
    "stops within a frame": lambda connection: connection.send(b"\0\0"),
    "stops within a chunk": lambda connection: connection.send(frames.encode(ChunkFollows(0, CHUNK)) + bytes(1000)),
}


@pytest.mark.parametrize("stall", STALLS)
def test_who_stalls_is_given_up(stall: str) -> None:
    over = threading.Event()

    def script(connection: FileConnection) -> None:
        hears_question(connection)
        STALLS[stall](connection)
        over.wait(PATIENCE_SECONDS)

    task = Taken(OFFERED)
    with evil_holder(script) as holder:
        try:
            assert pulled_from(holder, task) is PullEnd.GONE
        finally:
            over.set()
    assert task.left == tuple(range(8))


def test_who_sends_a_byte_now_and_then_is_given_up_too() -> None:
    over = threading.Event()

    def script(connection: FileConnection) -> None:
        hears_question(connection)
        connection.send(frames.encode(ChunkFollows(0, CHUNK)))
        while not over.wait(0.3):
            connection.send(b"\0")

    with evil_holder(script) as holder:
        try:
            assert pulled_from(holder, Taken(OFFERED)) is PullEnd.GONE
        finally:
            over.set()


def test_endless_pings_are_no_excuse() -> None:
    def script(connection: FileConnection) -> None:
        hears_question(connection)
        while True:
            connection.send_frame(Ping())

    with evil_holder(script) as holder:
        assert pulled_from(holder, Taken(OFFERED)) is PullEnd.GONE


@pytest.mark.parametrize("chunks", range(8))
@pytest.mark.parametrize("within", ["", "a frame", "a chunk"])
def test_a_holder_that_vanishes_at_a_boundary_leaves_what_came(chunks: int, within: str) -> None:
    """Right after so many chunks, or in the middle of what follows."""
    written = threading.Semaphore(0)
    more = {"": b"", "a frame": frames.encode(ChunkFollows(chunks, 1))[:5]}

    def script(connection: FileConnection) -> None:
        hears_question(connection)
        for index in range(chunks):
            sends_chunk(connection, index)
        begun = frames.encode(ChunkFollows(chunks, len(OFFERED.chunk(chunks)))) + bytes(100)
        connection.send(more.get(within, begun))
        for _ in range(chunks):
            written.acquire()

    task = Taken(OFFERED)
    task.on_write = lambda index: written.release()
    with evil_holder(script) as holder:
        assert pulled_from(holder, task) is PullEnd.GONE
    assert sorted(task.chunks) == list(range(chunks))
    assert task.left == tuple(range(chunks, 8))


def test_somebody_else_at_the_address_hears_nothing_of_us() -> None:
    heard: list[bytes] = []
    with evil_holder(lambda connection: heard.append(b"")) as (address, _identity):
        task = Taken(OFFERED)
        fetch = FileFetch(address, new_identity().key, caller(), task)
        fetch.start()
        assert task.wait() is PullEnd.REFUSED
        fetch.join(PATIENCE_SECONDS)
    assert heard == []


def test_a_refusal_in_the_middle_ends_it() -> None:
    task = Taken(OFFERED)
    with evil_holder(answers(frames.Refused(CloseCode.BANNED))) as holder:
        assert pulled_from(holder, task) is PullEnd.REFUSED


def test_a_host_of_before_files_is_not_a_holder() -> None:
    """It agrees on another protocol, or on none."""
    identity, task = new_identity(), Taken(OFFERED)
    context = host_context(identity)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            client, _address = listening.accept()
            with client:
                try:
                    with context.wrap_socket(client, server_side=True) as tls:
                        tls.recv(1)
                except OSError:
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        address = Numeric("127.0.0.1"), int(listening.getsockname()[1])
        fetch = FileFetch(address, identity.key, caller(), task)
        fetch.start()
        assert task.wait() is PullEnd.GONE
        fetch.join(PATIENCE_SECONDS)
        thread.join(PATIENCE_SECONDS)
