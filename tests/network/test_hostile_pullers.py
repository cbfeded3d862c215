"""Whoever wants files may do anything: only members get something, and nobody gets more than their share of it."""

from __future__ import annotations

import queue
import socket
import struct
import threading
import time
from contextlib import AbstractContextManager, ExitStack, suppress

import pytest

from lanchat.core import frames, limits
from lanchat.core.address import Numeric
from lanchat.core.codes import CloseCode
from lanchat.core.file_frames import FILE_ALPN, GetChunks, GetManifest, Give, Missing, decode_from_holder
from lanchat.core.file_manifest import CHUNK
from lanchat.core.frames import Frame, Ping
from lanchat.core.model import RoomId
from lanchat.network import file_connection, file_server
from lanchat.network.connection_limiter import ConnectionLimiter
from lanchat.network.file_connection import FileConnection
from lanchat.network.file_fetch import FileFetch, FileGive
from lanchat.network.file_server import FileServer
from lanchat.network.file_shelf import PullEnd
from lanchat.trust.identity import Identity, client_context
from lanchat.trust.join_errors import RefusedByHost
from network.file_peers import (
    PATIENCE_SECONDS,
    OfferedBytes,
    Shelf,
    Taken,
    at,
    caller,
    evil_puller,
    fetched,
    fetching,
    hears_the_end,
    impatient,
    serving,
)
from tests.identities import new_identity

