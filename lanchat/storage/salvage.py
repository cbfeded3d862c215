"""Salvage: copies what is still sound in a damaged database into a new one. Disk thread.

Every row is read that a page of the file holds. Rooms, members and writers are read from the indexes as well, and
signatures decide which of the two copies is right. The entries of each Log are copied by `log_copy`.
"""

from __future__ import annotations

import re
import sqlite3
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from lanchat.core.model import START, Entry, EntryId, Head, LogEntry, RoomId
from lanchat.storage import entry_rows
from lanchat.storage.carried import RoomCarried
from lanchat.storage.database import Database
from lanchat.storage.database_pages import Column, Pages, Shape
from lanchat.storage.entry_rows import SEQ_BITS, SEQ_MOST, Place
from lanchat.storage.log_copy import LogCopy, as_head
from lanchat.storage.outbox import RoomOutbox
from lanchat.storage.records import Records
from lanchat.trust.signing import verify_entry

#: In this order, so that a row comes after those it refers to. Tables of numbers alone (`read_before`) are not read:
#: their rows look like one another's.
_COPIED = ("rooms", "members", "outbox", "carried", "counters", "standing", "addresses", "bookmarks", "manifests",
           "files", "room_files", "stored_files", "guest_codes", "guest_keys")  # fmt: skip
_READ = (*_COPIED, "parts", "writers")
#: Counters of mine that only entries on their way from another Log still tell of: the others are in `writers`.
_COUNTED = (
    "INSERT INTO counters (room_id, device_id, last) SELECT r.room_id, c.device_id, max(c.counter) "
    "FROM carried c JOIN rooms r ON r.number = c.room GROUP BY r.room_id, c.device_id "
    "ON CONFLICT (room_id, device_id) DO UPDATE SET last = max(last, excluded.last)"
)
_TRIED = 20  # entries whose signatures are tried to find a room's id
_GAP_MOST = 1_000  # missing numbers in a row; a number further off is taken for a damaged one


