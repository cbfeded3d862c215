"""ReadMarker: what of a room is new to the person who looks at it, and telling the engine what was read. Tk thread.

How far the person has read is known by the room's `Unread`. The engine keeps the same on disk, and is told of it a
little later.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterable

from lanchat.core.message import Message
from lanchat.core.model import RoomId
from lanchat.desktop.timeline.log_pages import LogPages
from lanchat.desktop.timeline.viewport import Viewport
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.tk_events import DelayedCalls, focused_widget
from lanchat.engine.commands import MarkRead

_LOOK_MS = 500  # between two looks at what is read, while not all is: the person may come back to the window
_LOOKED_THROUGH = 200  # messages after the read position, for the first that is not mine


class ReadMarker:
    def __init__(
        self, timeline: tk.Misc, context: ViewContext, room_id: RoomId, pages: LogPages, viewport: Viewport
    ) -> None:  # fmt: skip
        self._timeline = timeline
        self._viewport = viewport
        self._context = context
        self._room_id = room_id
        self._pages = pages
        self._told = self._read_seq  # to the engine
        self._was_here = pages.last > 0  # else all that comes first would be new
        self._later = DelayedCalls(timeline)
        unread = pages.after(self._told, _LOOKED_THROUGH).messages if self._told else []  # at first all would be new
        self.new_at = self._first_new(unread)  #: seq of the message under the line "New messages"; 0: nothing is new

    @property
    def _read_seq(self) -> int:
        return self._context.state.room(self._room_id).unread.read_seq

    @property
    def focused(self) -> bool:
        """Whether the window has the keyboard."""
        return focused_widget(self._timeline) is not None

    def came(self, messages: Iterable[Message], backlog: bool) -> bool:
        """Whether the line over what is new belongs elsewhere now: all until here was read, then the person left.

        `backlog`: it was written while we were away, so that nobody can have seen it come.
        """
        away = self._was_here if backlog else not self.focused
        if not away or self.new_at > self._told:
            return False
        new_at = self._first_new(messages)
        if new_at:
            self.new_at = new_at
        return bool(new_at)

    def look(self) -> None:
        """The newest may be in view now: what comes there is read at once; the engine is told in a while."""
        self._context.state.read(self._room_id if self._viewport.following and self.focused else None)
        if self._pages.last > self._told:
            self._later.do("look again", self._look_again, _LOOK_MS)

    def marked_unread(self, seq: int) -> None:
        """The person marked this message and what follows as unread; `State` and the engine know. The line over what is
        new belongs there."""
        self._told = min(self._told, max(0, seq - 1))
        self.new_at = self._first_new(self._pages.after(seq - 1, _LOOKED_THROUGH).messages)

    def cut_back(self, base: int) -> None:
        """The log is another after `base`: the messages there have other numbers now."""
        self._told = min(self._told, self._read_seq)
        self.new_at = self.new_at if self.new_at <= base else 0

    def stop(self) -> None:
        """Tell the engine now, when the timeline is destroyed."""
        self._context.state.read(None)
        self._tell()  # the next room may be picked at once

    def _look_again(self) -> None:
        self._tell()
        self.look()

    def _tell(self) -> None:
        if self._read_seq > self._told:
            self._was_here = True
            self._told = self._read_seq
            self._context.do(MarkRead(self._room_id, self._told))
            thread = self._context.state.threads.get(self._room_id)
            if thread is not None and not thread.room.unread.count:  # else its author gets no second tick of the host
                self._context.do(MarkRead(thread.thread.room_id, self._told))

    def _first_new(self, messages: Iterable[Message]) -> int:
        me = self._context.state.me
        return next((message.seq for message in messages if message.author != me), 0)
