"""The door of a hosted room, and everybody who knocks there with something else in mind."""

from __future__ import annotations

import asyncio
import gc
import itertools
import socket
import ssl
import struct
import sys
from dataclasses import replace

import pytest

from lanchat.core import frames, limits
from lanchat.core.keeping import Rank
from lanchat.network import connection, listener
from lanchat.network.connection_limiter import ConnectionLimiter
from lanchat.network.listener import PortTaken
from lanchat.trust import passphrase
from lanchat.trust.handshake import Pin
from lanchat.trust.join_errors import PassphraseRequired, RefusedByHost, WrongPassphrase
from lanchat.trust.passes import make_pass
from network.peers import KITCHEN, PASSPHRASE, House, Stranger, enters, length, on_a_loop, open_house, until
from tests.identities import new_identity


@pytest.fixture(autouse=True)
def _short_goodbyes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PASSPHRASE_ANSWER_SECONDS", 0.05)
    monkeypatch.setattr(connection, "GOODBYE_SECONDS", 0.2)
    monkeypatch.setattr(listener, "GOODBYE_SECONDS", 0.2)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that waits parts of a second for what it waits seconds for in life."""
    monkeypatch.setattr(limits, "HANDSHAKE_SECONDS", 0.3)
    monkeypatch.setattr(limits, "ENTER_SECONDS", 0.5)


async def plain(house: House) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A TCP connection to the door, on which no TLS was spoken yet."""
    return await asyncio.open_connection("127.0.0.1", house.port)


async def nobody_at_the_door(house: House) -> None:
    await until(lambda: house.listener.limiter.pending == 0)
    assert not house.guests


@on_a_loop
async def test_an_honest_client_gets_in() -> None:
    async with open_house() as house:
        entered = await enters(house.port)
        await until(lambda: len(house.guests) == 1)
        assert house.guests[0].nick == "Ben"
        assert entered.handshake.title == "Kitchen"
        assert house.listener.limiter.pending == 0
        entered.connection.abort("done")


@pytest.mark.usefixtures("impatient")
@on_a_loop
async def test_who_says_nothing_at_all_is_sent_away() -> None:
    async with open_house() as house:
        reader, writer = await plain(house)
        await until(lambda: house.listener.limiter.pending == 1)
        assert await reader.read() == b""
        await nobody_at_the_door(house)
        writer.transport.abort()


@pytest.mark.usefixtures("impatient")
@on_a_loop
async def test_who_says_nothing_but_tls_is_told_so_and_sent_away() -> None:
    async with open_house() as house:
        silent = await Stranger.connects(house.port)
        await silent.hears(frames.Hello)
        refused = await silent.hears(frames.Refused)
        assert refused["code"] == "slow"
        await silent.hears_the_end()
        await nobody_at_the_door(house)
        silent.leaves()


@on_a_loop
async def test_who_says_something_else_than_tls_is_sent_away(caplog: pytest.LogCaptureFixture) -> None:
    async with open_house() as house:
        for said in (b"GET / HTTP/1.1\r\n\r\n", b"\0" * 100, b"\x16\x03\x01" + b"\xff" * 60, b"SSH-2.0-x\r\n"):
            reader, writer = await plain(house)
            writer.write(said)
            await reader.read()
            writer.transport.abort()
        await nobody_at_the_door(house)
    assert not caplog.messages


