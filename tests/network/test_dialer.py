"""From the addresses a room may be at to being in: the right host wins, and nothing stays open but that."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from lanchat.core import frames, limits
from lanchat.core.address import Numeric
from lanchat.core.listing import key_fingerprint
from lanchat.network.dialer import Unreachable, enter
from lanchat.trust.handshake import Expected, Pin
from lanchat.trust.identity import client_context, host_context
from lanchat.trust.join_errors import HostKeyChanged, HostMisbehaved, WrongHost, WrongRoom
from network.peers import KITCHEN, House, enters, handshake, on_a_loop, open_house, until
from tests.identities import new_identity

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def something(talk: Talk, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Something listens that is no host of ours; its port. All its visitors must have left at the end."""
    visitors = 0

    async def visited(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visitors
        visitors += 1
        try:
            with suppress(ConnectionError):
                await talk(reader, writer)
        finally:
            writer.transport.abort()
            visitors -= 1

    server = await asyncio.start_server(visited, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
        await until(lambda: not visitors)
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def a_dead_port() -> AsyncIterator[int]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes what comes and says nothing, as a frozen program does."""
    await reader.read()


async def nothing_else_is_open(*houses: House) -> None:
    await until(lambda: all(house.listener.limiter.pending == 0 for house in houses))


def connected_sockets() -> list[socket.socket]:
    """All TCP connections of this process, both ends."""
    found = []
    for one in gc.get_objects():
        if isinstance(one, socket.socket) and one.fileno() != -1 and one.type == socket.SOCK_STREAM:
            with suppress(OSError):
                one.getpeername()
                found.append(one)
    return found


@on_a_loop
async def test_neither_side_keeps_what_it_has_to_say_for_a_full_packet() -> None:
    before = connected_sockets()
    async with open_house() as house:
        entered = await enters(house.port)
        ends = [one for one in connected_sockets() if one not in before]
        assert len(ends) == 2
        assert all(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for one in ends)
        entered.connection.abort("enough")


@on_a_loop
async def test_a_dead_address_does_not_keep_the_right_one_from_winning() -> None:
    async with open_house() as house, a_dead_port() as dead:
        entered = await enters(dead, house.port)
        assert entered.address == ("127.0.0.1", house.port)
        entered.connection.abort("done")


@on_a_loop
async def test_nor_does_one_that_never_answers() -> None:
    async with open_house() as house, something(silence) as silent:
        began = asyncio.get_running_loop().time()
        entered = await enters(silent, house.port)
        assert asyncio.get_running_loop().time() - began < 2
        entered.connection.abort("done")


@on_a_loop
async def test_the_right_key_wins_over_the_first_address() -> None:
    host = new_identity()
    async with open_house() as other, open_house(host) as house:
        expected = Expected(fingerprint=key_fingerprint(host.key))
        entered = await enters(other.port, house.port, expected=expected)
        assert entered.handshake.host_key == host.key
        await until(lambda: len(house.guests) == 1)
        await nothing_else_is_open(other, house)
        assert not other.guests
        entered.connection.abort("done")


@on_a_loop
async def test_of_two_right_addresses_only_one_is_kept() -> None:
    host = new_identity()
    async with open_house(host) as one, open_house(host) as other:
        entered = await enters(one.port, other.port)
        await until(lambda: len(one.guests) + len(other.guests) == 1)
        await nothing_else_is_open(one, other)
        entered.connection.abort("done")


@on_a_loop
async def test_only_the_wrong_key() -> None:
    async with open_house() as house, a_dead_port() as dead:
        with pytest.raises(WrongHost):
            await enters(house.port, dead, expected=Expected(fingerprint=b"1234"))
        await nothing_else_is_open(house)


@on_a_loop
async def test_who_only_says_that_they_keep_the_room_does_not_keep_us_out_of_it() -> None:
    """The impostor's address comes first and its hello at once."""
    owner, mallory, keeper = new_identity(), new_identity(), new_identity()
    pin = Pin(owner.key, False)
    named = Expected(KITCHEN, key_fingerprint(owner.key))
    async with open_house(mallory) as impostors, open_house(keeper, owner=owner) as house:
        for options in ({"pin": pin}, {"expected": named}, {"expected": named, "pin": pin}):
            entered = await enters(impostors.port, house.port, **options)
            assert (entered.handshake.host_key, entered.handshake.owner) == (keeper.key, owner.key)
            entered.connection.abort("done")
        await nothing_else_is_open(impostors)
        assert not impostors.guests


@on_a_loop
async def test_a_host_whose_key_changed_hears_nothing_from_us() -> None:
    async with open_house() as house:
        pin = Pin(new_identity().key, False)
        with pytest.raises(HostKeyChanged) as changed:
            await enters(house.port, expected=Expected(KITCHEN), pin=pin)
        assert changed.value.known == pin.owner
        await nothing_else_is_open(house)
        assert not house.guests


@on_a_loop
async def test_another_room_of_the_right_host() -> None:
    async with open_house() as house:
        with pytest.raises(WrongRoom):
            await enters(house.port, expected=Expected(room_id="gardengardengard"))
        await nothing_else_is_open(house)


@on_a_loop
async def test_no_address_at_all() -> None:
    with pytest.raises(Unreachable, match="nobody"):
        await enters()


@on_a_loop
async def test_nobody_listens_there() -> None:
    async with a_dead_port() as dead:
        with pytest.raises(Unreachable, match="no room is open there"):
            await enters(dead, dead)


@on_a_loop
async def test_what_listens_there_speaks_something_else() -> None:
    async def web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await silence(reader, writer)

    async with something(web) as port:
        with pytest.raises(Unreachable, match="not lanchat"):
            await enters(port)


@on_a_loop
async def test_what_listens_there_speaks_tls_and_something_else() -> None:
    context = host_context(new_identity())
    context.set_alpn_protocols(["http/1.1"])
    async with something(silence, context) as port:
        with pytest.raises(Unreachable, match=r"not lanchat|hangs up"):
            await enters(port)


@on_a_loop
async def test_the_host_vanishes_before_tls() -> None:
    async def vanishes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)

    async with something(vanishes) as port:
        with pytest.raises(Unreachable, match="hangs up"):
            await enters(port)


@pytest.mark.parametrize("last_words", [b"", b"\0\0", b"\0\0\1\0half"], ids=["none", "half a length", "half a frame"])
@on_a_loop
async def test_the_host_vanishes_after_tls(last_words: bytes) -> None:
    async def vanishes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(last_words)
        await writer.drain()

    async with something(vanishes, host_context(new_identity())) as port:
        with pytest.raises(Unreachable, match="hung up"):
            await enters(port)


@on_a_loop
async def test_the_host_freezes_after_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ENTER_SECONDS", 0.2)
    async with something(silence, host_context(new_identity())) as port:
        with pytest.raises(Unreachable, match="does not let anybody in"):
            await enters(port)


@on_a_loop
async def test_the_host_freezes_before_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HANDSHAKE_SECONDS", 0.2)
    async with something(silence) as port:
        with pytest.raises(Unreachable, match="nothing answers"):
            await enters(port)


@pytest.mark.parametrize(
    "said", [frames.encode(frames.Ping()), frames.encode(frames.Entered())], ids=["ping", "entered at once"]
)
@on_a_loop
async def test_a_host_that_does_not_keep_to_the_protocol(said: bytes) -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await silence(reader, writer)

    async with something(rude, host_context(new_identity())) as port:
        with pytest.raises(HostMisbehaved):
            await enters(port)


@on_a_loop
async def test_a_host_that_speaks_no_frames() -> None:
    async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\0\0\0\5hello")
        await silence(reader, writer)

    async with something(garbage, host_context(new_identity())) as port:
        with pytest.raises(Unreachable, match="does not speak this version"):
            await enters(port)


@pytest.mark.parametrize("stuck", ["before TLS", "before its greeting"])
@on_a_loop
async def test_where_one_connection_gets_stuck_another_leads_in(stuck: str) -> None:
    """As where the network lost a packet of the first several times over."""
    async with open_house() as house:
        seen = 0

        async def passes_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal seen
            seen += 1
            first = seen == 1
            if first and stuck == "before TLS":
                await reader.read()
                return
            there, onward = await asyncio.open_connection("127.0.0.1", house.port)
            try:
                onward.write(await reader.read(65536))
                writer.write(await there.read(65536))
                if first:
                    await reader.read()
                    return
                await asyncio.gather(_pour(reader, onward), _pour(there, writer))
            finally:
                onward.transport.abort()

        async with something(passes_on) as port:
            entered = await enters(port)
            assert seen == 2
            entered.connection.abort("done")


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()


@pytest.mark.parametrize("tls", [False, True], ids=["before TLS", "after TLS"])
@on_a_loop
async def test_giving_up_in_the_middle_leaves_nothing_open(tls: bool) -> None:
    arrived: asyncio.Queue[None] = asyncio.Queue()

    async def waits(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.put_nowait(None)
        await silence(reader, writer)

    async with something(waits, host_context(new_identity()) if tls else None) as port:
        task = asyncio.create_task(enters(port, port))
        await arrived.get()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@on_a_loop
async def test_what_answers_at_the_first_port_does_not_keep_the_next_one_from_winning() -> None:
    """Another program has the well-known port, and says nothing."""
    async with open_house() as house, something(silence) as taken:
        entered = await enters(taken, house.port)
        assert entered.address[1] == house.port
        entered.connection.abort("done")


@on_a_loop
async def test_an_address_found_meanwhile_is_tried_at_once() -> None:
    async with open_house() as house, something(silence) as silent:
        known = [(Numeric("127.0.0.1"), silent)]
        found = asyncio.Event()

        async def addresses_changed() -> None:
            await found.wait()
            found.clear()

        entering = asyncio.ensure_future(
            enter(lambda: known, client_context(), handshake(), addresses_changed=addresses_changed)
        )
        await asyncio.sleep(0)
        known.append((Numeric("127.0.0.1"), house.port))
        found.set()
        entered = await entering
        assert entered.address[1] == house.port
        entered.connection.abort("done")


@on_a_loop
async def test_a_name_is_never_looked_up_while_dialling() -> None:
    with pytest.raises(Unreachable):
        await enter(lambda: [(Numeric("localhost"), 1)], client_context(), handshake())
