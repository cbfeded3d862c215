"""ConnectionLimiter: how many connections that are not members yet a listener takes, and how many of one address.

The Listener asks it before TLS allocates its buffers, up to 0.3 MB a connection. Who connects is known only near the
end of the handshake, so an address over its limit still gets a few handshakes a second: members whom the host knows
join as always, and newcomers are told when to try again.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from lanchat.core import limits
from lanchat.core.address import neighbourhood
from lanchat.core.sessions import Bucket

#: Addresses whose newcomers are counted. A LAN has fewer; for an attacker with more (IPv6), the oldest are forgotten.
_MAX_ADDRESSES = 4_096


@dataclass(eq=False)
class ConnectionLimiter:
    """Decides which connections may begin a handshake, by their addresses."""

    total: int = limits.UNAUTHENTICATED  #: handshakes at once
    per_address: int = limits.UNAUTHENTICATED_PER_ADDRESS  #: of them from one address
    #: Newcomers from one address: so many within so many seconds.
    windows: tuple[tuple[int, float], ...] = (limits.NEW_PER_ADDRESS_SHORT, limits.NEW_PER_ADDRESS_LONG)

    def __post_init__(self) -> None:
        self._pending: Counter[str] = Counter()
        self._recent: dict[str, deque[float]] = {}  # when newcomers from there ended their handshakes
        self._overflow: Bucket | None = None  # handshakes of addresses over their limit

    @classmethod
    def lifted(cls, connections: int) -> ConnectionLimiter:
        """For benchmarks and test networks, where hundreds of members share one address."""
        return cls(connections, connections, ())

    def admit(self, address: str, now: float) -> bool:
        """Whether a handshake with `address` may begin; if so, `release` MUST follow."""
        source = neighbourhood(address)
        if self._pending.total() >= self.total or self._pending[source] >= self.per_address:
            return False
        if self.newcomer_wait(address, now) > 0:
            self._overflow = self._overflow or Bucket(*limits.HEARD_IN_A_CROWD, now)
            if not self._overflow.take(1, now):
                return False
        self._pending[source] += 1
        return True

    def newcomer_wait(self, address: str, now: float) -> float:
        """Seconds until a newcomer from `address` may join; 0: at once."""
        times = self._recent.get(neighbourhood(address), ())
        waits = [0.0]
        for count, seconds in self.windows:
            if len(times) >= count:
                waits.append(times[-count] + seconds - now)
        return max(waits)

    def release(self, address: str, now: float, known: bool = False) -> None:
        """The handshake is over, whatever its result. `known`: it was no newcomer, and does not count as one."""
        source = neighbourhood(address)
        self._pending[source] -= 1
        if self._pending[source] <= 0:
            del self._pending[source]
        if self.windows and not known:
            times = self._recent.pop(source, None) or deque(
                maxlen=max(count for count, _seconds in self.windows)
            )
            self._recent[source] = times  # the dict is in order of the last handshake
            if self.newcomer_wait(address, now) <= 0:  # a refused newcomer does not prolong its own wait
                times.append(now)
            if len(self._recent) > _MAX_ADDRESSES:
                del self._recent[next(iter(self._recent))]

    @property
    def pending(self) -> int:
        """Handshakes under way."""
        return self._pending.total()
