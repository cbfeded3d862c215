"""Where a text names me."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.mentions import is_begun, member_spans, mention_spans, names
from lanchat.core.model import MemberKey
from lanchat.core.nicks import Nicks


def named(text: str, nick: str = "Ana") -> list[str]:
    return [text[start:end] for start, end in mention_spans(text, nick, everybody=True)]


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
    assert names(text, nick, everybody=True)


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
    assert not names(text, nick, everybody=True)


def test_nobody_is_to_wait_for_a_text_of_nothing_but_names() -> None:
    assert len(mention_spans("@Ana " * 1_000, "Ana", everybody=True)) == 50


ODD = "@\uff20 Aa\u00e1\u00e0n\u0301\u674e/_.🎉"


@given(st.text(st.sampled_from(ODD), max_size=40), st.text(st.sampled_from("@Aan \u674e🎉.("), max_size=4))
def test_spans_are_in_order_apart_and_begin_with_the_sign(text: str, nick: str) -> None:
    spans = mention_spans(text, nick.strip(), everybody=True)
    assert all(text[start] in "@\uff20" and start + 1 < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_everybody_is_named_by_the_host_only() -> None:
    assert mention_spans("@everyone @all @Ana", "Ana", everybody=False) == [(15, 19)]
    assert not names("@everyone", "Ana", everybody=False)
    assert names("@Everyone", "Everyone", everybody=False), "a person may be called so"
    assert mention_spans("@everyone", "", everybody=False) == []


@pytest.mark.parametrize(
    ("name", "begun"), [("Ana Maria", "ma"), ("Ana Maria", ""), ("jean-luc", "LUC"), ("李明", "李"), ("🎉 Zoë", "zo")]
)
def test_a_name_may_be_begun_with_any_of_its_words(name: str, begun: str) -> None:
    assert is_begun(name, begun)


@pytest.mark.parametrize(("name", "begun"), [("Ana Maria", "aria"), ("Ana", "anas"), ("Zoë", "oë")])
def test_the_middle_of_a_word_begins_no_name(name: str, begun: str) -> None:
    assert not is_begun(name, begun)


def test_nobody_is_named_in_code_or_in_the_words_of_a_link() -> None:
    for text in ("`@Ana`", "```\n@Ana\n```", "run ``x @Ana`` now", "[@Ana](https://a.lan)", "https://a.lan/@Ana"):
        assert not names(text, "Ana", everybody=False)
    for text in ("**@Ana**", "> @Ana", "- @Ana, look", "`a` @Ana `b`", "`@Ana` @Ana"):
        assert names(text, "Ana", everybody=False)


BEN, MARIA, ZOE = (MemberKey(bytes([number]) * 32) for number in range(3))
MET = Nicks({BEN: "Ben", MARIA: "Ben Maria", ZOE: "李明"})


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("@Ben", [("@Ben", BEN)]),
        ("hi @BEN and @ben maria!", [("@BEN", BEN), ("@ben maria", MARIA)]),
        ("@Ben @Benjamin", [("@Ben", BEN)]),
        ("x@Ben @nobody @", []),
        ("你好@李明吃饭", [("@李明", ZOE)]),
    ],
)
def test_others_are_found_by_their_nicks(text: str, who: list[tuple[str, MemberKey]]) -> None:
    assert [(text[start:end], member) for start, end, member in member_spans(text, MET)] == who


def test_who_has_another_nick_by_now_is_not_found_by_the_old_one() -> None:
    nicks = Nicks({BEN: "Ben"})
    nicks.call(BEN, "Benjamin")
    assert member_spans("@Ben", nicks) == []
    assert len(member_spans("@Benjamin", nicks)) == 1


def test_a_text_of_nothing_but_signs_is_soon_done() -> None:
    assert len(member_spans("@Ben " * 1_000, MET)) == 50
