"""Correcting a word in the real window, with the dictionary on the program's own worker threads."""

from __future__ import annotations

import pytest

from lanchat.desktop.composer.spell_marks import MARK
from lanchat.desktop.conversation_view import ConversationView
from lanchat.desktop.platform.dictionaries import open_dictionary
from lanchat.desktop.widgets.emoji_editor import EmojiEditor
from tests.desktop.person import People, Person


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    if open_dictionary("en_US") is None:
        pytest.skip("needs libenchant-2-2 and hunspell-en-us")
    monkeypatch.setenv("LANGUAGE", "en_US")


def editor_of(person: Person) -> EmojiEditor:
    view = person.app.window.main_view
    assert isinstance(view, ConversationView)
    return view.composer.editor


def right_clicks(person: Person, word: str) -> None:
    """Once it is underlined."""
    editor = editor_of(person)
    person.until(lambda: editor.tag_nextrange(MARK, "1.0") != (), f"{word} is not underlined")
    box = editor.bbox(f"{editor.search(word, '1.0')} +1c")
    assert box
    x, y = box[0], box[1] + 3
    left, top = editor.winfo_rootx(), editor.winfo_rooty()
    editor.event_generate("<<ContextMenu>>", x=x, y=y, rootx=left + x, rooty=top + y)


def test_a_wrong_word_is_put_right_before_it_is_sent(people: People) -> None:
    ana, ben = people.person("Ana"), people.person("Ben")
    ana.starts_room("Kitchen")
    ben.enters("Kitchen")
    ben.types("the wrold is round")
    right_clicks(ben, "wrold")
    ben.presses("world")
    ben.keys("Return")
    ana.sees("the world is round")


def test_an_added_word_is_known_in_every_room_and_after_a_restart(people: People) -> None:
    ana = people.person("Ana")
    ana.starts_room("Kitchen")
    ana.types("ask Qwertzuiop ")
    right_clicks(ana, "Qwertzuiop")
    ana.presses("Add to dictionary")
    ana.until(lambda: not editor_of(ana).tag_ranges(MARK))
    ana.closes_for_good()
    ana.opens()
    ana.sees("You are hosting")
    ana.types("teh Qwertzuiop ")
    ana.until(lambda: bool(editor_of(ana).tag_ranges(MARK)))
    first, last = editor_of(ana).tag_nextrange(MARK, "1.0")
    assert editor_of(ana).get(first, last) == "teh"
    assert len(editor_of(ana).tag_ranges(MARK)) == 2
    ana.keys("Control-comma")
    ana.sees("1 word of your own", "Qwertzuiop")
