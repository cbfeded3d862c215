"""FileConnection: blocking TLS for files, whole frames and raw bytes, used by one thread; any other may stop it.

asyncio's TLS moves a third of this. The socket is read and written in large pieces, beside OpenSSL: `ssl.SSLSocket`
would ask the system for each record of 16 KiB, and sends plain text after `shutdown`.

Each wait here has an end: a peer that sends or reads nothing for IDLE_SECONDS, or takes longer than PIECE_SECONDS for
one piece, is given up.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from contextlib import suppress
from typing import Final

from lanchat.core import frames, limits
from lanchat.core.file_frames import FILE_ALPN, FILE_FRAME
from lanchat.core.file_manifest import CHUNK
from lanchat.core.frames import BadFrame, Frame, Ping
from lanchat.network.connection import ConnectionGone
from lanchat.network.transfer_rate import TransferRate

IDLE_SECONDS: Final = 20.0  #: without a byte
PIECE_SECONDS: Final = 60.0  #: for a chunk: 4 KiB a second
PING_SECONDS: Final = 5.0  #: between two pings of who has to wait
SLOW: Final = 64 * 1024  #: bytes a second: a peer that takes or gives less goes first where others wait
SLOW_SECONDS: Final = 8.0  #: so long it may make us wait before it counts as slow

_LOOK_SECONDS = 1.0  # so often is looked whether it was stopped, where that does not wake the thread
_GOODBYE_SECONDS = 1.0
_LANDING_BYTES = 128 * 1024


class FileConnection:
    """One side. Every method but `stop` is for the thread that owns it, and raises OSError: ConnectionGone when the
    peer is gone, stalls, or this side was stopped."""

    def __init__(self, tcp: socket.socket, seconds: float = limits.HANDSHAKE_SECONDS) -> None:
        """Owns the socket from now on. `seconds`: for TLS, and for each frame until `admitted`."""
        self.stopped = threading.Event()
        self._socket = tcp
        self._lock = threading.Lock()  # closing against stopping: a closed descriptor's number may be another's
        self._closed = False
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls: ssl.SSLObject | None = None
        self._landing = memoryview(bytearray(_LANDING_BYTES))
        self._idle = self._piece = seconds
        self._until = 0.0  # when what is read or sent now must be over
        self._patience = SLOW_SECONDS  # how long the peer may make us wait; what it moves gives it more
        self._waits_since: float | None = None  # for the peer

    def start_tls(self, context: ssl.SSLContext, *, server: bool) -> bytes:
        """TLS, with the right protocol; the peer's certificate (DER), of which a client has none."""
        with suppress(OSError):  # it may be closed by now
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(_LOOK_SECONDS)
        tls = self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=server)
        self._begin_piece()
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._flush()
                self._fill()
            except ssl.SSLError:
                with suppress(OSError):
                    self._flush()  # why
                raise
        self._flush()
        if tls.selected_alpn_protocol() != FILE_ALPN:
            raise ConnectionGone("another protocol")
        return tls.getpeercert(True) or b""

    def admitted(self) -> None:
        """The handshake of members is over: the patience of transfers from now on."""
        self._idle, self._piece, self._patience = IDLE_SECONDS, PIECE_SECONDS, SLOW_SECONDS

    def wait_turn(self, rate: TransferRate, size: int) -> bool:
        """Until `size` bytes may go; whether they were counted. The peer is told meanwhile that we have to wait."""
        return rate.wait(size, self.stopped, lambda: self.send_frame(Ping()), PING_SECONDS)

    def read_into(self, view: memoryview) -> None:
        """Fill `view`, a CHUNK at most."""
        self._begin_piece()
        self._read(view)

    def read_body(self, limit: int = FILE_FRAME) -> bytes:
        """One frame's body. Raises BadFrame for one that is too long."""
        self._begin_piece()
        head = bytearray(4)
        self._read(memoryview(head))
        (length,) = struct.unpack(">I", head)
        if not 1 <= length <= limit:
            raise BadFrame(f"frame of {length} bytes, {limit} at most")
        body = bytearray(length)
        self._read(memoryview(body))
        return bytes(body)

    def send_frame(self, frame: Frame) -> None:
        self.send(frames.encode(frame))

    def send(self, data: bytes | memoryview) -> None:
        """All of it, each CHUNK in its time."""
        assert self._tls is not None
        view = memoryview(data)
        for start in range(0, len(view), CHUNK):
            self._begin_piece()
            left = view[start : start + CHUNK]
            while left:
                left = left[self._tls.write(left) :]
            self._flush()

    def is_slow(self, now: float) -> bool:
        """Any thread: whether the peer makes us wait, and moves next to nothing. What we wait for ourselves, as for a
        disk or a turn, is not its fault."""
        since = self._waits_since
        return self._patience < (now - since if since is not None else 0.0)

    def stop(self) -> None:
        """Any thread: what waits on this connection ends at once."""
        self.stopped.set()
        with self._lock:
            if not self._closed:
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def close(self, *, politely: bool = False) -> None:
        """The last call. `politely`: what was sent last must arrive: TCP throws it away where something unread is."""
        if politely and not self.stopped.is_set():
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)
                self._socket.settimeout(_GOODBYE_SECONDS)
                until = time.monotonic() + _GOODBYE_SECONDS
                while self._socket.recv_into(self._landing) and time.monotonic() < until:
                    pass
        with self._lock:
            self._closed = True
            self._socket.close()

    # --- within ------------------------------------------------------------------------------------------------------
    def _begin_piece(self) -> None:
        self._until = time.monotonic() + self._piece

    def _read(self, view: memoryview) -> None:
        assert self._tls is not None
        while view:
            try:
                count: int = self._tls.read(len(view), view)  # type: ignore[assignment]  # with a buffer it is a number
            except ssl.SSLWantReadError:
                if self._outgoing.pending:  # as to a change of keys
                    self._flush()
                self._fill()
            else:
                if not count:
                    raise ConnectionGone("the other side closed the connection")
                view = view[count:]

    def _fill(self) -> None:
        """Read what there is, at least one byte."""
        began = self._waits_since = time.monotonic()
        while True:
            try:
                count = self._socket.recv_into(self._landing)
            except TimeoutError:
                self._check(began)
            else:
                break
        self._moved(count)
        if not count:
            raise ConnectionGone("the other side closed the connection")
        self._incoming.write(self._landing[:count])
        self._check(time.monotonic())

    def _flush(self) -> None:
        """Send what TLS has made."""
        left = memoryview(self._outgoing.read())
        while left:
            sent_at = self._waits_since = time.monotonic()
            while True:
                try:
                    count = self._socket.send(left)
                except TimeoutError:
                    self._check(sent_at)
                else:
                    break
            left = left[count:]
            self._moved(count)
            if left:
                self._check(time.monotonic())

    def _moved(self, count: int) -> None:
        """So many bytes, for which we waited until now."""
        assert self._waits_since is not None
        waited = time.monotonic() - self._waits_since
        self._waits_since = None
        self._patience = min(SLOW_SECONDS, max(0.0, self._patience - waited) + count / SLOW)

    def _check(self, moved_at: float) -> None:
        """Whether to wait any longer; `moved_at`: when the last byte came or went."""
        if self.stopped.is_set():
            raise ConnectionGone("stopped")
        if time.monotonic() > min(moved_at + self._idle, self._until):
            raise ConnectionGone("the other side stalls")
