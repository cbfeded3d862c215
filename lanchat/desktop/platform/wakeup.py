"""Waking Tk's loop from other threads, and ending politely on signals and at the end of the session. Tk thread."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tkinter as tk
from collections.abc import Callable
from types import FrameType

if sys.platform == "win32":
    from lanchat.desktop.platform.windows_desktop import WindowsWaker

    Waker = WindowsWaker
else:

    class Waker:
        """Calls `woken` on the Tk thread when any other thread, or a signal, wakes it. No polling.

        Tk must not be called from another thread, not even with `event_generate`: so `wake` only writes a byte into a
        pipe that Tk's loop watches. On Windows Tk watches no pipes: see windows_desktop.WindowsWaker.
        """

        def __init__(self, root: tk.Misc, woken: Callable[[], None]) -> None:
            """On the Tk thread, where `woken` is called; once for any number of calls of `wake` in between."""
            self._root = root
            self._woken = woken
            self._read, self._write = os.pipe()
            for end in (self._read, self._write):
                os.set_blocking(end, False)
            root.tk.createfilehandler(self._read, tk.READABLE, self._readable)

        @property
        def descriptor(self) -> int:
            """For `signal.set_wakeup_fd`: whatever is written into it wakes as well."""
            return self._write

        def wake(self) -> None:
            """From any thread; does not block. Not after `close`."""
            with contextlib.suppress(BlockingIOError):  # the pipe is full: it wakes anyway
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


_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # SIGHUP is not on Windows, SIGBREAK only there


class ExitSignals:
    """Calls `ended` when a signal, or the end of the X11 session, asks the program to end; until `restore`.

    While Tk waits for events no Python code runs, and so no signal handler of Python: `set_wakeup_fd` wakes Tk's loop.
    """

    def __init__(self, root: tk.Tk, ended: Callable[[], None]) -> None:
        """`ended` is called once, on the Tk thread. A second signal ends the process at once: whoever sends it does
        not want to wait.
        """
        self._root = root
        self._ended = ended
        self._asked = False
        self._before = {
            number: signal.signal(number, self._caught)
            for number in signal.Signals
            if number.name in _NAMES and signal.getsignal(number) is not signal.SIG_IGN  # ignored: by nohup
        }
        self._waker = Waker(root, self._woken)
        self._wakes_before = signal.set_wakeup_fd(self._waker.descriptor, warn_on_full_buffer=False)
        root.protocol("WM_SAVE_YOURSELF", self._end)

    def restore(self) -> None:
        """Restore the handlers there were. Call it before the window is destroyed."""
        signal.set_wakeup_fd(self._wakes_before)
        self._waker.close()
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._root.protocol("WM_SAVE_YOURSELF", "")

    def _caught(self, _number: int, _frame: FrameType | None) -> None:
        """Runs between any two instructions of the main thread: it must only set values."""
        self._asked = True
        for number in self._before:
            signal.signal(number, signal.SIG_DFL)

    def _end(self) -> None:
        ended, self._ended = self._ended, lambda: None
        ended()

    def _woken(self) -> None:
        if self._asked:
            self._end()
