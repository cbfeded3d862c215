"""RoomRequests opens or joins the room that a start of lanchat names: `host TITLE` or `join ROOM`. Tk thread.

The request comes from the command line (`--window`) or from another start of lanchat (`events.Rung`).
"""

from __future__ import annotations

from msgspec.structs import replace

from lanchat.core.address import surely_a_place, where_problem
from lanchat.core.model import RoomId
from lanchat.core.text import same_title, shown_title
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.view_context import InRoom, JoinBy, StartRoom
from lanchat.desktop.widgets.tk_events import DelayedCalls
from lanchat.desktop.window import Window
from lanchat.engine.commands import Browse, Join, OpenRoom
from lanchat.engine.events import LOOK_SECONDS, Event, LookedAround, RoomFound


class RoomRequests:
    def __init__(self, window: Window) -> None:
        self._window = window
        self._awaited: Join | None = None  # by the title of a room that is not known, and looked for on the network
        self._later = DelayedCalls(window.root)

    def host(self, command: OpenRoom) -> None:
        """Open the room and show it. A room of mine that has the title is opened again."""
        self._stop_waiting()
        window = self._window
        rooms = window.state.rooms.values()
        mine = next((room for room in rooms if room.hosted and same_title(room.title, command.title)), None)
        window.go(InRoom(mine.room_id) if mine else StartRoom(asked=True))
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
            self._later.do("decide", self._decide, round(LOOK_SECONDS * 1_000))

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
        rooms = self._known(command.where)
        if len(rooms) != 1:
            rooms = self._named(command.where)
        if len(rooms) == 1:
            self._enter(command, rooms[0].room_id)
        elif rooms:
            words = ngettext("There is {n} room called {title}.", "There are {n} rooms called {title}.", len(rooms))
            words = words.format(n=len(rooms), title=shown_title(command.where))
            self._window.go(JoinBy(command.where, words + " " + _("Choose it in the list.")))
        elif not where_problem(command.where):
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

    def _known(self, name: str) -> list[RoomModel]:
        """As `_named`, but only those that I was in."""
        return [room for room in self._named(name) if room.known]

    def _named(self, name: str) -> list[RoomModel]:
        """The rooms of this title or RoomId."""
        rooms = self._window.state.rooms.values()
        return [room for room in rooms if room.room_id == name.lower() or same_title(room.title, name)]

    def _stop_waiting(self) -> None:
        self._awaited = None
        self._later.cancel("decide")
