"""The first thirty seconds."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

import pytest

from lanchat.core.model import RoomId
from lanchat.desktop.pages.nick_editor import LargeAvatar
from lanchat.desktop.pages.start_join_pages import firewall_hint
from lanchat.desktop.pages.welcome_page import WelcomePage
from lanchat.desktop.view_context import Checkup, InRoom, JoinBy, SettingsAt, StartRoom, ViewContext, WelcomePlace
from lanchat.engine.commands import ChangeProfile, OpenRoom
from lanchat.engine.events import ConnectionState, Left, LookedAround, NotHosting, ProfileChanged, RoomFound, RoomGone
from lanchat.storage.settings import Preferences
from tests.desktop.model.telling import GARDEN, KITCHEN, connected, hosting, listing, stands
from tests.desktop.pages.page_user import PageUser

Ana = PageUser[WelcomePage]

LOOKED = LookedAround(("192.168.1.42", "fe80::1%eth0"))


def welcome(help_ms: int = 20_000) -> Callable[[tk.Misc, ViewContext], WelcomePage]:
    return lambda master, context: WelcomePage(master, context, WelcomePlace(), help_ms=help_ms)


@pytest.fixture
def ana(user: Ana) -> Ana:
    user.at(welcome())
    return user


def test_it_says_who_i_am_and_where_it_looks(ana: Ana) -> None:
    assert "You are Ana" in ana.text
    assert "Looking for rooms…" in ana.text
    ana.hears(LOOKED)
    assert "Looking on 192.168.1.42…" in ana.text
    ana.hears(LookedAround(()))
    assert "This computer is on no network." in ana.text


def test_enter_goes_into_the_first_room_that_appears(ana: Ana) -> None:
    ana.hears(LOOKED, RoomFound(listing(GARDEN, passphrase=True)), RoomFound(listing(KITCHEN)))
    assert ana.cards() == ["Kitchen", "Garden"]
    assert ana.focus() == "Kitchen\nBen hosts\n3 here\nJoin"
    ana.key("Return")
    assert ana.went == [InRoom(KITCHEN)]


def test_the_arrow_keys_go_from_room_to_room(ana: Ana) -> None:
    ana.hears(RoomFound(listing(KITCHEN)), RoomFound(listing(GARDEN)))
    ana.key("Down", "Up", "Down", "Down", "space")
    assert ana.went == [InRoom(KITCHEN)], "by title: the garden, the kitchen, and nothing behind it"


def test_a_click_goes_into_a_room(ana: Ana) -> None:
    ana.hears(RoomFound(listing(KITCHEN)), RoomFound(listing(GARDEN, passphrase=True)))
    ana.click("Garden")
    assert ana.went == [InRoom(GARDEN)]


def test_who_is_in_a_room_is_said_live(ana: Ana) -> None:
    ana.hears(RoomFound(listing(KITCHEN, people=1)))
    ana.hears(RoomFound(listing(KITCHEN, people=4)))
    assert "Ben hosts\n4 here" in ana.text
    assert "1 room around you, 4 people in it · still looking" in ana.text
    ana.hears(RoomFound(listing(GARDEN, people=2)))
    assert "2 rooms around you, 6 people in them · still looking" in ana.text


def test_rooms_that_appear_leave_the_keyboard_where_the_person_put_it(ana: Ana) -> None:
    ana.hears(LOOKED)
    ana.key("Tab")
    assert ana.focus() == "With a passphrase…"
    ana.hears(RoomFound(listing(KITCHEN)))
    ana.key("Down")
    ana.hears(RoomFound(listing(GARDEN)))
    ana.page.cards.in_order[1].focus_set()
    ana.root.update()
    ana.hears(RoomFound(listing(GARDEN, people=9)))
    assert ana.focus().startswith("Garden")


def test_a_room_that_goes_takes_the_keyboard_to_the_next_one(ana: Ana) -> None:
    ana.hears(RoomFound(listing(GARDEN)), RoomFound(listing(KITCHEN)))
    assert ana.focus().startswith("Garden")
    ana.hears(RoomGone(listing(GARDEN)))
    assert ana.focus().startswith("Kitchen")
    ana.hears(RoomGone(listing(KITCHEN)))
    assert ana.focus() == "Start Ana's room"


def test_many_rooms_are_shown_as_a_few(ana: Ana) -> None:
    rooms = [RoomId(chr(ord("a") + number) * 16) for number in range(20)]
    ana.hears(*(RoomFound(listing(room_id, title=f"Room {number:02}")) for number, room_id in enumerate(rooms)))
    assert len(ana.page.cards.in_order) == 6
    assert "14 more are in the list at the left." in [part.words for part in ana.paragraphs()]


def four_rooms(ana: Ana) -> None:
    ana.hears(*(RoomFound(listing(RoomId(letter * 16), title=f"Room {letter}")) for letter in "abcd"))


def test_in_rows_of_cards_the_arrow_keys_go_as_one_sees(ana: Ana) -> None:
    ana.root.geometry("824x690")
    four_rooms(ana)
    ana.key("Right")
    assert ana.focus().startswith("Room b")
    ana.key("Left", "Down")
    assert ana.focus().startswith("Room d")
    ana.key("Down", "Up", "Return")
    assert ana.went == [InRoom(RoomId("a" * 16))]


@pytest.mark.parametrize(("width", "in_a_row"), [(824, 3), (600, 2), (420, 1), (200, 1)])
def test_there_are_as_many_cards_in_a_row_as_fit(ana: Ana, width: int, in_a_row: int) -> None:
    ana.root.geometry(f"{width}x690")
    four_rooms(ana)
    cards = ana.page.cards.in_order
    assert len([card for card in cards if card.winfo_y() == cards[0].winfo_y()]) == in_a_row
    assert all(0 <= card.winfo_rootx() - ana.page.winfo_rootx() <= width - card.winfo_width() for card in cards)


def test_it_stands_in_the_middle(ana: Ana) -> None:
    ana.root.geometry("1000x800")
    ana.hears(LOOKED, RoomFound(listing(KITCHEN)))
    page, body, card = ana.page, ana.page.body, ana.page.cards.in_order[0]
    above = body.winfo_rooty() - page.winfo_rooty()
    assert abs(2 * above + body.winfo_height() - page.winfo_height()) <= 2
    left = card.winfo_rootx() - page.winfo_rootx()
    assert abs(2 * left + card.winfo_width() - page.winfo_width()) <= 16, "but for the scroll bar"


def test_no_card_comes_or_goes_under_the_pointer(ana: Ana) -> None:
    ana.hears(RoomFound(listing(KITCHEN)))
    card = ana.page.cards.in_order[0]
    card.event_generate("<Enter>", x=5, y=5)
    ana.hears(RoomFound(listing(GARDEN)))
    assert ana.cards() == ["Kitchen"]
    card.event_generate("<Leave>")
    ana.root.update()
    assert ana.cards() == ["Kitchen", "Garden"]


# --- no room -------------------------------------------------------------------------------------------------------


def test_enter_opens_a_room_of_my_own_where_there_is_none(ana: Ana) -> None:
    ana.hears(LOOKED)
    assert "No room is open here yet" in ana.text
    assert ana.focus() == "Start Ana's room"
    ana.key("Return")
    assert ana.asked == [OpenRoom("Ana's room")]
    assert "Opening…" in ana.buttons()
    ana.key("Return")
    assert len(ana.asked) == 1, "one press too many opens no second room"


def test_a_button_leaves_the_emoji_of_my_name_out(ana: Ana) -> None:
    ana.hears(ProfileChanged("Ana 🦊"))
    assert "You are Ana" in ana.text
    ana.click("Start Ana's room")
    assert ana.asked == [OpenRoom("Ana 🦊's room")]


def test_a_room_that_cannot_be_opened_says_why(ana: Ana) -> None:
    ana.click("Start Ana's room")
    ana.hears(NotHosting("Ana's room", "the disk is full"))
    assert "The disk is full." in ana.text
    ana.click("Start Ana's room")
    assert "The disk is full." not in ana.text


def test_what_does_not_open_elsewhere_is_not_said_here(ana: Ana) -> None:
    ana.hears(NotHosting("Attic", "the disk is full"))
    assert "The disk is full." not in ana.text


def test_after_a_while_alone_there_is_help(user: Ana) -> None:
    user.hears(LOOKED)
    page = user.at(welcome(help_ms=1))
    while page.empty.help is None or not page.empty.help.winfo_viewable():
        user.root.update()
    assert "Guest Wi-Fi keeps computers apart" in user.text
    assert user.focus() == "Start Ana's room"
    user.click("Check my computer")
    user.click("Type a code or address")
    user.click("With a passphrase…")
    assert user.went == [Checkup(), JoinBy(), StartRoom()]


def test_help_that_comes_moves_nothing(user: Ana) -> None:
    user.hears(LOOKED)
    page = user.at(welcome(help_ms=400))
    user.root.update()
    before = page.empty.start.winfo_rooty()
    while page.empty.help is None or not page.empty.help.winfo_viewable():
        user.root.update()
    user.root.update()
    assert page.empty.start.winfo_rooty() == before


def test_help_goes_when_a_room_is_found(user: Ana) -> None:
    page = user.at(welcome(help_ms=1))
    while page.empty.help is None or not page.empty.help.winfo_viewable():
        user.root.update()
    user.hears(RoomFound(listing(KITCHEN)))
    assert "Should somebody be here?" not in user.text
    assert "Is one missing? Guest Wi-Fi keeps computers apart." in user.text, "one line of it stays"
    assert user.focus().startswith("Kitchen")


def test_leaving_the_page_ends_its_waiting(user: Ana) -> None:
    page = user.at(welcome(help_ms=1))
    page.destroy()
    assert not any("_is_late" in str(user.root.tk.call("after", "info", timer))
                   for timer in user.root.tk.splitlist(user.root.tk.call("after", "info")))  # fmt: skip


# --- rooms I know --------------------------------------------------------------------------------------------------


def test_a_room_that_is_away_can_be_gone_back_to(ana: Ana) -> None:
    ana.hears(connected(KITCHEN), Left(KITCHEN))
    assert ana.cards() == ["Kitchen"]
    assert "Kitchen\nnot here now\nGo back" in ana.text
    assert ana.focus() == "Start Ana's room", "nobody is there: it is not what most people want now"
    ana.click("Kitchen")
    assert ana.went == [InRoom(KITCHEN)]


def test_a_room_of_mine_is_opened_again(ana: Ana) -> None:
    ana.hears(hosting(KITCHEN), stands(ConnectionState.HOSTING), Left(KITCHEN))
    assert "Kitchen\nyours, closed\nOpen again" in ana.text
    ana.click("Kitchen")
    assert ana.asked == [OpenRoom("Kitchen", room_id=KITCHEN)]
    ana.hears(NotHosting("Kitchen", "another program uses the port"))
    assert "Another program uses the port." in ana.text


# --- my name -------------------------------------------------------------------------------------------------------


def test_i_change_my_name_in_place(ana: Ana) -> None:
    ana.page.me.edit()
    ana.root.update()
    ana.write("Anna B")
    ana.hears(RoomFound(listing(KITCHEN)))
    assert ana.focus() == "Anna B", "a room that appears leaves the keyboard in the field"
    ana.key("Return")
    assert ana.asked == [ChangeProfile("Anna B")]
    ana.hears(ProfileChanged("Anna B"))
    assert "You are Anna B" in ana.text


@pytest.mark.parametrize("written", ["", "   ", "Ana"])
def test_no_name_and_the_same_name_change_nothing(ana: Ana, written: str) -> None:
    ana.page.me.edit()
    ana.root.update()
    ana.write(written)
    ana.key("Return")
    assert ana.asked == []
    assert "You are Ana" in ana.text


def test_my_picture_leads_to_what_others_see_of_me(ana: Ana) -> None:
    (picture,) = (one for one in ana.seen() if isinstance(one, LargeAvatar))
    picture.focus_set()
    ana.root.update()
    ana.key("Return")
    assert ana.went == [SettingsAt()]


def test_escape_leaves_my_name_as_it_was(ana: Ana) -> None:
    left = []
    ana.root.bind("<Escape>", left.append)
    ana.page.me.edit()
    ana.root.update()
    ana.write("Zoe")
    ana.key("Escape")
    assert ana.asked == []
    assert not left, "it closes the field, not the page"


# --- Windows -------------------------------------------------------------------------------------------------------


def test_windows_question_is_announced_once() -> None:
    assert "Private networks" in firewall_hint("win32", Preferences())
    assert firewall_hint("win32", Preferences(windows_hint_seen=True)) == ""
    assert firewall_hint("linux", Preferences()) == ""
