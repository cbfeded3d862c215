"""A phone is invited into a room that is open here, by the page with the QR code."""

from __future__ import annotations

import time
import tkinter as tk
from typing import Any

import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import ImageGrab

from lanchat.core.listing import Finding, Health
from lanchat.core.model import MemberKey
from lanchat.desktop.pages.phone_code import PhoneCode
from lanchat.desktop.pages.phone_page import PhonePage
from lanchat.desktop.theme.palette import DARK, LIGHT
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import Checkup, InvitePhone
from lanchat.desktop.widgets.choices import MenuChoice
from lanchat.engine.commands import (
    CheckGuestAccess,
    ChooseGuestNetwork,
    InvitationTime,
    InviteGuests,
    Remove,
    SetInvitationTime,
    WithdrawGuests,
)
from lanchat.engine.events import (
    ConnectionState,
    GuestArrival,
    GuestInvitationEnded,
    GuestNetwork,
    GuestsCame,
    GuestsInvited,
    LookedAround,
)
from tests.desktop.hand import Hand, needs
from tests.desktop.model.telling import BEN, KITCHEN, LI, ME, hosting, roster, stands
from tests.desktop.pages.page_user import PageUser

LINK = "http://192.168.1.5:29750/#2TwAmvVSoA6kTnDYL5F0b8XgUu3h1rJqKz9cMePiW4I"
OTHER = LINK.replace("192.168.1.5", "10.1.7.20")
WIFI, CABLE = GuestNetwork("192.168.1.5", "wlan0", "wifi"), GuestNetwork("10.1.7.20", "eth0")
WALL = Finding("firewall", Health.ODD, "A firewall is on.", "To let phones in: sudo open 29750", "sudo open 29750")

Ana = PageUser[Any]


def invited(came: int = 0, minutes: int | None = 30, link: str = LINK) -> GuestsInvited:
    now = time.time_ns() // 1_000_000
    lasts = InvitationTime.UNTIL_WITHDRAWN if minutes is None else InvitationTime.HALF_HOUR
    ends_at = None if minutes is None else now + minutes * 60_000
    return GuestsInvited(KITCHEN, link, ends_at, came, 16, now - 60_000, lasts, (WIFI,))


def came(*members: MemberKey, here: bool = True, newest: bool = True) -> GuestsCame:
    now = time.time_ns() // 1_000_000
    return GuestsCame(KITCHEN, tuple(GuestArrival(member, now, here, newest) for member in members))


@pytest.fixture
def ana(user: Ana) -> Ana:
    """Before the page, in the room that she has open; Ben and Li are in, too."""
    user.hears(hosting(), stands(ConnectionState.HOSTING), roster(ME, BEN, LI, first=True))
    user.at(lambda master, context: PhonePage(master, context, InvitePhone(KITCHEN)))
    return user


def codes_seen() -> list[str]:
    """What a camera that looks at the screen reads."""
    return [found.text for found in zxingcpp.read_barcodes(ImageGrab.grab(), try_invert=False)]


# --- the code --------------------------------------------------------------------------------------------------------
def test_going_there_makes_a_code_that_a_camera_reads(ana: Ana) -> None:
    assert ana.asked == [InviteGuests(KITCHEN)]
    assert codes_seen() == []
    ana.hears(invited())
    assert "Point a phone at this" in ana.text
    assert codes_seen() == [LINK]


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("link", [LINK, LINK.replace("192.168.1.5", "192.168.100.105").replace("29750", "65000")])
def test_a_camera_reads_it_in_every_theme_and_size(root: tk.Tk, palette: Any, scale: float, link: str) -> None:
    theme = Theme(root, palette, scale)
    root.configure(bg=palette.chat)
    code = PhoneCode(root, theme, lambda _address: None)
    code.pack()
    code.show(invited(link=link), "")
    root.geometry(f"{theme.px(400)}x{theme.px(480)}+10+10")
    root.update()
    assert codes_seen() == [link]


def test_a_camera_reads_it_in_the_smallest_window(ana: Ana) -> None:
    ana.root.geometry("420x440+10+10")
    ana.hears(invited())
    ana.page.after(50)
    ana.root.update()
    code = next(one for one in ana.seen() if isinstance(one, PhoneCode))
    right = code.card.winfo_rootx() + code.card.winfo_width()
    assert right <= ana.page.winfo_rootx() + ana.page.winfo_width()
    assert code.card.winfo_width() >= 340


