"""The Listener tells connections for files from others before TLS begins, and whoever plays with that is cut off."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from lanchat.core import limits
from lanchat.core.file_frames import FILE_ALPN
from lanchat.network.client_hello import is_whole, protocols, wants_protocol
from lanchat.network.connection_limiter import ConnectionLimiter
from lanchat.network.file_fetch import FileFetch
from lanchat.network.file_server import FileServer
from lanchat.network.file_shelf import PullEnd
from lanchat.trust.identity import client_context
from network.file_peers import OfferedBytes, Shelf, Taken, caller
from network.peers import Numeric, enters, on_a_loop, open_house, until
from tests.identities import new_identity


def hello(*alpn: str) -> bytes:
    """What OpenSSL says first."""
    context = client_context()
    if alpn:
        context.set_alpn_protocols(list(alpn))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing).do_handshake()
    return outgoing.read()


def test_the_protocols_of_a_client_hello() -> None:
    assert protocols(hello(FILE_ALPN)) == (FILE_ALPN.encode(),)
    assert protocols(hello()) == (limits.ALPN.encode(),)
    assert protocols(hello("h2", "http/1.1")) == (b"h2", b"http/1.1")


def test_anything_else_has_none() -> None:
    whole = hello(FILE_ALPN)
    for data in (b"", b"\x16", b"GET / HTTP/1.1\r\n\r\n", bytes(600), b"\x16\x03\x01\x00\x00", b"\x16\x03\x01\xff\xff"):
        assert protocols(data) == ()
    assert all(protocols(whole[:size]) == () for size in range(len(whole)))
    assert not any(is_whole(whole[:size]) for size in range(1, len(whole)))
    assert is_whole(whole)


def test_no_bytes_make_it_fail() -> None:
    whole = hello(FILE_ALPN)
    for at in range(len(whole)):
        for value in (0, 1, 0x7F, 0xFF):
            changed = bytearray(whole)
            changed[at] = value
            protocols(bytes(changed))
            is_whole(bytes(changed))
    for _ in range(2_000):
        protocols(b"\x16\x03\x01" + os.urandom(200))


@on_a_loop
async def test_a_hello_in_pieces_is_waited_for_and_stays_in_the_socket() -> None:
    whole = hello(FILE_ALPN)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        task = asyncio.create_task(wants_protocol(ours, FILE_ALPN, 5))
        for start in range(0, len(whole), 60):
            theirs.send(whole[start : start + 60])
            await asyncio.sleep(0.005)
        assert await task
        assert ours.recv(10_000) == whole


@on_a_loop
async def test_who_says_nothing_or_only_a_part_is_cut_off_and_costs_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    class Counted(socket.socket):
        def recv(self, *arguments: int) -> bytes:
            nonlocal looks
            looks += 1
            return super().recv(*arguments)

    for said in (b"", hello(FILE_ALPN)[:100]):
        ours, theirs = socket.socketpair()
        counted = Counted(fileno=ours.detach())
        with counted, theirs:
            counted.setblocking(False)
            theirs.send(said)
            with pytest.raises(TimeoutError):
                await wants_protocol(counted, FILE_ALPN, 0.5)
    assert looks < 10, "it looks seldom, though the socket is readable all the time"


@on_a_loop
async def test_who_leaves_wants_nothing() -> None:
    for said in (b"", b"\x15"):
        ours, theirs = socket.socketpair()
        with ours:
            ours.setblocking(False)
            theirs.send(said)
            theirs.close()
            assert not await wants_protocol(ours, FILE_ALPN, 5)


# --- the Listener ----------------------------------------------------------------------------------------------------
@on_a_loop
async def test_talk_and_files_come_in_by_one_port() -> None:
    host, offered = new_identity(), OfferedBytes(chunks=20)
    server = FileServer(caller().room_id, host, Shelf(offered))
    async with open_house(host) as house:
        house.listener.files = server
        joined = await enters(house.port)
        task = Taken(offered)
        fetch = FileFetch((Numeric("127.0.0.1"), house.port), host.key, caller(), task)
        fetch.start()
        assert await asyncio.to_thread(task.wait) is PullEnd.DONE
        assert task.is_whole
        assert len(house.guests) == 1
        assert house.listener.limiter.pending == 0
        joined.connection.close()
        await asyncio.to_thread(fetch.join, 5)
        await asyncio.to_thread(server.close)


@on_a_loop
async def test_without_a_file_server_nobody_gets_files() -> None:
    host, task = new_identity(), Taken(OfferedBytes())
    async with open_house(host) as house:
        fetch = FileFetch((Numeric("127.0.0.1"), house.port), host.key, caller(), task)
        fetch.start()
        assert await asyncio.to_thread(task.wait) is PullEnd.GONE
        await asyncio.to_thread(fetch.join, 5)
        assert house.guests == []


@on_a_loop
async def test_file_connections_count_as_pending_until_their_handshake_is_over() -> None:
    host = new_identity()
    server = FileServer(caller().room_id, host, Shelf())
    async with open_house(host, limiter=ConnectionLimiter(total=2, per_address=2, windows=())) as house:
        house.listener.files = server
        address = ("127.0.0.1", house.port)
        connect: Callable[[], socket.socket] = partial(socket.create_connection, address, 5)
        silent = [await asyncio.to_thread(connect) for _ in range(2)]
        for one in silent:
            one.send(hello(FILE_ALPN))
        await until(lambda: server.connections == 2)
        refused = await asyncio.to_thread(connect)
        assert await asyncio.to_thread(refused.recv, 1) == b""
        refused.close()
        for one in silent:
            one.close()
        await until(lambda: house.listener.limiter.pending == 0)
        await until(lambda: server.connections == 0)
        await asyncio.to_thread(server.close)


@on_a_loop
async def test_a_hello_that_never_ends_is_cut_off_by_the_listener(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HANDSHAKE_SECONDS", 0.3)
    host = new_identity()
    server = FileServer(caller().room_id, host, Shelf())
    async with open_house(host) as house:
        house.listener.files = server
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(hello(FILE_ALPN)[:50])
        with suppress(ConnectionError):  # what it said was never read
            assert await reader.read(1) == b""
        assert house.listener.limiter.pending == 0
        writer.close()
