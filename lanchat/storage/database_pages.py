"""Reads a database file without SQLite: the rows of a damaged one, its write-ahead log, and entries with bit rot.

SQLite reaches a row through the pages above it, and reads nothing when the first page is damaged. Here every leaf page
is read, wherever it is, and a row's columns tell which table it is of, as with `.recover` of SQLite's shell. The file
format: https://sqlite.org/fileformat2.html

An entry is mended when one bit of it is wrong, or one byte of a short one: the chain of heads proves what it was. Disk
thread.
"""

from __future__ import annotations

import mmap
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from msgspec import Struct

from lanchat.core.model import Entry, Head, LogEntry, next_head
from lanchat.storage.database import Database
from lanchat.storage.entry_rows import Place
from lanchat.storage.errors import Corrupt, in_plain_words

Column: TypeAlias = int | str | bytes | None
_Bytes: TypeAlias = bytes | mmap.mmap

PAGE = 4096  # the page size of every database of lanchat
_TABLE, _INDEX = 0x0D, 0x0A
_WAL_HEADER, _FRAME_HEADER = 32, 24
_FRAME = _FRAME_HEADER + PAGE
_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)  # bytes of a value, by its serial type
_NAMES = {int: "INTEGER", str: "TEXT", bytes: "BLOB"}
_STILL_SECONDS = 0.1  # a log that stays the same for so long is not being written
_PAYLOAD_MOST = 1_000_000  # bytes: an entry has far fewer
#: Candidates that are tried for one Log: one second, for which the start waits. One entry may use at most a quarter of
#: those left, so that after an entry that cannot be mended, one bit of a later one is still found.
ATTEMPTS = 100_000


class Shape(Struct, frozen=True):
    """The columns of a table, by which its rows are recognised."""

    names: list[str]
    types: list[str]
    needed: list[bool]
    key: int | None  #: the index of the column that is the rowid, and is NULL in the record

    @classmethod
    def of(cls, database: Database, table: str) -> Shape:
        columns = database.all(f"PRAGMA table_info({table})")
        whole = [index for index, column in enumerate(columns) if column[2] == "INTEGER" and column[5]]
        key = whole[0] if len(whole) == 1 == sum(1 for column in columns if column[5]) else None
        return cls(
            [column[1] for column in columns],
            [column[2] for column in columns],
            [bool((column[3] and column[4] is None) or column[5]) for column in columns],
            key,
        )

    def row(self, rowid: int, record: list[Column]) -> list[Column] | None:
        """The row of this table that `record` is; None when it is of another table.

        A row of an older version lacks the last columns, and has text where there are bytes now.
        """
        if len(record) < len(self.names):
            record = [
                value.encode("utf-8", "surrogateescape") if isinstance(value, str) and type_ == "BLOB" else value
                for value, type_ in zip(record, self.types, strict=False)
            ] + [None] * (len(self.names) - len(record))
        if len(record) != len(self.names):
            return None
        if self.key is not None:
            if record[self.key] is not None:
                return None
            record = [*record]  # it may be a row of another table with as many columns
            record[self.key] = rowid
        for value, type_, needed in zip(record, self.types, self.needed, strict=True):
            if needed if value is None else _NAMES.get(type(value)) != type_:
                return None
        return record


