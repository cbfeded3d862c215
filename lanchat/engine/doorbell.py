"""Doorbell: hears from another start of lanchat on the same data folder. On the Engine's asyncio loop.

It listens on this machine only. Every program here can reach it, so nobody is believed who does not know the Bell's
word, and who says nothing or nonsense costs little and not for long.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from lanchat.core.address import LinkTarget, NotAnAddress, parse_where
from lanchat.engine import single_instance
from lanchat.engine.single_instance import Bell
from lanchat.storage.errors import StorageProblem

_CALL_BYTES = 2_048  # a word and a wish; the longest link has some 400, the longest title 1,000
_SECONDS = 1.0  # as long as who rings waits for the answer
_CALLERS = 8  # at once: a person clicks once or twice


@asynccontextmanager
async def doorbell(folder: Path, rung: Callable[[str], None]) -> AsyncIterator[None]:
    """Hangs there inside. `rung` gets what is to be shown: a link to a room, `join ROOM`, `host TITLE`, or "".

    Raises OSError when there is nothing to listen on, and StorageProblem.
    """
    door = _DoorbellServer(rung)
    server = await asyncio.get_running_loop().create_server(lambda: _Caller(door), "127.0.0.1", 0)
    try:
        door.bell = single_instance.hang(folder, server.sockets[0].getsockname()[1])
        yield
    finally:
        with suppress(StorageProblem):  # what is left there misleads nobody
            single_instance.take_down(folder)
        server.close()
        door.closed = True
        for caller in door.callers:
            caller.send_away()
        with suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS):
                await server.wait_closed()  # from Python 3.12 on also for a caller that was just being accepted
        await asyncio.sleep(0)  # in which they go


class _DoorbellServer:
    def __init__(self, rung: Callable[[str], None]) -> None:
        self.rung = rung
        self.bell: Bell | None = None  # until it hangs, nobody can know its word
        self.callers: set[_Caller] = set()
        self.closed = False


class _Caller(asyncio.Protocol):
    """Somebody who connected. They say one line, and hear one when that is right."""

    def __init__(self, door: _DoorbellServer) -> None:
        self._door = door
        self._said = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._patience = asyncio.get_running_loop().call_later(_SECONDS, self.send_away)
        self._door.callers.add(self)
        if self._door.closed or len(self._door.callers) > _CALLERS:
            self.send_away()

    def data_received(self, data: bytes) -> None:
        self._said += data
        line, end, _rest = self._said.partition(b"\n")
        if len(self._said) > _CALL_BYTES:
            self.send_away()
        elif end:
            self._called(*line.split(b" ", 1))
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._patience.cancel()
        self._door.callers.discard(self)

    def send_away(self) -> None:
        self._transport.abort()

    def _called(self, word: bytes, wish: bytes = b"") -> None:
        hung = self._door.bell
        if hung is not None and hmac.compare_digest(word, hung.call.encode()):
            self._door.rung(_wish(wish.decode(errors="replace")))
            self._transport.write(hung.answer.encode() + b"\n")


def _wish(text: str) -> str:
    """`text` if it is a link to a room or names one, else ""."""
    if text.startswith(("join ", "host ")):
        return text
    try:
        return text if isinstance(parse_where(text), LinkTarget) else ""
    except NotAnAddress:
        return ""
