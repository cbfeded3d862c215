"""FileServer: gives the bytes of offered files of one room to its members, on threads of its own.

A host's FileServer gets its connections from the Listener, on the room's port (`serve`); a member's listens on a port
of its own (`open`). asyncio's TLS is too slow for files: here it is blocking, a thread for each connection.

Who connects proves its key as on the room's other connections, but no passphrase: only who is a member already may
have anything (`FileShelf.may_take`). All else is told nothing but the room's id.
"""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from lanchat.core import frames, limits
from lanchat.core.codes import CloseCode
from lanchat.core.file_frames import FILE_ALPN, Give, Missing, decode_from_puller
from lanchat.core.frames import Misbehaved
from lanchat.core.model import Card, MemberKey, RoomId
from lanchat.network.connection_limiter import ConnectionLimiter
from lanchat.network.file_connection import FileConnection
from lanchat.network.file_holder import FileHolder
from lanchat.network.file_puller import FilePuller
from lanchat.network.file_shelf import FileShelf
from lanchat.network.transfer_rate import TransferRate
from lanchat.trust.handshake import HostHandshake, HostPolicy
from lanchat.trust.identity import Identity, certificate_fingerprint, host_context
from lanchat.trust.join_errors import Refusal

log = logging.getLogger(__name__)

CONNECTIONS: Final = 64  #: at once: each costs a thread and half a MiB
CONNECTIONS_PER_MEMBER: Final = 6  #: transfers that go side by side; a member has several devices
GIVES: Final = 4  #: pulled at once from members' own connections: each may bring a Manifest of 16 MiB
GIVES_PER_MEMBER: Final = 2  #: as many as an honest client begins

_TURN_SECONDS = 60.0  # after which a connection goes for another that waits; its transfer goes on where it was
_SLOW_WAITS_SECONDS = 60.0  # until somebody who was slow may give again
_FULL_SECONDS = 5.0  # after which to try again
_CLOSE_SECONDS = 5.0
_BACKLOG = 64


@dataclass(frozen=True, slots=True)
class FileCaller:
    """Who connects to a FileServer: this member."""

    room_id: RoomId
    identity: Identity
    card: Card


def _nothing(known: bool) -> None:
    pass


@dataclass(eq=False)
class _Served:
    """A connection, from its first byte."""

    connection: FileConnection
    thread: threading.Thread = field(init=False)
    key: MemberKey | None = None  #: proved; None again: it had to go for another one
    since: float = field(default_factory=time.monotonic)


