"""Pictures of emoji: from the font, or a pill with the name."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path

import pytest

from lanchat.desktop.emoji import images
from lanchat.desktop.emoji.emoji_data import LONGEST
from lanchat.desktop.emoji.images import drawn, pill
from lanchat.desktop.theme.theme import Theme
from tests.systems import needs_xdg

needs_font = pytest.mark.skipif(images.emoji_font() is None, reason="no colour emoji font is installed")
UNKNOWN = "\U0001faff"  # kept free for a coming emoji


@pytest.fixture
def no_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "emoji_font", lambda: None)


@needs_font
@pytest.mark.parametrize("sequence", ["👍", "👍🏽", "❤️", "🇮🇩", "1️⃣", "👩🏽‍💻", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"])
def test_one_sequence_is_one_picture_in_colour(sequence: str) -> None:
    image = drawn(sequence, 20)
    assert image is not None
    assert image.height == 20
    assert 18 <= image.width <= 24
    colours = image.convert("RGB").getcolors(1000)
    assert colours is not None
    assert any(max(colour) - min(colour) > 40 for _, colour in colours if isinstance(colour, tuple))


@needs_font
def test_what_the_font_does_not_have_is_not_drawn_from_it() -> None:
    assert drawn(UNKNOWN, 20) is None
    assert drawn("A", 20) is None


@needs_font
def test_without_shaping_the_parts_stand_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images.features, "check_feature", lambda name: False)
    image = drawn("👩‍🍕", 20)
    assert image is not None
    assert image.width > 36


def test_a_pill_says_the_name() -> None:
    short, long = pill("🎉", 20, "#dddddd", "#222222"), pill("🧑🏿‍❤️‍💋‍🧑🏻", 20, "#dddddd", "#222222")
    assert short.height == long.height == 20
    assert 60 < short.width < long.width < 250


def test_what_has_no_name_is_a_box() -> None:
    assert pill(UNKNOWN, 20, "#dddddd", "#222222").size == (20, 20)


@pytest.mark.parametrize("sequence", ["🎉", UNKNOWN, "🇽🇽", "👨‍🍕"], ids=["known", "unknown", "flag", "joined"])
def test_there_is_always_a_picture(root: tk.Tk, theme: Theme, no_font: None, sequence: str) -> None:
    shown = theme.emoji(sequence, 20)
    assert shown is not None
    assert shown.height() == 20
    assert theme.emoji(sequence, 20) is shown, "made once"


def test_what_is_too_long_for_an_emoji_is_the_callers(theme: Theme) -> None:
    assert theme.emoji("👍" * (LONGEST + 1), 20) is None


def test_a_font_that_came_with_lanchat_is_the_first() -> None:
    assert next(images.font_files()) == Path(images.__file__).with_name("NotoColorEmoji.ttf")


@needs_xdg
def test_a_font_of_the_person_comes_before_the_systems(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(images.sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "mine"))
    monkeypatch.setenv("XDG_DATA_DIRS", f"{tmp_path / 'theirs'}::")
    places = list(images.font_files())
    mine = places.index(tmp_path / "mine/fonts/NotoColorEmoji.ttf")
    theirs = places.index(tmp_path / "theirs/fonts/truetype/noto/NotoColorEmoji.ttf")
    assert mine < theirs


@pytest.mark.parametrize("content", [None, b"no font at all"], ids=["none", "broken"])
def test_without_a_font_that_can_be_read_there_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "NotoColorEmoji.ttf"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(images, "font_files", lambda: iter([path]))
    images.emoji_font.cache_clear()
    try:
        assert images.emoji_font() is None
    finally:
        images.emoji_font.cache_clear()
