"""What a Client holds of a room's Log: the Replica is the state of one range of it, and checks what may continue it at
either end. Ticks says which of my entries are on another disk. The entries themselves are kept on disk by the driver.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec.structs import replace

from lanchat.core.client_actions import NewReplica, Rebase
from lanchat.core.encoded_log import unpack
from lanchat.core.frames import Entries, Have, LogMark, Misbehaved, Page, Resume, Welcome
from lanchat.core.keeping import Keeping, epoch_in, keeping_in
from lanchat.core.limits import IDLE_PING_SECONDS, MARKS_MOST, TELL_SECONDS
from lanchat.core.model import START, Entry, EntryId, Head, LogEnd, LogEntry, MemberKey, RoomId

_ELSEWHERE = 10  # ranges: a host sends at most ten a second, and our disk is rarely more than a second late
_UNDELIVERED = 1_000  # entries: in a room without other members the list would grow without end


class Replica:
    """One unbroken range, base+1 … last, of entries received; those up to `on_disk` are on disk (-1: none)."""

    def __init__(
        self, room_id: RoomId, end: LogEnd | None, marks: Sequence[LogMark] = (), keeps: Entry | None = None
    ) -> None:
        """`end`: None while there is no replica; then the Host chooses where it begins. `marks`: chain heads within it.
        `keeps`: the newest `+keeps` of the room, which proves its epoch."""
        self._room_id = room_id
        self.epoch = max(end.epoch, epoch_in(keeps)) if end else 0
        self._marks = {mark.seq: Head(mark.head) for mark in marks}
        self._keeps = keeps
        self._begin(end or LogEnd())
        self.on_disk = self.last if end else -1

    def _begin(self, end: LogEnd) -> None:
        self.base, self.base_head = end.base, end.base_head
        self.last, self.head = end.last, end.head
        self.base_on_disk = end.base

    @property
    def new(self) -> bool:
        return self.epoch == 0

    @property
    def settled(self) -> bool:
        """Whether everything received is on disk."""
        return self.new or self.on_disk == self.last

    def resume(self) -> Resume:
        if self.new:
            return Resume(0, 0, START)
        heads = {seq: head for seq, head in self._marks.items() if self.base < seq < self.last}
        marks = [LogMark(seq, heads[seq]) for seq in sorted(heads, reverse=True)[: MARKS_MOST - 1]]
        if self.base < self.last:
            marks.append(LogMark(self.base, self.base_head))
        return Resume(self.epoch, self.last, self.head, marks, self._keeps)

    def welcomed(self, frame: Welcome) -> NewReplica | Rebase | None:
        """How the replica begins anew: it is the first one, or the Host lost entries that we lack; or up to where it
        must give way, since what we have after that is not in the Host's Log. None: the Host continues after our last
        entry.

        Raises Misbehaved.
        """
        if frame.epoch < max(self.epoch, 1) or frame.base > frame.last:
            raise Misbehaved("a welcome that cannot be")
        if frame.epoch > max(self.epoch, 1) or frame.keeps is not None:
            _require_keeping(frame.keeps, frame.epoch, frame.host.key)
        head, held = Head(frame.base_head), self.epoch
        self.epoch, self._keeps = frame.epoch, frame.keeps or self._keeps
        if held == 0 or frame.base > self.last:
            self._begin(LogEnd(frame.epoch, frame.base, head, frame.base, head))
            self.on_disk = -1
            return NewReplica(frame.epoch, frame.base, head)
        if frame.base == self.last and head == self.head:
            return None
        self._give_way(frame.base, head)
        return Rebase(frame.epoch, frame.base, head)

    def _give_way(self, base: int, head: Head) -> None:
        common = self.base <= base and head == (self.base_head if base == self.base else self._marks.get(base))
        begin = LogEnd(base=self.base, base_head=self.base_head) if common else LogEnd(base=base, base_head=head)
        self._begin(replace(begin, last=base, head=head))
        self._marks = {seq: mark for seq, mark in self._marks.items() if common and seq <= base}
        self.on_disk = -1

    def follow(self, frame: Entries, host: bytes) -> tuple[LogEntry, ...] | None:
        """The run of a frame of the Host with the key `host`, which continues the replica; None when there is a gap.
        Raises Misbehaved."""
        if not frame.rows or frame.epoch < 1:
            raise Misbehaved("entries that cannot be")
        if frame.first != self.last + 1:
            return None
        run = tuple(unpack(frame, self._room_id, self.head))
        if frame.epoch > self.epoch:  # the Host raised itself
            _require_keeping(run[0].entry, frame.epoch, host)
        self._add(run)
        return run

    def goes_on(self, run: Sequence[LogEntry]) -> bool:
        """Take a run that a host in this process hands over; it made the heads itself. False: there is a gap."""
        if run[0].seq != self.last + 1:
            return False
        self._add(run)
        return True

    def _add(self, run: Sequence[LogEntry]) -> None:
        self.last, self.head = run[-1].seq, run[-1].head
        self.epoch = max(self.epoch, run[-1].epoch)
        for item in run:
            if (keeping := keeping_in(item.entry)) is not None and keeping.epoch == self.epoch:
                self._keeps = item.entry

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


class HaveReport:
    """When a Client tells its Host what is delivered here."""

    def __init__(self, replica: Replica, at_host: bool) -> None:
        self.read = 0  #: what the person has read, which is what counts at the host, where all is on disk
        self._replica = replica
        self._at_host = at_host
        self._told = (0, 0)  # on this connection: up to which entry, and minus the number after which
        self._told_at = -math.inf

    def disconnected(self) -> None:
        self._told = (0, 0)

    def waiting(self, sharing_read: bool) -> bool:
        """Whether there is something to tell. `sharing_read`: others may know what the person has read."""
        return self._now(sharing_read) > self._told

    def due(self, sharing_read: bool, members: int, now: float) -> list[Have]:
        """What is to be told now; seldom in a large room, where one member's `have` is enough."""
        between = TELL_SECONDS if self._at_host else min(max(TELL_SECONDS, 0.005 * members), IDLE_PING_SECONDS)
        if not self.waiting(sharing_read) or now - self._told_at < between:
            return []
        self._told, self._told_at = self._now(sharing_read), now
        seq, minus_base = self._told
        return [Have(seq, -minus_base)]

    def _now(self, sharing_read: bool) -> tuple[int, int]:
        """A page of the past is news, too."""
        if self._at_host:
            return min(self.read, self._replica.last) if sharing_read else self._replica.last, 0
        return self._replica.on_disk, -self._replica.base_on_disk


