"""Entries as rows: how they are read and written. Shared by the Store's logs and the Reader.

Writing takes few statements, however many entries: at each one CPython hands the interpreter to other threads, and
may wait for it a whole switch interval. Whatever is read is checked against the chain of heads, or, where entries
before it are missing, against its signature.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple, TypeVar

from lanchat.core.content import ANNOTATION, TEXT
from lanchat.core.model import Entry, Head, LogEntry, MemberKey, RoomId, next_head
from lanchat.storage import words
from lanchat.storage.database import Database, Record, Value

T = TypeVar("T")

SEQ_BITS = 40
SEQ_MOST = (1 << SEQ_BITS) - 1
_LATELY = 2_000  # entries: a ms or two
_CHUNK_MOST = 256  # rows in one statement; 11 values each stay far under SQLite's limit of 32,766

_PREVIOUS_HEAD = (
    "coalesce((SELECT head FROM entries WHERE id = e.id - 1), "
    f"(SELECT base_head FROM rooms WHERE number = e.id >> {SEQ_BITS} AND base = (e.id & {SEQ_MOST}) - 1), "
    f"(SELECT base_head FROM parts WHERE room = e.id >> {SEQ_BITS} AND base = (e.id & {SEQ_MOST}) - 1))"
)
_FIELDS = (
    "e.id, e.epoch, e.received_at, e.head, "
    "e.entry_id, m.key, w.device_id, e.counter, e.kind, e.body, e.sent_at, e.signature"
)
_COLUMNS = f"{_PREVIOUS_HEAD}, {_FIELDS}"
_WHO = "CROSS JOIN writers w ON w.id = e.writer CROSS JOIN members m ON m.id = w.member"
_AFTER = f"SELECT {_COLUMNS} FROM entries e {_WHO} WHERE e.id > ? AND e.id <= ? ORDER BY e.id LIMIT ?"
_BEFORE = f"SELECT {_COLUMNS} FROM entries e {_WHO} WHERE e.id < ? AND e.id >= ? ORDER BY e.id DESC LIMIT ?"
_MATCHING = (
    f"SELECT {_COLUMNS} FROM words CROSS JOIN entries e ON e.id = words.rowid {_WHO} "
    "WHERE words MATCH ? AND words.rowid BETWEEN ? AND ? AND (? = '' OR has_signs(e.body, ?)) "
    "ORDER BY words.rowid DESC LIMIT ?"
)
_MATCHING_OLDEST_FIRST = _MATCHING.replace(" DESC ", " ")
_OLDEST_MATCH = (
    "SELECT words.rowid FROM words WHERE words MATCH ? AND words.rowid BETWEEN ? AND ? AND "
    "(? = '' OR has_signs((SELECT body FROM entries WHERE id = words.rowid), ?)) "
    "ORDER BY words.rowid DESC LIMIT 1 OFFSET ?"
)


_UNINDEX = "INSERT INTO words (words, rowid, body) VALUES ('delete', ?, ?)"


class Place(NamedTuple):
    """Where a room's entries are: the high part of their ids, and what their heads are bound to."""

    number: int
    room_id: RoomId


def entry_number(room: int, seq: int) -> int:
    """The id of an entry."""
    return room << SEQ_BITS | seq


def after(database: Database, place: Place, seq: int, limit: int) -> list[LogEntry]:
    """Up to `limit` entries after `seq`, oldest first. Raises Corrupt for one that is not what was written."""
    span = (entry_number(place.number, seq), entry_number(place.number, SEQ_MOST))
    return [_sound(database, place, row) for row in database.all(_AFTER, (*span, limit))]


def before(
    database: Database, place: Place, seq: int, limit: int, base: int = 0
) -> tuple[list[LogEntry], Head | None]:
    """Up to `limit` entries after `base` and before `seq`, oldest first, and the chain head before them. Raises Corrupt
    likewise."""
    span = (entry_number(place.number, seq), entry_number(place.number, base + 1))
    found = database.all(_BEFORE, (*span, limit))[::-1]
    return [_sound(database, place, row) for row in found], Head(found[0][0]) if found else None


class Wanted(NamedTuple):
    """What is searched for: an FTS5 query, and what besides; see words.py."""

    query: str
    signs: str

    @classmethod
    def of(cls, text: str) -> Wanted | None:
        query = words.query(text)
        return None if query is None else cls(query, words.signs(text))


