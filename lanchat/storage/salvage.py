"""Salvage: copies what is still sound in a damaged database into a new one. Disk thread.

Every row is read that a page of the file holds. Rooms, members and writers are read from the indexes as well, and
signatures decide which of the two copies is right. An entry with one flipped bit is mended. Every entry of a Log is
kept whose signature is right. The Log goes on after its newest unbroken range; entries missing before that are fetched
again from other members.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from lanchat.core.model import START, Entry, EntryId, Head, LogEnd, LogEntry, RoomId
from lanchat.storage import entry_rows
from lanchat.storage.database import Database
from lanchat.storage.database_pages import Column, Mender, Pages, Shape
from lanchat.storage.entry_rows import SEQ_BITS, SEQ_MOST, Place
from lanchat.storage.outbox import RoomOutbox
from lanchat.storage.records import Records
from lanchat.storage.room_log import Part, RoomLog
from lanchat.trust.signing import verify_entry

#: In this order, so that a row comes after those it refers to.
_COPIED = ("rooms", "members", "outbox", "counters", "standing", "addresses", "bookmarks", "manifests", "files",
           "room_files", "stored_files")  # fmt: skip
_READ = (*_COPIED, "parts", "writers")
_RUN, _TRIED = 500, 20  # entries written at once; those whose signatures are tried to find a room's id
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
        """Copy everything; how many rooms, entries and entries of Outboxes were kept.

        Raises StorageProblem, about the new database only.
        """
        self._settle_rooms()
        kept = {table: self._copy_table(table) for table in _COPIED}
        kept["outbox"] -= _drop_unsigned(self._into)
        entries = 0
        hosted = {record.room_id for record in Records(self._into).rooms() if record.hosted}
        for place in Records(self._into).places():
            heads = self._heads(place)
            log = _LogCopy(self._into, place, place.room_id in hosted, heads, self._last_given(place))
            entries += log.copy(self._items(place))
        # members may have entries with numbers that could not be read; the same numbers in a new epoch differ from them
        self._into.do("UPDATE rooms SET epoch = epoch + 1 WHERE hosted")
        return kept["rooms"], entries, kept["outbox"]

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
            try:
                self._into.do(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
            except (sqlite3.IntegrityError, UnicodeEncodeError):  # refers to a lost row, or is no text
                continue
            copied += 1
        return copied

    def _heads(self, place: Place) -> dict[int, Head]:
        """The chain heads before the ranges of a room that were kept, by the number of the entry before."""
        found = self._into.all("SELECT base, base_head FROM rooms WHERE number = ?", (place.number,))
        found += [(base, head) for room, base, head, _last in self._rows["parts"] if room == place.number]
        heads = {base: Head(head) for base, head in found if base > 0 and _as_head(head) == head}
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
    """Delete damaged entries from the Outbox; how many. A host closes the Connection of who sends an unsigned entry."""
    dropped = 0
    for place in Records(into).places():
        outbox = RoomOutbox(into, place)
        for entry in outbox.waiting():
            if not verify_entry(entry, place.room_id):
                outbox.drop(EntryId(entry.entry_id))
                dropped += 1
    return dropped


def _int(value: Column) -> int:
    assert isinstance(value, int)
    return value


def _bytes(value: Column) -> bytes:
    assert isinstance(value, bytes)
    return value


@dataclass(slots=True)
class _Range:
    """Entries without a gap, after `base` up to `last`, and the chain heads after these two."""

    base: int
    base_head: Head
    last: int
    head: Head


class _LogCopy:
    """Copies one Log from a damaged database into a new one, and finds its unbroken ranges."""

    def __init__(self, into: Database, place: Place, hosted: bool, heads: Mapping[int, Head], last_given: int) -> None:
        """`heads`: the chain heads before the ranges that were kept, by number. `last_given`: the highest number that
        was given out."""
        self._mender = Mender(place)
        self._into = into
        self._place = place
        self._hosted = hosted
        self._heads = heads
        self._last_given = last_given
        self._log = RoomLog(into, place)
        self._epoch = self._log.end().epoch
        base = min(heads)
        self._ranges = [_Range(base, heads[base], base, heads[base])]
        self._before: LogEntry | None = None  # the entry that was read last
        self._unsure: LogEntry | None = None  # the same one, as long as its head does not follow from the entry before
        self._previous: Head | None = None  # the head before `_unsure`, as it was read
        self._orphans: list[LogEntry] = []  # rightly signed, and in no range
        self._unwritten: list[LogEntry] = []

    def copy(self, items: Iterator[LogEntry]) -> int:
        """Copy every entry whose signature is right; how many."""
        for item in items:
            self._settle(item)
            self._take(item)
        self._end()
        self._flush()
        *parts, last = [Part(one.base, one.base_head, one.last) for one in self._ranges]
        if not (self._hosted or last.last):  # an empty part: the host begins the replica later, and the rest is fetched
            parts.append(last)
            self._epoch = 0
        self._log.set_range(LogEnd(self._epoch, last.base, last.base_head, last.last, self._ranges[-1].head), parts)
        return entry_rows.count(self._into, self._place.number)

    def _take(self, item: LogEntry) -> None:
        """Add the entry to a range if its head follows from the head before it; else it becomes `_unsure`."""
        at_end, last = self._ranges[-1], self._ranges[-1].last
        heads = [self._heads.get(item.seq - 1)]
        if self._before is not None and self._before.seq == item.seq - 1:
            heads.insert(0, self._before.head)
        self._previous = at_end.head if last == item.seq - 1 else heads[0]
        for previous in dict.fromkeys([at_end.head if last == item.seq - 1 else None, *heads]):
            if previous and item.seq > last and item.epoch and entry_rows.chained(previous, self._place, item):
                self._extend(previous, item)
                return
        self._unsure = self._before = item

    def _settle(self, after: LogEntry | None) -> None:
        """Decide about the `_unsure` entry, whose head does not follow from the one before. If `after`, the next entry,
        follows from the head it should have, only its head was damaged. Else one damaged byte is mended, if that is
        all. Else an entry that is rightly signed is kept outside any range, and any other is lost."""
        item, self._unsure = self._unsure, None
        if item is None or item.seq <= self._ranges[-1].last:
            return
        signed = entry_rows.signed(self._place, item)
        mended = self._mended(item)
        if mended and after and entry_rows.chained(mended.head, self._place, after):
            self._extend(self._ranges[-1].head, mended)
        elif self._previous and (found := self._mender.mended(item, self._previous)):
            self._extend(found[1], found[0])
        elif signed:
            self._orphans.append(item)

    def _mended(self, item: LogEntry) -> LogEntry | None:
        """The same entry with the head that it should have; None where the head before it is not known."""
        if self._ranges[-1].last != item.seq - 1 or not item.epoch:
            return None
        head = entry_rows.head_of(self._ranges[-1].head, self._place, item)
        return None if head is None else msgspec.structs.replace(item, head=head)

    def _extend(self, previous: Head, item: LogEntry) -> None:
        """Add `item` after the head `previous` to the last range, or begin a new range with it."""
        self._before, seq = item, item.seq
        if self._ranges[-1].last != seq - 1 or self._ranges[-1].head != previous:
            self._ranges.append(_Range(seq - 1, previous, seq - 1, previous))
        self._ranges[-1].last, self._ranges[-1].head = seq, item.head
        self._epoch = max(self._epoch, item.epoch)
        self._write(item)

    def _end(self) -> None:
        """Decide after which entry the Log goes on.

        A host must give out no number twice. It goes on after the newest number, whose head it may still have. If it
        has not, it leaves one number out, so that members who hold the newest entry can go on after it. A client goes
        on after the newest entry that is certain: its host has those that follow.
        """
        newest, certain = self._unsure, self._ranges[-1].last
        self._settle(None)
        self._place_orphans()
        at_end, last, head = self._ranges[-1], self._last_given, None
        if not self._hosted or at_end.last >= last:
            return
        # if it is rightly signed and follows a known entry, its head is damaged, or a field that only the head covers
        if newest and newest.seq == last and not (certain == last - 1 and entry_rows.signed(self._place, newest)):
            head = _as_head(newest.head)
        if head is None:
            last, head = last + 1, Head(secrets.token_bytes(len(START)))
        self._ranges.append(_Range(last, head, last, head))

    def _place_orphans(self) -> None:
        """Put each orphan into the gap where it fits, else keep it outside any range. An orphan right before a range
        gets the head that this range follows."""
        for item in self._orphans:
            for one, following in zip(self._ranges, self._ranges[1:], strict=False):
                placed = msgspec.structs.replace(item, seq=one.last + 1)
                if (
                    following.base == placed.seq
                    and following.base_head == item.head
                    and entry_rows.chained(one.head, self._place, placed)
                ):
                    self._write(placed)
                    one.last, one.head = following.last, following.head
                    self._ranges.remove(following)
                    break
            else:
                before = next((one.base_head for one in self._ranges if one.base == item.seq), None)
                self._write(msgspec.structs.replace(item, epoch=0, head=before or _as_head(item.head)))

    def _write(self, item: LogEntry) -> None:
        self._unwritten.append(item)
        if len(self._unwritten) >= _RUN:
            self._flush()

    def _flush(self) -> None:
        items, self._unwritten = self._unwritten, []
        try:
            with self._into.savepoint():
                self._log.restore(items)
        except sqlite3.IntegrityError:  # damage gave one the id of another, or a value of a wrong type
            for item in items:
                with suppress(sqlite3.IntegrityError), self._into.savepoint():
                    self._log.restore([item])


def _as_head(head: object) -> Head:
    """`head`, if it has the form of one; else START, which a column of heads may hold."""
    return Head(head) if isinstance(head, bytes) and len(head) == len(START) else START
