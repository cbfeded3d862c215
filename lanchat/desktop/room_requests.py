"""RoomRequests opens or joins the room that a start of lanchat names: `host TITLE` or `join ROOM`. Tk thread.

The request comes from the command line (`--window`) or from another start of lanchat (`events.Rung`).
"""

from __future__ import annotations

from msgspec.structs import replace

from lanchat.core.address import NotAnAddress, parse_where, surely_a_place
from lanchat.core.model import RoomId
from lanchat.core.text import same_title, shown_title
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.view_context import InRoom, JoinBy, StartRoom
from lanchat.desktop.window import Window
from lanchat.engine.commands import Browse, Join, OpenRoom
from lanchat.engine.events import LOOK_SECONDS, Event, LookedAround, RoomFound


class RoomRequests:
    def __init__(self, window: Window) -> None:
        self._window = window
        self._awaited: Join | None = None  # by the title of a room that is not known, and looked for on the network
        self._timer = ""

    def host(self, command: OpenRoom) -> None:
        """Open the room and show it. A room of mine that has the title is opened again."""
        self._stop_waiting()
        window = self._window
        rooms = window.state.rooms.values()
        mine = next((room for room in rooms if room.hosted and same_title(room.title, command.title)), None)
        window.go(InRoom(mine.room_id) if mine else StartRoom())
        if mine is None:
            window.do(command)
        elif not (mine.is_in or mine.entering):
            window.do(replace(command, room_id=mine.room_id))

    def join(self, command: Join) -> None:
        """Join the room and show it. A room named by its title is awaited until the network has been searched."""
        self._stop_waiting()
        known = self._known(command.where)
        if len(known) == 1:
            self._enter(command, known[0].room_id)
        elif not known and surely_a_place(command.where):
            self._window.do(command)
            self._window.go(JoinBy(command.where))
        else:
            self._awaited = command
            self._window.do(Browse(again=True))
            self._timer = self._window.root.after(round(LOOK_SECONDS * 1_000), self._decide)

    def heard(self, event: Event) -> None:
        match event:
            case LookedAround():
                self._decide()
            case RoomFound() if self._awaited is not None and len(self._known(self._awaited.where)) == 1:
                self._decide()
            case _:
                pass

    def _decide(self) -> None:
        """Join the awaited room among those that are known by now, or say why not."""
        command = self._awaited
        self._stop_waiting()
        if command is None:
            return
        rooms = self._candidates(command.where)
        if len(rooms) == 1:
            self._enter(command, rooms[0].room_id)
        elif rooms:
            words = ngettext("There is {n} room called {title}.", "There are {n} rooms called {title}.", len(rooms))
            words = words.format(n=len(rooms), title=shown_title(command.where))
            self._window.go(JoinBy(command.where, words + " " + _("Choose it in the list.")))
        elif _is_address(command.where):
            self._window.do(command)
            self._window.go(JoinBy(command.where))
        else:
            words = _("There is no room called {title} here.")
            self._window.go(JoinBy(command.where, words.format(title=shown_title(command.where))))

    def _enter(self, command: Join, room_id: RoomId) -> None:
        room = self._window.state.rooms[room_id]
        if not (room.is_in or room.entering):
            self._window.do(replace(command, where=room_id))
        self._window.go(InRoom(room_id))

    def _candidates(self, name: str) -> list[RoomModel]:
        """Rooms of this title or RoomId; if I was in just one of them, that one."""
        known = self._known(name)
        return known if len(known) == 1 else self._named(name)

    def _known(self, name: str) -> list[RoomModel]:
        """Those of them that I was in."""
        return [room for room in self._named(name) if room.known]

    def _named(self, name: str) -> list[RoomModel]:
        rooms = self._window.state.rooms.values()
        return [room for room in rooms if room.room_id == name.lower() or same_title(room.title, name)]

    def _stop_waiting(self) -> None:
        self._awaited = None
        if self._timer:
            self._window.root.after_cancel(self._timer)
            self._timer = ""


def _is_address(where: str) -> bool:
    try:
        parse_where(where)
    except NotAnAddress:
        return False
    return True
