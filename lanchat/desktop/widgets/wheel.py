"""The wheel, of which every system and every Tk tells in its own way."""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable

#: Events of the wheel. The buttons are those of X11; from Tk 9 on macOS tells of a touchpad in its own event (TIP 684).
WHEEL = ("<MouseWheel>", "<Button-4>", "<Button-5>", *(("<TouchpadScroll>",) if tk.TkVersion >= 9 else ()))

_STEP = 1 if sys.platform == "darwin" and tk.TkVersion < 8.7 else 120  # of a wheel; 120 on every system since TIP 474
_TOUCHPAD, _TOUCHPAD_STEP = "39", 40  # Tk's number of that event, for which tkinter has no name; pixels


def bind_wheel(widget: tk.Misc, yview: Callable[..., object]) -> None:
    """For one widget that scrolls by itself: turned over it, the wheel calls `yview("scroll", "±1", "units")`."""
    rest = 0.0

    def turned(event: tk.Event[tk.Misc]) -> str:
        nonlocal rest
        rest += steps_of(event)
        whole, rest = int(rest), rest - int(rest)
        if whole:
            yview("scroll", str(whole), "units")
        return "break"

    for event in WHEEL:
        widget.bind(event, turned)


def steps_of(event: tk.Event[tk.Misc]) -> float:
    """How far a wheel event turned, in steps downwards."""
    if event.num in (4, 5):
        return 1.0 if event.num == 5 else -1.0
    if str(event.type) == _TOUCHPAD:
        down = event.delta & 0xFFFF  # the other half is to the right; both are signed
        return -(down - 0x10000 if down & 0x8000 else down) / _TOUCHPAD_STEP
    return -event.delta / _STEP
