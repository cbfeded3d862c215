"""Rooms: those we host and those we are in; how one is opened, joined, left and forgotten. Engine's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from lanchat.core.model import Card, MemberKey, RoomId
from lanchat.core.words import _
from lanchat.engine import commands, events
from lanchat.engine.disk import Disk
from lanchat.engine.errands import Errands
from lanchat.engine.hosted import HostedRoom
from lanchat.engine.joined import JoinedRoom
from lanchat.engine.joining import AlreadyThere, Joining
from lanchat.engine.known import KnownRooms
from lanchat.engine.opening import Opening
from lanchat.engine.person import Person
from lanchat.engine.sightings import Sightings
from lanchat.network.discovery.model import Discovery
from lanchat.storage.errors import StorageProblem
from lanchat.trust.tls import client_context


class Rooms:
    def __init__(
        self,
        person: Person,
        disk: Disk,
        known: KnownRooms,
        discovery: Discovery,
        tell: Callable[[events.Event], None],
        group: asyncio.TaskGroup,
        errands: Errands,
    ) -> None:
        """`group`: where the rooms' own tasks run."""
        self._person = person
        self._disk = disk
        self._known = known
        self._discovery = discovery
        self._tell = tell
        self._group = group
        self._errands = errands
        self._open: dict[RoomId, HostedRoom | JoinedRoom] = {}
        self._forgetting: set[RoomId] = set()
        self._joins: dict[commands.Join, asyncio.Task[None]] = {}
        self._hosting = asyncio.Lock()
        self._opening = Opening(person, disk, known, discovery, tell, self._is_open, group)
        self.sightings = Sightings(tell, self._stir, discovery.addresses)
        self._joining = Joining(
            person, client_context(), disk, known, discovery, self.sightings, tell, self._is_open
        )  # fmt: skip

    @property
    def open(self) -> Mapping[RoomId, HostedRoom | JoinedRoom]:
        return self._open

    @property
    def hosted(self) -> list[HostedRoom]:
        return [room for room in self._open.values() if isinstance(room, HostedRoom)]

    @property
    def joined(self) -> list[JoinedRoom]:
        return [room for room in self._open.values() if isinstance(room, JoinedRoom)]

    def remind_discovery(self) -> None:
        """Tell it which rooms we know, and where they were."""
        self._discovery.prefer(self._known.room_ids())
        self._discovery.remember(self._known.addresses())

    async def close(self) -> None:
        """Leave all of them."""
        await asyncio.gather(*(_leave(room) for room in self._open.values()))

    def _is_open(self, room_id: RoomId) -> bool:
        """Whether we host this room, are in it, or are busy forgetting it."""
        room = self._open.get(room_id)
        return room_id in self._forgetting or (room is not None and not (isinstance(room, JoinedRoom) and room.over))

    def _stir(self, room_id: RoomId | None) -> None:
        for room in self.joined:
            if room_id in (None, room.room_id):
                room.seen()

    # --- coming ------------------------------------------------------------------------------------------------------
    async def host(self, command: commands.Host) -> None:
        async with self._hosting:  # asked for twice at once, it is still one room
            if (opened := await self._opening.open(command)) is not None:
                room, phrase = opened
                self._open[room.room_id] = room
                self._tell(room.hosting(phrase))
                room.say_state()

    def begin_join(self, command: commands.Join) -> None:
        """Asked for twice at once, it is still one Join, with one answer."""
        if command not in self._joins:
            self._joins[command] = task = self._errands.start(self._join(command))
            task.add_done_callback(lambda _: self._joins.pop(command))

    async def _join(self, command: commands.Join) -> None:
        try:
            room = await self._joining.join(command)
        except AlreadyThere as there:
            self._say_where(there.room_id, command.where)
            return
        except StorageProblem as problem:
            self._tell(events.NotFound(command.where, str(problem), refused=True))
            return
        if room is None:
            return
        before, self._open[room.room_id] = self._open.get(room.room_id), room
        if before is not None:
            await _leave(before)
        room.start(self._group.create_task)
        self.remind_discovery()

    def _say_where(self, room_id: RoomId, where: str) -> None:
        """The answer to a Join of a room that needs none."""
        if room := self._open.get(room_id):
            room.say_state(where)
        else:
            problem = _("This room is being forgotten here. Try again in a moment.")
            self._tell(events.NotFound(where, problem, refused=True))

    # --- going -------------------------------------------------------------------------------------------------------
    async def leave(self, room_id: RoomId) -> None:
        for command, task in self._joins.items():
            if command.where == room_id:
                task.cancel()
        if room := self._open.pop(room_id, None):
            await _leave(room)
        self._tell(events.Left(room_id))

    async def forget(self, room_id: RoomId) -> None:
        if room_id in self._forgetting:
            return
        self._forgetting.add(room_id)
        try:
            await self.leave(room_id)
            if self._known.get(room_id):
                await self._known.forget(room_id)
                self.remind_discovery()
            self._tell(events.Forgotten(room_id))
        except StorageProblem as problem:
            self._tell(events.Problem(str(problem), room_id))
        finally:
            self._forgetting.discard(room_id)

    # --- within ------------------------------------------------------------------------------------------------------
    def fetch_earlier(self, room_id: RoomId) -> None:
        room = self._open.get(room_id)
        if isinstance(room, JoinedRoom):
            room.fetch_earlier()
        else:
            self._tell(events.EntriesAdded(room_id, (), older=True))

    def renamed(self, card: Card) -> None:
        for room in self._open.values():
            room.renamed(card)

    def remove(self, room_id: RoomId, member: MemberKey) -> None:
        room = self._open.get(room_id)
        if isinstance(room, HostedRoom):
            room.remove(member)

    async def ban(self, room_id: RoomId, member: MemberKey, on: bool) -> None:
        """Of a room of ours, open or not. Raises StorageProblem."""
        if self._known.hosted(room_id) is None or member == self._person.key:
            return
        await self._disk.run(lambda store: store.ban(room_id, member) if on else store.unban(room_id, member))
        room = self._open.get(room_id)
        if isinstance(room, HostedRoom):
            if on:
                room.ban(member)
            else:
                room.unban(member)
        self._tell(events.Banned(room_id, member, on))


async def _leave(room: HostedRoom | JoinedRoom) -> None:
    match room:
        case HostedRoom():
            await room.close()
        case JoinedRoom():
            await room.leave()
