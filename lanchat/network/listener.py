"""The listener of one hosted room: from an accepted TCP connection to an admitted member, and the limits on the way.

Its work ends with the handshake: an admitted member's Connection goes to the AdmissionHandler. On the Engine's loop.
Connections for files go to the FileAcceptor even before TLS; the limits here count them, too.

A Listener may change hands: a member's, open before it is needed, becomes that of the room's host, with its port.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from lanchat.core import frames, limits
from lanchat.core.codes import CloseCode
from lanchat.core.file_frames import FILE_ALPN
from lanchat.core.frames import BadFrame
from lanchat.core.model import Card, DeviceId, MemberKey
from lanchat.network.client_hello import wants_protocol
from lanchat.network.connection import GOODBYE_SECONDS, Connection
from lanchat.network.connection_limiter import ConnectionLimiter
from lanchat.trust.handshake import HostHandshake, HostPolicy
from lanchat.trust.join_errors import Refusal
from lanchat.trust.passphrase import PassphraseLimiter, TooManyAttempts

log = logging.getLogger(__name__)

_BACKLOG = 4_096  # many may connect at once: a client that finds no place here retries only a second later
_BUSY_HANDSHAKES = 16  # so many under way delay the next one, by at most _YIELD_SECONDS
_YIELD_SECONDS = 0.02
_RETRY_SECONDS = 1.0  # after the system had no descriptor for another connection


class PortTaken(OSError):
    """Another program listens on the wanted port."""


class AdmissionHandler(Protocol):
    """What the listener needs of the room's host. Called on the loop."""

    def refusal(self) -> Refusal | None:
        """Why nobody may join at the moment; None: they may."""

    def knows(self, key: MemberKey) -> bool:
        """Whether this member joined before, and is no newcomer."""

    def entered(self, connection: Connection, card: Card, device_id: DeviceId) -> None:
        """A member is admitted; the Connection is the handler's from now on."""

    def alarm(self) -> None:
        """There were many wrong passphrases: somebody is guessing."""


class FileAcceptor(Protocol):
    """Who serves connections for files: the room's `file_server.FileServer`."""

    def serve(self, client: socket.socket, address: str, handshaken: Callable[[bool], None]) -> None:
        """Take over the socket. `handshaken` is called once, on any thread, with whether a member connected."""


@dataclass
class _PendingConnection:
    """A connection whose handshake is under way."""

    connection: Connection
    address: str
    known: bool = False  #: the client proved a key that the host knows, or that may keep the room open