OFFERED = OfferedBytes(chunks=8)


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that who stalls is given up within the test."""
    impatient(monkeypatch)


def gets_in(server: FileServer, me: Identity | None = None) -> AbstractContextManager[FileConnection]:
    return evil_puller(at(server), server.identity.key, me)


def until_served(server: FileServer, count: int) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while server.connections != count:
        assert time.monotonic() < ends, f"{server.connections} connections"
        time.sleep(0.01)


def test_a_stranger_gets_nothing() -> None:
    shelf, stranger = Shelf(OFFERED), new_identity()
    shelf.strangers.add(stranger.key)
    with serving(shelf) as server:
        assert fetched(server, Taken(OFFERED), stranger) is PullEnd.REFUSED
        assert fetched(server, Taken(OFFERED)) is PullEnd.DONE
    assert stranger.key not in shelf.shared


def test_who_asks_before_it_has_proved_who_it_is_gets_nothing() -> None:
    shelf = Shelf(OFFERED)
    with serving(shelf) as server:
        connection = FileConnection(socket.create_connection(at(server)))
        connection.start_tls(client_context(FILE_ALPN), server=False)
        connection.read_body()  # hello
        connection.send(frames.encode(GetManifest(OFFERED.root)) + frames.encode(GetChunks(OFFERED.root, 0, 8)))
        assert len(hears_the_end(connection)) < 100
        connection.close()
        until_served(server, 0)
    assert not shelf.shared


def test_a_signature_of_another_room_does_not_count() -> None:
    with serving(Shelf(OFFERED)) as server:
        other = FileServer(RoomId("anotherroomhere2"), server.identity, server.shelf)
        port = other.open()
        try:
            task = Taken(OFFERED)
            fetch = FileFetch((Numeric("127.0.0.1"), port), server.identity.key, caller(), task)
            fetch.start()
            assert task.wait() is PullEnd.REFUSED
            fetch.join(PATIENCE_SECONDS)
        finally:
            other.close()
    assert task.chunks == {}


def test_a_banned_member_s_transfer_ends() -> None:
    offered, banned = OfferedBytes(chunks=100), new_identity()
    shelf, task, others = Shelf(offered), Taken(offered), Taken(offered, missing=list(range(12)))
    written = threading.Event()
    task.on_write = lambda index: written.set()
    with serving(shelf, rate=CHUNK * 8) as server:
        fetch, other = fetching(server, task, banned), fetching(server, others)
        assert written.wait(PATIENCE_SECONDS)
        shelf.strangers.add(banned.key)
        server.drop(banned.key)
        assert task.wait() is PullEnd.GONE
        fetch.join(PATIENCE_SECONDS)
        again = Taken(offered)
        assert fetched(server, again, banned) is PullEnd.REFUSED
        assert others.wait() is PullEnd.DONE
        other.join(PATIENCE_SECONDS)
    assert len(task.chunks) < 100


ODD: dict[str, Frame | bytes] = {
    "a frame that never ends": struct.pack(">I", 2**31) + bytes(100),
    "no MessagePack": struct.pack(">I", 4) + b"\xc1\xc1\xc1\xc1",
    "arrays in arrays": struct.pack(">I", 900) + b"\x91" * 900,
    "too many chunks": struct.pack(">I", 63)
    + b"\x84\xa1t\xaaget_chunks\xa4root\xc4\x20" + bytes(32) + b"\xa5first\x00\xa5count\xff",
    "a frame of the talk": frames.Typing(),
    "a frame of a holder": struct.pack(">I", 22) + b"\x83\xa1t\xa5chunk\xa5index\x00\xa4size\x01",
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_who_breaks_the_protocol_is_hung_up_on(odd: str) -> None:
    said = ODD[odd]
    with serving(Shelf(OFFERED)) as server:
        with gets_in(server) as connection:
            connection.send(said if isinstance(said, bytes) else frames.encode(said))
            assert hears_the_end(connection) == b""
        until_served(server, 0)


def test_a_give_in_the_middle_is_hung_up_on() -> None:
    with serving(Shelf(OFFERED)) as server, gets_in(server) as connection:
        connection.send_frame(GetChunks(OFFERED.root, 7, 1))
        decode_from_holder(connection.read_body())
        connection.read_into(memoryview(bytearray(1234)))
        connection.send_frame(Give(OFFERED.root))
        assert hears_the_end(connection) == b""


def test_chunks_far_outside_are_missing() -> None:
    with serving(Shelf(OfferedBytes(chunks=8))) as server, gets_in(server) as connection:
        connection.send_frame(GetChunks(OFFERED.root, 500_000, 2))
        for index in (500_000, 500_001):
            assert decode_from_holder(connection.read_body()) == Missing(OFFERED.root, index)


def test_a_receiver_that_stops_reading_is_given_up_and_costs_no_memory() -> None:
    """It asks for a thousand chunks, and reads none."""
    shelf = Shelf(OfferedBytes(chunks=64))
    with serving(shelf) as server, gets_in(server) as connection:
        root = next(iter(shelf.offered))
        for _ in range(16):
            connection.send_frame(GetChunks(root, 0, 64))
        until_served(server, 0)
    assert shelf.shared.total() * CHUNK < 20_000_000  # what the system's buffers took


def test_who_says_nothing_is_given_up_in_every_phase() -> None:
    with serving(Shelf(OFFERED)) as server, gets_in(server):
        until_served(server, 1)
        until_served(server, 0)


def test_a_handshake_that_dribbles_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte of TLS now and then."""
    original = FileConnection.__init__
    monkeypatch.setattr(FileConnection, "__init__", lambda self, tcp: original(self, tcp, 1.0))
    with serving(Shelf(OFFERED)) as server, socket.create_connection(at(server)) as tcp:
        until_served(server, 1)
        began = time.monotonic()
        for byte in b"\x16\x03\x01\x02\x00\x01" + bytes(600):
            if server.connections == 0:
                break
            try:
                tcp.send(bytes([byte]))
            except OSError:
                break
            time.sleep(0.1)
        until_served(server, 0)
        assert time.monotonic() - began < PATIENCE_SECONDS  # it would go on for a minute


def test_a_member_has_only_so_many_connections() -> None:
    me = new_identity()
    with serving(Shelf(OFFERED)) as server:
        server._limiter = ConnectionLimiter.lifted(100)
        with ExitStack() as mine:
            for _ in range(file_server.CONNECTIONS_PER_MEMBER):
                mine.enter_context(gets_in(server, me))
            assert fetched(server, Taken(OFFERED), me) is PullEnd.GONE  # to be tried again
            assert fetched(server, Taken(OFFERED)) is PullEnd.DONE  # another member
        until_served(server, 0)
        assert fetched(server, task_again := Taken(OFFERED), me) is PullEnd.DONE
    assert task_again.is_whole


