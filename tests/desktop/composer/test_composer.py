"""Writing and sending, as people do it."""

from __future__ import annotations

import sys
import time
from contextlib import closing

import pytest
from PIL import features

from lanchat.core.limits import TEXT_CHARACTERS
from lanchat.core.model import START
from lanchat.desktop.composer.draft import load_draft, put_back
from lanchat.desktop.text_layout import font_files
from lanchat.desktop.widgets.keyboard import MENU_KEY
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.engine.events import ConnectionState, Left, NotWritten
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from tests.desktop.composer.author import Author, shown
from tests.desktop.model.telling import GARDEN, KITCHEN, connected, stands
from tests.desktop.timeline.talk import Person

#: The one of the number pad. Windows has one name for both.
OTHER_ENTER = "Return" if sys.platform == "win32" else "KP_Enter"


def test_enter_says_it(ana: Author) -> None:
    assert ana.hint == "Message Kitchen"
    assert not ana.can_send()
    ana.types("hello")
    assert ana.can_send()
    assert ana.hint == ""
    ana.keys("Return")
    assert ana.said == ["hello"]
    assert ana.written == ""
    assert ana.hint == "Message Kitchen"


def test_blanks_are_not_worth_saying(ana: Author) -> None:
    ana.types("  \u200b")
    ana.keys("Return")
    assert ana.said == []


@pytest.mark.parametrize("key", ["Shift-Return", "Control-Return", f"Shift-{OTHER_ENTER}"])
def test_with_shift_or_control_enter_begins_a_line(ana: Author, key: str) -> None:
    ana.types("one")
    ana.keys(key)
    ana.types("two")
    assert ana.lines == 2
    ana.keys(OTHER_ENTER)
    assert ana.said == ["one\ntwo"]
    assert ana.lines == 1


def test_it_grows_to_six_lines(ana: Author) -> None:
    ana.pastes("\n".join("abcdefghij"))
    assert ana.lines == 6
    ana.keys("<Undo>")
    assert ana.lines == 1


def test_a_long_line_grows_too_once_it_wraps(ana: Author) -> None:
    ana.types("word " * 60)
    assert 2 <= ana.lines <= 5


def test_an_emoji_is_one_thing_to_the_keyboard(ana: Author) -> None:
    ana.types("a👩🏽‍💻b")
    assert shown(ana.composer.editor, ana.stage.context.theme) == ana.written == "a👩🏽‍💻b"
    assert ana.composer.editor.index("end-1c") == "1.3"
    ana.keys("Left", "BackSpace")
    assert ana.written == "ab"
    ana.keys("<Undo>")
    assert ana.written == "a👩🏽‍💻b"


def test_an_emoji_that_comes_in_parts_becomes_one(ana: Author) -> None:
    for part in ("👩", "🏽", "\u200d", "💻"):
        ana.types(part)
    assert ana.composer.editor.index("end-1c") == "1.1"
    assert shown(ana.composer.editor, ana.stage.context.theme) == "👩🏽‍💻"


def test_what_is_copied_has_its_emoji(ana: Author) -> None:
    ana.types("hi 👍🏽 there")
    ana.keys("<SelectAll>", "<Copy>")
    assert ana.root.clipboard_get() == "hi 👍🏽 there"
    ana.keys("<Cut>")
    assert ana.written == ""
    ana.keys("<Paste>", "<Paste>")
    assert ana.written == "hi 👍🏽 there" * 2


def test_what_is_selected_ends_with_the_text(ana: Author) -> None:
    """Tk's own line end behind it would stay selected, and be seen, when the text has gone."""
    ana.keys("<SelectAll>")
    ana.types("new")
    ana.keys("<SelectAll>", "<BackSpace>")
    ana.types("newer")
    assert ana.written == "newer"
    assert not ana.composer.editor.tag_ranges("sel")


def test_what_is_pasted_replaces_what_is_selected_in_one_step(ana: Author) -> None:
    ana.types("old")
    ana.keys("<SelectAll>")
    ana.pastes("new")
    assert ana.written == "new"
    ana.keys("<Undo>")
    assert ana.written == "old"


def test_undo_goes_word_by_word_and_redo_comes_back(ana: Author) -> None:
    ana.types("one two")
    ana.keys("Control-z")
    assert ana.written == "one"
    ana.keys("Control-y")
    assert ana.written == "one two"
    ana.keys("Control-z", "Control-z")
    assert ana.written == ""
    ana.keys("Control-Z")
    assert ana.written == "one"


def test_undo_after_a_paste_takes_back_what_was_typed_behind_it_first(ana: Author) -> None:
    ana.pastes("from elsewhere")
    ana.types("!?")
    ana.keys("Control-z")
    assert ana.written == "from elsewhere"
    ana.keys("Control-z")
    assert ana.written == ""


def test_whole_words_with_control(ana: Author) -> None:
    ana.types("well done 👍👍 ")
    ana.keys("Control-BackSpace")
    assert ana.written == "well done 👍"
    ana.keys("<PrevWord>", "<PrevWord>")
    ana.keys("Control-Delete")
    assert ana.written == "well  👍"


