"""A text while it is written: nothing is lost, no emoji is cut, and every step can be taken back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.desktop.widgets.edit_buffer import EditBuffer, Emoji, same_ends, split_units

TEXT = st.text(st.sampled_from("ab \n\t1#é日𝒜🇮🇩👍🏽👩💻❤\ufe0f\u200d\u20e3\u202e"), max_size=30)


def columns(units: Sequence[str]) -> list[int]:
    """In Tk 8.6."""
    return [1 if isinstance(unit, Emoji) or unit <= "\uffff" else 2 for unit in units]


def written(text: str, most: int = 1_000, *, one_line: bool = False) -> EditBuffer:
    one = EditBuffer(most, columns, one_line=one_line)
    one.insert(0, text)
    return one


@given(TEXT)
def test_units_make_up_the_text(text: str) -> None:
    assert "".join(split_units(text)) == text


@given(TEXT)
def test_every_place_between_units_has_an_index_of_its_own(text: str) -> None:
    one = written(text)
    places = [0]
    for unit in one.units:
        places.append(places[-1] + len(unit))
    indices = [one.index(place) for place in places]
    assert len(set(indices)) == len(places)
    assert [one.place(index) for index in indices] == places
    assert [one.whole(place) for place in places] == places


def test_a_place_within_an_emoji_becomes_its_end() -> None:
    assert written("a👍🏽b").whole(2) == 3


def test_an_index_within_a_character_is_before_or_after_it() -> None:
    one = written("a\U00020000b")
    assert one.place("1.2") == 1
    assert one.place("1.2", after=True) == 2
    assert one.place("9.0") == 3


EDITS = st.lists(
    st.tuples(TEXT | st.text(st.characters(exclude_categories=[]), max_size=8), st.integers(0, 40), st.integers(0, 40)),
    max_size=12,
)


@given(EDITS, st.booleans())
def test_all_steps_can_be_taken_back_and_made_again(edits: list[tuple[str, int, int]], one_line: bool) -> None:
    one = written("", most=50, one_line=one_line)
    for text, start, end in edits:
        first, last = sorted((min(start, len(one.text)), min(end, len(one.text))))
        one.delete(first, last)
        one.insert(first, text)
        one.settle()
        assert len(one.text) <= 50
        assert not (one_line and "\n" in one.text)
        one.text.encode()
    last = one.text
    while one.undo(0) is not None:
        pass
    assert one.text == ""
    while one.redo(0) is not None:
        pass
    assert one.text == last


@given(TEXT, TEXT)
def test_the_same_ends_never_overlap(before: str, after: str) -> None:
    old, new = split_units(before), split_units(after)
    first, last = same_ends(old, new)
    assert first + last <= min(len(old), len(new))
    assert [*old[:first], *new[first : len(new) - last], *old[len(old) - last :]] == new


def test_typing_is_one_step_for_a_word_and_deleting_for_a_run() -> None:
    one = written("")
    for at, letter in enumerate("hi you"):
        one.insert(at, letter)
    one.delete(5, 6)
    one.delete(4, 5)
    assert one.undo(4) == 6
    assert one.text == "hi you"
    one.undo(6)
    assert one.text == "hi"


def test_what_replaces_goes_with_what_it_replaces() -> None:
    one = written("old")
    one.delete(0, 3)
    one.insert(0, "new")
    one.undo(3)
    assert one.text == "old"


@pytest.mark.parametrize(
    ("given_text", "taken"),
    [("a\r\nb\rc\u2028d", "a\nb\nc\nd"), ("a\0\x1b[31mb\x7f", "a[31mb"), ("x\ud83d\ud83dy", "xy"), ("a\tb", "a\tb")],
)
def test_what_could_harm_the_text_is_left_out(given_text: str, taken: str) -> None:
    assert written(given_text).text == taken


def test_what_is_pasted_into_one_line_becomes_one() -> None:
    assert written("\nKitchen\r\nand\tgarden\n", one_line=True).text == "Kitchen and garden"


def test_what_has_no_room_is_not_taken_in() -> None:
    full = written("abc", most=5)
    assert full.insert(1, "xyz") == 2
    assert full.text == "axybc"


def test_half_an_emoji_alone_is_nothing() -> None:
    one = written("")
    for half in ("\ude00", "\ud83d", "a"):
        one.insert(0, half)
    assert one.text == "a"


def test_there_is_room_for_so_many_characters_and_emoji() -> None:
    one = written("x" * 12, most=10)
    assert one.text == "x" * 10
    assert one.full
    many = written("👍" * 600)
    assert many.text == "👍" * 500
    assert many.full
    assert not written("ok").full


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("one two", 4, 7),
        ("one  ", 0, 3),
        ("hi 👍🏽👍🏽", 5, 7),
        ("a, b", 3, 4),
        ("日本 語", 3, 4),
        ("x\n", 1, 2),
        ("", 0, 0),
    ],
)
def test_words_end_where_people_see_their_end(text: str, before: int, after: int) -> None:
    """`before`: from the end; `after`: from the last word on."""
    one = written(text)
    assert one.word_before(len(text)) == before
    assert min(one.word_after(before), len(text)) == after


def test_an_emoji_is_told_from_a_letter() -> None:
    assert [isinstance(unit, Emoji) for unit in split_units("a👍1")] == [False, True, False]


def test_an_emoji_that_comes_in_halves_is_one() -> None:
    """Some keyboards send it so, one key press each."""
    one = written("hi ")
    assert one.insert(3, "\ud83d") == 0
    assert one.insert(3, "\udc4d") == 1
    assert one.text == "hi 👍"
