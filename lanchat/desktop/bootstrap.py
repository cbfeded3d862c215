"""Garbage: what is no longer used and holds on to itself in a circle is freed on the Tk thread, and on no other.

Tk's images and windows speak to Tk when they are freed. Freed on another thread, as by Python's own collection, which
runs wherever the most is made, they wait there for the Tk thread; if that waits for a lock held there, for ever. So
Python's own is off, and a timer collects about as often.

Starting: from nothing to the App, and to its end. Main thread, which is Tk's.

Imports next to nothing: where lanchat runs already on this data folder, that one is asked to show itself, and this one
ends before it has read most of its modules.
"""

from __future__ import annotations

import gc
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lanchat.core.translate import _
from lanchat.desktop.platform import taskbar
from lanchat.engine.single_instance import ring
from lanchat.storage.logs import log_to_file

if TYPE_CHECKING:
    from lanchat.desktop.app import App
    from lanchat.engine.commands import Join, OpenRoom
    from lanchat.engine.events import Event


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


Make = Callable[[tk.Tk, Path, str], "App"]
Listen = Callable[["Event"], None]


@dataclass(frozen=True, slots=True)
class StartOptions:
    """What lanchat was started with, besides a link."""

    host: OpenRoom | None = None
    join: Join | None = None
    nick: str | None = None
    listen: Listen | None = None  #: is told of every Event, on the Tk thread

    def fits_a_wish(self) -> bool:
        """Whether a window that is open already can be asked for all of it (see events.Rung)."""
        from lanchat.engine.commands import Join, OpenRoom

        host, join = self.host, self.join
        return (
            (host is None or host == OpenRoom(host.title))
            and (join is None or join == Join(join.where))
            and self.nick is None
            and self.listen is None
        )


def real_app(root: tk.Tk, folder: Path, link: str) -> App:
    from lanchat.desktop.app import App
    from lanchat.desktop.engine_bridge import real_engine

    return App(root, folder, link, real_engine)


def run(
    folder: Path,
    wish: str = "",
    log_level: str = "warning",
    make: Make = real_app,
    start: StartOptions = StartOptions(),
) -> str:
    """The window, until it is closed. "" or, in plain words, why there is none.

    `wish`: what it is to show, see events.Rung; `start`: the same, and more than a window that is open can be asked.
    `make`: what makes the App.
    """
    fits = start.fits_a_wish()
    if ring(folder, wish if fits else ""):  # a room must not open without the passphrase that was asked for
        return "" if fits else _(
            "lanchat runs already with this data folder, and its window is shown. It cannot be given the options that "
            "you gave: close it first. Nothing was opened or joined."
        )  # fmt: skip
    log_to_file(folder, log_level)
    taskbar.claim_taskbar_identity()
    taskbar.prepare_scale()
    try:
        root = tk.Tk(className=taskbar.CLASS_NAME)
    except tk.TclError:
        return _("There is no screen to draw a window on. `lanchat --help` tells what works without one.")
    gc.disable()  # what is made while modules are read stays, and is looked through for nothing; see garbage
    app = make(root, folder, wish)
    app.begin_with(start)
    root.mainloop()
    app.ended()
    return ""
