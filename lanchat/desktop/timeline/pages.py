"""Pages: which part of a Log is on this disk, and reading some of it. Tk thread: every read is by key, and short."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from lanchat.core.model import LogEntry, RoomId
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Reader

T = TypeVar("T")

PAGE = 16  #: entries read at once: a few ms to set and to draw


class Page(NamedTuple):
    """Entries without a gap, oldest first, and the one before them; None: none is here."""

    before: LogEntry | None
    entries: list[LogEntry]


class Pages:
    def __init__(self, reader: Reader, room_id: RoomId, failed: Callable[[str], None]) -> None:
        """`failed` is told, in plain words, why nothing could be read; the page is empty then."""
        self._reader = reader
        self._room_id = room_id
        self._failed = failed
        self.first = 1  #: seq of the oldest entry here
        self.last = 0  #: seq of the newest; before `first`: there is none
        self.look()

    def look(self) -> None:
        """See anew which part of the Log is here."""
        newest = self._read(lambda: self._reader.newest(self._room_id, 1))
        if newest:
            self.last = newest[0].seq
            oldest = self._read(lambda: self._reader.after(self._room_id, 0, 1))
            self.first = oldest[0].seq if oldest else self.last

    def newest(self, most: int) -> Page:
        return self.before(self.last + 1, most)

    def before(self, seq: int, most: int = PAGE) -> Page:
        """Up to `most` entries that end before `seq`."""
        found = self._read(lambda: self._reader.before(self._room_id, seq, most + 1))
        return Page(found[0], found[1:]) if len(found) > most else Page(None, found)

    def after(self, seq: int, most: int = PAGE) -> Page:
        """Up to `most` entries that begin after `seq`."""
        found = self._read(lambda: self._reader.after(self._room_id, max(0, seq - 1), most + 1))
        if found and found[0].seq == seq:
            return Page(found[0], found[1:])
        return Page(None, found[:most])

    def around(self, seq: int, most: int) -> Page:
        """Up to `most` entries with `seq` among them, as many before it as after."""
        start = max(self.first, min(seq - most // 2, self.last - most + 1))
        return self.after(start - 1, most)

    def _read(self, read: Callable[[], list[T]]) -> list[T]:
        try:
            return read()
        except StorageProblem as problem:
            self._failed(str(problem))
            return []
