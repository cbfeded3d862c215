"""Rate limits: how fast a member may post, and what happens to one that goes on against a `slow_down`."""

from __future__ import annotations

from lanchat.core.frames import Misbehaved
from lanchat.core.limits import IGNORED_POSTS


class Bucket:
    """A token bucket: `rate` a second, of which at most `burst` are saved up. It starts full."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = float(burst)
        self._at = now

    def take(self, wanted: int, now: float) -> int:
        """How many of `wanted` may go now. They are taken out of the bucket."""
        self._fill(now)
        taken = min(wanted, int(self._tokens))
        self._tokens -= taken
        return taken

    def wait(self, wanted: int) -> float:
        """Seconds from the last `take` until `wanted` may go."""
        return max(0.0, (min(wanted, self._burst) - self._tokens) / self._rate)

    def full(self, now: float) -> bool:
        self._fill(now)
        return self._tokens >= self._burst

    def drain(self, now: float) -> None:
        """Start saving anew."""
        self._tokens = 0.0
        self._at = now

    def _fill(self, now: float) -> None:
        if now > self._at:
            self._tokens = min(float(self._burst), self._tokens + (now - self._at) * self._rate)
            self._at = now


class SlowedDown:
    """One Session's `slow_down`: no post is taken until one with `again` comes after the time is over. It begins at the
    Outbox's start, so the order of a device's entries is kept."""

    __slots__ = ("_active", "_since", "_strikes", "_under_way", "_until")

    def __init__(self) -> None:
        self._active = False
        self._until = 0.0
        self._under_way = 0
        self._strikes = 0
        self._since = 0.0

    def begin(self, until: float, under_way: int) -> None:
        """`under_way`: how many posts an honest client may have sent before it reads the `slow_down`."""
        self._active = True
        self._until = until
        self._under_way = under_way

    def __bool__(self) -> bool:
        return self._active

    def lets_through(self, again: bool, now: float) -> bool:
        """Whether a post that came now is to be taken. Raises Misbehaved after too many that had to be ignored."""
        if not self._active:
            return True
        if again and now >= self._until:
            self._active = False
            return True
        if not again and self._under_way:
            self._under_way -= 1
            return False
        most, seconds = IGNORED_POSTS
        if now - self._since > seconds:
            self._since, self._strikes = now, 0
        self._strikes += 1
        if self._strikes > most:
            raise Misbehaved("posts on and on against slow_down")
        return False

    def left(self, now: float) -> float:
        """Seconds until an `again` is taken."""
        return max(0.0, self._until - now)
