"""Paragraphs with letters from right to left: their lines, and what stands where on them."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from lanchat.desktop.text_layout import paragraphs
from lanchat.desktop.text_layout.bidi import COMPLEX
from lanchat.desktop.text_layout.paragraphs import Fragment


def draws(text: str, right_to_left: bool = False) -> bool:
    return right_to_left or COMPLEX.search(text) is not None


def width(part: Fragment) -> int:
    return len(part.text) * 10


def seen(text: str, room: int = 10_000) -> list[str]:
    base = paragraphs.base_of(text)
    found = paragraphs.fragments([text], base, draws)
    return [
        "|".join(part.text for part in paragraphs.as_seen(line, base)) for line in paragraphs.lines(found, width, room)
    ]


def test_words_stand_from_right_to_left_and_numbers_and_latin_as_they_are() -> None:
    assert seen("שלום hello world עולם 12.5") == ["12.5| |עולם| |hello| |world| |שלום"]


def test_an_emoji_goes_with_the_words_around_it() -> None:
    assert seen("שלום 🎉 עולם") == ["עולם| |🎉| |שלום"]


def test_a_line_is_full_before_the_next_one_begins() -> None:
    assert seen("אחת שתיים שלוש ארבע", 115) == [" |שתיים| |אחת", "ארבע| |שלוש"]


def test_no_line_ends_at_a_no_break_space() -> None:
    assert seen("אחת שתיים שלוש\u00a0ארבע", 150) == [" |שתיים| |אחת", "שלוש\u00a0ארבע"]


def test_an_address_wider_than_the_line_is_on_several() -> None:
    address = "https://example.com/" + "a" * 60
    shown = seen(f"ראו {address}", 300)
    assert len(shown) == 4
    assert all(len(line) <= 31 for line in shown)
    assert "".join(shown[1:]).replace("|", "") == address


def test_what_is_written_in_code_or_an_address_keeps_its_order() -> None:
    runs = ["כך ", "f(x)", " נגמר"]
    found = paragraphs.fragments(runs, 1, draws, apart={1: 0})
    (line,) = paragraphs.lines(found, width, 10_000)
    assert "".join(part.text for part in paragraphs.as_seen(line, 1)) == "נגמר f(x) כך"


def test_scripts_without_spaces_have_places_where_a_line_may_end() -> None:
    text = "ผู้ใหญ่บ้านเดินทางไปตลาดเช้านี้เพื่อซื้อของกินของใช้ให้ครอบครัว"
    found = paragraphs.fragments([text], 0, draws)
    assert "".join(part.text for part in found) == text
    assert len(found) > 4
    assert all(part.free for part in found[1:])
    assert not any(part.text[0] in "าะำ" or part.text[-1] in "เแโใไ" for part in found)


def test_a_picture_is_never_as_wide_as_several_sentences() -> None:
    found = paragraphs.fragments(["\N{ARABIC LIGATURE BISMILLAH AR-RAHMAN AR-RAHEEM}" * 3], 1, draws)
    assert [len(part.text) for part in found] == [1, 1, 1]


@given(st.text(max_size=30), st.text("אبc1.( \u2067\u202e\x1c\t", max_size=20), st.integers(1, 500))
def test_there_is_no_text_that_cannot_be_laid(one: str, other: str, room: int) -> None:
    for base in (0, 1):
        found = paragraphs.fragments([one, other, one], base, draws, apart={1: 1, 2: 0})
        lines = list(paragraphs.lines(found, width, room))
        assert "".join(part.text for line in lines for part in line) == one + other + one
        for line in lines:
            assert len(paragraphs.as_seen(line, base)) == len(line)


def test_nothing_is_lost_whatever_the_text_and_the_width() -> None:
    chance = random.Random(8)
    for _ in range(500):
        text = "".join(chance.choices("abc  אבגמרם123.,()क्षिไทย🎉\t", k=chance.randint(1, 60)))
        found = paragraphs.fragments([text[:7], text[7:]], chance.randrange(2), draws, apart={1: 0})
        lines = list(paragraphs.lines(found, width, chance.choice((50, 200, 1_000))))
        assert "".join(part.text for line in lines for part in line) == text
        for line in lines:
            assert sorted(part.at for part in paragraphs.as_seen(line, 1)) == sorted(part.at for part in line)
