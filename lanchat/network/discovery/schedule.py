"""The schedule of discovery: when to ask what, which addresses a sweep asks one by one, and when a room counts as lost.

Pure: callers give the time.

There is one burst of questions at the start, after a change of network and on "look again", and then a few questions
at intervals while the list is shown.

A sweep follows where nobody answered a question to all. Firewalls take it for a port scan, and a large one overflows
the system's neighbour table. So it covers only our own /24 in private ranges, once until the person asks again.

mDNS keeps the records of a vanished host for 75 minutes (RFC 6762, section 10), so lanchat asks the host itself: often
while somebody looks at the list, with quick repeats when an answer is missing, and for a while after a room was lost,
since it may come back.
"""

from __future__ import annotations

import enum
import heapq
import ipaddress
import itertools
import math
from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

from lanchat.network.host_addresses import Snapshot, best_first

ASK_ONE = (0.0, 0.25, 0.75, 1.5, 3.0)
IDLE_SECONDS = 10.0
# A wanted room is sought as often as rooms for an empty list, for SEEK_SECONDS; then every SEEK_LATER_SECONDS, since it
# may be away for days and many may seek it.
SEEK_SECONDS, SEEK_LATER_SECONDS = 60.0, 60.0
SEEK_SWEEPS_SECONDS = 25.0  # long enough for a host that moves to another machine

MAX_NETWORKS = 3

GATHER_SECONDS = 0.01  # several rooms become known together: their questions then share datagrams
LOST_GAPS = ((60.0, 1.0), (600.0, 10.0))  # (seconds since a room was lost, seconds between questions until then)


class Step(enum.Enum):
    """Something to do for the whole network."""

    MDNS_TO_US = "an mDNS query, answered by unicast"  # at once, but to one program only of several on a machine
    MDNS_TO_ALL = "an mDNS query, answered by multicast"  # responders limit its rate
    EVERYBODY = "lanchat's question to every subnet and every remembered address"
    SWEEP = "lanchat's question to each address of small subnets"
    SWEEP_ANEW = "small subnets may be swept once more"
    LOOKED_AROUND = "the first burst is over"


class AskOne(Struct, frozen=True):
    """lanchat's question to one address."""

    address: str
    port: int


Due: TypeAlias = Step | AskOne

# Each several times, because Wi-Fi loses packets: with 40 % loss the first answer comes within 0.3 s.
BURST = (
    (0.0, Step.MDNS_TO_US), (0.0, Step.EVERYBODY), (0.1, Step.MDNS_TO_ALL), (0.25, Step.MDNS_TO_US),
    (0.3, Step.EVERYBODY), (0.5, Step.MDNS_TO_US), (1.0, Step.MDNS_TO_US), (1.0, Step.EVERYBODY),
    (1.2, Step.MDNS_TO_ALL), (1.5, Step.SWEEP), (2.0, Step.MDNS_TO_US), (2.5, Step.EVERYBODY),
    (3.0, Step.LOOKED_AROUND), (3.5, Step.MDNS_TO_ALL), (4.0, Step.MDNS_TO_US), (8.0, Step.MDNS_TO_ALL),
)  # fmt: skip


