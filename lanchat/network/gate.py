"""Gate: how many strangers may stand at the door. Counts only; no sockets, no clock.

It is asked before TLS buffers exist, since those cost up to 0.3 MB for each connection.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from lanchat.core import limits
from lanchat.core.address import neighbourhood

#: Addresses whose past is remembered. A LAN of ours has fewer; a liar with many (IPv6) only makes us forget sooner.
_REMEMBERED = 4_096


@dataclass(frozen=True, slots=True)
class GateLimits:
    in_all: int = limits.UNAUTHENTICATED
    per_address: int = limits.UNAUTHENTICATED_PER_ADDRESS
    windows: tuple[tuple[int, float], ...] = (limits.NEW_PER_ADDRESS_SHORT, limits.NEW_PER_ADDRESS_LONG)

    @classmethod
    def lifted(cls, connections: int) -> GateLimits:
        """For benches and labs, where hundreds of members share one address."""
        return cls(connections, connections, ())


class Gate:
    def __init__(self, bounds: GateLimits = GateLimits()) -> None:
        self._bounds = bounds
        self._inside: Counter[str] = Counter()
        self._recent: dict[str, deque[float]] = {}

    def admit(self, address: str, now: float) -> bool:
        """Whether one more stranger from `address` may come in; if so, `release` must follow."""
        place = neighbourhood(address)
        if self._inside.total() >= self._bounds.in_all or self._inside[place] >= self._bounds.per_address:
            return False
        if self._bounds.windows:
            times = self._recent.pop(place, None) or deque(maxlen=max(count for count, _ in self._bounds.windows))
            self._recent[place] = times  # last in the dict: the most recently seen
            if any(sum(1 for t in times if now - t < seconds) >= count for count, seconds in self._bounds.windows):
                return False
            times.append(now)
            if len(self._recent) > _REMEMBERED:
                del self._recent[next(iter(self._recent))]
        self._inside[place] += 1
        return True

    def release(self, address: str) -> None:
        """The stranger became a member, or left."""
        place = neighbourhood(address)
        self._inside[place] -= 1
        if self._inside[place] <= 0:
            del self._inside[place]

    @property
    def inside(self) -> int:
        return self._inside.total()