def test_in_a_wide_window_the_steps_stand_beside_the_code_and_in_a_narrow_one_below(ana: Ana) -> None:
    ana.hears(invited())

    def side_by_side() -> bool:
        ana.root.update()
        code = next(one for one in ana.seen() if isinstance(one, PhoneCode))
        lasts = next(one for one in ana.seen() if isinstance(one, MenuChoice))
        return lasts.winfo_rooty() < code.winfo_rooty() + code.winfo_height()

    assert side_by_side()
    ana.root.geometry("500x690")
    assert not side_by_side()
    ana.root.geometry("820x690")
    assert side_by_side()


def test_the_link_is_copied_with_enter(ana: Ana) -> None:
    ana.hears(invited())
    ana.page.focus_first()
    ana.key("Return")
    assert ana.root.clipboard_get() == LINK
    assert "Copied" in ana.buttons()


def test_a_code_there_is_is_shown_again(user: Ana) -> None:
    user.hears(hosting(), stands(ConnectionState.HOSTING), invited(minutes=None))
    user.at(lambda master, context: PhonePage(master, context, InvitePhone(KITCHEN)))
    assert user.asked == []
    assert "Until it is withdrawn" in user.text


# --- how long it lasts -----------------------------------------------------------------------------------------------
def test_how_long_it_lasts_and_how_many_are_here(ana: Ana) -> None:
    ana.hears(invited())
    assert "30 minutes left · 0 of 16 phones are here" in ana.text
    ana.hears(invited(came=2, minutes=1))
    assert "1 minute left · 2 of 16 phones are here" in ana.text
    ana.hears(replace(invited(minutes=300), lasts=InvitationTime.TODAY))
    assert "Until midnight · 0 of 16 phones are here" in ana.text


def test_the_time_is_changed_by_keys_and_the_code_stays(ana: Ana) -> None:
    ana.hears(invited())
    choice = next(one for one in ana.seen() if isinstance(one, MenuChoice))
    assert choice.words == "Lasts 30 minutes"
    choice.focus_set()
    ana.key("Return", "Down", "Return")
    assert ana.asked[1:] == [SetInvitationTime(KITCHEN, InvitationTime.TODAY)]
    assert choice.words == "Lasts until midnight"
    ana.click("New code")
    assert ana.asked[-1] == InviteGuests(KITCHEN, InvitationTime.TODAY)


def test_a_new_code_and_withdrawing(ana: Ana) -> None:
    ana.hears(invited())
    ana.click("New code")
    ana.click("Withdraw")
    assert ana.asked[1:] == [InviteGuests(KITCHEN), WithdrawGuests(KITCHEN)]
    ana.hears(GuestInvitationEnded(KITCHEN, withdrawn=True))
    assert "No code lets phones in at the moment." in ana.text
    assert codes_seen() == []
    assert ana.buttons() == ["New code"]


def test_withdrawing_asks_once_more_while_phones_are_in(ana: Ana) -> None:
    ana.hears(invited(came=1), came(BEN))
    ana.click("Withdraw…")
    assert "is sent away now" in ana.text
    assert ana.focus() == "Cancel"
    ana.click("Cancel")
    assert ana.asked == [InviteGuests(KITCHEN)]
    ana.click("Withdraw…")
    ana.click("Withdraw and send away")
    assert ana.asked[-1] == WithdrawGuests(KITCHEN)


def test_guests_who_are_here_when_the_code_has_ended_can_still_be_sent_away(ana: Ana) -> None:
    ana.hears(invited(came=1), came(BEN), GuestInvitationEnded(KITCHEN, withdrawn=False), came(BEN, newest=False))
    assert "Here with an earlier code" in ana.text
    ana.click("Send all phones away…")
    ana.click("Send away")
    assert ana.asked[-1] == WithdrawGuests(KITCHEN)


# --- who came in -----------------------------------------------------------------------------------------------------
def test_who_came_in_is_listed_and_removed(ana: Ana) -> None:
    ana.hears(invited())
    assert "Nobody yet." in ana.text
    ana.hears(invited(came=2), came(BEN, LI))
    for words in ("Ben · guest", "Li · guest", "since "):
        assert words in ana.text
    ana.click("Send away…")
    ana.click("Cancel")
    assert Remove(KITCHEN, BEN) not in ana.asked
    ana.click("Send away…")
    ana.click("Send away")
    assert ana.asked[-1] == Remove(KITCHEN, BEN)
    ana.hears(came(LI))
    assert "Ben" not in ana.text


