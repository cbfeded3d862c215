"""Saving what was said to a file."""

from __future__ import annotations

import sys
import time
import tkinter as tk
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lanchat.desktop.pages.export_page import ExportPage, file_name
from lanchat.desktop.view_context import ExportFrom
from tests.desktop.model.telling import KITCHEN, connected
from tests.desktop.pages.archive import Archive
from tests.desktop.pages.page_user import PageUser
from tests.desktop.timeline.talk import BEN
from tests.systems import needs_files_to_go_while_open

Ana = PageUser[Any]


@pytest.fixture(autouse=True)
def archive(tmp_path: Path) -> Iterator[None]:
    data = tmp_path / "data"
    data.mkdir()
    archive = Archive(data)
    archive.said(KITCHEN, BEN, "the kettle", "is on")
    yield
    archive.store.close()


class Chooser:
    """The system's own question, answered by the test."""

    def __init__(self, answer: Path | None) -> None:
        self.answer = answer
        self.suggested = ""

    def __call__(self, window: tk.Misc, name: str, ending: str) -> str:
        self.suggested = f"{name}.{ending}"
        return str(self.answer) if self.answer else ""


def choosing(sitting: Ana, tmp_path: Path, answer: Path | None) -> Chooser:
    """Ana sits before the page, and will choose this file."""
    chooser = Chooser(answer)
    sitting.desk.kept.folder = tmp_path / "data"
    sitting.hears(connected(KITCHEN))
    sitting.at(lambda master, desk: ExportPage(master, desk, ExportFrom(KITCHEN), ask=chooser))
    return chooser


def test_what_was_said_goes_to_the_file_and_one_is_told_where(sitting: Ana, tmp_path: Path) -> None:
    file = tmp_path / "talk.html"
    chooser = choosing(sitting, tmp_path, file)
    sitting.key("Return")
    assert chooser.suggested == "Kitchen.html"
    assert "the kettle" in file.read_text("utf-8")
    assert f"2 messages saved in {file}" in sitting.text
    assert sitting.buttons() == ["Save as…", "Done", "Open the folder"]
    sitting.click("Done")
    assert sitting.went == ["back"]


@pytest.mark.parametrize(("downs", "ending", "first"), [(1, "txt", "Kitchen\n"), (2, "json", '{"room":"Kitchen"')])
def test_other_forms(sitting: Ana, tmp_path: Path, downs: int, ending: str, first: str) -> None:
    file = tmp_path / f"talk.{ending}"
    chooser = choosing(sitting, tmp_path, file)
    sitting.root.focus_get().tk_focusPrev().focus_set()
    sitting.key(*["Down"] * downs)
    sitting.click("Save as…")
    assert chooser.suggested.endswith(f".{ending}")
    assert file.read_text("utf-8").startswith(first)


def test_choosing_no_file_changes_nothing(sitting: Ana, tmp_path: Path) -> None:
    choosing(sitting, tmp_path, None)
    before = sitting.text
    sitting.key("Return")
    assert sitting.text == before


def test_a_file_that_is_there_is_replaced_when_the_system_was_told_so(sitting: Ana, tmp_path: Path) -> None:
    file = tmp_path / "talk.html"
    file.write_text("older", "utf-8")
    choosing(sitting, tmp_path, file)
    sitting.key("Return")
    assert "the kettle" in file.read_text("utf-8")
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["talk.html"]


@needs_files_to_go_while_open
def test_what_goes_wrong_is_said_and_the_older_file_stays(sitting: Ana, tmp_path: Path) -> None:
    file = tmp_path / "talk.html"
    file.write_text("older", "utf-8")
    choosing(sitting, tmp_path, file)
    for one in (tmp_path / "data").iterdir():
        one.unlink()
    sitting.key("Return")
    assert "The data folder cannot be opened." in sitting.text
    assert file.read_text("utf-8") == "older"
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["talk.html"]


def test_a_place_where_nothing_can_be_written(sitting: Ana, tmp_path: Path) -> None:
    choosing(sitting, tmp_path, tmp_path / "missing" / "talk.html")
    sitting.key("Return")
    assert "The file could not be written." in sitting.text
    assert sitting.buttons() == ["Save as…", "Cancel"]


def test_a_folder_in_the_place_of_the_file(sitting: Ana, tmp_path: Path) -> None:
    (tmp_path / "talk").mkdir()
    choosing(sitting, tmp_path, tmp_path / "talk")
    sitting.key("Return")
    assert "The file could not be written." in sitting.text
    assert sorted(one.name for one in tmp_path.iterdir()) == ["data", "talk"]


def test_one_sees_how_far_it_is(sitting: Ana, tmp_path: Path) -> None:
    """Of a room with a very long history, at which it takes a while."""
    works: list[Any] = []
    sitting.desk.aside = lambda work, then: works.append((work, then))
    choosing(sitting, tmp_path, tmp_path / "talk.html")
    sitting.key("Return")
    ((work, then),) = works
    saved = work()
    end = time.monotonic() + 10
    while "Saving… 2" not in sitting.buttons():
        assert time.monotonic() < end, sitting.buttons()
        sitting.root.update()
    then(saved)
    sitting.root.update()
    assert "Save as…" in sitting.buttons()


def test_a_page_that_was_left_meanwhile_says_it_elsewhere(sitting: Ana, tmp_path: Path) -> None:
    said: list[str] = []
    sitting.desk.say = said.append
    later: list[Any] = []
    sitting.desk.aside = lambda work, then: later.append(lambda: then(work()))
    choosing(sitting, tmp_path, tmp_path / "talk.html")
    sitting.key("Return")
    assert "Saving…" in sitting.buttons()
    sitting.page.destroy()
    later.pop()()
    assert said == [f"2 messages saved in {tmp_path / 'talk.html'}"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Kitchen", "Kitchen"),
        ("../../etc/passwd", "etc passwd"),
        ('a/b\\c:d*e?f"g<h>i|j', "a b c d e f g h i j"),
        ("Küche 台所", "Küche 台所"),
        ("party 🎉", "party"),
        ("🎉", "lanchat"),
        (" . ", "lanchat"),
        ("x" * 300, "x" * 60),
    ],
)
def test_the_suggested_name_is_one_that_every_system_takes(title: str, name: str) -> None:
    assert file_name(title) == name


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="elsewhere this is a window of the system's own")
def test_the_question_is_really_asked(sitting: Ana) -> None:
    sitting.hears(connected(KITCHEN))
    sitting.at(lambda master, desk: ExportPage(master, desk, ExportFrom(KITCHEN)))
    asked: list[str] = []

    def answer() -> None:
        call = sitting.root.tk.call
        asked.append(str(call("wm", "title", f"{sitting.page}.__tk_filedialog")))
        call("set", "::tk::Priv(selectFilePath)", "")  # as its button Cancel does

    sitting.root.after(200, answer)
    sitting.click("Save as…")
    assert asked == ["Save what was said"]
    assert "saved in" not in sitting.text
