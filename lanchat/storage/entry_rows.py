"""Entries of Logs as rows of the database: how they are written and read.

RoomLog and `messages` share them. Many entries are written with few statements: at each statement CPython releases the
interpreter lock, and may wait a whole switch interval to get it back. Every entry of a Log that is read is checked
against the chain of heads, or, where entries before it are missing, against its signature.

Disk thread for writing, any for reading.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple, TypeVar

from lanchat.core.model import Entry, Head, LogEntry, RoomId, next_head
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
    "e.entry_id, m.key, w.device_id, e.counter, e.kind, e.target, e.body, e.sent_at, e.signature, e.erased"
)
COLUMNS = f"{_PREVIOUS_HEAD}, {_FIELDS}"
WHO = "CROSS JOIN writers w ON w.id = e.writer CROSS JOIN members m ON m.id = w.member"
_AFTER = f"SELECT {COLUMNS} FROM entries e {WHO} WHERE e.id > ? AND e.id <= ? ORDER BY e.id LIMIT ?"
_BEFORE = f"SELECT {COLUMNS} FROM entries e {WHO} WHERE e.id < ? AND e.id >= ? ORDER BY e.id DESC LIMIT ?"


class Place(NamedTuple):
    """How a room's entries are found and checked: the number is the high part of their ids, and the room_id goes into
    their heads."""

    number: int
    room_id: RoomId


class WaitingEntries:
    """Which entries of one room a table has of those that are not in its Log. They are read once, and remembered until
    a transaction is rolled back."""

    def __init__(self, database: Database, table: str, room: int) -> None:
        self._database = database
        self._table = table
        self._room = room
        self._known: set[Record] | None = None  # author and id of each; None: they are to be read
        self._known_until = 0

    def add(self, entry: Entry) -> None:
        """It was written into the table."""
        if self._known is not None:
            self._known.add((entry.author, entry.entry_id))

    def forget(self) -> None:
        """Others were written into the table."""
        self._known = None

    def take_out(self, run: Iterable[LogEntry]) -> Iterator[LogEntry]:
        """Those of a run of the Log that are in the table, for the caller to delete there."""
        if self._known is None or self._known_until != self._database.undone:
            found = self._database.all(f"SELECT author, entry_id FROM {self._table} WHERE room = ?", (self._room,))
            self._known, self._known_until = set(found), self._database.undone
        if not self._known:
            return
        for item in run:
            identity = (item.entry.author, item.entry.entry_id)
            if identity in self._known:
                self._known.discard(identity)
                yield item


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
    previous, number, epoch, received_at, head, *fields = row
    item = LogEntry(Entry(*fields), epoch, number & SEQ_MOST, received_at, head)
    if not (chained(previous, place, item) if item.epoch else signed(place, item)):
        raise database.found_damage()
    return item


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


def by_entry_id(database: Database, room: int, entry_ids: Sequence[bytes]) -> dict[bytes, tuple[bytes, int]]:
    """entry_id -> author and seq, for those of `entry_ids` that are in the room's Log."""
    found = {}
    for some in chunks(entry_ids):
        for author, entry_id, number in database.all(_look_up(len(some)), some):
            if number >> SEQ_BITS == room:
                found[entry_id] = author, number & SEQ_MOST
    return found


def insert(database: Database, into: str, rows: Sequence[Sequence[Value]], otherwise: str = "") -> None:
    """Insert `rows`. `into`: the table and its columns; `otherwise`: the ON CONFLICT clause."""
    for some in chunks(rows):
        database.do(_insertion(into, len(some[0]), len(some), otherwise), list(chain.from_iterable(some)))


def chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Pieces whose lengths are powers of two: that makes few different statements, and all stay prepared."""
    start = 0
    while start < len(rows):
        length = min(1 << (len(rows) - start).bit_length() - 1, _CHUNK_MOST)
        yield rows[start : start + length]
        start += length


def padded(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The same for values in which one more of the same changes nothing: one piece, unless there are very many."""
    for start in range(0, len(values), _CHUNK_MOST):
        yield filled(values[start : start + _CHUNK_MOST])


def filled(values: Sequence[T]) -> list[T]:
    """All of them, at least one, as a piece of such a length: with the last one repeated."""
    found = list(values)
    return found + found[-1:] * ((1 << (len(found) - 1).bit_length()) - len(found))


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
