"""What people type after `lanchat`, as they type it; and what they are told to type."""

from __future__ import annotations

import shlex

import pytest

from lanchat.terminal.arguments import parse
from lanchat.terminal.host import quoted


@pytest.mark.parametrize("words", ["--nick Bob Kitchen hello there", "Kitchen --nick Bob hello there",
                                   "Kitchen hello --nick Bob there", "Kitchen hello there --nick Bob"])  # fmt: skip
def test_options_may_stand_anywhere(words: str) -> None:
    options = parse(["send", *words.split()])
    assert (options.room, options.text, options.nick) == ("Kitchen", ["hello", "there"], "Bob")


def test_what_is_said_may_look_like_an_option() -> None:
    options = parse(["send", "Kitchen", "--", "-v", "is", "short"])
    assert (options.room, options.text) == ("Kitchen", ["-v", "is", "short"])


@pytest.mark.parametrize("words", ["Kitchen --search -foo", "--search -foo Kitchen", "Kitchen --search=-foo"])
def test_what_is_searched_may_begin_with_a_dash(words: str) -> None:
    options = parse(["history", *words.split()])
    assert (options.room, options.search) == ("Kitchen", "-foo")


@pytest.mark.parametrize("title", ["Ana `id`", "$(id)", 'a"b', "it's", "-rf", "two words", "a;b", "!x", "Küche"])
def test_the_command_that_is_shown_names_the_room_and_runs_nothing(title: str) -> None:
    words = shlex.split(f"lanchat join {quoted(title)}")
    assert parse(words[1:]).room == title
    assert quoted(title).removeprefix("-- ") in (title, shlex.quote(title))
