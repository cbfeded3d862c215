"""The dialer: connects to a room at whichever of its possible addresses answers, and joins. On the Engine's loop.

All addresses are tried in parallel, those that become known meanwhile too; the first host with the right key wins,
or with the right to keep the room open.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from lanchat.core import frames, limits
from lanchat.core.address import Numeric, is_link_local
from lanchat.core.codes import CloseCode
from lanchat.core.frames import BadFrame
from lanchat.core.model import MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.network.connection import GOODBYE_SECONDS, Connection, ConnectionGone
from lanchat.trust.handshake import ClientHandshake
from lanchat.trust.identity import NotAnIdentity, key_of_certificate
from lanchat.trust.join_errors import JoinError

#: From one address to the next, so that the best one, listed first, wins when all work.
_STAGGER_SECONDS = 0.05

#: From one port of a host to its next: the first is the advertised one, the host may have moved to the others.
_NEXT_PORT_SECONDS = 0.7

#: How long a link-local address waits for better ones. A host cannot tell it to others, who have links of their own, so
#: who came by it is not found where they keep the room open next; and a phone cannot use it.
_LINK_LOCAL_SECONDS = 1.0
_OPENING_SECONDS = 0.2  #: until a host that answers at a better address, but is not open yet, is tried there again

#: When to start further TCP connections in parallel, while none is accepted: TCP itself repeats a lost SYN only after
#: 1 s and 3 s, too seldom on a network that loses every second packet.
_TCP_RETRY_SECONDS = (0.5, 1.0, 1.5, 2.0, 2.5)
_TCP_SECONDS = 4.0

#: When to start further connections in parallel, while the host's first frame does not come over the accepted one: on
#: such a network TCP repeats lost segments at growing intervals.
_TLS_RETRY_SECONDS = (1.2, 2.4)

Address: TypeAlias = tuple[Numeric, int]

T = TypeVar("T")


async def never() -> None:
    """Waits until cancelled: the `addresses_changed` of a list that does not change."""
    await asyncio.get_running_loop().create_future()


class Unreachable(ConnectionError):
    """No address led into the room. The text is for the person and says why."""

    silent = False  #: no connection was accepted, and none refused
    closed = False  #: the computer answered that nothing is open there
    unsteady = False  #: a connection was accepted and then failed, as on a lossy network: the next may succeed
    standby = False  #: a member's program answered that opens the room when it is not open elsewhere any more


@dataclass(frozen=True, slots=True, eq=False)
class JoinedConnection:
    """A Connection to a host with the right key, and the handshake with what it learnt about the host; from `enter`,
    an admitted member's."""

    connection: Connection
    handshake: ClientHandshake
    address: Address
    hello: bytes  #: the host's first frame body

    @contextlib.contextmanager
    def aborting_on_failure(self) -> Iterator[None]:
        """Where what is done inside fails, or is cancelled, the connection is closed: nobody else would."""
        try:
            yield
        except BaseException:
            self.connection.abort("not wanted any more")
            raise


async def enter(
    addresses: Callable[[], Sequence[Address]],
    context: ssl.SSLContext,
    make_handshake: Callable[[bytes], ClientHandshake],
    on_hello: Callable[[RoomId], None] = lambda _: None,
    addresses_changed: Callable[[], Awaitable[None]] = never,
) -> JoinedConnection:
    """Connect and join. `addresses`: those known at the moment, the best first. `addresses_changed`: waits until there
    may be others. `make_handshake`: from the host's certificate (DER). `on_hello` is called when the host has named the
    room, before the first byte is sent to it; an exception it raises closes the Connection.

    Raises Unreachable, or JoinError (and its kinds) when a host answered and the handshake failed.
    """
    joined = await _Race(addresses, context, make_handshake).run(addresses_changed)
    connection, handshake, body = joined.connection, joined.handshake, joined.hello
    try:
        async with asyncio.timeout(limits.ENTER_SECONDS):
            while True:
                frame = frames.decode_from_host(body)
                if frame is not None:
                    # A passphrase takes 50 ms of arithmetic: off the loop.
                    answers = await asyncio.to_thread(handshake.received, frame)
                    if isinstance(frame, frames.Hello) and handshake.room_id is not None:
                        on_hello(handshake.room_id)
                    for answer in answers:
                        connection.send(frames.encode(answer))
                if handshake.entered:
                    return joined
                body = await connection.next_body(limits.ENTER_SECONDS)
    except (OSError, BadFrame) as error:  # ConnectionGone, a timeout, or the PAKE's library cannot be loaded
        connection.abort("not entered")
        raise _entry_failed(error, connection) from error
    except BaseException:
        connection.abort("not entered")
        raise


