"""Searching in every room."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lanchat.desktop.pages import search_page
from lanchat.desktop.pages.search_page import FilterChip, SearchPage
from lanchat.desktop.pages.search_results import LiveSearch, SearchResult
from lanchat.desktop.view_context import InRoom, SearchAll
from lanchat.storage import data_folder
from tests.desktop.model.telling import GARDEN, KITCHEN, connected
from tests.desktop.pages.archive import Archive, drawn
from tests.desktop.pages.page_user import PageUser
from tests.desktop.timeline.talk import BEN, LI

Ana = PageUser[Any]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path)
    archive.said(KITCHEN, BEN, "Has anybody seen the big kettle?")
    archive.said(GARDEN, LI, "It is in the garden, the kettle", "and so am I 🎉")
    archive.said(KITCHEN, LI, "Kettles!")
    yield archive
    archive.store.close()


@pytest.fixture
def ana(user: Ana, archive: Archive) -> Ana:
    for person in (BEN, LI):
        user.state.nicks.call(person.key, person.nick)
    user.hears(connected(KITCHEN), connected(GARDEN))
    user.at(lambda master, context: SearchPage(master, context, SearchAll()))
    return user


def rows(ana: Ana) -> list[str]:
    """What is seen of the text of each message that was found."""
    return drawn(ana.page.hits.canvas)[2::3]  # who and when; where; what


def test_what_was_said_is_found_while_one_types_the_newest_first(ana: Ana) -> None:
    ana.write("ket")
    assert rows(ana) == ["Kettles!", "It is in the garden, the kettle", "Has anybody seen the big kettle?"]
    assert "3 messages" in ana.text
    ana.write("kettle gar")
    assert rows(ana) == ["It is in the garden, the kettle"]
    assert "1 message" in ana.text


def test_one_sees_who_said_it_and_where(ana: Ana) -> None:
    ana.write("big")
    lines = " ".join(drawn(ana.page.hits.canvas))
    assert "Ben" in lines
    assert "in Kitchen" in lines
    assert "14 November 2023" in lines or "15 November 2023" in lines


def test_filters_narrow_it_and_only_the_words_stand_out(ana: Ana) -> None:
    ana.write("in:gar kettle")
    assert rows(ana) == ["It is in the garden, the kettle"]
    ana.write("kettle before:soon")
    assert rows(ana) == []
    assert "After before: stands a date such as" in ana.text
    ana.write("kettle after:2023-11 before:2023-12")
    assert len(rows(ana)) == 3


def chip(ana: Ana, words: str) -> FilterChip:
    return next(one for one in ana.seen() if isinstance(one, FilterChip) and one.words == words)


def test_the_filters_stand_under_the_field_and_a_press_types_them(ana: Ana, archive: Archive) -> None:
    archive.said(KITCHEN, BEN, "see https://kettle.example")
    ana.write("kettle")
    has_link = chip(ana, "has:link")
    for marked, found in ((True, 1), (False, 4)):
        has_link.focus_force()
        ana.root.update()
        ana.key("space")
        assert has_link.marked == marked
        assert len(rows(ana)) == found
        assert ana.page.field.value().split() == (["kettle", "has:link"] if marked else ["kettle"])
    chip(ana, "in:room").focus_force()
    ana.root.update()
    ana.key("space")
    assert "After in: stands the title of a room, such as in:Kitchen." in ana.text
    assert ana.root.focus_get() is ana.page.field.field, "to go on there"


def test_enter_goes_to_the_message(ana: Ana) -> None:
    ana.write("kettle")
    ana.key("Return")
    assert ana.went == [InRoom(KITCHEN, 2, "kettle")]


def test_the_arrow_keys_choose_another(ana: Ana) -> None:
    ana.write("kettle")
    ana.key("Down", "Down", "Up", "Return")
    assert ana.went == [InRoom(GARDEN, 1, "kettle")]


def test_a_click_goes_to_the_message(ana: Ana) -> None:
    ana.write("kettle")
    canvas = ana.page.hits.canvas
    canvas.event_generate("<Button-1>", x=80, y=ana.context.theme.px(58) + 20)
    ana.root.update()
    assert ana.went == [InRoom(GARDEN, 1, "kettle")]


def test_nothing_found_says_what_counts(ana: Ana) -> None:
    assert "The beginning of a word is enough." in ana.text
    ana.write("kettle xyz")
    assert rows(ana) == []
    assert "Nothing was found. A message is found when it has all of these words." in ana.text
    ana.key("Return")
    assert ana.went == []


def test_coming_back_the_words_are_still_there(ana: Ana) -> None:
    ana.write("kettle")
    ana.page.destroy()
    ana.at(lambda master, context: SearchPage(master, context, SearchAll()))
    assert len(rows(ana)) == 3
    ana.write("and")
    assert rows(ana) == ["and so am I "], "what was there is written over; the emoji is a picture"


def test_words_from_elsewhere_are_searched_for_at_once(ana: Ana) -> None:
    ana.page.destroy()
    ana.at(lambda master, context: SearchPage(master, context, SearchAll("big kettle")))
    assert ana.page.field.value() == "big kettle"
    assert rows(ana) == ["Has anybody seen the big kettle?"]


def test_of_very_many_the_newest_are_shown(ana: Ana, archive: Archive) -> None:
    archive.said(KITCHEN, BEN, *(f"cup {number}" for number in range(search_page.MOST_HITS + 5)))
    ana.write("cup")
    assert f"The newest {search_page.MOST_HITS} are shown." in ana.text
    assert rows(ana)[0] == f"cup {search_page.MOST_HITS + 4}"


def test_what_cannot_be_read_is_said(ana: Ana, archive: Archive, tmp_path: Path) -> None:
    archive.store.close()
    (tmp_path / data_folder.DATABASE).write_bytes(b"no database" * 1000)
    ana.write("kettle")
    assert "database" in ana.text
    assert rows(ana) == []


# --- as fast as somebody types ---------------------------------------------------------------------------------------
class Slow:
    """Another thread that takes its time: each search ends when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def run_in_background(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self.waiting.append(lambda: then(work()))

    def goes_on(self) -> None:
        self.waiting.pop(0)()


def test_only_the_last_of_what_was_typed_meanwhile_is_searched_for(user: Ana, archive: Archive) -> None:
    slow, told = Slow(), list[SearchResult]()
    user.context.run_in_background = slow.run_in_background
    seeker = LiveSearch(tk.Frame(user.root), user.context, 10, told.append)
    for words in ("k", "ke", "ket", "kett"):
        seeker.ask(words)
    assert len(slow.waiting) == 1
    slow.goes_on()
    assert told == [], "nobody waits for k any more"
    slow.goes_on()
    assert slow.waiting == []
    assert [(found.words, len(found.hits)) for found in told] == [("kett", 3)]
    seeker.ask("big")
    slow.goes_on()
    assert told[-1].words == "big"


def test_nothing_is_told_to_a_page_that_is_gone(user: Ana, archive: Archive) -> None:
    slow, told = Slow(), list[SearchResult]()
    user.context.run_in_background = slow.run_in_background
    page = tk.Frame(user.root)
    seeker = LiveSearch(page, user.context, 10, told.append)
    seeker.ask("kettle")
    page.destroy()
    slow.goes_on()
    assert told == []