def test_who_does_not_take_a_manifest_costs_no_more_than_what_went() -> None:
    """It asks for one of 15 MB, and hangs up: half a minute of everybody's bytes, at this rate."""
    large, small = OfferedBytes(chunks=1, empty=49_000), OfferedBytes(chunks=2)
    with serving(Shelf(large, small), rate=500_000) as server:
        with gets_in(server) as connection:
            connection.send_frame(GetManifest(large.root))
            decode_from_holder(connection.read_body())
        began = time.monotonic()
        assert fetched(server, Taken(small)) is PullEnd.DONE
        assert time.monotonic() - began < 15


@pytest.mark.parametrize("busy", ["ask for nothing", "say that they have to wait", "ask, and read nothing"])
def test_idle_connections_go_for_who_wants_something(busy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few keys have taken all places."""
    monkeypatch.setattr(file_server, "CONNECTIONS", 4)
    monkeypatch.setattr(file_connection, "SLOW_SECONDS", 0.5)
    monkeypatch.setattr(file_connection, "IDLE_SECONDS", 3 * PATIENCE_SECONDS)
    monkeypatch.setattr(file_connection, "PIECE_SECONDS", 3 * PATIENCE_SECONDS)
    offered = OfferedBytes(chunks=64)
    with serving(Shelf(offered, OFFERED)) as server, ExitStack() as opened:
        server._limiter = ConnectionLimiter.lifted(100)
        idle = [opened.enter_context(gets_in(server)) for _ in range(4)]
        ends, ended = time.monotonic() + PATIENCE_SECONDS, PullEnd.GONE
        while ended is not PullEnd.DONE:
            assert time.monotonic() < ends
            for connection in idle:
                with suppress(OSError):
                    if busy == "say that they have to wait":
                        connection.send_frame(Ping())
                    elif busy == "ask, and read nothing":
                        connection.send_frame(GetChunks(offered.root, 0, 64))
            ended = fetched(server, Taken(OFFERED))


def test_a_place_of_who_has_many_goes_to_who_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_server, "CONNECTIONS", 4)
    ana, ben, cem = new_identity(), new_identity(), new_identity()
    with serving(Shelf(OFFERED)) as server, ExitStack() as opened:
        server._limiter = ConnectionLimiter.lifted(100)
        first = opened.enter_context(gets_in(server, ana))
        for _ in range(3):
            opened.enter_context(gets_in(server, ana))
        opened.enter_context(gets_in(server, ben))
        assert hears_the_end(first) == b"", "the one that had its place for longest"
        opened.enter_context(gets_in(server, cem))
        with pytest.raises(RefusedByHost, match="full"), gets_in(server, ben):
            pass


def test_who_had_their_turn_make_room_for_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many busy members as there are places."""
    monkeypatch.setattr(file_server, "CONNECTIONS", 2)
    monkeypatch.setattr(file_server, "_TURN_SECONDS", 0.5)
    offered = OfferedBytes(chunks=40)
    with serving(Shelf(offered, OFFERED), rate=CHUNK * 10) as server:
        long = [Taken(offered), Taken(offered)]
        fetches = [fetching(server, task) for task in long]
        until_served(server, 2)
        ends = time.monotonic() + PATIENCE_SECONDS
        while fetched(server, Taken(OFFERED)) is not PullEnd.DONE:
            assert time.monotonic() < ends
        for fetch in fetches:
            fetch.stop()
            fetch.join(PATIENCE_SECONDS)
        assert PullEnd.GONE in [task.end for task in long], "to be tried again"


def test_all_members_together_have_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_server, "CONNECTIONS", 2)
    with serving(Shelf(OFFERED)) as server, gets_in(server), gets_in(server):
        assert fetched(server, Taken(OFFERED)) is PullEnd.GONE


def test_connections_that_are_no_members_yet_are_counted_on_the_own_port() -> None:
    with serving(Shelf(OFFERED)) as server:
        silent = [socket.create_connection(at(server)) for _ in range(limits.UNAUTHENTICATED_PER_ADDRESS)]
        until_served(server, len(silent))
        with socket.create_connection(at(server)) as one_more:
            one_more.settimeout(PATIENCE_SECONDS)
            assert one_more.recv(1) == b""  # at once
        for one in silent:
            one.close()
        until_served(server, 0)
        assert fetched(server, Taken(OFFERED)) is PullEnd.DONE


