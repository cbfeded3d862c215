"""VirtualLoop: an asyncio loop whose time is simulated. It never waits: when nothing is ready, its time jumps to the
next timer. It has no selector, socket or thread, so what happens depends on the program and the seed only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class VirtualLoop(asyncio.BaseEventLoop):
    def __init__(self, random: Random) -> None:
        super().__init__()
        self._now = 1000.0
        self._random = random
        self._selector = self  # what BaseEventLoop waits with: see `select`

    def time(self) -> float:
        return self._now

    def delay(self, most: float) -> float:
        """Seconds that something takes: often none, mostly few, at the most `most`."""
        chance = self._random.random()
        return 0.0 if chance < 0.3 else most * chance**6

    def select(self, timeout: float | None) -> tuple[()]:
        """Instead of waiting, let `timeout` seconds have passed."""
        if timeout is None:
            raise RuntimeError("everything waits, and nothing will ever happen")
        self._now += timeout
        return ()

    def run_in_executor(self, executor: Any, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        """Work for a thread is done on the loop, and ends after a while."""
        done = self.create_future()

        def work() -> None:
            if done.cancelled():
                return
            try:
                done.set_result(func(*args))
            except Exception as error:  # noqa: BLE001 - raised where it is awaited
                done.set_exception(error)

        self.call_later(self.delay(0.1), work)
        return done

    def _process_events(self, event_list: tuple[()]) -> None:
        pass

    def _write_to_self(self) -> None:
        pass
