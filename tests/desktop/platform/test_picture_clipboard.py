"""Copying a picture: what another program then gets from the clipboard."""

from __future__ import annotations

import io
import shutil
import subprocess
import time

import pytest
from PIL import Image

from lanchat.desktop.platform.picture_clipboard import can_copy_pictures, copy_picture, encoded_picture
from tests.desktop.platform.programs import Programs
from tests.systems import needs_x11

SECONDS = 20


@needs_x11
def test_another_program_gets_the_picture(display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("xclip") is None:
        pytest.skip("xclip is not installed (Debian: apt install xclip)")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    image = Image.effect_noise((640, 480), 90).convert("RGB")
    assert can_copy_pictures()
    assert copy_picture(image) == ""
    asked = ["xclip", "-selection", "clipboard", "-t", "image/png", "-o"]
    until = time.monotonic() + SECONDS
    got = b""
    while not got and time.monotonic() < until:  # xclip owns the clipboard a moment after it went into the background
        got = subprocess.run(asked, capture_output=True, timeout=SECONDS, check=False).stdout
    with Image.open(io.BytesIO(got)) as copied:
        assert copied.convert("RGB").tobytes() == image.tobytes()
    emptied = ["xclip", "-selection", "clipboard", "-i", "/dev/null"]  # ends the one that kept the picture
    subprocess.run(emptied, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=SECONDS, check=True)


@needs_x11
def test_on_wayland_its_own_helper_is_asked(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    program = programs.folder / "wl-copy"
    got = programs.folder / "got.png"
    program.write_text(f"#!/bin/sh\n[ \"$*\" = '--type image/png' ] && /bin/cat > {got}\n", "utf-8")
    program.chmod(0o755)
    assert copy_picture(Image.new("RGB", (20, 10), "red")) == ""
    with Image.open(got) as copied:
        assert (copied.size, copied.format) == ((20, 10), "PNG")


@needs_x11
def test_without_a_helper_one_hears_what_is_missing(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not can_copy_pictures()
    assert "xclip" in copy_picture(Image.new("RGB", (20, 10), "red"))


@needs_x11
def test_a_helper_that_fails_is_told_of(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    programs.install("xclip", code=1)
    assert "could not be copied" in copy_picture(Image.new("RGB", (20, 10), "red"))


def test_a_picture_that_is_clear_in_part_stays_so() -> None:
    """As PNG; the bitmap of Windows has no clear points."""
    image = Image.new("RGBA", (4, 4), (255, 0, 0, 128))
    with Image.open(io.BytesIO(encoded_picture(image, "PNG"))) as again:
        assert again.getpixel((0, 0)) == (255, 0, 0, 128)
