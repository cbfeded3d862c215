"""Disk: the one thread that touches the Store. Jobs run in the order they were given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from lanchat.storage.store import Store

T = TypeVar("T")


class Disk:
    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lanchat-disk")
        self._store: Store | None = None

    async def open(self, folder: Path) -> list[str]:
        """Open the store; what had to be mended, in plain words. Raises StorageProblem."""

        def job() -> list[str]:
            self._store = Store.open(folder)
            return list(self._store.notices)

        return await asyncio.get_running_loop().run_in_executor(self._thread, job)

    async def run(self, job: Callable[[Store], T]) -> T:
        """Run `job` on the disk thread, after all jobs given before it. Raises what it raises."""
        store = self._store
        assert store is not None, "the store is not open"
        return await asyncio.get_running_loop().run_in_executor(self._thread, job, store)

    async def close(self) -> None:
        """Finish what was given, close the store, end the thread."""
        if self._store is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._store.close)
            self._store = None
        self._thread.shutdown(wait=True)
