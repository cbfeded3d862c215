"""Which protocol a new TLS connection wants, before anybody takes it over: its ClientHello is looked at, not read.

The Listener gives connections for files to threads with blocking TLS and all others to asyncio; after TLS has begun
that is too late. The agreed protocol is checked again there. The ClientHello: RFC 8446, section 4.1.2; ALPN: RFC 7301.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import suppress
from typing import Final

_HANDSHAKE, _CLIENT_HELLO, _ALPN = 22, 1, 16  # a TLS record's type, a handshake message's, an extension's
_HEADER = 5  # bytes of a record before its content
_RECORD_MOST = 16 * 1024

# Between two looks at a ClientHello of which a part is here: the socket stays readable, so nothing wakes us for more.
_LOOK_FIRST_SECONDS: Final = 0.01
_LOOK_MOST_SECONDS: Final = 0.2


class _Cursor:
    """Reads what TLS writes as vectors: a length and so many bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def take(self, count: int) -> bytes:
        """Raises ValueError where there is less."""
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise ValueError("shorter than it says")
        self._at += count
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> bytes:
        return self.take(self.number(size))


def is_whole(data: bytes) -> bool:
    """Whether all of the first record is here, or it is no record of a handshake: more would not help."""
    if data and data[0] != _HANDSHAKE:
        return True
    return len(data) >= _HEADER and len(data) >= _HEADER + min(int.from_bytes(data[3:5], "big"), _RECORD_MOST)


def protocols(data: bytes) -> tuple[bytes, ...]:
    """The protocols (ALPN) that a ClientHello offers; none where it is none, or is cut into several records."""
    with suppress(ValueError):
        record = _Cursor(data)
        if record.number(1) != _HANDSHAKE:
            return ()
        record.take(2)
        message = _Cursor(record.vector(2))
        if message.number(1) != _CLIENT_HELLO:
            return ()
        hello = _Cursor(message.vector(3))
        hello.take(2 + 32)  # version, random
        hello.vector(1)  # session
        hello.vector(2)  # ciphers
        hello.vector(1)  # compressions
        extensions = _Cursor(hello.vector(2))
        while extensions:
            kind, content = extensions.number(2), extensions.vector(2)
            if kind == _ALPN:
                names, found = _Cursor(_Cursor(content).vector(2)), []
                while names:
                    found.append(names.vector(1))
                return tuple(found)
    return ()


async def wants_protocol(client: socket.socket, name: str, seconds: float) -> bool:
    """Whether a connection that was just accepted offers this protocol. Nothing is taken out of the socket.

    Raises TimeoutError when its ClientHello is not here after `seconds`, OSError.
    """
    async with asyncio.timeout(seconds):
        await _readable(client)
        pause = _LOOK_FIRST_SECONDS
        while True:
            data = b""
            with suppress(BlockingIOError):
                data = client.recv(_HEADER + _RECORD_MOST, socket.MSG_PEEK)
                if not data:  # it closed
                    return False
            if is_whole(data):
                return name.encode() in protocols(data)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LOOK_MOST_SECONDS)


async def _readable(client: socket.socket) -> None:
    """Wait until the first bytes are here."""
    loop = asyncio.get_running_loop()
    if sys.platform == "win32" and isinstance(loop, asyncio.ProactorEventLoop):
        await loop.sock_recv(client, 0)  # ends when something is here, and takes nothing
        return
    ready = asyncio.Event()
    loop.add_reader(client, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(client)
