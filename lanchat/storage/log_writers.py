"""LogWriters: the devices that wrote in one room's Log, and the last counter that each used. Disk thread.

They are read from the database once, and remembered until RoomLog has them read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from lanchat.core.log import Device
from lanchat.core.model import Entry
from lanchat.storage import entry_rows
from lanchat.storage.database import Database, Value
from lanchat.storage.records import member_number

_WRITERS = "writers (id, room, member, device_id, last_counter)"
_LATER_COUNTER = "ON CONFLICT (id) DO UPDATE SET last_counter = max(last_counter, excluded.last_counter)"


class LogWriter(Struct):
    """A device of a member: its row, its member's row, and the last counter it used."""

    id: int
    member: int
    last_counter: int


class LogWriters:
    """Of one room. Every method may raise StorageProblem; those that write are called in a transaction."""

    def __init__(self, database: Database, room: int) -> None:
        self._database = database
        self._room = room
        self._found: dict[Device, LogWriter] = {}

    def read(self) -> None:
        """Read them from the database."""
        found = self._database.all(
            "SELECT m.key, w.device_id, w.id, m.id, w.last_counter "
            "FROM writers w JOIN members m ON m.id = w.member WHERE w.room = ?",
            (self._room,),
        )
        self._found = {
            (key, device_id): LogWriter(id, member, last_counter) for key, device_id, id, member, last_counter in found
        }

    def forget(self) -> None:
        """Delete them: none of their entries is left."""
        self._database.do("DELETE FROM writers WHERE room = ?", (self._room,))
        self._found.clear()

    def last_counters(self, entries: Iterable[Entry]) -> dict[Device, int]:
        """The last counters of those who wrote these entries, as far as they wrote before."""
        devices = {(entry.author, entry.device_id) for entry in entries}
        return {device: self._found[device].last_counter for device in devices & self._found.keys()}

    def put(self, entries: Iterable[Entry]) -> list[LogWriter]:
        """These entries come into the Log: keep who wrote them. The writer of each, in order."""
        wrote: list[LogWriter] = []
        rows: dict[int, Sequence[Value]] = {}
        for entry in entries:
            writer = self._found.get((entry.author, entry.device_id)) or self._new(entry)
            writer.last_counter = max(writer.last_counter, entry.counter)
            rows[writer.id] = (writer.id, self._room, writer.member, entry.device_id, writer.last_counter)
            wrote.append(writer)
        entry_rows.insert(self._database, _WRITERS, list(rows.values()), _LATER_COUNTER)
        return wrote

    def _new(self, entry: Entry) -> LogWriter:
        member = member_number(self._database, entry.author)
        row = self._database.one(
            "INSERT INTO writers (room, member, device_id, last_counter) VALUES (?, ?, ?, 0) RETURNING id",
            (self._room, member, entry.device_id),
        )
        assert row is not None
        writer = self._found[entry.author, entry.device_id] = LogWriter(row[0], member, 0)
        return writer
