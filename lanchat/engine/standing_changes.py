"""StandingChanges: what the person decides about others in a room: who is banned, and who has which role. It is said in
the room's Log, and holds wherever that comes, whoever keeps the room open. Each in the room's queue. Engine's loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from lanchat.core.content import BanChange, encode
from lanchat.core.keeping import Rank, Role, RoleChange
from lanchat.core.model import MemberKey, RoomId
from lanchat.core.rights import Rights
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.engine.disk import Disk
from lanchat.engine.follower_role import FollowerRole
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
            rights = self.rights(slot)
            if fault := rights.ban_fault(member, on=on):
                self._tell(events.Problem(fault, room_id))
                return
            if await self._say(slot, BanChange(member, on)) or rights.rank is not Rank.OWNER:
                return
            await self._disk.run(Store.ban, room_id, member, on)
            standing = await self._disk.run(Store.standing, room_id)
            self._known.set_standing(room_id, standing)
            self._tell(events.Banned(room_id, member, on))
            self._tell(events.StandingChanged(room_id, standing))

        self._rooms.put(room_id, work, lasting=True)

    def give_role(self, room_id: RoomId, member: MemberKey, role: Role) -> None:
        async def work(slot: RoomSlot) -> None:
            record = self._known.hosted(room_id)
            host = slot.room.role if slot.room is not None and isinstance(slot.room.role, HostRole) else None
            if fault := self.rights(slot).role_fault(member, role):
                self._tell(events.Problem(fault, room_id))
            elif record is not None:
                await self._say(slot, self._change(record, member, role))
            elif host is not None and host.name_keeper(member):
                self._tell(events.RoleGiven(room_id, member, role, self._person.key))
            else:
                self._tell(events.Problem(_("This computer has no right that it could pass on."), room_id))

        self._rooms.put(room_id, work, lasting=True)

    def rights(self, slot: RoomSlot) -> Rights:
        """What we may do in the room."""
        role, me = slot.room.role if slot.room is not None else None, self._person.key
        place = role.host_place if isinstance(role, FollowerRole) else None
        keeper = me if isinstance(role, HostRole) else place[0] if place is not None else None
        return Rights(me, self._known.standing(slot.room_id), keeper)

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
