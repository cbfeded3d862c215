"""What filters are typed, and what is said about those that cannot be understood."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.storage.search_filters import SearchFault, SearchFilters, is_called, parse, words_of

TODAY = date(2026, 11, 29)


def ms(year: int, month: int, day: int) -> int:
    """When that day began on this computer."""
    return round(datetime(year, month, day).astimezone().timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("kettle", SearchFilters("kettle")),
        ("from:Ana kettle on", SearchFilters("kettle on", authors=("Ana",))),
        ('kettle FROM:"Ana Maria"', SearchFilters("kettle", authors=("Ana Maria",))),
        ("from:@Ana from:ben", SearchFilters("", authors=("@Ana", "ben"))),
        ("in:Kitchen in:Office tea", SearchFilters("tea", rooms=("Kitchen", "Office"))),
        ("has:link Has:PIN", SearchFilters("", has=frozenset(("link", "pin")))),
        ("has:Picture has:file", SearchFilters("", has=frozenset(("picture", "file")))),
        ("after:2026-11-01", SearchFilters("", after=ms(2026, 11, 1))),
        ("after:2026-11", SearchFilters("", after=ms(2026, 11, 1))),
        ("after:2026-1-2 after:2025", SearchFilters("", after=ms(2026, 1, 2))),
        ("before:today", SearchFilters("", before=ms(2026, 11, 29))),
        ("before:yesterday before:2026-12-24", SearchFilters("", before=ms(2026, 11, 28))),
        ("C# 10:30 mailfrom:ana https://in:80", SearchFilters("C# 10:30 mailfrom:ana https://in:80")),
        ('"from:ana" said', SearchFilters('"from:ana" said')),
        ("회의 from:김", SearchFilters("회의", authors=("김",))),
    ],
)
def test_filters_are_taken_out_of_the_words(text: str, filters: SearchFilters) -> None:
    assert parse(text, TODAY) == filters
    assert words_of(text) == filters.words


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("from:", "After from: stands a name, such as from:Ana or from:me."),
        ('from:""', "After from: stands a name, such as from:Ana or from:me."),
        ("in: tea", "After in: stands the title of a room, such as in:Kitchen."),
        ("has:soup", "has: takes file, picture, link or pin."),
        ("before:soon", "After before: stands a date such as 2026-11-29, or today, or yesterday."),
        ("after:2026-13-01", "After after: stands a date such as 2026-11-29, or today, or yesterday."),
        ("after:0000", "After after: stands a date such as 2026-11-29, or today, or yesterday."),
        ("after:2026-11-01x", "After after: stands a date such as 2026-11-29, or today, or yesterday."),
    ],
)
def test_what_cannot_be_understood_is_said_in_words(text: str, problem: str) -> None:
    with pytest.raises(SearchFault, match=f"^{problem}$"):
        parse(text, TODAY)


@pytest.mark.parametrize(
    ("name", "wanted", "called"),
    [
        ("Ana", "ana", True), ("Ana Maria", "mar", True), ("Ana Maria", "ana m", True), ("Diana", "ana", False),
        ("Ana", "@Ana", True), ("Ömer", "omer", True), ("I\u015f\u0131k", "isik", True),
        ("ISIK", "\u0131\u015f\u0131k", True),
        ("김민수", "김", True), ("Łukasz", "luk", True), ("O'Brien", "brien", True), ("Ana", "Anna", False),
    ],
)  # fmt: skip
def test_people_and_rooms_are_named_by_the_beginning_of_a_word(name: str, wanted: str, called: bool) -> None:
    assert is_called(name, [wanted]) == called


@given(st.text(st.sampled_from('from:inhasbeforeafter "@20-1') | st.characters(), max_size=60))
def test_any_text_is_understood_or_refused_in_words(text: str) -> None:
    with suppress(SearchFault):
        assert parse(text, datetime.now(UTC).date()).words == words_of(text)
