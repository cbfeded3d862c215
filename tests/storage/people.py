"""People who write, and a folder that keeps what they wrote."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from lanchat.core.content import Payload
from lanchat.core.log import Outcome
from lanchat.core.message import Message, messages_of
from lanchat.core.model import Entry, EntryId, LogEntry, RoomId
from lanchat.storage.records import RoomRecord
from lanchat.storage.room_log import RoomLog
from lanchat.storage.store import Store
from lanchat.trust.signing import make_entry
from tests.identities import new_identity

KITCHEN = RoomId("kitchenkitchenki")
GARDEN = RoomId("gardengardengard")


class Person:
    """Writes entries, counting as a device does."""

    def __init__(self) -> None:
        self.identity = new_identity()
        self.counter = 0

    def writes(
        self, *texts: str | bytes, room_id: RoomId = KITCHEN, kind: str = "text", target: EntryId | None = None
    ) -> list[Entry]:
        """`texts`: the bodies. `target`: the entry that they are about."""
        written = []
        for text in texts:
            self.counter += 1
            body = text.encode() if isinstance(text, str) else text
            payload, sent_at = Payload(kind, target, body), 1_000_000 + self.counter
            written.append(make_entry(self.identity, room_id, self.counter, payload, sent_at))
        return written


@contextmanager
def open_store(folder: Path, *rooms: RoomId) -> Iterator[Store]:
    """The store in `folder`, with `rooms` (the kitchen if none is given) hosted here."""
    store = Store.open(folder, patience=0.05)
    try:
        for room_id in rooms or (KITCHEN,):
            if store.room(room_id) is None:
                store.put_room(RoomRecord(room_id, room_id[:6].title(), hosted=True))
        yield store
    finally:
        store.close()


def as_here() -> dict[str, str]:
    """The environment for another Python that finds what this one finds."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


@contextmanager
def undone(store: Store) -> Iterator[None]:
    """A transaction in which something goes wrong at the end."""
    with suppress(InterruptedError), store.transaction():
        yield
        raise InterruptedError


def taken(outcomes: list[Outcome]) -> list[LogEntry]:
    """The entries of an append that took all of them."""
    assert all(isinstance(outcome, LogEntry) for outcome in outcomes)
    return [outcome for outcome in outcomes if isinstance(outcome, LogEntry)]


def says(log: RoomLog, person: Person, *texts: str) -> list[LogEntry]:
    """`person` says something in the room, and the host takes it."""
    return taken(log.append(person.writes(*texts), 1_000_000))


def seen(entries: Sequence[LogEntry]) -> list[Message]:
    """What people see of them."""
    return list(messages_of(entries))


def texts(found: Sequence[LogEntry | Message]) -> list[str]:
    return [item.entry.body.decode() if isinstance(item, LogEntry) else item.text for item in found]
