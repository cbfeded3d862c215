"""Running: the Engine at work: its person, disk, discovery and rooms, and what each Command does with them.

Lives on the Engine's loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, assert_never

from lanchat.core import limits
from lanchat.core.model import MemberKey, RoomId
from lanchat.core.text import clean_line
from lanchat.core.words import _
from lanchat.engine import commands, events
from lanchat.engine.commands import Command
from lanchat.engine.disk import Disk
from lanchat.engine.hosted import HostedRoom
from lanchat.engine.joined import JoinedRoom
from lanchat.engine.joining import AlreadyThere, Joining
from lanchat.engine.known import KnownRooms
from lanchat.engine.opening import Opening
from lanchat.engine.person import Person
from lanchat.engine.reading import Reading
from lanchat.engine.sightings import Sightings
from lanchat.engine.verifying import Verifying
from lanchat.engine.writing import Writing
from lanchat.network.discovery.model import Discovery
from lanchat.network.doorbell import doorbell
from lanchat.storage import settings
from lanchat.storage.errors import StorageProblem, in_plain_words
from lanchat.storage.instance import Instance
from lanchat.trust.identity import load_or_create
from lanchat.trust.tls import client_context

log = logging.getLogger(__name__)

Tell = Callable[[events.Event], None]


class Running:
    def __init__(
        self,
        person: Person,
        disk: Disk,
        known: KnownRooms,
        verifying: Verifying,
        discovery: Discovery,
        tell: Tell,
        group: asyncio.TaskGroup,
    ) -> None:
        """`group`: a mistake of ours in any of its tasks ends the Engine."""
        self._person = person
        self._disk = disk
        self._known = known
        self._discovery = discovery
        self._tell = tell
        self._rooms: dict[RoomId, HostedRoom | JoinedRoom] = {}
        self._forgetting: set[RoomId] = set()
        self._writing = Writing(person, disk, self._rooms, tell)
        self._reading = Reading(disk, group)
        self._verifying = verifying
        self._group = group
        self._tasks: set[asyncio.Task[None]] = set()  # of Commands; rooms have their own
        self._joins: dict[commands.Join, asyncio.Task[None]] = {}
        self._hosting = asyncio.Lock()
        self._opening = Opening(person, disk, known, discovery, tell, self._is_open, group)
        self.sightings = Sightings(tell, self._stir, discovery.addresses)
        self._joining = Joining(
            person, client_context(), disk, known, discovery, self.sightings, tell, self._is_open
        )  # fmt: skip

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, folder: Path, nick: str | None, make_discovery: Callable[[], Discovery], tell: Tell, rings: bool
    ) -> AsyncIterator[Running]:
        """Everything open, and at the end everything closed. Raises StorageProblem and IdentityDamaged.

        `rings`: another start on this folder may ring, from the first moment on.
        """
        async with AsyncExitStack() as stack:
            stack.callback(Instance.take(folder).release)
            if rings:
                await _hang_doorbell(stack, folder, tell)
            disk = Disk()
            stack.push_async_callback(disk.close)
            notices = await disk.open(folder)
            kept, notice = settings.load(folder)
            with in_plain_words():
                identity = load_or_create(folder)
            person = Person.of(folder, identity, kept, nick)
            verifying = Verifying(person.key, disk, await disk.run(lambda store: store.verified()), tell)
            known = KnownRooms(disk, await disk.run(lambda store: store.rooms()), verifying)
            await disk.run(lambda store: store.put_cards([person.card]))
            discovery = make_discovery()
            group = await stack.enter_async_context(asyncio.TaskGroup())
            running = cls(person, disk, known, verifying, discovery, tell, group)
            stack.push_async_callback(discovery.stop)
            stack.push_async_callback(running.close)
            tell(events.Started(person.key, person.card.nick, first_run=not kept.card_revision))
            for problem in filter(None, [*notices, notice]):
                tell(events.Problem(problem))
            await discovery.start(running.sightings.take)
            running.remind_discovery()
            yield running

    def remind_discovery(self) -> None:
        """Tell it which rooms we know, and where they were."""
        self._discovery.prefer(self._known.room_ids())
        self._discovery.remember(self._known.addresses())

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(_leave(room) for room in self._rooms.values()))
        await self._reading.flush()

    async def do(self, command: Command) -> None:
        """Carry out one Command, or begin to: nothing here waits for the network."""
        try:
            match command:
                case commands.Look(on, again):
                    self._discovery.look(on, again)
                case commands.Host():
                    self._start(self._host(command))
                case commands.Join():
                    self._begin_join(command)
                case commands.Leave(room_id):
                    await self._leave(room_id)
                case commands.Say(room_id, text):
                    await self._writing.say(room_id, text)
                case commands.Retry(room_id, entry_id) if self._known.get(room_id):
                    await self._writing.retry(room_id, entry_id)
                case commands.Discard(room_id, entry_id) if self._known.get(room_id):
                    await self._writing.discard(room_id, entry_id)
                case commands.Retry() | commands.Discard():
                    pass  # the room was forgotten, and all that was written in it
                case commands.MarkRead(room_id, seq):
                    self._reading.mark(room_id, seq)
                case commands.FetchEarlier(room_id):
                    self._fetch_earlier(room_id)
                case commands.Rename(nick):
                    await self._rename(nick)
                case commands.Remove(room_id, member):
                    room = self._rooms.get(room_id)
                    if isinstance(room, HostedRoom):
                        room.remove(member)
                case commands.Ban(room_id, member, on):
                    await self._ban(room_id, member, on)
                case commands.Forget(room_id):
                    self._start(self._forget(room_id))
                case commands.Introduce(member):
                    self._start(self._introduce(member))
                case commands.Verify(member, yes):
                    await self._verifying.verify(member, yes)
                case commands.CheckUp(address):
                    self._start(self._check_up(address))
                case commands.Quit():
                    raise AssertionError("the Engine itself ends")
                case _:
                    assert_never(command)
        except StorageProblem as problem:
            self._tell(events.Problem(str(problem), getattr(command, "room_id", None)))

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _is_open(self, room_id: RoomId) -> bool:
        """Whether we host this room, are in it, or are busy forgetting it."""
        room = self._rooms.get(room_id)
        return room_id in self._forgetting or (room is not None and not (isinstance(room, JoinedRoom) and room.over))

    def _stir(self, room_id: RoomId | None) -> None:
        for room in self._rooms.values():
            if isinstance(room, JoinedRoom) and room_id in (None, room.room_id):
                room.seen()

    # --- rooms -------------------------------------------------------------------------------------------------------
    async def _host(self, command: commands.Host) -> None:
        async with self._hosting:  # asked for twice at once, it is still one room
            if (opened := await self._opening.open(command)) is not None:
                room, phrase = opened
                self._rooms[room.room_id] = room
                self._tell(room.hosting(phrase))
                room.say_state()

    def _begin_join(self, command: commands.Join) -> None:
        """Asked for twice at once, it is still one Join, with one answer."""
        if command not in self._joins:
            self._joins[command] = task = self._start(self._join(command))
            task.add_done_callback(lambda _: self._joins.pop(command))

    async def _join(self, command: commands.Join) -> None:
        try:
            room = await self._joining.join(command)
        except AlreadyThere as there:
            if open_room := self._rooms.get(there.room_id):
                open_room.say_state(command.where)
            else:
                problem = _("This room is being forgotten here. Try again in a moment.")
                self._tell(events.NotFound(command.where, problem, refused=True))
            return
        except StorageProblem as problem:
            self._tell(events.NotFound(command.where, str(problem), refused=True))
            return
        if room is None:
            return
        before, self._rooms[room.room_id] = self._rooms.get(room.room_id), room
        if before is not None:
            await _leave(before)
        room.start(self._group.create_task)
        self.remind_discovery()

    async def _leave(self, room_id: RoomId) -> None:
        for command, task in self._joins.items():
            if command.where == room_id:
                task.cancel()
        if room := self._rooms.pop(room_id, None):
            await _leave(room)
        await self._reading.flush()
        self._tell(events.Left(room_id))

    async def _forget(self, room_id: RoomId) -> None:
        if room_id in self._forgetting:
            return
        self._forgetting.add(room_id)
        try:
            await self._leave(room_id)
            if self._known.get(room_id):
                await self._known.forget(room_id)
                self.remind_discovery()
            self._tell(events.Forgotten(room_id))
        except StorageProblem as problem:
            self._tell(events.Problem(str(problem), room_id))
        finally:
            self._forgetting.discard(room_id)

    async def _ban(self, room_id: RoomId, member: MemberKey, on: bool) -> None:
        if self._known.hosted(room_id) is None or member == self._person.key:
            return
        await self._disk.run(lambda store: store.ban(room_id, member) if on else store.unban(room_id, member))
        room = self._rooms.get(room_id)
        if isinstance(room, HostedRoom):
            if on:
                room.ban(member)
            else:
                room.unban(member)
        self._tell(events.Banned(room_id, member, on))

    # --- people and entries ------------------------------------------------------------------------------------------
    async def _introduce(self, member: MemberKey) -> None:
        try:
            await self._verifying.introduce(member)
        except StorageProblem as problem:
            self._tell(events.Problem(str(problem)))

    def _fetch_earlier(self, room_id: RoomId) -> None:
        room = self._rooms.get(room_id)
        if isinstance(room, JoinedRoom):
            room.fetch_earlier()
        else:
            self._tell(events.EntriesAdded(room_id, (), older=True))

    async def _rename(self, nick: str) -> None:
        nick = clean_line(nick, limits.NICK_CHARACTERS)
        if not nick:
            self._tell(events.Problem(_("A name needs at least one letter that can be seen.")))
            return
        self._person.rename(nick)
        await self._disk.run(lambda store: store.put_cards([self._person.card]))
        for room in self._rooms.values():
            room.renamed(self._person.card)
        self._tell(events.Renamed(nick))

    # --- the doctor --------------------------------------------------------------------------------------------------
    async def _check_up(self, address: str | None) -> None:
        from lanchat.network.doctor.checkup import About, check  # most people never need the doctor

        hosted = [room for room in self._rooms.values() if isinstance(room, HostedRoom)]
        ahead = [room.ahead for room in self._rooms.values() if isinstance(room, JoinedRoom) and room.ahead is not None]
        about = About(
            self._person.folder,
            self._discovery.addresses(),
            address,
            hosting=tuple(room.port for room in hosted),
            visited=any(room.visited for room in hosted),
            rooms=len(self.sightings.matching(lambda listing: listing.answering)),
            ahead=ahead[0] if ahead else None,
        )
        self._tell(events.CheckedUp(await check(about)))


async def _hang_doorbell(stack: AsyncExitStack, folder: Path, tell: Tell) -> None:
    try:
        await stack.enter_async_context(doorbell(folder, lambda link: tell(events.Rung(link))))
    except (OSError, StorageProblem) as problem:
        log.warning("another start cannot ring here: %s", problem)


async def _leave(room: HostedRoom | JoinedRoom) -> None:
    match room:
        case HostedRoom():
            await room.close()
        case JoinedRoom():
            await room.leave()
