"""macOS' dark mode, by its `defaults`. Not yet tried there.

Starting a program every few seconds would cost: it is asked again only when the file of its settings has changed.
"""

from __future__ import annotations

from pathlib import Path

from lanchat.desktop.platform.programs import find, run

_SECONDS = 2.0


class MacLook:
    """Call it: whether macOS is dark now. On one thread."""

    def __init__(self) -> None:
        self._file = Path.home() / "Library/Preferences/.GlobalPreferences.plist"
        self._changed_at: int | None = None
        self._dark: bool | None = None

    def __call__(self) -> bool | None:
        changed_at = _changed_at(self._file)
        if self._changed_at is None or changed_at != self._changed_at:
            self._changed_at = changed_at
            self._dark = _is_dark()
        return self._dark


def _changed_at(file: Path) -> int:
    """In nanoseconds; 0 when there is no such file."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _is_dark() -> bool | None:
    defaults = find("defaults")
    if not defaults:
        return None
    return (run([defaults, "read", "-g", "AppleInterfaceStyle"], _SECONDS) or "").strip() == "Dark"  # unset when light
