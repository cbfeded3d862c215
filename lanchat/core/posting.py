"""Posting: what a Client brings into the Log: first what another Log had that gave way (carried), then what I wrote
(Outbox). On disk the driver keeps both.
"""

from __future__ import annotations

import itertools
import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

from lanchat.core.client_actions import GiveUp, SetAside
from lanchat.core.frames import Misbehaved, Post
from lanchat.core.limits import CARRIED, PAGE_BYTES, TELL_SECONDS, Limits
from lanchat.core.model import Entry, EntryId, LogEntry, MemberKey
from lanchat.core.sessions import Bucket

_ENTRY_BYTES = 256  # the most that an encoded Entry takes besides kind and body
_HOLD_MOST_SECONDS = 60.0  # the longest pause that a Host may ask for
_QUIET_SECONDS = (1.0, 3.0)  # at least, at most: so long nothing of it came before we carry what others may have, too


class Outbox:
    """My entries that are not in the Log yet, as they were written: those under way to the Host, then those that wait.

    At most `burst` are under way, and they are sent at the rate that the Host allows: it rarely says `slow_down`.
    """

    def __init__(self, entries: Iterable[Entry], carried: bool = False) -> None:
        """`carried`: they are of anybody, and another Log had them, in this order."""
        self._carried = carried
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
        """Whether something was sent that the Host has not answered."""
        return bool(self._under_way)

    @property
    def waiting(self) -> bool:
        """Whether something was not sent yet."""
        return bool(self._waiting)

    def add(self, entry: Entry) -> None:
        self._waiting[EntryId(entry.entry_id)] = entry

    def remove(self, entry_id: EntryId) -> bool:
        """Remove an entry that is in the Log, or never will be. False: it was not here."""
        return any(part.pop(entry_id, None) is not None for part in (self._under_way, self._waiting))

    def has(self, entry_id: bytes | None) -> bool:
        return entry_id in self._under_way or entry_id in self._waiting

    def replace(self, entries: Iterable[Entry]) -> None:
        """Hold these from now on, and no others."""
        self._under_way.clear()
        self._waiting.clear()
        for entry in entries:
            self.add(entry)

    def open(self, rate: float, burst: int, now: float) -> None:
        """Begin to send, within the limits of a Host that we are connected to."""
        self._burst = burst
        self._bucket = Bucket(rate, burst, now)
        self._hold_until = -math.inf

    def close(self) -> None:
        """The connection is gone: everything waits again."""
        self._burst = 0
        self._start_again()

    def slow_down(self, retry_ms: int, now: float) -> float:
        """The Host takes no more for now; the seconds until everything is sent again, from the start."""
        seconds = min(max(retry_ms / 1000, TELL_SECONDS), _HOLD_MOST_SECONDS)
        self._hold_until = now + seconds
        self._bucket.drain(now)
        self._start_again()
        return seconds

    def due(self, now: float, after: Outbox | None = None) -> list[Post]:
        """The posts that may be sent now. Their entries are under way afterwards. One that is about an entry in `after`
        waits for that, and those that follow it wait, too."""
        posts: list[Post] = []
        if now < self._hold_until:
            return posts
        free = self._bucket.take(min(self._ready(after), self._burst - len(self._under_way)), now)
        while free:
            entries = self._take(free)
            free -= len(entries)
            posts.append(Post(entries, self._again, self._carried))
            self._again = False
        return posts

    def _ready(self, after: Outbox | None) -> int:
        """How many of those that wait need not wait for others."""
        if after is None or not (after.waiting or after.under_way):
            return len(self._waiting)
        ready = itertools.takewhile(lambda entry: not after.has(entry.target), self._waiting.values())
        return sum(1 for _entry in itertools.islice(ready, self._burst))

    def _take(self, most: int) -> list[Entry]:
        """Up to `most` entries that wait, as many as fit into one frame; they are under way afterwards."""
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
        """Let everything wait again, in order."""
        self._under_way.update(self._waiting)
        self._waiting, self._under_way = self._under_way, OrderedDict()
        self._again = True