@on_a_loop
async def test_who_vanishes_in_the_middle_leaves_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """At every stage: before TLS, within its first message, after it, and in the middle of a frame."""
    async with open_house() as house:
        for last_words in (b"", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"):
            _, writer = await plain(house)
            writer.write(last_words)
            await until(lambda: house.listener.limiter.pending == 1)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            await nobody_at_the_door(house)
        for said in (b"", length(100), length(100) + b"half"):
            client = await Stranger.connects(house.port)
            client.says_bytes(said)
            await client.hears(frames.Hello)
            client.leaves()
            await nobody_at_the_door(house)
    assert not caplog.messages


@pytest.mark.parametrize(
    "said",
    [
        length(0),
        length(limits.FRAME_BEFORE_MEMBER + 1),
        length(2**32 - 1),
        length(5) + b"\xc1\xc1\xc1\xc1\xc1",
        frames.encode(frames.Ping()),
        frames.encode(frames.Resume(0, 0, bytes(32))),
        frames.encode(frames.Auth(frames.Card(bytes(32), "Eve", 1, bytes(64)), bytes(32), bytes(8), bytes(64))),
    ],
    ids=["no length", "too long", "far too long", "no frame", "ping", "resume", "forged auth"],
)
@on_a_loop
async def test_what_has_no_place_at_the_door_is_refused(said: bytes) -> None:
    async with open_house() as house:
        client = await Stranger.connects(house.port)
        await client.hears(frames.Hello)
        client.says_bytes(said)
        refused = await client.hears(frames.Refused)
        assert refused["code"] in ("frame", "order", "signature", "card")
        assert refused.keys() <= {"t", "code", "retry_ms"}  # no words travel
        await client.hears_the_end()
        await nobody_at_the_door(house)
        client.leaves()


@on_a_loop
async def test_who_does_not_speak_lanchat_is_told_nothing() -> None:
    async with open_house() as house:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        for protocols in ([], ["http/1.1"]):
            context.set_alpn_protocols(protocols)
            try:
                browser = await Stranger.connects(house.port, context)
            except ssl.SSLError:  # a newer TLS library refuses by itself
                continue
            await browser.hears_the_end()
            browser.leaves()
        await nobody_at_the_door(house)


@on_a_loop
async def test_a_member_says_auth_twice() -> None:
    """The second one is for the room to refuse: the door has done its work."""
    async with open_house() as house:
        client = await Stranger.connects(house.port)
        auth = client.auth(await client.hears(frames.Hello), new_identity())
        client.says(auth, auth)
        await client.hears(frames.Entered)
        await until(lambda: bool(house.guests) and bool(house.guests[0].heard))
        assert isinstance(frames.decode_from_client(house.guests[0].heard[0]), frames.Auth)
        client.leaves()


@on_a_loop
async def test_auth_twice_instead_of_a_proof_is_refused() -> None:
    async with open_house(protected=True) as house:
        client = await Stranger.connects(house.port)
        auth = client.auth(await client.hears(frames.Hello), new_identity(), pake=b"S" + b"\1" * 32)
        client.says(auth, auth)
        await client.hears(frames.Refused)
        await nobody_at_the_door(house)
        client.leaves()


@on_a_loop
async def test_a_full_house_says_so_before_anything_else() -> None:
    async with open_house() as house:
        house.full = True
        client = await Stranger.connects(house.port)
        refused = await client.hears(frames.Refused)
        assert refused["code"] == "full"
        client.leaves()
        with pytest.raises(RefusedByHost, match="full"):
            await enters(house.port)


@on_a_loop
async def test_a_member_comes_as_often_as_they_like_and_a_stranger_too_many_hears_when_to_try_again() -> None:
    """All from one address: a script that says something every few seconds, and people who never were in."""
    ben = new_identity()
    async with open_house(limiter=ConnectionLimiter(windows=((3, 600.0),))) as house:
        house.met.add(ben.key)
        for client in range(3):
            for _ in range(7):
                (await enters(house.port, me=ben)).connection.abort("said")
            (await enters(house.port)).connection.abort(f"stranger {client}")
            await until(lambda: house.listener.limiter.pending == 0)
        with pytest.raises(RefusedByHost, match=r"Try again in (600|599|59\d) seconds") as refused:
            await enters(house.port)
        assert 590 < refused.value.wait <= 600
        (await enters(house.port, me=ben)).connection.abort("said")


@on_a_loop
async def test_a_stranger_counts_until_it_is_gone_for_good() -> None:
    """Whoever is refused and does not leave takes up a place as long as it takes up memory."""
    async with open_house(limiter=ConnectionLimiter(total=1, per_address=1, windows=())) as house:
        client = await Stranger.connects(house.port)
        await client.hears(frames.Hello)
        client.says(frames.Ping())
        client.writer.transport.pause_reading()
        await until(lambda: not client.writer.transport.is_reading())
        assert house.listener.limiter.pending == 1
        reader, writer = await plain(house)
        assert await reader.read() == b""  # turned away before TLS
        writer.transport.abort()
        await nobody_at_the_door(house)
        client.leaves()


@on_a_loop
async def test_the_door_closes_on_strangers_at_every_stage(caplog: pytest.LogCaptureFixture) -> None:
    async with open_house(protected=True) as house:
        _, writer = await plain(house)
        silent, refused, trying = [await Stranger.connects(house.port) for _ in range(3)]
        refused.says(frames.Ping())
        trying.says(trying.auth(await trying.hears(frames.Hello), new_identity(), pake=b"S" + b"\1" * 32))
        await until(lambda: house.listener.limiter.pending == 4)
        await house.listener.close()
        assert house.listener.limiter.pending == 0
        for client in (silent, refused, trying):
            client.leaves()
        writer.transport.abort()
    assert not caplog.messages


@pytest.mark.skipif(
    sys.platform == "win32", reason="asyncio there drops such a connection itself, and only its collector closes it"
)
@on_a_loop
async def test_the_door_closes_in_the_very_turn_in_which_somebody_comes(caplog: pytest.LogCaptureFixture) -> None:
    for before, turns in itertools.product((0, 5), range(6)):
        async with open_house() as house:
            for _ in range(before):  # it waits for somebody by now
                await asyncio.sleep(0)
            with socket.create_connection(("127.0.0.1", house.port)):
                for _ in range(turns):
                    await asyncio.sleep(0)
                await house.listener.close()
        gc.collect()  # a connection that was forgotten complains now
        assert not caplog.messages, (before, turns)


@on_a_loop
async def test_the_right_passphrase_opens_and_a_wrong_one_is_told() -> None:
    async with open_house(protected=True) as house:
        with pytest.raises(PassphraseRequired):
            await enters(house.port)
        with pytest.raises(WrongPassphrase):
            await enters(house.port, typed="not this one")
        entered = await enters(house.port, typed=PASSPHRASE)
        await until(lambda: len(house.guests) == 1)
        entered.connection.abort("done")


@on_a_loop
async def test_who_was_in_before_needs_no_passphrase() -> None:
    me = new_identity()
    host = new_identity()
    async with open_house(host, protected=True, members={me.key}) as house:
        client = await Stranger.connects(house.port)
        client.says(client.auth(await client.hears(frames.Hello), me))
        await client.hears(frames.Entered)
        client.leaves()


@on_a_loop
async def test_many_wrong_passphrases_raise_an_alarm_and_then_have_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PASSPHRASE_PER_ADDRESS", (limits.PASSPHRASE_ALARM, 60.0))
    async with open_house(protected=True) as house:
        for _ in range(limits.PASSPHRASE_ALARM):
            with pytest.raises(WrongPassphrase):
                await enters(house.port, typed="guess")
        assert house.alarms == 1
        with pytest.raises(PassphraseRequired) as told:
            await enters(house.port, typed=PASSPHRASE)
        assert 0 < told.value.wait <= 60


@on_a_loop
async def test_who_has_passes_proves_the_passphrase_as_often_as_they_like(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a change of hosts all members prove it at once, by themselves."""
    monkeypatch.setattr(limits, "PASSPHRASE_PER_ADDRESS", (1, 60.0))
    owner, me = new_identity(), new_identity()
    secret = passphrase.derive(PASSPHRASE, KITCHEN)
    pin = Pin(owner.key, True, secret, (make_pass(owner, KITCHEN, me.key, Rank.MEMBER, 1),))
    async with open_house(protected=True, owner=owner, limiter=ConnectionLimiter(windows=((1, 60.0),))) as house:
        for times in range(1, 4):
            entered = await enters(house.port, me=me, pin=pin)
            await until(lambda times=times: len(house.guests) == times)  # type: ignore[misc]
            assert entered.handshake.secret == secret
            entered.connection.abort("done")
        wrong = replace(pin, secret=b"another" * 4)
        for _ in range(limits.PASSPHRASE_ALARM):
            with pytest.raises(PassphraseRequired):
                await enters(house.port, me=me, pin=wrong)
        assert house.alarms == 0
        with pytest.raises(WrongPassphrase):
            await enters(house.port, me=me, typed="guess")


@pytest.mark.usefixtures("impatient")
@on_a_loop
async def test_who_never_proves_a_passphrase_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_house(protected=True) as house:
        quiet = []
        for _ in range(limits.PASSPHRASE_AT_ONCE):
            client = await Stranger.connects(house.port)
            auth = client.auth(await client.hears(frames.Hello), new_identity(), pake=b"S" + b"\1" * 32)
            client.says(auth)
            quiet.append(client)
        await nobody_at_the_door(house)
        monkeypatch.undo()
        entered = await enters(house.port, typed=PASSPHRASE)
        entered.connection.abort("done")
        for client in quiet:
            client.leaves()


@on_a_loop
async def test_a_port_that_is_taken_is_said_so_or_passed_over() -> None:
    async with open_house() as first:
        with pytest.raises(PortTaken):
            async with open_house(ports=[first.port]):
                pass
        async with open_house(ports=[first.port, 0]) as second:
            assert second.port != first.port


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
@on_a_loop
async def test_ipv6_finds_the_same_door() -> None:
    async with open_house() as house:
        try:
            _, writer = await asyncio.open_connection("::1", house.port)
        except OSError:
            pytest.skip("no IPv6 here")
        await until(lambda: house.listener.limiter.pending == 1)
        writer.transport.abort()


