"""The web server for phones: who gets the page, who gets in, and everybody who tries something else."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import os
from contextlib import suppress

import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus

from lanchat.core import frames, limits
from lanchat.core.codes import CloseCode
from lanchat.core.frames import encode
from lanchat.core.guest_file_frames import PIECE, Piece, decode_file_frame
from lanchat.network import guest_server
from lanchat.trust.guest_channel import BadHello, GuestCode, GuestSide
from lanchat.trust.signing import make_card
from network.peers import on_a_loop, until
from network.phones import PAGE, GuestHouse, Phone, open_guest_house
from tests.identities import new_identity


async def ask(house: GuestHouse, request: str, host: str | None = None) -> tuple[int, dict[str, str], bytes]:
    """The status, headers and body of the answer to a request as it stands."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.server.port)
    writer.write(f"{request} HTTP/1.1\r\nHost: {host or house.address}\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return int(status.split()[1]), dict(line.split(": ", 1) for line in lines), body


async def nonce_of_hello(house: GuestHouse) -> bytes:
    """Of a connection that ends after the hello."""
    socket = await connect(f"ws://{house.address}/ws", origin=f"http://{house.address}")
    nonce: bytes = msgspec.msgpack.decode(await socket.recv(decode=False))["nonce"]
    await socket.close()
    return nonce


@on_a_loop
async def test_a_browser_gets_the_page_with_nothing_of_others_in_it() -> None:
    async with open_guest_house() as house:
        status, headers, body = await ask(house, "GET /")
        assert (status, gzip.decompress(body)) == (200, PAGE)
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "connect-src 'self' ws:;" in policy
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"


@on_a_loop
@pytest.mark.parametrize(
    "request_line",
    ["GET /nothing", "GET /../trust/words.txt", "GET //", "GET /%2e%2e/identity", "GET /index.html\x00"],
)
async def test_there_is_nothing_but_the_page(request_line: str) -> None:
    async with open_guest_house() as house:
        assert (await ask(house, request_line))[0] in (400, 404)


@on_a_loop
@pytest.mark.parametrize("request_line", ["POST /", "PUT /", "HEAD /", "OPTIONS *", "CONNECT example.org:443"])
async def test_there_is_nothing_but_asking(request_line: str) -> None:
    async with open_guest_house() as house:
        assert (await ask(house, request_line))[0] in (400, 405)


@on_a_loop
@pytest.mark.parametrize("name", ["evil.example", "localhost", "127.0.0.2", "127.0.0.1:80", "", "127.0.0.1.nip.io"])
async def test_a_name_that_leads_here_gets_nothing(name: str) -> None:
    """DNS rebinding: a stranger's web page must not be of our origin."""
    async with open_guest_house() as house:
        for path in ("/", "/ws"):
            assert (await ask(house, f"GET {path}", f"{name}:{house.server.port}"))[0] == 421


@on_a_loop
async def test_the_nonce_of_a_hello_is_to_be_had_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a page takes along from another host's opens with it, and later with nothing any more."""
    async with open_guest_house() as house:
        nonce = await nonce_of_hello(house)
        name = guest_server.nonce_id(nonce)
        status, _headers, body = await ask(house, f"GET /nonce/{name}")
        assert (status, body) == (200, nonce)
        assert (await ask(house, f"GET /nonce/{name[:-1]}"))[0] == 404
        monkeypatch.setattr(limits, "GUEST_NONCE_SECONDS", 0.0)
        assert (await ask(house, f"GET /nonce/{name}"))[::2] == (404, b"")


@on_a_loop
@pytest.mark.parametrize("question", ["", f"?{'9f' * 16}"])
async def test_a_hello_answers_what_the_page_asked_and_where(question: str) -> None:
    """What somebody recorded of the host proves nothing, nor what the host says to who stands between."""
    async with open_guest_house() as house:
        place = f"{house.address}/ws{question}"
        socket = await connect(f"ws://{place}", origin=f"http://{house.address}")
        hello = await socket.recv(decode=False)
        await socket.close()
        code, fingerprint = GuestCode.read_fragment(house.link().partition("#")[2])
        mia = new_identity()
        for asked in ("", place, f"{place}0", place.replace("127.0.0.1", "127.0.0.2")):
            page = GuestSide(code, fingerprint, mia, make_card(mia, "Mia", 1))
            if asked == (place if question else ""):
                assert page.received(hello, asked)
            else:
                with pytest.raises(BadHello):
                    page.received(hello, asked)


@on_a_loop
@pytest.mark.parametrize("question", ["9f", "9F" * 16, "%20" * 500, "9f" * 17])
async def test_the_host_signs_nothing_but_what_its_page_asks(question: str) -> None:
    async with open_guest_house() as house:
        socket = await connect(f"ws://{house.address}/ws?{question}", origin=f"http://{house.address}")
        hello = await socket.recv(decode=False)
        await socket.close()
        code, fingerprint = GuestCode.read_fragment(house.link().partition("#")[2])
        mia = new_identity()
        assert GuestSide(code, fingerprint, mia, make_card(mia, "Mia", 1)).received(hello)


@on_a_loop
async def test_few_nonces_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guest_server, "NONCES", 2)
    async with open_guest_house() as house:
        names = [guest_server.nonce_id(await nonce_of_hello(house)) for _ in range(3)]
        assert [(await ask(house, f"GET /nonce/{name}"))[0] for name in names] == [404, 200, 200]


