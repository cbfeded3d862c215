"""The notice under a room's header: who keeps the room open, and what can be done about it. I am Ana."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from lanchat.core.keeping import Pass
from lanchat.core.model import MemberKey
from lanchat.desktop.conversation_view import NoticeStrip
from lanchat.desktop.room_actions import room_menu
from lanchat.desktop.theme.palette import LIGHT
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import NotBroughtBack, Place, StopHosting
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.menus import MenuItem
from lanchat.engine.commands import BringBack, KeepOpen, TakeBackRoom
from lanchat.engine.events import (
    BroughtBack,
    ConnectionChanged,
    ConnectionState,
    Event,
    Left,
    Problem,
    RebaseAsked,
    RoomFound,
)
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from tests.desktop.composer.author import below
from tests.desktop.model.telling import BEN, KITCHEN, LI, ME, card, connected, hosting, listing, roster, stands
from tests.desktop.stage import Stage, open_stage


class Reader:
    """Ana, who reads the strip and presses its buttons."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        self.folder = folder
        self.strip = NoticeStrip(stage.root, stage.context, KITCHEN, of_thread=False)
        self.strip.pack(fill="x")
        stage.view = self.strip
        stage.root.update()

    def hears(self, *events: Event) -> None:
        self.stage.hear(*events)
        self.stage.root.update()

    @property
    def words(self) -> str:
        return " ".join(one.words for one in below(self.strip) if isinstance(one, Paragraph))

    @property
    def buttons(self) -> list[str]:
        return [one.words for one in below(self.strip) if isinstance(one, Button)]

    def presses(self, words: str) -> None:
        button = next(one for one in below(self.strip) if isinstance(one, Button) and one.words == words)
        for what in ("<Enter>", "<ButtonPress-1>", "<ButtonRelease-1>"):
            button.event_generate(what, x=2, y=2)
        self.stage.root.update()

    @property
    def went(self) -> list[Place]:
        return self.stage.places


@pytest.fixture
def ana(root: tk.Tk, tmp_path: Path) -> Iterator[Reader]:
    with open_stage(root, Theme(root, LIGHT, 1.0), tmp_path) as stage:
        yield Reader(stage, tmp_path)


def kept_by(keeper: MemberKey, owner: MemberKey) -> ConnectionChanged:
    return replace(connected(host=keeper), owner=owner)


def test_my_room_at_bens_is_taken_back(ana: Reader) -> None:
    ana.hears(kept_by(BEN, owner=ME))
    assert (ana.words, ana.buttons) == ("Ben keeps this room open.", ["Take it back"])
    ana.presses("Take it back")
    assert ana.stage.commands == [TakeBackRoom(KITCHEN)]
    assert (ana.words, ana.buttons) == ("Taking it back…", [])
    ana.hears(replace(stands(ConnectionState.HOSTING), host=card(ME)), hosting())
    assert "keeps this room open" not in ana.words


def test_what_could_not_be_taken_back_can_be_tried_again(ana: Reader) -> None:
    ana.hears(kept_by(BEN, owner=ME))
    ana.presses("Take it back")
    ana.hears(Problem("Ben's computer did not answer.", KITCHEN))
    assert ana.buttons == ["Take it back"]


def test_a_room_of_others_is_not_mine_to_take(ana: Reader) -> None:
    ana.hears(kept_by(BEN, owner=LI))
    assert ana.buttons == []
    menu = [one.words for one in room_menu(ana.stage.context, KITCHEN) if isinstance(one, MenuItem)]
    assert "Take it back" not in menu
    assert "Leave this room" in menu


def test_what_i_keep_for_li_can_be_handed_on(ana: Reader) -> None:
    ana.hears(kept_by(LI, owner=LI), replace(stands(ConnectionState.HOSTING), host=card(ME), owner=LI), hosting())
    ana.hears(roster(ME, BEN, here=2, first=True))
    assert ana.words == "This computer keeps the room open for Li."
    ana.presses("Hand it on…")
    assert ana.went == [StopHosting(KITCHEN)]


def test_while_the_room_is_looked_for_it_says_that_nothing_is_lost(ana: Reader) -> None:
    ana.hears(kept_by(BEN, owner=BEN), stands(ConnectionState.RECONNECTING, problem="Ben's computer is away."))
    for words in ("Ben's computer is away.", "or somebody else keeps it open", "What you write is kept, and sent then"):
        assert words in ana.words


def test_what_could_not_be_brought_back_is_shown_on_a_page(ana: Reader) -> None:
    ana.hears(kept_by(BEN, owner=BEN), BroughtBack(KITCHEN, 3, 0))
    assert ana.words == "", "what is under way stands elsewhere, where nothing moves by it"
    ana.hears(BroughtBack(KITCHEN, 0, 2))
    assert ana.words == "2 messages could not be brought back."
    ana.presses("Show them")
    assert ana.went == [NotBroughtBack(KITCHEN)]


@pytest.mark.parametrize(("button", "yes"), [("Bring them back", True), ("Stay out", False)])
def test_before_much_is_brought_back_the_person_decides(ana: Reader, button: str, yes: bool) -> None:
    ana.hears(kept_by(BEN, owner=BEN), RebaseAsked(KITCHEN, BEN, 2_314))
    ana.hears(stands(ConnectionState.RECONNECTING, problem="It waits for your answer."))
    assert ana.words.startswith("The room as Ben keeps it lacks 2,314 messages that you have.")
    ana.presses(button)
    assert ana.stage.commands == [BringBack(KITCHEN, yes)]
    assert button not in ana.buttons, "it is answered"


def test_a_room_that_nobody_has_open_can_be_kept_open_here(ana: Reader) -> None:
    may = Pass(KITCHEN, bytes(32), 0, 0, True, bytes(32), bytes(64))
    store = Store.open(ana.folder)
    store.put_room(RoomRecord(KITCHEN, "Kitchen", BEN, passes=(may,)))
    store.close()
    ana.stage.context.state.begin(ana.stage.context.reader)
    ana.hears(kept_by(BEN, owner=BEN), Left(KITCHEN))
    assert "Nobody here has this room open now." in ana.words
    ana.presses("Keep it open")
    assert ana.stage.commands == [KeepOpen(KITCHEN)]
    ana.hears(RoomFound(listing(KITCHEN, BEN)))
    assert ana.buttons == ["Join"], "somebody has it open"
