"""A Connection, with another one or a raw socket at its other end."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest

from lanchat.core import frames, limits
from lanchat.core.codes import CloseCode
from lanchat.core.frames import Misbehaved
from lanchat.network import connection as module
from lanchat.network.connection import Connection, ConnectionGone
from lanchat.trust.identity import client_context, host_context
from network.peers import PATIENCE_SECONDS, Guest, length, on_a_loop, until
from tests.identities import new_identity

PING = frames.encode(frames.Ping())


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[Connection, Connection]]:
    """A Connection as a host has it, and the client's end of it."""
    hosts: list[Connection] = []

    def made() -> Connection:
        hosts.append(Connection())
        return hosts[-1]

    loop = asyncio.get_running_loop()
    context = host_context(new_identity())
    server = await loop.create_server(made, "127.0.0.1", 0, ssl=context, ssl_shutdown_timeout=module.GOODBYE_SECONDS)
    client = Connection(limits.FRAME)
    port = server.sockets[0].getsockname()[1]
    await loop.create_connection(lambda: client, "127.0.0.1", port, ssl=client_context(), server_hostname="")
    try:
        await until(lambda: bool(hosts) and hosts[0]._transport is not None)
        yield hosts[0], client
    finally:
        for end in (hosts[0], client):
            end.abort("the test is over")
            await end.wait_closed()
        server.close()
        await server.wait_closed()


class Deaf:
    """A client on a plain socket that says hello in TLS and then does not read."""

    def __init__(self, port: int) -> None:
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.connect(("127.0.0.1", port))
        self._tls = client_context().wrap_socket(raw, server_hostname=None)

    def hangs_up(self) -> None:
        """Says goodbye on the TCP connection, and still takes nothing."""
        socket.socket.shutdown(self._tls, socket.SHUT_WR)

    def close(self) -> None:
        self._tls.close()


@asynccontextmanager
async def with_a_deaf_peer() -> AsyncIterator[tuple[Connection, Deaf]]:
    """A host's Connection with more to send than its peer will ever take."""
    hosts: list[Connection] = []

    def made() -> Connection:
        hosts.append(Connection())
        return hosts[-1]

    loop = asyncio.get_running_loop()
    server = await loop.create_server(made, "127.0.0.1", 0, ssl=host_context(new_identity()))
    deaf = await asyncio.to_thread(Deaf, server.sockets[0].getsockname()[1])
    try:
        await until(lambda: bool(hosts) and hosts[0]._transport is not None)
        while not hosts[0].writing_paused:
            hosts[0].send(bytes(100_000))
        yield hosts[0], deaf
    finally:
        deaf.close()
        await hosts[0].wait_closed()
        server.close()
        await server.wait_closed()


@on_a_loop
async def test_bodies_are_awaited_one_by_one_and_then_pushed() -> None:
    async with pair() as (host, client):
        client.send(PING + PING + frames.encode(frames.Bye()))
        assert frames.decode_from_client(await host.next_body(1)) == frames.Ping()
        guest = Guest(host)
        host.push_to(guest)
        await until(lambda: len(guest.heard) == 2)
        client.send(PING)
        await until(lambda: len(guest.heard) == 3)
        said = [frames.decode_from_client(body) for body in guest.heard]
        assert said == [frames.Ping(), frames.Bye(), frames.Ping()]


@on_a_loop
async def test_a_long_frame_comes_in_pieces() -> None:
    async with pair() as (host, client):
        host.push_to(guest := Guest(host))
        data = length(60_000) + bytes(60_000)
        for start in range(0, len(data), 7_000):
            client.send(data[start : start + 7_000])
            await until(lambda: host.frame_began_at is not None or bool(guest.heard))
        await until(lambda: bool(guest.heard))
        assert guest.heard == [bytes(60_000)]
        assert host.frame_began_at is None


@on_a_loop
async def test_a_stream_of_frames_is_not_one_long_frame() -> None:
    """Every read ends in the middle of a frame, and never of the same one."""
    async with pair() as (host, client):
        host.push_to(guest := Guest(host))
        began = []
        client.send(PING[:3])
        for count in range(1, 6):
            await until(lambda count=count: len(guest.heard) == count - 1 and host.frame_began_at is not None)
            began.append(host.frame_began_at)
            client.send(PING[3:] + PING[:3])
        assert began == sorted(set(began))


@on_a_loop
async def test_who_is_not_in_may_send_short_frames_only() -> None:
    async with pair() as (host, client):
        client.send(length(limits.FRAME_BEFORE_MEMBER + 1))
        with pytest.raises(ConnectionGone, match="frame of 4097 bytes, 4096 at most"):
            await host.next_body(1)
        refused = frames.decode_from_host(await client.next_body(1))
        assert isinstance(refused, frames.Refused)
        assert refused.code == "frame"


@on_a_loop
async def test_who_is_not_in_may_send_few_frames_only() -> None:
    async with pair() as (host, client):
        client.send(PING * 1_000)
        await until(lambda: host.over)
        refused = frames.decode_from_host(await client.next_body(1))
        assert refused == frames.Refused("frame")


