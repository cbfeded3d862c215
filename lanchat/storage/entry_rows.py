"""Entries as rows of the database: how those of Logs and those of the Outbox are written and read.

RoomLog and `messages` share them. Many entries are written with few statements: at each statement CPython releases the
interpreter lock, and may wait a whole switch interval to get it back. Every entry of a Log that is read is checked
against the chain of heads, or, where entries before it are missing, against its signature.

The Outbox holds my entries that are not in the Log yet. An entry that the host will never take stays in it, marked as
refused, until its author decides about it. Disk thread for writing, any for reading.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple, TypeVar

from lanchat.core.message import PendingMessage
from lanchat.core.model import DeviceId, Entry, EntryId, Head, LogEntry, RoomId, next_head
from lanchat.storage.database import Database, Record, Value

T = TypeVar("T")

SEQ_BITS = 40
SEQ_MOST = (1 << SEQ_BITS) - 1
_CHUNK_MOST = 256  # rows in one statement: with 13 values each, far under SQLite's limit of 32,766 values

_PREVIOUS_HEAD = (
    "coalesce((SELECT head FROM entries WHERE id = e.id - 1), "
    f"(SELECT base_head FROM rooms WHERE number = e.id >> {SEQ_BITS} AND base = (e.id & {SEQ_MOST}) - 1), "
    f"(SELECT base_head FROM parts WHERE room = e.id >> {SEQ_BITS} AND base = (e.id & {SEQ_MOST}) - 1))"
)
_FIELDS = (
    "e.id, e.epoch, e.received_at, e.head, "
    "e.entry_id, m.key, w.device_id, e.counter, e.kind, e.target, e.body, e.sent_at, e.signature"
)
COLUMNS = f"{_PREVIOUS_HEAD}, {_FIELDS}"
WHO = "CROSS JOIN writers w ON w.id = e.writer CROSS JOIN members m ON m.id = w.member"
_AFTER = f"SELECT {COLUMNS} FROM entries e {WHO} WHERE e.id > ? AND e.id <= ? ORDER BY e.id LIMIT ?"
_BEFORE = f"SELECT {COLUMNS} FROM entries e {WHO} WHERE e.id < ? AND e.id >= ? ORDER BY e.id DESC LIMIT ?"
_OUTBOX_COLUMNS = "entry_id, author, device_id, counter, kind, target, body, sent_at, signature"


class Place(NamedTuple):
    """How a room's entries are found and checked: the number is the high part of their ids, and the room_id goes into
    their heads."""

    number: int
    room_id: RoomId


def entry_number(room: int, seq: int) -> int:
    """The id of an entry's row: the room's number, then its number in the Log."""
    return room << SEQ_BITS | seq


def after(database: Database, place: Place, seq: int, limit: int) -> list[LogEntry]:
    """Up to `limit` entries after `seq`, oldest first. Raises Corrupt for a damaged one."""
    span = (entry_number(place.number, seq), entry_number(place.number, SEQ_MOST))
    return [sound(database, place, row) for row in database.all(_AFTER, (*span, limit))]


def before(database: Database, place: Place, seq: int, limit: int, base: int = 0) -> tuple[list[LogEntry], Head | None]:
    """Up to `limit` entries after `base` and before `seq`, oldest first, and the chain head before them. Raises Corrupt
    for a damaged one."""
    span = (entry_number(place.number, seq), entry_number(place.number, base + 1))
    found = database.all(_BEFORE, (*span, limit))[::-1]
    return [sound(database, place, row) for row in found], Head(found[0][0]) if found else None


def sound(database: Database, place: Place, row: Record) -> LogEntry:
    """The entry of a row, checked, because SQLite does not notice most bit rot. Raises Corrupt when it is damaged."""
    previous, item = row[0], _entry(row[1:])
    if not (chained(previous, place, item) if item.epoch else signed(place, item)):
        raise database.found_damage()
    return item


def _entry(row: Record) -> LogEntry:
    """The entry of a row, unchecked."""
    number, epoch, received_at, head, *fields = row
    return LogEntry(Entry(*fields), epoch, number & SEQ_MOST, received_at, head)


def chained(previous: Head | None, place: Place, item: LogEntry) -> bool:
    """Whether the head of `item` follows from the one before it."""
    return previous is not None and head_of(previous, place, item) == item.head


def head_of(previous: Head, place: Place, item: LogEntry) -> Head | None:
    """The chain head after `item`; None where damage left values that no entry can have."""
    try:
        return next_head(previous, place.room_id, item.epoch, item.seq, item.received_at, item.entry)
    except (AttributeError, TypeError, ValueError, struct.error):
        return None


def signed(place: Place, item: LogEntry) -> bool:
    """Whether the author's signature of `item` is right."""
    from lanchat.trust.signing import verify_entry  # imported when needed: cryptography takes 50 ms to load

    try:
        return verify_entry(item.entry, place.room_id)
    except (AttributeError, TypeError, ValueError, struct.error):  # damage changed the type of a value
        return False


