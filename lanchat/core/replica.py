"""What a Client holds of a room's Log: the Replica is the state of one range of it, and checks what may continue it at
either end. Ticks says which of my entries are on another disk. The entries themselves are kept on disk by the driver.
"""

from __future__ import annotations

from collections.abc import Sequence

from lanchat.core.encoded_log import unpack
from lanchat.core.frames import Entries, Misbehaved, Page, Resume, Welcome
from lanchat.core.model import EntryId, Head, LogEnd, LogEntry, MemberKey, RoomId

_ELSEWHERE = 10  # ranges: a host sends at most ten a second, and our disk is rarely more than a second late
_UNDELIVERED = 1_000  # entries: in a room without other members the list would grow without end


class Replica:
    """One unbroken range, base+1 … last, of entries received; those up to `on_disk` are on disk (-1: none)."""

    def __init__(self, room_id: RoomId, end: LogEnd | None) -> None:
        """`end`: None while there is no replica; then the Host chooses where it begins."""
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
        """Whether everything received is on disk."""
        return self.new or self.on_disk == self.last

    def resume(self) -> Resume:
        return Resume(self._epoch, self.last, self.head)

    def welcomed(self, frame: Welcome) -> bool:
        """Whether the replica begins anew: it is the first one, or the Host lost entries that we lack. Else the Host
        continues after our last entry.

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
        """The run of a frame, which continues the replica; None when there is a gap. Raises Misbehaved."""
        if not frame.rows or not 1 <= frame.epoch <= self._epoch:
            raise Misbehaved("entries that cannot be")
        if frame.first != self.last + 1:
            return None
        run = tuple(unpack(frame, self._room_id, self.head))
        self.last, self.head = run[-1].seq, run[-1].head
        return run

    def goes_on(self, run: Sequence[LogEntry]) -> bool:
        """Take a run that a host in this process hands over; it made the heads itself. False: there is a gap."""
        if run[0].seq != self.last + 1:
            return False
        self.last, self.head = run[-1].seq, run[-1].head
        return True

    def precede(self, frame: Page) -> tuple[LogEntry, ...]:
        """The run of a page, which ends where the replica begins, and is now part of it. Raises Misbehaved."""
        if not frame.entries.rows:
            return ()
        run = tuple(unpack(frame.entries, self._room_id, Head(frame.base_head)))
        if run[0].seq < 1 or run[-1].seq != self.base or run[-1].head != self.base_head:
            raise Misbehaved("a page that does not fit")
        self.base, self.base_head = run[0].seq - 1, Head(frame.base_head)
        return run

    def begins(self, base: int, base_head: Head) -> None:
        """Say where the replica begins on disk, after a page joined it to older entries that were kept."""
        self.base, self.base_head = base, base_head
        self.base_on_disk = base


class Ticks:
    """Which of my entries in one room are on another member's disk, besides the host's."""

    def __init__(self, me: MemberKey) -> None:
        self._me = me
        self._applied = 0
        self._undelivered: list[tuple[int, EntryId]] = []
        self._elsewhere: list[tuple[int, int]] = []  # ranges that may have entries which are not on our own disk yet

    def taken(self, run: Sequence[LogEntry]) -> tuple[EntryId, ...]:
        """My entries in a run that is now in the Log. Call `delivered` afterwards."""
        mine = [(item.seq, EntryId(item.entry.entry_id)) for item in run if item.entry.author == self._me]
        self._undelivered = [*self._undelivered, *mine][-_UNDELIVERED:] if mine else self._undelivered
        self._applied = run[-1].seq
        return tuple(entry_id for _, entry_id in mine)

    def delivered(self, base: int = 0, seq: int = 0) -> tuple[EntryId, ...]:
        """My entries newly known to be on another disk: those after `base` up to `seq`, and those of earlier calls."""
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
