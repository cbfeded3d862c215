"""The real program on real screens of its own: with the scale a desktop sets, and under a window manager."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.desktop.hand import needs
from tests.desktop.window_program import WindowProgram, ended
from tests.screen import screen
from tests.terminal.programs import free_port

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