# --- completing ------------------------------------------------------------------------------------------------------
def test_a_few_letters_of_an_emoji_offer_it(ana: Author) -> None:
    ana.types("ok :thu")
    assert ana.offered[0] == ":thumbsup:"
    ana.keys("Return")
    assert ana.written == "ok 👍"
    assert ana.offered == []
    assert ana.said == []
    assert ana.stage.context.kept.now.recent_emoji == ("👍",)


def test_the_arrows_choose_and_tab_takes(ana: Author) -> None:
    ana.types(":thu")
    ana.keys("Down", "Tab")
    assert ana.written == "👎"
    assert ana.focused() is ana.composer.editor


def test_escape_leaves_it_as_it_was_typed(ana: Author) -> None:
    ana.types(":thu")
    ana.keys("Escape")
    assert ana.offered == []
    ana.keys("Return")
    assert ana.said == [":thu"]


def test_a_finished_code_becomes_the_emoji_and_undo_takes_that_back(ana: Author) -> None:
    ana.types("yes :tada:")
    assert ana.written == "yes 🎉"
    ana.keys("<Undo>")
    assert ana.written == "yes :tada:"


@pytest.mark.parametrize("text", ["at 10:30", "fun :D", "http://ben", "a:tada", "say:"])
def test_ordinary_colons_offer_nothing(ana: Author, text: str) -> None:
    ana.types(text)
    assert ana.offered == []


def test_at_offers_who_is_here(ana: Author) -> None:
    ana.types("hi @")
    assert ana.offered == ["Ben", "Li"]
    ana.types("l")
    assert ana.offered == ["Li"]
    ana.keys("Tab")
    assert ana.written == "hi @Li "


def test_who_is_away_is_offered_too_and_by_any_word_of_a_name(ana: Author) -> None:
    stranger = Person("Jean-Luc Maria")
    with closing(Store.open(ana.stage.context.kept.folder)) as store:
        store.put_room(RoomRecord(KITCHEN, "Kitchen"))
        log = store.log(KITCHEN)
        log.start(1, 0, START)
        log.append([stranger.writes("I was here", 1_000)], 1_000)
    ana.stage.context.state.nicks.call(stranger.key, stranger.nick)
    ana.types("@")
    assert ana.offered == ["Ben", "Li", "Jean-Luc Maria"]
    ana.types("ma")
    ana.keys("Tab")
    assert ana.written == "@Jean-Luc Maria "
    ana.types("@lu")
    assert ana.offered == ["Jean-Luc Maria"]


def test_everyone_is_offered_to_the_host_only(ana: Author) -> None:
    ana.types("@ev")
    assert ana.offered == []
    ana.stage.hear(stands(ConnectionState.HOSTING))
    ana.keys("BackSpace")
    assert ana.offered == ["Everybody in this room"]
    ana.keys("Return")
    assert ana.written == "@everyone "
    assert ana.said == []


def test_a_click_takes_what_is_under_a_pointer_that_did_not_move(ana: Author) -> None:
    """The list may have come up under it."""
    ana.types("hi @")
    rows = ana.completion_rows()
    for what in ("<ButtonPress-1>", "<ButtonRelease-1>"):
        rows.event_generate(what, x=20, y=rows.winfo_height() - 4)
    ana.root.update()
    assert ana.written == "hi @Li "


def test_what_a_command_does_is_read_as_a_whole_in_a_narrow_window(ana: Author) -> None:
    ana.root.geometry("440x600")
    ana.root.update()
    ana.types("/")
    read = " ".join(" ".join(ana.offered).split())
    assert "…" not in read.replace("/file PATH…", "")
    for words in ("what the room is", "said; also", "before:DATE"):
        assert words in read


# --- long texts ------------------------------------------------------------------------------------------------------
def test_a_long_text_is_offered_in_parts(ana: Author) -> None:
    ana.pastes("word " * 2_000)
    assert ana.notice == "This is too long for one message: 9,999 of 4,000 characters."
    ana.keys("Return")
    assert ana.said == []
    ana.keys("Return")  # the keyboard is on the button now
    assert len(ana.said) == 3
    assert all(len(part) <= TEXT_CHARACTERS for part in ana.said)
    assert " ".join(ana.said).split() == ["word"] * 2_000
    assert ana.written == ""
    assert ana.notice == ""
    assert ana.focused() is ana.composer.editor


def test_or_many_lines(ana: Author) -> None:
    ana.pastes("x\n" * 250)
    assert ana.notice == "This is too long for one message: 250 of 200 lines."
    ana.presses("Send as 2 messages")
    assert [part.count("x") for part in ana.said] == [200, 50]


def test_or_shortened(ana: Author) -> None:
    ana.pastes("word " * 1_000)
    ana.presses("Shorten")
    ana.keys("BackSpace")
    assert 3_900 < len(ana.written) <= TEXT_CHARACTERS
    assert ana.notice == ""


