"""Saving what was said to a file."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tkinter import filedialog
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
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No desktop can ask, so that Tk does."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(filedialog, "asksaveasfilename", CHOOSER)
    data = tmp_path / "data"
    data.mkdir()
    archive = Archive(data)
    archive.said(KITCHEN, BEN, "the kettle", "is on")
    yield
    archive.store.close()


class Chooser:
    """The system's own question, answered by the test."""

    answer: Path | None = None
    suggested = ""
    asked = 0
    meanwhile: Callable[[], None] | None = None  #: what happens while the dialog is open

    def __call__(self, *, initialfile: str, **_options: object) -> str:
        self.suggested = initialfile
        self.asked += 1
        if self.meanwhile is not None:
            self.meanwhile()
        return str(self.answer) if self.answer else ""


CHOOSER = Chooser()
REAL_QUESTION = filedialog.asksaveasfilename


def choosing(user: Ana, tmp_path: Path, answer: Path | None) -> Chooser:
    """Ana sits before the page, and will choose this file."""
    CHOOSER.answer, CHOOSER.meanwhile = answer, None
    user.context.kept.folder = tmp_path / "data"
    user.hears(connected(KITCHEN))
    user.at(lambda master, context: ExportPage(master, context, ExportFrom(KITCHEN)))
    return CHOOSER


def saves(user: Ana) -> None:
    """Press the button, and wait until the question was answered."""
    asked, saving = CHOOSER.asked, user.button("Save as…")
    saving.focus_force()
    user.key("Return")
    end = time.monotonic() + 10
    while CHOOSER.asked == asked:
        assert time.monotonic() < end, "nobody was asked"
        user.root.update()
    user.root.update()


def test_what_was_said_goes_to_the_file_and_one_is_told_where(user: Ana, tmp_path: Path) -> None:
    file = tmp_path / "talk.html"
    chooser = choosing(user, tmp_path, file)
    saves(user)
    assert chooser.suggested == "Kitchen.html"
    assert "the kettle" in file.read_text("utf-8")
    assert f"2 messages saved in {file}" in user.text
    assert user.buttons() == ["Save as…", "Done", "Open the folder"]
    user.click("Done")
    assert user.went == ["back"]


@pytest.mark.parametrize(("downs", "ending", "first"), [(1, "txt", "Kitchen\n"), (2, "json", '{"room":"Kitchen"')])
def test_other_forms(user: Ana, tmp_path: Path, downs: int, ending: str, first: str) -> None:
    file = tmp_path / f"talk.{ending}"
    chooser = choosing(user, tmp_path, file)
    user.root.focus_get().tk_focusPrev().focus_set()
    user.key(*["Down"] * downs)
    saves(user)
    assert chooser.suggested.endswith(f".{ending}")
    assert file.read_text("utf-8").startswith(first)


def test_choosing_no_file_changes_nothing(user: Ana, tmp_path: Path) -> None:
    choosing(user, tmp_path, None)
    before = user.text
    saves(user)
    assert user.text == before


def test_a_file_that_is_there_is_replaced_when_the_system_was_told_so(user: Ana, tmp_path: Path) -> None:
    file = tmp_path / "talk.html"
    file.write_text("older", "utf-8")
    choosing(user, tmp_path, file)
    saves(user)
    assert "the kettle" in file.read_text("utf-8")
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["talk.html"]


@needs_files_to_go_while_open
def test_what_goes_wrong_is_said_and_the_older_file_stays(user: Ana, tmp_path: Path) -> None:
    file = tmp_path / "talk.html"
    file.write_text("older", "utf-8")
    choosing(user, tmp_path, file)
    for one in (tmp_path / "data").iterdir():
        one.unlink()
    saves(user)
    assert "The data folder cannot be opened." in user.text
    assert file.read_text("utf-8") == "older"
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["talk.html"]


def test_a_place_where_nothing_can_be_written(user: Ana, tmp_path: Path) -> None:
    choosing(user, tmp_path, tmp_path / "missing" / "talk.html")
    saves(user)
    assert "The file could not be written." in user.text
    assert user.buttons() == ["Save as…", "Cancel"]


