"""What a hostile machine may do to a host, as fast as one process can. Each comes from addresses of its own.

Run as `python -m survival.attacks PORT SECONDS NAME…`: one attack after the other, and before each its name on
stdout, after the last one "over". That the host throws an attacker out is no error here: it comes again.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import ssl
import sys
from collections.abc import Awaitable, Callable

import msgspec

from lanchat.core import frames, limits
from lanchat.core.content import Text, encode
from lanchat.core.keeping import Keeping
from lanchat.core.model import START, Entry, RoomId
from lanchat.trust.identity import client_context
from lanchat.trust.join_errors import JoinError
from lanchat.trust.passes import make_keeping
from lanchat.trust.signing import make_entry
from survival.bad_frames import BAD_AS_MEMBER, BAD_AS_STRANGER
from survival.raw import HERE, Closed, Raw, member, stranger
from tests.identities import new_identity

Attack = Callable[[int], Awaitable[None]]  # on a port, until it is cancelled

ATTACKS: dict[str, Attack] = {}
_THROWN_OUT = (Closed, JoinError, OSError, TimeoutError)
_addresses = (f"127.{a}.{b}.{c}" for a, b, c in itertools.product(range(1, 255), range(256), range(1, 255)))


def _by(count: int) -> Callable[[Attack], Attack]:
    """`count` do it side by side, each again and again."""

    def crowd(one: Attack) -> Attack:
        async def again(port: int) -> None:
            while True:
                with contextlib.suppress(*_THROWN_OUT):
                    await one(port)
                await asyncio.sleep(0.002)

        async def attack(port: int) -> None:
            await asyncio.gather(*(again(port) for _ in range(count)))

        ATTACKS[one.__name__] = attack
        return attack

    return crowd


# --- strangers -------------------------------------------------------------------------------------------------------
@_by(500)
async def silent_connections(port: int) -> None:
    _, writer = await _tcp(port, "127.0.0.66" if next(_coin) else next(_addresses))
    try:
        await asyncio.sleep(3600)
    finally:
        writer.close()


_coin = itertools.cycle((True, False))


@_by(20)
async def slowly_before_tls(port: int) -> None:
    """A byte a second of TLS's first message."""
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        client_context().wrap_bio(coming, going, server_hostname="room").do_handshake()
    _, writer = await _tcp(port, next(_addresses))
    await _slowly(writer.write, going.read())


@_by(20)
async def slowly_in_tls(port: int) -> None:
    """A byte a second of the first frame."""
    async with stranger(port, source=next(_addresses)) as raw:
        await _slowly(raw.send_bytes, frames.encode(frames.Resume(0, 0, START)))


@_by(4)
async def garbage(port: int) -> None:
    """Noise, a web browser, a TLS message cut short, zeros."""
    for data in (os.urandom(300), b"GET / HTTP/1.1\r\nHost: here\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", bytes(70_000)):
        _, writer = await _tcp(port, next(_addresses))
        writer.write(data)
        writer.close()


@_by(8)
async def handshakes(port: int) -> None:
    """TLS, and away."""
    async with stranger(port, source=next(_addresses)):
        pass


@_by(4)
async def other_tls(port: int) -> None:
    """Without our protocol's name, and by an older TLS."""
    for context in (other_alpn(), old_tls()):
        with contextlib.suppress(ssl.SSLError):
            async with stranger(port, source=next(_addresses), context=context):
                pass


@_by(4)
async def bad_frames_of_strangers(port: int) -> None:
    for data in BAD_AS_STRANGER.values():
        async with stranger(port, source=next(_addresses)) as raw:
            raw.send_bytes(data)
            await raw.drain()


@_by(8)
async def comings_and_goings(port: int) -> None:
    async with member(port, source=next(_addresses)):
        pass


@_by(20)
async def guesses(port: int) -> None:
    """Of a passphrase; a room that has none is left alone."""
    async with stranger(port, source=next(_addresses), passphrase="surely-not-this-one") as raw:
        await raw.enter()


# --- members ---------------------------------------------------------------------------------------------------------
@_by(4)
async def bad_frames_of_members(port: int) -> None:
    for data in BAD_AS_MEMBER.values():
        async with member(port, source=next(_addresses)) as raw:
            raw.send_bytes(data)
            await raw.drain()


@_by(2)
async def posts(port: int) -> None:
    async with member(port, source=next(_addresses)) as raw:
        await _flood(raw, lambda: frames.encode(frames.Post([raw.entry("x" * 3_000) for _ in range(15)])))


