"""Markup: what of a text is a link, code, a fence or a mention; and nothing of it gets lost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.desktop.model.markup import Kind, address, breaks_anywhere, folded, only_emoji, runs, split_emoji

PIECES = st.sampled_from([
    "`", "```", "```\n", "\n", " ", "https://", "http://a.lan/x", "@Ana", "@all", "(", ")", ".", ",", "👍🏽", "🇯🇵",
    "👩‍👩‍👧‍👦", "e", "é", "日本", "\u202e", "\t", "`x`", "1️⃣", "[", "]", "<", ">", "\ud800"
])  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=30).map("".join))
LINK = "lanchat://192.168.1.42:29747/abcdefghijklmnop#AAAAAAAAAAAAAAAAAAAAAA"


def marked(text: str, kind: Kind, nick: str = "Ana") -> list[str]:
    return [run.shown for run in runs(text, nick) if run.kind == kind]


@given(TEXTS)
def test_the_runs_of_a_text_are_the_text(text: str) -> None:
    assert "".join(run.source for run in runs(text, "Ana")) == text


@given(TEXTS)
def test_pieces_and_emoji_are_the_text(text: str) -> None:
    assert "".join(piece for piece, _ in split_emoji(text)) == text


@given(TEXTS, st.integers(1, 60))
def test_what_is_folded_is_a_beginning_of_what_is_shown(text: str, times: int) -> None:
    whole = runs(text * times, "Ana")
    short = folded(whole)
    if short is None:
        assert len("".join(run.shown for run in whole)) <= 1_500
        return
    shown = "".join(run.shown for run in short)
    assert len(shown) <= 1_502
    assert "".join(run.shown for run in whole).startswith(shown.removesuffix("…").rstrip("\n"))


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://files.lan/a.txt.", ["https://files.lan/a.txt"]),
        ("(https://files.lan/a)", ["https://files.lan/a"]),
        ("https://en.lan/wiki/Tea_(drink), yes", ["https://en.lan/wiki/Tea_(drink)"]),
        ("HTTP://FILES.LAN/A?b=1&c=2#d!", ["HTTP://FILES.LAN/A?b=1&c=2#d"]),
        ("<https://a.lan> and \"http://b.lan:8080/\"", ["https://a.lan", "http://b.lan:8080/"]),
        ("見てhttps://a.lan/x。", ["https://a.lan/x"]),
        ("javascript:alert(1) file:///etc/passwd ftp://a.lan lanchat://join/x", []),
        ("xhttps://a.lan", []),
        ("https://", []),
        ("https://...", []),
        ("`https://a.lan`", []),
        ("http://[::1", []),
        ("https://a.lan/?q='q'", ["https://a.lan/?q='q'"]),
        ("'https://a.lan/q' and *https://b.lan*", ["https://a.lan/q", "https://b.lan"]),
        ("~~https://a.lan/x~~", ["https://a.lan/x"]),
        ("'https://a.lan/it's'", ["https://a.lan/it's"]),
        ("see www.a.lan/x, WWW.b.lan. and www.", ["www.a.lan/x", "WWW.b.lan"]),
        ("https://www.a.lan", ["https://www.a.lan"]),
        ("write to ana.b+c@mail.example.org.", ["ana.b+c@mail.example.org"]),
        ("ana@here, @ana, a@@b.lan, -x@a.lan", []),
        (f"come: <{LINK}>.", [LINK]),
    ],
    ids=range(21),
)
def test_links(text: str, links: list[str]) -> None:
    assert marked(text, "link") == links


@pytest.mark.parametrize(
    ("link", "opens"),
    [("www.a.lan/x", "http://www.a.lan/x"), ("ana@a.lan", "mailto:ana@a.lan"), ("https://a.lan", "https://a.lan"),
     (LINK, LINK)],
)  # fmt: skip
def test_what_a_link_opens(link: str, opens: str) -> None:
    assert address(link) == opens


def test_code_stands_between_backticks_of_one_line() -> None:
    assert marked("run `ls -la` now", "code") == ["ls -la"]
    assert marked("a ` b\nc ` d", "code") == []


def test_a_fence_is_shown_without_its_marks() -> None:
    text = "so:\n```py\nif a:\n    `b`\n```\nand on"
    assert marked(text, "fence") == ["if a:\n    `b`"]
    assert marked(text, "code") == []
    assert marked("```\nnever closed", "fence") == []


def test_who_is_named_stands_out_but_not_in_code_or_links() -> None:
    assert marked("hi @Ana, and `@Ana`, https://a.lan/@Ana", "mention") == ["@Ana"]
    assert marked("@Anabel @all", "mention") == ["@all"]


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
    short = folded(runs(f"look: {address}", "Ana"))
    assert short is not None
    assert short[-1].source == address
    assert len(short[-1].shown) < 1_600


@pytest.mark.parametrize(
    "text",
    ["```x\n" * 800, "`" * 4_000, "https://" * 500, "(" * 4_000, "https://a.lan/" + "(" * 3_900, "@" * 4_000,
     "👍🏽" * 2_000, "https://a.lan/" + ")" * 3_900, "a\u0301" * 2_000, "\u200d" * 4_000],
    ids=range(10),
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    began = time.perf_counter()
    folded(runs(text, "Ana"))
    assert time.perf_counter() - began < 0.25


def test_many_short_words_of_which_each_is_a_picture_are_folded() -> None:
    short = folded(runs("\u05d0 " * 1_000, ""))
    assert short is not None
    assert sum(len(run.shown.split()) for run in short) <= 301
    assert folded(runs("a " * 700, "")) is None