class Posting:
    """Many members may carry the same. So each waits until nothing of it came for a while, a different one for each,
    and whoever hears that the Host knows what it sent waits again."""

    def __init__(
        self, outbox: Sequence[Entry], carried: Sequence[Entry], me: MemberKey, kept: bool, random: Callable[[], float]
    ) -> None:
        """`carried`: in the order of the Log that had them. `kept`: we kept the room open there, and bring them at
        once; others first wait whether somebody does. `random`: a number from 0 to 1, another one each time."""
        self._outbox = Outbox(outbox)
        self._carried = Outbox(carried, carried=True)
        self._me = me
        self._kept = kept
        self._random = random
        self._quiet_until: float | None = None  # so long somebody else may bring what we carry; None: not caught up yet
        self._bringing = False  # we do it, and nobody else does
        self._mine = {entry.entry_id for entry in carried if entry.author == me}  # of what is carried
        self._came: set[bytes] | None = None  # since the Log here gave way, while it is not known what is carried

    @property
    def waiting(self) -> bool:
        """Whether something was not sent yet."""
        return self._outbox.waiting or self._carried.waiting

    def write(self, entry: Entry) -> None:
        """A new entry of mine."""
        self._outbox.add(entry)

    def gives_way(self) -> None:
        """The replica must give way to the Host's Log: `carry` comes when that is on disk."""
        self._came = set()

    def carry(self, entries: Sequence[Entry]) -> None:
        """All that is to be brought into the Log, in order."""
        came, self._came = self._came or (), None
        entries = [entry for entry in entries if entry.entry_id not in came]
        self._carried.replace(entries)
        self._mine = {entry.entry_id for entry in entries if entry.author == self._me}

    def open(self, limits: Limits, now: float) -> None:
        """Begin to send, within the limits of a Host that we are connected to."""
        self._outbox.open(limits.posts_per_second, limits.burst, now)
        self._carried.open(*CARRIED, now)

    def close(self) -> None:
        """The connection is gone: everything waits again."""
        self._outbox.close()
        self._carried.close()
        self._quiet_until, self._bringing = None, False

    def took(self, run: Iterable[LogEntry], now: float) -> tuple[EntryId, ...]:
        """These are in the Log: mine of them that were still to come there."""
        came = False
        mine: list[EntryId] = []
        if self._came is not None:
            self._came.update(item.entry.entry_id for item in run)
        for item in run:
            entry_id = EntryId(item.entry.entry_id)
            carried = self._uncarry(entry_id)
            came = came or carried
            if (self._outbox.remove(entry_id) or carried) and item.entry.author == self._me:
                mine.append(entry_id)
        if came and not self._bringing:
            self._wait(now)
        return tuple(mine)

    def known(self, entry_ids: Sequence[bytes], seqs: Sequence[int], last: int, now: float) -> tuple[EntryId, ...]:
        """These were in the Log already: those that are settled with that. The others are still to come: our replica
        ends at `last`. Raises Misbehaved."""
        if len(entry_ids) != len(seqs):
            raise Misbehaved("known entries without their numbers")
        if any(map(self._carried.has, entry_ids)):  # somebody else brings them, too
            self._bringing = False
            self._wait(now)
        return tuple(
            EntryId(entry_id)
            for entry_id, seq in zip(entry_ids, seqs, strict=True)
            if seq <= last and self._remove(EntryId(entry_id))
        )

    def rejected(self, entry_id: EntryId, code: str) -> GiveUp | SetAside | None:
        """The Host will never take this one."""
        if self._uncarry(entry_id):
            return SetAside(entry_id, code)
        return GiveUp(entry_id, code) if self._outbox.remove(entry_id) else None

    def slow_down(self, retry_ms: int, now: float) -> tuple[bool, float]:
        """The Host takes no more for now. Whether that answers something that we sent, and the seconds until everything
        is sent again, from the start."""
        asked = self._outbox.under_way or self._carried.under_way
        self._carried.slow_down(retry_ms, now)
        return asked, self._outbox.slow_down(retry_ms, now)

    def due(self, now: float, caught_up: bool) -> list[Post]:
        """The posts that may be sent now. `caught_up`: all that the Host had when we came is on our disk."""
        posts: list[Post] = []
        if caught_up and self._carried.waiting:
            if self._quiet_until is None:
                self._quiet_until = now if self._kept else self._until_quiet(now)
            if now >= self._quiet_until:
                posts += self._carried.due(now)
                self._bringing = self._bringing or bool(posts)
        if not self._mine:
            posts += self._outbox.due(now, self._carried)
        return posts

    def _wait(self, now: float) -> None:
        if self._quiet_until is not None:
            self._quiet_until = self._until_quiet(now)

    def _until_quiet(self, now: float) -> float:
        least, most = _QUIET_SECONDS
        return now + least + (most - least) * self._random()

    def _remove(self, entry_id: EntryId) -> bool:
        return self._uncarry(entry_id) or self._outbox.remove(entry_id)

    def _uncarry(self, entry_id: EntryId) -> bool:
        self._mine.discard(entry_id)
        return self._carried.remove(entry_id)
