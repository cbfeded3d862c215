"""What can be done with a room, as the items of a menu: the header's and the list's are the same. Tk thread."""

from __future__ import annotations

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.desk import Desk, ExportFrom, InRoom, Invite, SettingsAt, StopHosting
from lanchat.desktop.widgets.menu import SEPARATOR, Entry, Item
from lanchat.engine.commands import Join, Leave, OpenRoom
from lanchat.engine.events import ConnectionState


def room_menu(desk: Desk, room_id: RoomId) -> list[Entry]:
    room = desk.state.rooms.get(room_id)
    if room is None:
        return []
    items: list[Entry] = []
    match room.connection:
        case ConnectionState.HOSTING:
            items.append(Item(_("Invite people…"), lambda: desk.go(Invite(room_id)), "people"))
        case None | ConnectionState.STOPPED if room.hosted:
            items.append(
                Item(_("Open this room again"), lambda: desk.do(OpenRoom(room.title, room_id=room_id)), "room")
            )
        case None | ConnectionState.STOPPED:
            items.append(Item(_("Join"), lambda: desk.go(InRoom(room_id)), "door"))
            items.append(Item(_("Try again"), lambda: desk.do(Join(room_id)), "retry"))
        case _:
            pass
    if room.known:
        items.append(Item(_("Save what was said…"), lambda: desk.go(ExportFrom(room_id)), "export"))
        items.append(Item(_("Notifications and more…"), lambda: desk.go(SettingsAt(room_id)), "bell"))
    match room.connection:
        case ConnectionState.HOSTING:
            items += [SEPARATOR, Item(_("Stop hosting…"), lambda: desk.go(StopHosting(room_id)), "close", danger=True)]
        case ConnectionState.CONNECTED | ConnectionState.CONNECTING | ConnectionState.RECONNECTING:
            items += [SEPARATOR, Item(_("Leave this room"), lambda: desk.do(Leave(room_id)), "door", danger=True)]
        case _:
            pass
    return items