@on_a_loop
async def test_what_the_receiver_does_not_take_closes_the_connection() -> None:
    class Strict(Guest):
        def received(self, body: bytes) -> None:
            raise Misbehaved("that is not done here")

    async with pair() as (host, client):
        host.push_to(strict := Strict(host))
        client.send(PING)
        refused = frames.decode_from_host(await client.next_body(1))
        assert refused == frames.Refused("frame")
        with pytest.raises(ConnectionGone):
            await client.next_body(1)
        assert strict.ends == ["that is not done here"]


@on_a_loop
async def test_a_body_that_does_not_come_in_time() -> None:
    async with pair() as (host, _):
        with pytest.raises(TimeoutError):
            await host.next_body(0.01)


@pytest.mark.parametrize("end", ["close", "abort", "refuse", "peer closes", "peer aborts"])
@on_a_loop
async def test_the_end_is_told_once_however_it_comes(end: str) -> None:
    async with pair() as (host, client):
        host.push_to(guest := Guest(host))
        match end:
            case "close":
                host.close("enough")
            case "abort":
                host.abort("enough")
            case "refuse":
                host.refuse(CloseCode.FULL)
            case "peer closes":
                client.close("enough")
            case "peer aborts":
                client.abort("enough")
        await host.wait_closed()
        host.close("again")
        host.abort("and again")
        assert len(guest.ends) == 1
        assert host.over


@on_a_loop
async def test_who_is_pushed_a_dead_connection_hears_of_it() -> None:
    async with pair() as (host, client):
        client.abort("gone before")
        await until(lambda: host.over)
        host.push_to(guest := Guest(host))
        assert len(guest.ends) == 1


@on_a_loop
async def test_nothing_is_said_on_a_connection_that_is_over(caplog: pytest.LogCaptureFixture) -> None:
    async with pair() as (host, client):
        host.close("over")
        for _ in range(20):
            host.send(PING)
        await host.wait_closed()
        for _ in range(20):
            host.send(PING)
        with pytest.raises(ConnectionGone):
            await client.next_body(1)
    assert not caplog.messages


@on_a_loop
async def test_reading_stops_and_goes_on() -> None:
    async with pair() as (host, client):
        host.push_to(guest := Guest(host))
        host.read_on(False)
        client.send(PING)
        client.push_to(other := Guest(client))
        host.send(PING)
        await until(lambda: bool(other.heard))
        assert not guest.heard
        host.read_on(True)
        await until(lambda: bool(guest.heard))


@on_a_loop
async def test_who_reads_slowly_is_written_to_again_when_all_is_taken() -> None:
    async with pair() as (host, client):
        host.push_to(guest := Guest(host))
        client.push_to(slow := Guest(client))
        client.read_on(False)
        sent = 0
        while not host.writing_paused:
            host.send(length(60_000) + bytes(60_000))
            sent += 1
        client.read_on(True)
        await until(lambda: len(slow.heard) == sent)
        await until(lambda: guest.times_writable == 1)
        assert not host.writing_paused


@pytest.mark.parametrize("hangs_up", [False, True], ids=["stays", "hangs up"])
@pytest.mark.parametrize("end", ["refuse", "close"])
@on_a_loop
async def test_a_peer_that_does_not_read_cannot_keep_a_connection_open(end: str, hangs_up: bool) -> None:
    async with with_a_deaf_peer() as (host, deaf):
        began = asyncio.get_running_loop().time()
        if end == "refuse":
            host.refuse(CloseCode.REMOVED)
        else:
            host.close("the room is closed")
        if hangs_up:
            deaf.hangs_up()
        await host.wait_closed()
        assert asyncio.get_running_loop().time() - began < module.GOODBYE_SECONDS + 1


@on_a_loop
async def test_for_a_peer_that_does_not_read_only_so_much_is_held() -> None:
    async with with_a_deaf_peer() as (host, _deaf):
        for _ in range(2 * limits.STALLED_BYTES // 50_000):
            host.send(bytes(50_000))
        assert host.over


@pytest.fixture(autouse=True)
def _short_goodbyes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GOODBYE_SECONDS", 0.2)


def test_loops_on_different_threads_do_not_mix_up_what_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As two Engines in one process do; the bytes of the one must never reach the other."""
    monkeypatch.setattr(limits, "STALLED_BYTES", 10**9)  # they talk without waiting for each other
    times = 500

    async def talk(letter: bytes) -> list[bytes]:
        async with pair() as (host, client):
            host.push_to(guest := Guest(host))
            for _ in range(times):
                client.send(length(60_000) + letter * 60_000)
                await asyncio.sleep(0)
            await until(lambda: len(guest.heard) == times or bool(guest.ends))
            return guest.heard

    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.001 if sys.platform == "win32" else 0.00001)  # Windows rounds less to 0, and spins
    try:
        with ThreadPoolExecutor(3) as threads:
            talks = {letter: threads.submit(asyncio.run, talk(letter)) for letter in (b"a", b"b", b"c")}
            for letter, heard in talks.items():
                assert heard.result(PATIENCE_SECONDS) == [letter * 60_000] * times
    finally:
        sys.setswitchinterval(usual)
