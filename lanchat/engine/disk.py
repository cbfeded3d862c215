"""Disk: the one thread that touches the Store. Jobs run in the order they were given.

A plain thread and two C queues: an executor's locks made the loop wait for the interpreter at every job.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from lanchat.storage.store import Store

T = TypeVar("T")
_Job = tuple[Callable[[], Any], "asyncio.Future[Any]"]


class Disk:
    """Used from one asyncio loop: that of whoever calls `open`."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="lanchat-disk")
        self._store: Store | None = None

    async def open(self, folder: Path) -> list[str]:
        """Open the store; what had to be mended, in plain words. Raises StorageProblem."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        self._store = await self._run(lambda: Store.open(folder))
        return list(self._store.notices)

    async def run(self, job: Callable[[Store], T]) -> T:
        """Run `job` on the disk thread, after all jobs given before it. Raises what it raises."""
        store = self._store
        assert store is not None, "the store is not open"
        return await self._run(lambda: job(store))

    async def close(self) -> None:
        """Finish what was given, close the store, end the thread."""
        if self._store is not None:
            await self._run(self._store.close)
            self._store = None
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join()

    def _run(self, job: Callable[[], T]) -> asyncio.Future[T]:
        done: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put((job, done))
        return done

    def _work(self) -> None:
        while (given := self._jobs.get()) is not None:
            job, done = given
            try:
                result = job()
            except BaseException as error:
                self._loop.call_soon_threadsafe(_fail, done, error)
            else:
                self._loop.call_soon_threadsafe(_finish, done, result)


def _finish(done: asyncio.Future[Any], result: Any) -> None:
    if not done.done():  # whoever waited may have been cancelled
        done.set_result(result)


def _fail(done: asyncio.Future[Any], error: BaseException) -> None:
    if not done.done():
        done.set_exception(error)
