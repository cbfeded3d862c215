"""When to ask what. Pure: time is a number given by the caller.

One burst at the start, after a change of network and on "look again"; a little now and then while the list is shown.

Which addresses to ask one by one when nobody answered a question to all. Pure.

Firewalls call it a port scan, and a larger sweep overflows a system's table of neighbours: the own /24 only, private
ranges only, each network once until the person asks again.
"""

from __future__ import annotations

import enum
import heapq
import ipaddress
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from lanchat.network.interfaces import Snapshot, best_first


class Step(enum.Enum):
    """Something to do for the whole network."""

    MDNS_TO_US = "mdns, answered to us alone"  # at once; but one program of several on a machine may get the answer
    MDNS_TO_ALL = "mdns, answered to all"  # rate-limited by those who answer
    EVERYBODY = "our own question to every subnet and every remembered address"
    SWEEP = "our own question to each address of small subnets"
    SWEEP_ANEW = "small subnets may be swept once more"
    LOOKED_AROUND = "an empty list means something now"


@dataclass(frozen=True, slots=True)
class AskOne:
    """Our own question to one address."""

    address: str
    port: int


Due: TypeAlias = Step | AskOne

# Several tries of each, because radio loses packets: with 40 % loss the first answer comes within 0.3 s.
BURST = (
    (0.0, Step.MDNS_TO_US), (0.0, Step.EVERYBODY), (0.1, Step.MDNS_TO_ALL), (0.25, Step.MDNS_TO_US),
    (0.3, Step.EVERYBODY), (0.5, Step.MDNS_TO_US), (1.0, Step.MDNS_TO_US), (1.0, Step.EVERYBODY),
    (1.2, Step.MDNS_TO_ALL), (1.5, Step.SWEEP), (2.0, Step.MDNS_TO_US), (2.5, Step.EVERYBODY),
    (3.0, Step.LOOKED_AROUND), (3.5, Step.MDNS_TO_ALL), (4.0, Step.MDNS_TO_US), (8.0, Step.MDNS_TO_ALL),
)  # fmt: skip
ASK_ONE = (0.0, 0.25, 0.75, 1.5, 3.0)
NOW_AND_THEN_SECONDS = 10.0
# For a room that somebody wants back into: as often as for somebody who looks at an empty list; then seldom, since it
# may be away for days, and many may look for it.
SEEK_SECONDS, SEEK_LATER_SECONDS = 60.0, 60.0
SEEK_SWEEPS_SECONDS = 25.0  # a host that is moved to another machine is there by then


class Schedule:
    """What is to be done, in order of time."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Due]] = []
        self._order = itertools.count()  # equal times keep their order
        self._quiet_from = 0.0
        self._looking = False
        self._sought_since: float | None = None

    def burst(self, now: float, report: bool = True) -> None:
        """Ask everything anew, from now. What is left of an earlier burst is dropped.

        `report`: LOOKED_AROUND comes at its end; it does too when the earlier burst still owed it.
        """
        report = report or any(what is Step.LOOKED_AROUND for _, _, what in self._heap)
        self._heap = [item for item in self._heap if isinstance(item[2], AskOne)]
        heapq.heapify(self._heap)
        for after, step in BURST:
            if step is not Step.LOOKED_AROUND or report:
                self._push(now + after, step)
        self._quiet_from = now + NOW_AND_THEN_SECONDS

    def look(self, on: bool, now: float) -> None:
        """`on`: somebody looks at the list, so go on asking now and then."""
        self._looking = on
        self._quiet_from = max(self._quiet_from, now)

    def seek(self, on: bool, now: float) -> None:
        """`on`: a room is away and wanted, so ask everything anew, and go on."""
        self._sought_since = now if on else None
        if on:
            self.burst(now, report=False)
            self._push(now, Step.SWEEP_ANEW)

    def ask_one(self, address: str, port: int, now: float) -> None:
        for after in ASK_ONE:
            self._push(now + after, AskOne(address, port))

    def due(self, now: float, empty: bool) -> list[Due]:
        """What is to be done now, taken off. `empty`: no room is listed yet."""
        if self._goes_on and now >= self._quiet_from:
            sought = math.inf if self._sought_since is None else now - self._sought_since
            if empty:
                self.burst(now, report=False)
                if sought < SEEK_SWEEPS_SECONDS:
                    self._push(now, Step.SWEEP_ANEW)
            else:
                self._push(now, Step.EVERYBODY)
                self._push(now, Step.MDNS_TO_ALL)
                self._quiet_from = now + NOW_AND_THEN_SECONDS
            if not self._looking and sought >= SEEK_SECONDS:
                self._quiet_from = now + SEEK_LATER_SECONDS
        done = []
        while self._heap and self._heap[0][0] <= now:
            done.append(heapq.heappop(self._heap)[2])
        return done

    def next_at(self) -> float:
        """When something is due next; infinity when nothing is."""
        times = [self._heap[0][0]] if self._heap else []
        if self._goes_on:
            times.append(self._quiet_from)
        return min(times, default=float("inf"))

    @property
    def _goes_on(self) -> bool:
        return self._looking or self._sought_since is not None

    def _push(self, at: float, what: Due) -> None:
        heapq.heappush(self._heap, (at, next(self._order), what))


NETWORKS = 3


def targets(here: Snapshot, swept: set[str]) -> Iterator[str]:
    """The addresses to ask. Networks in `swept` are left out, and those taken are added."""
    own = {one.address for one in here}
    for one in best_first(here):
        ordinary = one.ip.is_private and not (one.ip.is_link_local or one.ip.is_loopback)
        if not one.v4 or one.vpn or not ordinary or not 8 <= one.prefix <= 30:
            continue
        network = ipaddress.IPv4Network(f"{one.address}/{max(one.prefix, 24)}", strict=False)
        if str(network) in swept or len(swept) >= NETWORKS:
            continue
        swept.add(str(network))
        yield from (str(address) for address in network.hosts() if str(address) not in own)
