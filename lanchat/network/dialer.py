"""Dialer: from the addresses a Room may be at to a member's Connection.

Lives on the Engine's asyncio loop. All addresses are tried side by side; the first with the right key wins.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from lanchat.core import frames, limits
from lanchat.core.frames import BadFrame
from lanchat.core.model import RoomId
from lanchat.core.words import _
from lanchat.network.connection import GOODBYE_SECONDS, Connection, ConnectionGone
from lanchat.trust.handshake import ClientHandshake
from lanchat.trust.refusal import NotIn

#: Between one address and the next, so that the best one, listed first, wins when all work.
_STAGGER_SECONDS = 0.05
_TCP_SECONDS = 4.0

Address = tuple[str, int]
_Reached: TypeAlias = "tuple[Connection, ClientHandshake, Address]"


class Unreachable(ConnectionError):
    """Nobody let us in at any address; says why in plain words."""


@dataclass(frozen=True, slots=True)
class Entered:
    """We are in: the Connection, and what the handshake told of the other side."""

    connection: Connection
    handshake: ClientHandshake
    address: Address


async def enter(
    addresses: Sequence[Address],
    context: ssl.SSLContext,
    shake: Callable[[bytes], ClientHandshake],
    greeted: Callable[[RoomId], None] = lambda _: None,
) -> Entered:
    """Connect and get in. `shake` makes the handshake from the host's certificate (DER). `greeted` is called when the
    host has said which room it is and before the first byte is sent to it; what it raises closes the Connection.

    Raises Unreachable, or NotIn (and its kinds) when a host answered and it went no further.
    """
    connection, handshake, address = await _race(addresses, context, shake)
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
        raise Unreachable(_why_not_in(error, connection.misbehaved)) from error
    except BaseException:
        connection.abort("not entered")
        raise


async def _race(
    addresses: Sequence[Address], context: ssl.SSLContext, shake: Callable[[bytes], ClientHandshake]
) -> _Reached:
    """The first Connection whose certificate is the right one; all others are closed."""
    if not addresses:
        raise Unreachable(_("nobody on the network has that room at the moment"))
    attempts = [
        asyncio.ensure_future(_attempt(address, number * _STAGGER_SECONDS, context, shake))
        for number, address in enumerate(addresses)
    ]
    failures: list[Exception] = []
    winner: _Reached | None = None
    try:
        for attempt in asyncio.as_completed(attempts):
            try:
                winner = await attempt
                return winner
            except (OSError, NotIn) as error:
                failures.append(error)
    finally:
        # Nothing is awaited here: whoever wants in may be told to stop at any await, and then nobody had the winner.
        for task in attempts:
            task.cancel()
            task.add_done_callback(partial(_drop_unless, winner))
    for failure in failures:
        if isinstance(failure, NotIn):  # a host with the wrong key says more than a dead address
            raise failure
    raise Unreachable(_why_not_there(failures)) from failures[0]


def _drop_unless(winner: _Reached | None, task: asyncio.Task[_Reached]) -> None:
    """Close what an attempt reached after all, or as well as another one."""
    if not task.cancelled() and task.exception() is None and task.result() is not winner:
        task.result()[0].abort("another address was quicker")


async def _attempt(
    address: Address, delay: float, context: ssl.SSLContext, shake: Callable[[bytes], ClientHandshake]
) -> _Reached:
    await asyncio.sleep(delay)
    connection = Connection(limits.FRAME)
    try:
        async with asyncio.timeout(_TCP_SECONDS) as patience:

            def reached() -> Connection:
                """Asked for once TCP is there; from then on TLS has its own time."""
                patience.reschedule(None)
                return connection

            await asyncio.get_running_loop().create_connection(
                reached,
                *address,
                ssl=context,
                server_hostname="",
                ssl_handshake_timeout=limits.HANDSHAKE_SECONDS,
                ssl_shutdown_timeout=GOODBYE_SECONDS,
            )
        if not connection.speaks_lanchat:
            raise Unreachable(_("what answers there is not lanchat"))
        handshake = shake(connection.peer_certificate)
    except BaseException:
        connection.abort("not this one")
        raise
    return connection, handshake, address


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
    if any(isinstance(failure, socket.gaierror) for failure in failures):
        return _("no computer of that name is known here")
    if any(isinstance(f, OSError) and f.errno in (errno.ENETUNREACH, errno.EADDRNOTAVAIL) for f in failures):
        return _("this computer has no network at the moment")
    return _("nothing answers there")


def _why_not_in(error: Exception, misbehaved: bool) -> str:
    if misbehaved or isinstance(error, BadFrame):
        return _("what answers there does not speak this version of lanchat")
    if isinstance(error, TimeoutError):
        return _("the host answers, but does not let anybody in at the moment")
    return _("the host hung up")
