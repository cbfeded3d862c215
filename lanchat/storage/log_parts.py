"""LogParts: older ranges of one room's entries, with entries missing between them and the Log. Disk thread.

They are shown, and join the Log when the missing entries were fetched again. They may end in what only this computer
has: their last entries may be of a Log that gave way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lanchat.core.model import Head, LogEnd
from lanchat.storage import entry_rows
from lanchat.storage.database import Database


class Part(NamedTuple):
    """Entries after `base` up to `last` that are older than the Log; between them and it some are missing."""

    base: int
    base_head: Head
    last: int


class LogParts:
    """Of one room. Every method may raise StorageProblem; those that write are called in a transaction."""

    def __init__(self, database: Database, room: int) -> None:
        self._database = database
        self._room = room
        self.all: list[Part] = []  #: oldest first

    def read(self) -> None:
        """Read them from the database."""
        sql = "SELECT base, base_head, last FROM parts WHERE room = ? ORDER BY base"
        self.all = [Part(*part) for part in self._database.all(sql, (self._room,))]

    def set(self, parts: Sequence[Part]) -> None:
        """Replace them; `parts` has the oldest first."""
        if parts or self.all:
            self._database.do("DELETE FROM parts WHERE room = ?", (self._room,))
            found = [(self._room, *part) for part in parts]
            entry_rows.insert(self._database, "parts (room, base, base_head, last)", found)
            self.all = list(parts)

    def around(self, end: LogEnd, seq: int, head: Head) -> Part | None:
        """The unbroken range, of these or the Log with this `end`, in which the chain head after `seq` is `head`, cut
        off there; None: there is none."""
        for base, base_head, last in (Part(end.base, end.base_head, end.last), *self.all):
            if base <= seq <= last:
                found = base_head if seq == base else entry_rows.head_at(self._database, self._room, seq)
                if found == head:
                    return Part(base, base_head, seq)
        return None

    def joined(self, base: int, base_head: Head) -> tuple[int, Head]:
        """Where a Log that reaches back to `base` begins: further back if a part ends there, which is then none any
        more."""
        parts = [part for part in self.all if part.base < base]
        here = entry_rows.head_at(self._database, self._room, base) == base_head
        last = base if here else base - 1
        if parts and parts[-1].last >= base and here:
            base, base_head, _last = parts.pop()
        self.set([part._replace(last=min(part.last, last)) for part in parts])
        return base, base_head
