"""Dialer: from the addresses a Room may be at to a member's Connection.

Lives on the Engine's asyncio loop. All addresses are tried side by side; the first with the right key wins.
"""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lanchat.core import frames, limits
from lanchat.core.frames import BadFrame
from lanchat.network.connection import Connection, ConnectionGone
from lanchat.trust.handshake import ClientHandshake
from lanchat.trust.refusal import NotIn

#: Between one address and the next, so that the best one, listed first, wins when all work.
_STAGGER_SECONDS = 0.05
_TCP_SECONDS = 4.0

Address = tuple[str, int]


class Unreachable(ConnectionError):
    """Nobody let us in at any address; says why in plain words."""


@dataclass(frozen=True, slots=True)
class Entered:
    """We are in: the Connection, and what the handshake told of the other side."""

    connection: Connection
    handshake: ClientHandshake
    address: Address


async def enter(
    addresses: Sequence[Address], context: ssl.SSLContext, shake: Callable[[bytes], ClientHandshake]
) -> Entered:
    """Connect and get in. `shake` makes the handshake from the host's certificate (DER).

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
                for answer in await asyncio.to_thread(handshake.received, frame):
                    connection.send(frames.encode(answer))
    except TimeoutError:
        connection.abort("slow")
        raise Unreachable("the host answers, but does not let anybody in at the moment") from None
    except ConnectionGone as gone:
        raise Unreachable(f"the host hung up: {gone}") from None
    except BadFrame:
        connection.abort("not lanchat")
        raise Unreachable("what answers there does not speak this version of lanchat") from None
    except BaseException:
        connection.close("not entered")
        raise
    return Entered(connection, handshake, address)


async def _race(
    addresses: Sequence[Address], context: ssl.SSLContext, shake: Callable[[bytes], ClientHandshake]
) -> tuple[Connection, ClientHandshake, Address]:
    """The first Connection whose certificate is the right one; all others are closed."""
    if not addresses:
        raise Unreachable("no address is known for it")
    attempts = [
        asyncio.ensure_future(_attempt(address, number * _STAGGER_SECONDS, context, shake))
        for number, address in enumerate(addresses)
    ]
    failures: list[Exception] = []
    winner: tuple[Connection, ClientHandshake, Address] | None = None
    try:
        for attempt in asyncio.as_completed(attempts):
            try:
                winner = await attempt
                return winner
            except (OSError, ConnectionGone, NotIn) as error:
                failures.append(error)
    finally:
        for task in attempts:
            task.cancel()
        for outcome in await asyncio.gather(*attempts, return_exceptions=True):
            if isinstance(outcome, tuple) and outcome is not winner:
                outcome[0].abort("another address was quicker")
    for failure in failures:
        if isinstance(failure, NotIn):  # a host with the wrong key says more than a dead address
            raise failure
    raise Unreachable(_in_plain_words(failures)) from failures[0]


async def _attempt(
    address: Address, delay: float, context: ssl.SSLContext, shake: Callable[[bytes], ClientHandshake]
) -> tuple[Connection, ClientHandshake, Address]:
    await asyncio.sleep(delay)
    connection = Connection(limits.FRAME)
    try:
        async with asyncio.timeout(_TCP_SECONDS + limits.HANDSHAKE_SECONDS):
            await asyncio.get_running_loop().create_connection(
                lambda: connection,
                *address,
                ssl=context,
                server_hostname="",
                ssl_handshake_timeout=limits.HANDSHAKE_SECONDS,
                ssl_shutdown_timeout=limits.HANDSHAKE_SECONDS,
            )
        if not connection.speaks_lanchat:
            raise Unreachable("what answers there is not lanchat")
        handshake = shake(connection.peer_certificate)
    except BaseException:
        connection.abort("not this one")
        raise
    return connection, handshake, address


def _in_plain_words(failures: Sequence[Exception]) -> str:
    for failure in failures:
        if isinstance(failure, Unreachable):
            return str(failure)
    if any(isinstance(failure, ConnectionRefusedError) for failure in failures):
        return "the computer answers, but no room is open there"
    if any(isinstance(failure, ssl.SSLError) for failure in failures):
        return "what answers there is not lanchat"
    if any(isinstance(f, OSError) and f.errno in (errno.ENETUNREACH, errno.EADDRNOTAVAIL) for f in failures):
        return "this computer has no network at the moment"
    return "nothing answers there"
