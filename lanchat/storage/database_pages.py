"""The rows of a damaged database, read from the pages of its file by themselves, and bit rot in one of them undone.

SQLite reaches a row by the pages above it, and nothing without the first page. Here every leaf page counts wherever it
is, as in the `.recover` of SQLite's shell: what a row is of, its columns tell. The format:
https://sqlite.org/fileformat2.html

Bit rot in one entry is undone where it is one bit, or one byte of a short entry: the chain of heads proves what the
entry was. Disk thread.
"""

from __future__ import annotations

import mmap
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from lanchat.core.model import Entry, Head, LogEntry, next_head
from lanchat.storage.database import Database
from lanchat.storage.entry_rows import Place
from lanchat.storage.errors import Corrupt, in_plain_words

Column: TypeAlias = int | str | bytes | None
_Bytes: TypeAlias = bytes | mmap.mmap

PAGE = 4096  # what every database of lanchat has
_TABLE, _INDEX = 0x0D, 0x0A
_WAL_HEADER, _FRAME_HEADER = 32, 24
_FRAME = _FRAME_HEADER + PAGE
_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)  # of the values of serial types below 10
_NAMES = {int: "INTEGER", str: "TEXT", bytes: "BLOB"}
_STILL_SECONDS = 0.1  # a log that does not change for so long is not being written
_PAYLOAD_MOST = 1_000_000  # an entry, and much more