def matching(database: Database, place: Place, wanted: Wanted, limit: int) -> list[LogEntry]:
    """The newest `limit` entries that are `wanted`, newest first. Raises Corrupt likewise."""
    span = (entry_number(place.number, 1), entry_number(place.number, SEQ_MOST))
    values = (wanted.query, *span, wanted.signs, wanted.signs, limit)
    return [_sound(database, place, row) for row in database.all(_MATCHING, values)]


def matching_from(database: Database, place: Place, wanted: Wanted, seq: int, limit: int) -> list[LogEntry]:
    """Up to `limit` entries from `seq` on that are `wanted`, oldest first. Raises Corrupt likewise."""
    span = (entry_number(place.number, seq), entry_number(place.number, SEQ_MOST))
    values = (wanted.query, *span, wanted.signs, wanted.signs, limit)
    return [_sound(database, place, row) for row in database.all(_MATCHING_OLDEST_FIRST, values)]


def oldest_match(database: Database, place: Place, wanted: Wanted, most: int) -> int:
    """Where the newest `most` entries that are `wanted` begin; 1 when there are not so many."""
    span = (entry_number(place.number, 1), entry_number(place.number, SEQ_MOST))
    found = database.one(_OLDEST_MATCH, (wanted.query, *span, wanted.signs, wanted.signs, most - 1))
    return found[0] & SEQ_MOST if found else 1


def _sound(database: Database, place: Place, row: Record) -> LogEntry:
    """The entry of a row, if it is what was written: most bit rot is nothing that SQLite would notice."""
    previous, item = row[0], _entry(row[1:])
    if not (chained(previous, place, item) if item.epoch else signed(place, item)):
        raise database.found_damage()
    return item


def _entry(row: Record) -> LogEntry:
    """The entry of a row, whatever damage made of it."""
    number, epoch, received_at, head, *fields = row
    return LogEntry(Entry(*fields), epoch, number & SEQ_MOST, received_at, head)


def chained(previous: Head | None, place: Place, item: LogEntry) -> bool:
    """Whether the head of `item` follows from the one before it."""
    return previous is not None and head_of(previous, place, item) == item.head


def head_of(previous: Head, place: Place, item: LogEntry) -> Head | None:
    """The chain head after `item`; None where damage made it no entry at all."""
    try:
        return next_head(previous, place.room_id, item.epoch, item.seq, item.received_at, item.entry)
    except (AttributeError, TypeError, ValueError, struct.error):
        return None


def signed(place: Place, item: LogEntry) -> bool:
    """Whether its author signed what stands in `item`."""
    from lanchat.trust.signing import verify_entry  # only where something is missing: cryptography takes 50 ms to load

    try:
        return verify_entry(item.entry, place.room_id)
    except (AttributeError, TypeError, ValueError, struct.error):  # not even of the right type
        return False


def head_at(database: Database, room: int, seq: int) -> Head | None:
    """The chain head after `seq`, when that entry is here."""
    row = database.one("SELECT head FROM entries WHERE id = ?", (entry_number(room, seq),))
    return Head(row[0]) if row else None


def in_chain(database: Database, room: int, seq: int) -> bool:
    """Whether an entry is in an unbroken range."""
    return database.one("SELECT 1 FROM entries WHERE id = ? AND epoch > 0", (entry_number(room, seq),)) is not None


def last(database: Database, room: int) -> tuple[int, Head] | None:
    """The number and head of a room's newest entry."""
    found = database.one(
        "SELECT id, head FROM entries WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1",
        (entry_number(room, 1), entry_number(room, SEQ_MOST)),
    )
    return (found[0] & SEQ_MOST, Head(found[1])) if found else None


def count(database: Database, room: int) -> int:
    """How many entries are here. Of the unbroken range at the end nothing is counted."""
    found = database.one("SELECT base FROM rooms WHERE number = ?", (room,))
    if found is None:
        return 0
    newest, base = last(database, room), found[0]
    span = (entry_number(room, 1), entry_number(room, base))
    older = database.one("SELECT count(*) FROM entries WHERE id BETWEEN ? AND ?", span)
    return max(newest[0] - base if newest else 0, 0) + (older[0] if older else 0)


def first(database: Database, room: int) -> int | None:
    """The number of the oldest entry that is here."""
    span = (entry_number(room, 1), entry_number(room, SEQ_MOST))
    found = database.one("SELECT id FROM entries WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 1", span)
    return found[0] & SEQ_MOST if found else None


def before_newest(database: Database, room: int, most: int) -> int:
    """The number after which the newest `most` entries come; 0 when there are not more. Some numbers may be missing."""
    found = database.one(
        "SELECT id FROM entries WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1 OFFSET ?",
        (entry_number(room, 1), entry_number(room, SEQ_MOST), most),
    )
    return found[0] & SEQ_MOST if found else 0


