"""Starting with the system."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lanchat.desktop.platform import desktop_integration
from lanchat.desktop.platform import macos_desktop as macos
from lanchat.desktop.platform.freedesktop_services import exec_line
from tests.desktop.platform.programs import Programs

NASTY = ["-u", "$(id) `id` $HOME", "%f %%", "two  words", 'quo"te', "back\\slash\\\\", "li\nne\ttab", "🙂ü", "'", ""]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    return tmp_path / "configuration" / "autostart"


pytestmark = pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="Linux desktops only")


def test_on_and_off(folder: Path) -> None:
    assert not desktop_integration.is_on()
    assert desktop_integration.turn_off() == ""
    assert desktop_integration.turn_on() == ""
    assert desktop_integration.is_on()
    assert desktop_integration.turn_off() == ""
    assert not desktop_integration.is_on()
    assert not list(folder.iterdir())


def test_what_starts_is_this_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desktop_integration.turn_on("--data-dir", "/home/ana/my data")
    line = f'Exec="{sys.executable}" "-m" "lanchat" "--data-dir" "/home/ana/my data"'
    assert line in (folder / "lanchat.desktop").read_text("utf-8").splitlines()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/lanchat/lanchat")
    desktop_integration.turn_on()
    assert 'Exec="/opt/lanchat/lanchat"' in (folder / "lanchat.desktop").read_text("utf-8").splitlines()


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_switched_off_elsewhere_it_is_off_and_can_be_switched_on(folder: Path, line: str) -> None:
    desktop_integration.turn_on()
    with (folder / "lanchat.desktop").open("a") as file:
        file.write(f"{line}\n")
    assert not desktop_integration.is_on()
    assert desktop_integration.turn_on() == ""
    assert desktop_integration.is_on()


def test_a_folder_that_cannot_be_made_is_said_so(folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("a file is in its place", "utf-8")
    assert "could not be set" in desktop_integration.turn_on()
    assert not desktop_integration.is_on()


@pytest.mark.skipif(shutil.which("gio") is None, reason="gio is not installed (Debian: apt install libglib2.0-bin)")
def test_a_desktop_starts_exactly_the_command(tmp_path: Path) -> None:
    launcher = shutil.which("gio")
    assert launcher
    folder = tmp_path / 'my "$programs"\\'
    folder.mkdir()
    programs = Programs(folder)
    command = [str(programs.install("lan chat")), *NASTY]
    entry = tmp_path / "lanchat.desktop"
    entry.write_text(f"[Desktop Entry]\nType=Application\nName=lanchat\nExec={exec_line(command)}\n", "utf-8")
    subprocess.run([launcher, "launch", str(entry)], check=True, timeout=20)
    assert programs.next()["argv"] == command
    programs.close()


def test_macos_reads_exactly_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert not macos.is_on()
    macos.turn_on(NASTY)
    assert macos.is_on()
    agent = plistlib.loads((tmp_path / "Library/LaunchAgents/lanchat.plist").read_bytes())
    assert agent["ProgramArguments"] == NASTY
    assert agent["RunAtLoad"] is True
    macos.turn_off()
    assert not macos.is_on()
