"""Dialer: from the addresses a Room may be at to a member's Connection.

Lives on the Engine's asyncio loop. All addresses are tried side by side, also those that become known meanwhile; the
first with the right key wins.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, TypeVar

from lanchat.core import frames, limits
from lanchat.core.address import Numeric
from lanchat.core.frames import BadFrame
from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.network.connection import GOODBYE_SECONDS, Connection, ConnectionGone
from lanchat.trust.handshake import ClientHandshake
from lanchat.trust.join_errors import NotIn

#: Between one address and the next, so that the best one, listed first, wins when all work.
_STAGGER_SECONDS = 0.05

#: Between one port and the next of a host: the first is the one that is meant, at the others it may be instead.
_NEXT_PORT_SECONDS = 0.7

#: When to knock once more, beside the knocks before, where nothing answered yet: TCP itself repeats a lost first packet
#: only after 1 s and after 3 s, too seldom for a network that loses every second one.
_KNOCK_AGAIN_SECONDS = (0.5, 1.0, 1.5, 2.0, 2.5)
_TCP_SECONDS = 4.0

#: When to begin another connection, beside those before, where one was taken and the host's greeting does not come: on
#: such a network TCP repeats what was lost less and less often.
_CONNECT_AGAIN_SECONDS = (1.2, 2.4)

Address: TypeAlias = tuple[Numeric, int]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class _Reached:
    """A host with the right key."""

    connection: Connection
    handshake: ClientHandshake
    address: Address
    greeting: bytes  #: its first frame


async def never() -> None:
    """Until cancelled: where there will be no other addresses."""
    await asyncio.get_running_loop().create_future()


class Unreachable(ConnectionError):
    """Nobody let us in at any address; says why in plain words."""

    silent = False  #: not one connection was taken, and none refused
    unsteady = False  #: a connection was taken and then came to nothing, as on a bad network: the next may be luckier


@dataclass(frozen=True, slots=True)
class JoinedConnection:
    """We are in: the Connection, and what the handshake told of the other side."""

    connection: Connection
    handshake: ClientHandshake
    address: Address


async def enter(
    addresses: Callable[[], Sequence[Address]],
    context: ssl.SSLContext,
    shake: Callable[[bytes], ClientHandshake],
    greeted: Callable[[RoomId], None] = lambda _: None,
    news: Callable[[], Awaitable[None]] = never,
) -> JoinedConnection:
    """Connect and get in. `shake` makes the handshake from the host's certificate (DER). `greeted` is called when the
    host has said which room it is and before the first byte is sent to it; what it raises closes the Connection.
    `addresses`: those known at the moment, the best first. `news`: waits until there may be others.

    Raises Unreachable, or NotIn (and its kinds) when a host answered and it went no further.
    """
    reached = await _Race(addresses, context, shake).run(news)
    connection, handshake, body = reached.connection, reached.handshake, reached.greeting
    try:
        async with asyncio.timeout(limits.ENTER_SECONDS):
            while True:
                frame = frames.decode_from_host(body)
                if frame is not None:
                    # A passphrase takes 50 ms of arithmetic: not on the loop.
                    answers = await asyncio.to_thread(handshake.received, frame)
                    if isinstance(frame, frames.Hello) and handshake.room_id is not None:
                        greeted(handshake.room_id)
                    for answer in answers:
                        connection.send(frames.encode(answer))
                if handshake.entered:
                    return JoinedConnection(connection, handshake, reached.address)
                body = await connection.next_body(limits.ENTER_SECONDS)
    except (OSError, BadFrame) as error:  # ConnectionGone, too late, or what proves a passphrase could not be loaded
        connection.abort("not entered")
        raise _not_in(error, connection) from error
    except BaseException:
        connection.abort("not entered")
        raise


class _Race:
    """To the first Connection whose certificate is the right one; all others are closed."""

    def __init__(
        self,
        addresses: Callable[[], Sequence[Address]],
        context: ssl.SSLContext,
        shake: Callable[[bytes], ClientHandshake],
    ) -> None:
        self._addresses = addresses
        self._context = context
        self._shake = shake
        self._tries: dict[Address, asyncio.Task[_Reached]] = {}
        self._taken: set[Address] = set()  # where a connection was taken
        self._spare: set[Address] = set()  # at other ports than the one that is meant

    async def run(self, news: Callable[[], Awaitable[None]]) -> _Reached:
        """Raises Unreachable, or NotIn when a host answered and it is not the right one."""
        self._begin()
        if not self._tries:
            raise Unreachable(_("nobody on the network has that room at the moment"))
        winner: _Reached | None = None
        more = asyncio.ensure_future(news())
        try:
            while pending := [task for task in self._tries.values() if not task.done()]:
                await asyncio.wait([*pending, more], return_when=asyncio.FIRST_COMPLETED)
                for task in self._tries.values():
                    if task.done() and _failure(task) is None:
                        winner = task.result()
                        return winner
                if more.done():
                    more = asyncio.ensure_future(news())
                    self._begin()
        finally:
            # Nothing is awaited here: a task may be cancelled at any await, and then nobody had the winner.
            more.cancel()
            for task in self._tries.values():
                task.cancel()
                task.add_done_callback(partial(_drop_unless, winner))
        raise self._why_not()

    def _begin(self) -> None:
        """Try what has not been tried yet."""
        at: dict[str, asyncio.Task[_Reached]] = {}  # each host, at the port before
        for number, address in enumerate(one for one in self._addresses() if one not in self._tries):
            before = at.get(address[0])
            if before is not None:
                self._spare.add(address)
            work = self._try(address, number * _STAGGER_SECONDS, before)
            at[address[0]] = self._tries[address] = asyncio.ensure_future(work)

    async def _try(self, address: Address, delay: float, before: asyncio.Task[_Reached] | None) -> _Reached:
        if before is not None:
            await asyncio.wait([before], timeout=_NEXT_PORT_SECONDS)
        await asyncio.sleep(delay)
        return await _earliest(lambda: self._reach(address), _CONNECT_AGAIN_SECONDS, _leave)

    async def _reach(self, address: Address) -> _Reached:
        """By one connection, until the host greets us. Raises OSError (and so Unreachable), and NotIn."""
        connection = Connection(limits.FRAME)
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: connection,
                sock=await self._connected(address),
                ssl=self._context,
                server_hostname="",
                ssl_handshake_timeout=limits.HANDSHAKE_SECONDS,
                ssl_shutdown_timeout=GOODBYE_SECONDS,
            )
            if not connection.speaks_lanchat:
                raise Unreachable(_("what answers there is not lanchat"))
            handshake = self._shake(connection.peer_certificate)
            greeting = await _greeting(connection)
        except BaseException:
            connection.abort("not this one")
            raise
        return _Reached(connection, handshake, address, greeting)

    async def _connected(self, address: Address) -> socket.socket:
        connected = await _connect_tcp(address)
        self._taken.add(address)
        return connected

    def _why_not(self) -> Exception:
        failures = {address: failure for address, task in self._tries.items() if (failure := _failure(task))}
        for failure in failures.values():
            if isinstance(failure, NotIn):  # a host with the wrong key says more than a dead address
                return failure
        meant = [failure for address, failure in failures.items() if address not in self._spare]
        for failure in meant:
            if isinstance(failure, Unreachable):
                return failure
        unreachable = Unreachable(_why_not_there(meant))
        unreachable.__cause__ = meant[0]
        unreachable.silent = all(isinstance(failure, TimeoutError) for failure in meant) and not self._taken
        unreachable.unsteady = bool(self._taken) and not any(isinstance(one, ssl.SSLError) for one in meant)
        return unreachable


def _failure(task: asyncio.Task[_Reached]) -> Exception | None:
    """Why it led nowhere; None when it led to a host. A mistake of ours is raised."""
    failure = task.exception()
    if failure is not None and not isinstance(failure, OSError | NotIn):
        raise failure
    return failure


def _drop_unless(winner: _Reached | None, task: asyncio.Task[_Reached]) -> None:
    """Close what a try reached after all, or as well as another one."""
    if not task.cancelled() and task.exception() is None and task.result() is not winner:
        _leave(task.result())


def _leave(reached: _Reached) -> None:
    reached.connection.abort("another connection was quicker")


async def _connect_tcp(address: Address) -> socket.socket:
    """Raises OSError."""
    family, kind, _proto, _name, place = socket.getaddrinfo(
        *address, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
    )[0]  # a name is never looked up here: that may take minutes

    async def knock() -> socket.socket:
        made = socket.socket(family, kind)
        try:
            made.setblocking(False)
            await asyncio.get_running_loop().sock_connect(made, place)
        except BaseException:
            made.close()
            raise
        return made

    async with asyncio.timeout(_TCP_SECONDS):
        return await _earliest(knock, _KNOCK_AGAIN_SECONDS, socket.socket.close)


async def _earliest(
    work: Callable[[], Coroutine[Any, Any, T]], again: Sequence[float], drop: Callable[[T], None]
) -> T:
    """What comes first of `work`, begun now and again after each of so many seconds. The first that ends, be it by an
    error, ends the others; `drop` gets what they brought all the same."""

    async def late(seconds: float) -> T:
        await asyncio.sleep(seconds)
        return await work()

    def ended(task: asyncio.Task[T]) -> None:
        if not task.cancelled() and task.exception() is None:
            drop(task.result())

    tasks = [asyncio.ensure_future(late(seconds)) for seconds in (0.0, *again)]
    first: asyncio.Task[T] | None = None
    try:
        done, _pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        first = done.pop()
        return first.result()
    finally:
        for task in tasks:
            if task is not first:
                task.cancel()
                task.add_done_callback(ended)


def _why_not_there(failures: Sequence[Exception]) -> str:
    if any(isinstance(failure, ConnectionRefusedError) for failure in failures):
        return _("the computer answers, but no room is open there")
    if any(isinstance(failure, ConnectionResetError) for failure in failures):  # so does a door with a crowd
        return _("what answers there hangs up at once")
    if any(isinstance(failure, ssl.SSLError) for failure in failures):
        return _("what answers there is not lanchat")
    if any(isinstance(f, OSError) and f.errno in (errno.ENETUNREACH, errno.EADDRNOTAVAIL) for f in failures):
        return _("this computer has no network at the moment")
    if any(map(_is_out_of_files, failures)):
        return _nothing_left()
    return _("nothing answers there")


def _is_out_of_files(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE)


def _nothing_left() -> str:
    return _("this system lets lanchat open no more connections at the moment; close other programs, then try again")


async def _greeting(connection: Connection) -> bytes:
    try:
        return await connection.next_body(limits.ENTER_SECONDS)
    except (TimeoutError, ConnectionGone) as error:
        raise _not_in(error, connection) from error


def _not_in(error: Exception, connection: Connection) -> Unreachable:
    """A host took our connection, and it came to nothing."""
    if connection.misbehaved or isinstance(error, BadFrame):
        return Unreachable(_("what answers there does not speak this version of lanchat"))
    if _is_out_of_files(error):
        return Unreachable(_nothing_left())
    silent = isinstance(error, TimeoutError)
    unreachable = Unreachable(
        _("the host answers, but does not let anybody in at the moment") if silent else _("the host hung up")
    )
    unreachable.unsteady = True
    return unreachable
