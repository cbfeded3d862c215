"""GuestLink: the Link to one guest, in the sealed messages of a WebSocket. On the Engine's loop.

What is to be sent waits here until the WebSocket takes it; that is how a guest that does not read is noticed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from websockets.asyncio.connection import Connection as WebSocket
from websockets.exceptions import ConnectionClosed

from lanchat.core import limits
from lanchat.core.codes import CloseCode
from lanchat.core.frames import Misbehaved, Splitter
from lanchat.network.connection import GOODBYE_SECONDS
from lanchat.network.link import WRITE_HIGH_WATER, Link, Receiver
from lanchat.trust.guest_channel import ChannelBroken, SealedChannel

log = logging.getLogger(__name__)


class GuestLink(Link):
    def __init__(self, socket: WebSocket, channel: SealedChannel) -> None:
        """`channel`: its handshake is over."""
        self._socket = socket
        self._channel = channel
        self._splitter = Splitter(limits.FRAME)
        self._receiver: Receiver | None = None
        self._reading = asyncio.Event()  # whether to read on
        self._waiting: deque[bytes] = deque()
        self._held = 0  # bytes of them, and of what the WebSocket is taking
        self._wake = asyncio.Event()  # there is something to send, or the end
        self._over: str | None = None
        self._cut_off: asyncio.TimerHandle | None = None  # of a guest that does not take what was sent last
        self.misbehaved = False
        self.writing_paused = False
        self._writer = asyncio.get_running_loop().create_task(self._write())

    async def read(self) -> None:
        """Give the receiver what the guest sends, until one side ends it."""
        try:
            while self._over is None:
                await self._reading.wait()
                message = await self._socket.recv(decode=False)
                for body in self._splitter.feed(self._channel.open(message)):
                    if self._receiver is not None:  # what was given before may have ended this
                        self._receiver.received(body)
        except (Misbehaved, ChannelBroken) as fault:
            log.debug("a guest's connection is closed: %s", fault)
            self.misbehaved = True
            self.refuse(CloseCode.FRAME, reason=str(fault))
        except ConnectionClosed:
            self._end("the guest closed the connection")
        await self.wait_closed()

    async def _write(self) -> None:
        """Seal and send what waits: much of it in one message, since each costs the phone a wake-up."""
        try:
            while self._waiting or self._over is None:
                if not self._waiting:
                    self._wake.clear()
                    await self._wake.wait()
                    continue
                piece = self._next_piece()
                async with asyncio.timeout(limits.STALLED_SECONDS):
                    await self._socket.send(self._channel.seal(piece))
                self._held -= len(piece)
                self._tell_writable()
            async with asyncio.timeout(limits.STALLED_SECONDS):
                await self._socket.close()
        except TimeoutError:
            self.abort("it stopped reading")
        except ConnectionClosed:
            self._end("the guest closed the connection")

    def _next_piece(self) -> bytes:
        piece = bytearray()
        while self._waiting and len(piece) < limits.GUEST_PIECE_BYTES:
            room = limits.GUEST_PIECE_BYTES - len(piece)
            data = self._waiting.popleft()
            piece += data[:room]
            if len(data) > room:
                self._waiting.appendleft(data[room:])
        return bytes(piece)

    def _tell_writable(self) -> None:
        """As a socket's buffer does: what waits is written down to a quarter before more is asked for."""
        if self.writing_paused and self._held <= WRITE_HIGH_WATER // 4:
            self.writing_paused = False
            if self._receiver is not None:
                self._receiver.writable()

    # --- what its owner calls
    @property
    def over(self) -> bool:
        return self._over is not None

    @property
    def peer_address(self) -> str:
        return str(self._socket.remote_address[0])

    def push_to(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._reading.set()
        if self._over is not None:  # it was over before
            self._receiver = None
            receiver.lost(self._over)

    def watch(self) -> None:
        """A guest that stops reading is always cut off; one that is silent is the Host's to notice."""

    def send(self, data: bytes) -> None:
        if self._over is not None:
            return
        if self._held > limits.STALLED_BYTES:
            self.abort("it stopped reading")
            return
        self._waiting.append(data)
        self._held += len(data)
        self.writing_paused = self.writing_paused or self._held > WRITE_HIGH_WATER
        self._wake.set()

    def read_on(self, on: bool) -> None:
        if on:
            self._reading.set()
        else:
            self._reading.clear()

    def close(self, reason: str = "") -> None:
        if self._over is None:
            self._cut_off = asyncio.get_running_loop().call_later(GOODBYE_SECONDS, self._socket.transport.abort)
        self._end(reason or "closed")

    def abort(self, reason: str) -> None:
        self._waiting.clear()
        self._socket.transport.abort()
        self._end(reason)

    async def wait_closed(self) -> None:
        await asyncio.wait([self._writer])
        if self._cut_off is not None:
            self._cut_off.cancel()

    def _end(self, reason: str) -> None:
        if self._over is not None:
            return
        self._over = reason
        self._wake.set()
        self._reading.set()
        if self._receiver is not None:
            receiver, self._receiver = self._receiver, None
            receiver.lost(reason)
