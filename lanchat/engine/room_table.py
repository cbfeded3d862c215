"""RoomTable: one state for each room, and what is still to be done in it, in order. Engine's loop.

Whatever is asked of a room goes into that room's queue and is judged by the room's state when its turn comes. So no
Command meets a room that is half open, and a slow room does not keep other rooms waiting.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lanchat.core.model import RoomId
from lanchat.engine.commands import Say
from lanchat.engine.tasks import Job, SerialQueue, Spawn

if TYPE_CHECKING:
    from lanchat.engine.active_room import ActiveRoom
    from lanchat.engine.joining import JoinAttempt

class RoomState(enum.Enum):
    CLOSED = enum.auto()  #: not open here
    OPENING = enum.auto()  #: we are about to host it
    HOSTING = enum.auto()
    JOINING = enum.auto()  #: a Join is on its way in
    JOINED = enum.auto()  #: we are in, or come back by ourselves whenever we can
    STOPPED = enum.auto()  #: we were in; only a new Join leads back
    LEAVING = enum.auto()
    FORGETTING = enum.auto()  #: to be deleted here; a Join or a Host does not find it any more


_FREE = (RoomState.CLOSED, RoomState.STOPPED)  # a Join may begin


class RoomSlot:
    """One room's entry in the table."""

    def __init__(self, room_id: RoomId, queue: SerialQueue) -> None:
        self.room_id = room_id
        self.queue = queue
        self.room: ActiveRoom | None = None  #: HOSTING, JOINED, STOPPED, and JOINING after STOPPED
        self.to_host = 0  #: how many Hosts wait in the queue, or open the room just now
        self.title = ""  #: which they give it
        self.to_write: list[tuple[Say, str]] = []  #: what the last job in the queue will write; more may be added
        self.attempt: JoinAttempt | None = None  #: JOINING: whose
        self.leaving: asyncio.Future[None] | None = None  #: the end of our part in it that is under way
        self._state = RoomState.CLOSED
        self._waiters: list[asyncio.Future[None]] = []

    @property
    def state(self) -> RoomState:
        return self._state

    @state.setter
    def state(self, state: RoomState) -> None:
        self._state = state
        if state is not RoomState.JOINING:
            self.attempt = None
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def changes(self) -> None:
        """Until its state is another."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    def put(self, job: Job, *, lasting: bool = False) -> asyncio.Future[None]:
        """To be done in this room after all that was asked of it before."""
        self.to_write = []
        return self.queue.put(job, lasting=lasting)

    def claim(self, attempt: JoinAttempt) -> bool:
        """Make this Join the only one on its way into the room, if the room's state allows that."""
        if self._state in _FREE:
            self.state, self.attempt = RoomState.JOINING, attempt
        return self.attempt is attempt

    def release(self, attempt: JoinAttempt) -> None:
        """That Join is over."""
        if self.attempt is attempt:
            self.state = RoomState.CLOSED if self.room is None else RoomState.STOPPED

    @property
    def unused(self) -> bool:
        at_rest = self.queue.idle and self.leaving is None
        return self._state is RoomState.CLOSED and at_rest and not self._waiters


class RoomTable:
    def __init__(self, spawn: Spawn) -> None:
        """`spawn`: starts the tasks in which the jobs run."""
        self._spawn = spawn
        self._slots: dict[RoomId, RoomSlot] = {}
        self._finished = False

    def __getitem__(self, room_id: RoomId) -> RoomSlot:
        """The slot of a room, made when it has none. Slots that are unused are dropped."""
        found = self._slots.get(room_id)
        if found is None:
            for unused in [slot for slot in self._slots.values() if slot.unused]:
                del self._slots[unused.room_id]
            found = self._slots[room_id] = RoomSlot(room_id, SerialQueue(self._spawn, lasting_only=self._finished))
        return found

    async def finish(self) -> None:
        """In all rooms: drop what is not lasting, also what is asked from now on, and do the rest."""
        self._finished = True
        await asyncio.gather(*(slot.queue.finish() for slot in self))

    def __iter__(self) -> Iterator[RoomSlot]:
        return iter(list(self._slots.values()))

    def state(self, room_id: RoomId) -> RoomState:
        found = self._slots.get(room_id)
        return found.state if found else RoomState.CLOSED

    def room(self, room_id: RoomId) -> ActiveRoom | None:
        found = self._slots.get(room_id)
        return found.room if found else None
