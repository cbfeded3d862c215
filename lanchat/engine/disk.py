"""Disk: the one thread that touches the Store. Writing (`run`) goes before reading (`look_up`), so that no message
waits behind many members that catch up; otherwise jobs run in the order they were given.

A plain thread and queue.SimpleQueue: the locks of an executor made the loop wait for the interpreter at every job.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from lanchat.storage.errors import StorageProblem
from lanchat.storage.store import Store

T = TypeVar("T")
P = ParamSpec("P")
_IDLE_SECONDS = 1.0  # without a job; then the write-ahead log goes into the database
_Job = tuple[Callable[[], Any], "asyncio.Future[Any]"]


class Disk:
    """Used from one asyncio loop: that of whoever calls `open`."""

    def __init__(self) -> None:
        self._work: deque[_Job] = deque()
        self._lookups: deque[_Job] = deque()
        self._there: queue.SimpleQueue[bool] = queue.SimpleQueue()  # True for each job, False for the end
        self._thread = threading.Thread(target=self._run, name="lanchat-disk")
        self._store: Store | None = None

    async def open(self, folder: Path) -> list[str]:
        """Open the store; what had to be mended, in plain words. Raises StorageProblem."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        self._store = await self._give(self._work, lambda: Store.open(folder))
        return list(self._store.notices)

    async def run(self, job: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `job` on the disk thread, after all that were given to `run` before it. Raises what it raises."""
        assert self._store is not None, "the store is not open"
        return await self._give(self._work, partial(job, self._store, *args, **kwargs))

    async def look_up(self, job: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for a job that only reads and may wait: nothing given to `run` is kept waiting by it for long."""
        assert self._store is not None, "the store is not open"
        return await self._give(self._lookups, partial(job, self._store, *args, **kwargs))

    async def close(self) -> None:
        """Finish what was given, close the store, end the thread."""
        if (store := self._store) is not None:
            self._store = None
            await self._give(self._lookups, store.close)  # after all other jobs
        if self._thread.is_alive():
            self._there.put(False)
            self._thread.join()

    def _give(self, to: deque[_Job], job: Callable[[], T]) -> asyncio.Future[T]:
        done: asyncio.Future[T] = self._loop.create_future()
        to.append((job, done))
        self._there.put(True)
        return done

    def _run(self) -> None:
        settled = True
        while True:
            try:
                more = self._there.get(timeout=None if settled else _IDLE_SECONDS)
            except queue.Empty:
                settled = True
                if (store := self._store) is not None:
                    settled = self._settle(store)
                continue
            if not more:
                return
            jobs = self._work or self._lookups
            settled = settled and jobs is self._lookups  # which write nothing
            job, done = jobs.popleft()
            try:
                result = job()
            except BaseException as error:  # noqa: BLE001 - raised again where the job was given
                self._loop.call_soon_threadsafe(_fail, done, error)
            else:
                self._loop.call_soon_threadsafe(_finish, done, result)

    def _settle(self, store: Store) -> bool:
        """Whether that was all there is to do."""
        try:
            return store.settle()
        except StorageProblem:  # the next write reports it
            return True
        except BaseException as error:  # noqa: BLE001 - nobody awaits this job: the loop's exception handler gets it
            self._loop.call_soon_threadsafe(_throw, error)
            return True


def _finish(done: asyncio.Future[Any], result: Any) -> None:
    if not done.done():  # whoever waited may have been cancelled
        done.set_result(result)


def _fail(done: asyncio.Future[Any], error: BaseException) -> None:
    if not done.done():
        done.set_exception(error)


def _throw(error: BaseException) -> None:
    raise error
