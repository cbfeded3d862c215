"""Is a listed room still there? Pure: time is a number given by the caller.

mDNS remembers a vanished host for 75 minutes, so we ask: often while somebody looks at the list, with quick repeats
when an answer is missing, and go on asking for a while after a room was lost, for it may come back.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Liveliness(enum.Enum):
    NEW = "heard of, not yet heard from"
    ANSWERING = "answers"
    SILENT = "missed a few: shown greyed"
    LOST = "missed too many: not listed, still asked now and then"
    FORGOTTEN = "not asked any more"


@dataclass(frozen=True, slots=True)
class Pace:
    every: float  #: seconds from an answer to the next question
    gap: float  #: seconds to wait for an answer before asking again
    silent: int  #: questions missed until it is SILENT
    lost: int  #: and LOST


# With 30 % loss each way half of all tries fail: ten in a row fail once in 1,000 rounds, four would in 15.
LOOKING = Pace(every=2.0, gap=0.35, silent=3, lost=10)
RESTING = Pace(every=10.0, gap=0.35, silent=3, lost=10)
BY_TCP = Pace(every=30.0, gap=2.0, silent=2, lost=3)  # a host counts every connection: ask rarely
GOODBYE = Pace(every=0.0, gap=0.15, silent=2, lost=3)  # it says that it left; a stranger may have said so: ask quickly
UNHEARD = Pace(every=2.0, gap=0.35, silent=3, lost=60)  # never answered: its answers may be blocked, so grey for long

GATHER_SECONDS = 0.01  # many rooms are heard of at once, and questions about them travel together
LOST_GAPS = ((60.0, 1.0), (600.0, 10.0))  # until so long after it was lost: ask this often


class Liveness:
    """One room's. `beat` when `next_at` has come; `answered` when it answered."""

    def __init__(self, now: float) -> None:
        self.state = Liveliness.NEW
        self.by_tcp = False  #: it answers only connections: UDP is blocked on the way
        self.misses = 0  #: questions since the last answer
        self.next_at = now + GATHER_SECONDS
        self._lost_at = 0.0
        self._leaving = False
        self._ever = False

    def answered(self, now: float, looking: bool, by_tcp: bool = False, at_least: float = 0.0) -> None:
        """`at_least`: seconds until it is asked again, where there are many others."""
        self.state = Liveliness.ANSWERING
        self.by_tcp = by_tcp
        self.misses = 0
        self._leaving = False
        self._ever = True
        self.next_at = now + max(self._pace(looking).every, at_least)

    def said_goodbye(self, now: float) -> None:
        """Believed only when it does not answer either."""
        if self._leaving:
            return
        self._leaving = True
        self.misses = 0
        self.next_at = now

    def hurry(self, now: float) -> None:
        """Ask at the next beat, unless an answer is awaited: the network changed, or somebody begins to look."""
        if self.misses == 0 or self.state is Liveliness.LOST:
            self.next_at = min(self.next_at, now)

    def beat(self, now: float, looking: bool, at_least: float = 0.0) -> bool:
        """Whether to ask it now; counts as a miss until it answers. Moves `state` and `next_at` on."""
        if now < self.next_at:
            return False
        if self.state is Liveliness.LOST:
            return self._beat_lost(now)
        pace = self._pace(looking)
        if self.misses >= pace.lost:
            if not self._ever or self._leaving:
                self.state = Liveliness.FORGOTTEN
                return False
            self.state, self._lost_at = Liveliness.LOST, now
            return self._beat_lost(now)
        if self.misses >= pace.silent and not (self._leaving and self.state is Liveliness.NEW):
            self.state = Liveliness.SILENT
        self.misses += 1
        late = not self._ever and self.misses > LOOKING.lost
        self.next_at = now + (max(pace.every, at_least) if late else pace.gap)
        return True

    def _beat_lost(self, now: float) -> bool:
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
        if not self._ever:
            return UNHEARD
        return LOOKING if looking else RESTING
