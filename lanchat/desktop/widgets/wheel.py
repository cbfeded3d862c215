"""The wheel, of which every system tells in its own way."""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable

#: Events of the wheel; the buttons are those of X11.
WHEEL = ("<MouseWheel>", "<Button-4>", "<Button-5>")


def bind_wheel(widget: tk.Misc, yview: Callable[..., object]) -> None:
    """For one widget that scrolls by itself: turned over it, the wheel calls `yview("scroll", "±1", "units")`."""

    def turned(event: tk.Event[tk.Misc]) -> str:
        steps = steps_of(event)
        yview("scroll", str(round(steps) or (1 if steps > 0 else -1)), "units")
        return "break"

    for event in WHEEL:
        widget.bind(event, turned)


def steps_of(event: tk.Event[tk.Misc]) -> float:
    """How far a wheel event turned, in steps downwards."""
    if event.num in (4, 5):
        return 1.0 if event.num == 5 else -1.0
    return -event.delta / (1 if sys.platform == "darwin" else 120)
