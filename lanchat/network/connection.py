"""Connection: one TLS connection, either side, as whole frame bodies in and bytes out. The Link between machines.

Lives on the Engine's asyncio loop. During the handshake bodies are awaited one by one (`next_body`); afterwards they
are pushed to a `Receiver` (`push_to`), which costs no task per member.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from asyncio import sslproto
from collections import deque

from lanchat.core import limits
from lanchat.core.address import address_of_socket
from lanchat.core.codes import CloseCode
from lanchat.core.frames import Misbehaved, Splitter
from lanchat.network.link import WRITE_HIGH_WATER, Link, Receiver

log = logging.getLogger(__name__)

# What a TLS connection of asyncio sets aside for each read. Its 256 KiB would make a room of 1,000 cost 300 MB; two TLS
# records do. All TLS connections of this program are lanchat's own, so the class attribute may be changed.
sslproto.SSLProtocol.max_size = 32 * 1024

#: How long a closing connection may take to send what waits, and the peer to answer with close_notify.
GOODBYE_SECONDS = 1.0

#: A handshake takes three frames from a client, four from a host; others may be of a kind that is not known yet.
_FRAMES_GETTING_IN = 16

_WATCH_SECONDS = 1.0  # between two looks at a peer that stalls or is slow with a frame


class _Landing(threading.local):
    """The buffer that TLS plaintext is read into. It is emptied before the loop reads anything else, so all connections
    of a loop share one: a buffer for each would be large. Loops on other threads read at the same time."""

    def __init__(self) -> None:
        self.place = memoryview(bytearray(limits.FRAME))


_landing = _Landing()


class ConnectionGone(ConnectionError):
    """The other side is no longer there."""


class Connection(Link, asyncio.BufferedProtocol):
    def __init__(self, frame_limit: int = limits.FRAME_BEFORE_MEMBER) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._splitter = Splitter(frame_limit)
        self._landing = _landing.place
        self._bodies: deque[bytes] = deque()
        self._came = 0  # bodies, before there was a Receiver
        self._wake = asyncio.Event()  # set when a body came, or the end
        self._receiver: Receiver | None = None
        self._over: str | None = None
        self._closed = self._loop.create_future()
        self._cut_off: asyncio.TimerHandle | None = None
        self.misbehaved = False
        self.writing_paused = False
        self._paused_at = 0.0
        self._watched = False
        self._watch: asyncio.TimerHandle | None = None  # only while there is something to wait for
        self.frame_began_at: float | None = None  #: when the first byte of an unfinished frame came

    # --- what the loop calls
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._over is not None:  # given up while TLS began: nobody else would close it
            transport.abort()
            return
        transport.set_write_buffer_limits(high=WRITE_HIGH_WATER)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._landing

    def buffer_updated(self, nbytes: int) -> None:
        if self._over is not None:
            return
        now = self._loop.time()
        try:
            for body in self._splitter.feed(self._landing[:nbytes]):
                self.frame_began_at = None  # of what follows, the first byte came just now
                if self._over is not None:
                    return
                if self._receiver is None:
                    self._wait(body)
                else:
                    self._receiver.received(body)
        except Misbehaved as fault:
            self.throw_out(fault)
        if len(self._splitter):
            self.frame_began_at = self.frame_began_at or now
            self._start_watch()
        else:
            self.frame_began_at = None

    def pause_writing(self) -> None:
        self.writing_paused = True
        self._paused_at = self._loop.time()
        self._start_watch()

    def resume_writing(self) -> None:
        self.writing_paused = False
        if self._receiver is not None and self._over is None:
            self._receiver.writable()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._end("the connection broke" if exc else "the other side closed the connection")
        if self._cut_off is not None:
            self._cut_off.cancel()
        if not self._closed.done():
            self._closed.set_result(None)

    # --- what its owner calls
    @property
    def over(self) -> bool:
        return self._over is not None

    @property
    def peer_certificate(self) -> bytes:
        """The other side's certificate, DER. Only a client has one to look at."""
        return self._tls().getpeercert(True) or b""

    @property
    def speaks_lanchat(self) -> bool:
        """Whether TLS agreed on our ALPN protocol. CPython lets a mismatch through, so it is checked here."""
        return self._over is None and self._tls().selected_alpn_protocol() == limits.ALPN

    @property
    def peer_address(self) -> str:
        assert self._transport is not None
        peer = self._transport.get_extra_info("peername")
        return address_of_socket(peer) if peer else ""

    def _tls(self) -> ssl.SSLObject:
        assert self._transport is not None
        tls = self._transport.get_extra_info("ssl_object")
        assert isinstance(tls, ssl.SSLObject)
        return tls

    async def next_body(self, seconds: float) -> bytes:
        """The next frame body. Raises ConnectionGone, and TimeoutError when the other side says nothing for so long."""
        async with asyncio.timeout(seconds):
            while not self._bodies:
                if self._over is not None:
                    raise ConnectionGone(self._over)
                self._wake.clear()
                await self._wake.wait()
        return self._bodies.popleft()

    def push_to(self, receiver: Receiver) -> None:
        """See Link. From now on a frame may be as long as one of a member."""
        self._splitter.limit = limits.FRAME
        self._receiver = receiver
        try:
            while self._bodies and self._over is None:
                receiver.received(self._bodies.popleft())
        except Misbehaved as fault:
            self.throw_out(fault)
        if self._over is not None and self._receiver is not None:  # it was over before
            self._receiver = None
            receiver.lost(self._over)

    def send(self, data: bytes) -> None:
        """See Link. Nothing is written on a Connection that is over, as asyncio logs a line for each such write.

        An other side that keeps asking and reads no answer is cut off: its answers must not fill our memory.
        """
        if self._over is not None or self._transport is None or self._transport.is_closing():
            return
        if self.writing_paused and self._transport.get_write_buffer_size() > limits.STALLED_BYTES:
            self.abort("it stopped reading")
        else:
            self._transport.write(data)

    def throw_out(self, fault: Misbehaved) -> None:
        """Close because of the other side's fault."""
        self.misbehaved = True
        log.debug("a connection is closed: %s", fault)
        self.refuse(CloseCode.FRAME, reason=str(fault))

    def close(self, reason: str = "") -> None:
        if self._transport is not None and self._cut_off is None and not self._closed.done():
            if not self._transport.is_closing():
                self._transport.close()
            # asyncio waits forever for a peer that sent close_notify and reads no more, whichever side began to close
            self._cut_off = self._loop.call_later(GOODBYE_SECONDS, self._transport.abort)
        self._end(reason or "closed")

    def abort(self, reason: str) -> None:
        if self._transport is not None:
            self._transport.abort()
        self._end(reason)

    def read_on(self, on: bool) -> None:
        if self._over is None and self._transport is not None and on != self._transport.is_reading():
            if on:
                self._transport.resume_reading()
            else:
                self._transport.pause_reading()

    def watch(self) -> None:
        self._watched = True
        self._start_watch()

    def _start_watch(self) -> None:
        waits = self.writing_paused or self.frame_began_at is not None
        if waits and self._watched and self._watch is None and self._over is None:
            self._watch = self._loop.call_later(_WATCH_SECONDS, self._look, self._loop.time())

    def _look(self, looked_at: float) -> None:
        """Whether the other side stopped reading, or is slow with a frame. `looked_at`: when that was asked before."""
        self._watch = None
        now = self._loop.time()
        if now - looked_at > limits.IDLE_PING_SECONDS:  # this process was stopped (a laptop slept): not their fault
            self._paused_at = now
            self.frame_began_at = now if self.frame_began_at is not None else None
        elif self.writing_paused and now - self._paused_at > limits.STALLED_SECONDS:
            self.abort("it stopped reading")
        elif self.frame_began_at is not None and now - self.frame_began_at > limits.FRAME_SECONDS:
            self.refuse(CloseCode.SLOW)
        self._start_watch()

    async def wait_closed(self) -> None:
        if self._transport is not None:
            await asyncio.shield(self._closed)

    def _end(self, reason: str) -> None:
        if self._over is not None:
            return
        self._over = reason
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        self._wake.set()
        if self._receiver is not None:
            receiver, self._receiver = self._receiver, None
            receiver.lost(reason)

    def _wait(self, body: bytes) -> None:
        """Keep a body until `next_body`. A peer that is not a member yet must not fill our memory."""
        self._came += 1
        if self._came > _FRAMES_GETTING_IN:
            raise Misbehaved("too many frames before coming in")
        self._bodies.append(body)
        self._wake.set()
