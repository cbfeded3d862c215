"""What a few typed letters mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.desktop.sidebar.quick_switcher import SwitcherMatch, found

NAMES = ["Marketing", "The market hall", "Supermarket", "Kitchen", "Zoë", "Büro Zürich", "日本語の部屋", "Mr Kettle"]


def find(typed: str, most: int = 100) -> list[str]:
    return found(typed, [SwitcherMatch(name, name) for name in NAMES], most)


def test_nearest_is_where_the_name_begins_then_a_word_then_anywhere_then_scattered() -> None:
    assert find("mark") == ["Marketing", "The market hall", "Supermarket"]
    assert find("mket") == ["Marketing", "The market hall", "Supermarket", "Mr Kettle"]


@pytest.mark.parametrize(
    ("typed", "name"), [("zoe", "Zoë"), ("ZURICH", "Büro Zürich"), ("zur bur", "Büro Zürich"), ("部屋", "日本語の部屋")]
)
def test_case_accents_and_the_order_of_words_do_not_count(typed: str, name: str) -> None:
    assert find(typed) == [name]


def test_every_word_must_be_there() -> None:
    assert find("market hall") == ["The market hall"]
    assert find("market garden") == []


def test_nothing_typed_means_everything_as_it_was_given() -> None:
    assert find("  ") == NAMES
    assert find("", most=2) == NAMES[:2]


@given(st.text(max_size=30))
def test_every_name_is_found_by_itself(name: str) -> None:
    assert found(name, [SwitcherMatch(name, "it")], 10) == ["it"]
