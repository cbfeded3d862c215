"""What asks the program to end from outside its window: signals, the end of the session, macOS' Quit. Tk thread.

While Tk waits for events no Python runs, and Python's own signal handlers neither: so the signal's number is written
into a pipe that Tk watches. Where Tk watches none (Windows), a timer looks.
"""

from __future__ import annotations

import os
import signal
import sys
import tkinter as tk
from collections.abc import Callable
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # the last two only here or there
_LOOK_MS = 250


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
        self._stop_watching = self._watch()
        root.protocol("WM_SAVE_YOURSELF", self._end)
        if root.tk.call("tk", "windowingsystem") == "aqua":
            root.tk.createcommand("::tk::mac::Quit", self._end)

    def restore(self) -> None:
        """As it was before. The window must still be there."""
        self._stop_watching()
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

    if sys.platform == "win32":

        def _watch(self) -> Callable[[], None]:
            timer = ""

            def look() -> None:
                nonlocal timer
                timer = self._root.after(_LOOK_MS, look)
                self._look()

            look()
            return lambda: self._root.after_cancel(timer)

    else:

        def _watch(self) -> Callable[[], None]:
            """How to stop it."""
            read, write = os.pipe()
            for end in (read, write):
                os.set_blocking(end, False)
            before = signal.set_wakeup_fd(write, warn_on_full_buffer=False)

            def readable(_file: object, _mask: int) -> None:
                os.read(read, 64)
                self._look()

            def stop() -> None:
                self._root.tk.deletefilehandler(read)
                signal.set_wakeup_fd(before)
                os.close(read)
                os.close(write)

            self._root.tk.createfilehandler(read, tk.READABLE, readable)
            return stop


def _numbers() -> list[signal.Signals]:
    """Those this system has, but for what whoever started us wants ignored, as nohup does."""
    here = [signal.Signals[name] for name in _NAMES if name in signal.Signals.__members__]
    return [number for number in here if signal.getsignal(number) is not signal.SIG_IGN]


def _nothing() -> None:
    """Has ended already."""
