"""How long nobody has used this computer, and IdleWatch, which tells when that is long enough to be away.

X11 is asked through the extension MIT-SCREEN-SAVER. Under Wayland no program is told what others receive: there nobody
is away by themselves. What asks Windows and macOS was never run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Protocol

AWAY_SECONDS = 600.0  #: of no use, until the person counts as away
_LOOK_MS = 15_000
_LOOK_AWAY_MS = 1_000  # while away: coming back is seen at once


def seconds_idle() -> float | None:
    """Seconds since a key, button or pointer of this computer was used; None: not known. Any thread."""
    if sys.platform == "win32":
        from lanchat.desktop.platform.windows_desktop import seconds_since_input

        return seconds_since_input()
    if sys.platform == "darwin":
        from lanchat.desktop.platform.macos_desktop import seconds_since_input

        return seconds_since_input()
    if os.environ.get("WAYLAND_DISPLAY"):
        return None
    from lanchat.desktop.platform import x11

    try:
        return x11.seconds_since_input()
    except x11.NoDisplay:
        return None


class Timer(Protocol):
    """Tk's `after`."""

    def __call__(self, ms: int, function: Callable[[], None], /) -> object: ...


class IdleWatch:
    """Calls `told` with True when the person has been away for AWAY_SECONDS, and with False when they are back."""

    def __init__(
        self, after: Timer, told: Callable[[bool], None], idle: Callable[[], float | None] = seconds_idle
    ) -> None:
        self._after = after
        self._told = told
        self._idle = idle
        self._away = False
        self._look()

    def _look(self) -> None:
        seconds = self._idle()
        away = seconds is not None and seconds >= AWAY_SECONDS
        if away != self._away:
            self._away = away
            self._told(away)
        self._after(_LOOK_AWAY_MS if away else _LOOK_MS, self._look)
