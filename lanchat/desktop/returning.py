"""Returning: which rooms were open, so that the next start goes straight back into them. Tk thread."""

from __future__ import annotations

from collections.abc import Callable

from lanchat.core.model import RoomId
from lanchat.desktop.desk import InRoom, Place, Welcome
from lanchat.desktop.model.state import State
from lanchat.engine.commands import Command, Join, OpenRoom
from lanchat.engine.events import ConnectionChanged, ConnectionState, Event, Left
from lanchat.storage.preferences import Kept

_IN = (ConnectionState.CONNECTED, ConnectionState.HOSTING)


class Returning:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def heard(self, event: Event) -> None:
        """Keep in mind what is open."""
        match event:
            case ConnectionChanged(room_id, state=state) if state in _IN:
                self._remember(room_id)
            case Left(room_id):
                self._kept.change(open_rooms=tuple(one for one in self._kept.now.open_rooms if one != room_id))
            case _:
                pass

    def place(self, state: State) -> Place:
        """Where the person was."""
        selected = RoomId(self._kept.now.selected)
        return InRoom(selected) if selected in state.rooms else Welcome()

    def start(self, state: State, do: Callable[[Command], None]) -> None:
        """Into every room that was open; those of mine are opened again."""
        for room_id in map(RoomId, self._kept.now.open_rooms):
            room = state.rooms.get(room_id)
            if room is not None:
                do(OpenRoom(room.title, room_id=room_id) if room.hosted else Join(room_id))

    def _remember(self, room_id: RoomId) -> None:
        if room_id not in self._kept.now.open_rooms:
            self._kept.change(open_rooms=(*self._kept.now.open_rooms, room_id))
