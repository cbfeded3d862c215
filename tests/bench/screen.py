"""A screen for the host that draws: a virtual one of our own, or none."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def display() -> Iterator[dict[str, str] | str]:
    """The environment of a program that draws; or why none can."""
    if importlib.util.find_spec("_tkinter") is None:
        yield "this Python has no tkinter"
        return
    if shutil.which("Xvfb") is None:
        yield "Xvfb is not installed"
        return
    reading, writing = os.pipe()
    words = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1024x768x24", "-nolisten", "tcp"]
    with subprocess.Popen(words, pass_fds=[writing], stderr=subprocess.DEVNULL) as xvfb:
        os.close(writing)
        try:
            with os.fdopen(reading) as told:  # a line when it is ready, nothing when it failed
                number = told.readline().strip()
            yield {**os.environ, "DISPLAY": f":{number}"} if number else "Xvfb did not start"
        finally:
            xvfb.terminate()