@dataclass(eq=False)
class _Race:
    """Connects to all addresses in parallel; the first host of the right room wins, the others are closed."""

    addresses: Callable[[], Sequence[Address]]
    context: ssl.SSLContext
    make_handshake: Callable[[bytes], ClientHandshake]
    _attempts: dict[Address, asyncio.Task[JoinedConnection]] = field(default_factory=dict)
    _accepted: bool = False  #: a TCP connection was
    _other_ports: set[Address] = field(default_factory=set)  #: a host's ports but its first

    async def run(self, addresses_changed: Callable[[], Awaitable[None]]) -> JoinedConnection:
        """The winner. Raises Unreachable, or JoinError when a host answered and is not the right one."""
        self._start_attempts()
        if not self._attempts:
            raise Unreachable(_("nobody on the network has that room at the moment"))
        winner: asyncio.Task[JoinedConnection] | None = None
        more = asyncio.ensure_future(addresses_changed())
        try:
            while pending := [task for task in self._attempts.values() if not task.done()]:
                await asyncio.wait([*pending, more], return_when=asyncio.FIRST_COMPLETED)
                for task in self._attempts.values():
                    if task.done() and _failure_of(task) is None:
                        winner = task
                        return task.result()
                if more.done():
                    more = asyncio.ensure_future(addresses_changed())
                    self._start_attempts()
        finally:
            # No await here: this task could be cancelled at it, and the winner's connection would leak.
            more.cancel()
            _cancel_all_but(winner, self._attempts.values(), _close)
        raise self._failure_to_raise()

    def _start_attempts(self) -> None:
        """Start an attempt at each address that has none yet."""
        latest: dict[str, asyncio.Task[JoinedConnection]] = {}  # by host: the attempt at its previous port
        for number, address in enumerate(one for one in self.addresses() if one not in self._attempts):
            before = latest.get(address[0])
            if before is not None:
                self._other_ports.add(address)
            work = self._attempt(address, number * _STAGGER_SECONDS, before)
            latest[address[0]] = self._attempts[address] = asyncio.ensure_future(work)

    async def _attempt(
        self, address: Address, delay: float, before: asyncio.Task[JoinedConnection] | None
    ) -> JoinedConnection:
        if before is not None:
            await asyncio.wait([before], timeout=_NEXT_PORT_SECONDS)
        if is_link_local(address[0]) and (better := await self._better_than_link_local()) is not None:
            return better
        await asyncio.sleep(delay)
        return await _first_result(lambda: self._connect_and_greet(address), _TLS_RETRY_SECONDS, _close)

    async def _better_than_link_local(self) -> JoinedConnection | None:
        """Give the other addresses their time first: also a host that opens the room just now, and answers there."""
        others = {address: task for address, task in self._attempts.items() if not is_link_local(address[0])}
        if others:
            await asyncio.wait(others.values(), timeout=_LINK_LOCAL_SECONDS)
        for address, task in others.items():
            failure = _failure_of(task) if task.done() else None
            if isinstance(failure, ConnectionRefusedError) or (isinstance(failure, Unreachable) and failure.standby):
                await asyncio.sleep(_OPENING_SECONDS)
                with contextlib.suppress(OSError, JoinError):
                    return await self._connect_and_greet(address)
        return None

    async def _connect_and_greet(self, address: Address) -> JoinedConnection:
        """One connection, up to the host's first frame. Raises OSError (Unreachable included) and JoinError."""
        connection = Connection(limits.FRAME)
        try:
            tcp = await _connect_tcp(address)
            self._accepted = True
            await _begin_tls(connection, tcp, self.context)
            handshake = self.make_handshake(connection.peer_certificate)
            try:
                hello = await connection.next_body(limits.ENTER_SECONDS)
                frame = frames.decode_from_host(hello)
            except (TimeoutError, ConnectionGone, BadFrame) as error:
                raise _entry_failed(error, connection) from error
            if isinstance(frame, frames.Hello):
                handshake.check_host(frame)
            elif _is_standby(frame):
                raise _not_open_yet()
            elif not handshake.believes_refusal():
                raise _entry_failed(TimeoutError(), connection)
        except BaseException:
            connection.abort("not this one")
            raise
        return JoinedConnection(connection, handshake, address, hello)

    def _failure_to_raise(self) -> Exception:
        failures = {address: failure for address, task in self._attempts.items() if (failure := _failure_of(task))}
        for failure in failures.values():
            if isinstance(failure, JoinError):  # a host with the wrong key explains more than a dead address
                return failure
        primary = [failure for address, failure in failures.items() if address not in self._other_ports]
        for failure in primary:
            if isinstance(failure, Unreachable):
                return failure
        unreachable = Unreachable(_unreachable_words(primary))
        unreachable.closed = any(isinstance(failure, ConnectionRefusedError) for failure in primary)
        unreachable.__cause__ = primary[0]
        unreachable.silent = all(isinstance(failure, TimeoutError) for failure in primary) and not self._accepted
        unreachable.unsteady = self._accepted and not any(isinstance(one, ssl.SSLError) for one in primary)
        return unreachable


def _failure_of(task: asyncio.Task[JoinedConnection]) -> Exception | None:
    """The exception of a finished attempt; None when it succeeded. Raises exceptions that only a bug can cause."""
    failure = task.exception()
    if failure is not None and not isinstance(failure, OSError | JoinError):
        raise failure
    return failure


