"""What people type after `lanchat`, as they type it; and what they are told to type."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from lanchat.terminal.arguments import parse
from lanchat.terminal.output import shell_quoted


@pytest.mark.parametrize("words", ["--nick Bob Kitchen hello there", "Kitchen --nick Bob hello there",
                                   "Kitchen hello --nick Bob there", "Kitchen hello there --nick Bob"])  # fmt: skip
def test_options_may_stand_anywhere(words: str) -> None:
    options = parse(["send", *words.split()])
    assert (options.room, options.text, options.nick) == ("Kitchen", ["hello", "there"], "Bob")


def test_what_is_said_may_look_like_an_option() -> None:
    options = parse(["send", "Kitchen", "--", "-v", "is", "short"])
    assert (options.room, options.text) == ("Kitchen", ["-v", "is", "short"])


@pytest.mark.parametrize(
    "words",
    [
        "--nick Bob Kitchen -- -5 --nick -- C",
        "Kitchen --nick Bob -- -5 --nick -- C",
        "--nick Bob -- Kitchen -5 --nick -- C",
    ],
)
def test_options_before_two_dashes_may_stand_anywhere(words: str) -> None:
    options = parse(["send", *words.split()])
    assert (options.room, options.nick, options.text) == ("Kitchen", "Bob", ["-5", "--nick", "--", "C"])


def test_a_title_behind_two_dashes_may_begin_with_a_dash() -> None:
    options = parse(["host", "--nick", "Bob", "--json", "--", "-Kitchen"])
    assert (options.title, options.nick, options.json) == ("-Kitchen", "Bob", True)


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u3164"])
def test_a_name_of_which_nothing_would_be_seen_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["send", "Kitchen", "hi", "--nick", name])
    assert ended.value.code == 2
    assert "nothing of that name would be seen" in capsys.readouterr().err


@pytest.mark.parametrize("words", ["Kitchen --search -foo", "--search -foo Kitchen", "Kitchen --search=-foo"])
def test_what_is_searched_may_begin_with_a_dash(words: str) -> None:
    options = parse(["history", *words.split()])
    assert (options.room, options.search) == ("Kitchen", "-foo")


@pytest.mark.parametrize("title", ["Kitchen", "Küche", "two words", "it's", "a;b", "R&D", "(tea)", "茶 #2", "🍵 tea"])
def test_the_command_that_is_shown_names_the_room_by_its_title_where_every_shell_takes_it(title: str) -> None:
    shown = shell_quoted(title, "d467fpz3dmkebcls")
    assert parse(["join", *shlex.split(shown)]).room == title
    assert shown in (title, f'"{title}"'), "neither cmd.exe nor PowerShell knows other quotes"


@pytest.mark.parametrize("title", ["@here", "=ls"])
def test_a_title_that_a_shell_would_read_as_more_than_a_word_is_in_quotes(title: str) -> None:
    """PowerShell: what a variable holds; zsh: where a program is."""
    assert shell_quoted(title, "d467fpz3dmkebcls") == f'"{title}"'


@pytest.mark.parametrize(
    "title", ["Ana `id`", "$(id)", 'a"b', "-rf", "!x", "100 %PATH%", "a“;id;“b", "two\nlines", "\\"]
)
def test_a_title_in_which_a_shell_would_run_or_replace_something_is_not_shown_to_be_typed(title: str) -> None:
    assert shell_quoted(title, "d467fpz3dmkebcls") == "d467fpz3dmkebcls"
    assert shlex.split(shell_quoted(title)) == [title]


@pytest.mark.parametrize(
    "words",
    [
        ["--nick", "Bob", "send", "Kitchen", "hi"], ["send", "--nick", "Bob", "Kitchen", "hi"],
        ["send", "Kitchen", "--nick", "Bob", "hi"], ["send", "Kitchen", "hi", "--nick", "Bob"],
        ["--nick=Bob", "send", "Kitchen", "hi"], ["--data-dir", "there", "--nick", "Bob", "send", "Kitchen", "hi"],
    ],
)  # fmt: skip
def test_options_may_stand_before_the_command_too(words: list[str]) -> None:
    options = parse(words)
    assert (options.command, options.nick, options.room, options.text) == ("send", "Bob", "Kitchen", ["hi"])
    assert options.data_dir == (Path("there") if "there" in words else None)


def test_an_option_before_a_command_that_has_it_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--json", "history", "Kitchen"])
    assert "unrecognized arguments: --json" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--json"], ["--nick", "Bob"], ["--data-dir", "there", "--wait", "3"], ["--nick"]])
def test_an_option_of_commands_is_told_where_it_goes(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parse(words)
    assert end.value.code == 2
    assert "goes with a command, as in: lanchat COMMAND --" in capsys.readouterr().err


def test_a_link_may_stand_behind_options() -> None:
    options = parse(["--data-dir", "there", "lanchat://x"])
    assert (options.link, options.data_dir, options.command) == ("lanchat://x", Path("there"), None)


def test_files_and_what_stands_beside_them_need_no_quotes() -> None:
    options = parse(["send", "Kitchen", "--file", "a.pdf", "b.jpg", "--caption", "as", "it", "was", "--wait", "5"])
    assert (options.room, options.file, options.caption, options.wait) == (
        "Kitchen", ["a.pdf", "b.jpg"], ["as", "it", "was"], 5.0
    )  # fmt: skip
    options = parse(["send", "Kitchen", "see", "page", "3", "--file", "a.pdf", "--file", "b.jpg"])
    assert (options.text, options.file) == (["see", "page", "3"], ["a.pdf", "b.jpg"])
    assert parse(["files", "Kitchen", "--get", "#41"]).get == "41"
    assert parse(["host", "Kitchen", "--store", "1.5 GiB"]).store == 3 * 2**29


@pytest.mark.parametrize(
    "words",
    ["send K --caption x", "send K --file", "files K --get x", "files K --get -1", "host K --store much",
     "host K --store 5GB --window"],
)  # fmt: skip
def test_what_makes_no_sense_about_files_is_refused(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parse(words.split())
    assert end.value.code == 2
    assert "error:" in capsys.readouterr().err
