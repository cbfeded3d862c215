"""The left pane, as people see it and use it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator

import pytest

from lanchat.core.model import RoomId
from lanchat.desktop.sidebar.sidebar import Sidebar
from lanchat.desktop.view_context import InRoom, JoinBy, SettingsAt, StartRoom, WelcomePlace
from lanchat.desktop.widgets.buttons import Button, IconButton
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.menus import Popover, close_popovers
from lanchat.engine.commands import ChangeNick
from lanchat.engine.events import ConnectionState, LookedAround, Renamed, RoomFound, RoomGone
from tests.desktop.model.telling import GARDEN, KITCHEN, ME, came, connected, hosting, listing, roster, said, stands
from tests.desktop.stage import Stage, click, lines_on


@pytest.fixture
def side(stage: Stage) -> Iterator[Sidebar]:
    side = Sidebar(stage.root, stage.context)
    side.place(x=0, y=0, width=236, height=640)
    stage.view = side
    stage.root.update()
    yield side
    close_popovers(stage.root)


def rooms(side: Sidebar) -> list[str]:
    return lines_on(side.rooms.list.canvas)


def inside(widget: tk.Misc) -> Iterator[tk.Misc]:
    for child in widget.winfo_children():
        yield child
        yield from inside(child)


def press(side: Sidebar, words: str) -> None:
    next(one for one in inside(side) if isinstance(one, Button) and one.words == words).press()


def test_it_says_that_it_looks_and_then_where(stage: Stage, side: Sidebar) -> None:
    assert rooms(side) == ["On this network", "Looking for rooms…"]
    stage.hear(LookedAround(("192.168.1.42",)))
    assert rooms(side) == ["On this network", "No room here yet. Still looking on 192.168.1.42."]


def test_rooms_come_and_go_by_themselves(stage: Stage, side: Sidebar) -> None:
    stage.hear(RoomFound(listing()), RoomFound(listing(GARDEN, people=None)))
    assert rooms(side) == ["On this network", "Garden", "Ben", "Kitchen", "Ben, 3 here"]
    stage.hear(RoomGone(listing()))
    assert rooms(side) == ["On this network", "Garden", "Ben"]


def test_a_room_i_am_in_needs_no_second_line(stage: Stage, side: Sidebar) -> None:
    stage.hear(RoomFound(listing()), connected())
    assert rooms(side) == ["On this network", "Kitchen"]


def test_what_is_unread_is_counted(stage: Stage, side: Sidebar) -> None:
    stage.hear(connected(), came(said(1), said(2)))
    assert rooms(side) == ["On this network", "Kitchen 2"]
    stage.hear(came(*(said(seq) for seq in range(3, 1_200))))
    assert rooms(side) == ["On this network", "Kitchen 999+"]


def test_a_room_that_appears_later_is_new(stage: Stage, side: Sidebar) -> None:
    stage.hear(LookedAround(("192.168.1.42",)), RoomFound(listing()))
    assert "new" in " ".join(rooms(side))


def test_another_host_than_the_one_i_know_is_told(stage: Stage, side: Sidebar) -> None:
    stage.hear(connected(), stands(ConnectionState.STOPPED), RoomFound(listing(host=ME)))
    assert rooms(side) == ["On this network", "Kitchen", "not the host you know"]


def test_a_click_goes_into_a_room(stage: Stage, side: Sidebar) -> None:
    stage.hear(RoomFound(listing()), RoomFound(listing(GARDEN)))
    click(side.rooms.list.canvas, "Kitchen")
    assert stage.places == [InRoom(KITCHEN)]


def test_so_do_arrows_and_enter(stage: Stage, side: Sidebar) -> None:
    stage.hear(RoomFound(listing()), RoomFound(listing(GARDEN)))
    side.focus_first()
    stage.keys(side.rooms.list.canvas, "Down", "Return")
    assert stage.places == [InRoom(KITCHEN)]


def test_the_menu_of_a_room_leaves_it(stage: Stage, side: Sidebar) -> None:
    stage.hear(connected())
    click(side.rooms.list.canvas, "Kitchen", button=3)
    assert any(isinstance(one, Popover) for one in stage.root.winfo_children())
    stage.keys(stage.root.focus_get() or side, "l", "Return")
    assert [type(command).__name__ for command in stage.commands] == ["Leave"]


def test_the_room_in_the_middle_is_marked_and_no_other(stage: Stage, side: Sidebar) -> None:
    stage.hear(connected(), connected(GARDEN))
    ground = stage.context.theme.palette.selected
    canvas = side.rooms.list.canvas

    def marked() -> bool:
        stage.root.update()
        return any(canvas.type(item) == "rectangle" and canvas.itemcget(item, "fill") == ground
                   for item in canvas.find_all())  # fmt: skip

    assert not marked()
    side.show(InRoom(GARDEN))
    assert marked()
    side.show(WelcomePlace())
    assert not marked()


def test_very_many_rooms_say_that_there_are_more(stage: Stage, side: Sidebar) -> None:
    for number in range(230):
        room_id = RoomId(f"{number:016}")
        stage.context.state.apply(RoomFound(listing(room_id, title=f"Room {number:03}")))
    stage.hear(LookedAround(("192.168.1.42",)))
    stage.keys(side.rooms.list.canvas, "End")
    side.rooms.list.turned(2)
    stage.root.update()
    assert rooms(side)[-1] == "and 30 more: search finds them"


def test_the_ways_into_other_rooms(stage: Stage, side: Sidebar) -> None:
    press(side, "Start a room")
    press(side, "Join by code or address…")
    next(one for one in inside(side) if isinstance(one, IconButton)).press()
    assert stage.places == [StartRoom(), JoinBy(), SettingsAt()]


def test_i_change_my_name_where_it_stands(stage: Stage, side: Sidebar) -> None:
    side.me.nick.press()
    field = side.me.field
    assert field is not None
    field.set("  Ana Maria ")
    stage.keys(field.field, "Return")
    assert stage.commands == [ChangeNick("Ana Maria")]
    stage.hear(Renamed("Ana Maria"))
    assert lines_on(side.me.nick) == ["Ana Maria"]
    assert stage.root.focus_get() is side.me.nick


@pytest.mark.parametrize("name", ["Ben", "", "   ", "\u200b"], ids=["another", "none", "spaces", "unseen"])
def test_escape_and_an_empty_name_change_nothing(stage: Stage, side: Sidebar, name: str) -> None:
    side.me.nick.press()
    assert side.me.field is not None
    side.me.field.set(name)
    stage.keys(side.me.field.field, "Escape" if name == "Ben" else "Return")
    assert stage.commands == []
    assert side.me.field is None
    assert lines_on(side.me.nick) == ["Ana"]


def test_who_clicks_elsewhere_has_written_it(stage: Stage, side: Sidebar) -> None:
    side.me.nick.press()
    assert side.me.field is not None
    side.me.field.set("Bea")
    stage.root.update()
    side.rooms.list.canvas.focus_force()
    stage.root.update()
    assert stage.commands == [ChangeNick("Bea")]


def test_what_i_am_about(stage: Stage, side: Sidebar) -> None:
    def status() -> str:
        return next(one.words for one in inside(side.me) if isinstance(one, Label))

    assert status() == "In no room"
    stage.hear(connected(), roster(ME, here=1, first=True))
    assert status() == "In 1 room"
    stage.hear(stands(ConnectionState.HOSTING, GARDEN), hosting(GARDEN))
    assert status() == "You host 1 room"
