"""The machines of a room: each has a disk, and a program on it until it crashes. The program is the product's: the
HostRole of the host, the FollowerRole of a member, and everything under them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from lanchat.core.address import Numeric
from lanchat.core.content import Payload
from lanchat.core.keeping import Passes
from lanchat.core.keeping_frames import Heir
from lanchat.core.message import Message
from lanchat.core.model import Availability, Card, EntryId, MemberKey, RoomId
from lanchat.engine import events
from lanchat.engine.active_room import ActiveRoom
from lanchat.engine.commands import OpenRoom
from lanchat.engine.events import EntryState
from lanchat.engine.follower_role import FollowerRole
from lanchat.engine.host_role import HostRole, HostServices
from lanchat.engine.kept_room import OpeningPlan
from lanchat.engine.known_rooms import KnownRooms
from lanchat.engine.own_entries import Person
from lanchat.network.dialer import JoinedConnection, Unreachable
from lanchat.storage.errors import StorageProblem
from lanchat.storage.records import RoomRecord
from lanchat.storage.settings import Settings
from lanchat.trust.identity import Identity
from lanchat.trust.signing import make_card
from sim.machine import ROOM, LoopDisk, Medium, new_medium
from sim.promises import Copy, check
from sim.wires import Wire

if TYPE_CHECKING:
    from sim.history import History
    from sim.world import World

_CLOSING_SECONDS = 20.0  # in which a program that is asked to end must have ended


class Node:
    """A device of a person: what all have."""

    address = "10.0.0.2"
    copy: Any  #: what is on its disk
    room: ActiveRoom
    disk: LoopDisk

    def __init__(self, history: History, identity: Identity, nick: str, medium: Medium) -> None:
        self.history = history
        self.key = identity.key
        self.name = identity.device_id.decode()
        self.person = Person(Path("nowhere"), identity, Settings(), make_card(identity, nick, 1))
        self.medium = medium
        self.roster: dict[MemberKey, Card] = {}
        self.states: dict[MemberKey, Availability] = {}  # of those on the roster who are not HERE
        self.typists: tuple[MemberKey, ...] = ()
        self.seen: dict[MemberKey, int] = {}
        self.ticks: dict[EntryId, EntryState] = {}  # as told since the program started
        self.shown = 0  # up to which entry the face was told, after what was on disk when the program started
        self.face: dict[EntryId, Message] = {}  # every message as the face was told it last
        self._program: asyncio.Task[None] | None = None
        self._group: asyncio.TaskGroup | None = None

    @property
    def running(self) -> bool:
        return self._program is not None

    async def start(self) -> None:
        self.copy.look_at_all()
        self.roster, self.ticks, self.shown = {}, {}, self.copy.last
        self.face = {message.message_id: message for message in self.copy.messages()}
        self.states, self.typists, self.seen = {}, (), {}
        self.disk = LoopDisk(self.history.loop, self.medium, self.look)
        self._program = self.history.loop.create_task(self._run())
        self._program.add_done_callback(self._ended)
        await asyncio.sleep(0)

    def look(self) -> None:
        """After each job of the disk: whether all promises are kept."""
        self.copy.look()

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as self._group:
            await self.live(self._group)

    async def live(self, group: asyncio.TaskGroup) -> None:
        raise NotImplementedError

    def _ended(self, program: asyncio.Task[None]) -> None:
        self._program = self._group = None
        if not program.cancelled() and (error := program.exception()) is not None:
            self.history.fail(error)

    async def crash(self) -> None:
        """The program ends here and now; what it does while Python takes it apart reaches nobody."""
        if self.running:
            self.disk.crash()
        await self._end(lambda program: program.cancel())

    async def _end(self, ask: Callable[[asyncio.Task[None]], object]) -> None:
        if (program := self._program) is not None:
            ask(program)
            await asyncio.wait([program], timeout=_CLOSING_SECONDS)
            check(program.done(), "a program does not end")

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this, in the program, which may crash meanwhile."""
        if self._group is not None:
            self._group.create_task(work)
        else:
            work.close()

    async def write(self, payloads: list[Payload]) -> None:
        """The person says something, or changes what was said."""
        try:
            entries = await self.disk.run(partial(self.person.write, room_id=ROOM, payloads=payloads))
        except StorageProblem:
            return
        for entry in entries:
            self.room.post(entry)

    def rename(self, card: Card) -> None:
        self.person.card = card
        if self.running:
            self.room.rename(card)

    def attend(self, idle: bool) -> None:
        self.person.idle = idle
        if self.running:
            self.room.attend()

    def types(self) -> None:
        if self.running:
            self.room.typing()

    def looks(self) -> None:
        """The person looks at the newest message."""
        if self.running:
            self.room.read(self.copy.last)

    def tell(self, program: LoopDisk, event: events.Event) -> None:
        """What the program on this disk tells its face."""
        if self.disk is not program or not self.running:
            return
        truth = self.history.truth
        match event:
            case events.MessagesAdded(_, messages, after, last, older):
                truth.told(messages, self.copy)
                self.show(messages)
                if not older:
                    check(after == self.shown or self.shown == 0, "a face misses something")
                    self.shown = last
            case events.Recovered(_, messages):  # what a member fetches so that it may keep the room open
                truth.told(messages, self.copy)
                self.show(messages)
            case events.MessagesChanged(_, messages):
                self.show(messages)
            case events.EntryStateChanged(_, entry_ids, state):
                match state:
                    case EntryState.TAKEN:
                        truth.taken(entry_ids)
                    case EntryState.DELIVERED:
                        truth.delivered(entry_ids)
                    case EntryState.NOT_SENT:
                        truth.refused(entry_ids)
                self.ticks |= dict.fromkeys(entry_ids, state)
            case events.TypingChanged(_, members):
                check(self.key not in members, "nobody is told that they write themselves")
                self.typists = members
            case events.SeenChanged(_, seen):
                check(all(seq <= truth.last for _key, seq in seen), "nobody has read what there is not")
                self.seen |= dict(seen)
            case events.ConnectionChanged():
                self.typists = ()
            case events.RosterChanged(_, joined, left, here, first, states):
                if first:
                    self.roster, self.states = {}, {}
                self.roster |= {MemberKey(card.key): card for card in joined}
                for card in left:
                    del self.roster[MemberKey(card.key)]
                    self.states.pop(MemberKey(card.key), None)
                check(all(key in self.roster for key, _state in states), "who is away is on the roster")
                self.states |= dict(states)
                self.states = {key: state for key, state in self.states.items() if state is not Availability.HERE}
                check(here == len(self.roster), "as many are here as were told to be")

    def show(self, messages: Sequence[Message]) -> None:
        for message in messages:
            before = self.face.get(message.message_id)
            check(before is None or not before.deleted or message.deleted, "I10: a deleted message is back")
            self.face[message.message_id] = message