def head_at(database: Database, room: int, seq: int) -> Head | None:
    """The chain head after `seq`; None where that entry is not here."""
    row = database.one("SELECT head FROM entries WHERE id = ?", (entry_number(room, seq),))
    return Head(row[0]) if row else None


def in_chain(database: Database, room: int, seq: int) -> bool:
    """Whether the entry `seq` is here and in an unbroken range."""
    return database.one("SELECT 1 FROM entries WHERE id = ? AND epoch > 0", (entry_number(room, seq),)) is not None


def last(database: Database, room: int) -> tuple[int, Head] | None:
    """The number and head of a room's newest entry; None where there is none."""
    found = database.one(
        "SELECT id, head FROM entries WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1",
        (entry_number(room, 1), entry_number(room, SEQ_MOST)),
    )
    return (found[0] & SEQ_MOST, Head(found[1])) if found else None


def count(database: Database, room: int) -> int:
    """How many entries of a room are here; computed, not counted by rows, for the unbroken range at its end."""
    found = database.one("SELECT base FROM rooms WHERE number = ?", (room,))
    if found is None:
        return 0
    newest, base = last(database, room), found[0]
    span = (entry_number(room, 1), entry_number(room, base))
    older = database.one("SELECT count(*) FROM entries WHERE id BETWEEN ? AND ?", span)
    return max(newest[0] - base if newest else 0, 0) + (older[0] if older else 0)


def first(database: Database, room: int) -> int | None:
    """The number of the oldest entry that is here; None where there is none."""
    span = (entry_number(room, 1), entry_number(room, SEQ_MOST))
    found = database.one("SELECT id FROM entries WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 1", span)
    return found[0] & SEQ_MOST if found else None


def forget_writers(database: Database, room: int) -> None:
    """Delete the writers of a room, after all its entries were deleted."""
    database.do("DELETE FROM writers WHERE room = ?", (room,))


def seqs_by_entry_id(database: Database, room: int, entry_ids: Sequence[bytes]) -> dict[tuple[bytes, bytes], int]:
    """(author, entry_id) -> seq, for those of `entry_ids` that are in the room's Log."""
    found = {}
    for some in _chunks(entry_ids):
        for author, entry_id, number in database.all(_look_up(len(some)), some):
            if number >> SEQ_BITS == room:
                found[author, entry_id] = number & SEQ_MOST
    return found


