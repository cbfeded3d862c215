"""Windows: dark mode, flashing the taskbar button, idle time, autostart, and waking Tk's loop.

Tried under Wine only, but for the idle time, which was never run.
Everything runs on the Tk thread but `is_dark` and `WindowsWaker.wake`.
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

THEMES_KEY = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
_NAME = "lanchat"
_CURRENT = r"Software\Microsoft\Windows\CurrentVersion"
_RUN = rf"{_CURRENT}\Run"
_APPROVED = rf"{_CURRENT}\Explorer\StartupApproved\Run"  # what the person switched off in the Task Manager
_SWITCHED_OFF = 1  # a bit of the first byte
_FLASHW_TRAY, _FLASHW_TIMERNOFG = 0x2, 0xC  # the taskbar button; until the window comes to the foreground
_WM_CLOSE = 0x0010


# --- dark mode -------------------------------------------------------------------------------------------------------
def is_dark() -> bool | None:
    """The mode for programs, from the registry; None before Windows 10. Any thread."""
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, THEMES_KEY) as key:
            value, _kind = winreg.QueryValueEx(key, "AppsUseLightTheme")
    except OSError:
        return None
    return bool(value == 0)


# --- the taskbar -----------------------------------------------------------------------------------------------------
class _FlashInfo(ctypes.Structure):  # FLASHWINFO
    _fields_ = (
        ("size", wintypes.UINT), ("window", wintypes.HWND), ("flags", wintypes.DWORD),
        ("count", wintypes.UINT), ("timeout", wintypes.DWORD),
    )  # fmt: skip


def flash(window: int) -> None:
    """Flash the taskbar button of `window` (an HWND) until the window comes to the foreground."""
    info = _FlashInfo(ctypes.sizeof(_FlashInfo), window, _FLASHW_TRAY | _FLASHW_TIMERNOFG, 0, 0)
    ctypes.windll.user32.FlashWindowEx(ctypes.byref(info))


# --- idle time -------------------------------------------------------------------------------------------------------
class _LastInput(ctypes.Structure):  # LASTINPUTINFO
    _fields_ = (("size", wintypes.UINT), ("at", wintypes.DWORD))


def seconds_since_input() -> float | None:
    """Since a key, a button or the pointer was used in this session. Any thread."""
    last = _LastInput(ctypes.sizeof(_LastInput), 0)
    if not ctypes.windll.user32.GetLastInputInfo(ctypes.byref(last)):
        return None
    now: int = ctypes.windll.kernel32.GetTickCount()
    then: int = last.at
    return ((now - then) & 0xFFFFFFFF) / 1000  # both begin anew after 49 days


# --- autostart: a value under the Run key of this person. All raise OSError ------------------------------------------
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
    """None when there is none."""
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


# --- waking Tk's loop ------------------------------------------------------------------------------------------------
class WindowsWaker:
    """As wakeup.Waker, by a message to a window of Tk's own, for which its loop waits as for every other.

    Tk handles only messages it knows. WM_CLOSE is one: it calls the window's WM_DELETE_WINDOW handler in Tk's usual
    way, as when a person closes it. The window is never shown, so nobody else closes it.
    """

    def __init__(self, root: tk.Misc, woken: Callable[[], None]) -> None:
        self._window = tk.Toplevel(root)
        self._window.withdraw()
        self._window.protocol("WM_DELETE_WINDOW", woken)
        self._handle = self._window.winfo_id()
        self._post = ctypes.WinDLL("user32").PostMessageW
        self._post.argtypes = [wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM]
        self._pipe: int | None = None

    @property
    def descriptor(self) -> int:
        if self._pipe is None:
            read, self._pipe = os.pipe()
            threading.Thread(target=self._read_signals, args=(read,), name="signals", daemon=True).start()
        return self._pipe

    def wake(self) -> None:
        """From any thread; does not block. After `close` nothing happens."""
        self._post(self._handle, _WM_CLOSE, 0, 0)

    def close(self) -> None:
        if self._pipe is not None:
            os.close(self._pipe)
        self._window.destroy()

    def _read_signals(self, read: int) -> None:
        """Runs on a thread of its own, which ends when the other end of the pipe is closed."""
        while os.read(read, 64):
            self.wake()
        os.close(read)
