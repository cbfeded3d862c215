"""A room that is open here is to close: who is affected?"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from lanchat.core.model import MemberKey
from lanchat.desktop.model.phrases import list_names
from lanchat.desktop.model.room_keeping import parting
from lanchat.desktop.pages.leaving_pages import ClosingPage, StoppingPage
from lanchat.desktop.view_context import Closing, InRoom, StopHosting
from lanchat.engine.commands import HandOver, Leave
from lanchat.engine.events import ConnectionState, HeirsChanged, KeepersChanged
from tests.desktop.model.telling import BEN, GARDEN, KITCHEN, LI, ME, card, hosting, roster, stands
from tests.desktop.pages.page_user import PageUser


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Ben"], "Ben"),
        (["Ben", "Li"], "Ben and Li"),
        (["Ben", "Li", "Mo"], "Ben, Li and Mo"),
        (["Ben", "Li", "Mo", "Zoe"], "Ben, Li and 2 others"),
    ],
)
def test_a_few_are_named(names: list[str], said: str) -> None:
    assert list_names(names) == said


# --- stopping ------------------------------------------------------------------------------------------------------


@pytest.fixture
def stopping(user: PageUser[StoppingPage]) -> PageUser[StoppingPage]:
    user.hears(hosting(), stands(ConnectionState.HOSTING), roster(ME, BEN, LI, here=3, first=True))
    user.at(lambda master, context: StoppingPage(master, context, StopHosting(KITCHEN)))
    return user


def test_it_says_who_is_here(stopping: PageUser[StoppingPage]) -> None:
    assert "Stop hosting Kitchen?" in stopping.text
    assert "2 other people are here: Ben and Li." in stopping.text
    stopping.hears(roster(left=[LI], here=2))
    assert "1 other person is here: Ben." in stopping.text
    stopping.hears(roster(left=[BEN], here=1))
    assert "Nobody else is here now." in stopping.text


def test_stopping_leaves_the_room_to_be_read(stopping: PageUser[StoppingPage]) -> None:
    stopping.click("Stop hosting")
    assert stopping.asked == [Leave(KITCHEN)]
    assert stopping.went == [InRoom(KITCHEN)]


def test_enter_keeps_it_open_while_others_are_here(stopping: PageUser[StoppingPage]) -> None:
    stopping.key("Return")
    assert stopping.asked == []
    assert stopping.went == ["back"]


def test_enter_stops_a_room_that_is_empty(user: PageUser[StoppingPage]) -> None:
    user.hears(hosting(), stands(ConnectionState.HOSTING), roster(ME, first=True))
    user.at(lambda master, context: StoppingPage(master, context, StopHosting(KITCHEN)))
    user.key("Return")
    assert user.asked == [Leave(KITCHEN)]


# --- closing -------------------------------------------------------------------------------------------------------


@pytest.fixture
def closing(user: PageUser[ClosingPage]) -> PageUser[ClosingPage]:
    user.hears(hosting(), stands(ConnectionState.HOSTING), roster(ME, BEN, LI, here=3, first=True))
    user.at(lambda master, context: ClosingPage(master, context, Closing()))
    return user


def test_it_says_for_whom_what_closes(closing: PageUser[ClosingPage]) -> None:
    assert "Closing lanchat closes Kitchen for 2 people" in closing.text
    closing.hears(roster(left=[LI], here=2))
    assert "Closing lanchat closes Kitchen for 1 person" in closing.text


def test_who_is_in_two_rooms_is_one_person(closing: PageUser[ClosingPage]) -> None:
    closing.hears(
        hosting(GARDEN), stands(ConnectionState.HOSTING, GARDEN), roster(ME, BEN, here=2, first=True, room_id=GARDEN)
    )
    assert "Closing lanchat closes 2 rooms for 2 people" in closing.text


def test_enter_keeps_everything_running(closing: PageUser[ClosingPage]) -> None:
    closing.key("Return")
    assert closing.went == ["back", "hide"]
    assert closing.context.kept.now.on_close == "ask"


def test_quitting(closing: PageUser[ClosingPage]) -> None:
    closing.click("Quit")
    assert closing.went == ["quit"]
    assert closing.context.kept.now.on_close == "ask"


def test_staying(closing: PageUser[ClosingPage]) -> None:
    closing.page.always.press()
    closing.click("Stay")
    assert closing.went == ["back"]
    assert closing.context.kept.now.on_close == "ask", "staying is no way to close"


# --- somebody else can keep it open --------------------------------------------------------------------------------


def can_keep(*heirs: MemberKey) -> HeirsChanged:
    return HeirsChanged(KITCHEN, heirs)


def test_it_asks_who_keeps_the_room_open(closing: PageUser[ClosingPage]) -> None:
    closing.hears(can_keep(BEN, LI))
    for words in ("Who keeps Kitchen open?", "Ben keeps the room open", "Li keeps the room open", "Whoever is here",
                  "Nobody: close it", "Hand over and close", "Do the same next time"):  # fmt: skip
        assert words in closing.text
    assert closing.focus().startswith("Ben keeps the room open"), "the first who can is suggested"


def test_who_is_chosen_keeps_it(closing: PageUser[ClosingPage]) -> None:
    closing.hears(can_keep(BEN, LI))
    closing.key("Down")
    closing.click("Hand over and close")
    assert closing.asked == [Leave(KITCHEN, LI)]
    assert closing.went == ["quit"]


def test_whoever_can_keeps_it(closing: PageUser[ClosingPage]) -> None:
    closing.hears(can_keep(BEN, LI))
    closing.click("Whoever is here")
    closing.click("Hand over and close")
    assert closing.asked == []
    assert closing.went == ["quit"]


def test_nobody_is_to_keep_it(closing: PageUser[ClosingPage]) -> None:
    closing.hears(can_keep(BEN))
    closing.click("Nobody: close it")
    assert "Hand over and close" not in closing.buttons()
    closing.click("Quit")
    assert closing.asked == [Leave(KITCHEN, closed=True)]
    assert closing.went == ["quit"]


def test_who_goes_is_not_offered_any_more(closing: PageUser[ClosingPage]) -> None:
    closing.hears(can_keep(BEN, LI))
    closing.key("Down")
    closing.hears(can_keep(BEN))
    assert "Li keeps" not in closing.text
    closing.click("Hand over and close")
    assert closing.asked == [Leave(KITCHEN, BEN)]


def test_where_nobody_can_it_says_so_plainly(closing: PageUser[ClosingPage]) -> None:
    assert "Nobody who is here can keep Kitchen open" in closing.text
    closing.hears(KeepersChanged(KITCHEN, "nobody"))
    assert "You have set that nobody else keeps Kitchen open." in closing.text


def test_the_keyboard_does_not_stay_on_a_button_that_is_gone(closing: PageUser[ClosingPage]) -> None:
    assert closing.focus() == "Keep running in the background"
    closing.hears(can_keep(BEN))
    closing.key("space")
    assert closing.went == [], "no button was pressed that cannot be seen"
    closing.hears(can_keep())
    closing.key("Return")
    assert closing.went == ["back", "hide"]


def test_the_same_is_done_next_time(closing: PageUser[ClosingPage]) -> None:
    closing.hears(can_keep(BEN, LI))
    closing.key("Down")
    closing.page.always.press()
    closing.click("Hand over and close")
    now = closing.context.kept.now
    assert (now.on_close, now.room(KITCHEN).heir) == ("quit", LI.hex())
    assert parting(KITCHEN, (BEN, LI), now.room(KITCHEN).heir) == Leave(KITCHEN, LI)
    assert parting(KITCHEN, (BEN,), now.room(KITCHEN).heir) is None, "whoever can, where Li is not here"


def test_of_several_rooms_whoever_can_keeps_each(closing: PageUser[ClosingPage]) -> None:
    closing.hears(
        hosting(GARDEN), stands(ConnectionState.HOSTING, GARDEN), roster(ME, BEN, here=2, first=True, room_id=GARDEN),
        can_keep(BEN),
    )  # fmt: skip
    assert "Who keeps your rooms open?" in closing.text
    assert "1 room closes: nobody there can keep it open" in closing.text
    closing.hears(HeirsChanged(GARDEN, (BEN,)))
    assert "In each room, lanchat picks somebody whose computer answers" in closing.text
    closing.click("Nobody: close them")
    closing.click("Quit")
    assert closing.asked == [Leave(KITCHEN, closed=True), Leave(GARDEN, closed=True)]


def test_one_room_is_handed_over_and_i_stay_in_it(stopping: PageUser[StoppingPage]) -> None:
    stopping.hears(can_keep(BEN, LI))
    assert "Who keeps Kitchen open?" in stopping.text
    stopping.click("Li keeps the room open")
    stopping.click("Hand over")
    assert stopping.asked == [HandOver(KITCHEN, LI)]
    assert stopping.went == [InRoom(KITCHEN)]


def test_one_room_is_closed_for_all(stopping: PageUser[StoppingPage]) -> None:
    stopping.hears(can_keep(BEN))
    stopping.click("Nobody: close it")
    stopping.click("Stop hosting")
    assert stopping.asked == [Leave(KITCHEN, closed=True)]


def test_who_keeps_the_room_of_another_is_not_told_that_it_is_theirs(user: PageUser[StoppingPage]) -> None:
    kept = replace(stands(ConnectionState.HOSTING), owner=LI, host=card(ME))
    user.hears(kept, hosting(), roster(ME, BEN, here=2, first=True), can_keep(BEN))
    user.at(lambda master, context: StoppingPage(master, context, StopHosting(KITCHEN)))
    assert "yours" not in user.text
    user.click("Nobody: close it")
    assert "It opens again when its owner comes back" in user.text


@pytest.mark.parametrize(("button", "kept"), [("Quit", "quit"), ("Keep running in the background", "background")])
def test_always_do_this(closing: PageUser[ClosingPage], button: str, kept: str) -> None:
    closing.page.always.press()
    closing.click(button)
    assert closing.context.kept.now.on_close == kept