@dataclass(eq=False)
class FileServer:
    """Make one for each room; `close` it when the room closes. `open`, `serve` and `drop` on any thread; they do not
    wait."""

    room_id: RoomId
    identity: Identity
    shelf: FileShelf
    rate: TransferRate = field(default_factory=TransferRate)

    def __post_init__(self) -> None:
        self.port = 0  #: its own, once it is open
        self._context: ssl.SSLContext | None = None
        fingerprint = certificate_fingerprint(self.identity.certificate)
        self._policy = HostPolicy(self.room_id, "", fingerprint, None, lambda key: True, lambda key: False)
        self._lock = threading.Lock()
        self._served: set[_Served] = set()
        self._gives: set[_Served] = set()
        self._slow: dict[MemberKey, float] = {}  # until when they may not give
        self._closing = False
        self._listening: socket.socket | None = None
        self._accepting: threading.Thread | None = None
        self._limiter = ConnectionLimiter()  # of the own port

    # --- any thread --------------------------------------------------------------------------------------------------
    def open(self, port: int = 0) -> int:
        """Listen on a port of its own (0: any that is free), and return it. Raises OSError."""
        both = socket.has_dualstack_ipv6()
        listening = socket.create_server(
            ("::" if both else "0.0.0.0", port),
            family=socket.AF_INET6 if both else socket.AF_INET,
            backlog=_BACKLOG,
            dualstack_ipv6=both,
        )
        self._listening, self.port = listening, int(listening.getsockname()[1])
        self._accepting = threading.Thread(target=self._accept, args=(listening,), name="lanchat-files", daemon=True)
        self._accepting.start()
        return self.port

    def serve(self, client: socket.socket, address: str, handshaken: Callable[[bool], None] = _nothing) -> None:
        """Take over an accepted connection that wants `lanchat-file/1`. `handshaken` is called once, on its thread:
        the handshake is over, and whether a member connected."""
        served = _Served(FileConnection(client))
        served.thread = threading.Thread(
            target=self._run, args=(served, address, handshaken), name="lanchat-file", daemon=True
        )
        with self._lock:
            taken = not self._closing and len(self._served) < CONNECTIONS + limits.UNAUTHENTICATED
            if taken:
                self._served.add(served)
        try:
            if taken:
                served.thread.start()
        except RuntimeError:  # the system has no thread for it
            taken = False
        if not taken:
            self._served.discard(served)
            served.connection.close()
            handshaken(False)

    def drop(self, member: MemberKey) -> None:
        """End this member's transfers: `may_take` says no by now."""
        with self._lock:
            served = [one for one in self._served if one.key == member]
        for one in served:
            one.connection.stop()

    def close(self) -> None:
        """End all transfers and wait for their threads: at most a few seconds. Not on the Engine's loop."""
        with self._lock:
            self._closing = True
            served = list(self._served)
        if self._listening is not None and self._accepting is not None:
            _wake(self._listening)
            self._accepting.join(_CLOSE_SECONDS)
            self._listening.close()
        for one in served:
            one.connection.stop()
        until = time.monotonic() + _CLOSE_SECONDS
        for one in served:
            if one.thread.ident is not None:  # it was started
                one.thread.join(max(0.0, until - time.monotonic()))

    @property
    def connections(self) -> int:
        """How many there are."""
        return len(self._served)

    # --- the thread of the own port ----------------------------------------------------------------------------------
    def _accept(self, listening: socket.socket) -> None:
        while not self._closing:
            try:
                client, address = listening.accept()
            except OSError as error:  # out of descriptors, or the client left while it waited
                log.warning("could not accept a file connection: %s", error.strerror)
                time.sleep(0.1)
                continue
            source = str(address[0]).removeprefix("::ffff:")
            with self._lock:
                admitted = not self._closing and self._limiter.admit(source, time.monotonic())
            if admitted:
                self.serve(client, source, partial(self._release, source))
            else:
                client.close()

    def _release(self, source: str, known: bool) -> None:
        with self._lock:
            self._limiter.release(source, time.monotonic(), known)

    # --- the thread of a connection ----------------------------------------------------------------------------------
    def _run(self, served: _Served, address: str, handshaken: Callable[[bool], None]) -> None:
        connection, refused = served.connection, False
        try:
            try:
                connection.start_tls(self._tls_context(), server=True)
                key = self._admit(served)
            except BaseException:
                handshaken(False)
                raise
            handshaken(True)
            connection.admitted()
            self._talk(served, key)
        except Refusal as refusal:
            refused = True
            with suppress(OSError):
                connection.send_frame(refusal.frame())
        except (OSError, Misbehaved) as error:
            log.debug("a file connection from %s is over: %s", address, error)
        finally:
            connection.close(politely=refused)
            with self._lock:
                self._served.discard(served)

    def _tls_context(self) -> ssl.SSLContext:
        """Made when it is needed first, as it reads the identity's file. Raises OSError when that is gone."""
        if self._context is None:
            self._context = host_context(self.identity, FILE_ALPN)
        return self._context

    def _admit(self, served: _Served) -> MemberKey:
        """Whose it is. Raises Refusal."""
        connection, handshake = served.connection, HostHandshake(self._policy)
        connection.send_frame(handshake.hello())
        frame = frames.decode_from_client(connection.read_body(limits.FRAME_BEFORE_MEMBER))
        answers = handshake.received(frame) if frame is not None else []
        key = handshake.key
        if handshake.entered is None or key is None:  # it wants to prove a passphrase, or says something else
            raise Refusal(CloseCode.ORDER)
        with self._lock:
            members = [one for one in self._served if one.key is not None]
            self._make_room(members, key, CONNECTIONS, CONNECTIONS_PER_MEMBER)
            served.key = key  # before it is asked for: `drop` finds it from now on
        if not self.shelf.may_take(key):
            served.key = None
            raise Refusal(CloseCode.STRANGER)
        for answer in answers:
            connection.send_frame(answer)
        return key

    def _make_room(self, taken: Collection[_Served], key: MemberKey, most: int, most_each: int) -> None:
        """For another connection of this member beside those of `taken`. When there are enough, one goes for it: one
        that is slow, else one of a member that has more, else one that had its turn: so nobody can take all. Raises
        Refusal."""
        now, counts = time.monotonic(), Counter(one.key for one in taken)
        if counts[key] >= most_each:
            raise Refusal(CloseCode.FULL, _FULL_SECONDS)
        if len(taken) < most:
            return
        slow = {one for one in taken if one.connection.is_slow(now)}
        first = max(taken, key=lambda one: (one in slow, counts[one.key], now - one.since))
        if first not in slow and counts[first.key] <= counts[key] + 1 and now - first.since < _TURN_SECONDS:
            raise Refusal(CloseCode.FULL, _FULL_SECONDS)
        if first in self._gives and first in slow and first.key is not None:
            self._slow[first.key] = now + _SLOW_WAITS_SECONDS
        first.key = None
        self._gives.discard(first)
        first.connection.stop()

    def _talk(self, served: _Served, key: MemberKey) -> None:
        connection = served.connection
        first = decode_from_puller(connection.read_body())
        if isinstance(first, Give):
            self._pull(served, first.root, key)
        else:
            FileHolder(connection, self.shelf, key, self.rate).serve(first)

    def _pull(self, served: _Served, root: bytes, giver: MemberKey) -> None:
        """Over a member's own connection."""
        connection = served.connection
        self._begin_give(served, giver)
        try:
            task = self.shelf.wanted(root, giver)
            if task is None:
                connection.send_frame(Missing(root))
                return
            task.ended(FilePuller(connection, task, self.rate).pull())
        finally:
            with self._lock:
                self._gives.discard(served)

    def _begin_give(self, served: _Served, giver: MemberKey) -> None:
        """Raises Refusal when there are enough."""
        now = time.monotonic()
        with self._lock:
            self._slow = {key: until for key, until in self._slow.items() if until > now}
            if giver in self._slow:
                raise Refusal(CloseCode.FULL, _FULL_SECONDS)
            self._make_room(self._gives, giver, GIVES, GIVES_PER_MEMBER)
            self._gives.add(served)


def _wake(listening: socket.socket) -> None:
    """Let the thread that waits for connections look up: closing the socket wakes it on no system for sure."""
    port = listening.getsockname()[1]
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 1.0).close()
