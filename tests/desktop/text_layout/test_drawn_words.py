"""Words in pictures: what does not fit is left out of the middle, and every script is drawn."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops

from lanchat.desktop.text_layout import font_files
from lanchat.desktop.text_layout.drawn_words import DrawnLine
from lanchat.desktop.theme.theme import Theme

NAMES = ["release-2.0-linux.zip", "Übersicht · Mai 2026.pdf", "\u05d3\u05d5\u05d7.pdf",
         "\u062a\u0642\u0631\u064a\u0631.pdf", "party \N{PARTY POPPER}.gif",
         "e\u0301te\u0301.txt", "\u65e5\u672c\u8a9e.txt"]  # fmt: skip


def painted(theme: Theme, line: DrawnLine, width: int = 600) -> Image.Image:
    image = Image.new("RGB", (width, 40), "white")
    theme.words.paint(image, (0, 20), line, "#000000")
    return image


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_any_script_is_drawn_as_wide_as_it_was_measured(theme: Theme, name: str) -> None:
    line = theme.words.fit(name, "room_bold", 600)
    box = ImageChops.invert(painted(theme, line)).getbbox()
    assert box is not None
    assert 0 <= box[0] < box[2] <= line.width + 2


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [40, 90, 200])
def test_nothing_is_wider_than_its_room(theme: Theme, name: str, width: int) -> None:
    long = name.replace(".", "-and-more-and-more-and-more-of-it.")
    line = theme.words.fit(long, "small", width)
    assert line.width <= max(width, theme.words.fit(long[-10:] + "…", "small", 999).width)


def test_the_kind_of_a_file_is_seen_however_long_its_name_is(theme: Theme) -> None:
    """What ends in .exe does not look like a picture."""
    line = theme.words.fit("holiday-picture.jpg" * 10 + ".exe", "room_bold", 150)
    assert line.letters.endswith(".exe")
    assert "…" in line.letters


def test_words_are_drawn_where_there_is_no_fontconfig(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows and macOS: the first font of the system that has the letter, else Pillow's own."""
    usual = font_files.face("a", "", "Noto Sans", False)
    if usual is None:
        pytest.skip("this system has no fontconfig")
    assert font_files.FontFile(usual.path, usual.index, 0).has("é")
    assert not font_files.FontFile(usual.path, usual.index, 0).has("\N{CUNEIFORM SIGN A}")
    monkeypatch.setattr(font_files, "_library", lambda: None)
    other = Theme(theme.root, theme.palette, 1.0)
    line = other.words.fit("release.zip", "room_bold", 300)
    assert 40 < line.width < 200
    assert ImageChops.invert(painted(other, line)).getbbox() is not None
