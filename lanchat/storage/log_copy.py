"""LogCopy: copies one Log from a damaged database into a new one, for `salvage`. Disk thread.

Every entry is kept whose signature is right. One with a flipped bit is mended. The Log goes on after its newest
unbroken range; entries missing before that are fetched again from other members.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from lanchat.core.model import START, Head, LogEnd, LogEntry
from lanchat.storage import entry_rows
from lanchat.storage.database import Database
from lanchat.storage.database_pages import Mender
from lanchat.storage.entry_rows import Place
from lanchat.storage.log_parts import Part
from lanchat.storage.room_log import RoomLog

_RUN = 500  # entries written at once


@dataclass(slots=True)
class _Range:
    """Entries without a gap, after `base` up to `last`, and the chain heads after these two."""

    base: int
    base_head: Head
    last: int
    head: Head


class LogCopy:
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
            head = as_head(newest.head)
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
                self._write(msgspec.structs.replace(item, epoch=0, head=before or as_head(item.head)))

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


def as_head(head: object) -> Head:
    """`head`, if it has the form of one; else START, which a column of heads may hold."""
    return Head(head) if isinstance(head, bytes) and len(head) == len(START) else START