class Pages:
    """The newest content of every page, from the file and its write-ahead log."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        with path.open("rb") as file:
            empty = not path.stat().st_size  # an empty file cannot be mapped
            self._file = mmap.mmap(-1, 1) if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._pages: list[tuple[_Bytes, int]] = [(self._file, start) for start in range(0, len(self._file), PAGE)]
        if len(self._file) % PAGE:  # only whole pages can be read
            self._pages.pop()
        with suppress(FileNotFoundError):
            self._add_log(Path(f"{path}-wal").read_bytes())

    def close(self) -> None:
        self._pages.clear()
        self._file.close()

    def _add_log(self, log: bytes) -> None:
        """Take the pages of committed transactions from the write-ahead log, even where a checksum is wrong."""
        waiting: dict[int, int] = {}
        frames = _frames(log)
        most = len(self._pages) + len(frames)  # a damaged page number may have any value
        for start in frames:
            number, committed = struct.unpack_from(">II", log, start)
            waiting[number] = start + _FRAME_HEADER
            if committed:
                for page, place in waiting.items():
                    if 0 < page <= min(committed, most):
                        self._pages += [(b"", 0)] * (page - len(self._pages))
                        self._pages[page - 1] = log, place
                waiting.clear()

    def read(self, page: int, cell: int) -> tuple[int, list[Column]] | None:
        """The rowid and the record in a cell of a table; None where no record can be read."""
        content, start = self._pages[page]
        try:
            size, at = _varint(content, start + cell)
            rowid, at = _varint(content, at)
            return _signed(rowid), _record(self._payload(content, start, at, size, PAGE - 35))
        except (IndexError, struct.error, ValueError):
            return None

    def index_rows(self) -> Iterator[list[Column]]:
        """Every row of an index that can be read."""
        for page, cell in self.cells(_INDEX):
            content, start = self._pages[page]
            with suppress(IndexError, struct.error, ValueError):
                size, at = _varint(content, start + cell)
                yield _record(self._payload(content, start, at, size, (PAGE - 12) * 64 // 255 - 23))

    def cells(self, kind: int = _TABLE) -> Iterator[tuple[int, int]]:
        """The places of all cells of leaf pages: the page's number, counted from 0, and the offset in it."""
        for page, (content, start) in enumerate(self._pages):
            head = start + (100 if page == 0 else 0)
            if not content or content[head] != kind:
                continue
            (count,) = struct.unpack_from(">H", content, head + 3)
            for index in range(min(count, PAGE // 4)):
                if head + 10 + 2 * index > start + PAGE:
                    break
                (cell,) = struct.unpack_from(">H", content, head + 8 + 2 * index)
                if head + 8 - start <= cell < PAGE:
                    yield page, cell

    def _payload(self, content: _Bytes, start: int, at: int, size: int, local_most: int) -> bytes:
        """The bytes of a cell's record, in its page and the overflow pages. Raises ValueError."""
        if not 0 < size <= _PAYLOAD_MOST:
            raise ValueError("no record")
        if size <= local_most:
            return content[at : min(at + size, start + PAGE)]
        least = (PAGE - 12) * 32 // 255 - 23
        local = least + (size - least) % (PAGE - 4)
        if local > local_most:
            local = least
        found = bytearray(content[at : at + local])
        (next_page,) = struct.unpack_from(">I", content, at + local)
        while len(found) < size and 0 < next_page <= len(self._pages):
            content, start = self._pages[next_page - 1]
            (next_page,) = struct.unpack_from(">I", content, start)
            found += content[start + 4 : start + PAGE]
        return bytes(found[:size])


def require_whole_log(path: Path) -> None:
    """Raise Corrupt if the write-ahead log of the database at `path` is damaged; other StorageProblems may come, too.

    To be called before the database is first opened: SQLite then discards for good what it does not read of the log.
    """
    with in_plain_words():
        if log_is_whole(path):
            return
        before = Path(f"{path}-wal").read_bytes()
        time.sleep(_STILL_SECONDS)
        if Path(f"{path}-wal").read_bytes() == before:
            raise Corrupt  # else a running lanchat is writing it, and checked it before


def log_is_whole(path: Path) -> bool:
    """Whether SQLite reads all that was committed to the write-ahead log of the database at `path`. Raises OSError.

    At the first wrong checksum SQLite stops without an error, because the log of a program that was killed, or whose
    disk was full, during a transaction ends so. Where another transaction was committed after that, the log was damaged
    later. Beside an empty database SQLite deletes the log.
    """
    try:
        log = Path(f"{path}-wal").read_bytes()
    except FileNotFoundError:
        return True
    frames, looked_at = _frames(log), 0
    deleted = path.exists() and not path.stat().st_size
    if frames and _is_sound(log) and not deleted:
        order, sums = _order(log), log[_WAL_HEADER - 8 : _WAL_HEADER]
        for start in frames:
            if start != _WAL_HEADER + looked_at * _FRAME:
                break
            looked_at += 1
            page = start + _FRAME_HEADER
            sums = _checksum(log[start : start + 8] + log[page : page + PAGE], sums, order)
            if sums != log[page - 8 : page]:
                break
    return not any(any(log[start + 4 : start + 8]) for start in frames[looked_at:])


def _frames(log: bytes) -> list[int]:
    """Where the frames of a log begin. Frames with other salts are older than its last restart, and are left out."""
    starts = range(_WAL_HEADER, len(log) - _FRAME + 1, _FRAME)
    salts = log[16:24] if _is_sound(log) else log[_WAL_HEADER + 8 : _WAL_HEADER + 16]
    return [start for start in starts if log[start + 8 : start + 16] == salts]


def _is_sound(log: bytes) -> bool:
    """Whether the checksum of the log's header is right."""
    return len(log) < _WAL_HEADER or _checksum(log[:24], bytes(8), _order(log)) == log[24:32]


def _order(log: bytes) -> str:
    """The byte order of the checksums, as `struct` names it."""
    return ">" if log[3] & 1 else "<"


def _checksum(content: bytes, before: bytes, order: str) -> bytes:
    """The checksum of a frame or header: https://sqlite.org/fileformat2.html#checksum_algorithm"""
    one, two = struct.unpack(">II", before)
    numbers = iter(struct.unpack(f"{order}{len(content) // 4}I", content))
    for first, second in zip(numbers, numbers, strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return struct.pack(">II", one, two)


def _varint(content: _Bytes, at: int) -> tuple[int, int]:
    """The variable-length integer at an offset, and the offset after it."""
    value = 0
    for _byte in range(8):
        byte = content[at]
        at += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at
    return value << 8 | content[at], at + 1


def _signed(value: int) -> int:
    """A 64-bit number read as two's complement."""
    return value - (1 << 64) if value >> 63 else value


def _record(payload: bytes) -> list[Column]:
    """The values of a record. Raises IndexError, ValueError or struct.error where the bytes are no record."""
    end, at = _varint(payload, 0)
    if not at <= end <= len(payload):
        raise ValueError("no record")
    values: list[Column] = []
    place = end
    while at < end:
        kind = payload[at]
        at += 1
        if kind >= 0x80:
            kind, at = _varint(payload, at - 1)
        if kind >= 12:
            size = (kind - 12) // 2
            piece = payload[place : place + size]
            # damaged text is kept so that its bytes can be restored
            values.append(piece.decode("utf-8", "surrogateescape") if kind % 2 else piece)
        elif kind in (7, 10, 11):  # 7 is a float, which no table of ours has; 10 and 11 are reserved
            raise ValueError("no record")
        else:
            size = _SIZES[kind]
            piece = payload[place : place + size]
            whole = kind - 8 if kind >= 8 else int.from_bytes(piece, "big", signed=True)
            values.append(None if kind == 0 else whole)
        place += size
        if place > len(payload):
            raise ValueError("no record")
    return values


class Mender:
    """Mends entries of one Log in which one byte is damaged."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._left = ATTEMPTS

    def mended(self, item: LogEntry, previous: Head) -> tuple[LogEntry, Head] | None:
        """The entry as it was written, and the chain head before it; None when it cannot be found.

        `previous`: the head before it, as it was read, which may be what is damaged.
        """
        entry = item.entry
        kind = entry.kind.encode("utf-8", "surrogateescape")
        fields = [previous, item.head, item.epoch, item.received_at, entry.entry_id, entry.author, entry.device_id,
                  entry.counter, kind, entry.target, entry.body, entry.sent_at, entry.signature,
                  entry.erased]  # fmt: skip
        for before, after, *candidate in islice(self._variants(fields), self._left // 4):
            self._left -= 1
            if (proven := self._proven(item.seq, before, after, candidate)) is not None:
                return proven, Head(before)
        return None

    def _variants(self, fields: list[Any]) -> Iterator[list[Any]]:
        """The fields as they are, then with one bit of one field changed, then with one byte of one field changed."""
        yield fields
        masks = sorted(range(1, 256), key=int.bit_count)
        for some in (masks[:8], masks[8:]):
            for index, field in enumerate(fields):
                for value in _changed(field, some):
                    yield [*fields[:index], value, *fields[index + 1 :]]

    def _proven(self, seq: int, previous: Any, head: Any, fields: list[Any]) -> LogEntry | None:
        """The entry of `fields`, if `head` follows from `previous` with it."""
        epoch, received_at, entry_id, author, device_id, counter, kind, *others = fields
        try:
            entry = Entry(entry_id, author, device_id, counter, kind.decode(), *others)
            if next_head(previous, self._place.room_id, epoch, seq, received_at, entry) != head:
                return None
        except (AttributeError, TypeError, ValueError, struct.error):
            return None
        return LogEntry(entry, epoch, seq, received_at, Head(head))


def _changed(value: int | bytes | None, masks: list[int]) -> Iterator[int | bytes]:
    """An integer with each of its bits changed; bytes with each byte changed by each mask."""
    if value is None:
        return
    if isinstance(value, int):
        yield from (value ^ 1 << bit for bit in range(63))
    else:
        for place in range(len(value)):
            for mask in masks:
                yield value[:place] + bytes([value[place] ^ mask]) + value[place + 1 :]
