"""A room on a disk, the people in it, and a window that shows it."""

from __future__ import annotations

import random
import time
import tkinter as tk
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from lanchat.core.content import Annotation, Payload, Text, encode
from lanchat.core.log import Outcome
from lanchat.core.model import START, Card, DeviceId, Entry, EntryId, LogEntry, MemberKey, RoomId
from lanchat.desktop.model.state import State
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.timeline import Timeline
from lanchat.desktop.widgets.menus import Popover
from lanchat.desktop.widgets.surfaces import ScrollBar
from lanchat.engine.events import (
    ConnectionChanged,
    ConnectionState,
    EntryWritten,
    Event,
    MessagesAdded,
    MessagesChanged,
    Started,
)
from lanchat.storage.reader import Reader
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from tests.desktop.recording_context import RecordingContext
from tests.desktop.stage import click as click_on
from tests.desktop.stage import lines_on

T = TypeVar("T")
W = TypeVar("W", bound=tk.Misc)

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

    def writes(self, text: str, at: int, kind: str = Text.kind, target: EntryId | None = None) -> Entry:
        self.counter += 1
        chance = random.Random(self.key + self.counter.to_bytes(4, "big"))
        entry_id = EntryId(chance.randbytes(16))
        device = DeviceId(b"device..")
        return Entry(entry_id, self.key, device, self.counter, kind, target, text.encode(), at, bytes(64))


ANA, BEN, LI = Person("Ana"), Person("Ben"), Person("Li")


