"""TransferRate: how many bytes a second all transfers of this program may move together, each connection its turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_BURST_SECONDS = 0.25  # so much may go at once after a pause
_LOOK_SECONDS = 0.5  # so often a thread that waits looks whether its connection was stopped


class TransferRate:
    """Shared by the threads of all file connections. They go in the order in which they ask, a chunk each: so a fast
    receiver gets no more than a slow one. Nothing is reserved for who waits: whoever hangs up meanwhile costs the
    others nothing."""

    def __init__(self, bytes_per_second: int = 0) -> None:
        self._lock = threading.Lock()
        self._rate = bytes_per_second
        self._free_at = time.monotonic()  # when all that was let go has gone, at this rate
        self._waiting: dict[threading.Condition, None] = {}  # in the order of their turns

    @property
    def bytes_per_second(self) -> int:
        """0: no limit."""
        return self._rate

    def set(self, bytes_per_second: int) -> None:
        with self._lock:
            self._rate = bytes_per_second
            self._free_at = time.monotonic()
            for one in self._waiting:
                one.notify()

    def wait(self, size: int, stopped: threading.Event, waiting: Callable[[], None], seconds: float) -> bool:
        """Return when `size` bytes may go, or when `stopped`; whether they were counted. Every `seconds` until then
        `waiting` is called; what that raises is raised here, and nothing was counted."""
        if not self._rate:
            return False
        turn = threading.Condition(self._lock)
        with self._lock:
            self._waiting[turn] = None
        try:
            while (counted := self._came(turn, size, stopped, seconds)) is None:
                waiting()
            return counted
        finally:
            with self._lock:
                del self._waiting[turn]
                if (first := next(iter(self._waiting), None)) is not None:
                    first.notify()

    def count(self, size: int) -> None:
        """So many bytes more went in the same turn."""
        with self._lock:
            self._count(size)

    def give_back(self, size: int) -> None:
        """Bytes that were counted, and did not go."""
        with self._lock:
            self._count(-size)
            if (first := next(iter(self._waiting), None)) is not None:
                first.notify()

    def _count(self, size: int) -> None:
        if self._rate:
            self._free_at = max(self._free_at, time.monotonic() - _BURST_SECONDS) + size / self._rate

    def _came(self, turn: threading.Condition, size: int, stopped: threading.Event, seconds: float) -> bool | None:
        """Wait for the turn, so long at most (None: it did not come); whether the bytes were counted."""
        until = time.monotonic() + seconds
        with self._lock:
            while self._rate and not stopped.is_set():
                now = time.monotonic()
                first = next(iter(self._waiting)) is turn
                if first and now >= self._free_at:
                    self._count(size)
                    return True
                if now >= until:
                    return None
                left = min(until - now, _LOOK_SECONDS)
                turn.wait(min(left, self._free_at - now) if first else left)
        return False
