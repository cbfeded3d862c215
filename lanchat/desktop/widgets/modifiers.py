"""What is held down beside a key, as Tk tells it in the state of an event."""

from __future__ import annotations

import sys

_CONTROL, _ALT = 0x4, 0x20000
_ALT_OR_COMMAND = 0x8  # the first modifier: Alt on Linux, Command on macOS, but NumLock on Windows


def for_the_window(state: int) -> bool:
    """Whether Ctrl, Alt or Command is down as well: then a letter is none to write, as in Ctrl+Plus.

    On Windows Ctrl and Alt together are AltGr, and write.
    """
    if sys.platform == "win32":
        return bool(state & _CONTROL) != bool(state & _ALT)
    return bool(state & (_CONTROL | _ALT | _ALT_OR_COMMAND))
