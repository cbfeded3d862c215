"""A room on a disk, the people in it, and a window that shows it."""

from __future__ import annotations

import random
import time
import tkinter as tk
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from lanchat.core.content import TEXT
from lanchat.core.log import Outcome
from lanchat.core.model import Card, DeviceId, Entry, EntryId, LogEntry, MemberKey, RoomId
from lanchat.desktop.model.state import State
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.timeline import Timeline
from lanchat.engine.events import ConnectionChanged, ConnectionState, EntryWritten, Event, MessagesAdded, Started
from lanchat.storage.reader import Reader
from lanchat.storage.room import RoomRecord
from lanchat.storage.store import Store
from tests.desktop.recording_context import RecordingContext

T = TypeVar("T")

KITCHEN = RoomId("kitchenkitchenki")
MORNING = 1_700_000_000_000
MINUTE = 60_000


class Person:
    def __init__(self, nick: str) -> None:
        self.nick = nick
        self.key = MemberKey(nick.encode().ljust(32, b"."))
        self.counter = 0

    @property
    def card(self) -> Card:
        return Card(self.key, self.nick, 1, bytes(64))

    def writes(self, text: str, at: int, kind: str = TEXT) -> Entry:
        self.counter += 1
        chance = random.Random(self.key + self.counter.to_bytes(4, "big"))
        entry_id = EntryId(chance.randbytes(16))
        return Entry(entry_id, self.key, DeviceId(b"device.."), self.counter, kind, text, at, bytes(64))


ANA, BEN, LI = Person("Ana"), Person("Ben"), Person("Li")


class _Context(RecordingContext):
    """It draws as the window does: once within 30 ms."""

    def __init__(self, root: tk.Tk, theme: Theme, state: State, folder: Path, reader: Reader) -> None:
        super().__init__(root, theme, state, folder, reader)
        self.to_draw: set[object] = set()

    def soon(self, view: tk.Misc, draw: Callable[[], None]) -> None:
        def drawn() -> None:
            self.to_draw.discard(asked)
            if view.winfo_exists():
                draw()

        asked = (str(view), draw.__qualname__)
        if asked not in self.to_draw:
            self.to_draw.add(asked)
            self.root.after(15, drawn)


class Talk:
    """What the Engine, the window and the people do. I am Ana."""

    def __init__(self, root: tk.Tk, theme: Theme, folder: Path) -> None:
        self.root = root
        self.folder = folder
        self.store = Store.open(folder)
        self.store.put_room(RoomRecord(KITCHEN, "Kitchen"))
        self.log = self.store.log(KITCHEN)
        self.reader = Reader.open(folder)
        self.state = State(wall_clock=lambda: self.now / 1000)
        self.now = MORNING
        self.transcript: Timeline | None = None
        self.state.apply(Started(ANA.key, "Ana", False))
        for person in (ANA, BEN, LI):
            self.state.nicks.call(person.key, person.nick)
        self.desk = _Context(root, theme, self.state, folder, self.reader)
        self.done, self.said, self.profiles = self.desk.commands, self.desk.said, self.desk.profiles

    # --- what happens ------------------------------------------------------------------------------------------------
    def past(self, *entries: Entry) -> list[LogEntry]:
        """It is in the Log, and nobody was told."""
        return [taken(outcome) for outcome in self.log.append(entries, self.now)]

    def hear_of(self, person: Person, text: str) -> None:
        """As `says`, for a text that could not be on a disk: told, and read, without one."""
        body = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        self.says(person, body)

    def forgets_before(self, seq: int) -> None:
        """Our replica begins there, as a newcomer's does."""
        kept = self.log.after(seq - 1, 100_000)
        self.store.start_replica(KITCHEN, 1, seq - 1, self.log.before(seq + 1, 1)[1])
        self.store.apply(KITCHEN, kept)

    def says(self, person: Person, *texts: str, kind: str = TEXT) -> Entry:
        """Somebody says something, now, and we hear of it."""
        entries = []
        for text in texts:
            self.now += 1_000
            entries.append(person.writes(text, self.now, kind))
        self.hear(MessagesAdded(KITCHEN, tuple(self.past(*entries))))
        return entries[-1]

    def said_before(self, count: int, people: tuple[Person, ...] = (BEN, LI, ANA)) -> None:
        """So many messages, each with its number, a minute apart."""
        entries = []
        for number in range(count):
            self.now += MINUTE
            entries.append(people[number % len(people)].writes(f"message {number + 1}", self.now))
        self.past(*entries)

    def i_say(self, text: str) -> EntryWritten:
        """It is in my Outbox."""
        self.now += 1_000
        entry = ANA.writes(text, self.now)
        self.store.outbox_add(KITCHEN, entry)
        event = EntryWritten(KITCHEN, EntryId(entry.entry_id), text, self.now)
        self.waiting = entry
        self.hear(event)
        return event

    def hear(self, event: Event) -> None:
        self.state.apply(event)
        if self.transcript is not None:
            self.transcript.heard(event)

    def connect(self) -> None:
        self.hear(ConnectionChanged(KITCHEN, "Kitchen", ConnectionState.CONNECTED))

    # --- the window --------------------------------------------------------------------------------------------------
    def open(self) -> Timeline:
        """Show the room, and draw all of it."""
        if self.transcript is not None:
            self.transcript.destroy()
        if not self.state.rooms:
            self.state.begin(self.reader)
        self.transcript = Timeline(self.root, self.desk, KITCHEN)
        self.transcript.pack(fill="both", expand=True)
        self.settle()
        return self.transcript

    def settle(self) -> None:
        """Until all is drawn."""
        for _ in range(100):
            self.root.update()
            if not self.desk.to_draw:
                break
            time.sleep(0.005)
        self.root.update()

    @property
    def text(self) -> tk.Text:
        assert self.transcript is not None
        return self.transcript._sheet.text

    def shown(self) -> str:
        """All letters in the window."""
        return self.text.get("1.0", "end - 1 chars")

    def in_view(self) -> str:
        """The letters in view."""
        text = self.text
        return text.get("@0,0", f"@{text.winfo_width()},{text.winfo_height()} lineend")

    def close(self) -> None:
        if self.transcript is not None and self.transcript.winfo_exists():
            self.transcript.destroy()  # as the window does: nothing that is drawn reads any more
        self.reader.close()
        self.store.close()


def taken(outcome: Outcome) -> LogEntry:
    assert isinstance(outcome, LogEntry)
    return outcome


@contextmanager
def talking(root: tk.Tk, theme: Theme, folder: Path) -> Iterator[Talk]:
    talk = Talk(root, theme, folder)
    try:
        yield talk
    finally:
        talk.close()
