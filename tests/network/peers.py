"""A hosted room on loopback, honest clients and raw ones that connect to it: real TLS, all on one loop."""

from __future__ import annotations

import asyncio
import functools
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from lanchat.core import frames, limits
from lanchat.core.address import Numeric
from lanchat.core.codes import CloseCode
from lanchat.core.epoch import next_epoch
from lanchat.core.frames import Frame, Splitter
from lanchat.core.keeping import Keeping, Passes, Rank
from lanchat.core.model import Card, DeviceId, MemberKey, RoomId
from lanchat.network.connection import Connection
from lanchat.network.connection_limiter import ConnectionLimiter
from lanchat.network.dialer import JoinedConnection, enter
from lanchat.network.link import Link
from lanchat.network.listener import Listener
from lanchat.trust import passphrase
from lanchat.trust.handshake import ClientHandshake, Expected, HostPolicy, Pin
from lanchat.trust.identity import Identity, certificate_fingerprint, client_context, host_context
from lanchat.trust.join_errors import Refusal
from lanchat.trust.pake import Binding
from lanchat.trust.passes import make_keeping, make_pass, rank_of
from lanchat.trust.passphrase import PassphraseLimiter
from lanchat.trust.signing import make_card
from tests.identities import new_identity

KITCHEN = RoomId("kitchenkitchen22")
PASSPHRASE = "apple-banjo-comet-dune"

#: Longer than anything here takes; only a test that fails waits so long.
PATIENCE_SECONDS = 30.0

AsyncTest = Callable[..., Coroutine[Any, Any, None]]


def on_a_loop(test: AsyncTest) -> Callable[..., None]:
    """The test runs on an asyncio loop of its own, on which no task may be left."""

    @functools.wraps(test)
    def run(*args: Any, **options: Any) -> None:
        async def scene() -> None:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await test(*args, **options)
                for _ in range(5):  # what was cut off closes in the next turns
                    await asyncio.sleep(0)
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert not left, f"tasks left running: {left}"

        asyncio.run(scene())

    return run


async def _a_moment() -> None:
    await asyncio.sleep(0.001)


async def until(holds: Callable[[], bool]) -> None:
    """Let the loop run until `holds`; the test's own deadline ends a wait in vain."""
    while not holds():
        await _a_moment()


class Guest:
    """Who got in, as the Receiver of their frames."""

    def __init__(self, link: Link, card: Card | None = None) -> None:
        self.link = link
        self.nick = card.nick if card else ""
        self.heard: list[bytes] = []
        self.ends: list[str] = []
        self.times_writable = 0

    def received(self, body: bytes) -> None:
        self.heard.append(body)

    def writable(self) -> None:
        self.times_writable += 1

    def lost(self, reason: str) -> None:
        self.ends.append(reason)


class House:
    """Whoever opens a room: takes in who passes the door."""

    def __init__(self, listener_of: Callable[[House], Listener]) -> None:
        self.guests: list[Guest] = []
        self.alarms = 0
        self.met: set[MemberKey] = set()
        self.full = False
        self.listener = listener_of(self)

    @property
    def port(self) -> int:
        return self.listener.port

    def refusal(self) -> Refusal | None:
        return Refusal(CloseCode.FULL) if self.full else None

    def knows(self, key: MemberKey) -> bool:
        return key in self.met

    def entered(self, connection: Connection, card: Card, device_id: DeviceId) -> None:
        guest = Guest(connection, card)
        self.guests.append(guest)
        connection.push_to(guest)

    def alarm(self) -> None:
        self.alarms += 1


def _entitles(owner: MemberKey, key: MemberKey, passes: Passes) -> bool:
    return rank_of(key, owner, KITCHEN, passes) is not None