class HostingNode(Node):
    """One that may host."""

    role: HostRole | None = None  #: while it hosts
    frozen = False
    address = "10.0.0.1"

    @property
    def answers(self) -> bool:
        return self.role is not None and not self.frozen

    def services(self, known: KnownRooms, group: asyncio.TaskGroup, tell: events.Tell) -> HostServices:
        silent = dict.fromkeys(("advertise", "withdraw", "announce"), lambda _: None)
        lan = cast(Any, SimpleNamespace(addresses=lambda: (), **silent))
        return HostServices(self.person, self.disk, known, lan, cast(Any, self), tell, group, lambda _room, _key: None)

    def opened(self, role: HostRole) -> None:
        """It begins to host."""
        self.role, self.room = role, role.room

    def give_way(self, room: ActiveRoom, entered: JoinedConnection) -> None:
        check(False, "nobody else keeps this room open")

    def give_back(self, room: ActiveRoom, heir: Heir) -> None:
        check(False, "nobody else wants to keep this room open")

    def give_up(self, room: ActiveRoom) -> None:
        check(False, "nobody is banned")

    async def close(self) -> None:
        """The person closes the room."""
        if (role := self.role) is not None:
            self.role = None
            closing = self.history.loop.create_task(role.close())
            await self._end(lambda program: None)
            await closing

    async def crash(self) -> None:
        self.thaw()
        if (role := self.role) is not None:
            self.role = None
            role._driver._ticker.cancel()
            role._driver._host.actions = list  # type: ignore[method-assign]  # what is dead asks for nothing
        self.history.hang_up(self)
        await super().crash()

    def freeze(self) -> None:
        """The machine is suspended."""
        if self.role is not None:
            self.frozen = self.disk.frozen = True
            self.role._driver._ticker.cancel()
            for wire in self._hosts_wires():
                wire.host.frozen = True

    def thaw(self) -> None:
        if self.frozen and self.role is not None:
            self.frozen = False
            self.disk.thaw()
            self.role._driver._tick()
            for wire in self._hosts_wires():
                wire.host.frozen = False
                wire.go_on()

    def _hosts_wires(self) -> list[Wire]:
        return [wire for wire in self.history.wires if wire.between[0] is self]


