"""Starting with Windows: a value under this person's Run key. All raise OSError. Tried under Wine only."""

from __future__ import annotations

import subprocess
import sys
import winreg
from collections.abc import Sequence

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
