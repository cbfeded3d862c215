"""The layout of a conversation at any width, and what reaches the terminal."""

from __future__ import annotations

import io
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from wcwidth import width

from lanchat.core.model import MemberKey
from lanchat.terminal.formatted_text import message
from lanchat.terminal.output import (
    Paper,
    PeopleColumn,
    Screen,
    day_line,
    fitted,
    nick_colour,
    notice,
    table,
    wrapped,
)

FILE = Paper()


def terminal(cells: int) -> Paper:
    return Paper(cells)


def test_a_message_is_time_nick_and_text_in_columns() -> None:
    assert message(FILE, "20:14", "Ben", "", 6, "hello") == "20:14  Ben     hello"


def test_further_lines_stand_under_the_first_ones_text() -> None:
    assert message(FILE, "20:14", "Ben", "", 4, "one\n  two\n\nthree").split("\n") == [
        "20:14  Ben   one",
        "               two",
        "",
        "             three",
    ]


def test_on_a_terminal_long_text_wraps_under_itself() -> None:
    lines = message(terminal(40), "20:14", "Ben", "", 4, "words " * 12).split("\n")
    assert lines[0] == "20:14  Ben   words words words words"
    assert lines[1] == "             words words words words"


def test_on_a_narrow_terminal_the_text_goes_below_the_nick() -> None:
    lines = message(terminal(30), "20:14", "Ben", "", 8, "hello there").split("\n")
    assert lines == ["20:14  Ben", "       hello there"]


def test_a_notice_stands_where_texts_stand_with_a_dot_for_a_nick() -> None:
    assert notice(FILE, "20:14", 4, "Li joined.") == "20:14  ·     Li joined."


def test_a_wide_nick_takes_two_cells_a_character() -> None:
    assert message(FILE, "20:14", "美咲", "", 6, "hi") == "20:14  美咲    hi"


def test_a_page_address_is_never_cut() -> None:
    address = "https://example.org/" + "a" * 60
    assert wrapped(f"see {address} there", 30) == ["see", address, "there"]


def test_text_without_spaces_is_cut_at_the_edge() -> None:
    assert wrapped("你好世界你" * 4, 10) == ["你好世界你"] * 4


def test_a_cell_is_filled_up_or_cut() -> None:
    assert fitted("Kitchen", 9) == "Kitchen  "
    assert fitted("The kitchen upstairs", 9) == "The kitc…"
    assert table([("Kitchen", "Ben", "3 here")], [9, 4]) == ["Kitchen    Ben   3 here"]


def test_colours_only_where_wanted() -> None:
    assert "\x1b" not in message(terminal(80), "20:14", "Ben", nick_colour(b"k"), 4, "hello")
    assert "\x1b" in message(Paper(80, colour=True), "20:14", "Ben", nick_colour(b"k"), 4, "hello")
    assert nick_colour(b"k") == nick_colour(b"k")


def test_days_are_told_in_full() -> None:
    assert day_line(date(2026, 11, 20)) == "— Friday, 20 November 2026 —"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Mn", "Mc", "Me", "Zl", "Zp"])), st.integers(8, 200))
def test_nothing_is_wider_than_the_terminal_and_no_word_is_lost(text: str, cells: int) -> None:
    lines = wrapped(text, cells)
    assert "://" in text or all(width(line) <= cells for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_nothing_without_a_look_reaches_the_terminal_whoever_wrote_it() -> None:
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "hidden") + "\xad\u034f\u115f\u2062\ufeff\U000e0100"
    controls = "".join(chr(code) for code in [*range(0x20), *range(0x7F, 0xA0)] if chr(code) not in "\t\n")
    screen = Screen(io.StringIO())
    screen.print(f"a{hidden}b{controls}c\x1b]0;title\x07d\x1b[2Je")
    screen.warn(f"f{hidden}g{controls}")
    shown = screen.stream.getvalue()  # type: ignore[attr-defined]
    assert shown == "abc]0;titled[2Je\nfg\n"


def test_colours_emoji_and_scripts_that_need_joiners_reach_the_terminal() -> None:
    screen = Screen(io.StringIO())
    text = "\x1b[31mred\x1b[0m \u2764\ufe0f \U0001f469\u200d\U0001f4bb \u0645\u06cc\u200c\u062e \tC#"
    screen.print(text)
    assert screen.stream.getvalue() == text + "\n"  # type: ignore[attr-defined]


ME, BEN, LI = (MemberKey(bytes([number]) * 32) for number in (1, 2, 3))


def test_it_grows_with_the_nicks_shown_and_never_shrinks() -> None:
    people = PeopleColumn(ME, {ME: "Ana", BEN: "Benjamin", LI: "Li"})
    people.called(BEN)
    people.called(LI)
    assert people.column == len("Benjamin")
