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
from lanchat.engine.events import (
    CardsCame,
    ConnectionChanged,
    EntryStateChanged,
    EntryWritten,
    Event,
    Hosting,
    Left,
    MessagesAdded,
    NotWritten,
    Problem,
    Renamed,
    RosterChanged,
    Started,
    WaysIn,
)
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Reader
from lanchat.terminal.output import PeopleColumn, Screen
from lanchat.terminal.own_messages import OutgoingMessages
from lanchat.terminal.standard_streams import (
    CommandError,
    OutputClosed,
    is_terminal,
    print_diagnostic,
    redirect_to_null,
)
from lanchat.terminal.transcript import TextTranscript, UnknownAuthorBuffer

_WAITING = 2_000  # events in the queue
_END_SECONDS = 1.0  # at the end, for what is left to be written


class EventPrinter:
    """`start`, `put` and `close` are called on one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._events: queue.Queue[Event | None] = queue.Queue(_WAITING)
        self._left_out = 0
        self.failed = False  #: writing failed, for a reason other than that nobody reads
        self._shown: RoomId | None = None  # the room of the last line
        self._rooms: dict[RoomId, _PrintedRoom] = {}
        self._thread = threading.Thread(target=self._run, name="printing", daemon=True)  # a write cannot be ended

    def start(self) -> None:
        self._thread.start()

    def put(self, event: Event) -> None:
        """Print an event later. Never waits."""
        try:
            self._events.put_nowait(event)
        except queue.Full:
            self._left_out += 1

    def close(self) -> None:
        with suppress(queue.Full):
            self._events.put(None, timeout=_END_SECONDS)
        self._thread.join(_END_SECONDS)

    # --- on the thread
    def _run(self) -> None:
        # Not sys.stdout: a blocked write would hold its lock, and the interpreter crashes at its end waiting for that.
        stream = open(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
        try:
            self._print_all(stream)
        except OutputClosed:
            pass
        except (CommandError, StorageProblem) as problem:
            self.failed = True
            print_diagnostic(str(problem))
        redirect_to_null(stream)
        stream.close()

    def _print_all(self, stream: TextIO) -> None:
        while not isinstance(started := self._events.get(), Started):
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

    def _print(self, event: Event, reader: Reader, stream: TextIO, me: MemberKey) -> None:
        match event:
            case Left(room_id):
                self._rooms.pop(room_id, None)
                return
            case MessagesAdded(older=True):  # fetched because somebody scrolled
                return
            case Renamed() | Problem(room_id=None):
                transcript = TextTranscript(Screen(stream), PeopleColumn(me, {}), OutgoingMessages(), brief=False)
                transcript.write_event(event)
                return
            case Hosting(room_id, title) | ConnectionChanged(room_id, title):
                room = self._rooms.get(room_id) or _PrintedRoom(self, room_id, reader, stream, me)
                self._rooms[room_id] = room
                room.title = shown_title(title)
            case (
                MessagesAdded() | EntryWritten() | EntryStateChanged() | NotWritten() | RosterChanged() | CardsCame()
                | WaysIn() | Problem()
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


class _PrintedRoom:
    def __init__(self, printer: EventPrinter, room_id: RoomId, reader: Reader, stream: TextIO, me: MemberKey) -> None:
        self.room_id = room_id
        self.title = ""
        self._people = PeopleColumn(me, reader.nicks())
        self._outgoing = OutgoingMessages()
        self._outgoing.restore(reader.outbox(room_id))
        self._transcript = TextTranscript(
            _TitledScreen(stream, printer, self), self._people, self._outgoing, brief=is_terminal(stream)
        )  # fmt: skip
        self.unknown_authors = UnknownAuthorBuffer(self._people, reader.card)

    def handle(self, event: Event | None) -> None:
        for ready in self.unknown_authors.release(event, time.monotonic()):
            self._outgoing.handle(ready)
            match ready:
                case Hosting():
                    self._transcript.notice(_("{title} is open.").format(title=self.title))
                case RosterChanged():
                    moves = self._people.changed(ready.joined, ready.left, whole=ready.first)
                    self._transcript.write_moves(self.room_id, moves)
            self._transcript.write_event(ready)


class _TitledScreen(Screen):
    """Prints a room's title whenever the last line was of another room."""

    def __init__(self, stream: TextIO, printer: EventPrinter, room: _PrintedRoom) -> None:
        super().__init__(stream)
        self._printer = printer
        self._room = room

    def print(self, text: str) -> None:
        if self._printer.switch_to(self._room.room_id):
            text = f"== {self._room.title} ==\n{text}"
        super().print(text)

    def warn(self, text: str) -> None:
        print_diagnostic(f"{self._room.title}: {text}")
