"""How a command ends: its exit code, the exceptions that end it, and signals. Any thread; imports nothing heavy."""

from __future__ import annotations

import enum
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

#: Ctrl+C, a stopped service, a closed terminal; the last is Windows' own. Each system has only some of them.
_ENDING_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Exit(enum.IntEnum):
    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    REFUSED = 4


class CommandError(Exception):
    """The command cannot go on. `words`: for the person; `code`: the exit code."""

    def __init__(self, words: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(words)
        self.words = words
        self.code = code


class Interrupted(Exception):
    """The person, or the system, wants the command to end: Ctrl+C, SIGTERM, a closed terminal."""


class OutputClosed(Exception):
    """Nobody reads the output any more: `| head` had enough, or the terminal was closed."""


@contextmanager
def handle_signals(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Within, signals that end a program call `handler`; ignored ones (nohup) stay ignored."""
    before = {}
    if threading.current_thread() is threading.main_thread():  # no other thread may
        for number in filter(None, (getattr(signal, name, None) for name in _ENDING_SIGNALS)):
            if signal.getsignal(number) not in (None, signal.SIG_IGN):
                before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, was in before.items():
            signal.signal(number, was)


def raise_interrupted(number: int, frame: FrameType | None) -> None:
    """A signal handler for code that has to clean up, or waits for the keyboard on the main thread."""
    raise Interrupted
