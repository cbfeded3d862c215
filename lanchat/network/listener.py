"""Listener: the accept loop of one hosted Room, from a stranger's TCP connection to a member.

Lives on the Engine's asyncio loop. What a member does afterwards is not its business: it hands over the Connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import ssl
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from lanchat.core import frames, limits
from lanchat.core.codes import CloseCode
from lanchat.core.frames import BadFrame
from lanchat.core.model import Card, DeviceId, MemberKey
from lanchat.network.connection import GOODBYE_SECONDS, Connection
from lanchat.network.connection_limits import ConnectionLimiter
from lanchat.trust.handshake import HostHandshake, HostPolicy
from lanchat.trust.join_errors import Refusal
from lanchat.trust.passphrase import PassphraseLimiter, TooMany

log = logging.getLogger(__name__)

_BACKLOG = 4_096  # a crowd that comes at once waits here; who finds no place tries again only a second later
_AT_THE_DOOR = 16
_TURN_SECONDS = 0.02
_BREATH_SECONDS = 1.0  # when the system has no descriptors left for another connection


class PortTaken(OSError):
    """Another program listens on the port that was asked for."""


class Welcomer(Protocol):
    """Who takes new members in. Called on the loop."""

    def refusal(self) -> Refusal | None:
        """Why nobody more can come in at the moment; None: come in."""

    def knows(self, key: MemberKey) -> bool:
        """Whether this is a member met before, and no stranger."""

    def entered(self, connection: Connection, card: Card, device_id: DeviceId) -> None: ...

    def alarm(self) -> None:
        """Many wrong passphrases lately: somebody guesses."""

    def twin(self, address: str) -> None:
        """Another host of this room, with the same key, is at this address."""


@dataclass
class _Visit:
    """Somebody at the door."""

    connection: Connection
    handshake: HostHandshake
    address: str
    known: bool = False  #: met before, as was seen when they proved who they are


@dataclass
class Listener:
    """Start with `open`, stop with `close`; both leave no socket and no task behind."""

    welcomer: Welcomer
    door: HostPolicy
    context: ssl.SSLContext
    gate: ConnectionLimiter
    guard: PassphraseLimiter = field(default_factory=PassphraseLimiter)

    def __post_init__(self) -> None:
        self._sockets: list[_Handshaking] = []
        self._waiting: set[asyncio.Task[None]] = set()  # for strangers
        self._meeting: set[asyncio.Task[None]] = set()  # one each
        self.port = 0

    def open(self, ports: list[int]) -> None:
        """Listen on the first of `ports` that is free (0: any). Raises PortTaken, or OSError without any network."""
        for port in ports:
            try:
                self._sockets = _bound(port)
                break
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise
        else:
            raise PortTaken(errno.EADDRINUSE, f"port {ports[0]} is taken by another program")
        self.port = self._sockets[0].getsockname()[1]
        for listening in self._sockets:
            _start(self._accept(listening), self._waiting)

    async def close(self) -> None:
        await _stop(self._waiting)
        await asyncio.sleep(0)  # who came just now is met, and so sent away with the others
        await _stop(self._meeting)
        for listening in self._sockets:  # not before: a task that still waits on one would wait on its number
            listening.close()
            if listening.unmet is not None:
                listening.unmet.close()
        self._sockets.clear()

    async def _accept(self, listening: _Handshaking) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._take_turns()
            try:
                stranger, address = await loop.sock_accept(listening)
            except ConnectionAbortedError:  # the stranger left while waiting
                continue
            except OSError as error:  # out of descriptors: the door stays open
                log.warning("could not accept a connection: %s", error.strerror)
                await asyncio.sleep(_BREATH_SECONDS)
                continue
            listening.unmet = None
            if self.gate.admit(address[0], loop.time()):
                _start(self._meet(stranger, address[0]), self._meeting)
            else:
                stranger.close()

    async def _take_turns(self) -> None:
        """When many come at once, let some get in before the next: handshakes of a crowd in one turn of the loop would
        keep everybody's messages waiting. Never for long, as those who come in may just stand there in silence."""
        waited = 0.0
        while self.gate.inside >= _AT_THE_DOOR and waited < _TURN_SECONDS:
            await asyncio.sleep(_TURN_SECONDS / 10)
            waited += _TURN_SECONDS / 10

    async def _meet(self, stranger: socket.socket, address: str) -> None:
        connection = Connection()
        visit = _Visit(connection, HostHandshake(self.door), address)
        try:
            stranger.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: connection,
                stranger,
                ssl=self.context,
                ssl_handshake_timeout=limits.HANDSHAKE_SECONDS,
                ssl_shutdown_timeout=GOODBYE_SECONDS,
            )
            if connection.speaks_lanchat:
                await self._let_in(visit)
            else:
                connection.abort("not lanchat")
            if connection.over:  # refused: it counts as a stranger until it is gone
                await connection.wait_closed()
        except OSError as error:  # TLS errors and ConnectionGone are OSErrors
            connection.abort(str(error))
            stranger.close()
        except BaseException:
            connection.abort("stopped")
            stranger.close()
            raise
        finally:
            self.gate.release(address, asyncio.get_running_loop().time(), visit.known)

    async def _let_in(self, visit: _Visit) -> None:
        connection, handshake = visit.connection, visit.handshake
        try:
            async with asyncio.timeout(limits.ENTER_SECONDS):
                if full := self.welcomer.refusal():
                    raise full
                connection.send(frames.encode(handshake.hello()))
                await self._answer_next(visit)
                if handshake.passphrase_try:
                    await self._try_passphrase(visit)
        except TimeoutError:
            connection.refuse(CloseCode.SLOW)
        except BadFrame as fault:
            connection.throw_out(fault)
        except Refusal as refusal:
            connection.refuse(refusal.code, refusal.frame().retry_ms)
            if refusal.code is CloseCode.TWIN:
                self.welcomer.twin(visit.address)
        else:
            assert handshake.entered is not None, "a handshake that goes no further raises"
            self.welcomer.entered(connection, *handshake.entered)

    async def _answer_next(self, visit: _Visit) -> None:
        """Answer the next frame that this program knows. Raises Refusal, also where too many strangers came from."""
        connection, handshake = visit.connection, visit.handshake
        frame = None
        while frame is None:
            frame = frames.decode_from_client(await connection.next_body(limits.ENTER_SECONDS))
        answers = handshake.received(frame)
        visit.known = handshake.key is not None and self.welcomer.knows(handshake.key)
        wait = self.gate.strangers_wait(visit.address, asyncio.get_running_loop().time())
        if wait > 0 and not visit.known:
            raise Refusal(CloseCode.CROWD, wait)
        for answer in answers:
            connection.send(frames.encode(answer))

    async def _try_passphrase(self, visit: _Visit) -> None:
        """One guess: counted, computed beside the loop, and answered after the same time whatever the passphrase is:
        the arithmetic itself takes longer for some than for others."""
        loop = asyncio.get_running_loop()
        connection, handshake, began = visit.connection, visit.handshake, loop.time()
        try:
            attempt = self.guard.start(began, visit.address)
        except TooMany as busy:
            raise Refusal(CloseCode.BUSY, busy.wait) from busy
        right: bool | None = None
        try:
            answer = await asyncio.to_thread(handshake.answer_try)
            await asyncio.sleep(began + limits.PASSPHRASE_ANSWER_SECONDS - loop.time())
            connection.send(frames.encode(answer))
            await self._answer_next(visit)
            right = True
        except Refusal as refusal:
            right = False if refusal.code is CloseCode.WRONG else None
            raise
        finally:
            if self.guard.end(attempt, right):
                self.welcomer.alarm()


def _start(work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    among.add(task)
    task.add_done_callback(among.discard)


async def _stop(tasks: set[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _Handshaking(socket.socket):
    """Listens, and remembers who came in last: asyncio forgets whoever comes in the turn in which we stop waiting."""

    unmet: socket.socket | None = None

    def accept(self) -> tuple[socket.socket, Any]:
        stranger, address = super().accept()
        self.unmet = stranger
        return stranger, address


def _bound(port: int) -> list[_Handshaking]:
    """Listening sockets for IPv4 and, where there is IPv6, for it too, on one port."""
    first = _listening(socket.AF_INET, "0.0.0.0", port)
    found = [first]
    if socket.has_ipv6:
        # No IPv6 here, or somebody has the port there: IPv4 alone will do.
        with contextlib.suppress(OSError):
            found.append(_listening(socket.AF_INET6, "::", first.getsockname()[1]))
    return found


def _listening(family: socket.AddressFamily, address: str, port: int) -> _Handshaking:
    made = _Handshaking(family, socket.SOCK_STREAM)
    try:
        # Windows lets REUSEADDR steal a port that is in use, so it is for the others only.
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
