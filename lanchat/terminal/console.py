"""The face's end of the Engine: Commands go in here, and all that is to be heard comes out of one queue.

The Engine's events, typed lines and signals arrive in that one queue, so a face waits in one place. A Console belongs
to the main thread; only `tell` may be called from any other, and from a signal handler.

Opening a Console on the real Engine, in the data folder that was asked for. Main thread.
"""

from __future__ import annotations

import queue
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import FrameType
from typing import Protocol, TypeAlias, cast

from lanchat.core.model import RoomId
from lanchat.core.nicks import Nicks
from lanchat.core.translate import _
from lanchat.engine.commands import Command, Quit
from lanchat.engine.engine import Engine, share_the_interpreter
from lanchat.engine.events import Event, Started, Stopped
from lanchat.engine.mailbox import Mailbox
from lanchat.storage.paths import data_dir
from lanchat.storage.reader import Reader
from lanchat.terminal.arguments import Options
from lanchat.terminal.exit_codes import CommandError, Interrupted, handle_signals
from lanchat.terminal.standard_streams import interrupt_blocked_write, restore_alarm

#: Elsewhere than on Linux a waiting thread may sleep through a signal: look up this often.
_LOOK_UP_SECONDS = None if sys.platform == "linux" else 0.25
#: The Engine says goodbye to its rooms and the network in about a second.
_LEAVE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Typed:
    """A line (or a pasted piece of many lines) from the person or the pipe."""

    text: str


@dataclass(frozen=True, slots=True)
class InputEnded:
    """There will be no more lines."""


@dataclass(frozen=True, slots=True)
class LeaveAsked:
    """Somebody wants this to end."""


ConsoleEvent: TypeAlias = Event | Typed | InputEnded | LeaveAsked


class RunningEngine(Protocol):
    """What a face needs of an Engine."""

    @property
    def events(self) -> Mailbox[Event]: ...

    def start(self) -> None: ...

    def do(self, command: Command) -> None: ...

    def join(self, timeout: float | None = None) -> object: ...


class Console:
    """Made by `attach_console`, which also sees to a polite end."""

    started: Started
    reader: Reader
    had: dict[RoomId, int]  #: the last seq of each room on disk at the start: what comes later is news

    def __init__(self, engine: RunningEngine) -> None:
        self._engine = engine
        # The face is this queue's only reader, so its own small values may travel in it, too.
        self._heard = cast("Mailbox[ConsoleEvent]", engine.events)
        self._stopped = False
        self._leave_asked = 0  # times

    def do(self, command: Command) -> None:
        self._engine.do(command)

    def tell(self, heard: Typed | InputEnded | LeaveAsked) -> None:
        """Any thread, and signal handlers: a Mailbox takes no lock for what is not an Event."""
        if isinstance(heard, LeaveAsked):
            self._leave_asked += 1
        self._heard.put(heard)

    def hear(self, until: float | None = None) -> Event | Typed | InputEnded | None:
        """The next thing, waited for; None when time.monotonic() passes `until`.

        Raises Interrupted when somebody wants to leave, CommandError when the Engine stopped by itself.
        """
        heard = None if self._leave_asked else self._get(until)
        if self._leave_asked:  # it overtakes whatever waits
            raise Interrupted
        match heard:
            case Stopped(problem):
                self._stopped = True
                raise CommandError(problem or _("lanchat has stopped."))
            case LeaveAsked():
                raise Interrupted
            case _:
                return heard

    def hear_out(self, until: float) -> Event | Typed | InputEnded | None:
        """As `hear`, when somebody wanted to leave already. Raises Interrupted when that is asked once more."""
        asked = self._leave_asked
        heard = self._get(until)
        if self._leave_asked > asked:
            raise Interrupted
        return None if isinstance(heard, Stopped | LeaveAsked) else heard

    def await_started(self) -> Started:
        while True:
            if isinstance(event := self.hear(), Started):
                return event

    @cached_property
    def nicks(self) -> Nicks:
        """The nicks of all known people and of this person, as they were when this was first asked for."""
        return Nicks({**self.reader.nicks(), self.started.me: self.started.nick})

    def last_seqs(self) -> dict[RoomId, int]:
        return {
            record.room_id: item.seq for record in self.reader.rooms() for item in self.reader.newest(record.room_id, 1)
        }

    def leave(self) -> None:
        """Say goodbye, and wait for the Engine to end. Asked to leave once more, do not wait."""
        if not self._stopped:
            asked = self._leave_asked
            self._engine.do(Quit())
            self._heard.skip_entries()
            until = time.monotonic() + _LEAVE_SECONDS
            while self._leave_asked == asked and not isinstance(self._get(until), Stopped | None):
                pass
        self._engine.join(_LEAVE_SECONDS)

    def _get(self, until: float | None) -> ConsoleEvent | None:
        while True:
            patience = _LOOK_UP_SECONDS
            if until is not None:
                left = max(0.0, until - time.monotonic())
                patience = left if patience is None else min(left, patience)
            try:
                return self._heard.get(timeout=patience)
            except queue.Empty:
                if until is not None and time.monotonic() >= until:
                    return None

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        self.tell(LeaveAsked())
        interrupt_blocked_write()


@contextmanager
def attach_console(engine: RunningEngine, folder: Path) -> Iterator[Console]:
    """A Console on `engine`, whose data folder is `folder`. Inside, the Engine runs; the end of it is polite.

    Raises CommandError, Interrupted and StorageProblem.
    """
    console = Console(engine)
    with restore_alarm(), handle_signals(console.on_signal):  # they are heard in the queue, like everything else
        engine.start()
        try:
            console.started = console.await_started()
            with closing(Reader.open(folder)) as console.reader:
                console.had = console.last_seqs()
                yield console
        finally:
            console.leave()


#: How a face gets its Console. A parameter, so that a test can put another Engine behind it.
OpenConsole: TypeAlias = Callable[[Options], AbstractContextManager[Console]]


@contextmanager
def open_console(options: Options) -> Iterator[Console]:
    """Raises CommandError, Interrupted and StorageProblem."""
    share_the_interpreter()
    folder = data_dir(options.data_dir)
    with attach_console(Engine(folder, nick=options.nick), folder) as console:
        yield console
