"""The terminal's end of the Engine: commands go in, and events, typed lines and signals come out of one queue.

So the commands of the terminal wait in one place. A Console belongs to the main thread; only `post` may be called from
other threads and from signal handlers.
"""

from __future__ import annotations

import queue
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import FrameType
from typing import NoReturn, Protocol, TypeAlias, cast

from lanchat.core.model import RoomId
from lanchat.core.nicks import Nicks
from lanchat.core.translate import _
from lanchat.engine.commands import BringBack, Command, Quit
from lanchat.engine.engine import Engine, share_the_interpreter
from lanchat.engine.events import Event, RebaseAsked, Started, Stopped
from lanchat.engine.mailbox import Mailbox
from lanchat.storage.data_folder import data_dir
from lanchat.storage.reader import Reader
from lanchat.terminal import standard_streams
from lanchat.terminal.arguments import Options

#: On other systems than Linux a waiting thread may miss a signal, so it wakes up this often.
_POLL_SECONDS = None if sys.platform == "linux" else 0.25
#: The Engine needs about a second to say goodbye to its rooms and the network.
_LEAVE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Typed:
    """A line (or a pasted piece of many lines) from the person or the pipe."""

    text: str


@dataclass(frozen=True, slots=True)
class InputEnded:
    """The end of the input."""


@dataclass(frozen=True, slots=True)
class LeaveRequested:
    """The person, or the system, wants the command to end."""


ConsoleEvent: TypeAlias = Event | Typed | InputEnded | LeaveRequested


class RunningEngine(Protocol):
    """What the terminal needs of an Engine."""

    @property
    def events(self) -> Mailbox[Event]: ...

    def start(self) -> None: ...

    def do(self, command: Command) -> None: ...

    def join(self, timeout: float | None = None) -> object: ...


class Console:
    """Made by `attach_console`, which also ends it."""

    started: Started
    reader: Reader
    asks = False  #: a person types, and is asked before much is brought back into a room
    last_seqs_at_start: dict[RoomId, int]  #: the newest seq on disk of each room and private thread

    def __init__(self, engine: RunningEngine) -> None:
        self._engine = engine
        # The Console is this queue's only reader, so it may put its own kinds of events in it, too.
        self._events = cast("Mailbox[ConsoleEvent]", engine.events)
        self._stopped = False
        self._leave_requests = 0
        self._unread: ConsoleEvent | None = None  # taken from the queue just as somebody wanted to leave

    def do(self, command: Command) -> None:
        self._engine.do(command)

    def post(self, event: Typed | InputEnded | LeaveRequested) -> None:
        """Any thread, and signal handlers: a Mailbox takes no lock for these."""
        if isinstance(event, LeaveRequested):
            self._leave_requests += 1
        self._events.put(event)

    def next_event(self, until: float | None = None) -> Event | Typed | InputEnded | None:
        """Wait for the next event; None when time.monotonic() passes `until`.

        Raises Interrupted when somebody wants to leave, CommandError when the Engine stopped by itself.
        """
        event = None if self._leave_requests else self._wait(until)
        if self._leave_requests:  # it overtakes what waits in the queue
            self._interrupt(event)
        match event:
            case Stopped(problem):
                self._stopped = True
                raise standard_streams.CommandError(problem or _("lanchat has stopped."))
            case LeaveRequested():
                raise standard_streams.Interrupted
            case RebaseAsked(room_id) if not self.asks:  # nothing is lost by that, and all goes on
                self.do(BringBack(room_id, True))
        return event

    def next_event_while_leaving(self, until: float) -> Event | Typed | InputEnded | None:
        """As `next_event`, after Interrupted was raised. Raises Interrupted at the next request to leave."""
        asked = self._leave_requests
        event = self._wait(until)
        if self._leave_requests > asked:
            self._interrupt(event)
        self._stopped = self._stopped or isinstance(event, Stopped)
        return None if isinstance(event, Stopped | LeaveRequested) else event

    @cached_property
    def nicks(self) -> Nicks:
        """The nicks of all known people and of this person, as they were at the first use."""
        return Nicks({**self.reader.nicks(), self.started.me: self.started.nick})

    def leave(self) -> None:
        """End the Engine, and wait for its goodbyes; another request to leave ends the wait."""
        if not self._stopped:
            asked = self._leave_requests
            self._engine.do(Quit())
            self._events.skip_entries()
            until = time.monotonic() + _LEAVE_SECONDS
            while self._leave_requests == asked and not isinstance(self._wait(until), Stopped | None):
                pass
        self._engine.join(_LEAVE_SECONDS)

    def _interrupt(self, event: ConsoleEvent | None) -> NoReturn:
        """`event`: what was taken from the queue before the request was noticed; it is the next to be read."""
        self._unread = event
        raise standard_streams.Interrupted

    def _wait(self, until: float | None) -> ConsoleEvent | None:
        if self._unread is not None:
            event, self._unread = self._unread, None
            return event
        while True:
            timeout = _POLL_SECONDS
            if until is not None:
                left = max(0.0, until - time.monotonic())
                timeout = left if timeout is None else min(left, timeout)
            try:
                return self._events.get(timeout=timeout)
            except queue.Empty:
                if until is not None and time.monotonic() >= until:
                    return None

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        self.post(LeaveRequested())
        standard_streams.interrupt_blocked_write()


@contextmanager
def attach_console(engine: RunningEngine, folder: Path) -> Iterator[Console]:
    """A Console on `engine`, whose data folder is `folder`. Starts the Engine, and ends it with the block.

    Raises CommandError, Interrupted and StorageProblem.
    """
    console = Console(engine)
    with standard_streams.restore_alarm(), standard_streams.handle_signals(console.on_signal):  # signals become events
        engine.start()
        try:
            while not isinstance(event := console.next_event(), Started):
                pass
            console.started = event
            with closing(Reader.open(folder)) as console.reader:
                reader = console.reader
                kept = [record.room_id for record in reader.rooms()] + [one.thread_id for one in reader.threads()]
                newest = {room_id: reader.newest(room_id, 1) for room_id in kept}
                console.last_seqs_at_start = {room_id: page[0].seq for room_id, page in newest.items() if page}
                yield console
        finally:
            console.leave()


def open_console(options: Options) -> AbstractContextManager[Console]:
    """A Console on the real Engine, in the chosen data folder. Raises CommandError, Interrupted, StorageProblem."""
    share_the_interpreter()
    folder = data_dir(options.data_dir)
    return attach_console(Engine(folder, nick=options.nick), folder)
