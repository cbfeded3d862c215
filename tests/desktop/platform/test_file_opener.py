"""Opening a received file in the system's program, and showing it in the file manager."""

from __future__ import annotations

import queue
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from lanchat.desktop.platform.file_opener import may_run, open_file, show_in_folder
from lanchat.storage import system_programs
from tests.desktop.platform.programs import Programs
from tests.systems import needs_links, needs_modes, needs_x11

NASTY = "-u $(id) `ls` %s & 🙂, a.txt"


def test_a_file_goes_to_its_program_as_it_is(programs: Programs, tmp_path: Path) -> None:
    programs.install("xdg-open")
    file = tmp_path / NASTY
    file.write_text("tea", "utf-8")
    assert open_file(file) == ""
    assert programs.next()["argv"][1:] == [str(file)]


def test_a_file_that_is_gone_is_not_opened(programs: Programs, tmp_path: Path) -> None:
    programs.install("xdg-open")
    assert "gone.txt" in open_file(tmp_path / "gone.txt")
    assert "gone.txt" in show_in_folder(tmp_path / "gone.txt")
    assert programs.nothing_more()


def test_where_nothing_opens_files_it_is_said_so(programs: Programs, tmp_path: Path) -> None:
    file = tmp_path / "plan.odt"
    file.write_text("tea", "utf-8")
    assert "plan.odt" in open_file(file)
    if sys.platform not in ("win32", "darwin"):
        assert str(tmp_path) in show_in_folder(file)


@needs_x11
def test_a_file_that_no_program_is_for_is_said_so(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    programs.install("xdg-open", code=3)
    file = tmp_path / "part.stl"
    file.write_text("tea", "utf-8")
    assert "part.stl" in open_file(file)
    assert str(tmp_path) in show_in_folder(file)


@needs_x11
def test_without_a_file_manager_on_the_bus_the_folder_is_shown(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    programs.install("xdg-open")
    file = tmp_path / "plan.odt"
    file.write_text("tea", "utf-8")
    assert show_in_folder(file) == ""
    assert programs.next()["argv"][1:] == [str(tmp_path)]


@needs_x11
def test_the_file_manager_is_asked_to_choose_the_file(programs: Programs, tmp_path: Path, bus_address: str) -> None:
    from tests.desktop.platform.desktops import Service

    shown: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()

    class FileManager(Service):
        name = "org.freedesktop.FileManager1"
        path = "/org/freedesktop/FileManager1"

        def answer(self, method: str, body: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]] | None:
            shown.put((method, *body))
            return "", ()

    programs.install("xdg-open")
    file = tmp_path / NASTY
    file.write_text("tea", "utf-8")
    manager = FileManager(bus_address)
    try:
        assert show_in_folder(file) == ""
        method, (where,), _startup = shown.get(timeout=20)
    finally:
        manager.close()
    assert (method, unquote(where)) == ("ShowItems", f"file://{file}")


# --- what is asked about ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("setup.exe", "linux"), ("SETUP.EXE", "win32"), ("report.pdf.exe", "win32"), ("run.sh", "darwin"),
        ("x.desktop", "linux"), ("x.lnk", "win32"), ("x.scr", "win32"), ("x.hta", "win32"), ("x.iso", "win32"),
        ("x.command", "darwin"), ("x.pkg", "darwin"), ("x.py", "linux"), ("x.jar", "linux"), ("sheet.xlsm", "win32"),
        ("x.exe.", "win32"), ("x.exe. .", "win32"), ("a.txt:b.exe", "win32"), ("a.txt:b", "win32"),
        ("Panel.{21EC2020-3AEA-1069-A2DD-08002B30309D}", "win32"), (".sh", "linux"), ("x.url", "win32"),
        ("x.AppImage", "linux"), ("x.settingcontent-ms", "win32"), ("Tea.app", "darwin"), ("a\u202egpj.exe", "win32"),
    ],
)  # fmt: skip
def test_programs_and_scripts_are_known_by_their_names(name: str, system: str) -> None:
    assert may_run(Path("/nowhere") / name, system)


@pytest.mark.parametrize("system", ["linux", "win32", "darwin"])
@pytest.mark.parametrize(
    "name",
    ["soup.jpg", "plan.odt", "film.mp4", "notes.txt", "exe", "sh", "README", "a.b.c.pdf", "x.tar.gz", "x.zip", "ü.md"],
)
def test_nobody_is_asked_about_what_only_shows_something(name: str, system: str) -> None:
    assert not may_run(Path("/nowhere") / name, system)


@needs_modes
def test_a_file_that_can_be_executed_is_asked_about(tmp_path: Path) -> None:
    file = tmp_path / "tool"
    file.write_text("#!/bin/sh\n", "utf-8")
    assert not may_run(file)
    file.chmod(0o700)
    assert may_run(file)
    assert not may_run(tmp_path), "a folder"


@needs_links
def test_a_link_is_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "x.sh").write_text("", "utf-8")
    link = tmp_path / "photo.jpg"
    link.symlink_to(tmp_path / "x.sh")
    assert may_run(link)


# --- the packaged program --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("act", [open_file, show_in_folder])
def test_a_program_gets_neither_the_libraries_nor_the_tk_of_the_packaged_lanchat(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[[Path], str]
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", "/opt/lanchat/_internal", raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/lanchat/_internal")
    monkeypatch.setenv("TCL_LIBRARY", "/opt/lanchat/_internal/_tcl_data")
    monkeypatch.setenv("TK_LIBRARY", "/usr/share/tcltk/tk8.6")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    programs.install("xdg-open")
    file = tmp_path / "plan.odt"
    file.write_text("tea", "utf-8")
    assert act(file) == ""
    env = programs.next()["env"]
    assert "LD_LIBRARY_PATH" not in env
    assert "TCL_LIBRARY" not in env
    assert env["TK_LIBRARY"] == "/usr/share/tcltk/tk8.6"
    assert system_programs.environment()["PATH"] == env["PATH"]
