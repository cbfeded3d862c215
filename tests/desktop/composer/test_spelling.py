"""What is spelled wrongly is underlined while somebody writes, and a right click offers what was meant."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lanchat.core.model import Card, MemberKey
from lanchat.desktop.composer.spell_marks import MARK
from lanchat.desktop.model import spell_checker
from lanchat.desktop.platform.dictionaries import open_dictionary
from lanchat.desktop.widgets.keyboard import MENU_KEY
from lanchat.desktop.widgets.menus import Popover
from lanchat.engine.events import RosterChanged
from tests.desktop.composer.author import Author, below
from tests.desktop.model.telling import KITCHEN
from tests.desktop.stage import lines_on


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    if open_dictionary("en_US") is None:
        pytest.skip("needs libenchant-2-2 and hunspell-en-us")
    monkeypatch.setattr(spell_checker, "system_languages", lambda: ["en_US.UTF-8"])


def marked(ana: Author) -> list[str]:
    """The underlined words."""
    editor = ana.composer.editor
    ends = list(map(str, editor.tag_ranges(MARK)))
    return [editor.get(first, last) for first, last in zip(ends[::2], ends[1::2], strict=True)]


def waits(ana: Author, holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        ana.root.update()
        time.sleep(0.005)
    return holds()


def sees_marked(ana: Author, *words: str) -> None:
    assert waits(ana, lambda: marked(ana) == list(words)), marked(ana)


def is_settled(ana: Author) -> None:
    """Longer than any check waits."""
    waits(ana, lambda: False, 1.6)


def menu(ana: Author) -> list[str]:
    """What stands in the menu that is open."""
    popovers = [one for one in ana.root.winfo_children() if isinstance(one, Popover)]
    rows = [row for popover in popovers for row in below(popover.inside) if hasattr(row, "find_all")]
    return [line for row in rows for line in lines_on(row)]  # type: ignore[arg-type]


def right_clicks(ana: Author, word: str) -> list[str]:
    """On a word; what the menu offers."""
    editor = ana.composer.editor
    box = editor.bbox(f"{editor.search(word, '1.0')} +1c")
    assert box
    editor.event_generate("<<ContextMenu>>", x=box[0], y=box[1] + 3, rootx=box[0], rooty=box[1])
    ana.root.update()
    return menu(ana)


def chooses(ana: Author, words: str) -> None:
    while words not in lines_on(ana.focused()):  # type: ignore[arg-type]
        ana.keys("Down")
    ana.keys("Return")


# --- what is marked --------------------------------------------------------------------------------------------------
def test_a_word_that_is_wrong_is_underlined_after_a_pause(ana: Author) -> None:
    ana.types("the wrold is round. ")
    assert marked(ana) == [], "not while somebody types"
    sees_marked(ana, "wrold")
    ana.types("Teh end ")
    sees_marked(ana, "wrold", "Teh")


def test_the_word_being_written_is_given_more_time(ana: Author) -> None:
    ana.types("Teh wrold")
    sees_marked(ana, "Teh")
    sees_marked(ana, "Teh", "wrold")


def test_what_is_put_right_is_no_longer_underlined(ana: Author) -> None:
    ana.types("the wrold ")
    sees_marked(ana, "wrold")
    ana.keys("BackSpace", "BackSpace", "BackSpace", "BackSpace", "BackSpace")
    ana.types("orld ")
    sees_marked(ana)


def test_what_is_no_word_is_left_alone(ana: Author) -> None:
    ana.pastes("xqz1 `mkae` @Bnejamin https://wrold.example :smiel: /topc HTTPX привет 日本語 😀 wrold ")
    sees_marked(ana, "wrold")


def test_the_names_of_people_here_are_right(ana: Author) -> None:
    ana.pastes("Bnejamin and Bnejamin's xqzzt ")
    sees_marked(ana, "Bnejamin", "Bnejamin's", "xqzzt")
    ana.stage.hear(RosterChanged(KITCHEN, (Card(MemberKey(bytes(32)), "Bnejamin Xqzzt", 1, bytes(64)),), (), 4, False))
    ana.types("so ")
    sees_marked(ana)


def test_marks_stand_under_their_words_behind_emoji_and_in_every_line(ana: Author) -> None:
    ana.pastes("😀 \U0001d49c wrold\n👩🏽‍💻 fine Teh\n\nadn x ")
    sees_marked(ana, "wrold", "Teh", "adn")


def test_marks_are_neither_sent_nor_undone(ana: Author) -> None:
    ana.types("the wrold")
    sees_marked(ana, "wrold")
    ana.keys("<Undo>")
    assert ana.written == "the"
    ana.keys("<Redo>", "Return")
    assert ana.said == ["the wrold"]
    is_settled(ana)
    assert marked(ana) == []


def test_a_draft_is_checked_too(ana: Author) -> None:
    ana.types("the wrold ")
    ana.stand_up()
    ana.sit_down()
    sees_marked(ana, "wrold")


def test_who_turned_it_off_is_left_alone(ana: Author) -> None:
    ana.stage.context.kept.change(spelling=False)
    ana.types("the wrold ")
    is_settled(ana)
    assert marked(ana) == []


@pytest.mark.parametrize("installed", [False, True])
def test_without_a_dictionary_nothing_is_marked(
    ana: Author, installed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is none at all, or none of the person's language."""
    if installed:
        monkeypatch.setattr(spell_checker, "system_languages", lambda: ["fr_FR.UTF-8"])
    else:
        monkeypatch.setattr(spell_checker, "open_dictionary", lambda language: None)
    ana.types("the wrold ")
    is_settled(ana)
    assert marked(ana) == []
    assert "Cut" in right_clicks(ana, "wrold")


