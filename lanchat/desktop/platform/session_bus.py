"""Bus: the D-Bus session bus, on a thread of its own on which every job and every signal handler runs.

The thread sleeps until it is given a job or a signal arrives. It also imports the D-Bus library, for which the window
need not wait.
"""

from __future__ import annotations

import logging
import os
import selectors
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

_log = logging.getLogger(__name__)

ANSWER_SECONDS = 2.0  # a desktop may have to start the program first, which takes most of a second
_SIGNALS_HELD = 100  # a person cannot click more often while one job runs


class NoAnswer(Exception):
    """There is no session bus, or nothing on it answers this call."""


@dataclass(frozen=True, slots=True)
class Service:
    """The destination, object path and interface of a call."""

    name: str
    path: str
    interface: str


class BusConnection:
    """The connection, for jobs. On the Bus's thread only."""

    def __init__(self, connection: DBusConnection | None) -> None:
        self._connection = connection
        self._subscriptions: list[tuple[deque[Any], Callable[..., None]]] = []

    def ask(self, service: Service, method: str, signature: str = "", *body: object) -> tuple[Any, ...]:
        """Call `method`; return the values of its answer. A variant is a pair (signature, value). Raises NoAnswer."""
        if self._connection is None:
            raise NoAnswer
        from jeepney import DBusAddress, new_method_call

        address = DBusAddress(service.path, service.name, service.interface)
        return self._call(new_method_call(address, method, signature or None, body))

    def subscribe(self, service: Service, signal: str, handler: Callable[..., None]) -> None:
        """Call `handler(*values)` for every `signal` of `service` from now on. Raises NoAnswer."""
        if self._connection is None:
            raise NoAnswer
        from jeepney import MatchRule
        from jeepney.bus_messages import message_bus

        rule = MatchRule(type="signal", interface=service.interface, member=signal, path=service.path)
        self._call(message_bus.AddMatch(rule))
        assert self._connection is not None
        queue: deque[Any] = deque(maxlen=_SIGNALS_HELD)
        self._connection.filter(rule, queue=queue)
        self._subscriptions.append((queue, handler))

    def wait(self, wake: int) -> None:
        """Wait until `wake`, a file descriptor, can be read. Handles the signals that arrive meanwhile."""
        self._handle_signals()
        with selectors.DefaultSelector() as selector:  # `select` takes no descriptor above 1023: a host may hold more
            selector.register(wake, selectors.EVENT_READ)
            if self._connection is not None:
                selector.register(self._connection.sock, selectors.EVENT_READ)
            while wake not in [key.fd for key, _ in selector.select()]:
                self._handle_signals()
                if self._connection is None:
                    return

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _call(self, message: Any) -> tuple[Any, ...]:
        if self._connection is None:
            raise NoAnswer
        from jeepney import DBusErrorResponse
        from jeepney.wrappers import unwrap_msg

        try:
            answer: tuple[Any, ...] = unwrap_msg(self._connection.send_and_get_reply(message, timeout=ANSWER_SECONDS))
        except (TimeoutError, DBusErrorResponse) as error:
            raise NoAnswer from error
        except OSError as error:
            self.close()
            raise NoAnswer from error
        return answer

    def _handle_signals(self) -> None:
        """Receive what has arrived, without waiting, and call the handlers."""
        try:
            while self._connection is not None:
                self._connection.recv_messages(timeout=0)
        except TimeoutError:
            pass
        except OSError:
            _log.info("the session bus has gone")
            self.close()
        for queue, handler in self._subscriptions:
            while queue:
                handler(*queue.popleft().body)


Job: TypeAlias = Callable[[BusConnection], None]


class Bus:
    """Runs jobs on a thread of its own. A job handles NoAnswer itself; without a bus every call raises it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: list[Job | None] = []
        self._wake_read, self._wake_write = os.pipe()
        self._wake_pending = False  # one byte is in the pipe
        self._open = True
        threading.Thread(target=self._run, name="session-bus", daemon=True).start()

    def do(self, job: Job) -> None:
        """Have `job(connection)` called on the Bus's thread, in the order given. From any thread; does not block. After
        `close` nothing happens.
        """
        with self._lock:
            if self._open:
                self._put(job)

    def close(self) -> None:
        """End the thread after the jobs given before, without waiting for it."""
        with self._lock:
            if self._open:
                self._open = False
                self._put(None)

    def _put(self, job: Job | None) -> None:
        self._jobs.append(job)
        if not self._wake_pending:
            self._wake_pending = True
            os.write(self._wake_write, b"!")

    def _run(self) -> None:
        connection = BusConnection(_connect())
        try:
            while self._work(connection):
                connection.wait(self._wake_read)
        finally:
            connection.close()
            with self._lock:
                self._open = False
                os.close(self._wake_read)
                os.close(self._wake_write)

    def _work(self, connection: BusConnection) -> bool:
        """Run the jobs there are. False: the last one was `close`."""
        for job in self._taken():
            if job is None:
                return False
            job(connection)
        return True

    def _taken(self) -> list[Job | None]:
        with self._lock:
            if self._wake_pending:
                self._wake_pending = False
                os.read(self._wake_read, 1)
            jobs, self._jobs = self._jobs, []
            return jobs


def _address() -> str:
    """Address of the session bus: https://dbus.freedesktop.org/doc/dbus-specification.html; "" when there is none."""
    if address := os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return address
    default = os.path.join(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere", "bus")
    return f"unix:path={default}" if os.path.exists(default) else ""


def _connect() -> DBusConnection | None:
    address = _address()
    if not address:
        _log.info("there is no session bus")
        return None
    from jeepney import DBusErrorResponse
    from jeepney.io.blocking import open_dbus_connection

    try:
        return open_dbus_connection(address)
    except (OSError, RuntimeError, ValueError, DBusErrorResponse) as error:  # absent, of an unknown kind, or refusing
        _log.info("the session bus does not answer: %s", error)
        return None
