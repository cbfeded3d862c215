"""Starting other programs, and opening what a peer wrote, or a folder."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from lanchat.core.links import is_web_address
from lanchat.desktop.platform.external_programs import find, open_folder, open_url, start
from lanchat.network.doctor.this_computer import output_of
from lanchat.storage.system_programs import run
from tests.desktop.platform.programs import Programs

NASTY = ["-u", "$(id)", "`id`", "<b>&", "two words", "line\nline", "🙂", "", "'\"\\", "*", "%s"]


def test_a_program_gets_what_is_meant_for_it(programs: Programs) -> None:
    path = str(programs.install("player"))
    assert start([find("missing", "player"), *NASTY])
    assert programs.next()["argv"] == [path, *NASTY]


def test_what_a_program_says_and_is_told(programs: Programs) -> None:
    program = str(programs.install("asked", "grüezi 🙂\n"))
    assert run([program], 20, stdin="-u $(id) 🙂") == "grüezi 🙂\n"
    assert programs.next()["stdin"] == "-u $(id) 🙂"


def test_a_program_that_fails_says_nothing(programs: Programs) -> None:
    assert run([str(programs.install("failing", "half an answer", code=3))], 20) is None


def test_a_program_that_is_not_there(programs: Programs) -> None:
    assert find("missing") == ""
    assert run([str(programs.folder / "missing")], 20) is None
    assert not start([str(programs.folder / "missing")])


def test_a_program_that_takes_too_long_is_ended() -> None:
    assert run([sys.executable, "-c", "import time; time.sleep(60)"], 0.2) is None


def test_a_program_that_was_started_is_not_left_as_a_zombie(programs: Programs) -> None:
    before = set(threading.enumerate())
    assert start([str(programs.install("short"))])
    programs.next()
    for thread in set(threading.enumerate()) - before:
        thread.join(20)
        assert not thread.is_alive()


@pytest.mark.parametrize("execute", [start, lambda argv: run(argv, 20), lambda argv: output_of(*argv)])
@pytest.mark.parametrize(("before", "after"), [("/opt/theirs", "/opt/theirs"), (None, None)])
def test_the_packaged_program_gives_others_their_own_libraries(
    programs: Programs, monkeypatch: pytest.MonkeyPatch, before: str | None, after: str | None,
    execute: Callable[[list[str]], object],
) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/lanchat/_internal")
    if before is not None:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    execute([str(programs.install("browser"))])
    env = programs.next()["env"]
    assert env.get("LD_LIBRARY_PATH") == after
    assert "LD_LIBRARY_PATH_ORIG" not in env


def test_from_source_the_libraries_are_the_persons_own(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/theirs")
    start([str(programs.install("browser"))])
    assert programs.next()["env"]["LD_LIBRARY_PATH"] == "/opt/theirs"


# --- links and folders -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://192.168.1.42:8080/a?b=c&d=$(id)#e",
        "https://en.wikipedia.org/wiki/Käse_(`ls`)",
        "HTTPS://EXAMPLE.ORG/",
    ],
)
def test_a_web_address_goes_to_the_browser_as_it_is(programs: Programs, url: str) -> None:
    programs.install("xdg-open")
    assert open_url(url) == ""
    assert programs.next()["argv"][1:] == [url]


@pytest.mark.parametrize(
    "url",
    [
        "", "-u", "--help", "file:///etc/passwd", "javascript:alert(1)", "ssh://-oProxyCommand=id/", "https://",
        "https:///path", "https://a b", "https://a\nb", "https://a\x00", "https://[", "example.org", " https://a.org",
        "https://a.org/\u202egpj.exe",
    ],
)  # fmt: skip
def test_nothing_else_is_opened(programs: Programs, url: str) -> None:
    programs.install("xdg-open")
    assert not is_web_address(url)
    assert "http://" in open_url(url)
    assert programs.nothing_more()


def test_where_there_is_no_xdg_open(programs: Programs) -> None:
    programs.install("gio")
    assert open_url("https://example.org") == ""
    assert programs.next()["argv"][1:] == ["open", "https://example.org"]


def test_where_nothing_opens_links_it_is_said_so(programs: Programs) -> None:
    assert "Copy the link" in open_url("https://example.org")


def test_a_folder_is_shown(programs: Programs, tmp_path: Path) -> None:
    programs.install("xdg-open")
    folder = tmp_path / "-u $(id) 🙂"
    folder.mkdir()
    assert open_folder(folder) == ""
    assert programs.next()["argv"][1:] == [str(folder)]


@pytest.mark.parametrize("opener", ["xdg-open", "gio"])
def test_where_nothing_on_this_computer_is_for_it_it_is_said_so(
    programs: Programs, tmp_path: Path, opener: str
) -> None:
    programs.install(opener, code=2)  # as gio: Failed to find default application for content type
    assert "Copy the link" in open_url("https://example.org")
    assert str(tmp_path) in open_folder(tmp_path)


def test_a_browser_that_stays_open_has_opened_the_link(programs: Programs) -> None:
    held = programs.folder / "held"
    os.mkfifo(held)
    browser = programs.folder / "xdg-open"
    browser.write_text(f"#!{sys.executable} -IS\nopen({str(held)!r}).read()\n", "utf-8")
    browser.chmod(0o755)
    assert open_url("https://example.org") == ""
    held.open("w").close()  # it ends


def test_a_folder_that_cannot_be_shown_is_named(programs: Programs, tmp_path: Path) -> None:
    assert str(tmp_path) in open_folder(tmp_path)
    assert "missing" in open_folder(tmp_path / "missing")
