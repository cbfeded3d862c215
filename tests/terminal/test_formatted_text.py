"""Formatted messages on a terminal, and as they were written where there are no colours."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import width

from lanchat.terminal.formatted_text import message
from lanchat.terminal.output import Paper

EVERYTHING = (
    "**bold** *slanted* ~~gone~~ `code`\n> quoted\n- item\n```py\nx = 1\n```\n[menu](https://menu.lan) www.a.lan"
)
WRITTEN = st.lists(
    st.sampled_from(["**", "*", "~~", "`", "```\n", "\n", "> ", "- ", "1. ", "word ", "日本 ", "👍 ", "[x](https://a.lan)"]),
    min_size=1, max_size=30,
).map("".join)  # fmt: skip


def lines(text: str, paper: Paper, lead: str = "") -> list[str]:
    """What stands where texts stand."""
    return [line[13:] for line in message(paper, "20:14", "Ben", "", 4, text, lead=lead).split("\n")]


def bare(line: str) -> str:
    """Without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", line)


@pytest.mark.parametrize("paper", [Paper(), Paper(60)], ids=["file", "no colours"])
def test_without_colours_a_text_is_as_it_was_written(paper: Paper) -> None:
    assert "\n".join(lines(EVERYTHING, paper)) == EVERYTHING


def test_formats_are_those_of_the_terminal() -> None:
    shown = message(Paper(70, colour=True), "20:14", "Ben", "", 4, EVERYTHING).split("\n")
    for painted in ("\x1b[1mbold\x1b[0m", "\x1b[3mslanted\x1b[0m", "\x1b[9mgone\x1b[0m", "\x1b[36mcode\x1b[0m"):
        assert painted in shown[0]
    assert [bare(line).strip() for line in shown[1:]] == [
        "│ quoted", "• item", "py", "x = 1", "menu (https://menu.lan) www.a.lan",
    ]  # fmt: skip


def test_lines_that_go_on_stand_under_the_first_word_of_an_item_and_behind_the_bar_of_a_quote() -> None:
    paper = Paper(40, colour=True)
    shown = [bare(line)[13:] for line in message(paper, "20:14", "Ben", "", 4, "- " + "item " * 9).split("\n")]
    assert shown == ["• item item item item item", "  item item item item"]
    shown = [bare(line)[13:] for line in message(paper, "20:14", "Ben", "", 4, "> " + "word " * 9).split("\n")]
    assert shown == ["│ word word word word word", "│ word word word word"]


def test_a_nick_in_front_of_an_action_is_no_mark() -> None:
    shown = bare(message(Paper(60, colour=True), "20:14", "*", "", 4, "waves **much**", lead="*Ana* "))
    assert shown.endswith("*Ana* waves much")
    assert "> Ana waves" in bare(message(Paper(60, colour=True), "20:14", "*", "", 4, "waves", lead="> Ana "))


@given(WRITTEN, st.integers(40, 90))
def test_nothing_is_wider_than_the_terminal_and_no_word_is_lost(text: str, cells: int) -> None:
    shown = message(Paper(cells, colour=True), "20:14", "Ben", "", 4, text)
    assert all(width(bare(line)) <= cells or "://" in line for line in shown.split("\n"))
    for word in ("word", "日本", "👍"):
        assert bare(shown).count(word) == text.count(word)