def test_of_what_is_far_too_long_it_says_what_was_left_out(ana: Author) -> None:
    began = time.thread_time()
    ana.pastes("x" * 1_000_000)
    most = 10 if sys.platform == "win32" else 2  # Wine draws slowly; it takes some 50 ms on an ordinary machine
    assert time.thread_time() - began < most, "the window stays alive"
    assert len(ana.written) == 16_000
    assert "984,000 more characters did not fit." in ana.notice
    ana.keys("BackSpace")
    assert ana.notice == "This is too long for one message: 15,999 of 4,000 characters."


def test_a_flood_of_emoji_does_not_stop_the_window(ana: Author) -> None:
    ana.pastes("👍🏽" * 3_000)
    assert ana.written == "👍🏽" * 500
    assert ana.notice.startswith("5,000 more characters did not fit.")


# --- drafts ----------------------------------------------------------------------------------------------------------
def test_what_was_begun_is_there_again(ana: Author) -> None:
    ana.types("to be continued 🙂")
    ana.stand_up()
    assert load_draft(ana.stage.context.kept, KITCHEN).text == "to be continued 🙂"
    ana.sit_down()
    assert ana.written == shown(ana.composer.editor, ana.stage.context.theme) == "to be continued 🙂"
    ana.keys("Return")
    assert load_draft(ana.stage.context.kept, KITCHEN).text == ""


def test_what_could_not_be_kept_comes_back(ana: Author) -> None:
    ana.types("one")
    ana.keys("Return")
    ana.types("three")
    ana.stage.hear(NotWritten(KITCHEN, "one", "the disk is full"), NotWritten(KITCHEN, "two", "the disk is full"))
    assert ana.written == "one\ntwo\nthree"
    assert ana.notice == "This was not sent: The disk is full."
    ana.stage.hear(stands(ConnectionState.RECONNECTING))
    assert ana.notice, "it stays until something is done about it"
    ana.types("!")
    assert ana.notice == ""


def test_even_where_nobody_can_write_any_more(ana: Author) -> None:
    ana.stage.hear(Left(KITCHEN), NotWritten(KITCHEN, "too late 🙁", "you are not in that room"))
    assert ana.written == shown(ana.composer.editor, ana.stage.context.theme) == "too late 🙁"
    assert not ana.can_send()


def test_also_into_a_room_that_is_not_in_view(ana: Author) -> None:
    put_back(ana.stage.context.kept, GARDEN, "one")
    put_back(ana.stage.context.kept, GARDEN, "two")
    assert load_draft(ana.stage.context.kept, GARDEN).text == "one\ntwo"


# --- where we stand with the room ------------------------------------------------------------------------------------
def test_while_the_host_is_away_one_can_write_on(ana: Author) -> None:
    ana.stage.hear(stands(ConnectionState.RECONNECTING))
    assert ana.hint == "Will be sent later"
    ana.types("hi")
    ana.keys("Return")
    assert ana.said == ["hi"]
    ana.stage.hear(connected())
    assert ana.hint == "Message Kitchen"


def test_out_of_the_room_one_cannot(ana: Author) -> None:
    ana.types("hi")
    ana.stage.hear(Left(KITCHEN))
    assert not ana.can_send()
    ana.types("!")
    ana.keys("Return")
    assert ana.said == []
    assert ana.written == "hi"
    ana.stage.hear(connected())
    assert ana.can_send()


def test_typed_elsewhere_it_arrives_here(ana: Author) -> None:
    ana.root.focus_set()
    ana.composer.type("h")
    ana.root.update()
    assert ana.written == "h"
    assert ana.focused() is ana.composer.editor


def test_tab_goes_on_through_the_buttons(ana: Author) -> None:
    ana.types("x")
    ana.keys("Tab")
    assert ana.focused() is not ana.composer.editor
    ana.keys("<PrevWindow>")
    assert ana.focused() is ana.composer.editor


# --- with the pointer ------------------------------------------------------------------------------------------------
def test_a_menu_for_who_has_no_keys_in_the_head(ana: Author) -> None:
    ana.types("hi 👍")
    ana.keys("<SelectAll>", "<ContextMenu>")
    ana.keys("Return")  # the first: cut
    assert ana.written == ""
    assert ana.root.clipboard_get() == "hi 👍"
    assert ana.focused() is ana.composer.editor
    ana.keys(MENU_KEY)
    ana.keys("p", "Return")
    assert ana.written == "hi 👍"


@pytest.mark.skipif(
    not features.check_feature("raqm") or font_files.face("ש", "Hebrew", "Noto Sans", False) is None,
    reason="Pillow has no raqm here (it needs FriBidi), or there is no font with Hebrew letters",
)
def test_what_tk_shows_from_the_wrong_side_is_shown_above_as_it_is_read(ana: Author) -> None:
    def reads() -> list[str]:
        ana.root.update()
        return [
            one.words for one in ana.composer.winfo_children() if isinstance(one, Paragraph) and one.winfo_viewable()
        ]

    assert reads() == []
    ana.types("hello\nמה נשמע")
    assert reads() == ["מה נשמע"]
    ana.keys("Return")
    assert reads() == []
    assert ana.said == ["hello\nמה נשמע"]
