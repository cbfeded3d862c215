"""Waker for Windows: a message to a window of Tk's own, which its loop waits for as for every other. Tried under Wine.

Tk handles only the messages it knows. WM_CLOSE is one of them: it runs the window's WM_DELETE_WINDOW in Tk's usual
way, as when a person closes it. The window is never shown, so nobody else closes it.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import tkinter as tk
from collections.abc import Callable
from ctypes import wintypes

assert sys.platform == "win32"

_WM_CLOSE = 0x0010


class Waker:
    def __init__(self, root: tk.Misc, woken: Callable[[], None]) -> None:
        """On the Tk thread, where `woken` runs; once for any number of calls that came meanwhile."""
        self._window = tk.Toplevel(root)
        self._window.withdraw()
        self._window.protocol("WM_DELETE_WINDOW", woken)
        self._handle = self._window.winfo_id()
        self._post = ctypes.WinDLL("user32").PostMessageW
        self._post.argtypes = [wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM]
        self._pipe: int | None = None

    @property
    def descriptor(self) -> int:
        """Whatever is written into it wakes as well: for `signal.set_wakeup_fd`."""
        if self._pipe is None:
            read, self._pipe = os.pipe()
            threading.Thread(target=self._hear, args=(read,), name="signals", daemon=True).start()
        return self._pipe

    def wake(self) -> None:
        """Any thread; never blocks. After `close` nothing happens."""
        self._post(self._handle, _WM_CLOSE, 0, 0)

    def close(self) -> None:
        """On the Tk thread."""
        if self._pipe is not None:
            os.close(self._pipe)
        self._window.destroy()

    def _hear(self, read: int) -> None:
        """On a thread of its own, which ends when the other end is closed."""
        while os.read(read, 64):
            self.wake()
        os.close(read)