def test_a_folder_in_the_place_of_the_file(user: Ana, tmp_path: Path) -> None:
    (tmp_path / "talk").mkdir()
    choosing(user, tmp_path, tmp_path / "talk")
    saves(user)
    assert "The file could not be written." in user.text
    assert sorted(one.name for one in tmp_path.iterdir()) == ["data", "talk"]


def test_one_sees_how_far_it_is(user: Ana, tmp_path: Path) -> None:
    """Of a room with a very long history, at which it takes a while."""
    works: list[Any] = []
    user.context.run_in_background = lambda work, then: works.append((work, then))
    choosing(user, tmp_path, tmp_path / "talk.html")
    saves(user)
    ((work, then),) = works
    saved = work()
    end = time.monotonic() + 10
    while "Saving… 2" not in user.buttons():
        assert time.monotonic() < end, user.buttons()
        user.root.update()
    then(saved)
    user.root.update()
    assert "Save as…" in user.buttons()


def test_a_page_that_was_left_meanwhile_says_it_elsewhere(user: Ana, tmp_path: Path) -> None:
    said: list[str] = []
    user.context.say = said.append
    later: list[Any] = []
    user.context.run_in_background = lambda work, then: later.append(lambda: then(work()))
    choosing(user, tmp_path, tmp_path / "talk.html")
    saves(user)
    assert "Saving…" in user.buttons()
    user.page.destroy()
    later.pop()()
    assert said == [f"2 messages saved in {tmp_path / 'talk.html'}"]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there the dialog keeps the window waiting")
def test_who_leaves_the_page_while_the_dialog_is_open_still_gets_the_file(user: Ana, tmp_path: Path) -> None:
    said: list[str] = []
    user.context.say = said.append
    file = tmp_path / "talk.txt"
    chooser = choosing(user, tmp_path, file)
    chooser.meanwhile = user.page.destroy
    user.root.focus_get().tk_focusPrev().focus_set()
    user.key("Down")
    user.click("Save as…")
    end = time.monotonic() + 10
    while not said:
        assert time.monotonic() < end, "nothing was saved"
        user.root.update()
    assert said == [f"2 messages saved in {file}"]
    assert file.read_text("utf-8").startswith("Kitchen\n")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there Tk has the system's dialog")
def test_the_desktop_is_asked_with_a_title(user: Ana, tmp_path: Path) -> None:
    """As for a copy of a picture: by its own dialog, where it has one."""
    file = tmp_path / "talk.html"
    choosing(user, tmp_path, None)
    told = tmp_path / "told"
    zenity = tmp_path / "zenity"
    zenity.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{told}"\necho "{file}"\n', "utf-8")
    zenity.chmod(0o755)
    user.click("Save as…")
    end = time.monotonic() + 10
    while "saved in" not in user.text:
        assert time.monotonic() < end, user.text
        user.root.update()
    assert f"2 messages saved in {file}" in user.text
    words = told.read_text("utf-8").split("\n")
    assert {"--save", "--filename=Kitchen.html", "--title=Save what was said"} <= set(words)


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
def test_the_question_is_really_asked(user: Ana, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filedialog, "asksaveasfilename", REAL_QUESTION)
    user.hears(connected(KITCHEN))
    user.at(lambda master, context: ExportPage(master, context, ExportFrom(KITCHEN)))
    asked: list[str] = []

    def answer() -> None:
        call = user.root.tk.call
        if not call("winfo", "exists", ".__tk_filedialog"):
            user.root.after(50, answer)
            return
        asked.append(str(call("wm", "title", ".__tk_filedialog")))
        call("set", "::tk::Priv(selectFilePath)", "")  # as its button Cancel does

    user.root.after(50, answer)
    user.click("Save as…")
    end = time.monotonic() + 10
    while not asked and time.monotonic() < end:
        user.root.update()
    assert asked == ["Save what was said"]
    assert "saved in" not in user.text
