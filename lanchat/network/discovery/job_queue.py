"""The jobs of discovery that the system or zeroconf may refuse: done one after the other, with repair after a failure.

On the Engine's loop. A refusal that lasts is reported once, while the repair is tried again and again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from lanchat.network.discovery.datagrams import EXHAUSTED

REPAIR_SECONDS, MAX_REPAIR_SECONDS = 2.0, 10.0  # from a failure to the repair; longer after each failure in a row
PROBLEM_SECONDS = 5.0  # a refusal that lasts longer is reported

Job: TypeAlias = Callable[[], Awaitable[None]]

_log = logging.getLogger(__name__)


class JobQueue:
    def __init__(self, repair: Job, on_problem: Callable[[str], None]) -> None:
        """`repair`: puts everything right after a failure. `on_problem` gets the system's words."""
        self._repair = repair
        self._on_problem = on_problem
        self._jobs: asyncio.Queue[Job] = asyncio.Queue()
        self._repair_timer: asyncio.TimerHandle | None = None
        self._failures = 0  # in a row
        self._refusals: dict[str, float] = {}  # what the system refuses, and since when
        self._problem_reported = False

    def put(self, job: Job) -> None:
        self._jobs.put_nowait(job)

    async def run(self) -> None:
        """Does the jobs in order. Never returns."""
        while True:
            job = await self._jobs.get()
            if await self.attempt(job):
                self._failures = 0 if job == self._repair else self._failures
            elif self._repair_timer is None:
                self._failures += 1
                pause = min(REPAIR_SECONDS * self._failures, MAX_REPAIR_SECONDS)
                self._repair_timer = asyncio.get_running_loop().call_later(pause, self._queue_repair)

    def stop(self) -> None:
        if self._repair_timer:
            self._repair_timer.cancel()

    async def attempt(self, job: Job) -> bool:
        """Whether the job succeeded. No failure of the system or of zeroconf ends discovery."""
        try:
            await job()
        except OSError as error:
            _log.info("discovery: %s", error)
            if error.errno in EXHAUSTED:
                self.refused("sockets", error)
        except Exception:  # noqa: BLE001  zeroconf has errors of its own, and works again after a restart
            _log.exception("discovery failed, and goes on")
        else:
            return True
        return False

    def refused(self, what: str, error: OSError) -> None:
        """The system refused `what`."""
        now = asyncio.get_running_loop().time()
        since = self._refusals.setdefault(what, now)
        if not self._problem_reported and now - since >= PROBLEM_SECONDS:
            self._problem_reported = True
            self._on_problem(error.strerror or type(error).__name__)

    def allowed(self, what: str) -> None:
        """The system granted `what`."""
        if self._refusals.pop(what, None) is not None and not self._refusals:
            self._problem_reported = False

    def _queue_repair(self) -> None:
        self._repair_timer = None
        self.put(self._repair)
