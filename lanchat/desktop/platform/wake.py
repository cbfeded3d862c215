"""Waker: has a function called on the Tk thread, from any other thread or from a signal. No polling.

Tk must not be touched from another thread at all, not even by `event_generate`. So another thread only writes a byte
into a pipe that Tk's own loop watches; on Windows, where Tk watches none, it posts a message (windows/wake.py).
"""

from __future__ import annotations

import contextlib
import os
import sys
import tkinter as tk
from collections.abc import Callable

if sys.platform == "win32":
    from lanchat.desktop.platform.windows.wake import Waker as Waker
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
