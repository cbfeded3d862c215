"""What stands between me and a room."""

from __future__ import annotations

import time
from typing import Any

import pytest
from msgspec.structs import replace

from lanchat.desktop.pages.join_room_page import HostKeyPage, question_page
from lanchat.desktop.view_context import Checkup, InRoom
from lanchat.desktop.widgets.text_field import TextField
from lanchat.engine.commands import Join
from lanchat.engine.events import (
    KeyChanged,
    Left,
    NotFound,
    PassphraseNeeded,
    RoomFound,
)
from tests.desktop.model.telling import KITCHEN, came, connected, listing, said
from tests.desktop.pages.page_user import PageUser

Ana = PageUser[Any]

NEEDED = PassphraseNeeded(KITCHEN, KITCHEN, "Kitchen")
CHANGED = KeyChanged(KITCHEN, KITCHEN, "Kitchen", "7h2k-0xq9-5b3d-n8wz", "9xpa-32rd-mm2e-0v7t")


def at_the_door(ana: Ana) -> Ana:
    question = ana.state.rooms[KITCHEN].asked
    assert question is not None
    ana.at(lambda master, context: question_page(master, context, question))
    return ana


# --- the passphrase ------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(user: Ana) -> Ana:
    user.hears(RoomFound(listing(passphrase=True)), NEEDED)
    return at_the_door(user)


def test_who_has_the_passphrase_joins(asked: Ana) -> None:
    assert "Ben asks for this room's passphrase." in asked.text
    asked.write("copper-lantern")
    asked.key("Return")
    assert asked.asked == [Join(KITCHEN, "copper-lantern")]
    assert "Knocking…" in asked.buttons()
    asked.key("Return")
    assert len(asked.asked) == 1


def test_the_passphrase_is_not_on_the_screen(asked: Ana) -> None:
    asked.write("copper")
    assert asked.focus() == "•" * 6


def test_nothing_is_no_passphrase(asked: Ana) -> None:
    asked.key("Return")
    asked.click("Join")
    assert asked.asked == []


def test_a_wrong_passphrase_is_said_and_another_can_be_tried(asked: Ana) -> None:
    asked.write("iron")
    asked.key("Return")
    asked.hears(replace(NEEDED, wrong=True))
    assert "That is not the passphrase." in asked.text
    asked.write("copper")
    asked.key("Return")
    assert asked.asked == [Join(KITCHEN, "iron"), Join(KITCHEN, "copper")]


def test_wrong_twice_is_said_twice(asked: Ana) -> None:
    for _time in range(2):
        asked.write("iron")
        asked.key("Return")
        assert "That is not the passphrase." not in asked.text
        asked.hears(replace(NEEDED, wrong=True))
        assert "That is not the passphrase." in asked.text
        assert isinstance(asked.field(), TextField)
        assert asked.field().value() == ""


