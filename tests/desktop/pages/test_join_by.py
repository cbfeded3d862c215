"""Into a room by its code, its link or its host's address."""

from __future__ import annotations

import pytest

from lanchat.desktop.pages.start_join_pages import JoinByPage
from lanchat.desktop.view_context import Checkup, InRoom, JoinBy
from lanchat.engine.commands import Join
from lanchat.engine.events import ConnectionChanged, ConnectionState, KeyChanged, NotFound, PassphraseNeeded
from tests.desktop.model.telling import KITCHEN, connected
from tests.desktop.pages.page_user import PageUser

Ana = PageUser[JoinByPage]
WHERE = "192.168.1.7"


def join_by(ana: Ana, where: str = "") -> Ana:
    ana.at(lambda master, context: JoinByPage(master, context, JoinBy(where)))
    return ana


@pytest.fixture
def ana(user: Ana) -> Ana:
    return join_by(user)


def typed(ana: Ana, text: str) -> None:
    ana.write(text)
    ana.key("Return")


def test_an_address_that_is_typed_is_joined(ana: Ana) -> None:
    typed(ana, f" {WHERE} ")
    assert ana.asked == [Join(WHERE)]
    assert "Connecting…" in ana.buttons()
    ana.hears(connected(where=WHERE))
    assert ana.went == [InRoom(KITCHEN)]


def test_enter_twice_asks_once(ana: Ana) -> None:
    typed(ana, WHERE)
    ana.key("Return")
    assert ana.asked == [Join(WHERE)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kitchen", "That is no room code, no address and no link."),
        ("192.168.1", "That is not an address: it should look like 192.168.1.42."),
        ("192.168.1.7:0", "A port is a number from 1 to 65535."),
    ],
)
def test_what_is_no_place_is_said_at_once(ana: Ana, text: str, says: str) -> None:
    typed(ana, text)
    assert ana.asked == []
    assert says in ana.text
    ana.write("1")
    assert says not in ana.text, "who types on is not told again"


def test_nothing_typed_asks_nothing(ana: Ana) -> None:
    ana.key("Return")
    assert ana.asked == []


def test_nobody_there_is_said_in_place_and_can_be_tried_again(ana: Ana) -> None:
    typed(ana, WHERE)
    ana.hears(NotFound(WHERE, "nobody answers at 192.168.1.7"))
    assert "Nobody answers at 192.168.1.7." in ana.text
    assert ana.focus() == WHERE
    ana.key("Return")
    assert ana.asked == [Join(WHERE), Join(WHERE)]
    assert "Nobody answers at" not in ana.text


def test_an_answer_to_something_else_changes_nothing(ana: Ana) -> None:
    typed(ana, WHERE)
    ana.hears(NotFound("192.168.1.8", "nobody answers there"), connected(where="192.168.1.9"))
    assert "Nobody answers" not in ana.text
    assert ana.went == []


def test_a_host_that_is_found_but_not_in_yet_changes_nothing(ana: Ana) -> None:
    typed(ana, WHERE)
    ana.hears(ConnectionChanged(KITCHEN, "Kitchen", ConnectionState.CONNECTING, where=WHERE))
    assert ana.went == []


@pytest.mark.parametrize(
    ("problem", "says"), [("", "The host has closed the connection."), ("the room is full", "The room is full.")]
)
def test_a_host_that_closes_the_door_is_heard(ana: Ana, problem: str, says: str) -> None:
    typed(ana, WHERE)
    ana.hears(ConnectionChanged(KITCHEN, "Kitchen", ConnectionState.STOPPED, problem=problem, where=WHERE))
    assert says in ana.text
    assert "Join" in ana.buttons()


@pytest.mark.parametrize(
    "asks",
    [PassphraseNeeded(WHERE, KITCHEN, "Kitchen"), KeyChanged(WHERE, KITCHEN, "Kitchen", "old", "new")],
    ids=["passphrase", "key"],
)
def test_what_the_door_asks_is_asked_at_the_door(ana: Ana, asks: PassphraseNeeded | KeyChanged) -> None:
    typed(ana, WHERE)
    ana.hears(asks)
    assert ana.went == [InRoom(KITCHEN)]


def test_a_link_from_elsewhere_waits_for_enter(user: Ana) -> None:
    join_by(user, "192.168.1.7:29747")
    assert user.asked == []
    user.key("Return")
    assert user.asked == [Join("192.168.1.7:29747")]


def test_a_link_that_led_nowhere_says_so(user: Ana) -> None:
    user.hears(NotFound(WHERE, "nobody answers at 192.168.1.7"))
    join_by(user, WHERE)
    assert "Nobody answers at 192.168.1.7." in user.text


def test_cancel_and_checkup(ana: Ana) -> None:
    ana.click("Cancel")
    ana.click("Check my computer")
    assert ana.went == ["back", Checkup()]