def insert(database: Database, into: str, rows: Sequence[Sequence[Value]], otherwise: str = "") -> None:
    """Insert `rows`. `into`: the table and its columns; `otherwise`: the ON CONFLICT clause."""
    for some in _chunks(rows):
        database.do(_insertion(into, len(some[0]), len(some), otherwise), list(chain.from_iterable(some)))


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Pieces whose lengths are powers of two: that makes few different statements, and all stay prepared."""
    start = 0
    while start < len(rows):
        length = min(1 << (len(rows) - start).bit_length() - 1, _CHUNK_MOST)
        yield rows[start : start + length]
        start += length


@cache
def _insertion(into: str, columns: int, rows: int, otherwise: str) -> str:
    row = f"({', '.join('?' * columns)})"
    return f"INSERT INTO {into} VALUES {', '.join([row] * rows)} {otherwise}"


@cache
def _look_up(entries: int) -> str:
    return (
        "SELECT m.key, e.entry_id, e.id FROM entries e INDEXED BY entries_once "
        "CROSS JOIN writers w ON w.id = e.writer CROSS JOIN members m ON m.id = w.member "
        f"WHERE e.entry_id IN ({', '.join('?' * entries)})"
    )


# --- the Outbox ------------------------------------------------------------------------------------------------------
def add_to_outbox(database: Database, room: int, entry: Entry) -> None:
    database.do(
        f"INSERT INTO outbox (room, {_OUTBOX_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (room, entry.entry_id, entry.author, entry.device_id, entry.counter, entry.kind, entry.target, entry.body,
         entry.sent_at, entry.signature),
    )  # fmt: skip


def drop_from_outbox(database: Database, room: int, entry_id: EntryId) -> None:
    database.do("DELETE FROM outbox WHERE room = ? AND entry_id = ?", (room, entry_id))


def outbox_entries(database: Database, room: int) -> list[Entry]:
    """The entries that wait for the host, in counter order."""
    found = database.all(
        f"SELECT {_OUTBOX_COLUMNS} FROM outbox WHERE room = ? AND refused IS NULL ORDER BY counter, id", (room,)
    )
    return [Entry(*row) for row in found]


def refuse_entry(database: Database, room: int, entry_id: EntryId, code: str) -> None:
    database.do("UPDATE outbox SET refused = ? WHERE room = ? AND entry_id = ?", (code, room, entry_id))


def refuse_waiting(database: Database, room: int, code: str) -> list[EntryId]:
    """Mark all entries that wait as refused; their ids, in counter order."""
    waiting = [EntryId(entry.entry_id) for entry in outbox_entries(database, room)]
    database.do("UPDATE outbox SET refused = ? WHERE room = ? AND refused IS NULL", (code, room))
    return waiting


def refused_entries(database: Database, room: int) -> list[PendingMessage]:
    """The entries that the host refused, in counter order."""
    found = database.all(
        f"SELECT refused, {_OUTBOX_COLUMNS} FROM outbox WHERE room = ? AND refused IS NOT NULL ORDER BY counter, id",
        (room,),
    )
    return [PendingMessage.of(Entry(*row), code) for code, *row in found]


def take_refused(database: Database, room: int, entry_id: EntryId) -> Entry | None:
    """Delete a refused entry from the Outbox and return it; None when there is none such."""
    row = database.one(
        f"DELETE FROM outbox WHERE room = ? AND entry_id = ? AND refused IS NOT NULL RETURNING {_OUTBOX_COLUMNS}",
        (room, entry_id),
    )
    return Entry(*row) if row else None


def next_counter(database: Database, room_id: RoomId, device_id: DeviceId) -> int:
    """A counter that no entry of this device in this room ever had, kept or not."""
    row = database.one(
        "INSERT INTO counters (room_id, device_id, last) "
        "SELECT :room_id, :device_id, 1 + coalesce(max(used), 0) FROM ("  # in use, should this table be lost
        "SELECT max(last_counter) AS used FROM writers JOIN rooms ON number = room "
        "WHERE rooms.room_id = :room_id AND device_id = :device_id UNION ALL "
        "SELECT (SELECT counter FROM outbox NOT INDEXED "  # the last row has the highest: no need to read them all
        "WHERE room = (SELECT number FROM rooms WHERE room_id = :room_id) AND device_id = :device_id "
        "ORDER BY id DESC LIMIT 1)) WHERE true "
        "ON CONFLICT (room_id, device_id) DO UPDATE SET last = max(last + 1, excluded.last) RETURNING last",
        {"room_id": room_id, "device_id": device_id},
    )
    assert row is not None
    return int(row[0])