def test_the_host_lets_one_try_again_after_a_while(asked: Ana, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    asked.hears(replace(NEEDED, wrong=True, wait=3.0))
    assert "That is not the passphrase. The next try is in 3 seconds." in asked.text
    asked.write("copper")
    asked.key("Return")
    assert asked.asked == []
    monkeypatch.setattr(time, "monotonic", lambda: now + 2.5)
    while "in 1 second." not in asked.text:
        asked.root.update()
    monkeypatch.setattr(time, "monotonic", lambda: now + 3.1)
    while "The next try" in asked.text:
        asked.root.update()
    asked.key("Return")
    assert asked.asked == [Join(KITCHEN, "copper")]


def test_a_passphrase_for_an_address_goes_to_that_address(user: Ana) -> None:
    user.hears(PassphraseNeeded("192.168.1.7", KITCHEN, "Kitchen"))
    at_the_door(user)
    assert "This room has a passphrase." in user.text
    user.write("copper")
    user.key("Return")
    assert user.asked == [Join("192.168.1.7", "copper")]


def test_back_from_the_passphrase(asked: Ana) -> None:
    asked.click("Back")
    assert asked.went == ["back"]


# --- another host --------------------------------------------------------------------------------------------------


@pytest.fixture
def warned(user: Ana) -> Ana:
    user.hears(connected(), Left(KITCHEN), CHANGED)
    return at_the_door(user)


def test_both_badges_are_shown_and_nothing_goes_on_by_itself(warned: Ana) -> None:
    assert "The host of Kitchen is not the one you knew" in warned.text
    assert "7h2k-0xq9-5b3d-n8wz" in warned.text
    assert "9xpa-32rd-mm2e-0v7t" in warned.text
    assert "Nothing was sent." in warned.text
    assert warned.asked == []


def test_another_room_at_an_address_is_shown_with_both_rooms_and_both_badges(user: Ana) -> None:
    user.hears(replace(CHANGED, where="192.168.1.7", title="Garden", known_title="Salaries"))
    at_the_door(user)
    assert "Salaries is not at 192.168.1.7 any more" in user.text
    assert "Another room answers there now: Garden. Nothing was sent." in user.text
    assert "7h2k-0xq9-5b3d-n8wz" in user.text
    assert "9xpa-32rd-mm2e-0v7t" in user.text
    user.page.compared.press()
    user.click("I asked the host: connect")
    assert user.asked == [Join("192.168.1.7", accept_key="9xpa-32rd-mm2e-0v7t")]


def test_enter_stays_out(warned: Ana) -> None:
    assert warned.focus() == "Do not connect"
    warned.key("Return")
    assert warned.asked == []
    assert warned.went == ["back"]
    assert warned.state.rooms[KITCHEN].asked is None, "who comes back finds it asked anew"


def test_only_who_asked_the_host_can_connect(warned: Ana) -> None:
    warned.click("I asked Ben: connect")
    assert warned.asked == []
    warned.key("Tab")
    assert warned.focus() != "I asked Ben: connect", "what is not allowed is passed over"
    page = warned.page
    assert isinstance(page, HostKeyPage)
    page.compared.press()
    warned.root.update()
    warned.click("I asked Ben: connect")
    assert warned.asked == [Join(KITCHEN, accept_key="9xpa-32rd-mm2e-0v7t")]


def test_a_key_that_was_compared_is_marked(user: Ana) -> None:
    user.hears(connected(), Left(KITCHEN), replace(CHANGED, verified=True))
    at_the_door(user)
    assert "You had compared this one in person." in user.text


def test_a_key_that_was_not_is_not(warned: Ana) -> None:
    assert "compared this one" not in warned.text


# --- no way in -----------------------------------------------------------------------------------------------------


@pytest.fixture
def missing(user: Ana) -> Ana:
    user.hears(RoomFound(listing()), NotFound(KITCHEN, "nobody answers at 192.0.2.1"))
    return at_the_door(user)


def test_it_says_what_happened_and_tries_again(missing: Ana) -> None:
    assert "Kitchen does not answer" in missing.text
    assert "Nobody answers at 192.0.2.1." in missing.text
    assert "Nothing was sent." in missing.text
    missing.key("Return")
    assert missing.asked == [Join(KITCHEN)]
    assert "Connecting…" in missing.buttons()
    missing.hears(NotFound(KITCHEN, "nobody answers at 192.0.2.1"))
    assert "Try again" in missing.buttons()


def test_checking_this_computer_may_help(missing: Ana) -> None:
    missing.click("Check my computer")
    assert missing.went == [Checkup()]


def test_who_goes_back_finds_the_room_unasked(missing: Ana) -> None:
    missing.click("Back")
    assert missing.went == ["back"]
    assert missing.state.rooms[KITCHEN].asked is None


def test_what_was_said_can_be_read(user: Ana) -> None:
    user.hears(connected(), came(said(1), said(2)), Left(KITCHEN))
    user.hears(NotFound(KITCHEN, "you were removed", refused=True))
    at_the_door(user)
    assert "Kitchen did not let you in" in user.text
    assert "Check my computer" not in user.buttons(), "the host said no: this computer is well"
    user.click("Read it")
    assert user.went == [InRoom(KITCHEN, 2)]
