"""Finding what was said, in a room and everywhere, and taking it along as a file."""

from __future__ import annotations

import json
from pathlib import Path
from tkinter import filedialog

import pytest

from tests.desktop.past import room_of
from tests.desktop.person import People, Person

LONG_AGO = "the spare key is with the neighbours"


@pytest.fixture
def ana(people: People) -> Person:
    """In whose Kitchen much was said, and long ago where the key is."""
    ana = people.person("Ana", opens=False)
    said = [("Ben" if number % 3 else "Ana", f"message {number} about nothing") for number in range(600)]
    said[40] = ("Ben", LONG_AGO)
    said[45] = ("Ana", "which key?")
    said[300] = ("Ben", "no \N{KEY} but a lock, a Lockhole and l\u00f3ck")
    said[301] = ("Ben", "\n".join(f"line {number}" for number in range(60)) + " treasure")
    room_of(ana.folder, "Ana", "Kitchen", said, others=people.folder, minutes_apart=0)
    ana.opens()
    ana.picks("Kitchen")
    ana.sees("message 599 about nothing")
    return ana


def test_a_room_is_searched_from_the_newest_back(ana: Person) -> None:
    assert LONG_AGO not in ana.reads()
    ana.keys("Control-f")
    ana.types("key")
    ana.sees("1 of 2", "which key?")
    ana.keys("Return")
    ana.sees("2 of 2", LONG_AGO)
    ana.keys("Escape")
    ana.sees_no("2 of 2")
    ana.presses("To the newest")
    ana.sees("message 599 about nothing")


def painted(person: Person) -> list[str]:
    """The words that stand out."""
    person.root.update()
    text = person.timeline
    ends = [str(index) for index in text.tag_ranges("found")]
    return [text.get(start, end) for start, end in zip(ends[::2], ends[1::2], strict=True)]


def test_the_words_that_were_found_stand_out_until_the_search_is_over(ana: Person) -> None:
    ana.keys("Control-f")
    ana.types("lock")
    ana.sees("1 of 1")
    assert painted(ana) == ["lock", "Lock", "l\u00f3ck"]
    ana.keys("Control-a")
    ana.types("key")
    ana.sees("1 of 2")
    assert painted(ana) == ["key"]
    ana.keys("Escape")
    assert painted(ana) == []


def test_a_search_that_finds_nothing_leaves_nothing_marked(ana: Person) -> None:
    ana.keys("Control-f")
    ana.types("message 59")
    ana.until(lambda: bool(ana.timeline.tag_ranges("found")))
    ana.types("x")
    ana.sees("Nothing found")
    assert not ana.timeline.tag_ranges("found")


def test_what_is_found_in_the_hidden_part_of_a_long_message_is_shown(ana: Person) -> None:
    ana.keys("Control-f")
    ana.types("treasure")
    ana.sees("1 of 1", "line 59 treasure")
    assert painted(ana) == ["treasure"]


def test_all_rooms_are_searched_and_a_hit_leads_to_the_message(ana: Person) -> None:
    ana.starts_room("Garden")
    ana.keys("Control-Shift-F")
    ana.types("spare key")
    ana.sees("in Kitchen")
    ana.keys("Return")
    ana.sees_title("Kitchen — lanchat")
    ana.sees(LONG_AGO, "message 41 about nothing")
    assert painted(ana) == ["spare", "key"]


def test_words_typed_into_the_palette_can_be_searched_for(ana: Person) -> None:
    ana.keys("Control-k")
    ana.types("neighbours")
    ana.sees("Search everywhere for “neighbours”")
    ana.keys("Return")
    ana.sees("in Kitchen")


def test_the_beginning_of_a_long_talk_is_a_key_away(ana: Person) -> None:
    ana.timeline.focus_force()
    ana.keys("Home")
    ana.sees("message 0 about nothing")
    ana.keys("End")
    ana.sees("message 599 about nothing")


FORMS = [("A page to read", "html"), ("Plain text", "txt"), ("For programs", "json")]


@pytest.mark.parametrize(("form", "ending"), FORMS)
def test_what_was_said_is_saved_as_a_file(
    ana: Person, form: str, ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / f"kitchen.{ending}"
    monkeypatch.setattr(filedialog, "asksaveasfilename", lambda **_options: str(file))
    ana.presses("More")
    ana.presses("Save what was said…")
    ana.presses(form)
    ana.presses("Save as…")
    ana.sees("600 messages saved in")
    saved = file.read_text(encoding="utf-8")
    assert LONG_AGO in saved
    if ending == "json":
        assert all(json.loads(line) for line in saved.splitlines())
    ana.presses("Done")
    ana.sees("message 599 about nothing")
