"""What a person on macOS asks of lanchat. Elsewhere these run as on macOS, in a process of their own."""

from __future__ import annotations

import subprocess
import sys
import tkinter as tk
from collections.abc import Callable
from pathlib import Path

import pytest

from lanchat.desktop.widgets.menus import bind_context_click
from tests.desktop.person import People, Person
from tests.desktop.presses import CONTEXT_BUTTON

on_macos = pytest.mark.skipif(sys.platform != "darwin", reason="runs within test_all_of_this_works_as_on_macos")


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="on macOS they run as they are; others need X11")
@pytest.mark.usefixtures("display")
def test_all_of_this_works_as_on_macos() -> None:
    command = [sys.executable, "-m", "tests.desktop.as_on_macos", "-vv", __file__]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=Path(__file__).parents[3], timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("PASSED") >= 20, "hardly any were run"


@pytest.fixture
def ana(people: People) -> Person:
    return people.person("Ana")


def asks(person: Person, command: str, *words: str) -> None:
    """As Tk does it when macOS asks."""
    person.root.tk.call(command, *words)
    person.root.update()


def link_of(person: Person) -> str:
    hosting = person.app.window.state.rooms[person.room_id].hosting
    assert hosting is not None
    return hosting.link


# --- the Dock, the menus, links --------------------------------------------------------------------------------------
@on_macos
def test_a_click_in_the_dock_brings_a_hidden_window_back(ana: Person) -> None:
    ana.starts_room("Kitchen")
    ana.app.hide()
    ana.root.update()
    assert not ana.root.winfo_viewable()
    asks(ana, "::tk::mac::ReopenApplication")
    ana.until(lambda: bool(ana.root.winfo_viewable()))
    ana.sees("You are hosting")


@on_macos
def test_quit_ends_also_while_somebody_is_in_a_room_of_mine(ana: Person, people: People) -> None:
    ana.starts_room("Kitchen")
    ben = people.person("Ben")
    ben.picks("Kitchen")
    ben.sees("Encrypted")
    asks(ana, "::tk::mac::Quit")
    asks(ana, "::tk::mac::ReopenApplication")  # too late
    assert not ana.root.winfo_viewable()
    ana.ended()
    ben.sees("Will be sent later")


@on_macos
@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("::tk::mac::ShowPreferences", "Muted people"),
        ("::tk::mac::ShowHelp", "Go to a room or a person"),
        ("tkAboutDialog", "Tcl/Tk"),
    ],
)
def test_the_menus_of_macos_lead_to_pages(ana: Person, command: str, words: str) -> None:
    ana.app.hide()
    asks(ana, command)
    ana.sees(words)