# --- the menu --------------------------------------------------------------------------------------------------------
def test_a_right_click_offers_what_was_meant(ana: Author) -> None:
    ana.types("the wrold is round ")
    sees_marked(ana, "wrold")
    offered = right_clicks(ana, "wrold")
    assert offered[0] == "world"
    assert offered.index("Add to dictionary") <= 5
    assert offered[-4:] == ["Cut", "Copy", "Paste", "Select all"]
    ana.keys("Return")
    assert ana.written == "the world is round "
    assert ana.focused() is ana.composer.editor
    ana.types("!")
    assert ana.written == "the world! is round ", "the caret is behind the word"
    ana.keys("<Undo>", "<Undo>")
    assert ana.written == "the wrold is round "
    sees_marked(ana, "wrold")


def test_it_is_offered_by_keyboard_for_the_word_at_the_caret(ana: Author) -> None:
    ana.types("the wrold")
    sees_marked(ana, "wrold")
    ana.keys(MENU_KEY)
    assert menu(ana)[0] == "world"
    ana.keys("Return")
    assert ana.written == "the world"


def test_elsewhere_the_menu_is_as_ever(ana: Author) -> None:
    ana.types("the wrold ")
    sees_marked(ana, "wrold")
    assert right_clicks(ana, "the") == ["Cut", "Copy", "Paste", "Select all"]


def test_a_word_can_be_added_for_good(ana: Author) -> None:
    ana.types("lanchatty it\u2019sx ")
    sees_marked(ana, "lanchatty", "it\u2019sx")
    right_clicks(ana, "lanchatty")
    chooses(ana, "Add to dictionary")
    sees_marked(ana, "it\u2019sx")
    right_clicks(ana, "it\u2019sx")
    chooses(ana, "Add to dictionary")
    sees_marked(ana)
    ana.types("Lanchatty ")
    is_settled(ana)
    assert marked(ana) == [], "with a capital too"
    assert ana.stage.context.kept.now.own_words == ("it'sx", "lanchatty")
    ana.stage.context.spelling.remove("lanchatty")
    ana.types("so ")
    sees_marked(ana, "lanchatty", "Lanchatty")


def test_a_word_can_be_ignored_until_the_end(ana: Author) -> None:
    ana.types("wrold wrold teh ")
    sees_marked(ana, "wrold", "wrold", "teh")
    right_clicks(ana, "wrold")
    chooses(ana, "Ignore")
    sees_marked(ana, "teh")
    assert ana.stage.context.kept.now.own_words == ()


def test_a_word_nobody_can_guess_is_said_to_be_so(ana: Author) -> None:
    ana.types("xqzzptkrrwvv ")
    sees_marked(ana, "xqzzptkrrwvv")
    assert right_clicks(ana, "xqzz")[:2] == ["No suggestions", "Add to dictionary"]
    ana.keys("Return")
    assert ana.written == "xqzzptkrrwvv "


def test_a_text_that_changed_meanwhile_is_not_spoiled(ana: Author) -> None:
    ana.types("the wrold ")
    sees_marked(ana, "wrold")
    right_clicks(ana, "wrold")
    ana.composer.editor.write("something else entirely")
    ana.keys("Return")
    assert ana.written == "something else entirely"


# --- a slow dictionary -----------------------------------------------------------------------------------------------
class _Worker:
    """Works on a thread, as the program does."""

    def __init__(self, ana: Author) -> None:
        self._done: list[Callable[[], None]] = []
        self._ana = ana
        self._look()

    def run(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        def aside() -> None:
            result = work()
            self._done.append(lambda: then(result))

        threading.Thread(target=aside, daemon=True).start()

    def _look(self) -> None:
        if self._done:
            self._done.pop(0)()
        self._ana.root.after(20, self._look)


@pytest.fixture
def loaded() -> threading.Event:
    """Until it is set, dictionaries are being loaded."""
    return threading.Event()


@pytest.fixture
def slow(ana: Author, monkeypatch: pytest.MonkeyPatch, loaded: threading.Event) -> Iterator[Author]:
    """A dictionary that takes its time to load."""

    def load(language: str) -> Any:
        assert loaded.wait(20), "who waits for it here keeps the window waiting"
        return open_dictionary(language)

    monkeypatch.setattr(spell_checker, "open_dictionary", load)
    monkeypatch.setattr(ana.stage.context.spelling, "_run_in_background", _Worker(ana).run)
    yield ana
    ana.stand_up()


def test_a_dictionary_that_is_slow_to_load_stops_nobody(slow: Author, loaded: threading.Event) -> None:
    slow.types("the wrold ")
    waits(slow, lambda: False, 0.6)  # the check has begun
    assert marked(slow) == []
    loaded.set()
    assert waits(slow, lambda: marked(slow) == ["wrold"])


def test_what_is_written_meanwhile_is_marked_where_it_is_then(slow: Author, loaded: threading.Event) -> None:
    slow.types("the wrold ")
    waits(slow, lambda: False, 0.6)  # it is being loaded
    slow.composer.editor.write("")
    slow.types("now teh wrold ")
    loaded.set()
    seen = set[str]()

    def are_marked() -> bool:
        seen.update(marked(slow))
        return len(marked(slow)) == 2

    assert waits(slow, are_marked)
    assert seen == {"teh", "wrold"}, "never the place of the word before"
