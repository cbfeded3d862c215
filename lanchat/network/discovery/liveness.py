"""The liveness of one listed room: when to ask it, and when it counts as silent or lost. Pure: time is given.

mDNS keeps the records of a vanished host for 75 minutes (RFC 6762, section 10), so lanchat asks the host itself: often
while somebody looks at the list, with quick repeats when an answer is missing, and for a while after a room was lost,
since it may come back.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

GATHER_SECONDS = 0.01  # many rooms become known at once: questions about them share datagrams
LOST_GAPS = ((60.0, 1.0), (600.0, 10.0))  # until so many seconds after it was lost: ask this often


class Liveliness(enum.Enum):
    NEW = "known from a record, no answer yet"
    ANSWERING = "answers"
    SILENT = "missed a few questions: listed greyed"
    LOST = "missed too many questions: not listed, still asked at times"
    FORGOTTEN = "not asked any more"


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a room is asked."""

    every: float  #: seconds from an answer to the next question
    gap: float  #: seconds to wait for an answer before asking again
    silent: int  #: questions missed until the room is SILENT
    lost: int  #: questions missed until it is LOST


# With 30 % loss each way half of all questions fail: ten in a row do once in 1,000 rounds, four in a row once in 15.
LOOKING = Pace(every=2.0, gap=0.35, silent=3, lost=10)
RESTING = Pace(every=10.0, gap=0.35, silent=3, lost=10)
BY_TCP = Pace(every=30.0, gap=2.0, silent=2, lost=3)  # hosts limit connections: ask rarely
GOODBYE = Pace(every=0.0, gap=0.15, silent=2, lost=3)  # the goodbye may be forged: check it quickly
UNHEARD = Pace(every=2.0, gap=0.35, silent=3, lost=60)  # never answered: a firewall may block answers, so grey for long


class Liveness:
    """One room's. Call `poll` at `next_at`, and `answered` when the room answered."""

    def __init__(self, now: float) -> None:
        self.state = Liveliness.NEW
        self.by_tcp = False  #: it only accepts TCP connections: UDP is blocked on the way
        self.misses = 0  #: questions since the last answer
        self.next_at = now + GATHER_SECONDS
        self._lost_at = 0.0
        self._leaving = False
        self._ever_answered = False

    def answered(self, now: float, looking: bool, by_tcp: bool = False, at_least: float = 0.0) -> None:
        """`at_least`: the least number of seconds to the next question, which grows with the number of rooms."""
        self.state = Liveliness.ANSWERING
        self.by_tcp = by_tcp
        self.misses = 0
        self._leaving = False
        self._ever_answered = True
        self.next_at = now + max(self._pace(looking).every, at_least)

    def said_goodbye(self, now: float) -> None:
        """Ask at once: the goodbye counts only when the room no longer answers."""
        if self._leaving:
            return
        self._leaving = True
        self.misses = 0
        self.next_at = now

    def ask_soon(self, now: float) -> None:
        """Ask at the next poll, unless an answer is awaited: the network changed, or somebody opened the list."""
        if self.misses == 0 or self.state is Liveliness.LOST:
            self.next_at = min(self.next_at, now)

    def poll(self, now: float, looking: bool, at_least: float = 0.0) -> bool:
        """Whether to ask it now; counts as missed until it answers. Updates `state` and `next_at`."""
        if now < self.next_at:
            return False
        if self.state is Liveliness.LOST:
            return self._poll_lost(now)
        pace = self._pace(looking)
        if self.misses >= pace.lost:
            if not self._ever_answered or self._leaving:
                self.state = Liveliness.FORGOTTEN
                return False
            self.state, self._lost_at = Liveliness.LOST, now
            return self._poll_lost(now)
        if self.misses >= pace.silent and not (self._leaving and self.state is Liveliness.NEW):
            self.state = Liveliness.SILENT
        self.misses += 1
        late = not self._ever_answered and self.misses > LOOKING.lost
        self.next_at = now + (max(pace.every, at_least) if late else pace.gap)
        return True

    def _poll_lost(self, now: float) -> bool:
        for until, gap in LOST_GAPS:
            if now - self._lost_at < until:
                self.next_at = now + gap
                return True
        self.state = Liveliness.FORGOTTEN
        return False

    def _pace(self, looking: bool) -> Pace:
        if self._leaving:
            return GOODBYE
        if self.by_tcp:
            return BY_TCP
        if not self._ever_answered:
            return UNHEARD
        return LOOKING if looking else RESTING
