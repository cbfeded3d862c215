"""Starts the window and runs it to its end; collects garbage on the Tk thread meanwhile. Tk thread (the main thread).

Imports next to nothing: if lanchat already runs on this data folder, that one is asked to show its window, and this
process ends before it has imported most modules.
"""

from __future__ import annotations

import gc
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lanchat.core.translate import _
from lanchat.desktop.platform import desktop_integration
from lanchat.engine.single_instance import ring
from lanchat.storage.log_files import log_to_file

if TYPE_CHECKING:
    from lanchat.desktop.app import App
    from lanchat.engine.commands import Join, OpenRoom
    from lanchat.engine.events import Event

AppFactory = Callable[[tk.Tk, Path, str], "App"]
EventListener = Callable[["Event"], None]

_COLLECT_MS = 1000  # under load a few thousand objects are made in this time


@dataclass(frozen=True, slots=True)
class StartOptions:
    """The options of the command line, besides a link."""

    host: OpenRoom | None = None
    join: Join | None = None
    nick: str | None = None
    listen: EventListener | None = None  #: called with every Event, on the Tk thread

    def fits_a_wish(self) -> bool:
        """Whether a window that is already open can be asked for all of it: see `events.Rung`."""
        from lanchat.engine.commands import Join, OpenRoom

        host, join = self.host, self.join
        return (
            (host is None or host == OpenRoom(host.title))
            and (join is None or join == Join(join.where))
            and self.nick is None
            and self.listen is None
        )


def real_app(root: tk.Tk, folder: Path, wish: str) -> App:
    from lanchat.desktop.app import App
    from lanchat.desktop.engine_bridge import real_engine

    return App(root, folder, wish, real_engine)


def run(
    folder: Path,
    wish: str = "",
    log_level: str = "warning",
    make: AppFactory = real_app,
    start: StartOptions = StartOptions(),
) -> str:
    """Show the window until it is closed. Returns "", or in plain words why there was none.

    `wish`: what to show, as in `events.Rung`; `start`: the same with what a window that is open cannot be asked for.
    """
    fits = start.fits_a_wish()
    if ring(folder, wish if fits else ""):  # without its other options: no room may open without its passphrase
        return "" if fits else _(
            "lanchat runs already with this data folder, and its window is shown. It cannot be given the options that "
            "you gave: close it first. Nothing was opened or joined."
        )  # fmt: skip
    log_to_file(folder, log_level)
    desktop_integration.prepare_windows()
    try:
        root = tk.Tk(className=desktop_integration.CLASS_NAME)
    except tk.TclError:
        return _("There is no screen to draw a window on. `lanchat --help` tells what works without one.")
    gc.disable()  # what importing makes stays: collecting meanwhile would only cost time
    app = make(root, folder, wish)
    app.start = start
    root.mainloop()
    app.close()
    return ""


class TkGarbageCollector:
    """Collects cyclic garbage on the Tk thread, and on no other, until `close`.

    Images and windows of Tk call Tk when they are freed. Python's own collector runs on whichever thread allocates:
    there the call waits for the Tk thread, and if that waits for a lock the other thread holds, both wait for ever.
    So Python's own is switched off, and a timer collects about as often.
    """

    def __init__(self, root: tk.Misc) -> None:
        self._root = root
        gc.disable()
        self._froze = not gc.get_freeze_count()  # a process that has frozen what stays in it already goes on so
        if self._froze:
            gc.freeze()  # modules and classes stay anyway; looking through them even once takes tens of milliseconds
        self._after = root.after(_COLLECT_MS, self._collect)

    def close(self) -> None:
        """Switch Python's own collector on again. Destroy the window, and drop it, right after this."""
        self._root.after_cancel(self._after)
        if self._froze:
            gc.unfreeze()
        gc.enable()

    def _collect(self) -> None:
        """Collects the oldest generation that Python's own collector would have."""
        counts, limits = gc.get_count(), gc.get_threshold()
        due = [generation for generation in range(len(counts)) if counts[generation] > limits[generation]]
        if due:
            gc.collect(due[-1])
        self._after = self._root.after(_COLLECT_MS, self._collect)
