"""Windows' dark mode for programs, as the registry says. Tried under Wine only.

Marking a window in Windows' taskbar. Tried under Wine only.

Starting with Windows: a value under this person's Run key. All raise OSError. Tried under Wine only.

Waker for Windows: a message to a window of Tk's own, which its loop waits for as for every other. Tried under Wine.

Tk handles only the messages it knows. WM_CLOSE is one of them: it runs the window's WM_DELETE_WINDOW in Tk's usual
way, as when a person closes it. The window is never shown, so nobody else closes it.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
import tkinter as tk
import winreg
from collections.abc import Callable, Sequence
from ctypes import wintypes

assert sys.platform == "win32"

_KEY = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"


def is_dark() -> bool | None:
    """None before Windows 10."""
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _KEY) as key:
            value, _kind = winreg.QueryValueEx(key, "AppsUseLightTheme")
    except OSError:
        return None
    return bool(value == 0)


assert sys.platform == "win32"

_TRAY, _UNTIL_FOREGROUND = 0x2, 0xC


class _FlashInfo(ctypes.Structure):  # FLASHWINFO
    _fields_ = (
        ("size", wintypes.UINT), ("window", wintypes.HWND), ("flags", wintypes.DWORD),
        ("count", wintypes.UINT), ("timeout", wintypes.DWORD),
    )  # fmt: skip


def flash(window: int) -> None:
    """Colour its button until the window comes to the foreground."""
    info = _FlashInfo(ctypes.sizeof(_FlashInfo), window, _TRAY | _UNTIL_FOREGROUND, 0, 0)
    ctypes.windll.user32.FlashWindowEx(ctypes.byref(info))


assert sys.platform == "win32"

_NAME = "lanchat"
_CURRENT = r"Software\Microsoft\Windows\CurrentVersion"
_RUN = rf"{_CURRENT}\Run"
_APPROVED = rf"{_CURRENT}\Explorer\StartupApproved\Run"  # what the person switched off in the Task Manager
_SWITCHED_OFF = 1  # a bit of the first byte


def is_on() -> bool:
    if _value(_RUN) is None:
        return False
    approved = _value(_APPROVED)
    return not (isinstance(approved, bytes) and approved and approved[0] & _SWITCHED_OFF)


def turn_on(command: Sequence[str]) -> None:
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN) as key:
        winreg.SetValueEx(key, _NAME, 0, winreg.REG_SZ, subprocess.list2cmdline(command))
    _remove(_APPROVED)


def turn_off() -> None:
    _remove(_RUN)


def _value(path: str) -> object:
    """None: there is none."""
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
            value: object = winreg.QueryValueEx(key, _NAME)[0]
            return value
    except FileNotFoundError:
        return None


def _remove(path: str) -> None:
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path, 0, winreg.KEY_SET_VALUE) as key:
            winreg.DeleteValue(key, _NAME)
    except FileNotFoundError:
        pass


assert sys.platform == "win32"

_WM_CLOSE = 0x0010


class WindowsWaker:
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
