"""A screen for tests and benches: an Xvfb of their own, so that no window of a person's gets in the way."""

from __future__ import annotations

import importlib.util
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


class NoScreen(Exception):
    """There is none, and none can be made. Its text is the reason."""


@contextmanager
def screen(width: int = 1400, height: int = 1000, dpi: int = 0) -> Iterator[str]:
    """DISPLAY is set inside. Gives its name; "" on systems whose windows need no X11. Raises NoScreen.

    `dpi`: what the person's desktop has set, as every scaled desktop does (Xft.dpi); 0: nothing.
    """
    if importlib.util.find_spec("_tkinter") is None:
        raise NoScreen("this Python has no tkinter")
    if sys.platform in ("win32", "darwin"):
        yield ""
        return
    if shutil.which("Xvfb") is None:
        raise NoScreen("a window needs a screen: install Xvfb (Debian: apt install xvfb)")
    read, write = os.pipe()
    # Xvfb looks for a free number in its own network namespace only, and takes the socket file of a screen in another.
    name = f":{random.randrange(1_000, 50_000)}"
    words = ["Xvfb", name, "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp",
             "-noreset"]  # fmt: skip
    server = subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    before = os.environ.get("DISPLAY")
    try:
        with os.fdopen(read) as told:  # a line when it is ready, nothing when it failed
            if not told.readline():
                raise NoScreen("Xvfb did not start")
        os.environ["DISPLAY"] = name
        if dpi:
            _set_resources(f"Xft.dpi:\t{dpi}\n")
        yield os.environ["DISPLAY"]
    finally:
        if before is None:
            os.environ.pop("DISPLAY", None)
        else:
            os.environ["DISPLAY"] = before
        server.terminate()
        server.wait(10)


def opened(make: Callable[[], T]) -> T:
    """A window. Now and then Wine does not find a file of Tcl that is there, and finds it the next time."""
    for _again in range(5 if sys.platform == "win32" else 0):
        try:
            return make()
        except Exception as error:
            if "init.tcl" not in str(error):
                raise
            time.sleep(0.2)
    return make()


def _set_resources(text: str) -> None:
    if shutil.which("xrdb") is None:
        raise NoScreen("a screen with a scale needs xrdb (Debian: apt install x11-xserver-utils)")
    subprocess.run(["xrdb", "-merge", "-nocpp"], input=text.encode(), check=True, timeout=20)
