"""The desktop's dialog for choosing files: its portal, zenity, kdialog."""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lanchat.desktop.platform import file_chooser
from lanchat.desktop.platform.desktop_portal import paths_of
from lanchat.desktop.platform.file_chooser import FileQuestion, ask_desktop, choose_files, choose_folder, choose_target
from tests.desktop.platform.programs import Programs

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there Tk has the system's dialog")
FILES = FileQuestion("Choose files")


@pytest.fixture
def no_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")


@pytest.mark.usefixtures("no_bus")
def test_without_any_dialog_nobody_is_asked(programs: Programs) -> None:
    assert ask_desktop("x11:1", FILES) is None


@pytest.mark.usefixtures("no_bus")
@pytest.mark.parametrize("name", ["zenity", "kdialog"])
def test_a_dialog_program_tells_what_was_chosen(programs: Programs, name: str) -> None:
    programs.install(name, "/home/ana/a b.txt\n/home/ana/c\n")
    assert ask_desktop("x11:1", FILES) == ["/home/ana/a b.txt", "/home/ana/c"]


@pytest.mark.usefixtures("no_bus")
def test_a_dialog_that_is_closed_chooses_nothing(programs: Programs) -> None:
    programs.install("zenity", code=1)
    assert ask_desktop("x11:1", FileQuestion("Choose a folder", folder=True)) == []


@pytest.mark.usefixtures("no_bus")
def test_the_window_goes_on_while_somebody_chooses(root: tk.Tk, programs: Programs) -> None:
    programs.install("zenity", "/home/ana/a\n")
    chosen: list[Sequence[str]] = []
    choose_files(root, chosen.append)
    choose_files(root, chosen.append)  # one dialog is enough
    assert chosen == []
    while not chosen:
        root.update()
    assert chosen == [["/home/ana/a"]]


@pytest.mark.usefixtures("no_bus")
@pytest.mark.parametrize("name", ["zenity", "kdialog"])
def test_a_dialog_program_tells_where_something_is_saved(programs: Programs, name: str) -> None:
    programs.install(name, "/home/ana/b.txt\n")
    assert ask_desktop("x11:1", FileQuestion("Save a copy", save_as="-a 🙂.txt")) == ["/home/ana/b.txt"]
    program = programs.next()
    asked = program["argv"]
    assert program["in"] == str(Path.home())  # and not in the folder where lanchat was started
    assert any("Save a copy" in word for word in asked)
    assert any(word.endswith("-a 🙂.txt") and not word.startswith("-a") for word in asked)


def test_tk_is_suggested_a_name_that_it_can_show(
    root: tk.Tk, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    suggested: list[str] = []

    def ask(**options: Any) -> str:
        suggested.append(options["initialfile"])
        return "/home/ana/x"

    monkeypatch.setattr(file_chooser.filedialog, "asksaveasfilename", ask)
    chosen: list[Sequence[str]] = []
    choose_target(root, "Save a copy", "tea 🍵.png", chosen.append)
    while not chosen:
        root.update()
    assert (chosen, suggested) == ([("/home/ana/x",)], ["tea .png"])


def test_the_portal_is_asked_first(bus_address: str, programs: Programs) -> None:
    from tests.desktop.platform.desktops import Service

    class Portal(Service):
        name = "org.freedesktop.portal.Desktop"
        path = "/org/freedesktop/portal/desktop"
        asked: tuple[Any, ...] = ()

        def answer(self, method: str, body: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]] | None:
            if method == "Get":
                return "v", (("u", 4),)
            if method != "OpenFile":
                return None
            self.asked = body
            sender, token = self.asker.removeprefix(":").replace(".", "_"), body[2]["handle_token"][1]
            own, self.path = self.path, f"{self.path}/request/{sender}/{token}"
            self.signal("org.freedesktop.portal.Request", "Response", "ua{sv}", 0,
                        {"uris": ("as", ["file:///home/ana/B%C3%A4ume.txt", "https://example.org/"])})  # fmt: skip
            place, self.path = self.path, own
            return "o", (place,)

    portal = Portal(bus_address)
    try:
        assert ask_desktop("x11:2a", FILES) == ["/home/ana/Bäume.txt"]
    finally:
        portal.close()
    assert portal.asked[0] == "x11:2a"
    assert portal.asked[2]["multiple"] == ("b", True)


def test_only_files_of_this_computer_have_paths() -> None:
    uris = ["file:///a%20b", "file://localhost/c", "file://elsewhere/d", "http://e/f", "file:///nul%00", "file://[",
            "nonsense"]  # fmt: skip
    assert paths_of(uris) == [str(Path("/a b")), "/c"]


def test_tk_asks_where_nothing_else_can(root: tk.Tk, programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setattr(file_chooser.filedialog, "askopenfilenames", lambda **_options: ("/home/ana/x",))
    chosen: list[Sequence[str]] = []
    choose_files(root, chosen.append)
    while not chosen:
        root.update()
    assert chosen == [("/home/ana/x",)]


@pytest.mark.usefixtures("no_bus")
def test_tk_starts_at_home_and_then_where_something_was_chosen_last(
    root: tk.Tk, programs: Programs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(file_chooser, "_last_folder", "")
    started: list[tuple[str, str]] = []

    def ask(answer: Any, **options: Any) -> Any:
        started.append((options["title"], options["initialdir"]))
        return answer

    asks = {"askopenfilenames": "", "asksaveasfilename": "/media/stick/talk.html", "askdirectory": "/srv"}
    for name, answer in asks.items():
        monkeypatch.setattr(file_chooser.filedialog, name, partial(ask, answer))
    chosen: list[Sequence[str]] = []
    for n in range(1, 3):
        choose_files(root, chosen.append)
        while len(chosen) < 3 * n - 2:
            root.update()
        choose_target(root, "Save what was said", "talk.html", chosen.append, ending=".html")
        while len(chosen) < 3 * n - 1:
            root.update()
        choose_folder(root, chosen.append)
        while len(chosen) < 3 * n:
            root.update()
    files, save, folder = "Choose files", "Save what was said", "Choose a folder"
    assert started == [(files, str(tmp_path)), (save, str(tmp_path)), (folder, "/media/stick"),
                       (files, "/srv"), (save, "/srv"), (folder, "/media/stick")]  # fmt: skip
