"""A host without manners: real TLS, a real handshake, and then whatever a test likes to send. In the test's own process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

from lanchat.core import frames, limits, runs
from lanchat.core.frames import Frame, FromClient, Splitter
from lanchat.core.model import START, Card, Entry, Head, LogEntry, RoomId, next_head
from lanchat.trust.handshake import Door, HostHandshake
from lanchat.trust.identity import Identity, certificate_fingerprint
from lanchat.trust.signing import make_card, make_entry
from lanchat.trust.tls import host_context

ROOM = RoomId("evilevilevilevil")
_NOW = 1_700_000_000_000  # ms


class Guest:
    """One client that came, and is in."""

    def __init__(self, host: EvilHost, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.host = host
        self._reader = reader
        self._writer = writer
        self._splitter = Splitter(limits.FRAME)
        self._came: list[FromClient] = []

    def send(self, *what: Frame) -> None:
        self.send_bytes(b"".join(map(frames.encode, what)))

    def send_bytes(self, data: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(data)

    async def drain(self) -> None:
        await self._writer.drain()

    async def next(self) -> FromClient:
        """The next frame of the client. Raises ConnectionError when it hung up."""
        while not self._came:
            data = await self._reader.read(limits.FRAME)
            if not data:
                raise ConnectionResetError
            came = map(frames.decode_from_client, self._splitter.feed(data))
            self._came += filter(None, came)  # None: why it hangs up, which a host need not know
        return self._came.pop(0)

    async def let_in(self) -> None:
        shake = HostHandshake(self.host.door)
        self.send(shake.hello())
        while shake.entered is None:
            self.send(*shake.received(await self.next()))

    async def welcome(self, last: int = 0) -> None:
        """Answer its `resume` as a newcomer's, in a Log of `last` entries."""
        assert isinstance(await self.next(), frames.Resume)
        self.send(frames.Welcome(1, 0, START, last, limits.Limits(), self.host.card))

    async def rest(self) -> list[FromClient]:
        """Everything it still says, until it hangs up."""
        heard = []
        with contextlib.suppress(ConnectionError):
            while True:
                heard.append(await self.next())
        return heard


Script = Callable[[Guest], Awaitable[None]]


class EvilHost:
    """Does the same to everybody who comes: first `before` (usually letting it in), then `script`."""

    def __init__(self, script: Script, polite: bool = True) -> None:
        """`polite`: the handshake is as it should be."""
        self.me = Identity.ephemeral()
        self.card: Card = make_card(self.me, "Eve", 1)
        self.door = Door(ROOM, "Evil", certificate_fingerprint(self.me.certificate), None, lambda _: True, lambda _: False)
        self.visits = 0
        self.heard: list[FromClient] = []
        self.port = 0
        self._script = script
        self._polite = polite
        self._visitors: set[asyncio.Task[None]] = set()
        self._counter = 0

    # --- what it has to tell
    def entry(self, text: str = "boo", author: Identity | None = None, counter: int | None = None) -> Entry:
        self._counter = self._counter + 1 if counter is None else counter
        return make_entry(author or self.me, ROOM, self._counter, text, _NOW)

    def run(self, entries: Iterable[Entry], after: int = 0, head: Head = START, epoch: int = 1) -> list[LogEntry]:
        """These entries in their place, with a chain that fits."""
        made = []
        for seq, entry in enumerate(entries, after + 1):
            head = next_head(head, ROOM, epoch, seq, _NOW, entry)
            made.append(LogEntry(entry, epoch, seq, _NOW, head))
        return made

    def entries(self, count: int) -> frames.Entries:
        return runs.pack(self.run(self.entry(f"boo {n}") for n in range(count)))

    # --- being there
    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        task = asyncio.current_task()
        assert task is not None
        self._visitors.add(task)
        guest = Guest(self, reader, writer)
        try:
            if self._polite:
                await guest.let_in()
            await self._script(guest)
            self.heard += await guest.rest()
        except OSError:  # it hung up
            pass
        finally:
            writer.transport.abort()
            self._visitors.discard(task)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[EvilHost]:
        server = await asyncio.start_server(self._visit, "127.0.0.1", 0, ssl=host_context(self.me))
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for visitor in list(self._visitors):
                visitor.cancel()
            await asyncio.gather(*self._visitors, return_exceptions=True)
            await server.wait_closed()
            await asyncio.sleep(0)