class _NodeOfOneHost(Node):
    """One of a room that one device keeps open, always the same."""

    copy: Copy

    def __init__(self, world: World, identity: Identity, nick: str, follows: bool) -> None:
        super().__init__(world, identity, nick, new_medium(hosted=not follows))
        self.world = world
        self.copy = Copy(world.truth, self.medium, self.key, follows)

    @property
    def lacks(self) -> str:
        """What of the truth is not here, or not known to be elsewhere; "" when all is well."""
        copy, name = self.copy, self.name
        if copy.waiting:
            return f"{name}: {len(copy.waiting)} entries wait in the Outbox"
        if copy.base > 0 or copy.last < len(self.world.truth.log):
            return f"{name} has {copy.base} to {copy.last} of {len(self.world.truth.log)}"
        if self.shown < copy.last:
            return f"{name} is shown {self.shown} of {copy.last}"
        now, face = {message.message_id: message for message in copy.messages()}, self.face
        if wrong := [one for one in face | now if face.get(one) != now.get(one)]:
            return f"{name} is shown {face.get(wrong[0])}, not {now.get(wrong[0])}"
        if EntryState.TAKEN in self.ticks.values():
            return f"{name} lacks a second tick"
        return ""


class Member(_NodeOfOneHost):
    """Somebody who follows the host."""

    role: FollowerRole

    def __init__(self, world: World, identity: Identity, nick: str) -> None:
        super().__init__(world, identity, nick, follows=True)

    async def live(self, group: asyncio.TaskGroup) -> None:
        self.room = ActiveRoom(ROOM, "a room", self.person, partial(self.tell, self.disk))
        way = cast(Any, SimpleNamespace(enter=self._enter, person=self.person, addresses=list, to=lambda _: way))
        known = cast(Any, SimpleNamespace(met=self._met, get={}.get, rank={}.get, keep_passes=self._passes))
        known.set_standing, known.lets_keep = lambda _room, now: now, lambda _handshake: True  # nobody is banned here
        self.role = FollowerRole(self.room, "", way, known, self.disk)
        self.role.start(group, self)

    async def _enter(self) -> JoinedConnection:
        """The way to the host, instead of addresses, sockets and the handshake."""
        await asyncio.sleep(self.history.loop.delay(0.5))
        connection = self.world.meet(self)
        if connection is None:
            raise Unreachable("nobody there")
        handshake = cast(Any, SimpleNamespace(host_key=self.world.host.key, title="a room"))
        return JoinedConnection(connection, handshake, (Numeric("10.0.0.1"), 1), b"")

    async def _met(self, entered: JoinedConnection) -> None:
        """The host is known already."""

    def stopped(self, room: ActiveRoom) -> None:
        check(False, "an honest member gives up")

    def seek(self) -> None:
        """The host is where it always is."""

    async def _passes(self, room_id: RoomId, passes: Passes) -> bool:
        """What the host gives is not kept: nobody but the host keeps this room open."""
        return False

    def own_addresses(self) -> tuple[str, ...]:
        return ("10.0.0.2",)

    def take_over(self, room: ActiveRoom) -> None:
        check(False, "nobody but the host keeps this room open")

    def try_now(self) -> None:
        """The person, or the network, makes the program try again, or look whether it is still connected."""
        self.role.network_changed()

    async def leave(self) -> None:
        """The person ends the program, which says goodbye."""
        closing = self.history.loop.create_task(self.role.close())
        await self._end(lambda program: None)
        await closing

    async def crash(self) -> None:
        self.history.hang_up(self)
        await super().crash()


class Host(HostingNode, _NodeOfOneHost):
    """The person who hosts."""

    def __init__(self, world: World, identity: Identity, nick: str) -> None:
        super().__init__(world, identity, nick, follows=False)

    async def live(self, group: asyncio.TaskGroup) -> None:
        with contextlib.suppress(StorageProblem):
            known = KnownRooms(self.person.key, self.disk, [], {}, {}, cast(Any, ()))
            services = self.services(known, group, partial(self.tell, self.disk))
            record = RoomRecord(ROOM, "a room", self.key, hosted=True)
            self.opened(await HostRole.open(record, services, self, OpenRoom("a room"), OpeningPlan()))

    def rename(self, card: Card) -> None:
        self.person.card = card
        if self.role is not None:
            self.room.rename(card)

    def read(self) -> None:
        """The person looks at the newest message."""
        if self.answers:
            self.world.truth.read_by_host = self.copy.last
            self.room.read(self.copy.last)
