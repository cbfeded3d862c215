"""Tasks of the Engine's loop: work that runs beside everything else, and work that is done one job at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeAlias

from msgspec import Struct

Job: TypeAlias = Callable[[], Awaitable[None]]
Spawn: TypeAlias = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]


class BackgroundTasks:
    """What Commands began and what takes a while; all of it is cancelled when the Engine ends."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        """`group`: a mistake of ours in any of them ends the Engine."""
        self._group = group
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stop(self) -> None:
        """Cancel all of them, and wait until they have ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class SerialQueue:
    """Jobs done one at a time, in the order they were given."""

    def __init__(self, spawn: Spawn) -> None:
        self._spawn = spawn
        self._waiting: deque[_QueuedJob] = deque()
        self._current: _QueuedJob | None = None
        self._worker: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        return self._worker is None

    def put(self, job: Job, *, lasting: bool = False) -> asyncio.Future[None]:
        """`lasting`: it keeps what the person said or decided, or closes something: `finish` does not drop it.

        The answer is done with the job, and cancelled when the job is dropped; cancelling it drops a waiting job.
        """
        queued = _QueuedJob(job, lasting, asyncio.get_running_loop().create_future())
        self._waiting.append(queued)
        if self._worker is None:
            self._worker = self._spawn(self._work())
        return queued.done

    async def finish(self) -> None:
        """Drop what is not lasting, also the job at work, and do the rest."""
        for queued in self._waiting:
            if not queued.lasting:
                queued.done.cancel()
        if self._worker is not None:
            if self._current is not None and not self._current.lasting:
                self._worker.cancel()
            await asyncio.wait([self._worker])
        await self._work()

    async def _work(self) -> None:
        try:
            while self._waiting:
                self._current = self._waiting.popleft()
                if not self._current.done.done():
                    await self._current.job()
                    if not self._current.done.done():
                        self._current.done.set_result(None)
        finally:
            if self._current is not None:
                self._current.done.cancel()
            self._current = self._worker = None


class _QueuedJob(Struct, frozen=True, eq=False):
    job: Job
    lasting: bool
    done: asyncio.Future[None]
