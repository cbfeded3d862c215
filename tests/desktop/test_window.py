"""The window itself: its end, its size, its look, and what it says when it cannot go on."""

from __future__ import annotations

import sys
import tkinter as tk
from tkinter import filedialog

import pytest

from lanchat.desktop.view_context import ExportFrom
from lanchat.engine.single_instance import ring
from lanchat.storage.settings import ZOOM_MOST
from tests.desktop.person import People

REAL_QUESTION = filedialog.asksaveasfilename


def test_a_folder_that_another_lanchat_uses_is_left_alone_and_said_so(people: People) -> None:
    ana = people.person("Ana")
    again = people.person("Ana again", folder=ana.folder, opens=False)
    again.opens(waits=False)
    again.sees("lanchat")
    again.until(lambda: "Close" in again.reads())
    assert "uses" in again.reads() or "runs" in again.reads()
    again.presses("Close")
    again.ended()
    ana.starts_room()


def test_a_second_start_raises_the_first_window_even_when_it_was_hidden(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.app.hide()
    ana.root.update()
    assert not ana.root.winfo_viewable()
    assert ring(ana.folder)
    ana.until(lambda: bool(ana.root.winfo_viewable()))
    ana.sees("You are hosting")


def test_a_second_start_with_a_link_leads_into_its_room(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    hosting = ana.app.window.state.rooms[ana.room_id].hosting
    assert hosting is not None
    assert ring(ben.folder, hosting.link)
    ben.sees("Join by code, link or address")
    ben.keys("Return")
    ben.sees("Encrypted · first meeting with Ana")


def test_a_small_window_gives_its_room_to_the_conversation(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.sees("Here — 1")
    ana.root.geometry("660x440")
    ana.sees_no("Here — 1")
    ana.says("there is room for this")
    ana.sees("there is room for this")
    field = ana.root.focus_get()
    assert isinstance(field, tk.Text)
    bottom = field.winfo_rooty() + field.winfo_height() - ana.root.winfo_rooty()
    assert bottom <= ana.root.winfo_height()
    ana.root.geometry("1060x690")
    ana.sees("Here — 1")


def test_large_text_in_a_small_window_leaves_room_to_read(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    while ana.app.window.kept.now.zoom < ZOOM_MOST:
        ana.keys("Control-plus")
    ana.closes_for_good()
    ana.opens()
    ana.sees_title("Kitchen — lanchat")
    ana.root.geometry("660x440")
    ana.until(lambda: ana.root.winfo_width() == 660, "the window cannot be so small")
    ana.until(lambda: 660 > ana.middle.winfo_width() > 380, "nothing fits into the middle")


def test_the_people_are_hidden_and_shown(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.keys("F7")
    ana.sees_no("Here — 1")
    ana.keys("F7")
    ana.sees("Here — 1")


def test_larger_text_keeps_everything_as_it_was(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.says("first")
    ana.types("half said")
    narrow = ana.sidebar.winfo_width()
    ana.keys("Control-plus", "Control-plus")
    ana.until(lambda: ana.sidebar.winfo_width() > narrow)
    ana.sees("You are hosting", "first")
    assert ana.writes() == "half said"
    ana.keys("Control-0")
    ana.until(lambda: ana.sidebar.winfo_width() == narrow)


def test_night_falls(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    day = str(ana.sidebar["background"])
    ana.desktop.turned(True)
    ana.until(lambda: str(ana.sidebar["background"]) != day)
    ana.sees("You are hosting")
    ana.desktop.turned(False)
    ana.until(lambda: str(ana.sidebar["background"]) == day)


def test_escape_leads_back_to_where_one_was(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    for key, words in (("F1", "The next pane"), ("Control-n", "Open the room"), ("Control-comma", "Settings")):
        ana.keys(key)
        ana.sees(words)
        ana.sees_no("You are hosting ·")
        ana.keys("Escape")
        ana.sees("You are hosting ·")


def test_a_room_is_hosted_and_people_invited_without_a_mouse(people: People) -> None:
    ana = people.person("Ana")
    ana.keys("Return")  # start my room
    ana.sees("You are hosting ·")
    ana.focuses("More")
    ana.keys("Return")
    ana.sees("Invite people…")
    ana.keys("Return")
    ana.sees("Code", "Link")
    ana.focuses("Done")
    ana.keys("space")
    ana.sees("You are hosting ·")
    ana.focuses("Settings")
    ana.keys("Return")
    ana.sees("Appearance")


def test_in_a_narrow_window_people_come_over_the_middle_and_go(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.sees("Here — 1")
    ana.root.geometry("660x440")
    ana.sees_no("Here — 1")
    for leaves in ("F7", "Escape"):
        ana.keys("F7")
        ana.sees("Here — 1")
        ana.keys(leaves)
        ana.sees_no("Here — 1")
    ana.presses("People (F7)")
    ana.sees("Here — 1")
    ana.presses("People (F7)")
    ana.sees_no("Here — 1")
    ana.root.geometry("1060x690")
    ana.sees("Here — 1")


def test_where_there_are_no_people_f7_changes_nothing(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.keys("Control-comma")
    ana.sees("Appearance")
    ana.keys("F7", "Escape")
    ana.sees("Here — 1")


def test_a_profile_is_shown_in_a_narrow_window_and_left_by_escape(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.says("hello")
    ana.root.geometry("660x440")
    ana.sees_no("Here — 1")
    ana.presses_in_text("Ana")
    ana.sees("Your key words")
    ana.keys("Escape")
    ana.sees_no("Your key words")
    ana.sees("Here — 1")
    ana.keys("Escape")
    ana.sees_no("Here — 1")
    ana.types("and on")
    assert ana.writes() == "and on"


def test_escape_leaves_a_profile_wherever_the_keyboard_is(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.says("hello")
    ana.presses_in_text("Ana")
    ana.sees("Your key words")
    ana.types("half a thought")
    ana.keys("Escape")
    ana.sees_no("Your key words")
    ana.types("!")
    assert ana.writes() == "half a thought!"


def test_f6_goes_through_all_panes_and_back(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.says("hello")
    app = ana.app.window
    assert app.panes is not None
    assert app.panes.people is not None
    parts = [str(ana.timeline), str(app.main_view), str(app.panes.people), str(ana.sidebar)]

    def has_keyboard() -> str:
        focused = str(ana.root.focus_get())
        return next(part for part in parts if focused.startswith(part))

    there = []
    for key in ("F6",) * 4 + ("Shift-F6",) * 4:
        ana.keys(key)
        there.append(has_keyboard())
    timeline, composer, side, rooms = parts
    assert there == [side, rooms, timeline, composer, timeline, rooms, side, composer]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="elsewhere this is a window of the system's own")
def test_the_file_dialog_of_tk_keeps_its_keys_for_itself(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filedialog, "asksaveasfilename", REAL_QUESTION)
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.app.window.go(ExportFrom(ana.room_id))
    ana.sees("Save as…")
    been: list[str] = []

    def escape() -> None:
        """Tk asks in a loop of its own."""
        if not (opened := ana.root.tk.eval("focus")).count("__tk_filedialog"):
            ana.root.after(50, escape)
            return
        ana.app.attention_changed()
        been.append(opened)
        ana.root.tk.call("event", "generate", opened, "<Escape>")

    ana.root.after(50, escape)
    ana.presses("Save as…")
    ana.until(lambda: bool(been), "the dialog does not open")
    assert ana.app.window.place == ExportFrom(ana.room_id)
    ana.sees("Save what was said in Kitchen")
    assert "Something went wrong" not in ana.reads()