@dataclass
class Listener:
    """Listens for one room. Start it with `open`, stop it with `close`, after which no socket and no task is left."""

    handler: AdmissionHandler
    policy: HostPolicy | None  #: None: the handler refuses everybody
    context: ssl.SSLContext
    limiter: ConnectionLimiter
    passphrase_limiter: PassphraseLimiter = field(default_factory=PassphraseLimiter)
    files: FileAcceptor | None = None  #: None: nobody gets files here

    def __post_init__(self) -> None:
        self._sockets: list[_ListeningSocket] = []
        self._accepting: set[asyncio.Task[None]] = set()  # one a socket
        self._handshaking: set[asyncio.Task[None]] = set()  # one a connection
        self.port = 0

    def open(self, ports: Sequence[int]) -> None:
        """Listen on the first of `ports` that is free (0: any). Raises PortTaken, and OSError without any network."""
        for port in ports:
            try:
                self._sockets = _listen_on_both(port)
                break
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise
        else:
            raise PortTaken(errno.EADDRINUSE, f"port {ports[0]} is taken by another program")
        self.port = self._sockets[0].getsockname()[1]
        self._accepting = {asyncio.create_task(self._accept(one)) for one in self._sockets}

    def change_hands(self, handler: AdmissionHandler, policy: HostPolicy, limiter: ConnectionLimiter) -> None:
        """From now on those who connect come to another handler. The one before has let nobody begin a handshake."""
        self.handler, self.policy, self.limiter = handler, policy, limiter

    async def close(self) -> None:
        for listening_socket in self._sockets:
            listening_socket.closing = True
        await _stop(self._accepting)
        await asyncio.sleep(0)  # a connection accepted just now gets its task, which is stopped with the others
        await _stop(self._handshaking)
        for listening_socket in self._sockets:  # only now: a waiting task would wait on the closed descriptor's number
            listening_socket.close()
            if listening_socket.last_accepted is not None:
                listening_socket.last_accepted.close()
        self._sockets.clear()

    async def _accept(self, listening_socket: _ListeningSocket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._yield_to_handshakes()
            try:
                client, address = await loop.sock_accept(listening_socket)
            except ConnectionAbortedError:  # the client left while it waited
                continue
            except OSError as error:  # out of descriptors: go on listening
                log.warning("could not accept a connection: %s", error.strerror)
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            listening_socket.last_accepted = None
            if self.limiter.admit(address[0], loop.time()):
                task = asyncio.create_task(self._serve(client, address[0], self.limiter))
                self._handshaking.add(task)
                task.add_done_callback(self._handshaking.discard)
            else:
                client.close()

    async def _yield_to_handshakes(self) -> None:
        """When many handshakes are under way, let some finish before the next begins: those of a crowd in one turn of
        the loop would delay everybody's messages. At most _YIELD_SECONDS, since pending clients may stay silent."""
        waited = 0.0
        while self.limiter.pending >= _BUSY_HANDSHAKES and waited < _YIELD_SECONDS:
            await asyncio.sleep(_YIELD_SECONDS / 10)
            waited += _YIELD_SECONDS / 10

    async def _serve(self, client: socket.socket, address: str, limiter: ConnectionLimiter) -> None:
        loop, files = asyncio.get_running_loop(), self.files
        connection = Connection()
        pending = _PendingConnection(connection, address)
        handed_over = False
        until = loop.time() + limits.HANDSHAKE_SECONDS
        try:
            if files is not None and await wants_protocol(client, FILE_ALPN, limits.HANDSHAKE_SECONDS):
                handed_over = True
                files.serve(client, address, partial(_release_later, loop, limiter, address))
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await loop.connect_accepted_socket(
                lambda: connection,
                client,
                ssl=self.context,
                ssl_handshake_timeout=max(0.1, until - loop.time()),
                ssl_shutdown_timeout=GOODBYE_SECONDS,
            )
            if connection.speaks_lanchat:
                await self._admit(pending)
            else:
                connection.abort("not lanchat")
            if connection.over:  # refused: it counts as pending until it is closed
                await connection.wait_closed()
        except OSError as error:  # TLS errors and ConnectionGone are OSErrors
            connection.abort(str(error))
            client.close()
        except BaseException:
            connection.abort("stopped")
            client.close()
            raise
        finally:
            if not handed_over:
                limiter.release(address, loop.time(), pending.known)

    async def _admit(self, pending: _PendingConnection) -> None:
        connection = pending.connection
        try:
            async with asyncio.timeout(limits.ENTER_SECONDS):
                if full := self.handler.refusal():
                    raise full
                assert self.policy is not None, "the handler refuses everybody"
                handshake = HostHandshake(self.policy)
                connection.send(frames.encode(handshake.hello()))
                await self._answer_next(pending, handshake)
                if handshake.passphrase_attempt:
                    await self._try_passphrase(pending, handshake)
        except TimeoutError:
            connection.refuse(CloseCode.SLOW)
        except BadFrame as fault:
            connection.throw_out(fault)
        except Refusal as refusal:
            connection.refuse(refusal.code, refusal.frame().retry_ms)
        else:
            assert handshake.entered is not None, "a failed handshake raises"
            self.handler.entered(connection, *handshake.entered)

    async def _answer_next(self, pending: _PendingConnection, handshake: HostHandshake) -> None:
        """Answer the next frame of a known kind. Raises Refusal, for a newcomer from an address over its limit too."""
        connection = pending.connection
        frame = None
        while frame is None:
            frame = frames.decode_from_client(await connection.next_body(limits.ENTER_SECONDS))
        answers = handshake.received(frame)
        pending.known = handshake.key is not None and (handshake.entitled or self.handler.knows(handshake.key))
        wait = self.limiter.newcomer_wait(pending.address, asyncio.get_running_loop().time())
        if wait > 0 and not pending.known:
            raise Refusal(CloseCode.CROWD, wait)
        for answer in answers:
            connection.send(frames.encode(answer))

    async def _try_passphrase(self, pending: _PendingConnection, handshake: HostHandshake) -> None:
        """One passphrase attempt: counted, computed off the loop, and answered after a fixed time, since the time of
        the arithmetic depends on the secret. Who is entitled guesses nothing, so that it is not counted."""
        loop = asyncio.get_running_loop()
        connection, began = pending.connection, loop.time()
        try:
            attempt = None if handshake.entitled else self.passphrase_limiter.start(began, pending.address)
        except TooManyAttempts as busy:
            raise Refusal(CloseCode.BUSY, busy.wait) from busy
        right: bool | None = None
        try:
            answer = await asyncio.to_thread(handshake.answer_pake)
            await asyncio.sleep(began + limits.PASSPHRASE_ANSWER_SECONDS - loop.time())
            connection.send(frames.encode(answer))
            await self._answer_next(pending, handshake)
            right = True
        except Refusal as refusal:
            right = False if refusal.code is CloseCode.WRONG else None
            raise
        finally:
            if attempt is not None and self.passphrase_limiter.end(attempt, right):
                self.handler.alarm()


def _release_later(
    loop: asyncio.AbstractEventLoop, limiter: ConnectionLimiter, address: str, known: bool
) -> None:
    """A file connection's handshake is over, on its thread."""
    with contextlib.suppress(RuntimeError):  # the loop is closed by now
        loop.call_soon_threadsafe(limiter.release, address, loop.time(), known)


async def _stop(tasks: set[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _ListeningSocket(socket.socket):
    """For `sock_accept` that may be cancelled in the turn in which somebody connects. asyncio (alone of its socket
    calls) accepts after that, too, and complains that the future is cancelled: `closing` keeps it from accepting. What
    it accepted just before is lost to whoever was cancelled: that is `last_accepted`."""

    closing = False
    last_accepted: socket.socket | None = None

    def accept(self) -> tuple[socket.socket, Any]:
        if self.closing:
            raise BlockingIOError(errno.EAGAIN, "closing")
        client, address = super().accept()
        self.last_accepted = client
        return client, address


def _listen_on_both(port: int) -> list[_ListeningSocket]:
    """Listening sockets on one port: for IPv4, and for IPv6 where there is any. Raises OSError."""
    sockets = [_listening_socket_on(socket.AF_INET, "0.0.0.0", port)]
    if socket.has_ipv6:
        with contextlib.suppress(OSError):  # no IPv6, or its port is taken: IPv4 is enough
            sockets.append(_listening_socket_on(socket.AF_INET6, "::", sockets[0].getsockname()[1]))
    return sockets


def _listening_socket_on(family: socket.AddressFamily, address: str, port: int) -> _ListeningSocket:
    made = _ListeningSocket(family, socket.SOCK_STREAM)
    try:
        # On Windows SO_REUSEADDR would take over a port that is in use.
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((address, port))
        made.listen(_BACKLOG)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made
