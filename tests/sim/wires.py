"""A connection in memory, as the product's Connection sees it: two transports, and bytes under way between them.

They arrive late, in pieces, or not at all: it can be clogged, cut with a loss of what is under way, or die without
anybody being told.
"""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING, Any

from lanchat.core.codes import CloseCode
from lanchat.core.frames import Misbehaved
from lanchat.network.connection import Connection
from sim.promises import check
from sim.virtual_loop import VirtualLoop

if TYPE_CHECKING:
    from sim.nodes import Node

_HIGH, _LOW = 3_000, 500  # bytes that wait at one end, when it asks for no more and for more
_DELAY = 0.4  # seconds at the most for a piece
_GONE = 3.0  # seconds at the most until a system notices that the other one is not there

#: Why a Connection of honest programs may end.
HONEST = {CloseCode.GONE, CloseCode.SLOW, CloseCode.REPLACED, CloseCode.DISK, CloseCode.BANNED}


class CheckedConnection(Connection):
    """The product's Connection. Everybody here is honest, so it must not find fault with the other side."""

    def refuse(self, code: CloseCode, retry_ms: int = 0, reason: str = "") -> None:
        check(code in HONEST, f"an honest program was sent away: {code} {reason}")
        super().refuse(code, retry_ms, reason)

    def throw_out(self, fault: Misbehaved) -> None:
        check(False, f"an honest program misbehaves: {fault}")


class End(asyncio.Transport):
    """One end of a Wire, with what was written there and has not arrived at the other end."""

    peer: End

    def __init__(self, loop: VirtualLoop, random: Random, protocol: Connection, address: str) -> None:
        super().__init__({"peername": (address, 1)})
        self.loop = loop
        self.random = random
        self.protocol = protocol
        self.waiting = bytearray()
        self.clogged = False  # nothing leaves
        self.frozen = False  # the program here is suspended
        self.lost = False
        self._left: int | None = None  # bytes that still arrive, because the wire is cut behind them
        self._closing = False
        self._paused = False
        self._reading = True
        self._moving = False

    # --- what a Connection calls -------------------------------------------------------------------------------------
    def write(self, data: Any) -> None:
        if self._closing:
            return
        self.waiting += data
        if len(self.waiting) > (0 if self.clogged else _HIGH) and not self._paused:
            self._paused = True
            self.protocol.pause_writing()
        self.move_soon()

    def close(self) -> None:
        self._closing = True
        self.move_soon()

    def abort(self) -> None:
        if self._lose(None) and self._left is None:
            self.loop.call_later(self.loop.delay(_DELAY), self.peer.reset)

    def is_closing(self) -> bool:
        return self._closing

    def is_reading(self) -> bool:
        return self._reading

    def pause_reading(self) -> None:
        self._reading = False

    def resume_reading(self) -> None:
        self._reading = True
        self.peer.move_soon()

    def get_write_buffer_size(self) -> int:
        return len(self.waiting)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """These are smaller, for histories are short."""

    # --- what happens to it ------------------------------------------------------------------------------------------
    def cut(self) -> None:
        """What is past some place does not arrive, and nothing that is written from now on."""
        self._left = self.random.randrange(len(self.waiting) + 1)

    def die(self) -> None:
        """The program here is no more: only a part of what it wrote arrives."""
        if not self.peer.frozen and self._left is None:
            self.peer._arrive(bytes(self.waiting[: self.random.randrange(len(self.waiting) + 1)]))
        self.abort()

    def reset(self) -> None:
        """The system here tells that the wire is broken."""
        self._lose(ConnectionResetError())

    def move_soon(self) -> None:
        if not self._moving and not self.lost and (self.waiting or self._closing):
            self._moving = True
            self.loop.call_later(self.loop.delay(_DELAY), self._move)

    def _move(self) -> None:
        self._moving = False
        peer = self.peer
        if self.lost or self.clogged or self.frozen or peer.frozen or self._left == 0 or not peer._reading:
            return
        size = len(self.waiting) if self.random.random() < 0.7 else self.random.randrange(len(self.waiting) + 1)
        if self._left is not None:
            size = min(size, self._left)
            self._left -= size
        data = bytes(self.waiting[:size])
        del self.waiting[:size]
        peer._arrive(data)
        if self._paused and len(self.waiting) <= _LOW and not self.lost:
            self._paused = False
            self.protocol.resume_writing()
        if self._closing and not self.waiting and self._lose(None):
            peer._ended()
        self.move_soon()

    def _arrive(self, data: bytes) -> None:
        while data and not self._closing:
            view = self.protocol.get_buffer(-1)
            size = min(len(data), len(view))
            view[:size] = data[:size]
            data = data[size:]
            self.protocol.buffer_updated(size)

    def _ended(self) -> None:
        """The other side closed, and is no more."""
        if not self._closing:
            self.protocol.eof_received()
        self._lose(None)

    def _lose(self, error: Exception | None) -> bool:
        """This end is no more. False: it was not before."""
        if self.lost:
            return False
        self.lost = self._closing = True
        self.waiting.clear()
        self.loop.call_soon(self.protocol.connection_lost, error)
        return True


class Wire:
    """Both ends: the host's and the member's."""

    def __init__(
        self, loop: VirtualLoop, random: Random, host: Connection, member: Connection, between: tuple[Node, Node]
    ) -> None:
        """`between`: the host and the member."""
        self.between = between
        self.host = End(loop, random, host, between[1].address)
        self.member = End(loop, random, member, between[0].address)
        self.host.peer, self.member.peer = self.member, self.host
        self.ends = (self.host, self.member)
        for end in self.ends:
            end.protocol.connection_made(end)

    @property
    def over(self) -> bool:
        return self.host.lost and self.member.lost

    def cut(self, silent: bool) -> None:
        """`silent`: nobody is told."""
        for end in self.ends:
            end.cut()
            if not silent:
                end.loop.call_later(end.loop.delay(_GONE), end.reset)

    def go_on(self) -> None:
        """What kept bytes from moving may be over."""
        for end in self.ends:
            end.move_soon()
