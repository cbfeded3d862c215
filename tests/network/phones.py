"""A room's page for phones on loopback, and phones without a browser: the real server, channel and WebSocket."""

from __future__ import annotations

import asyncio
import gzip
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from lanchat.core import frames, limits
from lanchat.core.codes import CloseCode
from lanchat.core.frames import Frame, FromHost, Splitter
from lanchat.core.model import MemberKey
from lanchat.core.profile import Profile, encode_profile
from lanchat.network.guest_link import GuestLink
from lanchat.network.guest_server import GuestServer, PageFile
from lanchat.trust.guest_channel import Admission, GuestCode, GuestSide
from lanchat.trust.identity import Identity
from lanchat.trust.join_errors import Refusal
from lanchat.trust.signing import make_card
from network.peers import KITCHEN, Guest
from tests.identities import new_identity

PAGE = b"<!doctype html><title>lanchat</title>"
_PONG = frames.encode(frames.Pong())[4:]


class GuestHouse:
    """Whoever invites phones into a room."""

    def __init__(self, host: Identity) -> None:
        self.host = host
        self.code = GuestCode.new()
        self.guests: list[Guest] = []
        self.left = 0
        self.refuses: CloseCode | None = None
        files = {"/": PageFile("text/html; charset=utf-8", gzip.compress(PAGE))}
        self.server = GuestServer(self, host, KITCHEN, "Kitchen", files)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    def link(self, code: GuestCode | None = None) -> str:
        """With the right code, or another one."""
        return f"http://{self.address}/#{(code or self.code).fragment(MemberKey(self.host.key))}"

    def find_code(self, code_id: bytes) -> GuestCode | None:
        return self.code if code_id == self.code.code_id else None

    def guest_refusal(self, admission: Admission, address: str) -> Refusal | None:
        return Refusal(self.refuses) if self.refuses is not None else None

    def guest_entered(self, link: GuestLink, admission: Admission) -> None:
        guest = Guest(link, admission.card)
        self.guests.append(guest)
        link.push_to(guest)

    def guest_left(self, link: GuestLink) -> None:
        self.left += 1


@asynccontextmanager
async def open_guest_house() -> AsyncIterator[GuestHouse]:
    """A room that phones may come into; at the end it is closed, and everybody in it has left."""
    house = GuestHouse(new_identity())
    await house.server.open([0])
    try:
        yield house
    finally:
        await house.server.close()
    assert all(guest.ends for guest in house.guests)


class Phone:
    """A guest without a browser. `enter` makes one, which stays in as a page does, however long a test takes."""

    def __init__(self, socket: ClientConnection, side: GuestSide) -> None:
        self.socket = socket
        self.side = side
        self._splitter = Splitter(limits.FRAME)
        self._bodies: deque[bytes] = deque()
        self._staying: asyncio.Task[None] | None = None
        self._pings = 0  # of its own, which were not answered

    @classmethod
    async def knock(
        cls, link: str, me: Identity | None = None, nick: str = "Ana", address: str = "127.0.0.1"
    ) -> Phone:
        """Send all that a phone sends to come in by this link, from this address."""
        origin, _, fragment = link.partition("/#")
        code, fingerprint = GuestCode.read_fragment(fragment)
        me = me or new_identity()
        card = make_card(me, nick, 1, encode_profile(Profile(guest=True)))
        side = GuestSide(code, fingerprint, me, card)
        where = f"ws{origin.removeprefix('http')}/ws"
        socket = await connect(where, origin=origin, compression=None, local_addr=(address, 0))
        await socket.send(side.received(await socket.recv(decode=False)))
        return cls(socket, side)

    @classmethod
    async def enter(
        cls, link: str, me: Identity | None = None, nick: str = "Ana", address: str = "127.0.0.1"
    ) -> Phone:
        phone = await cls.knock(link, me, nick, address)
        assert isinstance(await phone.next(), frames.Entered)
        phone._staying = asyncio.create_task(phone._ping())
        return phone

    async def _ping(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(limits.IDLE_PING_SECONDS)
                self._pings += 1
                await self.send(frames.Ping())

    async def send(self, frame: Frame) -> None:
        await self.socket.send(self.side.channel.seal(frames.encode(frame)))

    async def next_body(self) -> bytes:
        """Of a frame, but for the answers to the phone's own pings."""
        while True:
            while not self._bodies:
                self._bodies += self._splitter.feed(self.side.channel.open(await self.socket.recv(decode=False)))
            body = self._bodies.popleft()
            if body != _PONG or not self._pings:
                return body
            self._pings -= 1

    async def next(self) -> FromHost | None:
        return frames.decode_from_host(await self.next_body())

    async def leave(self) -> None:
        if self._staying is not None:
            self._staying.cancel()
            await asyncio.wait([self._staying])
        await self.socket.close()


