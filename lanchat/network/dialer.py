"""Dialer: from the addresses a Room may be at to a member's Connection.

Lives on the Engine's asyncio loop. All addresses are tried side by side, also those that become known meanwhile; the
first with the right key wins.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from lanchat.core import frames, limits
from lanchat.core.address import Numeric
from lanchat.core.frames import BadFrame
from lanchat.core.model import RoomId
from lanchat.core.words import _
from lanchat.network.connection import GOODBYE_SECONDS, Connection, ConnectionGone
from lanchat.trust.handshake import ClientHandshake
from lanchat.trust.refusal import NotIn

#: Between one address and the next, so that the best one, listed first, wins when all work.
_STAGGER_SECONDS = 0.05

#: Between one port and the next of a host: the first is the one that is meant, at the others it may be instead.
_NEXT_PORT_SECONDS = 0.7

#: When to knock once more, beside the knocks before, where nothing answered yet: TCP itself repeats a lost first packet
#: only after 1 s and after 3 s, too seldom for a network that loses every second one.
_AGAIN_SECONDS = (0.5, 1.0, 1.5, 2.0, 2.5)
_TCP_SECONDS = 4.0

Address: TypeAlias = tuple[Numeric, int]
_Reached: TypeAlias = "tuple[Connection, ClientHandshake, Address]"


async def never() -> None:
    """Until cancelled: where there will be no other addresses."""
    await asyncio.get_running_loop().create_future()


class Unreachable(ConnectionError):
    """Nobody let us in at any address; says why in plain words."""

    silent = False  #: not one connection was taken, and none refused
    unsteady = False  #: a connection was taken and then came to nothing, as on a bad network: the next may be luckier


@dataclass(frozen=True, slots=True)
class Entered:
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
) -> Entered:
    """Connect and get in. `shake` makes the handshake from the host's certificate (DER). `greeted` is called when the
    host has said which room it is and before the first byte is sent to it; what it raises closes the Connection.
    `addresses`: those known at the moment, the best first. `news`: waits until there may be others.

    Raises Unreachable, or NotIn (and its kinds) when a host answered and it went no further.
    """
    connection, handshake, address = await _Race(addresses, context, shake).run(news)
    try:
        async with asyncio.timeout(limits.ENTER_SECONDS):
            while not handshake.entered:
                frame = frames.decode_from_host(await connection.next_body(limits.ENTER_SECONDS))
                if frame is None:
                    continue
                # A passphrase takes 50 ms of arithmetic: not on the loop.
                answers = await asyncio.to_thread(handshake.received, frame)
                if isinstance(frame, frames.Hello) and handshake.room_id is not None:
                    greeted(handshake.room_id)
                for answer in answers:
                    connection.send(frames.encode(answer))
            return Entered(connection, handshake, address)
    except (TimeoutError, BadFrame, ConnectionGone) as error:
        connection.abort("not entered")
        unreachable = Unreachable(_why_not_in(error, connection.misbehaved))
        unreachable.unsteady = not (connection.misbehaved or isinstance(error, BadFrame))
        raise unreachable from error
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
        """Knock there, and again while nothing answers."""
        if before is not None:
            await asyncio.wait([before], timeout=_NEXT_PORT_SECONDS)
        await asyncio.sleep(delay)
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
        except BaseException:
            connection.abort("not this one")
            raise
        return connection, handshake, address

    async def _connected(self, address: Address) -> socket.socket:
        connected = await _connected(address)
        self._taken.add(address)
        return connected

    def _why_not(self) -> Exception:
        failures = {address: failure for address, task in self._tries.items() if (failure := _failure(task))}
        for failure in failures.values():
            if isinstance(failure, NotIn):  # a host with the wrong key says more than a dead address
                return failure
        meant = [failure for address, failure in failures.items() if address not in self._spare]
        unreachable = Unreachable(_why_not_there(meant))
        unreachable.__cause__ = meant[0]
        unreachable.silent = all(isinstance(failure, TimeoutError) for failure in meant) and not self._taken
        unreachable.unsteady = bool(self._taken) and not any(
            isinstance(failure, ssl.SSLError | Unreachable) for failure in failures.values()
        )
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
        task.result()[0].abort("another address was quicker")


async def _connected(address: Address) -> socket.socket:
    """By TCP. Raises OSError."""
    family, kind, _proto, _name, place = socket.getaddrinfo(
        *address, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
    )[0]  # a name is never looked up here: that may take minutes

    async def knock(pause: float) -> socket.socket:
        await asyncio.sleep(pause)
        made = socket.socket(family, kind)
        try:
            made.setblocking(False)
            await asyncio.get_running_loop().sock_connect(made, place)
        except BaseException:
            made.close()
            raise
        return made

    knocks = [asyncio.ensure_future(knock(pause)) for pause in (0.0, *_AGAIN_SECONDS)]
    answered: asyncio.Task[socket.socket] | None = None
    try:
        async with asyncio.timeout(_TCP_SECONDS):
            done, _pending = await asyncio.wait(knocks, return_when=asyncio.FIRST_COMPLETED)
        answered = done.pop()
        return answered.result()
    finally:
        for one in knocks:
            if one is not answered:
                one.cancel()
                one.add_done_callback(_close)


def _close(knock: asyncio.Task[socket.socket]) -> None:
    if not knock.cancelled() and knock.exception() is None:
        knock.result().close()


def _why_not_there(failures: Sequence[Exception]) -> str:
    for failure in failures:
        if isinstance(failure, Unreachable):
            return str(failure)
    if any(isinstance(failure, ConnectionRefusedError) for failure in failures):
        return _("the computer answers, but no room is open there")
    if any(isinstance(failure, ConnectionResetError) for failure in failures):  # so does a door with a crowd
        return _("what answers there hangs up at once")
    if any(isinstance(failure, ssl.SSLError) for failure in failures):
        return _("what answers there is not lanchat")
    if any(isinstance(f, OSError) and f.errno in (errno.ENETUNREACH, errno.EADDRNOTAVAIL) for f in failures):
        return _("this computer has no network at the moment")
    return _("nothing answers there")


def _why_not_in(error: Exception, misbehaved: bool) -> str:
    if misbehaved or isinstance(error, BadFrame):
        return _("what answers there does not speak this version of lanchat")
    if isinstance(error, TimeoutError):
        return _("the host answers, but does not let anybody in at the moment")
    return _("the host hung up")
