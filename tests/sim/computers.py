"""The computers of a room that outlives its host: each keeps the room open, or follows whoever does, as the product's
roles decide. Here is what the rest of the Engine does for them: rooms that change from one role to the other, and what
is seen and reached on the network."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from lanchat.core.address import Numeric
from lanchat.core.keeping import epoch_in
from lanchat.core.keeping_frames import Heir
from lanchat.core.limits import PORT
from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.model import Card, EntryId
from lanchat.engine import events
from lanchat.engine.active_room import ActiveRoom
from lanchat.engine.events import ConnectionState
from lanchat.engine.follower_role import FollowerRole
from lanchat.engine.host_role import HostRole
from lanchat.engine.kept_room import OpeningPlan
from lanchat.engine.known_rooms import KnownRooms
from lanchat.engine.opening import RoomOpener
from lanchat.engine.other_keepers import host_as_heir
from lanchat.network.dialer import Address, JoinedConnection
from lanchat.storage.errors import StorageProblem
from lanchat.storage.store import Store
from lanchat.trust.handshake import HostPolicy
from lanchat.trust.identity import Identity
from sim.disks import DiskCopy
from sim.machine import HOST, ROOM, LoopDisk, Medium
from sim.nodes import HostingNode
from sim.promises import check
from sim.ways import Way

if TYPE_CHECKING:
    from sim.succession import Succession

_ASK_SECONDS = 3.0  # until a room that was asked back is taken by force
_LEAVES_SECONDS = 6.0  # until a keeper that is banned is left
_DOES_NOT_FIT = "does not fit together"


class Computer(HostingNode):
    history: Succession
    copy: DiskCopy

    def __init__(self, history: Succession, identity: Identity, nick: str, medium: Medium, address: str) -> None:
        super().__init__(history, identity, nick, medium)
        self.copy = DiskCopy(history.truth, medium, self.key)
        self.address = address
        self.part_of_lan = 0
        self.connected = False  #: to `host`, who welcomed it
        self.sent_away = False  #: only the person tries again
        self._was_at: Computer | None = None  # where it was let in last
        self.wish = ""  #: what the person wants: "open", "take back", "hand over", "come again"
        self.known: KnownRooms  #: while it runs
        self._following: FollowerRole | None = None
        self._changes: asyncio.Queue[Callable[[], Awaitable[None]]] = asyncio.Queue()
        self._seen: dict[Computer, int] = {}  # who keeps the room, and the epoch, as seen last
        self._leaving = False
        self._told: set[EntryId] = set()  # as added
        self._wrong: Computer | None = None  # the room's keeper, of whom it read that they are banned
        self._to_read = 0  # up to there, when it read that
        self._wrong_since: float | None = None  # it has read all that since then

    @property
    def host(self) -> Computer | None:
        """Where it is let in."""
        place = self._following.host_place if self._following is not None else None
        self._was_at = (self.history.at(place[1]) if place is not None else None) or self._was_at
        return self._was_at if place is not None else None

    @property
    def keeps(self) -> bool:
        return self.role is not None

    @property
    def policy(self) -> HostPolicy:
        """Whom it lets in, while it keeps the room open."""
        assert self.role is not None
        return cast(Any, self.role._listener).policy

    @property
    def epoch(self) -> int:
        """Of the room, while it is kept here."""
        return self.role._driver.epoch if self.role is not None else 0

    def follows(self, keeper: Computer) -> bool:
        """Whether it is the keeper, or has all that the keeper has, and is connected to it."""
        return self is keeper or (self.host is keeper and self.copy.end == keeper.copy.end)

    @property
    def lacks(self) -> str:
        """What is not as it should be when all is still; "": nothing."""
        copy, name = self.copy, self.name
        if not self.keeps and not self.connected:
            return f"{name} is not in"
        if copy.waiting:
            return f"{name}: {len(copy.waiting)} entries wait"
        if copy.base > 0:
            return f"{name} lacks the first {copy.base}"
        now = {message.message_id: message for message in copy.messages()}
        if wrong := [one for one in self.face | now if self.face.get(one) != now.get(one)]:
            return f"{name} is shown {self.face.get(wrong[0])}, not {now.get(wrong[0])}"
        return ""

    # --- its program -------------------------------------------------------------------------------------------------
    async def live(self, group: asyncio.TaskGroup) -> None:
        self.role = self._following = self._was_at = None
        self.connected = self._leaving = self.sent_away = False
        self._wrong = None
        self._changes, self._seen = asyncio.Queue(), {}
        self.room = ActiveRoom(ROOM, "a room", self.person, partial(self.tell, self.disk))
        group.create_task(self._run_room(group))

    async def _run_room(self, group: asyncio.TaskGroup) -> None:
        self.known = await self._read_known()
        if self.key == HOST and not self.wish:
            await asyncio.sleep(2)  # whoever keeps the room is seen by then
            self.wish = "" if self._is_elsewhere() else "open"
        if self.wish != "open":
            self._follow(group)
        looking = group.create_task(self._look_around())
        while not self._leaving:
            if self.frozen:
                await asyncio.sleep(0.5)
            elif self.sent_away and self.squats:
                await self._squat(group)
            elif self.wish:
                await self._grant(group)
            elif self.role is None and self._following is None:
                self._follow(group)
            else:
                try:
                    async with asyncio.timeout(0.5):
                        change = await self._changes.get()
                except TimeoutError:
                    continue
                if self.frozen:  # since it waited for that
                    self._changes.put_nowait(change)
                else:
                    await change()
        looking.cancel()
        await self._end_role()

    async def _read_known(self) -> KnownRooms:
        while True:
            try:
                record, banned = await self.disk.run(lambda store: (store.room(ROOM), store.standings()))
            except StorageProblem:
                await asyncio.sleep(1)
            else:
                return KnownRooms(self.key, self.disk, [record] if record else [], {}, banned, cast(Any, ()))

    async def _grant(self, group: asyncio.TaskGroup) -> None:
        """Do what the person wants."""
        wish, self.wish = self.wish, ""
        if wish == "hand over" and self.role is not None:
            if (heir := self.role.heir()) is not None:
                await self._move(group, heir)
        elif wish == "take back" and self._following is not None:
            if self.connected:
                self.room.take_back()
                await asyncio.sleep(_ASK_SECONDS)
            if self.role is None and not self._changes.qsize():
                await self._open(group, new_reign=True)
        elif wish == "open" and self.role is None:
            await self._open(group)
        elif wish == "come again" and self.sent_away:
            await self._end_role()
            self._follow(group)

    @property
    def squats(self) -> bool:
        """Its person keeps the room open, also when they are banned, and changes the program and the disk for that."""
        return self.key in self.history.squatters

    async def _squat(self, group: asyncio.TaskGroup) -> None:
        sqlite3.Connection.execute(self.medium, "UPDATE standing SET banned = 0 WHERE key = ?", (self.key,))
        self.known = await self._read_known()
        await self._open(group)
        self._outdo_all()
        self.history.counts["squatted"] += 1

    def _outdo_all(self) -> None:
        """A squatter is always above all others whom it sees."""
        others = [one.role._driver.opening for one in self.history.seen_by(self) if one.key != self.key and one.role]
        highest = max(filter(None, others), key=epoch_in, default=None)
        if self.squats and self.role is not None and highest is not None and epoch_in(highest) > self.epoch:
            self.role._driver.raise_above(highest)

    async def _look_around(self) -> None:
        """What is seen on the network: who keeps the room, and who does not any more."""
        while True:
            await asyncio.sleep(self.history.random.uniform(0.5, 1.5))
            role = self.role or self._following
            if self.frozen or role is None:
                continue
            self._check_entitled()
            seen = {one: one.epoch for one in self.history.seen_by(self)}
            for one, epoch in seen.items():
                if one.key != self.key or self.role is None:
                    role.seen(one.listing(epoch))
                else:
                    self.role.seen_twin([one.place], epoch)
            for one in [one for one in self._seen if one not in seen]:
                if self.history.random.random() < 0.5 and one.key != self.key:  # late, or an answer was lost
                    role.seen(one.listing(self._seen[one], answering=False))
            self._seen = seen
            self._outdo_all()

    def _check_entitled(self) -> None:
        """I15: a banned keeper is kept for no longer than it takes to leave it, and does not keep the room itself."""
        keeper = self if self.keeps else self.host if self.connected else None
        if keeper is None or self.squats or keeper.key not in self.copy.banned or self.medium.full:
            self._wrong = None
            return
        if self._wrong is not keeper:
            self._wrong, self._to_read, self._wrong_since = keeper, keeper.copy.last, None
        if self.copy.last >= self._to_read:  # else the ban may be lifted further on
            now = self.history.loop.time()
            self._wrong_since = self._wrong_since or now
            late = now - self._wrong_since > _LEAVES_SECONDS
            check(not late, f"I15: {self.name} stays with {keeper.name}, who is banned")

    def listing(self, epoch: int, answering: bool = True) -> Listing:
        """As others see the room here."""
        fingerprint, owner = key_fingerprint(self.key), key_fingerprint(HOST)
        addresses = (Numeric(self.address),)
        return Listing(
            ROOM, "a room", fingerprint, False, addresses, PORT, owner=owner, epoch=epoch, answering=answering
        )

    @property
    def place(self) -> Address:
        return Numeric(self.address), PORT

    async def _open(self, group: asyncio.TaskGroup, new_reign: bool = False) -> None:
        await self._end_role()
        opener = RoomOpener(self.services(self.known, group, self._tell()), self)
        opened = await opener.take_over(ROOM, OpeningPlan(new_reign))
        if isinstance(opened, HostRole):
            self.opened(opened)
            self.history.counts["opened"] += 1
        elif self.key == HOST and not self._is_elsewhere():
            self.wish = "open"  # they try again
            await asyncio.sleep(1)
        else:
            self._follow(group)

    def _is_elsewhere(self) -> bool:
        """Whether the room is seen at somebody to whom we would go."""
        return any(one.key not in self.copy.banned for one in self.history.seen_by(self))

    def _tell(self) -> events.Tell:
        return partial(self.tell, self.disk)

    async def _move(self, group: asyncio.TaskGroup, heir: Heir | None, entered: JoinedConnection | None = None) -> None:
        assert self.role is not None
        self.role.say_goodbye(heir)
        await self._end_role()
        self._follow(group, entered, heir)

    async def _end_role(self) -> None:
        if (role := self.role) is not None:
            self.role = None
            await role.close()
        if (following := self._following) is not None:
            self._following, self.connected, self.sent_away = None, False, False
            await following.close()

    async def leave(self) -> None:
        """The person ends the program, which says goodbye."""
        if self.running:
            self._leaving = True
            await self._end(lambda program: None)

    def replaced(self, medium: Medium, identity: Identity) -> None:
        """The disk was lost, or put back to an older state; the program does not run."""
        self.medium, self.person.identity = medium, identity
        self.name = identity.device_id.decode()
        self.copy.replaced(medium)
        self._told = set()

    # --- following
    def _follow(
        self, group: asyncio.TaskGroup, entered: JoinedConnection | None = None, moved_to: Heir | None = None
    ) -> None:
        self.room = ActiveRoom(ROOM, "a room", self.person, self._tell())
        way = cast(Any, Way(self, self._where_seen))
        self._following = FollowerRole(self.room, "", way, self.known, self.disk, entered, moved_to=moved_to)
        self._following.start(group, self)

    def _where_seen(self) -> list[Address]:
        """Where the room may be: where it is seen, and where it was."""
        seen = sorted(self.history.seen_by(self), key=lambda one: -one.epoch)
        return [one.place for one in (*seen, *([self._was_at] if self._was_at is not None else []))]

    # --- as Rooms
    def own_addresses(self) -> tuple[str, ...]:
        return (self.address,)

    def take_over(self, room: ActiveRoom) -> None:
        self._later(room, self._open)

    def give_way(self, room: ActiveRoom, entered: JoinedConnection) -> None:
        self.history.counts["gave way"] += 1
        self._later(room, partial(self._give, host_as_heir(entered), entered))

    def give_back(self, room: ActiveRoom, heir: Heir) -> None:
        self._later(room, partial(self._give, heir, None))

    async def _give(self, heir: Heir, entered: JoinedConnection | None, group: asyncio.TaskGroup) -> None:
        assert self.role is not None
        if self.role.may_go_to(heir):
            await self._move(group, heir, entered)
            return
        self.role.outdo()
        if entered is not None:
            entered.connection.abort("not wanted any more")

    def _later(self, room: ActiveRoom, change: Callable[[asyncio.TaskGroup], Awaitable[None]]) -> None:
        """In the room's queue."""

        async def work() -> None:
            hosts = self.role is not None
            given_up = hosts and self.squats
            if self.room is room and self._group is not None and hosts != (change == self._open) and not given_up:
                await change(self._group)

        self._changes.put_nowait(work)

    def give_up(self, room: ActiveRoom) -> None:
        self._later(room, partial(self._move, heir=self.role.heir() if self.role is not None else None))

    def stopped(self, room: ActiveRoom) -> None:
        check(self.key in self.history.truth.ever_banned, "an honest member gives up")
        self.sent_away = True

    def seek(self) -> None:
        """It always looks around."""

    # --- what it tells -----------------------------------------------------------------------------------------------
    def look(self) -> None:
        self.copy.look()
        if self.connected and self.host is not None and self.host.keeps:
            self.copy.check_follows(self.host.copy)

    def rename(self, card: Card) -> None:
        self.person.card = card
        if self.keeps or self._following is not None:
            self.room.rename(card)

    async def reads(self) -> None:
        """The person reads what there is."""
        seq = self.copy.last
        try:
            await self.disk.run(Store.mark_read, ROOM, seq)
        except StorageProblem:
            return
        self.room.read(seq)

    def tell(self, program: LoopDisk, event: events.Event) -> None:
        if self.disk is not program or not self.running:
            return
        match event:
            case events.Rebased():
                self.face = {message.message_id: message for message in self.copy.messages()}
                self.history.counts["gave way to another Log"] += 1
            case events.ConnectionChanged(_, _, state, problem=problem):
                check(_DOES_NOT_FIT not in problem, f"{self.name} is told by an honest host what cannot be")
                self.connected = state is ConnectionState.CONNECTED
            case events.MessagesAdded(_, messages, older=False, again=again):
                for message in messages:
                    news = message.message_id not in again and message.author != self.key
                    known = message.message_id in self._told and message.message_id in self.copy.read
                    check(not (news and known), "what was read is told as news")
                    self._told.add(message.message_id)
        if isinstance(event, events.MessagesAdded):
            self.shown = 0  # `face` is compared with the disk
        super().tell(program, event)
