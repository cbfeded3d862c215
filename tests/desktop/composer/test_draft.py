"""A text too long for one message, in parts."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.text import clean_text
from lanchat.desktop.composer.draft import is_too_long, message_parts

TEXT = st.text(st.sampled_from("ab.! \n👍🏽é日。"), max_size=200)


def without_blanks(text: str) -> str:
    return re.sub(r"\s", "", text)


@given(TEXT, st.integers(4, 40), st.integers(1, 5))
def test_nothing_but_blanks_at_the_cuts_is_lost(text: str, characters: int, lines: int) -> None:
    several = message_parts(text, characters, lines)
    assert without_blanks("".join(several)) == without_blanks(clean_text(text))
    assert not any(is_too_long(part, characters, lines) for part in several)


@given(TEXT)
def test_what_fits_stays_as_it_is(text: str) -> None:
    assert message_parts(text, 4_000, 1_000) == ([clean_text(text)] if clean_text(text) else [])


def test_a_text_is_cut_where_a_reader_would_cut_it() -> None:
    assert message_parts("One two three. Four five six.", 20, 9) == ["One two three.", "Four five six."]
    assert message_parts("First line here\nsecond line", 20, 9) == ["First line here", "second line"]
    assert message_parts("Para one here.\n\nPara two, which", 20, 9) == ["Para one here.", "Para two, which"]
    assert message_parts("aaa bbb ccc ddd", 8, 9) == ["aaa bbb", "ccc ddd"]


def test_by_lines() -> None:
    assert message_parts("a\nb\nc\nd\ne", 100, 2) == ["a\nb", "c\nd", "e"]


def test_no_emoji_is_cut_in_two() -> None:
    assert message_parts("👍🏽" * 5, 5, 9) == ["👍🏽👍🏽", "👍🏽👍🏽", "👍🏽"]


def test_code_keeps_its_indent() -> None:
    assert message_parts("def f():\n    return 1", 12, 9) == ["def f():", "    return 1"]
