"""CommandHandler: an Engine at work: what it opens, and what each Command does. Engine's loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import assert_never

from lanchat.core.attention import Sharing
from lanchat.core.listing import Finding, Health
from lanchat.core.model import EntryId, MemberKey, PrivateThread
from lanchat.core.profile import changed_profile
from lanchat.core.text import clean_nick
from lanchat.core.translate import _
from lanchat.engine import commands, events
from lanchat.engine.commands import Command
from lanchat.engine.disk import Disk
from lanchat.engine.doorbell import doorbell
from lanchat.engine.events import Event, Tell
from lanchat.engine.known_rooms import KnownRooms, ReadMarks, VerifiedMembers
from lanchat.engine.own_entries import OwnEntries, Person
from lanchat.engine.rooms import Rooms
from lanchat.engine.single_instance import Instance
from lanchat.engine.tasks import BackgroundTasks, EngineTasks, SerialQueue
from lanchat.engine.transfers import Transfers
from lanchat.network.discovery.interface import Discovery
from lanchat.storage import settings
from lanchat.storage.errors import StorageProblem, in_plain_words
from lanchat.storage.file_records import FileRecord
from lanchat.storage.private_messages import Opener
from lanchat.storage.store import Store
from lanchat.trust.identity import load_or_create

log = logging.getLogger(__name__)

_WATCH_SECONDS = 2.0  # between two looks whether the database is still there


class CommandHandler:
    """Its person, disk, discovery and rooms, and what each Command does with them."""

    def __init__(
        self,
        person: Person,
        disk: Disk,
        known: KnownRooms,
        verifying: VerifiedMembers,
        discovery: Discovery,
        tell: Tell,
        group: asyncio.TaskGroup,
        files: list[FileRecord],
    ) -> None:
        """`group`: a mistake of ours in any of its tasks ends the Engine."""
        self._person = person
        self._disk = disk
        self._known = known
        self._verifying = verifying
        self._discovery = discovery
        self._reading = ReadMarks(disk, group)
        self._tell = tell = self._reading.telling(tell)
        self._errands = BackgroundTasks(group)
        self._rooms = Rooms(person, disk, known, discovery, self._tell_all, group, self._errands)
        self._writing = OwnEntries(person, disk, known, self._rooms.table, self._tell_all)
        self._transfers = self._rooms.files = Transfers(person, disk, known, tell, group, files, self._writing)
        self._about_us = SerialQueue(group.create_task)  # what concerns no single room

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, folder: Path, nick: str | None, make_discovery: Callable[[], Discovery], tell: Tell, rings: bool
    ) -> AsyncIterator[CommandHandler]:
        """Everything open, and at the end everything closed. Raises StorageProblem and IdentityDamaged.

        `rings`: another start on this folder may ring, from the first moment on."""
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
            person.threads.waiting(await disk.run(_begin_private, person.threads.opener))
            tell = person.threads.telling(tell)
            verifying = VerifiedMembers(person.key, disk, await disk.run(Store.verified), tell)
            records, typed, files = await disk.run(lambda store: (store.rooms(), store.addresses(), store.files.all()))
            known = KnownRooms(person.key, disk, records, typed, await disk.run(Store.standings), verifying)
            await disk.run(Store.put_cards, [person.card])
            discovery = make_discovery()
            group = await stack.enter_async_context(EngineTasks())
            running = cls(person, disk, known, verifying, discovery, tell, group, files)
            await running._transfers.load()
            stack.push_async_callback(discovery.stop)
            stack.push_async_callback(running.close)
            told = (not kept.card_revision, person.profile, kept.sharing, kept.files, kept.keep_rooms)
            tell(events.Started(person.key, person.card.nick, *told))
            for problem in filter(None, [*notices, notice]):
                tell(events.Problem(problem))
            await discovery.start(running._rooms.sightings.take)
            running._rooms.remind_discovery()
            stack.callback(group.create_task(running._watch_the_file()).cancel)
            yield running

    async def _watch_the_file(self) -> None:
        """Tell, once, when somebody removes the database while nobody writes."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            try:
                await self._disk.look_up(Store.require_file)
            except StorageProblem as problem:
                self._tell(events.Problem(str(problem)))
                return

    def _tell_all(self, event: Event) -> None:
        """What rooms tell concerns files, too."""
        self._tell(event)
        self._transfers.hear(event)

    async def close(self) -> None:
        await self._errands.stop()
        await asyncio.gather(self._rooms.finish(), self._about_us.finish())  # from here on nothing else begins
        await self._transfers.close()
        await self._rooms.close()
        await self._reading.flush()

    def do(self, command: Command) -> None:
        """Carry out one Command, or begin to: nothing here waits for the network or the disk."""
        match command:
            case commands.Browse(on, again):
                self._discovery.look(on, again)
            case commands.OpenRoom():
                self._rooms.host(command)
            case commands.Join():
                self._rooms.begin_join(command)
            case commands.Leave():
                self._rooms.leave(command, first=self._reading.flush)
            case commands.Forget(room_id):
                self._rooms.forget(room_id)
            case commands.Say(room_id):
                thread = PrivateThread.of(room_id)
                self._writing.say(command) if thread is None else self._writing.say_privately(command, thread)
            case commands.Edit() | commands.Delete() | commands.React() | commands.PinMessage() | commands.SetTopic():
                self._writing.change(command)
            case commands.Bookmark():
                self._put(lambda: self._bookmark(command))
            case commands.Retry(room_id, entry_id):
                self._writing.retry(room_id, entry_id)
            case commands.Discard(room_id, entry_id):
                self._writing.discard(room_id, entry_id)
            case commands.MarkRead(room_id, seq, by_person):
                self._reading.mark(room_id, seq)
                self._rooms.read(room_id, seq, by_person)
            case commands.MarkUnread(room_id, seq):
                self._reading.mark_unread(room_id, seq)
                self._rooms.unread(room_id, seq)
            case commands.FetchEarlier(room_id):
                self._rooms.fetch_earlier(room_id)
            case commands.ChangeProfile():
                self._put(lambda: self._change_profile(command))
            case commands.Share(sharing):
                self._put(lambda: self._share(sharing))
            case commands.Attend(busy, idle):
                self._attend(busy, idle)
            case (
                commands.SendFiles() | commands.GetFile() | commands.PauseFile() | commands.CancelFile()
                | commands.ListFiles()
            ):  # fmt: skip
                self._transfers.do(command)
            case commands.SetFiles(files):
                self._put(lambda: self._transfers.set_files(files))
            case commands.SetKeepRooms(on):
                self._put(lambda: self._set_keep_rooms(on))
            case commands.BringBack(room_id, yes=False):
                self._rooms.leave(commands.Leave(room_id), first=self._reading.flush)
            case commands.KeepingCommand():
                self._rooms.keepers.do(command)
            case commands.GuestCommand():
                self._rooms.invite_guests(command)
            case commands.TellTyping(room_id):
                self._rooms.typing(room_id)
            case commands.Remove(room_id, member):
                self._rooms.remove(room_id, member)
            case commands.Ban(room_id, member, on):
                self._rooms.standing.ban(room_id, member, on)
            case commands.Introduce(member):
                self._errands.start(self._introduce(member))
            case commands.Verify(member, yes):
                self._put(lambda: self._verifying.verify(member, yes))
            case commands.CheckUp(address):
                self._errands.start(self._check_up(address))
            case commands.Quit():
                raise AssertionError("the Engine itself ends")
            case _:
                assert_never(command)

    def _put(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do this after what was asked of the same kind before; also when lanchat ends."""

        async def job() -> None:
            try:
                await work()
            except StorageProblem as problem:
                self._tell(events.Problem(str(problem)))

        self._about_us.put(job, lasting=True)

    async def _change_profile(self, command: commands.ChangeProfile) -> None:
        nick = self._person.card.nick if command.nick is None else clean_nick(command.nick)
        if not nick:
            self._tell(events.Problem(_("A name needs at least one letter that can be seen.")))
            return
        profile = changed_profile(self._person.profile, command.status, command.avatar)
        changed = await asyncio.to_thread(self._person.with_card, nick, profile)
        self._person.become(changed)
        await self._disk.run(Store.put_cards, [changed.card])
        self._rooms.renamed(changed.card)
        self._tell(events.ProfileChanged(nick, changed.profile))

    async def _bookmark(self, command: commands.Bookmark) -> None:
        room_id, message_id, on = command.room_id, command.message_id, command.on
        if self._known.get(room_id) is not None:  # else the room was forgotten meanwhile
            await self._disk.run(lambda store: store.bookmark(room_id, message_id, on))
            self._tell(events.BookmarksChanged(room_id, message_id, on))

    async def _share(self, sharing: Sharing) -> None:
        await self._person.choose(sharing=sharing)
        self._rooms.attend()
        self._tell(events.SharingChanged(sharing))

    async def _set_keep_rooms(self, on: bool) -> None:
        await self._person.choose(keep_rooms=on)
        self._rooms.keep_rooms()
        self._tell(events.KeepRoomsChanged(on))

    def _attend(self, busy: bool | None, idle: bool | None) -> None:
        before = self._person.availability
        self._person.busy = self._person.busy if busy is None else busy
        self._person.idle = self._person.idle if idle is None else idle
        if self._person.availability is not before:
            self._rooms.attend()
            self._tell(events.AvailabilityChanged(self._person.availability))

    async def _introduce(self, member: MemberKey) -> None:
        try:
            await self._verifying.introduce(member)
        except StorageProblem as problem:
            self._tell(events.Problem(str(problem)))

    async def _check_up(self, address: str | None) -> None:
        try:
            from lanchat.engine.check_up import check_running  # most people never need the doctor

            findings = await check_running(self._person.folder, self._rooms, self._discovery.addresses(), address)
        except OSError as error:  # no file can be opened at the moment, not even the doctor's own
            reason = error.strerror or type(error).__name__
            words = _("This check could not be made: {reason}.").format(reason=reason)
            findings = (Finding("system", Health.ODD, words),)
        self._tell(events.CheckedUp(findings))


def _begin_private(store: Store, opener: Opener) -> dict[EntryId, PrivateThread]:
    store.open_private(opener)
    return store.private_waiting()


async def _hang_doorbell(stack: AsyncExitStack, folder: Path, tell: Tell) -> None:
    try:
        await stack.enter_async_context(doorbell(folder, lambda wish: tell(events.Rung(wish))))
    except (OSError, StorageProblem) as problem:
        log.warning("another start cannot ring here: %s", problem)
