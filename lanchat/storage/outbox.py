"""The Outbox as rows: my posts not yet seen in the Log. Disk thread for writing, any for reading."""

from __future__ import annotations

from lanchat.core.model import DeviceId, Entry, EntryId, RoomId
from lanchat.storage.database import Database

_COLUMNS = "entry_id, author, device_id, counter, kind, body, sent_at, signature"


def add(database: Database, room: int, entry: Entry) -> None:
    database.do(
        f"INSERT INTO outbox (room, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (room, entry.entry_id, entry.author, entry.device_id, entry.counter, entry.kind, entry.body, entry.sent_at,
         entry.signature),
    )  # fmt: skip


def drop(database: Database, room: int, entry_id: EntryId) -> None:
    database.do("DELETE FROM outbox WHERE room = ? AND entry_id = ?", (room, entry_id))


def entries(database: Database, room: int) -> list[Entry]:
    """In counter order."""
    found = database.all(f"SELECT {_COLUMNS} FROM outbox WHERE room = ? ORDER BY counter, id", (room,))
    return [Entry(*row) for row in found]


def next_counter(database: Database, room_id: RoomId, device_id: DeviceId) -> int:
    """A counter never given out before, whatever became of the entries."""
    row = database.one(
        "INSERT INTO counters (room_id, device_id, last) "
        "SELECT :room_id, :device_id, 1 + coalesce(max(used), 0) FROM ("  # what is used, should this table be lost
        "SELECT max(last_counter) AS used FROM writers JOIN rooms ON number = room "
        "WHERE rooms.room_id = :room_id AND device_id = :device_id UNION ALL "
        "SELECT max(counter) FROM outbox JOIN rooms ON number = room "
        "WHERE rooms.room_id = :room_id AND device_id = :device_id) WHERE true "
        "ON CONFLICT (room_id, device_id) DO UPDATE SET last = max(last + 1, excluded.last) RETURNING last",
        {"room_id": room_id, "device_id": device_id},
    )
    assert row is not None
    return int(row[0])
