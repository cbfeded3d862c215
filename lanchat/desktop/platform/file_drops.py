"""Files that are dropped on the window, from a file manager. Tk thread.

Tk knows nothing of dropping. tkdnd does (XDND, OLE, Cocoa); the package tkinterdnd2 brings it for all systems. Where it
is missing, or does not load, nothing can be dropped, and all else works.
"""

from __future__ import annotations

import logging
import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path

_log = logging.getLogger(__name__)

_FILES = "DND_Files"
_COPY, _REFUSE = "copy", "refuse_drop"


def accept_drops(
    root: tk.Tk, over: Callable[[bool], bool], dropped: Callable[[Sequence[str]], None]
) -> str:
    """From now on files can be dropped anywhere on the window. What is missing, in words for the log; "": nothing.

    `over`: they are held over the window, or no more; whether they could be dropped. `dropped` is given their paths.
    """
    problem = _load(root)
    if problem:
        _log.info("nothing can be dropped on the window: %s", problem)
        return problem

    def entered(*_about: str) -> str:
        return _COPY if over(True) else _REFUSE

    def left() -> str:
        over(False)
        return _REFUSE

    def fell(data: str) -> str:
        accepted = over(True)
        over(False)
        paths = [path for path in root.tk.splitlist(data) if Path(path).is_absolute()]
        if accepted and paths:
            dropped(paths)
        return _COPY if accepted else _REFUSE

    root.tk.call("tkdnd::drop_target", "register", str(root), (_FILES,))
    for event, command in (
        ("<<DropEnter>>", root.register(entered)), ("<<DropPosition>>", root.register(entered)),
        ("<<DropLeave>>", root.register(left)), (f"<<Drop:{_FILES}>>", f"{root.register(fell)} %D"),
    ):  # fmt: skip
        root.tk.call("bind", str(root), event, command)
    return ""


def _load(root: tk.Tk) -> str:
    """What is missing."""
    try:
        from tkinterdnd2 import TkinterDnD
    except ImportError:
        return "tkinterdnd2 is not installed"
    try:
        TkinterDnD._require(root)
    except (RuntimeError, tk.TclError) as error:  # a system or a Tk for which there is none
        return str(error)
    return ""
