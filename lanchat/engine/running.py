"""Running: the Engine at work: its person, disk, discovery and rooms, and what each Command does with them.

Lives on the Engine's loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, assert_never

from lanchat.core import limits
from lanchat.core.model import EntryId, RoomId
from lanchat.core.text import clean_line, clean_text
from lanchat.core.words import _
from lanchat.engine import commands, events
from lanchat.engine.commands import Command
from lanchat.engine.disk import Disk
from lanchat.engine.hosted import HostedRoom
from lanchat.engine.joined import JoinedRoom
from lanchat.engine.joining import Joining
from lanchat.engine.known import KnownRooms, new_room_id
from lanchat.engine.person import Person
from lanchat.engine.sightings import Sightings
from lanchat.network.discovery.model import Discovery
from lanchat.network.doctor.checkup import About, check
from lanchat.network.listener import PortTaken
from lanchat.storage import settings
from lanchat.storage.errors import StorageProblem
from lanchat.storage.instance import Instance
from lanchat.storage.members import now_ms
from lanchat.storage.room import RoomRecord
from lanchat.trust import passphrase
from lanchat.trust.identity import load_or_create
from lanchat.trust.tls import client_context

Tell = Callable[[events.Event], None]


class Running:
    def __init__(self, person: Person, disk: Disk, known: KnownRooms, discovery: Discovery, tell: Tell) -> None:
        self._person = person
        self._disk = disk
        self._known = known
        self._discovery = discovery
        self._tell = tell
        self._rooms: dict[RoomId, HostedRoom | JoinedRoom] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.sightings = Sightings(tell, self._stir, discovery.addresses)
        self._joining = Joining(person, client_context(), disk, known, discovery, self.sightings, tell)

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, folder: Path, nick: str | None, make_discovery: Callable[[], Discovery], tell: Tell
    ) -> AsyncIterator[Running]:
        """Everything open, and at the end everything closed. Raises StorageProblem, IdentityDamaged and OSError."""
        async with AsyncExitStack() as stack:
            stack.callback(Instance.take(folder).release)
            disk = Disk()
            stack.push_async_callback(disk.close)
            notices = await disk.open(folder)
            kept, notice = settings.load(folder)
            person = Person.of(folder, load_or_create(folder), kept, nick)
            known = KnownRooms(disk, await disk.run(lambda store: store.rooms()))
            await disk.run(lambda store: store.put_cards([person.card]))
            discovery = make_discovery()
            running = cls(person, disk, known, discovery, tell)
            stack.push_async_callback(discovery.stop)
            stack.push_async_callback(running.close)
            tell(events.Started(person.key, person.card.nick, first_run=not kept.card_revision))
            for problem in filter(None, [*notices, notice]):
                tell(events.Problem(problem))
            await discovery.start(running.sightings.take)
            discovery.remember(known.addresses())
            yield running

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(_leave(room) for room in self._rooms.values()))

    async def do(self, command: Command) -> None:
        """Carry out one Command, or begin to: nothing here waits for the network."""
        try:
            match command:
                case commands.Look(on, again):
                    self._discovery.look(on, again)
                case commands.Host():
                    self._start(self._host(command))
                case commands.Join():
                    self._start(self._join(command))
                case commands.Leave(room_id):
                    await self._leave(room_id)
                case commands.Say(room_id, text):
                    await self._say(room_id, text)
                case commands.FetchEarlier(room_id):
                    self._fetch_earlier(room_id)
                case commands.Rename(nick):
                    await self._rename(nick)
                case commands.Remove(room_id, member):
                    room = self._rooms.get(room_id)
                    if isinstance(room, HostedRoom):
                        room.remove(member)
                case commands.CheckUp(address):
                    self._start(self._check_up(address))
                case commands.Quit():
                    raise AssertionError("the Engine itself ends")
                case _:
                    assert_never(command)
        except StorageProblem as problem:
            self._tell(events.Problem(str(problem)))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _stir(self, room_id: RoomId | None) -> None:
        for room in self._rooms.values():
            if isinstance(room, JoinedRoom) and room_id in (None, room.room_id):
                room.seen()

    # --- hosting -----------------------------------------------------------------------------------------------------
    async def _host(self, command: commands.Host) -> None:
        title = clean_line(command.title, limits.TITLE_CHARACTERS)
        try:
            record, phrase = await self._record(command, title)
            if record.room_id in self._rooms:
                self._tell(events.NotHosting(title, _("This room is open here already.")))
                return
            room = await HostedRoom.open(record, self._person, self._disk, self._discovery, self._tell, command)
        except (passphrase.UnfitPassphrase, StorageProblem) as problem:
            self._tell(events.NotHosting(title, str(problem)))
        except PortTaken:
            self._tell(events.NotHosting(title, _("Another program uses port {port}. Choose another port, or leave the "
                                                  "choice to lanchat.").format(port=command.port)))  # fmt: skip
        except OSError as error:
            self._tell(events.NotHosting(title, _("The room cannot be opened: {why}.").format(why=error.strerror)))
        else:
            self._rooms[room.room_id] = room
            self._tell(room.hosting(phrase))
            self._tell(events.ConnectionChanged(room.room_id, title, events.Connection.HOSTING, self._person.card))

    async def _record(self, command: commands.Host, title: str) -> tuple[RoomRecord, str | None]:
        """The room to open: the one of this title we had, or a new one; and its passphrase, if one was just chosen.

        A room that had a passphrase keeps it: forgetting to say so must not open it to everybody.
        """
        kept = self._known.get(command.room_id) if command.room_id else self._known.hosted_as(title)
        record = kept or RoomRecord(new_room_id(), title, hosted=True, joined_at=now_ms())
        phrase = passphrase.generate() if command.make_passphrase else command.passphrase
        if phrase is not None:
            if not command.make_passphrase:
                passphrase.check_own(phrase)
            secret = await asyncio.to_thread(passphrase.derive, phrase, record.room_id)
            if record.secret not in (None, secret):
                await self._disk.run(lambda store: store.forget_admitted(record.room_id))
            record = replace(record, secret=secret, passphrase=True)
        record = replace(record, title=title or record.title, host_key=self._person.key, last_used=now_ms())
        await self._known.keep(record)
        return record, phrase

    # --- joining -----------------------------------------------------------------------------------------------------
    async def _join(self, command: commands.Join) -> None:
        try:
            room = await self._joining.join(command)
        except StorageProblem as problem:
            self._tell(events.NotFound(command.where, str(problem), refused=True))
            return
        if room is None:
            return
        if before := self._rooms.pop(room.room_id, None):
            await _leave(before)
        self._rooms[room.room_id] = room

    async def _leave(self, room_id: RoomId) -> None:
        if room := self._rooms.pop(room_id, None):
            await _leave(room)
        self._tell(events.Left(room_id))

    # --- talking -----------------------------------------------------------------------------------------------------
    async def _say(self, room_id: RoomId, text: str) -> None:
        text = clean_text(text)
        if not text.strip():
            return
        room = self._rooms.get(room_id)
        if room is None:
            self._tell(events.Problem(_("You are not in that room."), room_id))
            return
        if problem := _too_much(text):
            self._tell(events.Problem(problem, room_id))
            return
        entry = await self._disk.run(partial(self._person.write, room_id=room_id, text=text))
        self._tell(events.EntryWritten(room_id, EntryId(entry.entry_id), text, entry.sent_at))
        room.posted(entry)

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


def _too_much(text: str) -> str:
    """Why a text cannot be one entry; "" when it can."""
    if len(text) > limits.TEXT_CHARACTERS:
        return _("That text has {has:,} characters; {most:,} fit into one message.").format(
            has=len(text), most=limits.TEXT_CHARACTERS
        )
    if text.count("\n") >= limits.TEXT_LINES:
        return _("That text has too many lines; {most:,} fit into one message.").format(most=limits.TEXT_LINES)
    return ""


async def _leave(room: HostedRoom | JoinedRoom) -> None:
    match room:
        case HostedRoom():
            await room.close()
        case JoinedRoom():
            await room.leave()
