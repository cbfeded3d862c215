"""The smoke test itself: it says what failed, and a program gets nothing of this computer's."""

from __future__ import annotations

import shlex
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from smoke import CHOSEN
from smoke_people import Failed, Place
from smoke_screen import _HEIGHT, _WIDTH, Screen

from lanchat.desktop.pages.room_cards import suggested_ground
from lanchat.desktop.theme.palette import LIGHT
from tests.systems import needs_scripts

SMOKE = Path(__file__).parents[2] / "packaging" / "smoke.py"

pytestmark = needs_scripts


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """A stand-in for lanchat, in the shell's language."""

    def write(script: str) -> Path:
        path = tmp_path / "lanchat"
        path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        path.chmod(0o755)
        return path

    return write


def smoke(program: Path) -> tuple[int, str]:
    command = [sys.executable, SMOKE, program]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo Segmentation fault >&2; exit 139", "FAILED: starts: --version ended with 139"),
        ("echo something else", "FAILED: starts: --version said"),
        ('[ "$1" = --version ] && echo lanchat 1 || echo Disk full', "FAILED: hosts, and is found: waited in vain for"),
        ('case $1 in --version) echo lanchat 1;; host) echo Kitchen is open; read x;; *) echo No rooms;; esac',
         "FAILED: hosts, and is found: the room was not found; there was: 'No rooms"),
    ],
    ids=["crashes", "is another program", "cannot host", "finds nothing"],
)  # fmt: skip
def test_it_says_what_failed(script: str, said: str, program: Callable[[str], Path]) -> None:
    code, output = smoke(program(script))
    assert (code, said in output) == (1, True), output


def test_the_program_sees_no_python_and_nobodys_home(program: Callable[[str], Path], tmp_path: Path) -> None:
    words = shlex.quote("python in $(command -v python3 || command -v python || echo nowhere), $HOME, $USER")
    with Place(program(f"eval echo {words}"), Path("/"), tmp_path / "people") as place:
        assert place.person("Ana", 1).runs() == f"python in nowhere, {tmp_path}/people/Ana,\n"


def test_what_is_expected_comes_after_what_was_expected_before(program: Callable[[str], Path], tmp_path: Path) -> None:
    with Place(program("echo one; echo two; read x; echo $x; read y"), Path("/"), tmp_path / "people") as place:
        ana = place.person("Ana", 1)
        ana.starts()
        ana.expects("two")
        ana.types("three")
        ana.expects("three")
        ana.is_killed()
        ana.starts()
        ana.expects("two")
        ana.types("")
        ana.types("")
        with pytest.raises(Failed, match="waited in vain for 'one'"):
            ana.expects("one")


def shown(tmp_path: Path, colours: int) -> Screen:
    """A screen's file as Xvfb writes it, filled with so many colours."""
    header = [0] * 25
    header[0], header[19] = 160, 256
    pixels = (i % colours * 0x01_01_01 for i in range(_WIDTH * _HEIGHT))
    content = struct.pack(">25I", *header).ljust(160 + 256 * 12, b"\0")
    file = tmp_path / "screen"
    file.write_bytes(content + struct.pack(f"={_WIDTH * _HEIGHT}I", *pixels))
    return Screen(":1", file)


def test_an_empty_window_is_not_a_drawn_one(tmp_path: Path) -> None:
    assert not shown(tmp_path, 1).drawn()
    assert not shown(tmp_path, 4).drawn()
    assert shown(tmp_path, 200).drawn()


def test_it_knows_what_the_suggested_room_looks_like() -> None:
    assert f"#{CHOSEN:06x}" == suggested_ground(LIGHT.chat, LIGHT)


def test_the_picture_that_is_kept_is_what_was_seen(tmp_path: Path) -> None:
    screen = shown(tmp_path, 200)
    screen.keep(tmp_path / "picture.png")
    with Image.open(tmp_path / "picture.png") as picture:
        assert picture.size == (_WIDTH, _HEIGHT)
        assert picture.getpixel((7, 0)) == (7, 7, 7)
        assert picture.getpixel((0, 1)) == (_WIDTH % 200,) * 3
