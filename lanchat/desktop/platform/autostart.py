"""Starting with the system: whether, and changing it. "" or, in plain words, why it did not work. Tk thread."""

from __future__ import annotations

import sys
from pathlib import Path

from lanchat.core.translate import _

if sys.platform == "win32":
    from lanchat.desktop.platform import windows_desktop as here
elif sys.platform == "darwin":
    from lanchat.desktop.platform import macos_desktop as here
else:
    from lanchat.desktop.platform import freedesktop_services as here


def is_on() -> bool:
    """Whether lanchat starts when this person logs in, also by what they set elsewhere in their system."""
    try:
        return here.is_on()
    except OSError:
        return False


def turn_on(*arguments: str) -> str:
    """From the next log-in on, as it runs now and with these arguments."""
    try:
        here.turn_on([*_own_command(), *arguments])
    except OSError as error:
        return _("lanchat could not be set to start with the system: {reason}").format(reason=error.strerror)
    return ""


def turn_off() -> str:
    try:
        here.turn_off()
    except OSError as error:
        return _("lanchat still starts with the system: {reason}").format(reason=error.strerror)
    return ""


def _own_command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable]
    python = Path(sys.executable)
    windowed = python.with_name("pythonw.exe")  # on Windows: without a console
    return [str(windowed if windowed.exists() else python), "-m", "lanchat"]
