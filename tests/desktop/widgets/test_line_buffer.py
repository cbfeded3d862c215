"""A Line: one line, no more than it may be, and the way back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lanchat.desktop.widgets.text_field import LineBuffer

TEXTS = st.text(st.characters(exclude_categories=[]), max_size=8)


def line(text: str = "", most: int = 50) -> LineBuffer:
    made = LineBuffer(most)
    made.set(text)
    return made


def test_what_is_pasted_becomes_one_line() -> None:
    assert line().insert(0, "\nKitchen\r\nand garden\n") == "Kitchen and garden"


def test_what_has_no_room_is_not_taken_in() -> None:
    full = line("abc", most=5)
    assert full.insert(1, "xyz") == "xy"
    assert full.text == "axybc"


def test_an_emoji_that_comes_in_halves_is_one() -> None:
    one = line()
    assert one.insert(0, "\ud83d") == ""
    assert one.insert(0, "\ude00") == "\U0001f600"


def test_half_an_emoji_alone_is_nothing() -> None:
    one = line()
    one.insert(0, "\ude00")
    one.insert(0, "\ud83d")
    one.insert(0, "a")
    assert one.text == "a"


def test_a_word_is_taken_back_at_once_and_brought_again() -> None:
    one = line()
    for character in "two words":
        one.insert(len(one.text), character)
    assert one.undo(9) == 3
    assert one.text == "two"
    one.redo(3)
    assert one.text == "two words"
    assert one.redo(9) is None


@given(st.lists(st.tuples(TEXTS, st.integers(0, 60), st.integers(0, 60)), max_size=30))
def test_everything_can_be_taken_back(edits: list[tuple[str, int, int]]) -> None:
    one = line("start")
    for text, first, last in edits:
        first, last = sorted((min(first, len(one.text)), min(last, len(one.text))))
        one.delete(first, last)
        one.insert(first, text)
        assert len(one.text) <= 50
        assert "\n" not in one.text
        one.text.encode()
    while one.undo(0) is not None:
        pass
    assert one.text == "start"
