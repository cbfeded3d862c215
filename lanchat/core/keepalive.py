"""Keepalive: when a Client must send a ping, and when it must give its Host up."""

from __future__ import annotations

import math

from lanchat.core.limits import CHECK_SECONDS, ENTER_SECONDS, GONE_SECONDS, IDLE_PING_MOST_SECONDS, IDLE_PING_SECONDS


class Keepalive:
    """Any frame counts as a sign of life. Time in which this process was stopped does not count."""

    def __init__(self, now: float) -> None:
        self.heard = now
        self.said = now
        self._began = now
        self._asked = -math.inf
        self._looked = now
        self._checked: float | None = None

    def check(self, now: float) -> None:
        """The network has changed: the Host must answer within CHECK_SECONDS."""
        if self._checked is None or self.heard >= self._checked:
            self._checked = now
            self._asked = -math.inf

    def _awaited(self) -> float | None:
        """Since when an answer is due within CHECK_SECONDS; None: none is."""
        return self._checked if self._checked is not None and self.heard < self._checked else None

    def look(self, now: float) -> None:
        """To be called often: a long pause between two calls means that this process was stopped."""
        if now - self._looked > IDLE_PING_SECONDS:
            self.heard = self.said = now - IDLE_PING_MOST_SECONDS  # so that it is asked now, and has time to answer
            self._began = now
            self._checked = None
        self._looked = now

    def gone(self, welcomed: bool, now: float) -> bool:
        """Nothing was heard for too long, or the answer that is due has not come."""
        if (awaited := self._awaited()) is not None and now - awaited > CHECK_SECONDS:
            return True
        return now - self.heard > GONE_SECONDS or (not welcomed and now - self._began > ENTER_SECONDS)

    def ask(self, members: int, now: float) -> bool:
        """Whether to ping now. The larger the room, the less often, to spare the Host."""
        idle = min(max(IDLE_PING_SECONDS, members / 100), IDLE_PING_MOST_SECONDS)
        due = self._awaited() is not None or now - min(self.heard, self.said) >= idle
        if not due or now - self._asked < idle:
            return False
        self._asked = self.said = now
        return True
