"""FileFetch and FileGive: this member's connection to a FileServer, to pull from it or to let it pull.

Each is a thread or two; `start`, then `stop` at any time, from any thread. The end is told once, on that thread.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from lanchat.core import frames, limits
from lanchat.core.codes import CloseCode
from lanchat.core.file_frames import FILE_ALPN, Give
from lanchat.core.frames import Bye, Misbehaved
from lanchat.core.listing import key_fingerprint
from lanchat.core.model import MemberKey
from lanchat.network.connection import ConnectionGone
from lanchat.network.dialer import Address
from lanchat.network.file_connection import FileConnection
from lanchat.network.file_holder import FileHolder
from lanchat.network.file_puller import FilePuller
from lanchat.network.file_server import FileCaller
from lanchat.network.file_shelf import FileShelf, PullEnd, PullTask
from lanchat.network.transfer_rate import TransferRate
from lanchat.trust.handshake import ClientHandshake, Expected, Pin
from lanchat.trust.identity import client_context
from lanchat.trust.join_errors import JoinError, RefusedByHost

log = logging.getLogger(__name__)

_CONNECT_SECONDS = 4.0


class _Refused(Exception):
    """The other side does not let us in, or is another."""


@dataclass(eq=False)
class _FileCall:
    """A connection to a FileServer, on a thread of its own."""

    address: Address
    holder: MemberKey  #: who must answer there: the host, or the member that has it
    caller: FileCaller

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name="lanchat-file", daemon=True)
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._connection: FileConnection | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Give up; returns at once, the end is told."""
        self._stopped.set()
        with self._lock:
            if self._connection is not None:
                self._connection.stop()

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def _run(self) -> None:
        raise NotImplementedError

    def _enter(self) -> FileConnection:
        """Connect and prove who we are. Raises OSError, Misbehaved, _Refused."""
        family, kind, _proto, _name, place = socket.getaddrinfo(
            *self.address, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )[0]  # numeric only: looking up a name may take minutes
        tcp = socket.socket(family, kind)
        try:
            tcp.settimeout(_CONNECT_SECONDS)
            tcp.connect(place)
        except BaseException:
            tcp.close()
            raise
        connection = FileConnection(tcp)
        with self._lock:
            self._connection = connection
        if self._stopped.is_set():
            connection.stop()
        try:
            self._prove(connection, connection.start_tls(client_context(FILE_ALPN), server=False))
        except BaseException:
            connection.close()
            raise
        connection.admitted()
        return connection

    def _prove(self, connection: FileConnection, certificate: bytes) -> None:
        caller, holder = self.caller, self.holder
        expected = Expected(caller.room_id, key_fingerprint(holder))
        try:
            handshake = ClientHandshake(
                caller.identity, caller.card, certificate, expected, lambda room_id: Pin(holder, False)
            )
            while not handshake.entered:
                frame = frames.decode_from_host(connection.read_body(limits.FRAME_BEFORE_MEMBER))
                for answer in handshake.received(frame) if frame is not None else ():
                    connection.send_frame(answer)
        except RefusedByHost as refused:
            if refused.code == CloseCode.FULL:
                raise ConnectionGone("too many connections") from refused
            raise _Refused from refused
        except JoinError as error:
            raise _Refused from error


@dataclass(eq=False)
class FileFetch(_FileCall):
    """Pulls what `task` asks for from one source; `task.ended` is called at the end."""

    task: PullTask
    rate: TransferRate = field(default_factory=TransferRate)

    def _run(self) -> None:
        end = PullEnd.GONE
        try:
            connection = self._enter()
        except _Refused:
            end = PullEnd.REFUSED
        except Misbehaved:
            end = PullEnd.WRONG
        except OSError as error:
            log.debug("no file connection to %s: %s", self.address, error)
        else:
            try:
                end = FilePuller(connection, self.task, self.rate).pull()
            finally:
                connection.close()
        finally:
            if self._stopped.is_set() and end is PullEnd.GONE:
                end = PullEnd.STOPPED
            self.task.ended(end)


@dataclass(eq=False)
class FileGive(_FileCall):
    """Offers the host the bytes of `root`, and lets it pull them over this connection. `ended` is called at the end:
    DONE when the host wants no more of it, MISSING when it wanted nothing."""

    root: bytes
    shelf: FileShelf
    ended: Callable[[PullEnd], None]
    rate: TransferRate = field(default_factory=TransferRate)

    def _run(self) -> None:
        try:
            connection = self._enter()
        except _Refused:
            end = PullEnd.REFUSED
        except (OSError, Misbehaved):
            end = PullEnd.STOPPED if self._stopped.is_set() else PullEnd.GONE
        else:
            end = self._give(connection)
        self.ended(end)

    def _give(self, connection: FileConnection) -> PullEnd:
        try:
            connection.send_frame(Give(self.root))
            last = FileHolder(connection, self.shelf, self.holder, self.rate, self.root).serve()
            return PullEnd.DONE if isinstance(last, Bye) else PullEnd.MISSING
        except Misbehaved:
            return PullEnd.WRONG
        except OSError:
            return PullEnd.STOPPED if self._stopped.is_set() else PullEnd.GONE
        finally:
            connection.close()
