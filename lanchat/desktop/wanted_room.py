"""TODO."""

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


class WantedRoom:
    def __init__(self, window: Window) -> None:
        self._window = window
        self._looked_for: Join | None = None  # by a title that no room has that we were in
        self._timer = ""

    def host(self, command: OpenRoom) -> None:
        """Show that room, open. One of mine that has the title is the one that is meant."""
        self._stop_looking()
        window = self._window
        rooms = window.state.rooms.values()
        mine = next((room for room in rooms if room.hosted and same_title(room.title, command.title)), None)
        window.go(InRoom(mine.room_id) if mine else StartRoom())
        if mine is None:
            window.do(command)
        elif not (mine.is_in or mine.entering):
            window.do(replace(command, room_id=mine.room_id))

    def join(self, command: Join) -> None:
        """Show that room, and go into it; as soon as it is found, when it is named by its title."""
        self._stop_looking()
        known = self._called(command.where, known=True)
        if len(known) == 1:
            self._enter(command, known[0].room_id)
        elif not known and surely_a_place(command.where):
            self._window.do(command)
            self._window.go(JoinBy(command.where))
        else:
            self._looked_for = command
            self._window.do(Browse(again=True))
            self._timer = self._window.root.after(round(LOOK_SECONDS * 1_000), self._found)

    def heard(self, event: Event) -> None:
        command = self._looked_for
        if command is None:
            return
        if isinstance(event, LookedAround) or (
            isinstance(event, RoomFound) and len(self._called(command.where, known=True)) == 1
        ):
            self._found()

    def _found(self) -> None:
        """Enough was looked around."""
        command = self._looked_for
        self._stop_looking()
        if command is None:
            return
        rooms = self._called(command.where)
        if len(rooms) == 1:
            self._enter(command, rooms[0].room_id)
        elif rooms:
            words = ngettext("There is {n} room called {title}.", "There are {n} rooms called {title}.", len(rooms))
            words = words.format(n=len(rooms), title=shown_title(command.where))
            self._window.go(JoinBy(command.where, words + " " + _("Choose it in the list.")))
        elif _is_place(command.where):
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

    def _called(self, wanted: str, *, known: bool = False) -> list[RoomModel]:
        rooms = [
            room
            for room in self._window.state.rooms.values()
            if room.room_id == wanted.lower() or same_title(room.title, wanted)
        ]
        mine = [room for room in rooms if room.known]
        return mine if known or len(mine) == 1 else rooms

    def _stop_looking(self) -> None:
        self._looked_for = None
        if self._timer:
            self._window.root.after_cancel(self._timer)
            self._timer = ""


def _is_place(wanted: str) -> bool:
    try:
        parse_where(wanted)
    except NotAnAddress:
        return False
    return True
