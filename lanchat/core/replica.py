"""Replica: which range of a Log a Client holds, and what may continue it at either end."""

from __future__ import annotations

from lanchat.core.encoded_log import unpack
from lanchat.core.frames import Entries, Misbehaved, Page, Resume, Welcome
from lanchat.core.model import Head, LogEnd, LogEntry, RoomId


class Replica:
    """One unbroken range, base+1 … last. `last` is what came; `on_disk` is what of it is safe (-1: nothing at all)."""

    def __init__(self, room_id: RoomId, end: LogEnd | None) -> None:
        """No end: there is no replica yet, and the Host chooses where it begins."""
        self._room_id = room_id
        self._epoch = end.epoch if end else 0
        self._begin(end or LogEnd())
        self.on_disk = self.last if end else -1

    def _begin(self, end: LogEnd) -> None:
        self.base, self.base_head = end.base, end.base_head
        self.last, self.head = end.last, end.head
        self.base_on_disk = end.base

    @property
    def new(self) -> bool:
        return self._epoch == 0

    @property
    def settled(self) -> bool:
        """All that came is on disk."""
        return self.new or self.on_disk == self.last

    def resume(self) -> Resume:
        return Resume(self._epoch, self.last, self.head)

    def welcomed(self, frame: Welcome) -> bool:
        """False: the Host continues where we are. True: the replica begins anew, as it is the first one, or because the
        Host lost entries that we lack.

        Raises Misbehaved.
        """
        if frame.epoch < max(self._epoch, 1) or frame.base > frame.last:
            raise Misbehaved("a welcome that cannot be")
        anew = self.new or frame.base > self.last
        if anew:
            head = Head(frame.base_head)
            self._begin(LogEnd(frame.epoch, frame.base, head, frame.base, head))
            self.on_disk = -1
        elif frame.base != self.last or frame.base_head != self.head:
            raise Misbehaved("it does not go on where we are")
        self._epoch = frame.epoch
        return anew

    def follow(self, frame: Entries) -> tuple[LogEntry, ...] | None:
        """The run that continues the replica; None: there is a gap. Raises Misbehaved."""
        if not frame.rows or not 1 <= frame.epoch <= self._epoch:
            raise Misbehaved("entries that cannot be")
        if frame.first != self.last + 1:
            return None
        run = tuple(unpack(frame, self._room_id, self.head))
        self.last, self.head = run[-1].seq, run[-1].head
        return run

    def precede(self, frame: Page) -> tuple[LogEntry, ...]:
        """The run that ends where the replica begins; it begins earlier now. Raises Misbehaved."""
        if not frame.entries.rows:
            return ()
        run = tuple(unpack(frame.entries, self._room_id, Head(frame.base_head)))
        if run[0].seq < 1 or run[-1].seq != self.base or run[-1].head != self.base_head:
            raise Misbehaved("a page that does not fit")
        self.base, self.base_head = run[0].seq - 1, Head(frame.base_head)
        return run

    def begins(self, base: int, base_head: Head) -> None:
        """Where the replica begins on disk, when a page joined it to older entries that were kept."""
        self.base, self.base_head = base, base_head
        self.base_on_disk = base
