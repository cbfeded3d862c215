"""HostCopies: in rooms hosted here, what members offer is got from whoever has it, and kept for the others, so that it
can be had when its sender is gone.

Members give it over connections of their own (`network.file_fetch.FileGive`), since they reach the host in any case. On
the Engine's loop, but for `task_for`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Protocol

from lanchat.core.file_manifest import Manifest
from lanchat.core.file_offer import FileOffer
from lanchat.core.model import MemberKey, RoomId
from lanchat.engine.disk import Disk
from lanchat.engine.local_files import LocalFiles
from lanchat.engine.pull import Pull, PullOwner, SourcePlace
from lanchat.engine.tasks import BackgroundTasks
from lanchat.network.file_shelf import PullEnd, PullTask
from lanchat.storage.errors import StorageProblem
from lanchat.storage.file_store import room_in_store

HAS, WANTS, NONE = "has", "wants", "none"  # what is said of a copy: see `core.frames.Sources`

AWAITED_MOST = 1_000  #: offers at once: of more, those that nobody gives are not waited for, the oldest first

_AT_ONCE = 6  # givers
_GUESTS_AT_ONCE = 3  # of them, each with one file: members have the other places, whatever phones do
_REFUSED_MOST = 10_000
_SOON_SECONDS = 0.02  # so that one question is about all that was offered in a moment
_ENDED_SECONDS = 0.5  # after somebody gave no more
_AGAIN_SECONDS = 4.0  # until another one is asked for what nobody gives


class HostedFiles(Protocol):
    """A room that is open here."""

    room_id: RoomId

    def want(self, roots: Collection[bytes]) -> None:
        """Ask those who have these."""

    def keeps(self, root: bytes, copy: str) -> None:
        """Tell those who look for it."""


class HostCopies(PullOwner):
    def __init__(
        self, disk: Disk, files: LocalFiles, limit: int, tasks: BackgroundTasks, stored: Callable[[bytes], None]
    ) -> None:
        """`stored`: hears of the root of all that has come."""
        self._disk = disk
        self._files = files
        self._limit = limit
        self._tasks = tasks
        self._stored = stored
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._pulls: dict[bytes, Pull] = {}  # what is wanted
        self._rooms: dict[bytes, dict[RoomId, HostedFiles]] = {}  # where each that is wanted or kept is offered
        self._whole: set[bytes] = set()
        self._refused: dict[tuple[bytes, MemberKey], None] = {}  # who gave what was wrong; those of late
        self._done_before: dict[bytes, int] = {}  # bytes of it that were here when it was asked for last
        self._timer: asyncio.TimerHandle | None = None

    async def load(self) -> None:
        """What was kept before. Raises StorageProblem."""
        self._whole = set(await self._disk.run(lambda store: store.file_store.sweep()))

    def offered(self, room: HostedFiles, offer: FileOffer, here: bool = False) -> None:
        """A message of the room offers this. `here`: it is on this computer anyway."""
        root = offer.root
        if here or root in self._whole:
            room.keeps(root, HAS)
        elif room_in_store(offer.size, offer.manifest_size) > self._limit or not self._limit:
            room.keeps(root, NONE)
        elif self._make_place():
            with self._lock:
                self._pulls.setdefault(root, Pull(offer, self, named=False))
            room.keeps(root, WANTS)
            self._ask_soon()
        if root in self._whole or root in self._pulls:
            self._rooms.setdefault(root, {})[room.room_id] = room

    def _make_place(self) -> bool:
        """Have a place for another one: the oldest that nobody gives goes for it. False: all of them come."""
        if len(self._pulls) < AWAITED_MOST:
            return True
        idle = next((root for root, pull in self._pulls.items() if not pull.places and pull.partial is None), None)
        if idle is not None:
            self._drop(idle)
            self._keeps_none(idle)
        return idle is not None

    def is_coming(self, root: bytes) -> bool:
        """Whether it is wanted, and not all here."""
        return root in self._pulls

    def done(self, root: bytes) -> int:
        """Bytes of what is coming that are here."""
        pull = self._pulls.get(root)
        return pull.done if pull is not None else 0

    def has(self, root: bytes) -> bool:
        return root in self._whole

    def sought(self, room: HostedFiles, offer: FileOffer, here: bool) -> None:
        """Somebody looks for it: it may have had to go for others."""
        if room.room_id not in self._rooms.get(offer.root, {}):
            self.offered(room, offer, here)

    def room_closed(self, room_id: RoomId) -> None:
        for root, rooms in list(self._rooms.items()):
            rooms.pop(room_id, None)
            if not rooms:
                del self._rooms[root]
                self._drop(root)

    async def remove(self, root: bytes) -> None:
        """It is not offered any more. Raises StorageProblem."""
        self._rooms.pop(root, None)
        self._drop(root)
        self._whole.discard(root)
        await self._disk.run(lambda store: store.file_store.remove([root]))
        self._files.changed(root)

    async def set_limit(self, limit: int) -> None:
        """Raises StorageProblem."""
        self._limit = limit
        await self._make_room()

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for root in list(self._pulls):
            await self._close_pull(self._drop(root))

    # --- asking for it -----------------------------------------------------------------------------------------------
    def _ask_soon(self, seconds: float = _SOON_SECONDS) -> None:
        if self._timer is not None:
            if self._timer.when() <= self._loop.time() + seconds:
                return
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._ask)

    def _ask(self) -> None:
        """Ask for what is wanted and comes from nobody, or does not go on."""
        self._timer = None
        by_room: dict[RoomId, tuple[HostedFiles, list[bytes]]] = {}
        for root, pull in self._pulls.items():
            stalled = pull.places and pull.done == self._done_before.get(root)
            self._done_before[root] = pull.done
            if (not pull.places or stalled) and not pull.complete:
                for room in self._rooms.get(root, {}).values():
                    by_room.setdefault(room.room_id, (room, []))[1].append(root)
        for room, roots in by_room.values():
            room.want(roots)
        if self._pulls:
            self._ask_soon(_AGAIN_SECONDS)
        if self._coming():
            self._tasks.start(self._make_room_quietly())

    def _coming(self) -> dict[bytes, int]:
        """How many bytes are here of what comes."""
        begun = {root: pull for root, pull in self._pulls.items() if pull.partial is not None}
        return {root: room_in_store(pull.done, pull.offer.manifest_size) for root, pull in begun.items()}

    async def _make_room(self) -> None:
        """What came has the place that it takes, not the place that it said it would take. Raises StorageProblem."""
        limit, coming = self._limit, self._coming()
        self._went(await self._disk.run(lambda store: store.file_store.shrink(limit, coming)))

    async def _make_room_quietly(self) -> None:
        with suppress(StorageProblem):  # it is tried again
            await self._make_room()

    def task_for(self, room_id: RoomId, root: bytes, giver: MemberKey, guest: bool) -> PullTask | None:
        """On a thread: a member gives it; None: it is not wanted, or not now."""
        with self._lock:
            pull = self._pulls.get(root)
            if pull is None or pull.complete or (root, giver) in self._refused:
                return None
            busy = [place for one in self._pulls.values() for place in one.places]
            guests = [place.key for place in busy if place.guest]
            if len(busy) >= _AT_ONCE or (guest and (len(guests) >= _GUESTS_AT_ONCE or giver in guests)):
                return None
            place = SourcePlace(room_id, giver, "", 0, guest)
            return None if place in pull.places else pull.source(place)

    # --- from the Pulls ----------------------------------------------------------------------------------------------
    def manifest_came(self, pull: Pull, manifest: Manifest) -> None:
        self._tasks.start(self._begin(pull, manifest))

    async def _begin(self, pull: Pull, manifest: Manifest) -> None:
        root = pull.offer.root
        try:
            limit, coming = self._limit, self._coming()
            partial = await self._disk.run(lambda store: store.file_store.begin(manifest, limit, coming))
            await asyncio.to_thread(partial.check)
        except (StorageProblem, OSError, ValueError):
            self._give_up(root)
            return
        if self._pulls.get(root) is pull:
            pull.write_to(partial)
            self._files.coming(root, pull)

    def source_ended(self, pull: Pull, place: SourcePlace, end: PullEnd) -> None:
        root = pull.offer.root
        if end is PullEnd.WRONG:
            self._refused[root, place.key] = None
            if len(self._refused) > _REFUSED_MOST:
                del self._refused[next(iter(self._refused))]
        elif end is PullEnd.DISK and self._pulls.get(root) is pull:
            self._give_up(root)
        if self._pulls.get(root) is pull and not pull.complete:
            self._ask_soon(_ENDED_SECONDS)

    def pull_complete(self, pull: Pull) -> None:
        self._tasks.start(self._finish(pull))

    async def _finish(self, pull: Pull) -> None:
        root, partial = pull.offer.root, pull.partial
        assert partial is not None
        try:
            await asyncio.to_thread(partial.finish)
            limit, coming = self._limit, self._coming()
            self._went(await self._disk.run(lambda store: store.file_store.keep(root, limit, coming)))
        except (StorageProblem, OSError, ValueError):
            self._give_up(root)
            return
        if self._drop(root) is not None:
            self._whole.add(root)
            for room in self._rooms.get(root, {}).values():
                room.keeps(root, HAS)
        self._files.changed(root)
        self._stored(root)
        self._ask_soon()

    def _give_up(self, root: bytes) -> None:
        """There is no place for it."""
        self._tasks.start(self._close_pull(self._drop(root)))
        self._keeps_none(root)

    def _keeps_none(self, root: bytes) -> None:
        """Tell those who look for it, and forget where it is offered until somebody looks for it again."""
        for room in self._rooms.pop(root, {}).values():
            room.keeps(root, NONE)

    def _drop(self, root: bytes) -> Pull | None:
        with self._lock:
            pull = self._pulls.pop(root, None)
        self._files.coming(root, None)
        self._done_before.pop(root, None)
        if pull is not None:
            pull.stop()
        return pull

    async def _close_pull(self, pull: Pull | None) -> None:
        if pull is not None and pull.partial is not None:
            await asyncio.to_thread(pull.partial.close)

    def _went(self, roots: Collection[bytes]) -> None:
        for root in roots:
            self._whole.discard(root)
            self._files.changed(root)
            if root in self._pulls:
                self._give_up(root)
            self._keeps_none(root)
