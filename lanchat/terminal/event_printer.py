"""Printing: what happens in the rooms of a window, on stdout as `lanchat join` writes it (`lanchat --print`).

On a thread of its own, for a window must not wait for whoever reads. What comes while nobody reads is left out.
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
    ConnectionChanged,
    EntriesAdded,
    EntryStateChanged,
    EntryWritten,
    Event,
    Hosting,
    Left,
    Problem,
    Renamed,
    RosterChanged,
    Started,
)
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Reader
from lanchat.terminal.exit_codes import CommandError, OutputClosed
from lanchat.terminal.output import PeopleColumn, Screen
from lanchat.terminal.own_messages import OwnMessages
from lanchat.terminal.standard_streams import is_terminal, print_diagnostic, redirect_to_null
from lanchat.terminal.transcript import TextTranscript, UnknownAuthorBuffer

_WAITING = 2_000  # events
_END_SECONDS = 1.0  # for what is left to be written, at the end


class EventPrinter:
    """`start`, `heard` and `close` are called on one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._events: queue.Queue[Event | None] = queue.Queue(_WAITING)
        self._left_out = 0
        self.failed = False  #: it could not be written
        self._shown: RoomId | None = None  # the room that was written about last
        self._rooms: dict[RoomId, _PrintedRoom] = {}
        self._thread = threading.Thread(target=self._run, name="printing", daemon=True)  # a write cannot be ended

    def start(self) -> None:
        self._thread.start()

    def heard(self, event: Event) -> None:
        """Never waits."""
        try:
            self._events.put_nowait(event)
        except queue.Full:
            self._left_out += 1

    def close(self) -> None:
        with suppress(queue.Full):
            self._events.put(None, timeout=_END_SECONDS)
        self._thread.join(_END_SECONDS)

    # --- on the thread -----------------------------------------------------------------------------------------------
    def _run(self) -> None:
        # Not sys.stdout: at its end the interpreter waits for a lock that a write in there holds, and dies of it.
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
                until = min((room.introductions.until or time.monotonic() + 60 for room in self._rooms.values()),
                            default=None)  # fmt: skip
                try:
                    event = self._events.get(timeout=None if until is None else max(0.0, until - time.monotonic()))
                except queue.Empty:
                    for room in self._rooms.values():
                        room.heard(None)
                    continue
                if event is None:
                    return
                self._say_left_out(stream)
                self._print(event, reader, stream, started.me)

    def _say_left_out(self, stream: TextIO) -> None:
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
            case EntriesAdded(older=True):  # somebody scrolled
                return
            case Renamed() | Problem(room_id=None):
                nobody = TextTranscript(Screen(stream), PeopleColumn(me, {}), OwnMessages(), brief=False)
                nobody.tell(event)
                return
            case Hosting(room_id, title) | ConnectionChanged(room_id, title):
                room = self._rooms.get(room_id) or _PrintedRoom(self, room_id, reader, stream, me)
                self._rooms[room_id] = room
                room.title = shown_title(title)
            case _:
                known = self._rooms.get(getattr(event, "room_id", None) or RoomId(""))
                if known is None:
                    return
                room = known
        room.heard(event)

    def turn_to(self, room_id: RoomId) -> bool:
        """Whether another room was written about last."""
        turned, self._shown = self._shown != room_id, room_id
        return turned


class _PrintedRoom:
    def __init__(self, printing: EventPrinter, room_id: RoomId, reader: Reader, stream: TextIO, me: MemberKey) -> None:
        self.room_id = room_id
        self.title = ""
        self._people = PeopleColumn(me, reader.nicks())
        self._mine = OwnMessages()
        self._mine.left_waiting(reader.outbox(room_id))
        self._transcript = TextTranscript(
            _TitledScreen(stream, printing, self), self._people, self._mine, brief=is_terminal(stream)
        )  # fmt: skip
        self.introductions = UnknownAuthorBuffer(self._people, reader.card)

    def heard(self, event: Event | None) -> None:
        for passed in self.introductions.pass_on(event, time.monotonic()):
            match passed:
                case Hosting():
                    self._transcript.notice(_("{title} is open.").format(title=self.title))
                case RosterChanged():
                    moves = self._people.changed(passed.joined, passed.left, whole=passed.first)
                    self._transcript.moved(self.room_id, moves)
                case EntryWritten():
                    self._mine.written(passed)
                case EntryStateChanged():
                    self._mine.changed(passed)
            self._transcript.tell(passed)


class _TitledScreen(Screen):
    """What is written of a room stands under its title, where another room was written about before."""

    def __init__(self, stream: TextIO, printing: EventPrinter, room: _PrintedRoom) -> None:
        super().__init__(stream)
        self._printing = printing
        self._room = room

    def print(self, text: str) -> None:
        if self._printing.turn_to(self._room.room_id):
            text = f"== {self._room.title} ==\n{text}"
        super().print(text)

    def warn(self, text: str) -> None:
        print_diagnostic(f"{self._room.title}: {text}")