@_by(2)
async def pings(port: int) -> None:
    async with member(port, source=next(_addresses)) as raw:
        await _flood(raw, lambda: 1_000 * frames.encode(frames.Ping()))


@_by(2)
async def names(port: int) -> None:
    async with member(port, source=next(_addresses)) as raw:
        await _flood(raw, lambda: 50 * frames.encode(frames.Rename(raw.card)))


@_by(4)
async def questions_about_keys(port: int) -> None:
    """One after the other, as allowed, each for as many as may be asked."""
    async with member(port, source=next(_addresses)) as raw:
        while True:
            raw.send(frames.Who([raw.me.key] * 150))
            await raw.until(frames.Cards)


@_by(4)
async def questions_about_the_past(port: int) -> None:
    async with member(port, source=next(_addresses)) as raw:
        while True:
            raw.send(frames.Earlier(2**39))
            await raw.until(frames.Page)


@_by(4)
async def never_reading(port: int) -> None:
    """It asks for page after page, as fast as they are made, and reads none."""
    async with member(port, source=next(_addresses)) as raw:
        while True:
            raw.send(frames.Earlier(2**39))
            await asyncio.sleep(0.01)


@_by(4)
async def forgers(port: int) -> None:
    async with member(port, source=next(_addresses)) as raw:
        raw.send(frames.Post([altered(raw.entry("I owe you nothing"))]))
        await raw.ending()


@_by(2)
async def carried_entries(port: int) -> None:
    """As if another Log had them."""
    async with member(port, source=next(_addresses)) as raw:
        again = True
        while True:
            posts = [frames.Post([raw.entry("x" * 300) for _ in range(100)], again, carried=True)]
            raw.send(*posts)
            await raw.drain()
            frame = await raw.until(frames.Frame)
            again = isinstance(frame, frames.SlowDown)
            if again:
                await asyncio.sleep(frame.retry_ms / 1000)


@_by(2)
async def carried_by_forgers(port: int) -> None:
    """Of others, with words of one's own; and a ban that the owner never signed."""
    async with member(port, source=next(_addresses)) as raw:
        other = make_entry(new_identity(), raw.room_id, 2**53, encode(Text("mine")), 0)
        ban = raw.entry("", kind="+ban")
        raw.send(frames.Post([ban, altered(other)], True, carried=True))
        await raw.ending()


@_by(4)
async def claims_of_other_epochs(port: int) -> None:
    """With a `+keeps` of another room, each time a higher one."""
    me = new_identity()
    for turn in range(1, 1_000):
        async with stranger(port, source=next(_addresses), me=me) as raw:
            await raw.enter()
            keeps = make_keeping(me, RoomId("gardengardengard"), Keeping(turn << 20, 0, START))
            raw.send(frames.Resume(turn << 20, 5, START, [], keeps))
            await raw.ending()


@_by(4)
async def marks_of_nothing(port: int) -> None:
    me = new_identity()
    while True:
        async with stranger(port, source=next(_addresses), me=me) as raw:
            await raw.enter()
            marks = [frames.LogMark(seq, os.urandom(32)) for seq in range(limits.MARKS_MOST)]
            raw.send(frames.Resume(1, 2**39, START, marks))
            await raw.until(frames.Welcome)


@_by(4)
async def other_ports_each_time(port: int) -> None:
    """Where the host is to try whether it would get in; and it is to give the room back."""
    async with member(port, source=next(_addresses)) as raw:
        for other in itertools.cycle(range(1, 65_536)):
            raw.send(frames.Able(other), frames.TakeBack())
            await raw.drain()
            await asyncio.sleep(0.03)


# --- what they need --------------------------------------------------------------------------------------------------
async def _tcp(port: int, source: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(HERE, port, local_addr=(source, 0))


async def _slowly(write: Callable[[bytes], None], data: bytes) -> None:
    for byte in data:
        write(bytes([byte]))
        await asyncio.sleep(1)


async def _flood(raw: Raw, make: Callable[[], bytes]) -> None:
    """As fast as it goes, reading what comes."""
    reading = asyncio.create_task(raw.ending(3600))
    try:
        while not reading.done():
            raw.send_bytes(make())
            await raw.drain()
            await asyncio.sleep(0)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


def altered(entry: Entry) -> Entry:
    """Other words under the same signature."""
    return msgspec.structs.replace(entry, body=b"I owe you everything")


def other_alpn() -> ssl.SSLContext:
    context = client_context()
    context.set_alpn_protocols(["h2"])
    return context


def old_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


async def _run(port: int, seconds: float, names: list[str]) -> None:
    for name in names:
        print(name, flush=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await ATTACKS[name](port)
    print("over", flush=True)


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))
