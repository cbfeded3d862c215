"""A member without manners: real TLS and a real handshake, and then whatever a test likes to send."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec

from lanchat.core import frames, limits
from lanchat.core.content import Payload
from lanchat.core.frames import Frame, FromHost, Splitter
from lanchat.core.model import START, Card, Entry, EntryId, RoomId
from lanchat.trust.handshake import ClientHandshake, Expected
from lanchat.trust.identity import Identity, client_context
from lanchat.trust.signing import make_card, make_entry
from tests.identities import new_identity

T = TypeVar("T")

HERE = "127.0.0.1"
_PATIENCE = 10.0  # seconds until an answer is late for sure


class Closed(ConnectionError):
    """The host hung up; what it said last is in the text."""


def framed(body: bytes) -> bytes:
    """A frame of any body."""
    return struct.pack(">I", len(body)) + body


def tagged(tag: str, **fields: Any) -> bytes:
    """A frame of any type with any fields."""
    return framed(msgspec.msgpack.encode({"t": tag, **fields}))


class Raw:
    """One connection to a host. `source`: the address it comes from, as all of 127.0.0.0/8 is this machine."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        me: Identity,
        nick: str,
        passphrase: str | None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._splitter = Splitter(limits.FRAME)
        self._came: list[FromHost] = []
        self.me = me
        self.card: Card = make_card(me, nick, 1)
        self.room_id = RoomId("")
        self.refused: frames.Refused | None = None
        self._passphrase = passphrase
        self._counter = 0

    @classmethod
    async def connect(
        cls,
        port: int,
        *,
        source: str = HERE,
        me: Identity | None = None,
        nick: str = "Raw",
        passphrase: str | None = None,
        context: ssl.SSLContext | None = None,
        takes: int = 0,
    ) -> Raw:
        """TLS, and no more. `takes`: bytes that its system takes for it while it does not read; 0: as usual."""
        wire = socket.socket()
        if takes:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, takes)
        wire.bind((source, 0))
        wire.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(wire, (HERE, port))
        except BaseException:
            wire.close()
            raise
        reader, writer = await asyncio.open_connection(  # from here on asyncio closes it
            sock=wire, ssl=context or client_context(), server_hostname=""
        )
        return cls(reader, writer, me or new_identity(), nick, passphrase)

    async def enter(self, before_proof: Callable[[], None] = lambda: None) -> None:
        """Through the handshake, as anybody honest. `before_proof`: what happens before the passphrase is proven."""
        tls = self._writer.get_extra_info("ssl_object")
        certificate = tls.getpeercert(True)
        shake = ClientHandshake(self.me, self.card, certificate, Expected(), lambda room_id: None, self._passphrase)
        while not shake.entered:
            for answer in shake.received(await self.next()):
                if isinstance(answer, frames.Confirm):
                    before_proof()
                self.send(answer)
        assert shake.room_id is not None
        self.room_id = shake.room_id

    # --- sending
    def send(self, *what: Frame) -> None:
        self.send_bytes(b"".join(map(frames.encode, what)))

    def send_bytes(self, data: bytes) -> None:
        if not self._writer.is_closing():  # asyncio complains of each such write
            self._writer.write(data)

    async def drain(self) -> None:
        """Until most of what was sent has left."""
        await self._writer.drain()

    def entry(
        self,
        text: str = "hello",
        *,
        kind: str = "text",
        about: Entry | None = None,
        counter: int | None = None,
        sent_at: int = 1_700_000_000_000,
    ) -> Entry:
        """A new entry of mine, signed. `about`: its target."""
        self._counter = self._counter + 1 if counter is None else counter
        payload = Payload(kind, None if about is None else EntryId(about.entry_id), text.encode())
        return make_entry(self.me, self.room_id, self._counter, payload, sent_at)

    def altered(self, entry: Entry, **fields: Any) -> Entry:
        """An entry of mine with other fields, signed as well."""
        changed = msgspec.structs.replace(entry, **fields)
        return msgspec.structs.replace(changed, signature=self.me.sign(changed.signed_digest(self.room_id)))

    # --- receiving
    async def next(self, seconds: float = _PATIENCE) -> FromHost:
        """The next frame. Raises Closed, and TimeoutError when nothing comes."""
        async with asyncio.timeout(seconds):
            while not self._came:
                data = await self._read()
                for body in self._splitter.feed(data):
                    frame = frames.decode_from_host(body)
                    assert frame is not None, "a host sends what we know"
                    self._came.append(frame)
        frame = self._came.pop(0)
        if isinstance(frame, frames.Refused):
            self.refused = frame
        return frame

    async def _read(self) -> bytes:
        try:
            data = await self._reader.read(limits.FRAME)
        except OSError as error:
            raise Closed(str(self.refused or error)) from error
        if not data:
            raise Closed(str(self.refused))
        return data

    async def until(self, kind: type[T], seconds: float = _PATIENCE) -> T:
        """The next frame of this kind; others are passed over."""
        async with asyncio.timeout(seconds):
            while not isinstance(frame := await self.next(seconds), kind):
                pass
        return frame

    async def entries(self, run: Iterable[Entry], seconds: float = _PATIENCE) -> None:
        """Until all of `run` came back in the Log."""
        waiting = {entry.entry_id for entry in run}
        async with asyncio.timeout(seconds):
            while waiting:
                waiting -= {row.entry_id for row in (await self.until(frames.Entries, seconds)).rows}

    async def ending(self, seconds: float = _PATIENCE) -> str:
        """Read until the host hangs up: the code it gave, "" without one."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self.next(seconds)
        except Closed:
            return self.refused.code if self.refused else ""

    @property
    def hung_up(self) -> bool:
        """Whether the host did, as far as this end, which may not be reading, knows."""
        return self._writer.is_closing() or self._reader.at_eof()

    async def close(self) -> None:
        """Without a word."""
        self._writer.transport.abort()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def leave(self) -> None:
        """Politely."""
        self.send(frames.Bye())
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


@asynccontextmanager
async def stranger(port: int, **connection: Any) -> AsyncIterator[Raw]:
    """TLS, and no more; closed at the end without a word."""
    raw = await Raw.connect(port, **connection)
    try:
        yield raw
    finally:
        await raw.close()


@asynccontextmanager
async def member(port: int, **connection: Any) -> AsyncIterator[Raw]:
    """In the room, as a newcomer; what comes after the welcome is still to be read."""
    async with stranger(port, **connection) as raw:
        await raw.enter()
        raw.send(frames.Resume(0, 0, START))
        await raw.until(frames.Welcome)
        yield raw
