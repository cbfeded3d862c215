"""Marks: chain heads of one room's Log, close together at its end and ever further apart before that.

Two who have a Log of the same room find by them up to where theirs are the same. Disk thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lanchat.core.frames import LogMark
from lanchat.core.model import LogEnd
from lanchat.storage import entry_rows
from lanchat.storage.database import Database
from lanchat.storage.entry_rows import SEQ_MOST, entry_number

_ONE_BY_ONE = 16  # at the end: a Log that gives way rarely has more that the other lacks


def marks_of(database: Database, room: int, end: LogEnd) -> list[LogMark]:
    """The marks of the Log that has this end, the newest first; none where there is no Log yet."""
    if end.epoch == 0:
        return []
    numbers = [entry_number(room, seq) for seq in _distances(end)]
    found = {end.base: LogMark(end.base, end.base_head)}
    if numbers:
        marked = entry_rows.filled(numbers)
        sql = f"SELECT id, head FROM entries WHERE id IN ({', '.join('?' * len(marked))})"
        found |= {number & SEQ_MOST: LogMark(number & SEQ_MOST, head) for number, head in database.all(sql, marked)}
    return [found[seq] for seq in sorted(found, reverse=True)]


def _distances(end: LogEnd) -> Iterator[int]:
    distance = 0
    while (seq := end.last - distance) > end.base:
        yield seq
        distance += 1 if distance < _ONE_BY_ONE else distance


def common_mark(database: Database, room: int, end: LogEnd, marks: Iterable[LogMark]) -> LogMark:
    """The newest of these marks that the Log with this end has, too; else the one at its beginning."""
    for mark in sorted(marks, key=lambda mark: mark.seq, reverse=True):
        if end.base < mark.seq <= end.last and entry_rows.head_at(database, room, mark.seq) == mark.head:
            return mark
    return LogMark(end.base, end.base_head)
