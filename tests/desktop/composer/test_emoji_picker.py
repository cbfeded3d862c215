"""Choosing an emoji from all there are."""

from __future__ import annotations

import tkinter as tk

import pytest

from lanchat.desktop.composer import emoji_picker
from lanchat.desktop.composer.emoji_picker import COLUMNS, MOST_RECENT, EmojiGrid, EmojiPicker, note_used
from lanchat.desktop.emoji import emoji_data, images
from lanchat.desktop.widgets.buttons import Pressable
from lanchat.desktop.widgets.labels import Paragraph
from tests.desktop.composer.author import Author, below
from tests.desktop.stage import lines_on

needs_font = pytest.mark.skipif(images.emoji_font() is None, reason="no colour emoji font is installed")


def opened(ana: Author) -> EmojiPicker:
    ana.composer.pick()
    ana.root.update()
    return next(one for one in ana.root.winfo_children() if isinstance(one, EmojiPicker))


def grid_of(open_picker: EmojiPicker) -> EmojiGrid:
    return next(one for one in below(open_picker) if isinstance(one, EmojiGrid))


def canvas_of(grid: EmojiGrid) -> tk.Canvas:
    return next(one for one in below(grid) if isinstance(one, tk.Canvas) and one["yscrollcommand"])


def is_open(ana: Author) -> bool:
    return any(isinstance(one, EmojiPicker) for one in ana.root.winfo_children())


def test_a_word_an_arrow_and_enter(ana: Author) -> None:
    ana.types("hi ")
    opened(ana)
    ana.keys("c", "a", "t", "Right", "Return")
    assert ana.written == "hi 🐈"
    assert not is_open(ana)
    assert ana.focused() is ana.composer.editor


def test_several_with_shift(ana: Author) -> None:
    opened(ana)
    ana.keys("t", "a", "d", "a", "Shift-Return", "Shift-Return")
    assert is_open(ana)
    assert ana.written == "🎉🎉"


def test_escape_goes_back_to_the_text(ana: Author) -> None:
    opened(ana)
    ana.keys("Escape")
    assert not is_open(ana)
    ana.keys("x")
    assert ana.written == "x"


def test_what_was_used_lately_comes_first(ana: Author) -> None:
    for sequence in ("👍", "🎉", "👍"):
        note_used(ana.stage.context.kept, sequence)
    assert ana.stage.context.kept.now.recent_emoji == ("👍", "🎉")
    open_picker = opened(ana)
    assert grid_of(open_picker).chosen == "👍"
    assert lines_on(canvas_of(grid_of(open_picker)))[:2] == ["Recently used", "Smileys"]


def test_only_so_many_are_remembered(ana: Author) -> None:
    for code in range(0x1F600, 0x1F640):
        note_used(ana.stage.context.kept, chr(code))
    assert len(ana.stage.context.kept.now.recent_emoji) == MOST_RECENT


@needs_font
def test_the_arrows_go_through_all_of_them_and_stay_in_sight(ana: Author) -> None:
    grid = grid_of(opened(ana))
    canvas = canvas_of(grid)
    smileys = [named.sequence for named in emoji_data.group(0)]
    ana.keys("Right", "Down")
    assert grid.chosen == smileys[COLUMNS + 1]
    ana.keys("Up", "Left")
    assert grid.chosen == smileys[0]
    ana.keys(*["Next"] * 40)
    assert canvas.yview()[1] == 1.0
    flags = [named.sequence for named in emoji_data.group(len(emoji_data.ALL) - 1)]
    assert grid.chosen in flags[-2 * COLUMNS :], "in the last row"
    ana.keys(*["Prior"] * 40)
    assert canvas.yview()[0] == 0.0
    assert len(canvas.find_all()) < 200, "only what is in sight is drawn"


@needs_font
def test_the_groups_are_one_press_away(ana: Author) -> None:
    open_picker = opened(ana)
    tabs = [one for one in below(open_picker) if isinstance(one, Pressable)]
    tabs[-len(emoji_data.ALL) + 3].press()
    ana.root.update()
    assert grid_of(open_picker).chosen == "🍇"
    assert lines_on(canvas_of(grid_of(open_picker)))[0] == "Food and drink"


@needs_font
def test_pressing_one_takes_it(ana: Author) -> None:
    canvas = canvas_of(grid_of(opened(ana)))
    canvas.event_generate("<ButtonRelease-1>", x=18 + 36, y=30 + 18)
    ana.root.update()
    assert ana.written == "😃"


def test_when_nothing_is_called_so_it_says_that(ana: Author) -> None:
    grid = grid_of(opened(ana))
    ana.keys("q", "q", "q")
    assert lines_on(canvas_of(grid)) == ["No emoji is called that."]
    ana.keys("Down", "Return")
    assert is_open(ana)
    assert ana.written == ""


def test_without_a_font_they_are_chosen_by_name(ana: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emoji_picker, "emoji_font", lambda: None)
    shown = opened(ana)
    paragraphs = [one.words for tabs in shown.inside.winfo_children() for one in tabs.winfo_children()
                  if isinstance(one, Paragraph)]  # fmt: skip
    assert any("fonts-noto-color-emoji" in words for words in paragraphs), "how to get one"
    grid = grid_of(shown)
    ana.keys("Down")
    assert grid.chosen == emoji_data.group(0)[2].sequence
