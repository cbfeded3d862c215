"""A phone is invited into a room that is open here, by the page with the QR code."""

from __future__ import annotations

import time
import tkinter as tk

import pytest
import segno

from lanchat.desktop.pages.phone_page import PhonePage
from lanchat.desktop.view_context import Invite, InvitePhone
from lanchat.engine.commands import InviteGuests, WithdrawGuests
from lanchat.engine.events import ConnectionState, GuestInvitationEnded, GuestsInvited
from tests.desktop.model.telling import KITCHEN, hosting, stands
from tests.desktop.pages.page_user import PageUser

LINK = "http://192.168.1.5:29750/#" + "A" * 43


def invited(came: int = 0, minutes: int | None = 30, link: str = LINK) -> GuestsInvited:
    ends_at = None if minutes is None else time.time_ns() // 1_000_000 + minutes * 60_000
    return GuestsInvited(KITCHEN, link, ends_at, came, 16)


@pytest.fixture
def inviting(user: PageUser[PhonePage]) -> PageUser[PhonePage]:
    user.hears(hosting(), stands(ConnectionState.HOSTING))
    user.at(lambda master, context: PhonePage(master, context, InvitePhone(KITCHEN)))
    return user


def modules(page: PhonePage) -> int:
    """How many dark modules are drawn."""
    canvases = [child for child in page.body.winfo_children() if type(child) is tk.Canvas]
    return sum(len(canvas.find_all()) for canvas in canvases)


def test_going_there_makes_a_code_and_shows_it(inviting: PageUser[PhonePage]) -> None:
    assert inviting.asked == [InviteGuests(KITCHEN)]
    inviting.hears(invited())
    assert "Point a phone at this" in inviting.text
    assert "30 minutes left · 0 of 16 phones are here" in inviting.text
    dark = sum(map(sum, segno.make(LINK, error="m", micro=False).matrix))
    assert modules(inviting.page) == dark


def test_who_came_in_is_counted(inviting: PageUser[PhonePage]) -> None:
    inviting.hears(invited(), invited(came=2))
    assert "2 of 16 phones are here" in inviting.text


def test_a_code_there_is_is_shown_again(user: PageUser[PhonePage]) -> None:
    user.hears(hosting(), stands(ConnectionState.HOSTING), invited(minutes=None))
    user.at(lambda master, context: PhonePage(master, context, InvitePhone(KITCHEN)))
    assert user.asked == []
    assert "Until it is withdrawn" in user.text


def test_a_new_code_and_withdrawing(inviting: PageUser[PhonePage]) -> None:
    inviting.hears(invited())
    inviting.click("New code")
    inviting.click("Withdraw")
    assert inviting.asked[1:] == [InviteGuests(KITCHEN), WithdrawGuests(KITCHEN)]
    inviting.hears(GuestInvitationEnded(KITCHEN, withdrawn=True))
    assert "No code lets phones in at the moment." in inviting.text
    assert modules(inviting.page) == 0


def test_back_to_all_ways_in(inviting: PageUser[PhonePage]) -> None:
    inviting.click("Done")
    assert inviting.went == [Invite(KITCHEN)]
