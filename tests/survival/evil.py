"""A host without manners: real TLS, a real handshake, and then whatever a test likes to send."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TypeVar

import msgspec

from lanchat.core import encoded_log, frames, limits
from lanchat.core.content import Text, encode
from lanchat.core.frames import Frame, FromClient, Splitter
from lanchat.core.model import START, Card, Entry, Head, LogEntry, MemberKey, RoomId, next_head
from lanchat.trust.handshake import HostHandshake, HostPolicy
from lanchat.trust.identity import certificate_fingerprint, host_context
from lanchat.trust.signing import make_card, make_entry
from tests.identities import new_identity

T = TypeVar("T")

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
        self.key = MemberKey(b"")  #: the client's, once it is in

    def send(self, *what: Frame) -> None:
        self.send_bytes(b"".join(map(frames.encode, what)))

    def send_bytes(self, data: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(data)

    async def drain(self) -> None:
        """Until most of it has left. Raises OSError when it hung up."""
        await self._writer.drain()
        await asyncio.sleep(0)

    def abort(self) -> None:
        self._writer.transport.abort()

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
        """Through the handshake, as anybody honest."""
        shake = HostHandshake(self.host.door)
        self.send(shake.hello())
        while shake.entered is None:
            self.send(*shake.received(await self.next()))
        self.key = MemberKey(shake.entered[0].key)

    async def welcome(self, last: int = 0, base: int = 0, base_head: Head = START) -> None:
        """Let it in, and answer its `resume` as a newcomer's: of `last` entries it gets those after `base`."""
        await self.let_in()
        await self.until(frames.Resume)
        self.send(frames.Welcome(1, base, base_head, last, limits.Limits(), self.host.card))

    async def until(self, kind: type[T]) -> T:
        """The next frame of this kind; others are passed over."""
        while not isinstance(frame := await self.next(), kind):
            pass
        return frame

    async def rest(self) -> list[FromClient]:
        """Everything it still says, until it hangs up."""
        heard = []
        with contextlib.suppress(ConnectionError):
            while True:
                heard.append(await self.next())
        return heard


Script = Callable[[Guest], Awaitable[None]]


class EvilHost:
    """Does the same to everybody who comes, and then listens until they hang up."""

    def __init__(self, script: Script) -> None:
        self.me = new_identity()
        self.card: Card = make_card(self.me, "Eve", 1)
        self.door = HostPolicy(ROOM, "Evil", certificate_fingerprint(self.me.certificate), None, _anybody, _nobody)
        self.visits: list[float] = []  #: when somebody came
        self.heard: list[FromClient] = []
        self.port = 0
        self._script = script
        self._guests: dict[asyncio.Task[None], Guest] = {}
        self._counter = 0

    # --- what it has to tell
    def entry(self, text: str = "boo", counter: int | None = None) -> Entry:
        """The next of its own, signed."""
        self._counter = self._counter + 1 if counter is None else counter
        return make_entry(self.me, ROOM, self._counter, encode(Text(text)), _NOW)

    def entry_with_id(self, entry_id: bytes) -> Entry:
        """One that is signed as well, under an id of one's choice."""
        unsigned = msgspec.structs.replace(self.entry(), entry_id=entry_id)
        return msgspec.structs.replace(unsigned, signature=self.me.sign(unsigned.signed_digest(ROOM)))

    def run(self, entries: Iterable[Entry], after: int = 0, head: Head = START, epoch: int = 1) -> list[LogEntry]:
        """These entries in their place, with a chain that fits."""
        made = []
        for seq, entry in enumerate(entries, after + 1):
            head = next_head(head, ROOM, epoch, seq, _NOW, entry)
            made.append(LogEntry(entry, epoch, seq, _NOW, head))
        return made

    def entries(self, count: int) -> frames.Entries:
        return encoded_log.pack(self.run(self.entry(f"boo {n}") for n in range(count)))

    # --- being there
    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits.append(time.monotonic())
        guest = Guest(self, reader, writer)
        visit = asyncio.current_task()
        assert visit is not None
        self._guests[visit] = guest
        try:
            await self._script(guest)
            self.heard += await guest.rest()
        except (OSError, asyncio.CancelledError):
            pass  # it hung up, or came when the test was over
        finally:
            guest.abort()
            del self._guests[visit]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[EvilHost]:
        server = await asyncio.start_server(self._visit, "127.0.0.1", 0, ssl=host_context(self.me))
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for guest in self._guests.values():
                guest.abort()
            await asyncio.gather(*self._guests)


def _anybody(key: MemberKey) -> bool:
    return True


def _nobody(key: MemberKey) -> bool:
    return False