def others_after(database: Database, room: int, seq: int, me: bytes, most: int) -> int:
    """How many of the `most` entries after `seq` are messages, and not by `me`."""
    found = database.one(
        "SELECT count(*) FROM (SELECT writer, kind FROM entries WHERE id > ? AND id <= ? ORDER BY id LIMIT ?) "
        "WHERE (kind = ? OR substr(kind, 1, 1) <> ?) AND writer NOT IN "  # nearly all are text: no letter is cut out
        "(SELECT w.id FROM writers w CROSS JOIN members m ON m.id = w.member WHERE w.room = ? AND m.key = ?)",
        (entry_number(room, seq), entry_number(room, SEQ_MOST), most, TEXT, ANNOTATION, room, me),
    )
    return int(found[0]) if found else 0


def authors(database: Database, room: int, most: int) -> list[MemberKey]:
    """Who wrote lately, the last first, then who began to write before, the newest first. At most `most`."""
    lately = database.all(
        "SELECT m.key FROM (SELECT id, writer FROM entries WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?) e "
        "CROSS JOIN writers w ON w.id = e.writer CROSS JOIN members m ON m.id = w.member GROUP BY m.key "
        "ORDER BY max(e.id) DESC LIMIT ?",
        (entry_number(room, 1), entry_number(room, SEQ_MOST), _LATELY, most),
    )
    before = database.all(
        "SELECT m.key FROM writers w CROSS JOIN members m ON m.id = w.member WHERE w.room = ? "
        "GROUP BY m.key ORDER BY max(w.id) DESC LIMIT ?",
        (room, most),
    )
    return list(dict.fromkeys(MemberKey(key) for (key,) in [*lately, *before]))[:most]


def forget(database: Database, room: int, until: int = SEQ_MOST, since: int = 1) -> None:
    """Delete a room's entries from the number `since` up to `until`, and their words."""
    span = (entry_number(room, since), entry_number(room, until))
    # an index without content deletes by the words it was given
    texts = database.each(
        "SELECT e.id, e.body, b.id FROM entries e LEFT JOIN indexed_before b ON b.id = e.id "
        "WHERE e.kind = ? AND e.id BETWEEN ? AND ?",
        (TEXT, *span),
    )
    for number, body, before in texts:
        indexed = words.indexed(body) if before is None else words.indexed_in_version_5(body)
        database.do(_UNINDEX, (number, indexed))
    database.do("DELETE FROM entries WHERE id BETWEEN ? AND ?", span)
    database.do("DELETE FROM indexed_before WHERE id BETWEEN ? AND ?", span)


def index_anew(database: Database, most: int) -> bool:
    """Bring the words of up to `most` entries in the index up to date, the newest first. False: all are."""
    found = database.all(
        "SELECT b.id, e.body FROM indexed_before b LEFT JOIN entries e ON e.id = b.id ORDER BY b.id DESC LIMIT ?",
        (most,),
    )
    if not found:
        return False
    with database.transaction():
        for number, body in found:
            before, now = words.indexed_in_version_5(body or ""), words.indexed(body or "")
            if before != now:
                database.do(_UNINDEX, (number, before))
                database.do("INSERT INTO words (rowid, body) VALUES (?, ?)", (number, now))
        database.do("DELETE FROM indexed_before WHERE id >= ?", (found[-1][0],))
    return True


def forget_writers(database: Database, room: int) -> None:
    """Delete who wrote in a room; none of its entries may be left."""
    database.do("DELETE FROM writers WHERE room = ?", (room,))


def seqs_by_entry_id(database: Database, room: int, entry_ids: Sequence[bytes]) -> dict[tuple[bytes, bytes], int]:
    """(author, entry_id) -> seq, for those that are in the room's Log."""
    found = {}
    for some in _chunks(entry_ids):
        for author, entry_id, number in database.all(_look_up(len(some)), some):
            if number >> SEQ_BITS == room:
                found[author, entry_id] = number & SEQ_MOST
    return found


def insert(database: Database, into: str, rows: Sequence[Sequence[Value]], otherwise: str = "") -> None:
    """Insert `rows`. `into`: the table and its columns; `otherwise`: what to do on conflict."""
    for some in _chunks(rows):
        database.do(_insertion(into, len(some[0]), len(some), otherwise), list(chain.from_iterable(some)))


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Pieces whose lengths are powers of two: few different statements, so that all stay prepared."""
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
