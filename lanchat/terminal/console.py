"""The face's end of the Engine: Commands go in here, and all that is to be heard comes out of one queue.

The Engine's events, typed lines and signals arrive in that one queue, so a face waits in one place. A Console belongs
to the main thread; only `tell` may be called from any other, and from a signal handler.
"""

from __future__ import annotations

import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Protocol, TypeAlias, cast

from lanchat.core.model import RoomId
from lanchat.core.words import _
from lanchat.engine.commands import Command, Quit
from lanchat.engine.events import Event, Started, Stopped
from lanchat.storage.reader import Reader
from lanchat.terminal.ending import GaveUp, Interrupted

#: Elsewhere than on Linux a waiting thread may sleep through a signal: look up this often.
_LOOK_UP_SECONDS = None if sys.platform == "linux" else 0.25
#: The Engine says goodbye to its rooms and the network in about a second.
_LEAVE_SECONDS = 10.0
#: Ctrl+C, a stopped service, a closed terminal; the last is Windows' own. Each system has some of them.
_ENDING_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


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


Heard: TypeAlias = Event | Typed | InputEnded | LeaveAsked


class Runs(Protocol):
    """What a face needs of an Engine."""

    @property
    def events(self) -> queue.SimpleQueue[Event]: ...

    def start(self) -> None: ...

    def do(self, command: Command) -> None: ...

    def join(self, timeout: float | None = None) -> object: ...


class Console:
    """Made by `attached`, which also sees to a polite end."""

    started: Started
    reader: Reader
    had: dict[RoomId, int]  #: the last seq of each room on disk at the start: what comes later is news

    def __init__(self, engine: Runs) -> None:
        self._engine = engine
        # The face is this queue's only reader, so its own small values may travel in it, too.
        self._heard = cast("queue.SimpleQueue[Heard]", engine.events)
        self._stopped = False
        self._caught: list[int] = []

    def do(self, command: Command) -> None:
        self._engine.do(command)

    def tell(self, heard: Typed | InputEnded | LeaveAsked) -> None:
        self._heard.put(heard)

    def hear(self, until: float | None = None) -> Event | Typed | InputEnded | None:
        """The next thing, waited for; None when time.monotonic() passes `until`.

        Raises Interrupted when somebody wants to leave, GaveUp when the Engine stopped by itself.
        """
        match self._get(until):
            case LeaveAsked():
                raise Interrupted
            case Stopped(problem):
                self._stopped = True
                raise GaveUp(problem or _("lanchat has stopped."))
            case heard:
                return heard

    def await_started(self) -> Started:
        while True:
            if isinstance(event := self.hear(), Started):
                return event

    def last_seqs(self) -> dict[RoomId, int]:
        return {
            record.room_id: item.seq for record in self.reader.rooms() for item in self.reader.newest(record.room_id, 1)
        }

    def leave(self) -> None:
        """Say goodbye, and wait for the Engine to end. Asked to leave once more, do not wait."""
        if not self._stopped:
            self._engine.do(Quit())
            until = time.monotonic() + _LEAVE_SECONDS
            while not isinstance(self._get(until), Stopped | LeaveAsked | None):
                pass
        self._engine.join(_LEAVE_SECONDS)

    @contextmanager
    def signals_caught(self) -> Iterator[None]:
        """Signals that end a program are heard in the queue, like everything else."""
        before = {}
        if threading.current_thread() is threading.main_thread():  # no other may
            for number in filter(None, (getattr(signal, name, None) for name in _ENDING_SIGNALS)):
                if signal.getsignal(number) not in (None, signal.SIG_IGN):  # under nohup, leave it so
                    before[number] = signal.signal(number, self._on_signal)
        self._caught = list(before)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """While the main thread waits for the keyboard itself: a signal ends the question, by raising Interrupted."""
        for number in self._caught:
            signal.signal(number, _raise_interrupted)
        try:
            yield
        finally:
            for number in self._caught:
                signal.signal(number, self._on_signal)

    def _get(self, until: float | None) -> Heard | None:
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

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.tell(LeaveAsked())  # SimpleQueue.put may be called from here: it cannot be interrupted by itself


def _raise_interrupted(number: int, frame: FrameType | None) -> None:
    raise Interrupted


@contextmanager
def attached(engine: Runs, folder: Path) -> Iterator[Console]:
    """A Console on `engine`, whose data folder is `folder`. Inside, the Engine runs; the end of it is polite.

    Raises GaveUp, Interrupted and StorageProblem.
    """
    console = Console(engine)
    with console.signals_caught():
        engine.start()
        try:
            console.started = console.await_started()
            with closing(Reader.open(folder)) as console.reader:
                console.had = console.last_seqs()
                yield console
        finally:
            console.leave()
