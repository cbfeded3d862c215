"""Whether somebody uses this computer: a real X11 display, and a watch on a clock of its own."""

from __future__ import annotations

import sys
import time
import tkinter as tk
from collections.abc import Callable

import pytest

from lanchat.desktop.platform import idle_time
from lanchat.desktop.platform.idle_time import AWAY_SECONDS, IdleWatch
from tests.desktop.hand import Hand, needs


class Clock:
    """Tk's `after`, with a time that a test sets."""

    def __init__(self) -> None:
        self.waits: list[tuple[int, Callable[[], None]]] = []

    def after(self, ms: int, function: Callable[[], None]) -> None:
        self.waits.append((ms, function))

    def passes(self) -> int:
        ms, function = self.waits.pop()
        function()
        return ms


def test_after_ten_minutes_one_is_away_and_back_within_a_second() -> None:
    clock, idle, told = Clock(), [0.0], list[bool]()
    IdleWatch(clock.after, told.append, lambda: idle[0])
    idle[0] = AWAY_SECONDS - 1
    clock.passes()
    assert told == []
    idle[0] = AWAY_SECONDS + 1
    assert clock.passes() >= 5_000, "that costs nothing"
    assert told == [True]
    idle[0] = 0.0
    assert clock.passes() <= 1_000
    assert told == [True, False]


def test_where_it_is_not_known_nobody_is_away() -> None:
    clock, told = Clock(), list[bool]()
    IdleWatch(clock.after, told.append, lambda: None)
    clock.passes()
    assert told == []


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="X11 only")
def test_x11_tells_how_long_the_pointer_has_rested(root: tk.Tk, monkeypatch: pytest.MonkeyPatch) -> None:
    needs("xdotool")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    Hand(root).moves_away()
    time.sleep(0.3)
    rested = idle_time.seconds_idle()
    if rested is None:
        pytest.skip("no libXss, or a server without the extension")
    assert 0.2 <= rested < 60
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert idle_time.seconds_idle() is None
