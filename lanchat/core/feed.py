"""Feed: the Log on its way out to the Sessions of a Host. The Log is the queue: a Session is a cursor in it."""

from __future__ import annotations

from collections.abc import Sequence

from lanchat.core.encoded_log import Block, Tail, join
from lanchat.core.model import Head, LogEnd, LogEntry
from lanchat.core.session import Session

TAIL_BYTES = 8_000_000  # about 40,000 short texts: who was away a while catches up without the disk


class Feed:
    def __init__(self, end: LogEnd, recent: Sequence[Block]) -> None:
        self.end = end
        self._tail = Tail(end.last, recent, TAIL_BYTES)

    def grow(self, run: Sequence[LogEntry], blocks: Sequence[Block]) -> None:
        """The Log goes on with `run`, encoded as `blocks`."""
        last = run[-1]
        self.end = LogEnd(last.epoch, self.end.base, self.end.base_head, last.seq, last.head)
        self._tail.grow(blocks)

    def begins(self, base: int, base_head: Head) -> None:
        """The Log begins earlier now: what was missing came back."""
        self.end = LogEnd(self.end.epoch, base, base_head, self.end.last, self.end.head)

    def newcomer_base(self, entries: int) -> int:
        """Where a newcomer begins, to get about the last `entries`: where a Block does, so that all share its bytes."""
        base = max(self.end.base, self.end.last - entries)
        edge = self._tail.edge(base) if base > self.end.base else None
        return base if edge is None else edge

    def head(self, seq: int) -> Head | None:
        """The chain head after `seq`, as far as memory has it."""
        if seq == self.end.last:
            return self.end.head
        if seq == self.end.base:
            return self.end.base_head
        return self._tail.head(seq)

    def next_for(self, session: Session, at_most: int) -> bytes | None:
        """What follows this Session's cursor, about `at_most` bytes; the cursor moves past it.

        Nothing: it has all there is, or it waits for the disk. None: now it must be read from disk.
        """
        if session.cursor >= self.end.last or session.reading or not session.live:
            return b""
        if session.read:
            data, session.cursor = join(session.read, 0, at_most)
            session.read = [block for block in session.read if block.first > session.cursor]
            return data
        found = self._tail.after(session.cursor, at_most)
        if found is None:
            session.reading = True
            return None
        data, session.cursor = found
        return data
