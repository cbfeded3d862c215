"""Copying: what is selected reads like a chat log, and gives back what people wrote."""

from __future__ import annotations

from lanchat.core.dates import clock, moment
from lanchat.desktop.timeline.rows import MessageRow
from tests.desktop.presses import here
from tests.desktop.timeline.talk import ANA, BEN, LI, Talk


def select(talk: Talk, first: str, last: str) -> None:
    """From the beginning of some words to the end of others."""
    start, end = talk.text.search(first, "1.0"), talk.text.search(last, "1.0")
    assert start
    assert end
    talk.text.tag_add("sel", start, f"{end} + {len(last)} chars")


def selected(talk: Talk) -> str:
    assert talk.timeline is not None
    return talk.timeline.view.selected_text()


def test_within_a_message_only_its_words(talk: Talk) -> None:
    talk.says(BEN, "Lunch at twelve, or at one?")
    talk.open()
    select(talk, "at twelve", "at one")
    assert selected(talk) == "at twelve, or at one"


def test_emoji_are_given_back(talk: Talk) -> None:
    talk.says(BEN, "so 👍🏽 good 👩‍👩‍👧‍👦 and 🇯🇵 and on")
    talk.open()
    select(talk, "so", "and on")
    assert selected(talk) == "so 👍🏽 good 👩‍👩‍👧‍👦 and 🇯🇵 and on"
    talk.text.tag_remove("sel", "1.0", "end")
    select(talk, "good", "and ")
    assert selected(talk) == "good 👩‍👩‍👧‍👦 and "


def test_several_messages_read_like_a_log(talk: Talk) -> None:
    talk.says(BEN, "Lunch?")
    talk.says(LI, "Yes 🍜")
    talk.says(ANA, "Me too")
    at = clock(moment(talk.now))
    timeline = talk.open()
    talk.text.tag_add("sel", "1.0", "end")
    assert timeline.view.selected_text() == f"Ben, {at}: Lunch?\nLi, {at}: Yes 🍜\nAna, {at}: Me too"


def test_a_whole_message_comes_with_its_marks(talk: Talk) -> None:
    talk.says(BEN, "do\n```sh\nmake `all`\n```\nand `wait`")
    timeline = talk.open()
    talk.text.tag_add("sel", "1.0", "end")
    assert timeline.view.selected_text() == "do\n```sh\nmake `all`\n```\nand `wait`"


def test_code_is_copied_as_it_is(talk: Talk) -> None:
    talk.says(BEN, "so:\n```\nif a:\n    b()\n```\nok")
    talk.open()
    select(talk, "if a:", "b()")
    assert selected(talk) == "if a:\n    b()"


def test_the_room_around_code_is_no_text(talk: Talk) -> None:
    talk.says(BEN, "please run `ls -la` now")
    talk.open()
    select(talk, "run", "now")
    assert selected(talk) == "run ls -la now"


def test_my_ticks_are_no_text(talk: Talk) -> None:
    talk.open()
    talk.i_say("on my way")
    talk.settle()
    select(talk, "my way", "my way")
    assert selected(talk) == "my way"
    talk.text.tag_add("sel", "1.0", "end")
    assert selected(talk) == "on my way"


def test_nothing_selected_is_nothing(talk: Talk) -> None:
    talk.says(BEN, "hello")
    assert talk.open().view.selected_text() == ""
    talk.text.focus_force()
    talk.root.clipboard_clear()
    talk.root.clipboard_append("before")
    talk.text.event_generate("<<Copy>>")
    assert talk.root.clipboard_get() == "before"


def test_the_keys_copy(talk: Talk) -> None:
    talk.says(BEN, "hello 𐍈 there")
    talk.open()
    talk.text.focus_force()
    talk.root.update()
    talk.text.event_generate(here("<Control-a>"))
    talk.text.event_generate(here("<Control-c>"))
    talk.root.update()
    assert talk.root.clipboard_get() == "hello 𐍈 there"


def test_every_character_that_is_shown_can_be_copied_as_it_was(talk: Talk) -> None:
    text = "𐍈 \u05d0\u05d1\u05d2 日本 e\u0301 \U00020000 ﷽ \U0001f1e6 ok"
    talk.says(BEN, text)
    timeline = talk.open()
    (shown,) = [row.row.text for row in timeline.view.rows if isinstance(row.row, MessageRow)]
    talk.text.tag_add("sel", talk.text.search("日本", "1.0"), "end")
    assert shown.endswith(timeline.view.selected_text().strip())


def test_nobody_is_asked_who_they_are_themselves(talk: Talk) -> None:
    talk.says(ANA, "lunch?")
    talk.open()
    assert "Who is this?" not in talk.menu_of("lunch")


def test_the_menu_of_a_message(talk: Talk) -> None:
    talk.says(BEN, "see https://a.lan/x now")
    talk.open()
    about = ["Copy message", "Bookmark", "Mark unread from here", "Who is this?"]
    assert talk.menu_of("a.lan") == ["Open link", "Copy link", *about]
    talk.picks("Copy link")
    assert talk.root.clipboard_get() == "https://a.lan/x"
