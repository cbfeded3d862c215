"""The left pane, as people see it and use it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from lanchat.core.model import RoomId
from lanchat.desktop.sidebar.sidebar import Sidebar
from lanchat.desktop.view_context import InRoom, JoinBy, SettingsAt, StartRoom, WelcomePlace
from lanchat.desktop.widgets.buttons import Button, IconButton, Pressable
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.menus import Popover, close_popovers
from lanchat.engine.commands import ChangeProfile
from lanchat.engine.events import ConnectionState, LookedAround, ProfileChanged, RoomFound, RoomGone, TypingChanged
from tests.desktop.model.telling import (
    BEN,
    GARDEN,
    KITCHEN,
    ME,
    came,
    connected,
    hosting,
    listing,
    roster,
    said,
    stands,
)
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
    return lines_on(side.rooms.canvas)


def inside(widget: tk.Misc) -> Iterator[tk.Misc]:
    for child in widget.winfo_children():
        yield child
        yield from inside(child)


def press(side: Sidebar, words: str) -> None:
    next(one for one in inside(side) if isinstance(one, Button) and one.words == words).press()


def test_it_says_that_it_looks_and_then_where(stage: Stage, side: Sidebar) -> None:
    none = ["My rooms", "None yet. Rooms you join stay here.", "Found on this network"]
    assert rooms(side) == [*none, "Looking for rooms…"]
    stage.hear(LookedAround(("192.168.1.42",)))
    assert rooms(side) == [*none, "No room here yet. Still looking on 192.168.1.42."]


def test_rooms_come_and_go_by_themselves(stage: Stage, side: Sidebar) -> None:
    stage.hear(RoomFound(listing()), RoomFound(listing(GARDEN, people=None)))
    assert rooms(side)[2:] == ["Found on this network", "Garden", "Ben Join", "Kitchen", "Ben, 3 here Join"]
    stage.hear(RoomGone(listing()))
    assert rooms(side)[2:] == ["Found on this network", "Garden", "Ben Join"]


def test_a_room_of_mine_shows_its_newest_message_and_when_it_came(stage: Stage, side: Sidebar) -> None:
    stage.hear(RoomFound(listing()), connected())
    assert rooms(side) == ["My rooms", "Kitchen", "Ben, 3 here"]
    stage.hear(came(said(1, ME, "**Tea**\nis ready")))
    assert rooms(side) == ["My rooms", "Kitchen 1 January 1970", "You: Tea is ready"]
    stage.hear(TypingChanged(KITCHEN, (BEN,), False))
    assert rooms(side)[2] == "Ben is writing…"
    stage.hear(TypingChanged(KITCHEN, (), False), stands(ConnectionState.RECONNECTING))
    assert rooms(side)[2] == "reconnecting…"


def test_what_is_unread_is_counted(stage: Stage, side: Sidebar) -> None:
    stage.hear(connected(), came(said(1), said(2)))
    assert rooms(side)[2] == "Ben: hi 2"
    stage.hear(came(*(said(seq) for seq in range(3, 1_200))))
    assert rooms(side)[2] == "Ben: hi 999+"
    stage.hear(came(said(1_200, text="@ana")))
    assert rooms(side)[2] == "Ben: @ana @ 1"


def test_a_room_that_appears_later_is_new(stage: Stage, side: Sidebar) -> None:
    stage.hear(LookedAround(("192.168.1.42",)), RoomFound(listing()))
    assert "new" in " ".join(rooms(side))


def test_another_host_than_the_one_i_know_is_told(stage: Stage, side: Sidebar) -> None:
    stage.hear(connected(), stands(ConnectionState.STOPPED), RoomFound(listing(host=ME)))
    assert rooms(side) == ["My rooms", "Kitchen", "not the host you know"]


def test_a_click_goes_into_a_room(stage: Stage, side: Sidebar) -> None:
    stage.hear(RoomFound(listing()), RoomFound(listing(GARDEN)))
    click(side.rooms.canvas, "Kitchen")
    assert stage.places == [InRoom(KITCHEN)]


def test_so_do_arrows_and_enter(stage: Stage, side: Sidebar) -> None:
    stage.hear(RoomFound(listing()), RoomFound(listing(GARDEN)))
    side.focus_first()
    stage.keys(side.rooms.canvas, "Down", "Return")
    assert stage.places == [InRoom(KITCHEN)]


def test_the_menu_of_a_room_leaves_it(stage: Stage, side: Sidebar) -> None:
    stage.hear(connected())
    click(side.rooms.canvas, "Kitchen", button=3)
    assert any(isinstance(one, Popover) for one in stage.root.winfo_children())
    stage.keys(stage.root.focus_get() or side, "l", "Return")
    assert [type(command).__name__ for command in stage.commands] == ["Leave"]


def test_the_room_in_the_middle_is_marked_and_no_other(stage: Stage, side: Sidebar) -> None:
    stage.hear(connected(), connected(GARDEN))
    ground = stage.context.theme.palette.selected
    canvas = side.rooms.canvas

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
    stage.keys(side.rooms.canvas, "End")
    side.rooms.turned(2)
    stage.root.update()
    assert rooms(side)[-1] == "and 30 more: search finds them"


def test_the_ways_into_other_rooms(stage: Stage, side: Sidebar) -> None:
    press(side, "Start a room")
    press(side, "Join…")
    next(one for one in inside(side) if isinstance(one, IconButton)).press()
    assert stage.places == [StartRoom(), JoinBy(), SettingsAt()]


def test_i_change_my_name_where_it_stands(stage: Stage, side: Sidebar) -> None:
    side.me.nick.press()
    field = side.me.field
    assert field is not None
    field.set("  Ana Maria ")
    stage.keys(field.field, "Return")
    assert stage.commands == [ChangeProfile("Ana Maria")]
    stage.hear(ProfileChanged("Ana Maria"))
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
    side.rooms.canvas.focus_force()
    stage.root.update()
    assert stage.commands == [ChangeProfile("Bea")]


def test_what_i_am_about(stage: Stage, side: Sidebar) -> None:
    def status() -> str:
        return next(one.words for one in inside(side.me) if isinstance(one, Label))

    assert status() == "In no room"
    stage.hear(connected(), roster(ME, here=1, first=True))
    assert status() == "In 1 room"
    kept = stands(ConnectionState.HOSTING, GARDEN)
    stage.hear(replace(kept, owner=BEN))
    assert status() == "You keep 1 room open", "it is somebody else's"
    stage.hear(replace(kept, owner=ME), hosting(GARDEN))
    assert status() == "You host 1 room"


# --- sorting by hand -------------------------------------------------------------------------------------------------
def titles_on(side: Sidebar) -> list[str]:
    return [row.name for row in side.rooms.rows if row.name]


def middle_of(side: Sidebar, title: str) -> int:
    row = next(row for row in side.rooms.rows if row.name == title)
    top, bottom = side.rooms.span_of(row)
    return (top + bottom) // 2


def drag(side: Sidebar, start: int, *ys: int, drop: bool = True) -> None:
    canvas = side.rooms.canvas
    canvas.event_generate("<Motion>", x=60, y=start)
    canvas.event_generate("<ButtonPress-1>", x=60, y=start)
    for y in ys:
        canvas.event_generate("<B1-Motion>", x=60, y=y)
        canvas.update()
    if drop:
        canvas.event_generate("<ButtonRelease-1>", x=60, y=ys[-1])
    canvas.update()


@pytest.fixture
def three(stage: Stage, side: Sidebar) -> Sidebar:
    for room_id, title in ((KITCHEN, "Kitchen"), (GARDEN, "Garden"), (RoomId("atticatticattica"), "Attic")):
        stage.hear(replace(connected(), room_id=room_id, title=title))
    stage.hear(RoomFound(listing(RoomId("cellarcellarcell"), title="Cellar")))
    assert titles_on(side) == ["Attic", "Garden", "Kitchen", "Cellar"]
    return side


def test_a_room_of_mine_is_dragged_to_its_place(stage: Stage, three: Sidebar) -> None:
    drag(three, middle_of(three, "Kitchen"), middle_of(three, "Attic"), middle_of(three, "Attic") - 12)
    assert titles_on(three) == ["Kitchen", "Attic", "Garden", "Cellar"]
    drag(three, middle_of(three, "Kitchen"), middle_of(three, "Cellar") + 20)
    assert titles_on(three) == ["Attic", "Garden", "Kitchen", "Cellar"], "at the end of mine"
    assert stage.context.kept.now.room_order[-1] == KITCHEN


def test_a_line_shows_where_it_would_go_and_a_shaking_hand_moves_nothing(three: Sidebar) -> None:
    canvas = three.rooms.canvas
    y = middle_of(three, "Kitchen")
    drag(three, y, y - 3, y + 2)
    assert not canvas.find_withtag("drop_line")
    drag(three, y, middle_of(three, "Attic") - 12, drop=False)
    assert canvas.find_withtag("drop_line")
    canvas.event_generate("<ButtonRelease-1>", x=60, y=y)
    drag(three, middle_of(three, "Cellar"), middle_of(three, "Attic"))
    assert not canvas.find_withtag("drop_line"), "a found room has no place of its own"


def test_the_menu_pins_and_moves_a_room(stage: Stage, three: Sidebar) -> None:
    def choose(title: str, words: str) -> None:
        click(three.rooms.canvas, title, button=3)
        (popover,) = (one for one in stage.root.winfo_children() if isinstance(one, Popover))
        stage.root.update()
        next(one for one in inside(popover) if isinstance(one, Pressable) and lines_on(one) == [words]).press()
        stage.root.update()

    choose("Kitchen", "Pin on top")
    assert titles_on(three)[:3] == ["Kitchen", "Attic", "Garden"]
    choose("Garden", "Move up")
    assert titles_on(three)[:3] == ["Kitchen", "Garden", "Attic"]
    choose("Garden", "Move down")
    assert titles_on(three)[:3] == ["Kitchen", "Attic", "Garden"]
    choose("Kitchen", "Unpin")
    choose("Kitchen", "Move down")
    assert titles_on(three)[:3] == ["Attic", "Kitchen", "Garden"]
