"""ConnectionReport: what the person is told of the connection to a room that somebody else hosts: each state once, and
once more to whoever joins the room again. Engine's loop.
"""

from __future__ import annotations

from msgspec.structs import replace

from lanchat.core.model import Card, MemberKey
from lanchat.engine import events
from lanchat.engine.active_room import ActiveRoom
from lanchat.engine.events import ConnectionState
from lanchat.engine.known_rooms import KnownRooms
from lanchat.trust.identity import badge


class ConnectionReport:
    def __init__(self, room: ActiveRoom, known: KnownRooms, where: str, first_meeting: bool) -> None:
        """`where`: how the person named the room, for events that answer its Join. `first_meeting`: with its host."""
        self.where = where
        self._room = room
        self._known = known
        self._first_meeting = first_meeting
        self._said: events.ConnectionChanged | None = None
        self._asked_too: list[str] = []  # Joins to answer with the first thing said

    def say(self, state: ConnectionState, problem: str = "", host: Card | None = None, fetched: int = 0) -> None:
        """Tell where we stand, unless that was told last."""
        room, connected = self._room, state is ConnectionState.CONNECTED
        shown = badge(MemberKey(host.key)) if host else ""
        record = self._known.get(room.room_id)
        now = events.ConnectionChanged(
            room.room_id, room.title, state, host, shown, self._first_meeting and connected, problem, self.where,
            fetched, record.owner if record else None,
        )  # fmt: skip
        if now != self._said:
            self._said = now
            room.tell(now)
        while self._asked_too:
            self._say_again(now, self._asked_too.pop(0))
        self._first_meeting = self._first_meeting and not connected

    def answer(self, where: str) -> None:
        """Another Join, which named the room so: tell where we stand once more, or as soon as that is known."""
        if self._said is None:
            self._asked_too.append(where)
        else:
            self._say_again(self._said, where)

    def _say_again(self, said: events.ConnectionChanged, where: str) -> None:
        self.where = where
        self._said = replace(said, where=where, first_meeting=False, fetched=0)
        self._room.tell(self._said)
