"""Runs programs of the system and reads what they print. Any thread.

No shell is involved. Arguments and output are never logged: they may be somebody's text.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_log = logging.getLogger(__name__)

_LIBRARIES = "LD_LIBRARY_PATH"
_TK = ("TCL_LIBRARY", "TK_LIBRARY")  # set by PyInstaller to the folder of the packaged lanchat


def environment() -> dict[str, str]:
    """The environment for other programs: without the LD_LIBRARY_PATH of the packaged lanchat and what its Tk uses,
    which no other program may load. https://pyinstaller.org/en/stable/common-issues-and-pitfalls.html
    """
    variables = dict(os.environ)
    original = variables.pop(f"{_LIBRARIES}_ORIG", None)
    if original is not None:
        variables[_LIBRARIES] = original
    elif getattr(sys, "frozen", False):
        variables.pop(_LIBRARIES, None)
    for name in _own_tk():
        variables.pop(name, None)
    return variables


@contextmanager
def own_libraries_aside() -> Iterator[None]:
    """On Windows, what is started meanwhile finds its own libraries: the packaged lanchat has put its folder before
    them for all that it starts (SetDllDirectory), and `os.startfile` takes no environment."""
    if sys.platform != "win32" or not _own_folder():
        yield
        return
    import ctypes

    kept = {name: os.environ.pop(name) for name in _own_tk()}
    ctypes.windll.kernel32.SetDllDirectoryW(None)
    try:
        yield
    finally:
        ctypes.windll.kernel32.SetDllDirectoryW(_own_folder())
        os.environ.update(kept)


def _own_folder() -> str:
    """Where the packaged lanchat has its libraries; "" when it is not packaged."""
    return str(getattr(sys, "_MEIPASS", "")) if getattr(sys, "frozen", False) else ""


def _own_tk() -> list[str]:
    """The variables that lead Tk to the packaged lanchat."""
    folder = _own_folder()
    return [name for name in _TK if folder and os.environ.get(name, "").startswith(folder)]


def run(argv: Sequence[str], seconds: float, stdin: str = "") -> str | None:
    """Run it and return its output. None when it does not start, fails or takes longer than `seconds`. Blocks."""
    try:
        done = subprocess.run(
            argv, input=stdin.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds,
            check=True, env=environment(), creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        _log.info("no answer of %s: %s", Path(argv[0]).name, type(error).__name__)
        return None
    return done.stdout.decode("utf-8", "replace")