class Salvage:
    """The rows of a damaged database, and the new database that they are copied into."""

    def __init__(self, path: Path, into: Database) -> None:
        """Read the damaged database at `path`; `into` is the new one. Raises OSError."""
        self._into = into
        self._pages = Pages(path)
        self._shapes = {table: Shape.of(into, table) for table in _READ}
        self._entry_shape = Shape.of(into, "entries")
        self._rows: dict[str, list[list[Column]]] = {table: [] for table in _READ}
        self._entries: list[tuple[int, int, int]] = []  # id of the entry; page and cell where it is
        self._ids = array("q")  # ids of all entries that the index names
        self._room_ids: dict[int, list[str]] = defaultdict(list)
        self._keys: dict[int, list[bytes]] = defaultdict(list)
        self._authors: dict[int, list[tuple[int, bytes]]] = defaultdict(list)  # by writer: member and device
        self._read_tables()
        self._read_indexes()

    def close(self) -> None:
        self._pages.close()

    def copy(self) -> tuple[int, int, int]:
        """Copy everything; how many rooms, entries, and entries on their way into a Log were kept.

        Raises StorageProblem, about the new database only.
        """
        self._settle_rooms()
        kept = {table: self._copy_table(table) for table in _COPIED}
        waiting = kept["outbox"] + kept["carried"] - _drop_unsigned(self._into)
        entries = 0
        hosted = {record.room_id for record in Records(self._into).rooms() if record.hosted}
        for place in Records(self._into).places():
            heads = self._heads(place)
            log = LogCopy(self._into, place, place.room_id in hosted, heads, self._last_given(place))
            entries += log.copy(self._items(place))
        return kept["rooms"], entries, waiting

    # --- reading -----------------------------------------------------------------------------------------------------
    def _read_tables(self) -> None:
        """Sort every row of the leaf pages by the table whose columns it fits."""
        on_page: list[tuple[int, int, int]] = []
        for page, cell in self._pages.cells():
            read = self._pages.read(page, cell)
            if read is None:
                continue
            if on_page and on_page[0][1] != page:
                self._entries += _in_order(on_page)
                on_page = []
            if self._entry_shape.row(*read) is not None:
                on_page.append((read[0], page, cell))
                continue
            for table, shape in self._shapes.items():
                if (row := shape.row(*read)) is not None:
                    self._rows[table].append(row)
                    break
        self._entries += _in_order(on_page)
        self._entries.sort()

    def _read_indexes(self) -> None:
        """Collect the candidates for room ids, keys and writers from the tables and their indexes."""
        for row in self._rows["members"]:
            self._keys[_int(row[0])].append(_bytes(row[1]))
        for row in self._rows["writers"]:
            self._authors[_int(row[0])].append((_int(row[2]), _bytes(row[3])))
        for record in self._pages.index_rows():
            match record:
                case [bytes(), int(), int(number)]:
                    self._ids.append(number)
                case [bytes(key), int(member)] if len(key) == 32:
                    self._keys[member].append(key)
                case [str(room_id), int(number)]:
                    self._room_ids[number].append(room_id)
                case [int(), int(member), bytes(device_id), int(writer)]:
                    self._authors[writer].append((member, device_id))
        self._ids = array("q", sorted(self._ids))

    def _items(self, place: Place) -> Iterator[LogEntry]:
        """Every entry of a room that can be read, sound or not, in the order of their numbers."""
        for number, page, cell in self._span(place.number):
            read = self._pages.read(page, cell)
            row = read and self._entry_shape.row(*read)
            if row:
                yield self._item(number & SEQ_MOST, row, place)

    def _item(self, seq: int, row: Sequence[Any], place: Place) -> LogEntry:
        """The entry of a row, by the author whose signature is right, if there are several candidates."""
        _id, epoch, entry_id, writer, counter, kind, body, sent_at, received_at, signature, head, target = row[:12]
        erased = row[13]

        def item(author: bytes, device_id: bytes) -> LogEntry:
            entry = Entry(entry_id, author, device_id, counter, kind, target, body, sent_at, signature, erased)
            return LogEntry(entry, epoch, seq, received_at, head)

        whose = {(key, device) for member, device in self._authors[writer] for key in self._keys[member]}
        candidates = [item(*one) for one in sorted(whose)] or [item(b"", b"")]
        if len(candidates) > 1:  # a table and its index differ; the right one is right for all entries of this writer
            for candidate in candidates:
                if entry_rows.signed(place, candidate):
                    author, device_id = candidate.entry.author, candidate.entry.device_id
                    self._authors[writer] = [(-writer, device_id)]
                    self._keys[-writer] = [author]
                    return candidate
        return candidates[0]

    def _span(self, number: int) -> Sequence[tuple[int, int, int]]:
        """The part of `_entries` that belongs to a room."""
        start = bisect_left(self._entries, (entry_rows.entry_number(number, 1), 0, 0))
        return self._entries[start : bisect_left(self._entries, (entry_rows.entry_number(number + 1, 0), 0, 0))]

    def _last_given(self, place: Place) -> int:
        """The highest number given out in a room, according to its entries and their index."""
        entries = self._span(place.number)
        last = entries[-1][0] if entries else entry_rows.entry_number(place.number, 0)
        for number in self._ids[bisect_right(self._ids, last) :]:
            if number - last > _GAP_MOST:
                break
            last = number
        return last & SEQ_MOST

    # --- rooms and small tables --------------------------------------------------------------------------------------
    def _settle_rooms(self) -> None:
        """Find out which rooms there are, and their ids, which every check of an entry needs."""
        known = {_int(row[0]): row for row in self._rows["rooms"]}
        elsewhere = [str(row[0]) for row in self._rows["counters"]]
        for number in sorted(known.keys() | self._room_ids.keys() | {entry[0] >> SEQ_BITS for entry in self._entries}):
            row = known.get(number)
            room_ids = [*([str(row[1])] if row else []), *self._room_ids[number], *elsewhere]
            candidates = [one for one in dict.fromkeys(room_ids) if re.fullmatch("[a-z2-7]{16}", one)]
            found = self._room_id(number, candidates, row is not None)
            if found and row:
                row[1] = found
            elif found:  # its title, pin and passphrase are lost
                shape = self._shapes["rooms"]
                new: dict[str, Column] = {
                    "number": number,
                    "room_id": found,
                    "title": found,
                    "epoch": 1,
                    "base_head": START,
                }
                rest = (0 if needed else None for needed in shape.needed)
                self._rows["rooms"].append([new.get(*one) for one in zip(shape.names, rest, strict=True)])

    def _room_id(self, number: int, candidates: Sequence[str], kept: bool) -> str | None:
        """The candidate for which entries of the room were signed. Where no entry tells: the first candidate, if the
        room's row was `kept` (it is from there) or the room has no entries."""
        for one in candidates:
            if any(entry_rows.signed(Place(number, RoomId(one)), item) for item in self._some_of(number, one)):
                return one
        return candidates[0] if candidates and (kept or not self._span(number)) else None

    def _some_of(self, number: int, room_id: str) -> Iterator[LogEntry]:
        return islice(self._items(Place(number, RoomId(room_id))), _TRIED)

    def _copy_table(self, table: str) -> int:
        """Copy every row that the new table accepts; how many."""
        copied = 0
        for row in self._rows[table]:
            columns = zip(self._shapes[table].names, row, strict=True)
            found = {name: value for name, value in columns if value is not None}  # the others have their defaults
            try:
                self._into.do(f"INSERT INTO {table} ({', '.join(found)}) VALUES ({', '.join('?' * len(found))})",
                              list(found.values()))  # fmt: skip
            except (sqlite3.IntegrityError, UnicodeEncodeError):  # refers to a lost row, or is no text
                continue
            copied += 1
        return copied

    def _heads(self, place: Place) -> dict[int, Head]:
        """The chain heads before the ranges of a room that were kept, by the number of the entry before."""
        found = self._into.all("SELECT base, base_head FROM rooms WHERE number = ?", (place.number,))
        found += [(base, head) for room, base, head, _last in self._rows["parts"] if room == place.number]
        heads = {base: Head(head) for base, head in found if base > 0 and as_head(head) == head}
        if not heads or any(base == 0 for base, _head in found):
            heads[0] = START
        return heads


def _in_order(cells: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """The entries of a page, which are in order. A number is corrected when its neighbours leave only one for it."""
    for index in range(1, len(cells) - 1):
        before, after = cells[index - 1][0], cells[index + 1][0]
        if before + 2 == after:
            cells[index] = before + 1, *cells[index][1:]
    return cells


def _drop_unsigned(into: Database) -> int:
    """Delete damaged entries on their way into a Log; how many. A host closes the Connection of who sends an unsigned
    entry. The same of who keeps a room open."""
    dropped = 0
    for place in Records(into).places():
        for waiting in (RoomOutbox(into, place), RoomCarried(into, place)):
            for entry in waiting.waiting():
                if not verify_entry(entry, place.room_id):
                    waiting.drop(EntryId(entry.entry_id))
                    dropped += 1
    for record in Records(into).rooms():
        if record.keeps is None or not verify_entry(record.keeps, record.room_id):
            into.do("UPDATE rooms SET keeps = NULL WHERE room_id = ?", (record.room_id,))
    into.do(_COUNTED)
    return dropped


def _int(value: Column) -> int:
    assert isinstance(value, int)
    return value


def _bytes(value: Column) -> bytes:
    assert isinstance(value, bytes)
    return value