@on_a_loop
async def test_nobody_makes_the_host_forget_what_another_is_to_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guest_server, "NONCES", 20)
    async with open_guest_house() as house:
        names = []
        for address in ("127.0.0.9", *(f"127.0.0.{2 + number % 4}" for number in range(60)), "127.0.0.1"):
            origin = f"http://{house.address}"
            socket = await connect(f"ws://{house.address}/ws", origin=origin, local_addr=(address, 0))
            names.append(guest_server.nonce_id(msgspec.msgpack.decode(await socket.recv(decode=False))["nonce"]))
            await socket.close()
        known = [(await ask(house, f"GET /nonce/{name}"))[0] == 200 for name in names]
        assert (known[0], known[-1], sum(known)) == (True, True, 20)


@on_a_loop
@pytest.mark.parametrize("origin", ["http://10.77.0.9:29751", "http://192.168.1.5:29750"])
async def test_the_page_of_whoever_kept_the_room_open_before_finds_the_room(origin: str) -> None:
    async with open_guest_house() as house:
        socket = await connect(f"ws://{house.address}/ws", origin=origin)
        assert await socket.recv(decode=False)
        await socket.close()


@on_a_loop
@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", None, "http://8.8.8.8:80", "https://192.168.1.5:29750", "http://192.168.1.5",
     "http://192.168.1.5:80/", "http://192.168.1.5.nip.io:80", "http://192.168.1.5:80@evil.example:80"],
)  # fmt: skip
async def test_a_strangers_page_cannot_speak_to_the_room(origin: str | None) -> None:
    async with open_guest_house() as house:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://{house.address}/ws", origin=origin)
        assert refused.value.response.status_code == 403


@on_a_loop
async def test_a_phone_with_the_code_comes_in_and_talks() -> None:
    async with open_guest_house() as house:
        phone = await Phone.enter(house.link())
        await phone.send(frames.Ping())
        (guest,) = house.guests
        await until(lambda: guest.heard)
        assert guest.nick == "Ana"
        assert isinstance(frames.decode_from_client(guest.heard[0]), frames.Ping)
        guest.link.send(encode(frames.Pong()))
        assert isinstance(await phone.next(), frames.Pong)
        await phone.leave()
        await until(lambda: guest.ends)


@on_a_loop
async def test_frames_longer_than_a_message_arrive_whole() -> None:
    async with open_guest_house() as house:
        phone = await Phone.enter(house.link())
        keys = [os.urandom(32) for _ in range(1_500)]  # 50 kB each, more than one message both
        for _ in range(2):
            house.guests[0].link.send(encode(frames.Who(keys)))
        for _ in range(2):
            body = await phone.next_body()
            assert frames.decode_from_client(body) == frames.Who(keys)
        await phone.leave()


@on_a_loop
async def test_whoever_guesses_codes_opens_nothing_and_keeps_nobody_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guest_server, "CONNECTIONS_A_MINUTE", 30)
    async with open_guest_house() as house:
        me = new_identity()
        for _ in range(29):
            phone = await Phone.knock(house.link(GuestCode.new()), me, address="127.0.0.2")
            with pytest.raises(ConnectionClosed) as closed:
                await phone.next()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4001
        for _ in range(100):  # soon not even listened to
            with suppress(ConnectionClosed, OSError, InvalidMessage):
                await Phone.knock(house.link(GuestCode.new()), me, address="127.0.0.2")
        assert not house.guests
        phone = await Phone.enter(house.link())
        await phone.leave()