@dataclass(frozen=True, slots=True)
class Shape:
    """How the rows of a table look."""

    names: list[str]
    types: list[str]
    needed: list[bool]
    key: int | None  #: the column that is the rowid, and NULL in the record

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
        """The row that `record` is; None when it is of another table. An older version's lacks the last columns, and
        has text where there are bytes now."""
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
            empty = not path.stat().st_size  # which cannot be mapped
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
        """What was committed last, even where a checksum is wrong."""
        waiting: dict[int, int] = {}
        frames = _frames(log)
        most = len(self._pages) + len(frames)  # a damaged number of a page may be any
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
        """The rowid and the record in a table's cell; None when there is none."""
        content, start = self._pages[page]
        try:
            size, at = _varint(content, start + cell)
            rowid, at = _varint(content, at)
            return _signed(rowid), _record(self._payload(content, start, at, size, PAGE - 35))
        except (IndexError, struct.error, ValueError):
            return None

    def index_rows(self) -> Iterator[list[Column]]:
        """Every row of an index."""
        for page, cell in self.cells(_INDEX):
            content, start = self._pages[page]
            with suppress(IndexError, struct.error, ValueError):
                size, at = _varint(content, start + cell)
                yield _record(self._payload(content, start, at, size, (PAGE - 12) * 64 // 255 - 23))

    def cells(self, kind: int = _TABLE) -> Iterator[tuple[int, int]]:
        """The places of all cells of leaf pages: number of the page from 0, offset in it."""
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
        """A cell's record: what stands in its page, and the pages that it goes on in. Raises ValueError."""
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
    """For who looks at the database at `path` first: SQLite drops for good what it does not read of the log. Raises
    Corrupt where there is such, StorageProblem."""
    with in_plain_words():
        if log_is_whole(path):
            return
        before = Path(f"{path}-wal").read_bytes()
        time.sleep(_STILL_SECONDS)
        if Path(f"{path}-wal").read_bytes() == before:
            raise Corrupt  # else a lanchat that runs is writing it, and has looked


def log_is_whole(path: Path) -> bool:
    """Whether SQLite reads all that was committed to the write-ahead log of the database at `path`. At the first wrong
    checksum it stops without a word, for so ends the log of a program that was killed, or whose disk was full, in a
    transaction. Where another was committed after that, what is wrong was damaged later. Beside an empty database it
    deletes the log. Raises OSError.
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
    """Where the frames of a log begin: those with its salts. Others are of before it began anew."""
    starts = range(_WAL_HEADER, len(log) - _FRAME + 1, _FRAME)
    salts = log[16:24] if _is_sound(log) else log[_WAL_HEADER + 8 : _WAL_HEADER + 16]
    return [start for start in starts if log[start + 8 : start + 16] == salts]


def _is_sound(log: bytes) -> bool:
    """Whether the checksum of the log's header is right."""
    return len(log) < _WAL_HEADER or _checksum(log[:24], bytes(8), _order(log)) == log[24:32]


def _order(log: bytes) -> str:
    return ">" if log[3] & 1 else "<"


def _checksum(content: bytes, before: bytes, order: str) -> bytes:
    """https://sqlite.org/fileformat2.html#checksum_algorithm"""
    one, two = struct.unpack(">II", before)
    numbers = iter(struct.unpack(f"{order}{len(content) // 4}I", content))
    for first, second in zip(numbers, numbers, strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return struct.pack(">II", one, two)


def _varint(content: _Bytes, at: int) -> tuple[int, int]:
    value = 0
    for _byte in range(8):
        byte = content[at]
        at += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at
    return value << 8 | content[at], at + 1


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _record(payload: bytes) -> list[Column]:
    """The values of a record. Raises IndexError, ValueError or struct.error where it is none."""
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
            # damaged text goes on as what can be turned back into its bytes
            values.append(piece.decode("utf-8", "surrogateescape") if kind % 2 else piece)
        elif kind in (7, 10, 11):  # no table of ours has floats, and nobody has the others
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


#: Attempts for one Log: a second, for which the start waits. No entry may use more than a quarter of what is left of
#: them, so that the one bit of a later entry is still found after one that cannot be mended.
ATTEMPTS = 100_000


class Mender:
    """Mends entries of one Log."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._left = ATTEMPTS

    def mended(self, item: LogEntry, previous: Head) -> tuple[LogEntry, Head] | None:
        """The entry as it was written, and the chain head before it; None when more than a byte of it is damaged.

        `previous`: that head as it was read.
        """
        entry = item.entry
        kind = entry.kind.encode("utf-8", "surrogateescape")
        fields = [previous, item.head, item.epoch, item.received_at, entry.entry_id, entry.author, entry.device_id,
                  entry.counter, kind, entry.target, entry.body, entry.sent_at, entry.signature]  # fmt: skip
        for before, after, *candidate in islice(self._variants(fields), self._left // 4):
            self._left -= 1
            if (proven := self._proven(item.seq, before, after, candidate)) is not None:
                return proven, Head(before)
        return None

    def _variants(self, fields: list[Any]) -> Iterator[list[Any]]:
        """As it stands, then with one byte of one field changed; those with one bit changed come first."""
        yield fields
        masks = sorted(range(1, 256), key=int.bit_count)
        for some in (masks[:8], masks[8:]):
            for index, field in enumerate(fields):
                for value in _changed(field, some):
                    yield [*fields[:index], value, *fields[index + 1 :]]

    def _proven(self, seq: int, previous: Any, head: Any, fields: list[Any]) -> LogEntry | None:
        epoch, received_at, entry_id, author, device_id, counter, kind, target, body, sent_at, signature = fields
        try:
            entry = Entry(entry_id, author, device_id, counter, kind.decode(), target, body, sent_at, signature)
            if next_head(previous, self._place.room_id, epoch, seq, received_at, entry) != head:
                return None
        except (AttributeError, TypeError, ValueError, struct.error):
            return None
        return LogEntry(entry, epoch, seq, received_at, Head(head))


def _changed(value: int | bytes | None, masks: list[int]) -> Iterator[int | bytes]:
    """The value with one bit changed, or, if it is of bytes, with one of them changed by a mask."""
    if value is None:
        return
    if isinstance(value, int):
        yield from (value ^ 1 << bit for bit in range(63))
    else:
        for place in range(len(value)):
            for mask in masks:
                yield value[:place] + bytes([value[place] ^ mask]) + value[place + 1 :]
