"""Starting: from nothing to the App, and to its end. Main thread, which is Tk's.

Imports next to nothing: where lanchat runs already on this data folder, that one is asked to show itself, and this one
ends before it has read most of its modules.
"""

from __future__ import annotations

import gc
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lanchat.core.words import _
from lanchat.desktop.system import identity, scale
from lanchat.engine.ringing import ring
from lanchat.storage.logs import log_to_file

if TYPE_CHECKING:
    from lanchat.desktop.app import App

Make = Callable[[tk.Tk, Path, str], "App"]


def real_app(root: tk.Tk, folder: Path, link: str) -> App:
    from lanchat.desktop.app import App
    from lanchat.desktop.behind import real_engine

    return App(root, folder, link, real_engine)


def run(folder: Path, link: str = "", log_level: str = "warning", make: Make = real_app) -> str:
    """The window, until it is closed. "" or, in plain words, why there is none.

    `link`: a lanchat:// link to go into. `make`: what makes the App.
    """
    if ring(folder, link):
        return ""
    log_to_file(folder, log_level)
    identity.prepare()
    scale.prepare()
    try:
        root = tk.Tk(className=identity.CLASS_NAME)
    except tk.TclError:
        return _("There is no screen to draw a window on. `lanchat --help` tells what works without one.")
    gc.disable()  # what is made while modules are read stays, and is looked through for nothing; see garbage
    app = make(root, folder, link)
    root.mainloop()
    app.ended()
    return ""