def _close(reached: JoinedConnection) -> None:
    reached.connection.abort("another connection was quicker")


async def stands_by(address: Address, context: ssl.SSLContext, key: MemberKey) -> bool:
    """Whether the program of this member answers there, and would let others in if it kept the room open."""
    connection = Connection(limits.FRAME)
    try:
        await _begin_tls(connection, await _connect_tcp(address), context)
        frame = frames.decode_from_host(await connection.next_body(limits.ENTER_SECONDS))
        return key_of_certificate(connection.peer_certificate) == key and _is_standby(frame)
    except (OSError, BadFrame, NotAnIdentity):
        return False
    finally:
        connection.abort("it was tried")


def _is_standby(frame: frames.FromHost | None) -> bool:
    """Whether the first frame is of a member that waits for its turn to open the room."""
    return isinstance(frame, frames.Refused) and frame.code == CloseCode.STANDBY


async def _begin_tls(connection: Connection, tcp: socket.socket, context: ssl.SSLContext) -> None:
    """Raises OSError (Unreachable included)."""
    await asyncio.get_running_loop().create_connection(
        lambda: connection,
        sock=tcp,
        ssl=context,
        server_hostname="",
        ssl_handshake_timeout=limits.HANDSHAKE_SECONDS,
        ssl_shutdown_timeout=GOODBYE_SECONDS,
    )
    if not connection.speaks_lanchat:
        raise Unreachable(_("what answers there is not lanchat"))


async def _connect_tcp(address: Address) -> socket.socket:
    """Raises OSError."""
    family, kind, _proto, _name, place = socket.getaddrinfo(
        *address, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
    )[0]  # numeric only: looking up a name may take minutes

    async def connect() -> socket.socket:
        made = socket.socket(family, kind)
        try:
            made.setblocking(False)
            # asyncio sets it only where a socket names its protocol; else a post waits 40 ms for the answer to a `have`
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await asyncio.get_running_loop().sock_connect(made, place)
        except BaseException:
            made.close()
            raise
        return made

    async with asyncio.timeout(_TCP_SECONDS):
        return await _first_result(connect, _TCP_RETRY_SECONDS, socket.socket.close)


async def _first_result(
    work: Callable[[], Coroutine[Any, Any, T]], again: Sequence[float], drop: Callable[[T], None]
) -> T:
    """The first result of `work`, started now and again after each number of seconds in `again`. The first to end,
    with an error too, cancels the others; `drop` gets the results they still bring."""

    async def late(seconds: float) -> T:
        await asyncio.sleep(seconds)
        return await work()

    tasks = [asyncio.ensure_future(late(seconds)) for seconds in (0.0, *again)]
    first: asyncio.Task[T] | None = None
    try:
        done, _pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        first = done.pop()
        return first.result()
    finally:
        _cancel_all_but(first, tasks, drop)


def _cancel_all_but(
    kept: asyncio.Task[T] | None, tasks: Iterable[asyncio.Task[T]], drop: Callable[[T], None]
) -> None:
    """Cancel the other tasks. `drop` gets the results they have brought, or still bring."""

    def ended(task: asyncio.Task[T]) -> None:
        if not task.cancelled() and task.exception() is None:
            drop(task.result())

    for task in tasks:
        if task is not kept:
            task.cancel()
            task.add_done_callback(ended)


def _unreachable_words(failures: Sequence[Exception]) -> str:
    if any(isinstance(failure, ConnectionRefusedError) for failure in failures):
        return _("the computer answers, but no room is open there")
    if any(isinstance(failure, ConnectionResetError) for failure in failures):  # so does a host over its limits
        return _("what answers there hangs up at once")
    if any(isinstance(failure, ssl.SSLError) for failure in failures):
        return _("what answers there is not lanchat")
    if any(isinstance(f, OSError) and f.errno in (errno.ENETUNREACH, errno.EADDRNOTAVAIL) for f in failures):
        return _("this computer has no network at the moment")
    if any(map(_is_out_of_files, failures)):
        return _(
            "this system lets lanchat open no more connections at the moment; close other programs, then try again"
        )
    return _("nothing answers there")


def _is_out_of_files(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE)


def _not_open_yet() -> Unreachable:
    unreachable = Unreachable(_("the room is open elsewhere, or opens there in a moment"))
    unreachable.standby = True
    return unreachable


def _entry_failed(error: Exception, connection: Connection) -> Unreachable:
    """What to raise where a host accepted the connection and nobody got in."""
    if connection.misbehaved or isinstance(error, BadFrame):
        return Unreachable(_("what answers there does not speak this version of lanchat"))
    if _is_out_of_files(error):
        return Unreachable(_unreachable_words([error]))
    silent = isinstance(error, TimeoutError)
    words = _("the host answers, but does not let anybody in at the moment") if silent else _("the host hung up")
    unreachable = Unreachable(words)
    unreachable.unsteady = True
    return unreachable