@asynccontextmanager
async def open_house(
    host: Identity | None = None,
    *,
    protected: bool = False,
    members: set[MemberKey] | None = None,
    ports: Sequence[int] = (0,),
    limiter: ConnectionLimiter | None = None,
    owner: Identity | None = None,
) -> AsyncIterator[House]:
    """A house with an open door; at the end it is closed, and everybody in it has left. `owner`: who lets the host keep
    it open."""
    host = host or new_identity()
    secret = passphrase.derive(PASSPHRASE, KITCHEN) if protected else None
    policy = HostPolicy(
        KITCHEN,
        "Kitchen",
        certificate_fingerprint(host.certificate),
        secret,
        (members or set()).__contains__,
        lambda _: False,
    )
    if owner is not None:
        passes = (make_pass(owner, KITCHEN, host.key, Rank.MEMBER, int(protected)),)
        keeps = make_keeping(host, KITCHEN, Keeping(next_epoch(0, 0), 0, bytes(32), passes))
        entitles = partial(_entitles, owner.key)
        policy = replace(policy, owner=owner.key, keeps=lambda: keeps, is_entitled=entitles)
    house = House(
        lambda house: Listener(
            house, policy, host_context(host), limiter or ConnectionLimiter.lifted(100), PassphraseLimiter()
        )
    )
    house.listener.open(list(ports))
    try:
        yield house
    finally:
        await house.listener.close()
        for guest in house.guests:
            guest.link.abort("the house is closed")
            await guest.link.wait_closed()


class Stranger:
    """Speaks TLS, and inside it whatever it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._splitter = Splitter(limits.FRAME)
        self._frames: list[dict[str, Any]] = []

    @classmethod
    async def connects(cls, port: int, context: ssl.SSLContext | None = None) -> Stranger:
        context = context or client_context()
        return cls(*await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=""))

    def says(self, *said: Frame) -> None:
        self.writer.write(b"".join(map(frames.encode, said)))

    def says_bytes(self, data: bytes) -> None:
        self.writer.write(data)

    async def hears(self, kind: type[Frame]) -> dict[str, Any]:
        """The next frame, which is of this kind."""
        while not self._frames:
            data = await self.reader.read(65536)
            assert data, f"the connection ended before a {kind.__name__}"
            self._frames += [msgspec.msgpack.decode(body) for body in self._splitter.feed(data)]
        frame = self._frames.pop(0)
        assert frame["t"] == kind.__struct_config__.tag, frame
        return frame

    async def hears_the_end(self) -> None:
        """The other side closed, and said nothing more."""
        with suppress(ConnectionError):  # closed with less ceremony
            assert await self.reader.read(65536) == b""

    def leaves(self) -> None:
        self.writer.transport.abort()

    def certificate(self) -> bytes:
        return self.writer.get_extra_info("ssl_object").getpeercert(True)

    def auth(self, hello: dict[str, Any], me: Identity, pake: bytes = b"") -> frames.Auth:
        """The honest answer to a hello."""
        nonce = b"n" * 32
        place = certificate_fingerprint(self.certificate())
        binding = Binding(place, hello["nonce"], nonce, RoomId(hello["room_id"]), me.key, me.device_id)
        return frames.Auth(make_card(me, "Ana", 1), nonce, me.device_id, me.sign(binding.to_sign()), pake)


def handshake(
    me: Identity | None = None,
    expected: Expected | None = None,
    typed: str | None = None,
    pin: Pin | None = None,
) -> Callable[[bytes], ClientHandshake]:
    """Makes the handshake of somebody who wants in, from the certificate they are shown."""
    me = me or new_identity()
    card = make_card(me, "Ben", 1)
    return lambda certificate: ClientHandshake(me, card, certificate, expected or Expected(), lambda _: pin, typed)


async def enters(*ports: int, **options: Any) -> JoinedConnection:
    """An honest client of ours gets in by the first of these ports on this machine that is right."""
    addresses = [(Numeric("127.0.0.1"), port) for port in ports]
    return await enter(lambda: addresses, client_context(), handshake(**options))


def length(of: int) -> bytes:
    """What announces a frame of that length."""
    return struct.pack(">I", of)
