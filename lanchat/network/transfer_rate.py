"""TransferRate: how many bytes a second all transfers of this program may move together, each connection its turn."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

_BURST_SECONDS = 0.25  # so much may go at once after a pause
_LOOK_SECONDS = 0.5  # so often a thread that waits looks whether its connection was stopped


class Turn(NamedTuple):
    """When somebody may send."""

    at: float  #: of time.monotonic()
    setting: int  #: which of the limits this was; after a change whoever waits may go


class TransferRate:
    """Shared by the threads of all file connections. Turns are given in the order in which they are asked for, a chunk
    each: so a fast receiver gets no more than a slow one."""

    def __init__(self, bytes_per_second: int = 0) -> None:
        self._changed = threading.Condition()
        self._rate = bytes_per_second
        self._setting = 0
        self._free_at = time.monotonic()  # when all that was let go has gone, at this rate

    @property
    def bytes_per_second(self) -> int:
        """0: no limit."""
        return self._rate

    def set(self, bytes_per_second: int) -> None:
        with self._changed:
            self._rate = bytes_per_second
            self._setting += 1
            self._free_at = time.monotonic()
            self._changed.notify_all()

    def turn(self, size: int) -> Turn | None:
        """When `size` bytes may go; None: at once."""
        if not self._rate:
            return None
        with self._changed:
            if not self._rate:
                return None
            at = max(self._free_at, time.monotonic() - _BURST_SECONDS)
            self._free_at = at + size / self._rate
            return Turn(at, self._setting)

    def wait(self, turn: Turn, stopped: threading.Event, most_seconds: float) -> bool:
        """Wait for one's turn, `most_seconds` at most. False: it is not yet."""
        until = time.monotonic() + most_seconds
        with self._changed:
            while turn.setting == self._setting and not stopped.is_set():
                now = time.monotonic()
                if now >= turn.at:
                    break
                if now >= until:
                    return False
                self._changed.wait(min(turn.at - now, until - now, _LOOK_SECONDS))
        return True
