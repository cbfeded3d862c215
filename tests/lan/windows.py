"""People at real windows, each on a machine of the lab and before a screen of their own."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from lan.lanlab import Lab
from tests.desktop.window_program import WindowProgram, ended
from tests.screen import NoScreen, screen

Opens = Callable[[str, str], WindowProgram]


@contextmanager
def windows_in(lab: Lab, folder: Path) -> Iterator[Opens]:
    """Somebody opens lanchat at a host of the lab, for the first time or again; on a screen of its own: Tk looks for
    the window that has the keyboard, and crashes where that of another program is just gone. `folder`: of their data.
    """
    programs: list[WindowProgram] = []

    def opened(host: str, nick: str) -> WindowProgram:
        try:
            screens.enter_context(screen())
        except NoScreen as reason:
            pytest.skip(str(reason))
        programs.append(WindowProgram(folder / nick, "lan", functools.partial(lab.popen, host)))
        programs[-1].does("is_ready")
        return programs[-1]

    with ExitStack() as screens, ended(programs):
        yield opened
