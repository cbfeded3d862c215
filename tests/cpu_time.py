"""How much of the processor something takes, whatever else the machine does meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable


def cpu_seconds(work: Callable[[], object], times: int = 3) -> float:
    """Of this thread: the least of so many times, as other programs slow the processor down, too."""
    took = []
    for _ in range(times):
        began = time.thread_time()
        work()
        took.append(time.thread_time() - began)
    return min(took)
