"""The wheel: turned over anything that lies on something that scrolls, it scrolls that.

Tk gives the wheel to the widget under the pointer alone, and every system tells of it in its own way.
"""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable
from typing import Protocol, runtime_checkable


@runtime_checkable
class Scrolls(Protocol):
    """What can be scrolled by the wheel."""

    def turned(self, steps: float) -> None:
        """`steps` of the wheel downwards; a step back is -1."""

    def shows_all(self) -> bool:
        """There is nothing to scroll: the wheel is for what this lies on."""


def serve_wheel(root: tk.Misc) -> None:
    """For everything in this window that `Scrolls`. Doing it again changes nothing."""
    for event in ("<MouseWheel>", "<Button-4>", "<Button-5>"):
        if not root.bind_all(event):
            root.bind_all(event, _turned)


def bind_wheel(widget: tk.Misc, yview: Callable[..., object]) -> None:
    """For one widget that scrolls by itself: turned over it, the wheel calls `yview("scroll", "±1", "units")`."""

    def turned(event: tk.Event[tk.Misc]) -> str:
        steps = steps_of(event)
        yview("scroll", str(round(steps) or (1 if steps > 0 else -1)), "units")
        return "break"

    for event in ("<MouseWheel>", "<Button-4>", "<Button-5>"):
        widget.bind(event, turned)


def steps_of(event: tk.Event[tk.Misc]) -> float:
    """How far a wheel event turned, in steps downwards."""
    if event.num in (4, 5):
        return 1.0 if event.num == 5 else -1.0
    return -event.delta / (1 if sys.platform == "darwin" else 120)


def _turned(event: tk.Event[tk.Misc]) -> None:
    widget: tk.Misc | None = event.widget if isinstance(event.widget, tk.Misc) else None
    while widget is not None:
        if isinstance(widget, tk.Text) and widget.yview() != (0.0, 1.0):
            return  # it scrolls by itself
        if isinstance(widget, Scrolls) and not widget.shows_all():
            widget.turned(steps_of(event))
            return
        widget = widget.master
