"""Ticks: how far my entries of one Room are, from the host's disk to somebody else's."""

from __future__ import annotations

from collections.abc import Sequence

from lanchat.core.model import EntryId, LogEntry, MemberKey

_ELSEWHERE = 10  # of what a host says at most ten times a second, our disk is hardly ever so far behind
_UNDELIVERED = 1_000  # as many of the last as somebody may still look at, who talks on where nobody else is


class Ticks:
    def __init__(self, me: MemberKey) -> None:
        self._me = me
        self._applied = 0
        self._undelivered: list[tuple[int, EntryId]] = []
        self._elsewhere: list[tuple[int, int]] = []  # said of entries that are still on their way to our own disk

    def taken(self, run: Sequence[LogEntry]) -> tuple[EntryId, ...]:
        """My entries in a run that is now in the Log. Ask `delivered` after."""
        mine = [(item.seq, EntryId(item.entry.entry_id)) for item in run if item.entry.author == self._me]
        self._undelivered = [*self._undelivered, *mine][-_UNDELIVERED:] if mine else self._undelivered
        self._applied = run[-1].seq
        return tuple(entry_id for _, entry_id in mine)

    def delivered(self, base: int = 0, seq: int = 0) -> tuple[EntryId, ...]:
        """My entries newly known to be on another disk: those after `base` up to `seq`, and of earlier calls."""
        ranges = [*self._elsewhere, (base, seq)] if seq else self._elsewhere
        if not ranges:
            return ()
        found: list[EntryId] = []
        left: list[tuple[int, EntryId]] = []
        for at, entry_id in self._undelivered:
            if any(after < at <= last for after, last in ranges):
                found.append(entry_id)
            else:
                left.append((at, entry_id))
        self._undelivered = left
        self._elsewhere = [one for one in ranges if one[1] > self._applied][-_ELSEWHERE:]
        return tuple(found)