class _Context(RecordingContext):
    """It draws as the window does: once within 30 ms."""

    def __init__(self, root: tk.Tk, theme: Theme, state: State, folder: Path, reader: Reader) -> None:
        super().__init__(root, theme, state, folder, reader)
        self.to_draw: set[object] = set()

    def draw_soon(self, view: tk.Misc, draw: Callable[[], None]) -> None:
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
        self.log.start(1, 0, START)
        self.reader = Reader.open(folder)
        self.state = State(wall_clock=lambda: self.now / 1000)
        self.now = MORNING
        self.timeline: Timeline | None = None
        self.state.apply(Started(ANA.key, "Ana", False))
        for person in (ANA, BEN, LI):
            self.state.nicks.call(person.key, person.nick)
        self.context = _Context(root, theme, self.state, folder, self.reader)
        self.done, self.said, self.profiles = self.context.commands, self.context.said, self.context.profiles

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
        self.store.log(KITCHEN).start(1, seq - 1, self.log.before(seq + 1, 1)[1])
        self.store.log(KITCHEN).apply(kept)

    def says(self, person: Person, *texts: str, kind: str = Text.kind) -> Entry:
        """Somebody says something, now, and we hear of it."""
        entries = []
        for text in texts:
            self.now += 1_000
            entries.append(person.writes(text, self.now, kind))
        self.hear(MessagesAdded.of(KITCHEN, self.past(*entries)))
        return entries[-1]

    def answers(self, person: Person, target: Entry | EntryId, text: str) -> Entry:
        """Somebody answers a message, now."""
        return self._written(person, Payload(Text.kind, _id(target), text.encode()))

    def changes(self, person: Person, target: Entry | EntryId, change: Annotation) -> None:
        """Somebody changes a message, now, and we hear of it."""
        self._written(person, encode(change, _id(target)))

    def _written(self, person: Person, payload: Payload) -> Entry:
        self.now += 1_000
        entry = person.writes(payload.body.decode(), self.now, payload.kind, payload.target)
        run = self.past(entry)
        seen = self.log.seen(run)
        if seen.changed:
            self.hear(MessagesChanged(KITCHEN, seen.changed))
        self.hear(MessagesAdded.of(KITCHEN, run, seen.added))
        self.settle()
        return entry

    def said_before(self, count: int, people: tuple[Person, ...] = (BEN, LI, ANA)) -> None:
        """So many messages, each with its number, a minute apart."""
        entries = []
        for number in range(count):
            self.now += MINUTE
            entries.append(people[number % len(people)].writes(f"message {number + 1}", self.now))
        self.past(*entries)

    def i_say(self, text: str, reply_to: EntryId | None = None) -> EntryWritten:
        """It is in my Outbox."""
        self.now += 1_000
        entry = ANA.writes(text, self.now, target=reply_to)
        self.store.outbox(KITCHEN).add(entry)
        event = EntryWritten(KITCHEN, EntryId(entry.entry_id), text, self.now, reply_to=reply_to)
        self.waiting = entry
        self.hear(event)
        return event

    def hear(self, event: Event) -> None:
        self.state.apply(event)
        if self.timeline is not None:
            self.timeline.heard(event)

    def connect(self) -> None:
        self.hear(ConnectionChanged(KITCHEN, "Kitchen", ConnectionState.CONNECTED))

    # --- the window --------------------------------------------------------------------------------------------------
    def open(self) -> Timeline:
        """Show the room, and draw all of it."""
        if self.timeline is not None:
            self.timeline.destroy()
        if not self.state.rooms:
            self.state.begin(self.reader)
        self.timeline = Timeline(self.root, self.context, KITCHEN)
        self.timeline.pack(fill="both", expand=True)
        self.settle()
        return self.timeline

    def settle(self) -> None:
        """Until all is drawn."""
        for _ in range(100):
            self.root.update()
            if not self.context.to_draw:
                break
            time.sleep(0.005)
        self.root.update()

    @property
    def text(self) -> tk.Text:
        return self._part(tk.Text)

    @property
    def bar(self) -> ScrollBar:
        return self._part(ScrollBar)

    def _part(self, kind: type[W]) -> W:
        assert self.timeline is not None
        return next(child for child in self.timeline.winfo_children() if isinstance(child, kind))

    def on_text(self, kind: type[W]) -> list[W]:
        """What lies on the Text, and is in view."""
        return [one for one in self.text.winfo_children() if isinstance(one, kind) and one.winfo_ismapped()]

    def place_of(self, words: str) -> tuple[int, int]:
        """Pixels of the first letter of what is shown so."""
        box = self.text.bbox(self.text.search(words, "1.0"))
        assert box is not None, f"{words!r} is not in view"
        return box[0] + 2, box[1] + box[3] // 2

    def menu_of(self, words: str) -> list[str]:
        """The items of the menu that a context click on these letters opens."""
        x, y = self.place_of(words)
        self.text.event_generate("<<ContextMenu>>", x=x, y=y, rootx=x, rooty=y)
        return self.menu()

    def menu(self) -> list[str]:
        """The items of the menu that is open."""
        self.root.update()
        return [line for canvas in self._items() for line in lines_on(canvas)]

    def picks(self, item: str) -> None:
        """From the menu that is open."""
        self.root.update()
        click_on(next(canvas for canvas in self._items() if lines_on(canvas) == [item]), item)
        self.settle()

    def _items(self) -> list[tk.Canvas]:
        (popover,) = (child for child in self.root.winfo_children() if isinstance(child, Popover))
        return [one for one in popover.inside.winfo_children() if isinstance(one, tk.Canvas)]

    def drags_bar(self, share: float) -> None:
        """The thumb of the scroll bar to this share of its way."""
        bar = self.bar
        top, bottom = thumb(bar)
        bar.event_generate("<ButtonPress-1>", x=5, y=top + 2)
        bar.event_generate("<B1-Motion>", x=5, y=2 + round((bar.winfo_height() - (bottom - top)) * share))
        bar.event_generate("<ButtonRelease-1>", x=5, y=top)
        self.settle()

    def shown(self) -> str:
        """All letters in the window."""
        return self.text.get("1.0", "end - 1 chars")

    def in_view(self) -> str:
        """The letters in view."""
        text = self.text
        return text.get("@0,0", f"@{text.winfo_width()},{text.winfo_height()} lineend")

    def close(self) -> None:
        if self.timeline is not None and self.timeline.winfo_exists():
            self.timeline.destroy()  # as the window does: nothing that is drawn reads any more
        self.reader.close()
        self.store.close()


def thumb(bar: ScrollBar) -> tuple[int, int]:
    """Pixels from the top of a scroll bar: where its thumb begins and ends."""
    _left, top, _right, bottom = bar.bbox("all")
    return round(top), round(bottom)


def _id(target: Entry | EntryId) -> EntryId:
    return EntryId(target.entry_id if isinstance(target, Entry) else target)


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
