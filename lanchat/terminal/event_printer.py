"""`lanchat --print`: prints what happens in the window's rooms to stdout, as `lanchat join` does.

On a thread of its own, since the window must not wait for a slow reader. Events that come while the queue is full are
counted and left out.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TextIO

from lanchat.core.model import MemberKey, RoomId
from lanchat.core.text import shown_title
from lanchat.core.translate import _, ngettext
from lanchat.engine import events
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Reader
from lanchat.terminal import standard_streams
from lanchat.terminal.output import PeopleColumn, Screen
from lanchat.terminal.own_messages import OutgoingMessages
from lanchat.terminal.transcript import TextTranscript
from lanchat.terminal.unknown_authors import UnknownAuthorBuffer

_WAITING = 2_000  # events in the queue
_END_SECONDS = 1.0  # at the end, for what is left to be written


class EventPrinter:
    """Prints within `with`. Entering, leaving and `put` are for one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._events: queue.Queue[events.Event | None] = queue.Queue(_WAITING)
        self._left_out = 0
        self.failed = False  #: writing failed, for a reason other than that nobody reads
        self._shown: RoomId | None = None  # the room of the last line
        self._rooms: dict[RoomId, _PrintedRoom] = {}
        self._thread = threading.Thread(target=self._run, name="printing", daemon=True)  # a write cannot be ended

    def __enter__(self) -> None:
        self._thread.start()

    def put(self, event: events.Event) -> None:
        """Print an event later. Never waits."""
        try:
            self._events.put_nowait(event)
        except queue.Full:
            self._left_out += 1

    def __exit__(self, *_why: object) -> None:
        with suppress(queue.Full):
            self._events.put(None, timeout=_END_SECONDS)
        self._thread.join(_END_SECONDS)

    # --- on the thread
    def _run(self) -> None:
        # Not sys.stdout: a blocked write would hold its lock, and the interpreter crashes at its end waiting for that.
        stream = open(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
        try:
            self._print_all(stream)
        except standard_streams.OutputClosed:
            pass
        except (standard_streams.CommandError, StorageProblem) as problem:
            self.failed = True
            standard_streams.print_diagnostic(str(problem))
        standard_streams.redirect_to_null(stream)
        stream.close()

    def _print_all(self, stream: TextIO) -> None:
        while not isinstance(started := self._events.get(), events.Started):
            if started is None:
                return
        with closing(Reader.open(self._folder)) as reader:
            while True:
                until = min((room.unknown_authors.until or time.monotonic() + 60 for room in self._rooms.values()),
                            default=None)  # fmt: skip
                try:
                    event = self._events.get(timeout=None if until is None else max(0.0, until - time.monotonic()))
                except queue.Empty:
                    for room in self._rooms.values():
                        room.handle(None)
                    continue
                if event is None:
                    return
                self._report_left_out(stream)
                self._print(event, reader, stream, started.me)

    def _report_left_out(self, stream: TextIO) -> None:
        if (left_out := self._left_out) and self._events.qsize() < _WAITING // 2:
            self._left_out = 0
            words = ngettext("Nobody read here, and {n} event was left out.",
                             "Nobody read here, and {n} events were left out.", left_out)  # fmt: skip
            Screen(stream).print(words.format(n=left_out))

    def _print(self, event: events.Event, reader: Reader, stream: TextIO, me: MemberKey) -> None:
        match event:
            case events.Left(room_id):
                self._rooms.pop(room_id, None)
                return
            case events.MessagesAdded(older=True):  # fetched because somebody scrolled
                return
            case events.ProfileChanged() | events.Problem(room_id=None):
                TextTranscript(Screen(stream), PeopleColumn(me, {})).write_event(event)
                return
            case events.Hosting(room_id, title) | events.ConnectionChanged(room_id, title):
                room = self._rooms.get(room_id) or _PrintedRoom(self, room_id, reader, stream, me)
                self._rooms[room_id] = room
                room.title = shown_title(title)
            case (
                events.MessagesAdded() | events.EntryWritten() | events.EntryStateChanged() | events.NotWritten()
                | events.RosterChanged() | events.CardsCame() | events.WaysIn() | events.Problem()
                | events.MessagesChanged() | events.TopicChanged()
            ):  # fmt: skip
                if event.room_id is None or event.room_id not in self._rooms:
                    return
                room = self._rooms[event.room_id]
            case _:
                return
        room.handle(event)

    def switch_to(self, room_id: RoomId) -> bool:
        """Note the room of the next line; whether the last one was of another."""
        switched, self._shown = self._shown != room_id, room_id
        return switched


class _PrintedRoom(Screen):
    """Prints the room's title whenever the last line was of another room."""

    def __init__(self, printer: EventPrinter, room_id: RoomId, reader: Reader, stream: TextIO, me: MemberKey) -> None:
        super().__init__(stream)
        self.title = ""
        self._printer = printer
        self._room_id = room_id
        people, outgoing = PeopleColumn(me, {}, reader.all_cards()), OutgoingMessages(reader.outbox(room_id))
        self._transcript = TextTranscript(self, people, outgoing, brief=standard_streams.is_terminal(stream))
        self.unknown_authors = UnknownAuthorBuffer(people, reader.card)

    def handle(self, event: events.Event | None) -> None:
        for ready in self.unknown_authors.release(event, time.monotonic()):
            self._transcript.outgoing.handle(ready)
            if isinstance(ready, events.Hosting):
                self._transcript.notice(_("{title} is open.").format(title=self.title))
            self._transcript.write_event(ready)

    def print(self, text: str) -> None:
        if self._printer.switch_to(self._room_id):
            text = f"== {self.title} ==\n{text}"
        super().print(text)

    def warn(self, text: str) -> None:
        standard_streams.print_diagnostic(f"{self.title}: {text}")
