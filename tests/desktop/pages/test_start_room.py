"""Opening a room here."""

from __future__ import annotations

import pytest

from lanchat.desktop.pages.start_join_pages import StartRoomPage, own_title
from lanchat.desktop.view_context import StartRoom
from lanchat.engine.commands import OpenRoom
from lanchat.engine.events import NotHosting
from tests.desktop.pages.page_user import PageUser

Ana = PageUser[StartRoomPage]


@pytest.fixture
def ana(user: Ana) -> Ana:
    user.at(lambda master, context: StartRoomPage(master, context, StartRoom()))
    return user


def test_enter_opens_what_is_suggested(ana: Ana) -> None:
    assert ana.focus() == "Ana's room"
    ana.key("Return")
    assert ana.asked == [OpenRoom("Ana's room")]


def test_what_is_typed_takes_the_place_of_what_is_suggested(ana: Ana) -> None:
    ana.write("Board room")
    ana.click("Open the room")
    assert ana.asked == [OpenRoom("Board room")]


def test_lanchat_makes_up_a_passphrase(ana: Ana) -> None:
    ana.page.switch.press()
    ana.root.update()
    ana.click("Open the room")
    assert ana.asked == [OpenRoom("Ana's room", make_passphrase=True)]


def test_i_choose_my_own_passphrase(ana: Ana) -> None:
    ana.key("Tab", "space", "Tab")
    ana.write("open sesame")
    ana.key("Return")
    assert ana.asked == [OpenRoom("Ana's room", "open sesame")]


def test_without_the_switch_there_is_no_passphrase(ana: Ana) -> None:
    ana.key("Tab", "space", "Tab")
    ana.write("open sesame")
    ana.page.switch.press()
    ana.root.update()
    assert "Four words, made up for you" not in ana.text
    ana.click("Open the room")
    assert ana.asked == [OpenRoom("Ana's room")]


def test_what_is_wrong_is_said_where_it_can_be_mended(ana: Ana) -> None:
    ana.page.switch.press()
    ana.root.update()
    ana.key("Return")
    assert "Opening…" in ana.buttons()
    ana.key("Return")
    assert len(ana.asked) == 1
    ana.hears(NotHosting("Ana's room", "a passphrase needs at least 6 letters or digits"))
    assert "A passphrase needs at least 6 letters or digits." in ana.text
    assert ana.focus() == "Ana's room"
    ana.write("A")
    assert "A passphrase needs" not in ana.text, "who mends it is not told again"
    ana.key("Return")
    assert len(ana.asked) == 2


def test_a_room_opened_elsewhere_is_not_mine_to_report(ana: Ana) -> None:
    ana.hears(NotHosting("Attic", "the disk is full"))
    assert "The disk is full." not in ana.text


def test_cancel_goes_back(ana: Ana) -> None:
    ana.click("Cancel")
    assert ana.went == ["back"]
    assert ana.asked == []


def test_the_longest_name_makes_no_title_that_is_too_long() -> None:
    assert own_title("x" * 32) == "x" * 32 + "'s room"
