"""The real window in a process of its own, doing what the bench asks: `… -m tests.bench.window_program FOLDER PORT`.

It is the program as people start it, but that it looks for rooms on this machine only, by this port. Each line it
prints is JSON: the first that the window is drawn, then the answer to each line of its input, [action, argument…]; see
window_actions. The end of its input ends it.
"""

from __future__ import annotations

import sys
import tkinter as tk
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lanchat.__main__ import main
from lanchat.desktop import bootstrap

if TYPE_CHECKING:
    from tests.bench.window_watched import Watched


def _watched(root: tk.Tk, folder: Path, link: str) -> Watched:
    from tests.bench.window_watched import Watched, engine_on_this_machine

    return Watched(root, folder, link, partial(engine_on_this_machine, int(sys.argv[2])))


if __name__ == "__main__":
    bootstrap.run = partial(bootstrap.run, make=_watched)
    sys.exit(main(["--data-dir", sys.argv[1]]))
