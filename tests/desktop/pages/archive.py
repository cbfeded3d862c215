"""What was said in rooms, on a disk; and reading off a list that is drawn."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path

from lanchat.core.log import Outcome
from lanchat.core.model import START, LogEntry, RoomId
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from tests.desktop.model.telling import GARDEN, KITCHEN, TITLES
from tests.desktop.timeline.talk import MINUTE, MORNING, Person


class Archive:
    """The kitchen and the garden, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.now = MORNING
        self.store = Store.open(folder)
        for room_id in (KITCHEN, GARDEN):
            self.store.put_room(RoomRecord(room_id, TITLES[room_id]))
            self.store.log(room_id).start(1, 0, START)

    def said(self, room_id: RoomId, person: Person, *texts: str) -> list[LogEntry]:
        """A minute apart."""
        entries = []
        for text in texts:
            self.now += MINUTE
            entries.append(person.writes(text, self.now))
        return [_taken(outcome) for outcome in self.store.log(room_id).append(entries, self.now)]


def _taken(outcome: Outcome) -> LogEntry:
    assert isinstance(outcome, LogEntry)
    return outcome


def drawn(canvas: tk.Canvas) -> list[str]:
    """The lines of text on a canvas, from top to bottom; what stands on one line, from left to right."""
    lines: dict[float, list[tuple[float, str]]] = {}
    for item in canvas.find_all():
        if canvas.type(item) == "text":
            x, y = canvas.coords(item)
            lines.setdefault(round(y), []).append((x, str(canvas.itemcget(item, "text"))))
    return ["".join(text for _x, text in sorted(lines[y])) for y in sorted(lines)]
