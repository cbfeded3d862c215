"""The keys that format what is written, and Enter in a block of code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.formatting import formatted
from lanchat.desktop.composer.format_keys import FORMAT_KEYS, in_code_block, toggled
from lanchat.desktop.widgets.keyboard import COMMAND
from tests.desktop.composer.author import Author

KEYS = {mark: press for press, mark in FORMAT_KEYS.items()}


def edited(text: str, selected: str, mark: str) -> tuple[str, str]:
    """(the text then, what is selected then)."""
    start = text.index(selected)
    edit = toggled(text, (start, start + len(selected)), mark)
    now = text[: edit.start] + edit.text + text[edit.end :]
    return now, now[slice(*edit.selected)]


@pytest.mark.parametrize("mark", FORMAT_KEYS.values())
def test_a_key_formats_what_is_selected_and_takes_it_back(ana: Author, mark: str) -> None:
    ana.types("make it so 👍🏽 now")
    editor = ana.composer.editor
    start = ana.written.index("it")
    editor.select(start, ana.written.index(" now"))
    ana.keys(KEYS[mark])
    assert ana.written == f"make {mark}it so 👍🏽{mark} now"
    ana.keys(KEYS[mark])
    assert ana.written == "make it so 👍🏽 now"
    ana.keys(KEYS[mark], f"{COMMAND}-z")
    assert ana.written == "make it so 👍🏽 now", "one step of undo"


def test_without_a_selection_one_writes_between_the_marks(ana: Author) -> None:
    ana.types("so ")
    ana.keys(KEYS["**"])
    ana.types("bold")
    ana.keys("Return")
    assert ana.said == ["so **bold**"]


def test_blanks_around_the_words_stay_outside() -> None:
    assert edited("a bold b", " bold ", "**") == ("a **bold** b", "bold")


def test_bold_and_italic_are_told_apart() -> None:
    assert edited("**a**", "a", "*") == ("***a***", "a")
    assert edited("***a***", "a", "**") == ("*a*", "a")
    assert edited("***a***", "a", "*") == ("**a**", "a")
    assert edited("see **a**", "**a**", "**") == ("see a", "a")


def test_lines_of_code_become_a_block() -> None:
    now, selected = edited("so: if a:\n  b() ok", "if a:\n  b()", "`")
    assert now == "so: \n```\nif a:\n  b()\n```\n ok"
    assert selected == "if a:\n  b()"
    assert [block.kind for block in formatted(now)] == ["text", "code", "text"]


@given(st.text("ab *_~`\n>", max_size=20), st.integers(0, 20), st.integers(0, 20), st.sampled_from([*KEYS]))
def test_whatever_is_selected_no_letter_is_lost(text: str, one: int, other: int, mark: str) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    edit = toggled(text, (start, end), mark)
    now = text[: edit.start] + edit.text + text[edit.end :]
    assert [letter for letter in now if letter in "ab"] == [letter for letter in text if letter in "ab"]
    assert 0 <= edit.start <= edit.end <= len(text)
    assert 0 <= edit.selected[0] <= edit.selected[1] <= len(now)


def test_enter_begins_a_line_of_a_block_of_code_and_sends_what_is_whole(ana: Author) -> None:
    ana.types("```py")
    ana.keys("Return")
    ana.types("x = 1")
    ana.keys("Return")
    assert ana.said == []
    ana.types("```")
    ana.keys("Return")
    assert ana.said == ["```py\nx = 1\n```"]


@pytest.mark.parametrize(
    ("before", "after", "inside"),
    [("```", "", True), ("```\na", "\n```", True), ("```\na\n```", "", False), ("a ```b``` c", "", False),
     ("```a```", "", False), ("a\n~~~\nb", "", True), ("````\n```\n", "", True), ("", "```", False)],
)  # fmt: skip
def test_where_a_block_of_code_is_open(before: str, after: str, inside: bool) -> None:
    assert in_code_block(before + after, len(before)) == inside


def test_in_code_no_emoji_and_nobody_is_offered(ana: Author) -> None:
    ana.types("`a:tada:")
    assert ana.written == "`a:tada:"
    ana.types(" :tad")
    assert ana.offered == []
    ana.types("` :tada:")
    assert ana.written.endswith("` 🎉")
    ana.keys("<SelectAll>")
    ana.types("```\n:tada: :tad")
    assert ana.offered == []
    assert ana.written == "```\n:tada: :tad"
    ana.types("\n```\n:tada:")
    assert ana.written.endswith("🎉")
