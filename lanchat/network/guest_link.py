"""GuestLink: the Link to one guest, in the sealed messages of a WebSocket. On the Engine's loop.

What is to be sent waits here until the WebSocket takes it; that is how a guest that does not read is noticed. Pieces of
files go when nothing else waits.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Protocol

from websockets.asyncio.connection import Connection as WebSocket
from websockets.exceptions import ConnectionClosed

from lanchat.core import limits
from lanchat.core.codes import CloseCode
from lanchat.core.frames import Misbehaved, Splitter
from lanchat.core.guest_file_frames import FromGuestsFiles, decode_file_frame
from lanchat.network.connection import GOODBYE_SECONDS
from lanchat.network.link import WRITE_HIGH_WATER, Link, Receiver
from lanchat.trust.guest_channel import ChannelBroken, SealedChannel

log = logging.getLogger(__name__)


class FileFrames(Protocol):
    """Who gets what a guest says of the bytes of files."""

    def received(self, frame: FromGuestsFiles) -> None:
        """Raises Misbehaved for the guest's fault."""

    def lost(self) -> None:
        """The Link is over."""

    async def wait_closed(self) -> None:
        """Until nothing goes on, after `lost`."""


class GuestLink(Link):
    def __init__(self, socket: WebSocket, channel: SealedChannel) -> None:
        """`channel`: its handshake is over."""
        self._socket = socket
        self._channel = channel
        self._splitter = Splitter(limits.FRAME)
        self._receiver: Receiver | None = None
        self._files: FileFrames | None = None
        self._piece = b""  # of a file, to be sent when nothing else waits
        self._piece_went = asyncio.Event()
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
                        self._give(body, self._receiver)
        except (Misbehaved, ChannelBroken) as fault:
            log.debug("a guest's connection is closed: %s", fault)
            self.misbehaved = True
            self.refuse(CloseCode.FRAME, reason=str(fault))
        except ConnectionClosed:
            self._end("the guest closed the connection")
        await self.wait_closed()

    def _give(self, body: bytes, receiver: Receiver) -> None:
        """Raises Misbehaved."""
        frame = decode_file_frame(body) if self._files is not None else None
        if self._files is not None and frame is not None:
            self._files.received(frame)
        else:
            receiver.received(body)

    async def _write(self) -> None:
        """Seal and send what waits: much of it in one message, since each costs the phone a wake-up."""
        try:
            while self._waiting or self._over is None:
                if not self._waiting and not self._piece:
                    self._wake.clear()
                    await self._wake.wait()
                    continue
                talk = self._next_of_talk()
                async with asyncio.timeout(limits.STALLED_SECONDS):
                    await self._socket.send(self._channel.seal(talk or self._next_of_file()))
                self._held -= len(talk)
                self._tell_writable()
            async with asyncio.timeout(limits.STALLED_SECONDS):
                await self._socket.close()
        except TimeoutError:
            self.abort("it stopped reading")
        except ConnectionClosed:
            self._end("the guest closed the connection")

    def _next_of_talk(self) -> bytes:
        box = bytearray()
        while self._waiting and len(box) < limits.GUEST_BOX_BYTES:
            left = limits.GUEST_BOX_BYTES - len(box)
            data = self._waiting.popleft()
            box += data[:left]
            if len(data) > left:
                self._waiting.appendleft(data[left:])
        return bytes(box)

    def _next_of_file(self) -> bytes:
        """A whole frame, as no other is cut here: nothing waits."""
        piece, self._piece = self._piece, b""
        self._piece_went.set()
        return piece

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

    def carry_files(self, files: FileFrames) -> None:
        """From now on frames about the bytes of files go there."""
        self._files = files

    async def send_piece(self, frame: bytes) -> None:
        """Write a frame of `limits.GUEST_BOX_BYTES` at most once nothing else waits, one after the other.

        Does nothing on a Link that is over.
        """
        if self._over is None:
            self._piece = frame
            self._piece_went.clear()
            self._wake.set()
            await self._piece_went.wait()

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
        if self._files is not None:
            await self._files.wait_closed()

    def _end(self, reason: str) -> None:
        if self._over is not None:
            return
        self._over = reason
        self._piece = b""
        self._piece_went.set()
        if self._files is not None:
            self._files.lost()
        self._wake.set()
        self._reading.set()
        if self._receiver is not None:
            receiver, self._receiver = self._receiver, None
            receiver.lost(reason)
