"""Markup: which texts are folded, or large; and the mentions in a formatted text."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.formatting import BOLD, TextBlock
from lanchat.desktop.emoji.emoji_data import split_emoji
from lanchat.desktop.model.markup import MENTION, breaks_anywhere, folded, marked_up, only_emoji

PIECES = st.sampled_from([
    "`", "```", "```\n", "\n", " ", "https://", "http://a.lan/x", "@Ana", "@all", "(", ")", ".", ",", "👍🏽", "🇯🇵",
    "👩‍👩‍👧‍👦", "e", "é", "日本", "\u202e", "\t", "`x`", "1️⃣", "[", "]", "<", ">", "\ud800"
])  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=30).map("".join))


@given(TEXTS)
def test_pieces_and_emoji_are_the_text(text: str) -> None:
    assert "".join(piece for piece, _ in split_emoji(text)) == text


def shown_of(blocks: Sequence[TextBlock]) -> str:
    return "\n".join([block.text for block in blocks])


@given(TEXTS, st.integers(1, 60))
def test_what_is_folded_is_a_beginning_of_what_is_shown(text: str, times: int) -> None:
    whole = marked_up(text * times, "Ana", everybody=True)
    short = folded(whole)
    if short is None:
        assert sum(len(block.text) for block in whole) <= 1_500
        return
    shown = shown_of(short)
    assert len(shown) <= 1_550
    assert shown_of(whole).startswith(shown.removesuffix("…").rstrip("\n"))


def named(text: str, nick: str = "Ana") -> list[str]:
    blocks = marked_up(text, nick, everybody=True)
    return [span.text for block in blocks for span in block.spans if span.style & MENTION]


def test_who_is_named_stands_out_but_not_in_code_or_links() -> None:
    assert named("hi @Ana, and `@Ana`, https://a.lan/@Ana, [@Ana](https://a.lan)") == ["@Ana"]
    assert named("```\n@Ana\n```") == []
    assert named("@Anabel @all") == ["@all"]


def test_a_mention_may_be_in_any_format() -> None:
    assert named("**hi @Ana** *@Ana*\n> @Ana\n- ~~@Ana~~") == ["@Ana"] * 4
    (bold,) = marked_up("**@Ana**", "Ana", everybody=False)[0].spans
    assert bold.style == BOLD | MENTION


@pytest.mark.parametrize("text", ["👍", "❤️ 👩🏽‍💻\n🎉", "🇯🇵"], ids=range(3))
def test_a_few_emoji_alone_are_large(text: str) -> None:
    assert only_emoji(text)


@pytest.mark.parametrize("text", ["", "👍 yes", "👍👍👍👍", "ok", "1"], ids=range(5))
def test_anything_else_is_not(text: str) -> None:
    assert not only_emoji(text)


def test_lines_of_scripts_without_spaces_end_anywhere() -> None:
    assert breaks_anywhere("東京駅で会いましょう")
    assert breaks_anywhere("สวัสดีครับ")
    assert not breaks_anywhere("Let us meet at 東京駅 at ten")
    assert not breaks_anywhere("élan vital")


def test_a_link_that_is_folded_still_leads_to_its_whole_address() -> None:
    address = "https://a.lan/" + "x" * 3_000
    short = folded(marked_up(f"look: {address}", "Ana", everybody=True))
    assert short is not None
    last = short[-1].spans[-1]
    assert last.address == address
    assert len(last.text) < 1_600


def test_a_long_list_and_much_code_are_folded() -> None:
    for text in ("\n".join(["- item"] * 40), "```\n" + "line\n" * 60 + "```", "> quote\n\n" * 20, "a\n\n> b\n" * 20):
        short = folded(marked_up(text, "", everybody=True))
        assert short is not None
        assert len(shown_of(short).split("\n")) <= 26
        assert shown_of(short).endswith("…")


def test_many_short_words_of_which_each_is_a_picture_are_folded() -> None:
    short = folded(marked_up("\u05d0 " * 1_000, "", everybody=True))
    assert short is not None
    assert sum(len(block.text.split()) for block in short) <= 301
    assert folded(marked_up("a " * 700, "", everybody=True)) is None
