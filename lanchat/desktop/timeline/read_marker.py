"""Reading: what of a room is new to the person, and telling the Engine what was read. Tk thread.

How far the person has read is State's to know; the Engine, which keeps it, is told the same a little later.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable

from lanchat.core.content import is_shown
from lanchat.core.model import LogEntry, RoomId
from lanchat.desktop.timeline.loaded_range import LogPages
from lanchat.desktop.view_context import ViewContext
from lanchat.engine.commands import MarkRead

_LOOK_MS = 500  # between two looks at what is read, while not all is
_LOOKED_THROUGH = 200  # entries after the read position, for the first that is not mine


class ReadMarker:
    def __init__(
        self, view: tk.Misc, desk: ViewContext, room_id: RoomId, pages: LogPages, sees_end: Callable[[], bool]
    ) -> None:
        self._view = view
        self._desk = desk
        self._room_id = room_id
        self._pages = pages
        self._sees_end = sees_end
        room = desk.state.rooms.get(room_id)
        self._told = room.read_seq if room else 0
        self._was_here = pages.last > 0  # else all that comes first would be new
        self._waits = ""  # Tk's name for the time until then
        unread = pages.after(self._told, _LOOKED_THROUGH).entries if self._told else []  # at first all would be new
        self.new_at = self._first_new(unread)  #: seq; 0: nothing is new

    @property
    def focused(self) -> bool:
        """The person is at this window."""
        return self._view.focus_displayof() is not None

    def came(self, entries: Iterable[LogEntry], backlog: bool) -> bool:
        """Whether the line over what is new belongs elsewhere now: all until here was read, then the person left.

        `backlog`: it was said while we were away, so that nobody can have seen it come.
        """
        away = self._was_here if backlog else not self.focused
        if not away or self.new_at > self._told:
            return False
        new_at = self._first_new(entries)
        if new_at:
            self.new_at = new_at
        return bool(new_at)

    def look(self) -> None:
        """The newest may be in view now: what comes there is read at once; tell the Engine in a while."""
        self._desk.state.read(self._room_id if self.focused and self._sees_end() else None)
        if not self._waits and self._pages.last > self._told:
            self._waits = self._view.after(_LOOK_MS, self._look_again)

    def stop(self) -> None:
        """The view goes."""
        self._desk.state.read(None)
        if self._waits:
            self._view.after_cancel(self._waits)
        self._tell()  # the next room may be picked at once

    def _look_again(self) -> None:
        self._waits = ""
        self._tell()
        self.look()

    def _tell(self) -> None:
        if self._read > self._told:
            self._was_here = True
            self._told = self._read
            self._desk.do(MarkRead(self._room_id, self._told))

    @property
    def _read(self) -> int:
        """As State has it."""
        room = self._desk.state.rooms.get(self._room_id)
        return room.read_seq if room else self._told

    def _first_new(self, entries: Iterable[LogEntry]) -> int:
        me = self._desk.state.me
        return next((item.seq for item in entries if item.entry.author != me and is_shown(item.entry)), 0)