@on_macos
def test_a_link_that_is_opened_elsewhere_leads_into_its_room(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.app.hide()
    asks(ben, "::tk::mac::LaunchURL", link_of(ana))
    ben.sees("Join by code, link or address")
    ben.keys("Return")
    ben.sees("Encrypted · first meeting with Ana")


@on_macos
def test_a_link_that_starts_lanchat_leads_into_its_room(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben", opens=False)
    ana.starts_room("Kitchen")
    ben.opens(waits=False)
    ben.root.tk.call("::tk::mac::LaunchURL", link_of(ana))
    ben.sees("Join by code, link or address")
    ben.keys("Return")
    ben.sees("Encrypted · first meeting with Ana")


@on_macos
@pytest.mark.parametrize("link", ["lanchat://", "lanchat://[", "lanchat://x\n/y#[exec ls]", "lanchat://" + "x" * 5_000])
def test_a_link_that_is_none_is_said_to_be_none(ana: Person, link: str) -> None:
    asks(ana, "::tk::mac::LaunchURL", link)
    ana.sees("Join by code, link or address")
    ana.keys("Return")
    ana.sees("That link is not complete")


# --- the menu bar ----------------------------------------------------------------------------------------------------
def entries(person: Person) -> dict[str, tuple[str, Callable[[], object]]]:
    """What the menu bar has: its accelerators and what each does."""
    found: dict[str, tuple[str, Callable[[], object]]] = {}
    bar = person.root.nametowidget(person.root["menu"])
    for menu in bar.winfo_children():
        assert isinstance(menu, tk.Menu)
        for index in range((menu.index("end") or -1) + 1):
            if menu.type(index) == "command":
                label = str(menu.entrycget(index, "label"))
                invoke = lambda menu=menu, index=index: menu.invoke(index)  # noqa: E731
                found[label] = str(menu.entrycget(index, "accelerator")), invoke
    return found


@on_macos
def test_the_menu_bar_has_what_the_keys_do(ana: Person) -> None:
    ana.starts_room("Kitchen")
    shown = entries(ana)
    assert {label: keys for label, (keys, _do) in shown.items()}.items() >= {
        "Start a room": "Command-N", "Close the window": "Command-W", "Copy": "Command-C", "Redo": "Command-Shift-Z",
        "Search in every room": "Command-Shift-F", "The room below": "Option-Down", "Smaller": "Command--",
        "Show or hide the people": "F7",
    }.items()  # fmt: skip
    shown["Show or hide the people"][1]()
    ana.sees_no("Here — 1")
    shown["Start a room"][1]()
    ana.sees("Open the room")


@on_macos
def test_the_menu_bar_edits_where_the_keyboard_is(ana: Person) -> None:
    ana.starts_room("Kitchen")
    ana.types("hello")
    for label in ("Select all", "Cut"):
        entries(ana)[label][1]()
        ana.root.update()
    assert ana.writes() == ""
    assert ana.root.clipboard_get() == "hello"
    entries(ana)["Paste"][1]()
    ana.root.update()
    assert ana.writes() == "hello"


@on_macos
def test_the_menu_bar_speaks_another_language_at_once(ana: Person) -> None:
    ana.keys("Control-comma")
    ana.presses("Bahasa Indonesia")
    ana.until(lambda: "Salin" in entries(ana), "the menus stay English")
    assert "Copy" not in entries(ana)


# --- keys ------------------------------------------------------------------------------------------------------------
@on_macos
def test_shortcuts_are_with_command_and_said_so(ana: Person) -> None:
    ana.starts_room("Kitchen")
    ana.sees("⌘K")
    ana.timeline.event_generate("<Command-k>")
    ana.root.update()
    ana.sees("A room, a person")
    ana.keys("Escape", "F1")
    ana.sees("⌘")
    ana.sees_no("Ctrl")


@on_macos
def test_command_w_asks_before_it_closes_a_room_with_somebody_in_it(ana: Person, people: People) -> None:
    ana.starts_room("Kitchen")
    people.person("Ben").picks("Kitchen")
    ana.sees("Here — 2")
    ana.keys("Control-w")
    ana.sees("Keep running in the background")


@on_macos
def test_option_and_command_move_and_delete_while_one_writes(ana: Person) -> None:
    ana.starts_room("Kitchen")
    ana.types("one two three")
    press = ana.root.focus_get().event_generate  # type: ignore[union-attr]
    press("<Option-BackSpace>")
    assert ana.writes() == "one two "
    press("<Option-Left>")
    press("<Command-BackSpace>")
    assert ana.writes() == "two "
    press("<Command-Right>")
    ana.types("x")
    assert ana.writes() == "two x"
    press("<Command-Up>")
    press("<Command-Delete>")
    assert ana.writes() == ""


@on_macos
def test_option_and_an_arrow_goes_to_another_room_from_everywhere(ana: Person) -> None:
    ana.starts_room("Attic")
    ana.starts_room("Kitchen")
    panes = ana.app.window.panes
    assert panes is not None
    for goes_to in (lambda: ana.timeline, lambda: panes.sidebar.rooms.canvas):
        for key, title in (("Up", "Attic"), ("Down", "Kitchen")):
            goes_to().focus_force()
            ana.root.update()
            goes_to().event_generate(f"<Option-{key}>")
            ana.sees(f"Message {title}")


# --- the mouse -------------------------------------------------------------------------------------------------------
@on_macos
@pytest.mark.parametrize("click", ["<Control-Button-1>", f"<Button-{CONTEXT_BUTTON}>"])
def test_a_context_click_is_no_click(root: tk.Tk, click: str) -> None:
    happened: list[str] = []
    widget = tk.Canvas(root, width=50, height=50)
    widget.pack()
    widget.bind("<Button-1>", lambda event: happened.append("click"))
    bind_context_click(widget, lambda event: happened.append("menu"))
    root.update()
    widget.event_generate(click, x=5, y=5)
    root.update()
    assert happened == ["menu"]
