"""What a message costs the window: the calls between the Enter key and the row that shows it.

`python -m tests.desktop.enter_until_drawn` prints the two numbers, and with `--each` every function with its calls.
"""

from __future__ import annotations

import sys
import tempfile
import time
import tkinter as tk
from _tkinter import DONT_WAIT
from collections import Counter
from pathlib import Path
from types import FrameType

import lanchat
from tests.desktop.person import People, Person
from tests.screen import screen

_PACKAGE = str(Path(lanchat.__file__).parent)
_TEXT = "On my way!"
_PATIENCE_SECONDS = 10.0
_WARMING_UP = 5  # messages before the one that is measured: what is made once, at the first, is no part of it


def measure() -> tuple[int, int]:
    """(calls of functions in lanchat/, files of lanchat/ they are in) on the Tk thread, from Enter to the row.

    One's own room in a real window on a screen of its own, with a real Engine and database. Raises NoScreen.
    """
    calls = counted()
    return sum(calls.values()), len({file for file, _function in calls})


def counted() -> Counter[tuple[str, str]]:
    """(file, function) -> its calls; see `measure`."""
    with tempfile.TemporaryDirectory() as folder, screen():
        people = People(Path(folder), "enter-until-drawn")
        try:
            person = people.person("Ana")
            person.starts_room()
            for number in range(_WARMING_UP):
                person.says(f"{_TEXT} {number}")
                _settle(person)
            return _until_drawn(person)
        finally:
            people.leave()


def _until_drawn(person: Person) -> Counter[tuple[str, str]]:
    calls: Counter[tuple[str, str]] = Counter()

    def count(frame: FrameType, what: str, _argument: object) -> None:
        if what == "call" and frame.f_code.co_filename.startswith(_PACKAGE):
            code = frame.f_code
            calls[code.co_filename[len(_PACKAGE) + 1 :], code.co_qualname] += 1

    person.types(_TEXT)
    _settle(person)
    text, writes_in = person.timeline, person.root.focus_get()
    assert writes_in is not None

    def changed(*_what: str) -> None:
        """After each command of the Text: the row is there, and what follows is no part of it."""
        if sys.getprofile() is not None:
            sys.setprofile(None)
            if not _is_there(text):
                sys.setprofile(count)

    trace = ("trace", "add", "execution", str(text), "leave", text.register(changed))
    until = time.monotonic() + _PATIENCE_SECONDS
    text.tk.call(*trace)
    sys.setprofile(count)
    try:
        writes_in.event_generate("<Return>")
        while sys.getprofile() is not None:
            assert time.monotonic() < until, "the message was never drawn"
            if not person.root.dooneevent(DONT_WAIT):
                time.sleep(0.001)
    finally:
        sys.setprofile(None)
    text.tk.call("trace", "remove", *trace[2:])
    return calls


def _is_there(text: tk.Text) -> bool:
    return text.get("end - 3 lines", "end").rstrip().endswith(_TEXT)


def _settle(person: Person) -> None:
    """Until all that is to be done now, and a moment later, is done."""
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        person.root.update()
        time.sleep(0.005)


if __name__ == "__main__":
    found = counted()
    for (file, function), number in sorted(found.items(), key=lambda one: -one[1]) if "--each" in sys.argv else ():
        print(f"{number:5} {file}:{function}")
    print(f"{sum(found.values())} calls in {len({file for file, _function in found})} files")
