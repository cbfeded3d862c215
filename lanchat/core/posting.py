"""Posting: the Outbox, which has my entries that are not in the Log yet. On disk the driver keeps them."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence

from lanchat.core.frames import Post
from lanchat.core.limits import PAGE_BYTES, TELL_SECONDS, Limits
from lanchat.core.model import Entry, EntryId
from lanchat.core.sessions import Bucket

_ENTRY_BYTES = 222  # the most that an encoded Entry takes besides kind and body
_HOLD_MOST_SECONDS = 60.0  # the longest pause that a Host may ask for


class Outbox:
    """My entries that are not in the Log yet, in counter order: those under way to the Host, then those that wait.

    At most `burst` are under way, and they are sent at the rate that the Host allows: it rarely says `slow_down`.
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

    def open(self, limits: Limits, now: float) -> None:
        """Begin to send, within the limits of a Host that we are connected to."""
        self._burst = limits.burst
        self._bucket = Bucket(limits.posts_per_second, limits.burst, now)
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

    def due(self, now: float) -> list[Post]:
        """The posts that may be sent now. Their entries are under way afterwards."""
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