def test_who_left_is_listed_as_not_here_and_can_be_kept_out(ana: Ana) -> None:
    ana.hears(invited(), came(BEN, here=False))
    assert "not here now" in ana.text
    assert "Send away…" in ana.buttons()


def test_a_removal_by_keys_leaves_the_keyboard_on_the_page(ana: Ana) -> None:
    ana.hears(invited(came=1), came(BEN))
    ana.button("Send away…").focus_set()
    ana.key("space")
    assert ana.focus() == "Cancel"
    ana.button("Send away").focus_set()
    ana.key("space")
    assert ana.asked[-1] == Remove(KITCHEN, BEN)
    ana.hears(came())
    assert ana.focus() == "Copy"


# --- what is in the way ----------------------------------------------------------------------------------------------
def test_what_may_keep_phones_out_is_said_with_what_to_do(ana: Ana) -> None:
    ana.hears(invited())
    assert WALL.says not in ana.text
    ana.hears(replace(invited(), obstacles=(WALL,)))
    assert f"{WALL.says}\n{WALL.advice}" in ana.text
    ana.click("Copy the command")
    assert ana.root.clipboard_get() == WALL.command
    ana.click("Look again")
    ana.click("Check my computer")
    assert ana.asked[-1] == CheckGuestAccess(KITCHEN)
    assert ana.went == [Checkup()]
    ana.hears(invited())
    assert WALL.says not in ana.text
    assert "Look again" not in ana.buttons()


def test_on_several_networks_one_is_chosen(ana: Ana) -> None:
    ana.hears(invited())
    assert "Another network…" not in ana.buttons()
    ana.hears(replace(invited(), networks=(WIFI, CABLE)))
    assert "Wi-Fi · wlan0 · 192.168.1.5" in ana.text
    ana.button("Another network…").focus_set()
    ana.key("Return", "Down", "Return")
    assert ana.asked[-1] == ChooseGuestNetwork(KITCHEN, CABLE.address)
    ana.hears(replace(invited(link=OTHER), networks=(WIFI, CABLE)))
    assert "eth0 · 10.1.7.20" in ana.text
    assert codes_seen() == [OTHER]


@pytest.mark.parametrize(
    ("where", "words"), [((), "This computer is on no network"), (("eth0 (fe80::1)",), "no address that a phone")]
)
def test_without_a_network_it_says_so_until_there_is_one(ana: Ana, where: tuple[str, ...], words: str) -> None:
    ana.hears(LookedAround(where), replace(invited(link=""), networks=()))
    assert words in ana.text
    assert codes_seen() == []
    ana.hears(invited())
    assert words not in ana.text
    assert codes_seen() == [LINK]


# --- by mouse and keys -----------------------------------------------------------------------------------------------
@pytest.fixture
def hand(ana: Ana) -> Hand:
    needs("xdotool")
    return Hand(ana.root)


def test_a_real_mouse_chooses_the_time_removes_and_goes_back(ana: Ana, hand: Hand) -> None:
    ana.hears(invited(came=1), came(BEN))
    hand.moves(next(one for one in ana.seen() if isinstance(one, MenuChoice)))
    hand.clicks()
    _settled(ana)
    hand.moves_to(hand.at[0], hand.at[1] + 104)
    hand.clicks()
    assert ana.asked[-1] == SetInvitationTime(KITCHEN, InvitationTime.UNTIL_WITHDRAWN)
    for words in ("Send away…", "Send away"):
        hand.moves(ana.button(words))
        hand.clicks()
        _settled(ana)
    assert ana.asked[-1] == Remove(KITCHEN, BEN)
    hand.moves(ana.page, 28, 28)
    hand.clicks()
    assert ana.went == ["back"]


def _settled(ana: Ana) -> None:
    for _time in range(3):
        ana.root.update()


def test_tab_goes_round_from_top_to_bottom(ana: Ana) -> None:
    ana.hears(replace(invited(came=1), networks=(WIFI, CABLE), obstacles=(WALL,)), came(BEN))
    visited = []
    ana.page.focus_first()
    for _time in range(9):
        visited.append(ana.focus())
        ana.key("Tab")
    assert visited[:6] == ["Copy", "Another network…", "New code", "Withdraw…", "Lasts 30 minutes", "Send away…"]
