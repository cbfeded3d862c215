"""Starting lanchat when the person logs in. Tk thread. Changes return "" or, in plain words, why they failed."""

from __future__ import annotations

import sys
from pathlib import Path

from lanchat.core.translate import _

if sys.platform == "win32":
    from lanchat.desktop.platform import windows_desktop as system
elif sys.platform == "darwin":
    from lanchat.desktop.platform import macos_desktop as system
else:
    from lanchat.desktop.platform import freedesktop_services as system


def is_on() -> bool:
    """Whether lanchat starts when this person logs in, by what they set here or elsewhere in the system."""
    try:
        return system.is_on()
    except OSError:
        return False


def turn_on(*arguments: str) -> str:
    """Start lanchat at each log-in, as it runs now, with these arguments."""
    try:
        system.turn_on([*_own_command(), *arguments])
    except OSError as error:
        return _("lanchat could not be set to start with the system: {reason}").format(reason=error.strerror)
    return ""


def turn_off() -> str:
    try:
        system.turn_off()
    except OSError as error:
        return _("lanchat still starts with the system: {reason}").format(reason=error.strerror)
    return ""


def _own_command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable]
    python = Path(sys.executable)
    windowed = python.with_name("pythonw.exe")  # on Windows, without a console
    return [str(windowed if windowed.exists() else python), "-m", "lanchat"]
