"""How much of the processor something takes, whatever else the machine does meanwhile, and however slow it is."""

from __future__ import annotations

import time
from collections.abc import Callable

_YARDSTICK_SECONDS = 0.0042  # what `_yardstick` takes on the machine that the limits in tests were set on


def cpu_seconds(work: Callable[[], object], times: int = 3) -> float:
    """Of this thread: the least of so many times, as other programs slow the processor down, too. On a machine that is
    slower than the one the limits were set on: as it would take there."""
    slower = max(1.0, _least(_yardstick, 5) / _YARDSTICK_SECONDS)
    return _least(work, times) / slower


def _least(work: Callable[[], object], times: int) -> float:
    took = []
    for _ in range(times):
        began = time.thread_time()
        work()
        took.append(time.thread_time() - began)
    return min(took)


def _yardstick() -> None:
    """Some of all that Python programs do: strings, lists, dictionaries, calls."""
    words = [f"word {number}" for number in range(10_000)]
    lengths = {word: len(word) for word in words}
    sorted(words, key=lengths.__getitem__)
