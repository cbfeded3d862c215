"""PassphraseGuard: how often a passphrase may be tried, for one room. Pure: takes the time, holds no clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from lanchat.core import limits
from lanchat.core.address import neighbourhood

#: What takes longer waits for the client and costs us nothing; it must not keep others out.
COMPUTING_SECONDS = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """One granted try. Give it back to `PassphraseGuard.end`, however it went."""

    address: str
    at: float


class TooMany(Exception):
    """Not now. `wait`: after how many seconds it makes sense to ask again."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"too many tries, wait {wait:.0f} s")
        self.wait = wait


class PassphraseGuard:
    """Few at once, few a minute for each address and for the room; the host is told when many were wrong.

    A right passphrase does not count, so a crowd that knows it is let in as fast as the host can compute. Only granted
    tries are remembered, so the room's own limit bounds the memory, however many addresses ask.
    """

    def __init__(self) -> None:
        self._running: set[Attempt] = set()
        self._lately: deque[Attempt] = deque()  # oldest first, none older than the longer of the two windows
        self._wrong = 0
        self._next_alarm = limits.PASSPHRASE_ALARM

    def start(self, now: float, address: str) -> Attempt:
        """Grant a try to `address`, or raise TooMany. `now`: seconds on a clock that never goes back."""
        if sum(attempt.at > now - COMPUTING_SECONDS for attempt in self._running) >= limits.PASSPHRASE_AT_ONCE:
            raise TooMany(COMPUTING_SECONDS)
        place = neighbourhood(address)
        room, room_window = limits.PASSPHRASE_PER_ROOM
        own, own_window = limits.PASSPHRASE_PER_ADDRESS
        while self._lately and self._lately[0].at <= now - max(room_window, own_window):
            self._lately.popleft()
        self._within(now, [attempt.at for attempt in self._lately], room, room_window)
        self._within(now, [attempt.at for attempt in self._lately if attempt.address == place], own, own_window)
        attempt = Attempt(place, now)
        self._running.add(attempt)
        self._lately.append(attempt)
        return attempt

    def end(self, attempt: Attempt, right: bool | None) -> bool:
        """How it went (None: it was broken off). True: so many were wrong by now that the host should be told."""
        self._running.remove(attempt)
        if right and attempt in self._lately:
            self._lately.remove(attempt)
        if right is not False:
            return False
        self._wrong += 1
        if self._wrong < self._next_alarm:
            return False
        self._next_alarm *= 2  # tell again, but never fill the screen
        return True

    @staticmethod
    def _within(now: float, times: list[float], most: int, window: float) -> None:
        recent = [at for at in times if at > now - window]
        if len(recent) >= most:
            raise TooMany(recent[0] + window - now)