def test_only_so_many_members_give_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_server, "GIVES", 1)
    shelf = Shelf()
    shelf.tasks[OFFERED.root] = Taken(OFFERED)
    with serving(shelf) as server, gets_in(server) as first, gets_in(server) as second:
        first.send_frame(Give(OFFERED.root))
        first.read_body()  # what it wants
        second.send_frame(Give(OFFERED.root))
        refused = frames.decode_from_host(second.read_body())
        assert isinstance(refused, frames.Refused)
        assert refused.code == CloseCode.FULL
        assert refused.retry_ms > 0


def test_one_member_gives_only_so_much_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf, me = Shelf(), new_identity()
    monkeypatch.setattr(shelf, "wanted", lambda *what: Taken(OFFERED))
    with serving(shelf) as server, ExitStack() as opened:
        gives = [opened.enter_context(gets_in(server, me)) for _ in range(file_server.GIVES_PER_MEMBER + 1)]
        for connection in gives[:-1]:
            connection.send_frame(Give(OFFERED.root))
            connection.read_body()  # what it wants
        gives[-1].send_frame(Give(OFFERED.root))
        refused = frames.decode_from_host(gives[-1].read_body())
        assert isinstance(refused, frames.Refused)
        assert refused.code == CloseCode.FULL


def test_who_gave_nothing_may_not_give_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_connection, "SLOW_SECONDS", 0.2)
    monkeypatch.setattr(file_server, "GIVES", 1)
    shelf, idle, ends = Shelf(), new_identity(), queue.Queue[PullEnd]()
    monkeypatch.setattr(shelf, "wanted", lambda *what: Taken(OFFERED))
    with serving(shelf) as server:
        with gets_in(server, idle) as first:
            first.send_frame(Give(OFFERED.root))
            first.read_body()  # what it wants
            end = PullEnd.GONE
            while end is not PullEnd.DONE:
                FileGive(at(server), server.identity.key, caller(), OFFERED.root, Shelf(OFFERED), ends.put).start()
                end = ends.get(timeout=PATIENCE_SECONDS)
        with gets_in(server, idle) as again:
            again.send_frame(Give(OFFERED.root))
            refused = frames.decode_from_host(again.read_body())
            assert isinstance(refused, frames.Refused)
            assert refused.code == CloseCode.FULL


def test_who_gives_nothing_keeps_nobody_from_giving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two members take all places, and say now and then that they have to wait."""
    monkeypatch.setattr(file_connection, "SLOW_SECONDS", 0.5)
    monkeypatch.setattr(file_connection, "IDLE_SECONDS", 3 * PATIENCE_SECONDS)
    monkeypatch.setattr(file_connection, "PIECE_SECONDS", 3 * PATIENCE_SECONDS)
    shelf = Shelf()
    monkeypatch.setattr(shelf, "wanted", lambda *what: Taken(OFFERED))
    honest = new_identity()
    with serving(shelf) as server, ExitStack() as opened:
        members = [new_identity(), new_identity()]
        idle = [opened.enter_context(gets_in(server, member)) for member in members for _ in range(3)]
        for connection in idle:
            connection.send_frame(Give(OFFERED.root))
        until_served(server, 2 * file_server.GIVES_PER_MEMBER)
        ends = time.monotonic() + PATIENCE_SECONDS
        ended: list[PullEnd] = []
        while PullEnd.DONE not in ended:
            assert time.monotonic() < ends, ended
            for connection in idle:
                with suppress(OSError):
                    connection.send_frame(Ping())
            mine = Shelf(OFFERED)
            heard: queue.Queue[PullEnd] = queue.Queue()
            FileGive(at(server), server.identity.key, caller(honest), OFFERED.root, mine, heard.put).start()
            ended.append(heard.get(timeout=PATIENCE_SECONDS))
            time.sleep(0.1)
