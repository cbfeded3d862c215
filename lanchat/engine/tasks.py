"""Tasks of the Engine's loop: work that runs beside everything else, and work that is done one job at a time; and how
both end."""

from __future__ import annotations

import asyncio
import io
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable
from contextvars import Context
from types import TracebackType
from typing import Any, TypeAlias, TypeVar

from msgspec import Struct

log = logging.getLogger(__name__)

T = TypeVar("T")

POLITE_SECONDS = 3.0  # in which a part of ours in a room ends by itself: a goodbye, and what is on its way to disk
_CANCEL_AGAIN_SECONDS = 1.0  # asyncio loses a cancellation here and there
_LATE_SECONDS = 1.0  # that tasks may take to end after whoever began them
_CANCELS = 5  # of a task that goes on all the same, which only a mistake of ours can

Job: TypeAlias = Callable[[], Awaitable[None]]
Spawn: TypeAlias = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]


async def end(tasks: Iterable[asyncio.Task[Any]], patience: float = 0.0) -> list[asyncio.Task[Any]]:
    """Wait until all of them have ended, and cancel those that have not after `patience` seconds. Those that had to be
    cancelled."""
    left = {task for task in tasks if not task.done()}
    if left and patience:
        _done, left = await asyncio.wait(left, timeout=patience)
    cancelled = list(left)
    for _time in range(_CANCELS):
        if left:
            for task in left:
                task.cancel()
            _done, left = await asyncio.wait(left, timeout=_CANCEL_AGAIN_SECONDS)
    for task in left:
        log.error("this does not end:\n%s", where_it_is(task))
    return cancelled


def where_it_is(task: asyncio.Task[Any]) -> str:
    """The lines of the program at which this task waits."""
    written = io.StringIO()
    task.print_stack(file=written)
    return written.getvalue()


async def set_within(event: asyncio.Event, seconds: float | None) -> bool:
    """Whether it is set within so many seconds. (`asyncio.wait_for` of Python 3.11 forgets that it was cancelled when
    the event is set in the same turn of the loop: bpo-37658.)"""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


class EngineTasks(asyncio.TaskGroup):
    """A TaskGroup that does not wait for ever. Whoever began a task ends it; where that was forgotten, it is cancelled
    when the group ends, and the log says so."""

    def __init__(self) -> None:
        super().__init__()
        self._running: set[asyncio.Task[Any]] = set()

    def create_task(
        self, coro: Generator[Any, None, T] | Coroutine[Any, Any, T], *, name: str | None = None,
        context: Context | None = None,
    ) -> asyncio.Task[T]:  # fmt: skip
        task = super().create_task(coro, name=name, context=context)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:  # else all are cancelled at once
            try:
                for task in await end(self._running, _LATE_SECONDS):
                    log.error("nobody ended this task: %s", task)
            except asyncio.CancelledError as raised:
                return await super().__aexit__(type(raised), raised, raised.__traceback__)
        return await super().__aexit__(kind, error, trace)


class BackgroundTasks:
    """What Commands began and what takes a while; all of it is cancelled when the Engine ends."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        """`group`: a mistake of ours in any of them ends the Engine."""
        self._group = group
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """After `stop` it does not begin any more."""
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self._stopped:
            task.cancel()
        return task

    async def stop(self) -> None:
        """Cancel all of them, and wait until they have ended."""
        self._stopped = True
        await end(self._tasks)


class SerialQueue:
    """Jobs done one at a time, in the order they were given."""

    def __init__(self, spawn: Spawn, *, lasting_only: bool = False) -> None:
        """`lasting_only`: as after `finish`."""
        self._spawn = spawn
        self._waiting: deque[_QueuedJob] = deque()
        self._current: _QueuedJob | None = None
        self._worker: asyncio.Task[Any] | None = None
        self._finishing = lasting_only

    @property
    def idle(self) -> bool:
        return self._worker is None

    def put(self, job: Job, *, lasting: bool = False) -> asyncio.Future[None]:
        """`lasting`: it keeps what the person said or decided, or closes something: `finish` does not drop it.

        The answer is done with the job, and cancelled when the job is dropped; cancelling it drops a waiting job. After
        `finish` was called no other job begins than a lasting one.
        """
        queued = _QueuedJob(job, lasting, asyncio.get_running_loop().create_future())
        if self._finishing and not lasting:
            queued.done.cancel()
            return queued.done
        self._waiting.append(queued)
        if self._worker is None:
            self._worker = self._spawn(self._work())
        return queued.done

    async def finish(self) -> None:
        """Drop what is not lasting, also the job at work, and do the rest."""
        self._finishing = True
        for queued in self._waiting:
            if not queued.lasting:
                queued.done.cancel()
        if self._worker is not None and self._current is not None and not self._current.lasting:
            await end([self._worker])
        while self._worker is not None and not self._worker.done():
            await asyncio.wait([self._worker])
        self._worker = asyncio.current_task()  # so that what is put meanwhile is done here, in its turn
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
