"""Bit rot in one entry is undone where it is one bit, or one byte of a short entry: the chain of heads proves
what the entry was. Disk thread.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice
from typing import Any

from lanchat.core.model import Entry, Head, LogEntry, next_head
from lanchat.storage.entry_rows import Place

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
