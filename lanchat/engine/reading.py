"""Reading: how far the person has read in each room; told often, written seldom. Engine's loop."""

from __future__ import annotations

import asyncio
import logging

from lanchat.core.model import RoomId
from lanchat.engine.disk import Disk
from lanchat.storage.errors import StorageProblem
from lanchat.storage.store import Store

log = logging.getLogger(__name__)

_WRITE_SECONDS = 2.0  # after a mark, and for all that come until then: each write waits for the disk's own cache


class Reading:
    def __init__(self, disk: Disk, group: asyncio.TaskGroup) -> None:
        """`group`: where writing runs."""
        self._disk = disk
        self._group = group
        self._unwritten: dict[RoomId, int] = {}
        self._timer: asyncio.TimerHandle | None = None

    def mark(self, room_id: RoomId, seq: int) -> None:
        self._unwritten[room_id] = max(seq, self._unwritten.get(room_id, 0))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_WRITE_SECONDS, self._write)

    async def flush(self) -> None:
        """Put on disk what is not there yet. What fails is tried again with the next mark."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        marks, self._unwritten = self._unwritten, {}
        if not marks:
            return
        try:
            await self._disk.run(lambda store: _keep(store, marks))
        except StorageProblem as problem:
            log.warning("the read position was not kept: %s", problem)
            for room_id, seq in marks.items():
                self._unwritten[room_id] = max(seq, self._unwritten.get(room_id, 0))

    def _write(self) -> None:
        self._group.create_task(self.flush())


def _keep(store: Store, marks: dict[RoomId, int]) -> None:
    with store.transaction():
        for room_id, seq in marks.items():
            store.mark_read(room_id, seq)
