"""Gate: how many may stand at the door, and how many strangers may come. Counts only; no sockets, no clock.

It is asked before TLS buffers exist, since those cost up to 0.3 MB for each connection. Who somebody is shows only when
the handshake is nearly over, so where too many strangers came from, others are still heard, a few each second: members
that the host knows come in as always, and strangers are told when to try again.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from lanchat.core import limits
from lanchat.core.address import neighbourhood
from lanchat.core.rate_limit import Bucket

#: Addresses whose past is remembered. A LAN of ours has fewer; a liar with many (IPv6) only makes us forget sooner.
_REMEMBERED = 4_096


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    in_all: int = limits.UNAUTHENTICATED
    per_address: int = limits.UNAUTHENTICATED_PER_ADDRESS
    windows: tuple[tuple[int, float], ...] = (limits.NEW_PER_ADDRESS_SHORT, limits.NEW_PER_ADDRESS_LONG)

    @classmethod
    def lifted(cls, connections: int) -> ConnectionLimits:
        """For benches and labs, where hundreds of members share one address."""
        return cls(connections, connections, ())


class ConnectionLimiter:
    def __init__(self, bounds: ConnectionLimits = ConnectionLimits()) -> None:
        self._bounds = bounds
        self._inside: Counter[str] = Counter()
        self._recent: dict[str, deque[float]] = {}  # when strangers from there left the door again
        self._heard: Bucket | None = None  # those that come where there were too many

    def admit(self, address: str, now: float) -> bool:
        """Whether one more may come to the door from `address`; if so, `release` must follow."""
        place = neighbourhood(address)
        if self._inside.total() >= self._bounds.in_all or self._inside[place] >= self._bounds.per_address:
            return False
        if self.strangers_wait(address, now) > 0:
            self._heard = self._heard or Bucket(*limits.HEARD_IN_A_CROWD, now)
            if not self._heard.take(1, now):
                return False
        self._inside[place] += 1
        return True

    def strangers_wait(self, address: str, now: float) -> float:
        """Seconds until somebody whom the host does not know may come in from there; 0: at once."""
        times = self._recent.get(neighbourhood(address), ())
        waits = [0.0]
        for count, seconds in self._bounds.windows:
            if len(times) >= count:
                waits.append(times[-count] + seconds - now)
        return max(waits)

    def release(self, address: str, now: float, known: bool = False) -> None:
        """They came in, or left. `known`: the host knew them, so it counts as no stranger."""
        place = neighbourhood(address)
        self._inside[place] -= 1
        if self._inside[place] <= 0:
            del self._inside[place]
        if self._bounds.windows and not known:
            times = self._recent.pop(place, None) or deque(maxlen=max(count for count, _ in self._bounds.windows))
            self._recent[place] = times  # last in the dict: the most recently seen
            if self.strangers_wait(address, now) <= 0:  # who is turned away is not kept out the longer for it
                times.append(now)
            if len(self._recent) > _REMEMBERED:
                del self._recent[next(iter(self._recent))]

    @property
    def inside(self) -> int:
        return self._inside.total()
