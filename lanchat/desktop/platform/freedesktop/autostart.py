"""Starting with the desktop: a file in its autostart folder. All raise OSError.

https://specifications.freedesktop.org/autostart-spec/latest/ and, for the file itself, desktop-entry-spec.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

_OFF = re.compile(r"^\s*(Hidden\s*=\s*true|X-GNOME-Autostart-enabled\s*=\s*false)\s*$", re.MULTILINE)
_IN_QUOTES = re.compile(r'(["`$\\])')
_IN_VALUES = {"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"}


def is_on() -> bool:
    """Desktops switch a program off by writing into its file."""
    try:
        return _OFF.search(_file().read_text("utf-8", "replace")) is None
    except FileNotFoundError:
        return False


def turn_on(command: Sequence[str]) -> None:
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = ("[Desktop Entry]", "Type=Application", "Name=lanchat", f"Exec={exec_line(command)}", "Terminal=false", "")
    file.write_text("\n".join(lines), "utf-8", "surrogateescape")


def turn_off() -> None:
    _file().unlink(missing_ok=True)


def exec_line(command: Sequence[str]) -> str:
    """The value of `Exec` that starts exactly `command`."""
    line = " ".join(f'"{_IN_QUOTES.sub(_BEHIND_BACKSLASH, argument)}"' for argument in command)
    return "".join(_IN_VALUES.get(one, one) for one in line.replace("%", "%%"))


_BEHIND_BACKSLASH = r"\\\1"


def _file() -> Path:
    folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "autostart" / "lanchat.desktop"