def _is_mine(entry: Entry, me: MemberKey) -> bool:
    """Whether I wrote it; who keeps the room open says so without being asked."""
    return entry.author == me and entry.kind != Keeping.kind


def _require_keeping(keeps: Entry | None, epoch: int, host: bytes) -> None:
    """Raises Misbehaved unless the Host says here itself that it keeps the room open in this epoch. Whether it may, the
    driver checks, as it does the signature."""
    keeping = keeping_in(keeps)
    if keeps is None or keeping is None or keeping.epoch != epoch or keeps.author != host:
        raise Misbehaved("an epoch that is not proved")


class Ticks:
    """Which of my entries in one room are on another member's disk, besides the host's."""

    def __init__(self, me: MemberKey) -> None:
        self._me = me
        self._applied = 0
        self._undelivered: list[tuple[int, EntryId]] = []
        self._elsewhere: list[tuple[int, int]] = []  # ranges that may have entries which are not on our own disk yet
        self._began: int | None = None  # the last entry of before the first run; None: no run came yet
        self._earlier = (0, 0)  # the last answer of `earlier`

    def taken(self, run: Sequence[LogEntry]) -> tuple[EntryId, ...]:
        """My entries in a run that is now in the Log. Call `delivered` afterwards."""
        self._began = run[0].seq - 1 if self._began is None else self._began
        mine = [(item.seq, EntryId(item.entry.entry_id)) for item in run if _is_mine(item.entry, self._me)]
        self._undelivered = [*self._undelivered, *mine][-_UNDELIVERED:] if mine else self._undelivered
        self._applied = run[-1].seq
        return tuple(entry_id for _, entry_id in mine)

    def cut(self, last: int) -> None:
        """What had a number after `last` has another one now, or none."""
        self._undelivered = [one for one in self._undelivered if one[0] <= last]
        self._applied = min(self._applied, last)
        self._began = last if self._began is None else min(self._began, last)
        self._earlier = (0, 0)
        self._elsewhere.clear()

    def connected(self) -> None:
        """A host says anew what is elsewhere: the numbers of another one may be those of other entries."""
        self._elsewhere.clear()

    def earlier(self, base: int, seq: int) -> tuple[int, int] | None:
        """The same of what was in the Log before all runs, of which it is not known here which entries are mine: those
        after the first number up to the second are on another disk. None: that is no news."""
        told_base, told = self._earlier
        last = seq if self._began is None else min(seq, self._began)
        if last <= base or (told_base <= base and last <= told):
            return None
        self._earlier = base, last
        return self._earlier

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
