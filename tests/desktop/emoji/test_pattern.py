"""What counts as an emoji in a text."""

from __future__ import annotations

import emoji
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.desktop.emoji.emoji_data import EMOJI, LONGEST

FULL = [one for one, about in emoji.EMOJI_DATA.items() if about["status"] == emoji.STATUS["fully_qualified"]]
SEQUENCES = st.sampled_from(FULL)
PLAIN = st.text(st.sampled_from("az 019#*©®™→↔éßжש日本한ः\u200b\n.,!?:-_"), max_size=20)


def test_every_emoji_there_is_is_one_match() -> None:
    assert [one for one in FULL if not EMOJI.fullmatch(one)] == []
    assert max(map(len, FULL)) <= LONGEST


@given(st.lists(st.one_of(SEQUENCES, PLAIN), max_size=12))
def test_emoji_are_found_between_other_text(parts: list[str]) -> None:
    spaced = " ".join(parts)
    assert EMOJI.findall(spaced) == [part for part in parts if part in FULL]


@given(st.text())
def test_no_match_is_longer_than_can_be_drawn(text: str) -> None:
    assert all(0 < len(found) <= LONGEST for found in EMOJI.findall(text))


@given(st.text(st.sampled_from("👨👩\u200d\ufe0f🏽❤🏴\U000e0067\U000e007f🇮1\u20e3")))
def test_nor_when_its_parts_are_put_together_wildly(text: str) -> None:
    assert all(0 < len(found) <= LONGEST for found in EMOJI.findall(text))


@pytest.mark.parametrize(
    "text", ["0123456789", "#*", "©®™", "‼⁉", "→↔↩", "plain", "éßж", "日本", "🇮", "\ufe0f\u200d\u20e3"]
)
def test_what_is_text_stays_text(text: str) -> None:
    assert EMOJI.findall(text) == []


def test_hearts_without_their_selector_are_pictures_too() -> None:
    assert EMOJI.findall("I ❤ you ☺") == ["❤", "☺"]
