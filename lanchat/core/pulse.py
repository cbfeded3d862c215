"""Pulse: when a Client must say something, and when it must give its Host up."""

from __future__ import annotations

import math

from lanchat.core.limits import ENTER_SECONDS, GONE_SECONDS, IDLE_PING_MOST_SECONDS, IDLE_PING_SECONDS


class Pulse:
    """Any frame proves life, either way. Only the time that we were running ourselves counts."""

    def __init__(self, now: float) -> None:
        self.heard = now
        self.said = now
        self._began = now
        self._asked = -math.inf
        self._looked = now

    def look(self, now: float) -> None:
        """To be called often: a long pause between two calls was ours, not the Host's."""
        if now - self._looked > IDLE_PING_SECONDS:
            self.heard = self.said = now - IDLE_PING_MOST_SECONDS  # so that it is asked now, and has time to answer
            self._began = now
        self._looked = now

    def gone(self, welcomed: bool, now: float) -> bool:
        """Nothing was heard for too long, or not the one word that counts."""
        return now - self.heard > GONE_SECONDS or (not welcomed and now - self._began > ENTER_SECONDS)

    def ask(self, members: int, now: float) -> bool:
        """Whether to ping now. In a large room this is seldom, to spare the Host."""
        idle = min(max(IDLE_PING_SECONDS, members / 100), IDLE_PING_MOST_SECONDS)
        if now - min(self.heard, self.said) < idle or now - self._asked < idle:
            return False
        self._asked = self.said = now
        return True
