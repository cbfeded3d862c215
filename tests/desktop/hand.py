"""Hand: real pointer and key events, by xdotool, on a real X11 screen.

Tk's `event_generate` sends an event to one widget and causes no grab: only real ones show what a press, a move with the
button held and a release do together.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tkinter as tk
from collections.abc import Callable

import pytest

from tests.desktop.at_window import AtWindow

LEFT, MIDDLE, RIGHT, WHEEL_UP, WHEEL_DOWN = 1, 2, 3, 4, 5
_NOWHERE = (1390, 990)  #: of the tests' screen, where no window is


def needs(*programs: str) -> None:
    """Skips the test where one of these is missing."""
    packages = {"xdotool": "xdotool", "xclip": "xclip", "openbox": "openbox", "xrdb": "x11-xserver-utils",
                "setxkbmap": "x11-xkb-utils", "xprop": "x11-utils", "Xvfb": "xvfb"}  # fmt: skip
    if sys.platform in ("win32", "darwin"):
        pytest.skip("needs an X11 screen")
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        wanted = " ".join(packages[program] for program in missing)
        pytest.skip(f"needs {', '.join(missing)} (Debian: apt install {wanted})")


class Hand:
    """Each method returns when Tk has handled the events."""

    def __init__(self, root: tk.Misc) -> None:
        self._root = root
        self.at = _NOWHERE

    # --- the pointer
    def moves(self, widget: tk.Misc, x: int | None = None, y: int | None = None) -> None:
        """To these pixels of a widget; its middle when none are given."""
        x = widget.winfo_width() // 2 if x is None else x
        y = widget.winfo_height() // 2 if y is None else y
        self.moves_to(widget.winfo_rootx() + x, widget.winfo_rooty() + y)

    def moves_to(self, x: int, y: int) -> None:
        """Of the screen."""
        self.at = (x, y)
        self._does("mousemove", str(x), str(y))

    def moves_away(self) -> None:
        self.moves_to(*_NOWHERE)

    def presses(self, button: int = LEFT) -> None:
        self._does("mousedown", str(button))

    def releases(self, button: int = LEFT) -> None:
        self._does("mouseup", str(button))

    def clicks(self, button: int = LEFT, times: int = 1) -> None:
        for _ in range(times):
            self.presses(button)
            self.releases(button)

    def drags(self, widget: tk.Misc, start: tuple[int, int], end: tuple[int, int]) -> None:
        """With the left button held, from `start` to `end` in steps, as a hand does."""
        self.moves(widget, *start)
        self.presses()
        for share in (0.3, 0.6, 1.0):
            at = [round(one + (other - one) * share) for one, other in zip(start, end, strict=True)]
            self.moves(widget, *at)
        self.releases()

    # --- keys
    def types(self, *keys: str) -> None:
        """As xdotool calls them: `ctrl+k`, `Return`; a number is the key at that place, whatever is written on it."""
        for key in keys:
            self._does("key", key)

    def holds(self, key: str) -> None:
        self._does("keydown", key)

    def lets_go(self, key: str) -> None:
        self._does("keyup", key)

    def _does(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], check=True, timeout=20)
        self._heard()

    def _heard(self) -> None:
        """The X server sends the events before its answer to a query, and Tk reads both in order."""
        for _ in range(3):
            self._root.winfo_pointerxy()
            self._root.update()


class AtMouse(Hand):
    """The Hand of a person at a window, which finds things by their words."""

    def __init__(self, person: AtWindow) -> None:
        super().__init__(person.root)
        self.person = person
        person.looks()

    def points(self, words: str, within: tk.Misc | None = None) -> None:
        """Waits for these words and moves the pointer to them."""
        one = self.person.finds(words, within)
        self.moves(one.widget, one.x, one.y)

    def points_in_text(self, words: str) -> None:
        self.moves(self.person.timeline, *self.person.place_in_text(words))

    def until(self, holds: Callable[[], bool], otherwise: str = "") -> None:
        self.person.until(holds, otherwise)