class Schedule:
    """The steps that are due, in order of time."""

    def __init__(self, looking: bool = False) -> None:
        self._heap: list[tuple[float, int, Due]] = []
        self._order = itertools.count()  # equal times keep their order
        self._next_round_at = 0.0
        self._looking = looking
        self._seeking_since: float | None = None

    def burst(self, now: float, report: bool = True) -> None:
        """Start a burst now, and drop what is left of an earlier one.

        `report`: LOOKED_AROUND comes at its end; it also does when the earlier burst had not come so far.
        """
        report = report or any(what is Step.LOOKED_AROUND for _, _, what in self._heap)
        self._heap = [item for item in self._heap if isinstance(item[2], AskOne)]
        heapq.heapify(self._heap)
        for after, step in BURST:
            if step is not Step.LOOKED_AROUND or report:
                self._push(now + after, step)
        self._next_round_at = now + IDLE_SECONDS

    def look(self, on: bool, now: float) -> None:
        """`on`: the list is shown, so go on asking every IDLE_SECONDS."""
        self._looking = on
        self._next_round_at = max(self._next_round_at, now)

    def seek(self, on: bool, now: float) -> None:
        """`on`: a room is away and wanted, so start a burst, and go on asking."""
        self._seeking_since = now if on else None
        if on:
            self.burst(now, report=False)
            self._push(now, Step.SWEEP_ANEW)

    def ask_one(self, address: str, port: int, now: float) -> None:
        for after in ASK_ONE:
            self._push(now + after, AskOne(address, port))

    def due(self, now: float, empty: bool) -> list[Due]:
        """What is to be done by `now`, removed from the schedule. `empty`: no room is listed yet."""
        if self.goes_on and now >= self._next_round_at:
            sought = math.inf if self._seeking_since is None else now - self._seeking_since
            if empty:
                self.burst(now, report=False)
                if sought < SEEK_SWEEPS_SECONDS:
                    self._push(now, Step.SWEEP_ANEW)
            else:
                self._push(now, Step.EVERYBODY)
                self._push(now, Step.MDNS_TO_ALL)
                self._next_round_at = now + IDLE_SECONDS
            if not self._looking and sought >= SEEK_SECONDS:
                self._next_round_at = now + SEEK_LATER_SECONDS
        done = []
        while self._heap and self._heap[0][0] <= now:
            done.append(heapq.heappop(self._heap)[2])
        return done

    def next_at(self) -> float:
        """When something is due next; infinity when nothing is."""
        times = [self._heap[0][0]] if self._heap else []
        if self.goes_on:
            times.append(self._next_round_at)
        return min(times, default=math.inf)

    @property
    def goes_on(self) -> bool:
        """Whether somebody looks at the list, or a room is wanted."""
        return self._looking or self._seeking_since is not None

    def _push(self, at: float, what: Due) -> None:
        heapq.heappush(self._heap, (at, next(self._order), what))


def sweep_targets(here: Snapshot, swept: set[str]) -> Iterator[str]:
    """The addresses of a sweep. Networks in `swept` are skipped, and those yielded are added to it."""
    own = {one.address for one in here}
    for one in best_first(here):
        ordinary = one.ip.is_private and not (one.ip.is_link_local or one.ip.is_loopback)
        if not one.v4 or one.vpn or not ordinary or not 8 <= one.prefix <= 30:
            continue
        network = ipaddress.IPv4Network(f"{one.address}/{max(one.prefix, 24)}", strict=False)
        if str(network) in swept or len(swept) >= MAX_NETWORKS:
            continue
        swept.add(str(network))
        yield from (str(address) for address in network.hosts() if str(address) not in own)


class Liveliness(enum.Enum):
    """What is known about whether a room is there."""

    NEW = "known from a record, no answer yet"
    ANSWERING = "answers"
    SILENT = "missed a few questions: listed greyed"
    LOST = "missed too many questions: not listed, still asked at times"
    FORGOTTEN = "not asked any more"


class Pace(Struct, frozen=True):
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
    """Whether one room is alive. Call `poll` at `next_at`, and `answered` when the room answered."""

    def __init__(self, now: float) -> None:
        self.state = Liveliness.NEW
        self.by_tcp = False  #: it only accepts TCP connections: UDP is blocked on the way
        self.misses = 0  #: questions since the last answer
        self.next_at = now + GATHER_SECONDS
        self._lost_at = 0.0
        self._leaving = False
        self._ever_answered = False

    def answered(self, now: float, looking: bool, by_tcp: bool = False, at_least: float = 0.0) -> None:
        """The room answered. `at_least`: least seconds to the next question; it grows with the number of rooms."""
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
