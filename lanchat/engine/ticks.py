"""Ticks: how far my entries of one Room are, from the host's disk to somebody else's."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from lanchat.core.model import EntryId, LogEntry, MemberKey


class Ticks:
    def __init__(self, me: MemberKey) -> None:
        self._me = me
        self._undelivered: deque[tuple[int, EntryId]] = deque()
        self._delivered = 0

    def taken(self, run: Iterable[LogEntry]) -> tuple[EntryId, ...]:
        """My entries in a run that is now in the Log."""
        mine = [(item.seq, EntryId(item.entry.entry_id)) for item in run if item.entry.author == self._me]
        self._undelivered.extend(mine)
        return tuple(entry_id for _, entry_id in mine)

    def delivered(self, seq: int = 0) -> tuple[EntryId, ...]:
        """My entries newly known to be on somebody else's disk; `seq`: everything up to it is."""
        self._delivered = max(self._delivered, seq)
        found = []
        while self._undelivered and self._undelivered[0][0] <= self._delivered:
            found.append(self._undelivered.popleft()[1])
        return tuple(found)
