"""Disk: the only thread that uses the Store.

Jobs that write (`run`) are done before those that only read (`look_up`), so that no message waits while many members
catch up; else jobs are done in the order in which they were given. Everything is called on the Engine's loop, but for
what is marked as on the disk thread.

It is a plain thread with a queue.SimpleQueue: the locks of an executor made the loop wait for the interpreter lock at
every job.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from lanchat.storage.errors import StorageProblem
from lanchat.storage.store import Store

T = TypeVar("T")
P = ParamSpec("P")
_IDLE_SECONDS = 1.0  # without a job, before `Store.settle` is called
_ERASE_SECONDS = 2.0  # the longest that a busy disk leaves what was erased in the index
_STEP_SECONDS = 0.1  # between two steps of that, and of `Store.settle`
_Job = tuple[Callable[[], Any], "asyncio.Future[Any]"]


class Disk:
    """The disk thread with its Store. It is used on one asyncio loop, the one on which `open` is called."""

    def __init__(self) -> None:
        self._work: deque[_Job] = deque()
        self._lookups: deque[_Job] = deque()
        self._there: queue.SimpleQueue[bool] = queue.SimpleQueue()  # True for each job, False for the end
        self._thread = threading.Thread(target=self._run, name="lanchat-disk")
        self._store: Store | None = None

    async def open(self, folder: Path) -> list[str]:
        """Open the store; what the person should know about it, in plain words. Raises StorageProblem."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        self._store = await self._give(self._work, lambda: Store.open(folder))
        return list(self._store.notices)

    async def run(self, job: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `job` on the disk thread, after all that were given to `run` before it. Raises what it raises."""
        assert self._store is not None, "the store is not open"
        return await self._give(self._work, partial(job, self._store, *args, **kwargs))

    async def look_up(self, job: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for a job that only reads: it waits until no job of `run` is left."""
        assert self._store is not None, "the store is not open"
        return await self._give(self._lookups, partial(job, self._store, *args, **kwargs))

    async def close(self) -> None:
        """Do all jobs that were given, close the store, and end the thread."""
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
        settled, wait, erase_at = True, _IDLE_SECONDS, 0.0
        while True:
            try:
                more = self._there.get(timeout=None if settled else wait)
            except queue.Empty:
                settled, wait = True, _STEP_SECONDS
                if (store := self._store) is not None:
                    settled = self._settle(store)
                continue
            if not more:
                return
            jobs = self._work or self._lookups
            if jobs is self._work:  # the others do not write
                settled, wait = False, _IDLE_SECONDS
            job, done = jobs.popleft()
            try:
                result = job()
            except BaseException as error:  # noqa: BLE001 - raised again where the job was given
                self._loop.call_soon_threadsafe(_fail, done, error)
            else:
                self._loop.call_soon_threadsafe(_finish, done, result)
            erase_at = self._erase_at(erase_at)

    def _erase_at(self, due: float) -> float:
        """When a busy disk does the next step of erasing what was deleted; 0.0: there is nothing to erase."""
        store, now = self._store, time.monotonic()
        if store is None or not store.erasing:
            return 0.0
        if not due:
            return now + _ERASE_SECONDS
        if now < due:
            return due
        self._settle(store)
        return time.monotonic() + _STEP_SECONDS

    def _settle(self, store: Store) -> bool:
        """Whether nothing is left to do."""
        try:
            return store.settle()
        except StorageProblem:  # the next write reports it
            return True
        except BaseException as error:  # noqa: BLE001 - nobody awaits this job: the loop's exception handler gets it
            self._loop.call_soon_threadsafe(_throw, error)
            return True


def _finish(done: asyncio.Future[Any], result: Any) -> None:
    if not done.done():  # the task that waited may have been cancelled
        done.set_result(result)


def _fail(done: asyncio.Future[Any], error: BaseException) -> None:
    if not done.done():
        done.set_exception(error)


def _throw(error: BaseException) -> None:
    raise error
