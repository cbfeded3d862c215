"""The Outbox as rows: my posts not yet seen in the Log. Disk thread for writing, any for reading.

One that the host will never take stays here, apart from those that wait, until its author decides about it.
"""

from __future__ import annotations

from lanchat.core.message import PendingMessage
from lanchat.core.model import DeviceId, Entry, EntryId, RoomId
from lanchat.storage.database import Database

_COLUMNS = "entry_id, author, device_id, counter, kind, target, body, sent_at, signature"


def add(database: Database, room: int, entry: Entry) -> None:
    database.do(
        f"INSERT INTO outbox (room, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (room, entry.entry_id, entry.author, entry.device_id, entry.counter, entry.kind, entry.target, entry.body,
         entry.sent_at, entry.signature),
    )  # fmt: skip


def drop(database: Database, room: int, entry_id: EntryId) -> None:
    database.do("DELETE FROM outbox WHERE room = ? AND entry_id = ?", (room, entry_id))


def entries(database: Database, room: int) -> list[Entry]:
    """Those that wait, in counter order."""
    found = database.all(
        f"SELECT {_COLUMNS} FROM outbox WHERE room = ? AND refused IS NULL ORDER BY counter, id", (room,)
    )
    return [Entry(*row) for row in found]


def refuse(database: Database, room: int, entry_id: EntryId, code: str) -> None:
    database.do("UPDATE outbox SET refused = ? WHERE room = ? AND entry_id = ?", (code, room, entry_id))


def refuse_all(database: Database, room: int, code: str) -> list[EntryId]:
    """All that wait, in counter order."""
    waiting = [EntryId(entry.entry_id) for entry in entries(database, room)]
    database.do("UPDATE outbox SET refused = ? WHERE room = ? AND refused IS NULL", (code, room))
    return waiting


def refused(database: Database, room: int) -> list[PendingMessage]:
    """Those that were refused, in counter order."""
    found = database.all(
        f"SELECT refused, {_COLUMNS} FROM outbox WHERE room = ? AND refused IS NOT NULL ORDER BY counter, id", (room,)
    )
    return [PendingMessage.of(Entry(*row), code) for code, *row in found]


def take_refused(database: Database, room: int, entry_id: EntryId) -> Entry | None:
    """Drop one that was refused; None when there is none such."""
    row = database.one(
        f"DELETE FROM outbox WHERE room = ? AND entry_id = ? AND refused IS NOT NULL RETURNING {_COLUMNS}",
        (room, entry_id),
    )
    return Entry(*row) if row else None


def next_counter(database: Database, room_id: RoomId, device_id: DeviceId) -> int:
    """A counter never given out before, whatever became of the entries."""
    row = database.one(
        "INSERT INTO counters (room_id, device_id, last) "
        "SELECT :room_id, :device_id, 1 + coalesce(max(used), 0) FROM ("  # what is used, should this table be lost
        "SELECT max(last_counter) AS used FROM writers JOIN rooms ON number = room "
        "WHERE rooms.room_id = :room_id AND device_id = :device_id UNION ALL "
        "SELECT (SELECT counter FROM outbox NOT INDEXED "  # the last one is the highest: no need to read them all
        "WHERE room = (SELECT number FROM rooms WHERE room_id = :room_id) AND device_id = :device_id "
        "ORDER BY id DESC LIMIT 1)) WHERE true "
        "ON CONFLICT (room_id, device_id) DO UPDATE SET last = max(last + 1, excluded.last) RETURNING last",
        {"room_id": room_id, "device_id": device_id},
    )
    assert row is not None
    return int(row[0])
