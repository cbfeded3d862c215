"""KeeperChanges: what is done when another computer than before keeps a room open: handing it over, taking it over,
giving way, and taking it back. Each in the room's queue. Engine's loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Protocol

from msgspec.structs import replace

from lanchat.core.frames import Heir
from lanchat.core.keeping import Keepers, Rank
from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.model import MemberKey, RoomId
from lanchat.core.rights import Right
from lanchat.core.text import shown_nick
from lanchat.core.translate import _
from lanchat.engine import commands, events
from lanchat.engine.active_room import ActiveRoom
from lanchat.engine.disk import Disk
from lanchat.engine.follower_role import FollowerRole
from lanchat.engine.host_role import HostRole
from lanchat.engine.joining import RoomJoiner
from lanchat.engine.kept_room import OpeningPlan
from lanchat.engine.known_rooms import KnownRooms
from lanchat.engine.opening import RoomOpener, not_entitled
from lanchat.engine.other_keepers import host_as_heir
from lanchat.engine.room_table import RoomSlot, RoomState
from lanchat.engine.sightings import Sightings, addresses_of
from lanchat.engine.standing_changes import StandingChanges
from lanchat.engine.tasks import BackgroundTasks
from lanchat.network.dialer import JoinedConnection, Unreachable
from lanchat.storage.errors import StorageProblem
from lanchat.storage.store import Store
from lanchat.trust.join_errors import JoinError

_LOOK_SECONDS = 2.0  # for somebody who keeps open a room of ours, before we open it
_ENTER_SECONDS = 3.0  # to get in there
_ASK_SECONDS = 10.0  # how long a keeper that is asked to give a room back has time to answer


class RoomsOwner(Protocol):
    """Who has the rooms."""

    def put(
        self, room_id: RoomId, work: Callable[[RoomSlot], Awaitable[None]], *, lasting: bool
    ) -> asyncio.Future[None]:
        """Do this in the room when its turn comes. The answer is cancelled where that is not done to its end."""

    async def leave_room(self, slot: RoomSlot) -> None:
        """End our part in it, if we have one."""

    def enter_room(self, slot: RoomSlot, role: FollowerRole | HostRole) -> None:
        """Begin another part in it."""


class KeeperChanges:
    def __init__(
        self,
        me: MemberKey,
        disk: Disk,
        known: KnownRooms,
        joiner: RoomJoiner,
        sightings: Sightings,
        rooms: RoomsOwner,
        tell: events.Tell,
        errands: BackgroundTasks,
        standing: StandingChanges,
    ) -> None:
        self._standing = standing
        self._me = me
        self._disk = disk
        self._known = known
        self._joiner = joiner
        self._sightings = sightings
        self._rooms = rooms
        self._tell = tell
        self._errands = errands
        self.opener: RoomOpener  #: set once

    def do(self, command: commands.KeepingCommand) -> None:
        room_id = command.room_id
        match command:
            case commands.HandOver(_, member):
                self.hand_over(room_id, member)
            case commands.TakeBackRoom():
                self.take_back(room_id)
            case commands.KeepOpen():
                self.keep_open(room_id)
            case commands.SetKeepers(_, keepers):
                self.set_keepers(room_id, keepers)
            case commands.GiveRole(_, member, role):
                self._standing.give_role(room_id, member, role)
            case commands.BringBack():
                self.bring_back(room_id)

    def set_keepers(self, room_id: RoomId, keepers: Keepers) -> None:
        """Who may keep a room of ours open when we do not."""

        async def work(slot: RoomSlot) -> None:
            record = self._known.hosted(room_id)
            if record is None:
                self._tell(events.Problem(_not_ours_to_say(), room_id))
                return
            record = replace(record, keepers=keepers)
            await self._known.keep(record)
            if slot.room is not None and isinstance(slot.room.role, HostRole):
                slot.room.role.keepers_changed(record)
            self._tell(events.KeepersChanged(room_id, keepers))
            for member, given in self._known.standing(room_id).roles.items():
                if keepers == "anyone" and given.given is None:  # also who may not since that was taken back
                    self._standing.give_role(room_id, member, "member")

        self._rooms.put(room_id, work, lasting=True)

    def bring_back(self, room_id: RoomId) -> None:
        """The person agrees that all that only this computer has comes into the room."""

        async def work(slot: RoomSlot) -> None:
            if slot.room is not None and isinstance(slot.room.role, FollowerRole):
                slot.room.role.bring_back()

        self._rooms.put(room_id, work, lasting=False)

    # --- the room comes to us
    def take_over(self, room: ActiveRoom) -> None:
        """Its keeper is gone, and it is our turn."""

        async def work(slot: RoomSlot) -> None:
            if slot.room is room and slot.state is RoomState.JOINED:
                await self._open(slot)

        self._rooms.put(room.room_id, work, lasting=False)

    def keep_open(self, room_id: RoomId) -> None:
        """The person opens a room that is away."""

        async def work(slot: RoomSlot) -> None:
            may = slot.state in (RoomState.JOINED, RoomState.STOPPED, RoomState.CLOSED)
            if may and (problem := await self._open(slot)):
                self._tell(events.Problem(problem, room_id))

        self._rooms.put(room_id, work, lasting=False)

    def take_back(self, room_id: RoomId) -> None:
        """The person keeps a room open again that is theirs more than its keeper's: by asking, then by force."""

        async def work(slot: RoomSlot) -> None:
            if fault := self._may_not_take(slot):
                self._tell(events.Problem(fault, room_id))
            elif slot.room is not None:
                slot.room.take_back()
                self._errands.start(self._take_by_force(slot.room))

        self._rooms.put(room_id, work, lasting=False)

    def _may_not_take(self, slot: RoomSlot) -> str:
        """Why we may not take the room back from who keeps it open now, in words; "": we may."""
        if fault := self._standing.rights(slot).fault(Right.TAKE_BACK):
            return fault
        if self._known.rank(slot.room_id) in (None, Rank.MEMBER):
            return not_entitled()
        return "" if slot.state is RoomState.JOINED else _("You are not in this room now.")

    async def _take_by_force(self, room: ActiveRoom) -> None:
        """The keeper may not answer. Meanwhile somebody else may keep it open, of whom we take nothing."""
        await asyncio.sleep(_ASK_SECONDS)

        async def work(slot: RoomSlot) -> None:
            if slot.room is not room or slot.state is not RoomState.JOINED:
                return
            if problem := self._may_not_take(slot) or await self._open(slot, new=True):
                self._tell(events.Problem(problem, room.room_id))

        self._rooms.put(room.room_id, work, lasting=False)

    async def join_instead(self, slot: RoomSlot) -> bool:
        """Whether somebody else keeps open our room that was to open here. Then we are a member there. Raises
        StorageProblem."""
        room_id, mine = slot.room_id, key_fingerprint(self._me)
        record = self._known.hosted(room_id)

        def is_elsewhere(one: Listing) -> bool:
            return (one.room_id, one.owner) == (room_id, mine) and one.fingerprint != mine and one.answering

        if record is None or record.keeps is None or record.keepers == "nobody":
            return False
        if not await self._sightings.settle(is_elsewhere, _LOOK_SECONDS):
            return False
        way = self._joiner.way_back(room_id).to(lambda: addresses_of(self._sightings.matching(is_elsewhere)))
        try:
            async with asyncio.timeout(_ENTER_SECONDS):
                entered = await way.enter()
        except (TimeoutError, Unreachable, JoinError):
            return False
        with entered.aborting_on_failure():
            await self._known.met(entered)
        self._rooms.enter_room(slot, self._joiner.follow(room_id, entered))
        self._tell(events.KeptElsewhere(room_id, entered.handshake.host_key))
        return True

    async def _open(self, slot: RoomSlot, *, new: bool = False) -> str:
        """Open the room here; `new`: in a new reign. What stood in the way: then we go on as a member."""
        before, room_id = slot.room, slot.room_id
        follower = before.role if before is not None and isinstance(before.role, FollowerRole) else None
        listener, codes = follower.inherit() if follower is not None else (None, ())
        slot.state = RoomState.OPENING
        try:
            try:
                await self._rooms.leave_room(slot)
            except BaseException:  # lanchat ends
                if listener is not None:
                    await listener.close()
                raise
            opened = await self.opener.take_over(room_id, OpeningPlan(new, guest_codes=codes), listener)
            if isinstance(opened, HostRole):
                self._rooms.enter_room(slot, opened)
                self._tell_opened(opened)
                return ""
            if before is not None:
                self._rooms.enter_room(slot, self._joiner.follow(room_id))
            return opened
        finally:
            if slot.state is RoomState.OPENING:
                slot.state = RoomState.CLOSED

    def _tell_opened(self, role: HostRole) -> None:
        room_id = role.room.room_id
        if self._known.hosted(room_id) is not None:
            self._tell(role.advert.hosting_event(None))
        self._tell(events.KeeperChanged(room_id, self._me, True))
        role.advert.tell_ways_in()
        for host in self._sightings.hosts(room_id):
            if host.fingerprint != key_fingerprint(self._me):
                role.seen(host)

    # --- it goes to somebody else
    def give_way(self, room: ActiveRoom, entered: JoinedConnection) -> None:
        """Go on as a member at this host, who has the room open in a higher epoch."""

        async def work(slot: RoomSlot) -> None:
            if not await self._give(slot, room, host_as_heir(entered), entered):
                entered.connection.abort("not wanted any more")

        def ended(done: asyncio.Future[None]) -> None:
            if done.cancelled():
                entered.connection.abort("lanchat ends")

        self._rooms.put(room.room_id, work, lasting=False).add_done_callback(ended)

    def give_back(self, room: ActiveRoom, heir: Heir) -> None:
        """A member whose room it is more than ours wants to keep it open."""

        async def work(slot: RoomSlot) -> None:
            await self._give(slot, room, heir)

        self._rooms.put(room.room_id, work, lasting=False)

    async def _give(
        self, slot: RoomSlot, room: ActiveRoom, heir: Heir, entered: JoinedConnection | None = None
    ) -> bool:
        """Let them have the room that is open here. False: it is not, or they were banned before it was our turn."""
        hosts = slot.room is room and slot.state is RoomState.HOSTING
        if not (hosts and isinstance(room.role, HostRole)):
            return False
        if not room.role.may_go_to(heir):
            room.role.outdo()
            return False
        await self._move(slot, heir, entered)
        return True

    def give_up(self, room: ActiveRoom) -> None:
        """We were banned while we kept it open, or who let us do that was."""

        async def work(slot: RoomSlot) -> None:
            if slot.room is room and slot.state is RoomState.HOSTING and isinstance(room.role, HostRole):
                await self._move(slot, room.role.heir())

        self._rooms.put(room.room_id, work, lasting=False)

    def hand_over(self, room_id: RoomId, member: MemberKey | None) -> None:
        """The person lets this member keep the room open; None: whoever comes first."""

        async def work(slot: RoomSlot) -> None:
            role = slot.room.role if slot.room is not None else None
            heir = role.heir(member) if isinstance(role, HostRole) else None
            if heir is None:
                words = _nobody_can() if member is None else await self._cannot(member)
                self._tell(events.Problem(words, room_id))
            else:
                await self._move(slot, heir)

        self._rooms.put(room_id, work, lasting=False)

    async def _cannot(self, member: MemberKey) -> str:
        """Why this member is not given the room."""
        with contextlib.suppress(StorageProblem):  # then they go unnamed
            if (card := await self._disk.look_up(Store.card, member)) is not None:
                words = _("{name} cannot keep the room open at the moment. It stays open here.")
                return words.format(name=shown_nick(card.nick))
        return _("This member cannot keep the room open at the moment. It stays open here.")

    async def _move(self, slot: RoomSlot, heir: Heir | None, entered: JoinedConnection | None = None) -> None:
        """Say who keeps the room open from now on (None: whoever comes first), and be a member there."""
        assert slot.room is not None
        assert isinstance(slot.room.role, HostRole)
        slot.room.role.say_goodbye(heir)
        slot.state = RoomState.JOINING
        try:
            await self._rooms.leave_room(slot)
            role = self._joiner.follow(slot.room_id, entered, moved_to=heir)
            self._rooms.enter_room(slot, role)
        finally:
            if slot.room is None:
                slot.state = RoomState.CLOSED


def _not_ours_to_say() -> str:
    return _("Only who founded this room says who may keep it open.")


def _nobody_can() -> str:
    return _("Nobody who is here can keep this room open at the moment.")
