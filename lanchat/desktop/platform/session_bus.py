"""Bus: the D-Bus session bus, on a thread of its own on which every job and every signal handler runs.

The thread sleeps until it is given a job or a signal arrives. It also imports the D-Bus library, for which the window
need not wait.
"""

from __future__ import annotations

import logging
import os
import queue
import selectors
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

_log = logging.getLogger(__name__)

ANSWER_SECONDS = 2.0  # a desktop may have to start the program first, which takes most of a second
_SIGNALS_HELD = 100  # a person cannot click more often while one job runs


class NoAnswer(Exception):
    """There is no session bus, or nothing on it answers this call."""


class Service(Struct, frozen=True):
    """The destination, object path and interface of a call."""

    name: str
    path: str
    interface: str


class BusConnection:
    """The connection, for jobs. On the Bus's thread only."""

    def __init__(self, connection: DBusConnection | None) -> None:
        self._connection = connection
        self._subscriptions: list[tuple[deque[Any], Callable[..., None]]] = []

    @property
    def unique_name(self) -> str:
        """The name of this connection on the bus, as ":1.42"; "" without a bus."""
        return str(self._connection.unique_name) if self._connection is not None else ""

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
        signals: deque[Any] = deque(maxlen=_SIGNALS_HELD)
        self._connection.filter(rule, queue=signals)
        self._subscriptions.append((signals, handler))

    def receive(self, seconds: float) -> None:
        """Call the handlers of signals that came; wait so long for one where none did. For a connection without a Bus.
        Raises NoAnswer when the bus has gone."""
        if self._connection is None:
            raise NoAnswer
        if not any(signals for signals, _handler in self._subscriptions):
            try:
                self._connection.recv_messages(timeout=seconds)
            except TimeoutError:
                return
            except OSError as error:
                self.close()
                raise NoAnswer from error
        self._handle_signals()

    def wait(self, wake: int) -> None:
        """Wait until `wake`, a file descriptor, can be read, or the bus has gone. Handles the signals that come."""
        self._handle_signals()
        if self._connection is None:
            return
        with selectors.DefaultSelector() as selector:  # `select` takes no descriptor above 1023: a host may hold more
            selector.register(wake, selectors.EVENT_READ)
            selector.register(self._connection.sock, selectors.EVENT_READ)
            while self._connection is not None and wake not in [key.fd for key, _ in selector.select()]:
                self._handle_signals()

    def close(self) -> None:
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
        for signals, handler in self._subscriptions:
            while signals:
                handler(*signals.popleft().body)


@contextmanager
def open_bus() -> Iterator[BusConnection]:
    """A connection for what waits long, not on the Tk thread. Without a bus every call raises NoAnswer."""
    connection = BusConnection(_connect())
    try:
        yield connection
    finally:
        connection.close()


Job: TypeAlias = Callable[[BusConnection], None]


class Bus:
    """Runs jobs on a thread of its own. A job handles NoAnswer itself; without a bus every call raises it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._wake_read, self._wake_write = os.pipe()  # a byte for each job that waits
        self._open = True
        threading.Thread(target=self._run, name="session-bus", daemon=True).start()

    def do(self, job: Job) -> None:
        """Have `job(connection)` called on the Bus's thread, in the order given. From any thread; does not block. After
        `close` nothing happens.
        """
        self._put(job)

    def close(self) -> None:
        """End the thread after the jobs given before, without waiting for it."""
        self._put(None)

    def _put(self, job: Job | None) -> None:
        with self._lock:
            if self._open:
                self._open = job is not None
                self._jobs.put(job)
                os.write(self._wake_write, b"!")

    def _run(self) -> None:
        connection = BusConnection(_connect())
        try:
            while (job := self._next(connection)) is not None:
                job(connection)
        finally:
            connection.close()
            with self._lock:
                self._open = False
                os.close(self._wake_read)
                os.close(self._wake_write)

    def _next(self, connection: BusConnection) -> Job | None:
        connection.wait(self._wake_read)
        os.read(self._wake_read, 1)
        return self._jobs.get()


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
