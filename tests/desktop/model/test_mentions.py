"""Where a text names me."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.desktop.model.markup import mention_spans, mentions


def named(text: str, nick: str = "Ana") -> list[str]:
    return [text[start:end] for start, end in mention_spans(text, nick)]


@pytest.mark.parametrize(
    ("text", "nick", "found"),
    [
        ("@Ana", "Ana", ["@Ana"]),
        ("hi @ana, and @ANA!", "Ana", ["@ana", "@ANA"]),
        ("(@Ana)", "Ana", ["@Ana"]),
        ("@Ana's room", "Ana", ["@Ana"]),
        ("@Ana Maria: tea?", "Ana Maria", ["@Ana Maria"]),
        ("@Zoë", "zoë", ["@Zoë"]),
        ("@Ana 🎉🎉", "Ana 🎉", ["@Ana 🎉"]),
        ("@all: lunch", "Ana", ["@all"]),
        ("@Everyone", "Ana", ["@Everyone"]),
        ("@all @al", "Al", ["@all", "@al"]),
        ("@c++ (no regular expression)", "c++", ["@c++"]),
        ("@(@(@(@(", "(@(", ["@(@(", "@(@("]),
        ("\uff20Ana", "Ana", ["\uff20Ana"]),
        ("你好@李明吃饭", "李明", ["@李明"]),
        ("@アナさん", "アナ", ["@アナ"]),
    ],
)
def test_a_mention_is_found(text: str, nick: str, found: list[str]) -> None:
    assert named(text, nick) == found
    assert mentions(text, nick)


@pytest.mark.parametrize(
    ("text", "nick"),
    [
        ("Ana", "Ana"),
        ("@Anastasia", "Ana"),
        ("@ana_2", "Ana"),
        ("@ana2", "Ana"),
        ("ben@ana.example", "Ana"),
        ("https://pages.example/@ana", "Ana"),
        ("@an", "Ana"),
        ("@allan", "Ana"),
        ("@Ana\u0301", "Ana"),
        ("@क\u093e", "क"),
        ("@", ""),
        ("", "Ana"),
    ],
)
def test_what_only_looks_like_one_is_none(text: str, nick: str) -> None:
    assert named(text, nick) == []
    assert not mentions(text, nick)


def test_nobody_is_to_wait_for_a_text_of_nothing_but_names() -> None:
    assert len(mention_spans("@Ana " * 1_000, "Ana")) == 50


ODD = "@\uff20 Aa\u00e1\u00e0n\u0301\u674e/_.🎉"


@given(st.text(st.sampled_from(ODD), max_size=40), st.text(st.sampled_from("@Aan \u674e🎉.("), max_size=4))
def test_spans_are_in_order_apart_and_begin_with_the_sign(text: str, nick: str) -> None:
    spans = mention_spans(text, nick.strip())
    assert all(text[start] in "@\uff20" and start + 1 < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
