"""Garbage: what is no longer used and holds on to itself in a circle is freed on the Tk thread, and on no other.

Tk's images and windows speak to Tk when they are freed. Freed on another thread, as by Python's own collection, which
runs wherever the most is made, they wait there for the Tk thread; if that waits for a lock held there, for ever. So
Python's own is off, and a timer collects about as often.
"""

from __future__ import annotations

import gc
import tkinter as tk

_PAUSE_MS = 1000  # under load that is a few thousand objects


class Garbage:
    """From now until `close`. Tk thread."""

    def __init__(self, root: tk.Misc) -> None:
        self._root = root
        gc.disable()
        gc.freeze()  # the program itself stays anyway: looking through it, even once, costs tens of milliseconds
        self._after = root.after(_PAUSE_MS, self._look)

    def close(self) -> None:
        """Python's own collection again. Call it before the window is destroyed, and free that at once."""
        self._root.after_cancel(self._after)
        gc.unfreeze()
        gc.enable()

    def _look(self) -> None:
        """Collects the oldest generation that Python's own collection would have."""
        counts, limits = gc.get_count(), gc.get_threshold()
        due = [age for age in range(len(counts)) if counts[age] > limits[age]]
        if due:
            gc.collect(due[-1])
        self._after = self._root.after(_PAUSE_MS, self._look)
