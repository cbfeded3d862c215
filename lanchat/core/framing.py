"""Framing: how a stream of bytes is cut into the bodies of frames; and the errors of who sends what is none.

Each body comes after its length, 4 bytes, big-endian. What the bodies say is in `core.frames`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec


class Frame(msgspec.Struct, frozen=True, tag_field="t", tag=str.lower):
    """One message of the protocol; its kinds are in `core.frames`."""


class Misbehaved(ValueError):
    """The other side broke the protocol, which no honest program does: its Connection is to be closed.

    The text is for this side's log, and never quotes what was sent.
    """


class BadFrame(Misbehaved):
    """The other side sent bytes that are no frame of this protocol."""


class Splitter:
    """Cuts a stream of bytes into frame bodies. `limit` may be raised once the other side is a member."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._buffer = bytearray()

    def __len__(self) -> int:
        """Bytes of an unfinished frame; 0 between frames."""
        return len(self._buffer)

    def feed(self, data: bytes | memoryview) -> Iterator[bytes]:
        """The bodies that `data` completes. Raises BadFrame as soon as a length is out of bounds."""
        self._buffer += data
        start = 0
        try:
            while len(self._buffer) - start >= 4:
                (length,) = struct.unpack_from(">I", self._buffer, start)
                if not 1 <= length <= self.limit:
                    raise BadFrame(f"frame of {length} bytes, {self.limit} at most")
                if len(self._buffer) - start < 4 + length:
                    return
                body = bytes(self._buffer[start + 4 : start + 4 + length])
                start += 4 + length
                yield body
        finally:
            del self._buffer[:start]
