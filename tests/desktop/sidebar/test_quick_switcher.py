"""The palette that finds rooms and people: what a few letters mean, and how it is used."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanchat.core.model import Card, MemberKey, RoomId
from lanchat.desktop.sidebar.quick_switcher import Switcher, best_matches, folded
from lanchat.desktop.view_context import InRoom, SearchAll
from lanchat.desktop.widgets.menus import Popover
from lanchat.engine.events import RoomFound, RosterChanged
from tests.desktop.model.telling import BEN, GARDEN, KITCHEN, LI, ME, came, connected, listing, roster, said
from tests.desktop.stage import Stage, click, lines_on

NAMES = ["Marketing", "The market hall", "Supermarket", "Kitchen", "Zoë", "Büro Zürich", "日本語の部屋", "Mr Kettle"]


def find(typed: str, most: int = 100) -> list[str]:
    return best_matches(typed, [(folded(name), name) for name in NAMES], most)


def test_nearest_is_where_the_name_begins_then_a_word_then_anywhere_then_scattered() -> None:
    assert find("mark") == ["Marketing", "The market hall", "Supermarket"]
    assert find("mket") == ["Marketing", "The market hall", "Supermarket", "Mr Kettle"]


@pytest.mark.parametrize(
    ("typed", "name"), [("zoe", "Zoë"), ("ZURICH", "Büro Zürich"), ("zur bur", "Büro Zürich"), ("部屋", "日本語の部屋")]
)
def test_case_accents_and_the_order_of_words_do_not_count(typed: str, name: str) -> None:
    assert find(typed) == [name]


def test_every_word_must_be_there() -> None:
    assert find("market hall") == ["The market hall"]
    assert find("market garden") == []


def test_nothing_typed_means_everything_as_it_was_given() -> None:
    assert find("  ") == NAMES
    assert find("", most=2) == NAMES[:2]


@given(st.text(max_size=30))
def test_every_name_is_found_by_itself(name: str) -> None:
    assert best_matches(name, [(folded(name), "it")], 10) == ["it"]


# --- the palette -----------------------------------------------------------------------------------------------------
@pytest.fixture
def switcher(stage: Stage) -> Iterator[Switcher]:
    """Open, while I am in the kitchen with Ben and Li, and the garden is on the network."""
    stage.hear(connected(), roster(ME, BEN, LI, here=3, first=True), RoomFound(listing(GARDEN)))
    switcher = Switcher(stage.context)
    stage.root.update()
    yield switcher
    switcher.close()


def type_in(stage: Stage, switcher: Switcher, words: str) -> None:
    switcher.field.field.focus_force()
    switcher.field.field.insert("insert", words)
    stage.root.update()


def names(switcher: Switcher) -> list[str]:
    return [row.name for row in switcher.list.rows]


def test_it_offers_rooms_and_people(stage: Stage, switcher: Switcher) -> None:
    assert names(switcher) == ["Kitchen", "Garden", "Ben", "Li"]
    assert lines_on(switcher.list.canvas)[2] == "Ben in Kitchen"


def test_letters_and_enter_go_there(stage: Stage, switcher: Switcher) -> None:
    type_in(stage, switcher, "gar")
    assert names(switcher) == ["Garden", "Search everywhere for “gar”"]
    stage.keys(switcher.field.field, "Return")
    assert stage.places == [InRoom(GARDEN)]
    assert switcher.closed


def test_arrows_choose_another(stage: Stage, switcher: Switcher) -> None:
    stage.keys(switcher.field.field, "Down", "Down", "Up", "Return")
    assert stage.places == [InRoom(GARDEN)]


def test_a_person_is_shown_in_a_room_we_share(stage: Stage, switcher: Switcher) -> None:
    type_in(stage, switcher, "ben")
    click(switcher.list.canvas, "Ben")
    assert stage.places == [InRoom(KITCHEN)]
    assert stage.profiles == [BEN]


def test_what_is_no_name_is_searched_for(stage: Stage, switcher: Switcher) -> None:
    type_in(stage, switcher, "ramen place ")
    stage.keys(switcher.field.field, "Return")
    assert stage.places == [SearchAll("ramen place")]


def test_escape_goes_nowhere(stage: Stage, switcher: Switcher) -> None:
    stage.keys(switcher.field.field, "Escape")
    assert switcher.closed
    assert stage.places == []


def test_unread_rooms_come_first(stage: Stage, switcher: Switcher) -> None:
    stage.hear(connected(GARDEN), came(said(1), room_id=GARDEN))
    assert names(Switcher(stage.context))[:2] == ["Garden", "Kitchen"]


def test_opening_it_twice_opens_one(stage: Stage, switcher: Switcher) -> None:
    Switcher(stage.context)
    stage.root.update()
    assert sum(isinstance(child, Popover) for child in stage.root.winfo_children()) == 1


def test_with_very_many_rooms_and_people_a_letter_is_answered_at_once(stage: Stage, switcher: Switcher) -> None:
    state = stage.context.state
    for number in range(700):
        state.apply(RoomFound(listing(RoomId(f"{number:016}"), title=f"Room {number}")))
    cards = tuple(Card(number.to_bytes(32, "big"), f"Guest {number}", 1, bytes(64)) for number in range(1_000))
    state.apply(RosterChanged(KITCHEN, cards, (), 1_000))
    large = Switcher(stage.context)
    stage.root.update()
    took = []
    for letter in "guest 77":
        before = time.thread_time()
        type_in(stage, large, letter)
        took.append(time.thread_time() - before)
    assert names(large)[0] == "Guest 77"
    assert large.list.rows[0].member == MemberKey((77).to_bytes(32, "big"))
    assert sorted(took)[len(took) // 2] < 0.15, "seconds of CPU; a tenth of it on a quiet machine"
