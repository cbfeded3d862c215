"""A room that is open here is to close: who is affected?"""

from __future__ import annotations

import pytest

from lanchat.desktop.model.phrases import list_names
from lanchat.desktop.pages.hosting_pages import ClosingPage, StoppingPage
from lanchat.desktop.view_context import Closing, InRoom, StopHosting
from lanchat.engine.commands import Leave
from lanchat.engine.events import ConnectionState
from tests.desktop.model.telling import BEN, GARDEN, KITCHEN, LI, ME, hosting, roster, stands
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


@pytest.mark.parametrize(("button", "kept"), [("Quit", "quit"), ("Keep running in the background", "background")])
def test_always_do_this(closing: PageUser[ClosingPage], button: str, kept: str) -> None:
    closing.page.always.press()
    closing.click(button)
    assert closing.context.kept.now.on_close == kept
