"""The real program on real screens of its own: with the scale a desktop sets, and under a window manager."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.desktop.hand import needs
from tests.desktop.window_program import WindowProgram, ended
from tests.ports import free_port
from tests.screen import screen

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="needs X11: other systems set this by hand")


@pytest.mark.parametrize("dpi", [96, 120, 144, 192])
def test_on_a_scaled_desktop_letters_grow_as_much_as_everything_else(tmp_path: Path, dpi: int) -> None:
    needs("Xvfb", "xrdb")
    with screen(2400, 1600, dpi):
        ana = WindowProgram(tmp_path / "ana", str(free_port()))
        with ended([ana]):
            ana.does("is_ready")
            ana.does("starts_room", "Kitchen")
            ana.does("draws_at", dpi / 96)


@contextmanager
def managed() -> Iterator[None]:
    """A screen of its own with a window manager, which puts frames around windows and places them."""
    needs("Xvfb", "xdotool", "openbox")
    with screen(1400, 1000):
        manager = subprocess.Popen(["openbox", "--sm-disable"], stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            manager.terminate()
            manager.wait(20)


def with_window(*words: str) -> str:
    """xdotool does this with the one window there is."""
    command = ["xdotool", "search", "--onlyvisible", "--class", "Lanchat", *words]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=20, check=False).stdout


def place_of_window() -> tuple[int, ...]:
    """Left, top, width and height of what is inside of its frame, once it has one."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = re.search(r"Position: (-?\d+),(-?\d+) .*\n.*: (\d+)x(\d+)", with_window("getwindowgeometry"))
        if found and int(found[2]) > 0:  # the frame's top is above it
            return tuple(map(int, found.groups()))
        time.sleep(0.05)
    raise AssertionError("there is no window with a frame")


def test_the_window_comes_back_where_it_was_start_after_start(tmp_path: Path) -> None:
    with managed():
        places = []
        for start in range(10):
            ana = WindowProgram(tmp_path / "ana", str(free_port()))
            with ended([ana]):
                ana.does("is_ready")
                if start == 5:
                    with_window("windowmove", "--sync", "97", "133", "windowsize", "--sync", "800", "600")
                places.append(place_of_window())
                assert ana.closes() == 0
    assert places[1:5] == [places[0]] * 4, "where the window manager had put it"
    assert places[6:] == [places[5]] * 4, "where the person had put it"
    assert places[5][2:] == (800, 600)
