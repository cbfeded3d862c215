"""StandingChanges: what the person decides about others in a room: who is banned, and who has which role. It is said in
the room's Log, and holds wherever that comes, whoever keeps the room open. Each in the room's queue. Engine's loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from lanchat.core.content import BanChange, encode
from lanchat.core.keeping import Rank, Role, RoleChange
from lanchat.core.model import MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.engine.disk import Disk
from lanchat.engine.host_role import HostRole
from lanchat.engine.known_rooms import KnownRooms
from lanchat.engine.own_entries import Person
from lanchat.engine.room_table import RoomSlot
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from lanchat.trust.passes import make_pass


class RoomQueues(Protocol):
    def put(self, room_id: RoomId, work: Callable[[RoomSlot], Awaitable[None]], *, lasting: bool) -> Awaitable[None]:
        """Do this in the room when its turn comes."""


class StandingChanges:
    def __init__(self, person: Person, disk: Disk, known: KnownRooms, rooms: RoomQueues, tell: events.Tell) -> None:
        self._person = person
        self._disk = disk
        self._known = known
        self._rooms = rooms
        self._tell = tell

    def ban(self, room_id: RoomId, member: MemberKey, on: bool) -> None:
        """Of a room of ours, open or not, or where we are a co-owner. Here it holds at once while ours is closed."""

        async def work(slot: RoomSlot) -> None:
            rank = self._known.rank(room_id)
            if rank in (None, Rank.MEMBER) or member == self._person.key:
                return
            if await self._say(slot, BanChange(member, on)) or rank is not Rank.OWNER:
                return
            await self._disk.run(Store.ban, room_id, member, on)
            self._known.set_standing(room_id, await self._disk.run(Store.standing, room_id))
            self._tell(events.Banned(room_id, member, on))

        self._rooms.put(room_id, work, lasting=True)

    def give_role(self, room_id: RoomId, member: MemberKey, role: Role) -> None:
        async def work(slot: RoomSlot) -> None:
            record = self._known.hosted(room_id)
            host = slot.room.role if slot.room is not None and isinstance(slot.room.role, HostRole) else None
            if record is not None and member != self._person.key:
                await self._say(slot, self._change(record, member, role))
            elif role == "keeper" and host is not None and host.name_keeper(member):
                self._tell(events.RoleGiven(room_id, member, role, self._person.key))
            else:
                self._tell(events.Problem(_("Only who founded this room can decide that."), room_id))

        self._rooms.put(room_id, work, lasting=True)

    def renew_role(self, room_id: RoomId, member: MemberKey) -> None:
        """Sign a role of ours anew: its pass is of another time."""
        self.give_role(room_id, member, self._known.standing(room_id).role(member))

    def _change(self, record: RoomRecord, member: MemberKey, role: Role) -> RoleChange:
        """Who is no co-owner any more may keep the room open like all others, where all may."""
        rank, named = Rank.CO_OWNER if role == "coowner" else Rank.MEMBER, role == "keeper"
        if role == "member" and record.keepers != "anyone":
            return RoleChange(member, rank)
        given = make_pass(
            self._person.identity, record.room_id, member, rank, record.generation, passes_on=not named
        )
        return RoleChange(member, rank, given)

    async def _say(self, slot: RoomSlot, change: BanChange | RoleChange) -> bool:
        """False: the room is not open here; it waits until it is."""
        write = partial(self._person.write, room_id=slot.room_id, payloads=[encode(change)])
        (entry,) = await self._disk.run(write)
        if slot.room is not None:
            slot.room.post(entry)
        return slot.room is not None
