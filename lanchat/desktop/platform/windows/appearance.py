"""Windows' dark mode for programs, as the registry says. Tried under Wine only."""

from __future__ import annotations

import sys
import winreg

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
