from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from engine.people import People

from lanchat.__main__ import main
from lanchat.engine.engine import Engine
from lanchat.terminal import console
from terminal.programs import Machine


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    """Everybody whose lanchat runs already. At the end all leave, and must be able to."""
    everybody = People(tmp_path)
    yield everybody
    everybody.leave()


class CommandLine:
    """`lanchat` typed by people on that same network, in this process: to its end, with nothing on stdin."""

    def __init__(self, people: People, capsys: pytest.CaptureFixture[str]) -> None:
        self._people = people
        self._capsys = capsys

    def __call__(self, who: str, *arguments: str) -> tuple[int, str, str]:
        """The exit code, stdout and stderr."""
        folder = self._people.folder / who
        self._capsys.readouterr()
        code = main([*arguments, "--data-dir", str(folder)])
        out, err = self._capsys.readouterr()
        return code, out, err


@pytest.fixture
def lanchat(
    people: People, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    monkeypatch.setattr(console, "Engine", partial(Engine, discovery=people.lan.node))
    monkeypatch.delenv("DISPLAY", raising=False)  # where a window can be drawn, `lanchat` draws one
    if sys.platform in ("win32", "darwin"):  # always, unless this Python has no Tk
        monkeypatch.setitem(sys.modules, "_tkinter", None)
    return CommandLine(people, capsys)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """Programs in processes of their own; none outlives the test."""
    with Machine(tmp_path) as here:
        yield here
