"""What a Client holds of a room: the Replica of its Log, and the Outbox of my entries that are not in the Log yet.

The Replica is one range of the Log; it judges what may continue that at either end. Ticks says how far my entries are.
The lasting copies are on disk.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence

from lanchat.core.encoded_log import unpack
from lanchat.core.frames import Entries, Misbehaved, Page, Post, Resume, Welcome
from lanchat.core.limits import PAGE_BYTES, TELL_SECONDS, Limits
from lanchat.core.model import Entry, EntryId, Head, LogEnd, LogEntry, MemberKey, RoomId
from lanchat.core.sessions import Bucket

_ENTRY_BYTES = 188  # the most an Entry takes besides kind and body
_HOLD_MOST_SECONDS = 60.0  # whatever a Host asks for
_ELSEWHERE = 10  # a host tells at most ten a second, and our disk is hardly ever more than a second behind
_UNDELIVERED = 1_000  # of my last ones: where nobody else is, the list would grow for ever


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

    def goes_on(self, run: Sequence[LogEntry]) -> bool:
        """Take a run that a host in this process hands over; it made the heads itself. False: there is a gap."""
        if run[0].seq != self.last + 1:
            return False
        self.last, self.head = run[-1].seq, run[-1].head
        return True

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


class Outbox:
    """In counter order: first those under way to the Host, then those that wait.

    At most `burst` are under way, and they are sent at the rate the Host allows, so it hardly ever says `slow_down`.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._under_way: OrderedDict[EntryId, Entry] = OrderedDict()
        self._waiting: OrderedDict[EntryId, Entry] = OrderedDict()
        self._burst = 0  # nothing may be sent before the Host told its limits
        self._bucket = Bucket(1.0, 1, 0.0)
        self._again = True
        self._hold_until = -math.inf
        for entry in entries:
            self.add(entry)

    @property
    def under_way(self) -> bool:
        """Something was sent that the Host has not answered."""
        return bool(self._under_way)

    @property
    def waiting(self) -> bool:
        """Something was not sent yet."""
        return bool(self._waiting)

    def add(self, entry: Entry) -> None:
        self._waiting[EntryId(entry.entry_id)] = entry

    def remove(self, entry_id: EntryId) -> bool:
        """It is in the Log, or never will be. False: it was not here."""
        return any(part.pop(entry_id, None) is not None for part in (self._under_way, self._waiting))

    def open(self, limits: Limits, now: float) -> None:
        """A Host takes entries, within these limits."""
        self._burst = limits.burst
        self._bucket = Bucket(limits.posts_per_second, limits.burst, now)
        self._hold_until = -math.inf

    def close(self) -> None:
        """The Host is gone: everything waits again."""
        self._burst = 0
        self._start_again()

    def slow_down(self, retry_ms: int, now: float) -> float:
        """The Host takes no more for now. Returns the seconds until everything is sent again, from the start."""
        seconds = min(max(retry_ms / 1000, TELL_SECONDS), _HOLD_MOST_SECONDS)
        self._hold_until = now + seconds
        self._bucket.drain(now)
        self._start_again()
        return seconds

    def due(self, now: float) -> list[Post]:
        """What may go out now; it is under way then."""
        posts: list[Post] = []
        if now < self._hold_until:
            return posts
        free = self._bucket.take(min(len(self._waiting), self._burst - len(self._under_way)), now)
        while free:
            entries = self._take(free)
            free -= len(entries)
            posts.append(Post(entries, self._again))
            self._again = False
        return posts

    def _take(self, most: int) -> list[Entry]:
        """The next that wait, as many as one frame holds."""
        taken: list[Entry] = []
        size = 0
        while len(taken) < most:
            entry_id, entry = next(iter(self._waiting.items()))
            size += _ENTRY_BYTES + len(entry.kind.encode()) + len(entry.body)
            if taken and size > PAGE_BYTES:
                break
            del self._waiting[entry_id]
            self._under_way[entry_id] = entry
            taken.append(entry)
        return taken

    def _start_again(self) -> None:
        self._under_way.update(self._waiting)
        self._waiting, self._under_way = self._under_way, OrderedDict()
        self._again = True


class Ticks:
    """How far my entries of one room are, from the host's disk to somebody else's."""

    def __init__(self, me: MemberKey) -> None:
        self._me = me
        self._applied = 0
        self._undelivered: list[tuple[int, EntryId]] = []
        self._elsewhere: list[tuple[int, int]] = []  # told about entries that are still on their way to our own disk

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
