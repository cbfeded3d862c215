"""Servers of a test that stay up on a loop and a thread of their own, while the test waits for people."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def aside(server: AbstractAsyncContextManager[T]) -> Iterator[T]:
    up: queue.SimpleQueue[tuple[T, Callable[[], object]]] = queue.SimpleQueue()

    async def stay() -> None:
        loop, end = asyncio.get_running_loop(), asyncio.Event()
        async with server as made:
            up.put((made, lambda: loop.call_soon_threadsafe(end.set)))
            await end.wait()

    thread = threading.Thread(target=lambda: asyncio.run(stay()))
    thread.start()
    made, end = up.get(timeout=30)
    try:
        yield made
    finally:
        end()
        thread.join()
