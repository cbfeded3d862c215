"""The real program with its window, in processes of its own; on 127.0.0.1 alone."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lanchat.storage.reader import Reader
from tests.desktop.window_program import ROOT, WindowProgram, ended
from tests.ports import free_port

Opens = Callable[[str], WindowProgram]


@pytest.fixture
def opens(display: str, tmp_path: Path) -> Iterator[Opens]:
    """Somebody opens lanchat, for the first time or again."""
    port, programs = str(free_port()), []

    def opened(nick: str) -> WindowProgram:
        programs.append(WindowProgram(tmp_path / nick, port))
        programs[-1].does("is_ready")
        return programs[-1]

    with ended(programs):
        yield opened


def kept(folder: Path) -> list[str]:
    """All that is on somebody's disk of the one room there is, said or still to be said."""
    reader = Reader.open(folder)
    try:
        (record,) = reader.rooms()
        said = [item.text for item in reader.newest(record.room_id, 100)]
        return said + [pending.text for pending in reader.outbox(record.room_id)]
    finally:
        reader.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a program cannot take the keyboard from another there")
def test_two_windows_talk_and_go_on_after_the_host_is_killed(opens: Opens) -> None:
    ana, ben = opens("ana"), opens("ben")
    ana.does("starts_room", "Kitchen")
    ben.does("enters", "Kitchen")
    ben.does("says", "Is the kettle on?")
    ana.does("sees", "Is the kettle on?")
    ana.does("says", "It is.")
    ben.does("sees", "It is.")
    ana.does("sees_state", "It is.", "✓✓")
    ana.does("is_kept")

    ana.is_killed()
    ben.does("sees", "Reconnecting…")
    ben.does("says", "Are you there?")
    ben.does("sees_state", "Are you there?", "clock")
    ana = opens("ana")
    ana.does("sees", "You are hosting", "Are you there?")
    ben.does("sees_state", "Are you there?", "✓")
    for person in (ana, ben):
        person.does("has_said", "Is the kettle on?", "It is.", "Are you there?")


def test_who_is_asked_to_end_does_so_politely_and_loses_nothing(opens: Opens) -> None:
    ana, ben = opens("ana"), opens("ben")
    ana.does("starts_room", "Kitchen")
    ben.does("enters", "Kitchen")
    ben.does("says", "the last word")
    began = time.monotonic()
    assert ben.is_asked_to_end() == 0
    assert time.monotonic() - began < 10
    ana.does("sees", "the last word", "Here — 1")
    assert ana.is_asked_to_end() == 0
    assert kept(ana.folder) == kept(ben.folder) == ["the last word"]


def test_what_is_half_written_is_there_after_the_system_ended_it(opens: Opens) -> None:
    ana = opens("ana")
    ana.does("starts_room", "Kitchen")
    ana.does("types", "half a thou")
    assert ana.is_asked_to_end() == 0
    ana = opens("ana")
    ana.does("sees", "half a thou")


def test_a_second_start_shows_the_first_window_and_ends(opens: Opens) -> None:
    ana = opens("ana")
    ana.does("hides")
    again = [sys.executable, "-m", "lanchat", "--data-dir", str(ana.folder)]
    assert subprocess.run(again, cwd=ROOT, timeout=20, check=False).returncode == 0
    ana.does("is_shown")


def test_the_x_ends_the_program(opens: Opens) -> None:
    ana = opens("ana")
    ana.does("starts_room", "Kitchen")
    assert ana.closes() == 0
