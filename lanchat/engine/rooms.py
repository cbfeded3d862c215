"""Rooms: those we host and those we are in; what each Command does with them, by the state of the room it names.

| state          | Join                 | Host                 | Leave, Forget         | Say, Retry           |
|----------------|----------------------|----------------------|-----------------------|----------------------|
| CLOSED         | on its way (JOINING) | OPENING              | answered at once      | NotWritten           |
| OPENING        | waits                | waits, then HOSTING  | wait, then close it   | wait                 |
| HOSTING        | "you are in"         | "open here already"  | close it              | written and posted   |
| JOINING        | waits for the other  | OPENING              | call the Join off     | NotWritten           |
| JOINED         | "you are in"         | "open here already"  | leave it              | written and posted   |
| STOPPED        | on its way (JOINING) | OPENING              | drop it               | written, posted later;|
|                |                      |                      |                       | sent away: NotWritten |
| LEAVING        | waits                | waits                | wait                  | wait                 |
| FORGETTING     | refused              | another room         | Leave waits           | wait, NotWritten     |

A Join whose room nobody knows before its host says it (an address) is judged then. Engine's loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import chain

from lanchat.core import limits
from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.model import Card, MemberKey, RoomId
from lanchat.core.text import clean_line
from lanchat.core.translate import _
from lanchat.engine import commands, events
from lanchat.engine.active_room import ActiveRoom, RoomCompanion
from lanchat.engine.disk import Disk
from lanchat.engine.follower_role import FollowerRole
from lanchat.engine.host_role import HostRole, HostServices
from lanchat.engine.joining import Arrival, JoinAttempt, RoomJoiner
from lanchat.engine.keeper_changes import KeeperChanges
from lanchat.engine.known_rooms import KnownRooms, new_room_id
from lanchat.engine.opening import RoomOpener
from lanchat.engine.own_entries import Person
from lanchat.engine.room_joins import RoomJoins, being_forgotten
from lanchat.engine.room_table import RoomSlot, RoomState, RoomTable
from lanchat.engine.sightings import Sightings, addresses_of
from lanchat.engine.standing_changes import StandingChanges
from lanchat.engine.tasks import BackgroundTasks
from lanchat.network.dialer import Address
from lanchat.network.discovery.interface import Discovery
from lanchat.storage.errors import StorageProblem
from lanchat.trust.identity import client_context


class Rooms:
    files: RoomCompanion  #: set once

    def __init__(
        self,
        person: Person,
        disk: Disk,
        known: KnownRooms,
        discovery: Discovery,
        tell: events.Tell,
        group: asyncio.TaskGroup,
        errands: BackgroundTasks,
    ) -> None:
        """`group`: where the rooms' own tasks run."""
        self._person = person
        self._disk = disk
        self._known = known
        self._discovery = discovery
        self._tell = tell
        self._group = group
        self._errands = errands
        self.table = RoomTable(group.create_task)
        self.sightings = Sightings(discovery, tell, self)
        self._context = client_context()
        self._joiner = RoomJoiner(person, self._context, disk, known, discovery, self.sightings, tell)
        self._joins = RoomJoins(self.table, self._joiner, tell, errands, self._arrive)
        self.standing = StandingChanges(person, disk, known, self, tell)
        self.keepers = KeeperChanges(
            person.key, disk, known, self._joiner, self.sightings, self, tell, errands, self.standing
        )
        services = HostServices(
            person, disk, known, discovery, self._context, tell, group, self.standing.renew_role
        )
        self._opening = self.keepers.opener = RoomOpener(services, self.keepers)

    @property
    def hosted(self) -> list[HostRole]:
        """Our part in each room that is open here."""
        return [room.role for room in self._rooms() if isinstance(room.role, HostRole)]

    @property
    def joined(self) -> list[FollowerRole]:
        """Our part in each room of others that we are in."""
        return [room.role for room in self._rooms() if isinstance(room.role, FollowerRole)]

    def _rooms(self) -> list[ActiveRoom]:
        return [slot.room for slot in self.table if slot.room is not None]

    def _hosting(self, room_id: RoomId) -> HostRole | None:
        """Our part in that room, if it is open here."""
        room = self.table.room(room_id)
        return room.role if room is not None and isinstance(room.role, HostRole) else None

    def remind_discovery(self) -> None:
        """Tell it which rooms we know, and where they were."""
        self._discovery.prefer(self._known.room_ids())
        self._discovery.remember(self._known.addresses())

    async def finish(self) -> None:
        """Keep what was said. From now on no room opens here any more, nor changes its keeper."""
        await self.table.finish()

    async def close(self) -> None:
        """Leave all rooms. `finish` comes first."""
        await self.table.finish()  # what has been said meanwhile
        await asyncio.gather(*map(self.leave_room, self.table))

    # --- what is seen
    def seen(self, listing: Listing) -> None:
        for room in self._rooms():
            if listing.room_id == room.room_id:
                room.role.seen(listing)

    def network_changed(self) -> None:
        for room in self._rooms():
            room.role.network_changed()

    def look_for_twin(self, room_id: RoomId, addresses: list[Address], epoch: int) -> None:
        """A room that we host may be open at these addresses, too, with our key: connect there and see."""
        role = self._hosting(room_id)
        if role is not None and addresses:
            role.seen_twin(addresses, epoch)

    def seek(self) -> None:
        """Have Discovery look for the rooms that we are in and that are away."""
        self._discovery.seek([role.room.room_id for role in self.joined if role.away])

    def put(
        self, room_id: RoomId, work: Callable[[RoomSlot], Awaitable[None]], *, lasting: bool
    ) -> asyncio.Future[None]:
        """Do this in the room when its turn comes. The answer is cancelled where that is not done to its end."""
        slot = self.table[room_id]

        async def job() -> None:
            try:
                await work(slot)
            except StorageProblem as problem:
                self._tell(events.Problem(str(problem), room_id))

        return slot.put(job, lasting=lasting)

    # --- hosting -----------------------------------------------------------------------------------------------------
    def host(self, command: commands.OpenRoom) -> None:
        """Open a room. Asked for twice at once, it is still one room: the title is looked up in what is about to open,
        too."""
        title = clean_line(command.title, limits.TITLE_CHARACTERS)
        room_id = command.room_id or self._hosted_as(title) or new_room_id()
        slot = self.table[room_id]
        slot.title = title
        slot.to_host += 1
        self.put(room_id, lambda slot: self._host(slot, command), lasting=False)

    def _hosted_as(self, title: str) -> RoomId | None:
        """The room of ours that has this title, or is about to have it."""
        soon = (slot.room_id for slot in self.table if slot.to_host and slot.title.casefold() == title.casefold())
        here = (record.room_id for record in self._known.hosted_as(title))
        found = (room_id for room_id in chain(soon, here) if self.table.state(room_id) is not RoomState.FORGETTING)
        return next(found, None)

    async def _host(self, slot: RoomSlot, command: commands.OpenRoom) -> None:
        try:
            await self._open(slot, command)
        finally:
            slot.to_host -= 1  # not before: until it is open, a new room is not known by its title

    async def _open(self, slot: RoomSlot, command: commands.OpenRoom) -> None:
        if slot.state in (RoomState.HOSTING, RoomState.JOINED):
            self._tell(events.NotHosting(slot.room.title if slot.room else "", _("This room is open here already.")))
            return
        if slot.state is RoomState.FORGETTING:
            self._tell(events.NotHosting(slot.title, being_forgotten()))
            return
        slot.state = RoomState.OPENING
        others = self.sightings.hosts(slot.room_id)  # those with our own key are listed until we advertise the room
        try:
            await self.leave_room(slot)
            phrase_given = command.passphrase is not None or command.make_passphrase
            if not phrase_given and await self.keepers.join_instead(slot):
                return
            if (opened := await self._opening.open(command, slot.room_id)) is not None:
                role, phrase = opened
                self._tell(role.advert.hosting_event(phrase))
                self.enter_room(slot, role)
                for host in dict.fromkeys([*others, *self.sightings.hosts(slot.room_id)]):
                    if host.fingerprint == key_fingerprint(self._person.key):
                        self.look_for_twin(slot.room_id, addresses_of([host]), host.epoch)
                    else:
                        role.seen(host)
        finally:
            if slot.state is RoomState.OPENING:
                slot.state = RoomState.CLOSED

    # --- joining -----------------------------------------------------------------------------------------------------
    def begin_join(self, command: commands.Join) -> None:
        """Join a room. Asked for twice at once, it is still one Join, with one answer."""
        self._joins.begin(command)

    async def _arrive(self, slot: RoomSlot, attempt: JoinAttempt, arrival: Arrival) -> None:
        """In the room's queue: go in, unless something else was asked of the room meanwhile."""
        if slot.attempt is not attempt:
            return
        attempt.arrived = True
        try:
            with arrival.aborting_on_failure():
                await self.leave_room(slot)
                role = await self._joiner.settle(attempt, arrival)
        except StorageProblem as problem:
            self._tell(events.NotFound(attempt.command.where, str(problem), refused=True))
            return
        self.enter_room(slot, role)
        self.remind_discovery()

    def enter_room(self, slot: RoomSlot, role: FollowerRole | HostRole) -> None:
        """Begin a part in it. There is none at the moment."""
        slot.room = role.room
        self.files.room_opened(role.room)
        if isinstance(role, HostRole):
            role.say_state()
            role.let_guests_back()
            if slot.state is RoomState.OPENING:
                slot.state = RoomState.HOSTING
        else:
            role.start(self._group, self)
            if slot.state in (RoomState.JOINING, RoomState.OPENING):
                slot.state = RoomState.JOINED

    def own_addresses(self) -> tuple[str, ...]:
        return self._discovery.addresses()

    def take_over(self, room: ActiveRoom) -> None:
        self.keepers.take_over(room)

    def stopped(self, room: ActiveRoom) -> None:
        """Only a new Join leads back into this room."""
        slot = self.table[room.room_id]
        if slot.room is room and slot.state is RoomState.JOINED:
            slot.state = RoomState.STOPPED

    # --- going -------------------------------------------------------------------------------------------------------
    def leave(self, command: commands.Leave, first: Callable[[], Awaitable[None]]) -> None:
        """`first`: what is to be done before, in the room's turn."""

        async def work(slot: RoomSlot) -> None:
            await first()
            if (role := self._hosting(command.room_id)) is not None:
                if command.closed:
                    role.say_goodbye(None, closed=True)
                elif command.heir is not None:
                    role.say_goodbye(role.heir(command.heir))
            await self._leave(slot)

        self._joins.call_off(command.room_id)
        self.put(command.room_id, work, lasting=True)

    def forget(self, room_id: RoomId) -> None:
        if self.table.state(room_id) is RoomState.FORGETTING:
            return
        self._joins.call_off(room_id)
        self.table[room_id].state = RoomState.FORGETTING
        self.put(room_id, self._leave, lasting=True)
        self.put(room_id, self._forget, lasting=False)

    async def _leave(self, slot: RoomSlot) -> None:
        if slot.state is not RoomState.FORGETTING:
            slot.state = RoomState.LEAVING
        await self.leave_room(slot)
        if slot.state is RoomState.LEAVING:
            slot.state = RoomState.CLOSED
        self._tell(events.Left(slot.room_id))

    async def _forget(self, slot: RoomSlot) -> None:
        try:
            if self._known.get(slot.room_id):
                await self._known.forget(slot.room_id)
                self.remind_discovery()
            self._tell(events.Forgotten(slot.room_id))
        finally:
            slot.state = RoomState.CLOSED

    async def leave_room(self, slot: RoomSlot) -> None:
        """Leave the room, if we are in. Nothing more is told of it from here on. When this is cancelled, the leaving
        goes on; the next call waits for it."""
        room, slot.room = slot.room, None
        if room is not None:
            slot.leaving = asyncio.ensure_future(self._end_role(room))
        if (leaving := slot.leaving) is not None:
            try:
                await asyncio.shield(leaving)
            finally:
                if leaving.done() and slot.leaving is leaving:
                    slot.leaving = None

    async def _end_role(self, room: ActiveRoom) -> None:
        try:
            await self.files.room_closed(room)
        finally:
            await room.role.close()
        self.seek()

    # --- within ------------------------------------------------------------------------------------------------------
    def fetch_earlier(self, room_id: RoomId) -> None:
        if (room := self.table.room(room_id)) is not None:
            room.fetch_earlier()
        else:
            self._tell(events.MessagesAdded.of(room_id, (), older=True))

    def read(self, room_id: RoomId, seq: int, by_person: bool) -> None:
        if (room := self.table.room(room_id)) is not None:
            room.read(seq, by_person)

    def unread(self, room_id: RoomId, seq: int) -> None:
        if (room := self.table.room(room_id)) is not None:
            room.unread(seq)

    def typing(self, room_id: RoomId) -> None:
        """The person is writing there."""
        if room := self.table.room(room_id):
            room.typing()

    def keep_rooms(self) -> None:
        """Whether this computer may keep rooms open for others has changed."""
        for role in self.joined:
            role.keep_rooms()

    def attend(self) -> None:
        """What the person lets others know, or whether they are here, has changed."""
        for room in self._rooms():
            room.attend()

    def renamed(self, card: Card) -> None:
        for room in self._rooms():
            room.rename(card)

    def remove(self, room_id: RoomId, member: MemberKey) -> None:
        if (role := self._hosting(room_id)) is not None:
            role.remove(member)

    def invite_guests(self, command: commands.GuestCommand) -> None:
        """Let phones come in, or no more."""
        if (role := self._hosting(command.room_id)) is not None:
            self._errands.start(role.invitations.do(command))
        else:
            words = _("Phones come in through the computer that keeps the room open, and this is not the one.")
            self._tell(events.Problem(words, command.room_id))
