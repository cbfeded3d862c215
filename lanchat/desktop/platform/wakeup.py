"""Waker: has a function called on the Tk thread, from any other thread or from a signal. No polling.

Tk must not be touched from another thread at all, not even by `event_generate`. So another thread only writes a byte
into a pipe that Tk's own loop watches; on Windows, where Tk watches none, it posts a message (windows_desktop.py).

What asks the program to end from outside its window: signals and the end of an X11 session. Tk thread.

While Tk waits for events no Python runs, and Python's own signal handlers neither: so the signal's number is written
where it wakes Tk's loop.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tkinter as tk
from collections.abc import Callable
from types import FrameType

if sys.platform == "win32":
    from lanchat.desktop.platform.windows_desktop import WindowsWaker as Waker
else:

    class Waker:
        def __init__(self, root: tk.Misc, woken: Callable[[], None]) -> None:
            """On the Tk thread, where `woken` runs; once for any number of calls that came meanwhile."""
            self._root = root
            self._woken = woken
            self._read, self._write = os.pipe()
            for end in (self._read, self._write):
                os.set_blocking(end, False)
            root.tk.createfilehandler(self._read, tk.READABLE, self._readable)

        @property
        def descriptor(self) -> int:
            """Whatever is written into it wakes as well: for `signal.set_wakeup_fd`."""
            return self._write

        def wake(self) -> None:
            """Any thread; never blocks. Not after `close`."""
            with contextlib.suppress(BlockingIOError):  # so much is in it already
                os.write(self._write, b"!")

        def close(self) -> None:
            """On the Tk thread."""
            self._root.tk.deletefilehandler(self._read)
            os.close(self._read)
            os.close(self._write)

        def _readable(self, _file: object, _mask: int) -> None:
            with contextlib.suppress(BlockingIOError):
                os.read(self._read, 64)
            self._woken()


_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # the last two only here or there


class Endings:
    """From now until `restore`."""

    def __init__(self, root: tk.Tk, ended: Callable[[], None]) -> None:
        """`ended()` runs on the Tk thread, for the first time one asks. A second signal ends the process at once:
        who asks twice does not want to wait.
        """
        self._root = root
        self._ended = ended
        self._asked = False
        self._before = {number: signal.signal(number, self._caught) for number in _numbers()}
        self._waker = Waker(root, self._look)
        self._wakes_before = signal.set_wakeup_fd(self._waker.descriptor, warn_on_full_buffer=False)
        root.protocol("WM_SAVE_YOURSELF", self._end)

    def restore(self) -> None:
        """As it was before. The window must still be there."""
        signal.set_wakeup_fd(self._wakes_before)
        self._waker.close()
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._root.protocol("WM_SAVE_YOURSELF", "")

    def _caught(self, _number: int, _frame: FrameType | None) -> None:
        """Anywhere in whatever Python runs on the main thread: only takes notes."""
        self._asked = True
        for number in self._before:
            signal.signal(number, signal.SIG_DFL)

    def _end(self) -> None:
        ended, self._ended = self._ended, _nothing
        ended()

    def _look(self) -> None:
        if self._asked:
            self._end()


def _numbers() -> list[signal.Signals]:
    """Those this system has, but for what whoever started us wants ignored, as nohup does."""
    here = [signal.Signals[name] for name in _NAMES if name in signal.Signals.__members__]
    return [number for number in here if signal.getsignal(number) is not signal.SIG_IGN]


def _nothing() -> None:
    """Has ended already."""
