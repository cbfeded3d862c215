"""RoomJoins: the Joins that are on their way, each until it led into its room or was answered. Engine's loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.engine import commands, events
from lanchat.engine.joining import Arrival, JoinAttempt, NotNow, RoomJoiner
from lanchat.engine.room_table import RoomSlot, RoomState, RoomTable
from lanchat.engine.tasks import BackgroundTasks
from lanchat.storage.errors import StorageProblem


class RoomJoins:
    def __init__(
        self,
        table: RoomTable,
        joiner: RoomJoiner,
        tell: events.Tell,
        errands: BackgroundTasks,
        arrive: Callable[[RoomSlot, JoinAttempt, Arrival], Awaitable[None]],
    ) -> None:
        """`arrive`: called in the room's turn with a Join that led somewhere."""
        self._table = table
        self._joiner = joiner
        self._tell = tell
        self._errands = errands
        self._arrive = arrive
        self._attempts: set[JoinAttempt] = set()
        self._asked: dict[commands.Join, JoinAttempt] = {}  # those that would answer the same Join asked for again
        joiner.claim = self._claim

    def begin(self, command: commands.Join) -> None:
        """Join a room. Asked for twice at once, it is still one Join, with one answer."""
        if command not in self._asked:
            self._asked[command] = attempt = JoinAttempt(command)
            self._attempts.add(attempt)
            attempt.task = self._errands.start(self._join(attempt))
            attempt.task.add_done_callback(lambda _: self._end(attempt))

    def _end(self, attempt: JoinAttempt) -> None:
        """A Join is over: it led in, it stopped, or it was called off."""
        self._attempts.discard(attempt)
        if self._asked.get(attempt.command) is attempt:
            del self._asked[attempt.command]
        for slot in self._table:
            slot.release(attempt)

    def _claim(self, room_id: RoomId, attempt: JoinAttempt) -> None:
        """Before anything is said to the room's host. Raises NotNow."""
        if room_id in attempt.unwanted or not self._table[room_id].claim(attempt):
            raise NotNow(room_id)

    async def _join(self, attempt: JoinAttempt) -> None:
        where = attempt.command.where
        while not attempt.arrived:
            try:
                arrival = await self._joiner.enter(attempt)
            except NotNow as not_now:
                if not await self._may_try_again(not_now.room_id, attempt):
                    return
            except StorageProblem as problem:
                self._tell(events.NotFound(where, str(problem), refused=True))
                return
            else:
                if arrival is None:
                    return
                await self._bring_in(attempt, arrival)

    async def _bring_in(self, attempt: JoinAttempt, arrival: Arrival) -> None:
        """When it is the room's turn. Whoever called the Join off meanwhile closed the Connection, too."""
        slot = self._table[arrival.room_id]
        try:
            await slot.put(lambda: self._arrive(slot, attempt, arrival))
        finally:
            if not attempt.arrived:
                arrival.abort()

    async def _may_try_again(self, room_id: RoomId, attempt: JoinAttempt) -> bool:
        """What to do with a Join of a room that no Join may enter now: answer it, or wait until the room's state has
        changed."""
        where, slot = attempt.command.where, self._table[room_id]
        if room_id in attempt.unwanted:
            self._say_called_off(attempt)
            return False
        match slot.state:
            case RoomState.HOSTING | RoomState.JOINED if slot.room is not None:
                slot.room.role.say_state(where)
                return False
            case RoomState.FORGETTING:
                self._tell(events.NotFound(where, being_forgotten(), refused=True))
                return False
            case RoomState.OPENING | RoomState.JOINING | RoomState.LEAVING:
                await slot.changes()
                return True
            case _:
                return True

    def call_off(self, room_id: RoomId) -> None:
        """Cancel the Joins into this room that were asked for before."""
        self._asked.clear()
        for attempt in list(self._attempts):
            attempt.unwanted.add(room_id)
            on_its_way = attempt.target_room == room_id or self._table[room_id].attempt is attempt
            if on_its_way and not attempt.arrived and attempt.task is not None:
                attempt.task.cancel()
                self._end(attempt)
                if attempt.command.where != room_id:  # else Left is the answer
                    self._say_called_off(attempt)

    def _say_called_off(self, attempt: JoinAttempt) -> None:
        """Unless the same was asked for once more: that is answered."""
        where = attempt.command.where
        if not any(other.command.where == where for other in self._attempts if other is not attempt):
            problem = _("You left this room meanwhile, so lanchat did not go in.")
            self._tell(events.NotFound(where, problem, refused=True))


def being_forgotten() -> str:
    return _("This room is being forgotten here. Try again in a moment.")