@on_a_loop
async def test_who_may_not_come_in_is_told_why_where_nobody_else_reads_it() -> None:
    async with open_guest_house() as house:
        house.refuses = CloseCode.BANNED
        phone = await Phone.knock(house.link())
        assert await phone.next() == frames.Refused("banned")
        assert not house.guests
        await phone.leave()


@on_a_loop
async def test_what_is_no_answer_to_the_hello_ends_the_connection() -> None:
    async with open_guest_house() as house:
        for answer in (b"", b"\0" * 40, os.urandom(5_000), "text"):
            socket = await connect(f"ws://{house.address}/ws", origin=f"http://{house.address}", compression=None)
            await socket.recv()
            await socket.send(answer)
            with pytest.raises(ConnectionClosed):
                await socket.recv()
        assert not house.guests


@on_a_loop
async def test_a_changed_box_ends_the_connection() -> None:
    async with open_guest_house() as house:
        phone = await Phone.enter(house.link())
        box = bytearray(phone.side.channel.seal(encode(frames.Ping())))
        box[3] ^= 1
        await phone.socket.send(bytes(box))
        await until(lambda: house.guests[0].ends)
        assert house.guests[0].link.misbehaved
        assert not house.guests[0].heard
        await phone.leave()


@on_a_loop
async def test_a_phone_that_stops_reading_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STALLED_SECONDS", 0.3)
    async with open_guest_house() as house:
        phone = await Phone.enter(house.link())
        (guest,) = house.guests
        phone.socket.transport.pause_reading()
        chunk = encode(frames.Who([os.urandom(32) for _ in range(1_500)]))
        for _ in itertools.takewhile(lambda _: not guest.link.over, range(1_000)):
            if not guest.link.writing_paused:
                guest.link.send(chunk)
            await asyncio.sleep(0)
        await until(lambda: guest.ends)
        phone.socket.transport.abort()
        await phone.leave()


@on_a_loop
@pytest.mark.parametrize("flood", ["request", "frames"])
async def test_floods_in_small_parts_delay_nobody(flood: str) -> None:
    async with open_guest_house() as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.server.port)
        if flood == "request":
            line = "Connection: " + "a," * 4_000 + "\r\n"
            writer.write(f"GET /ws HTTP/1.1\r\nHost: {house.address}\r\n{line * 120}\r\n".encode())
        else:
            key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            how = f"Origin: http://{house.address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{key}"
            writer.write(f"GET /ws HTTP/1.1\r\nHost: {house.address}\r\n{how}\r\n".encode())
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"\x89\x80abcd" * 45_000)  # empty pings
        with suppress(ConnectionError):
            await reader.read()
        writer.close()
        assert not house.guests


@on_a_loop
async def test_who_says_nothing_does_not_keep_it_from_closing() -> None:
    async with open_guest_house() as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.server.port)
        assert (await ask(house, "GET /"))[0] == 200  # connections are taken in their order
        async with asyncio.timeout(2):
            await house.server.close()
        assert not await reader.read()
        writer.close()


@on_a_loop
async def test_silent_connections_end_and_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ENTER_SECONDS", 0.5)
    async with open_guest_house() as house:
        silent = [await asyncio.open_connection("127.0.0.1", house.server.port) for _ in range(200)]
        for reader, writer in silent:
            await reader.read()
            writer.close()
        phone = await Phone.enter(house.link())
        await phone.leave()


@on_a_loop
async def test_talk_goes_before_the_pieces_of_files_that_wait_and_none_is_cut() -> None:
    async with open_guest_house() as house:
        phone = await Phone.enter(house.link())
        (guest,) = house.guests
        given, came = 0, {"talk": 0, "piece": 0}

        async def give() -> None:
            nonlocal given
            for _ in range(500):
                await guest.link.send_piece(encode(Piece(bytes(32), 0, 0, bytes(PIECE))))
                given += 1

        async def takes() -> None:
            came["piece" if decode_file_frame(await phone.next_body()) else "talk"] += 1

        giving = asyncio.create_task(give())
        await until(lambda: guest.link._socket.transport.get_write_buffer_size() > PIECE // 2)  # nothing more fits
        before = given
        guest.link.send(encode(frames.Who([bytes(32)] * 1_500)) * 4)  # four messages of the WebSocket
        while came["talk"] < 4:
            await takes()
        assert came["piece"] <= before + 1
        while came["piece"] < 500:
            await takes()
        await giving
        waiting = asyncio.create_task(give())
        await takes()
        guest.link.abort("it goes")
        await waiting
        await phone.leave()
