"""The desktop's session bus: one connection, on a thread of its own, on which every job and every signal runs.

The thread sleeps until somebody gives it a job or the bus brings a signal. It reads the modules of D-Bus, too, which
the window need not wait for.
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

ANSWER_SECONDS = 2.0  # a desktop that starts the asked program first takes most of a second
_SIGNALS_HELD = 100  # more than a person can click while one job runs


class NoAnswer(Exception):
    """There is no session bus, or nobody on it who answers this."""


@dataclass(frozen=True, slots=True)
class Service:
    """Who is spoken to."""

    name: str
    path: str
    interface: str


class BusConnection:
    """The connection, as jobs see it. On the bus's thread only."""

    def __init__(self, connection: DBusConnection | None) -> None:
        self._connection = connection
        self._heard: list[tuple[deque[Any], Callable[..., None]]] = []

    def ask(self, service: Service, method: str, signature: str = "", *body: object) -> tuple[Any, ...]:
        """What `service` answers to `method`. A variant is a pair: its signature and its value. Raises NoAnswer."""
        if self._connection is None:
            raise NoAnswer
        from jeepney import DBusAddress, new_method_call

        address = DBusAddress(service.path, service.name, service.interface)
        return self._call(new_method_call(address, method, signature or None, body))

    def hear(self, service: Service, signal: str, told: Callable[..., None]) -> None:
        """From now on `told(*values)` for every `signal` of `service`. Raises NoAnswer."""
        if self._connection is None:
            raise NoAnswer
        from jeepney import MatchRule
        from jeepney.bus_messages import message_bus

        rule = MatchRule(type="signal", interface=service.interface, member=signal, path=service.path)
        self._call(message_bus.AddMatch(rule))
        assert self._connection is not None
        queue: deque[Any] = deque(maxlen=_SIGNALS_HELD)
        self._connection.filter(rule, queue=queue)
        self._heard.append((queue, told))

    def wait(self, wake: int) -> None:
        """Until `wake` can be read. Tells of every signal that comes meanwhile."""
        self._tell()
        with selectors.DefaultSelector() as selector:  # not `select`: a host may hold a thousand descriptors
            selector.register(wake, selectors.EVENT_READ)
            if self._connection is not None:
                selector.register(self._connection.sock, selectors.EVENT_READ)
            while wake not in [key.fd for key, _ in selector.select()]:
                self._tell()
                if self._connection is None:
                    return

    def close(self) -> None:
        """Hang up."""
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

    def _tell(self) -> None:
        """Take in what is there, without waiting, and tell of it."""
        try:
            while self._connection is not None:
                self._connection.recv_messages(timeout=0)
        except TimeoutError:
            pass
        except OSError:
            _log.info("the session bus has gone")
            self.close()
        for queue, told in self._heard:
            while queue:
                told(*queue.popleft().body)


Job: TypeAlias = Callable[[BusConnection], None]


class Bus:
    """`do` from any thread. A job handles NoAnswer itself; without a bus every question raises it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: list[Job | None] = []
        self._wake, self._bell = os.pipe()
        self._rung = False  # one byte is in the pipe
        self._open = True
        threading.Thread(target=self._run, name="session-bus", daemon=True).start()

    def do(self, job: Job) -> None:
        """`job(line)` soon, on the bus's thread, in the order given; after `close` nothing. Never blocks."""
        with self._lock:
            if self._open:
                self._put(job)

    def close(self) -> None:
        """Hang up once every job given before is done. Does not wait for it."""
        with self._lock:
            if self._open:
                self._open = False
                self._put(None)

    def _put(self, job: Job | None) -> None:
        self._jobs.append(job)
        if not self._rung:
            self._rung = True
            os.write(self._bell, b"!")

    def _run(self) -> None:
        line = BusConnection(_connection())
        try:
            while self._work(line):
                line.wait(self._wake)
        finally:
            line.close()
            with self._lock:
                self._open = False
                os.close(self._wake)
                os.close(self._bell)

    def _work(self, line: BusConnection) -> bool:
        """Every job there is; False when the last of all is done."""
        for job in self._taken():
            if job is None:
                return False
            job(line)
        return True

    def _taken(self) -> list[Job | None]:
        with self._lock:
            if self._rung:
                self._rung = False
                os.read(self._wake, 1)
            jobs, self._jobs = self._jobs, []
            return jobs


def _address() -> str:
    """Where the person's session bus listens, by its specification; "" when nothing says so."""
    if address := os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return address
    usual = os.path.join(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere", "bus")
    return f"unix:path={usual}" if os.path.exists(usual) else ""


def _connection() -> DBusConnection | None:
    address = _address()
    if not address:
        _log.info("there is no session bus")
        return None
    from jeepney import DBusErrorResponse
    from jeepney.io.blocking import open_dbus_connection

    try:
        return open_dbus_connection(address)
    except (OSError, RuntimeError, ValueError, DBusErrorResponse) as error:  # not there, of a kind unknown, unwilling
        _log.info("the session bus does not answer: %s", error)
        return None
