"""Marking a window in Windows' taskbar. Tried under Wine only."""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes

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
