"""Every page, however narrow the window, long the titles, and large the letters."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lanchat.core.listing import Finding, Health
from lanchat.core.model import RoomId
from lanchat.desktop.pages.checkup_page import CheckupPage
from lanchat.desktop.pages.invite_page import InvitePage
from lanchat.desktop.pages.join_room_page import QuestionPage, question_page
from lanchat.desktop.pages.leaving_pages import ClosingPage, StoppingPage
from lanchat.desktop.pages.start_join_pages import JoinByPage, StartRoomPage
from lanchat.desktop.pages.welcome_page import WelcomePage
from lanchat.desktop.theme.palette import DARK, LIGHT
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import (
    Checkup,
    Closing,
    Invite,
    JoinBy,
    StartRoom,
    StopHosting,
    ViewContext,
    WelcomePlace,
)
from lanchat.engine.events import (
    CheckedUp,
    ConnectionChanged,
    ConnectionState,
    Event,
    Hosting,
    KeyChanged,
    Left,
    LookedAround,
    NotFound,
    PassphraseNeeded,
    RoomFound,
)
from tests.desktop.model.telling import BEN, KITCHEN, LI, ME, card, connected, listing, roster
from tests.desktop.pages.page_user import PageUser

LONG = "会議室 三階 🍕 Wednesday's very long titles"
LINK = "lanchat://192.168.100.142,[fd00:1234:5678::1234]:29747/kitchenkitchenki#QUJDREVGR0hJSktMTU5PUA"
OPEN: list[Event] = [
    Hosting(KITCHEN, LONG, 29747, "K7F3Q-2MXA9-DTB", LINK, "copper-lantern-river-moth", "7h2k-0xq9-5b3d-n8wz"),
    ConnectionChanged(KITCHEN, LONG, ConnectionState.HOSTING, card(ME)),
    roster(ME, BEN, LI, here=3, first=True),
]
ROOMS: list[Event] = [
    LookedAround(("192.168.1.42",)),
    *(RoomFound(listing(RoomId(chr(97 + at) * 16), title=LONG, passphrase=at % 2 == 0)) for at in range(10)),
]
WAS_IN: list[Event] = [connected(), Left(KITCHEN)]
FOUND = tuple(Finding("network", health, LINK * 3, LINK) for health in Health)

Make = Callable[[tk.Misc, ViewContext], Any]


def asks(master: tk.Misc, context: ViewContext) -> QuestionPage:
    question = context.state.rooms[KITCHEN].asked
    assert question is not None
    return question_page(master, context, question)


PAGES: dict[str, tuple[list[Event], Make]] = {
    "nobody": ([], lambda master, context: WelcomePage(master, context, WelcomePlace(), help_ms=1)),
    "rooms": (ROOMS, lambda master, context: WelcomePage(master, context, WelcomePlace())),
    "start": ([], lambda master, context: StartRoomPage(master, context, StartRoom())),
    "invite": (OPEN, lambda master, context: InvitePage(master, context, Invite(KITCHEN))),
    "join": ([NotFound(LINK, LONG)], lambda master, context: JoinByPage(master, context, JoinBy(LINK))),
    "passphrase": (
        [PassphraseNeeded(KITCHEN, KITCHEN, LONG, wrong=True, wait=99)],
        asks,
    ),
    "key": (
        [*WAS_IN, KeyChanged(KITCHEN, KITCHEN, LONG, "7h2k-0xq9-5b3d-n8wz", "9xpa-32rd-mm2e-0v7t", verified=True)],
        asks,
    ),
    "missing": ([*WAS_IN, NotFound(KITCHEN, LONG)], asks),
    "checkup": ([CheckedUp(FOUND)], lambda master, context: CheckupPage(master, context, Checkup())),
    "stopping": (OPEN, lambda master, context: StoppingPage(master, context, StopHosting(KITCHEN))),
    "closing": (OPEN, lambda master, context: ClosingPage(master, context, Closing())),
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("scale", "width"), [(1.0, 420), (2.0, 1000)], ids=["narrow", "large"])
def test_nothing_is_cut_off_at_the_side(root: tk.Tk, tmp_path: Path, page: str, scale: float, width: int) -> None:
    events, make = PAGES[page]
    root.geometry(f"{width}x700")
    root.update()
    ana: PageUser[Any] = PageUser(root, Theme(root, DARK if scale > 1 else LIGHT, scale), tmp_path)
    ana.hears(*events)
    ana.at(make)
    right = ana.page.winfo_rootx() + ana.page.winfo_width()
    for widget in ana.seen():
        assert widget.winfo_rootx() + widget.winfo_width() <= right, widget
        if isinstance(widget, tk.Label):
            assert widget.winfo_height() >= widget.winfo_reqheight() - 1, widget


@pytest.mark.parametrize("page", PAGES)
def test_tab_goes_to_every_button_and_comes_round(user: PageUser[Any], page: str) -> None:
    events, make = PAGES[page]
    user.hears(*events)
    user.at(make)
    first = user.root.focus_get()
    assert first is not None, "something has the keyboard from the first"
    reached = {str(first)}
    while True:
        user.key("Tab")
        focused = user.root.focus_get()
        if focused is first:
            break
        assert str(focused) not in reached, "Tab goes in a circle that leaves something out"
        reached.add(str(focused))
    for widget in user.seen():
        if isinstance(widget, tk.Canvas) and str(widget["takefocus"]) == "1":
            assert str(widget) in reached, widget
