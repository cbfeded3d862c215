"""Running: the Engine at work: its person, disk, discovery and rooms, and what each Command does with them.

Lives on the Engine's loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import assert_never

from lanchat.core import limits
from lanchat.core.health import Finding, Health
from lanchat.core.model import MemberKey
from lanchat.core.text import clean_line
from lanchat.core.translate import _
from lanchat.engine import commands, events
from lanchat.engine.commands import Command
from lanchat.engine.disk import Disk
from lanchat.engine.doorbell import doorbell
from lanchat.engine.errands import Errands
from lanchat.engine.known import KnownRooms
from lanchat.engine.person import Person
from lanchat.engine.reading import Reading
from lanchat.engine.rooms import Rooms
from lanchat.engine.single_instance import Instance
from lanchat.engine.table import SerialQueue
from lanchat.engine.verifying import Verifying
from lanchat.engine.writing import Writing
from lanchat.network.discovery.interface import Discovery
from lanchat.storage import settings
from lanchat.storage.errors import StorageProblem, in_plain_words
from lanchat.trust.identity import load_or_create

log = logging.getLogger(__name__)

_WATCH_SECONDS = 2.0

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
        self._verifying = verifying
        self._discovery = discovery
        self._tell = tell
        self._errands = Errands(group)
        self._rooms = Rooms(person, disk, known, discovery, tell, group, self._errands)
        self._writing = Writing(person, disk, known, self._rooms.table, tell)
        self._reading = Reading(disk, group)
        self._about_us = SerialQueue(group.create_task)  # what concerns no single room

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
            records, typed = await disk.run(lambda store: (store.rooms(), store.addresses()))
            known = KnownRooms(disk, records, typed, verifying)
            await disk.run(lambda store: store.put_cards([person.card]))
            discovery = make_discovery()
            group = await stack.enter_async_context(asyncio.TaskGroup())
            running = cls(person, disk, known, verifying, discovery, tell, group)
            stack.push_async_callback(discovery.stop)
            stack.push_async_callback(running.close)
            tell(events.Started(person.key, person.card.nick, first_run=not kept.card_revision))
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
                await self._disk.look_up(lambda store: store.require_file())
            except StorageProblem as problem:
                self._tell(events.Problem(str(problem)))
                return

    async def close(self) -> None:
        await self._errands.stop()
        await asyncio.gather(self._rooms.close(), self._about_us.finish())
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
            case commands.Leave(room_id):
                self._rooms.leave(room_id, first=self._reading.flush)
            case commands.Forget(room_id):
                self._rooms.forget(room_id)
            case commands.Say():
                self._writing.say(command)
            case commands.Retry(room_id, entry_id):
                self._writing.retry(room_id, entry_id)
            case commands.Discard(room_id, entry_id):
                self._writing.discard(room_id, entry_id)
            case commands.MarkRead(room_id, seq):
                self._reading.mark(room_id, seq)
                self._rooms.read(room_id, seq)
            case commands.FetchEarlier(room_id):
                self._rooms.fetch_earlier(room_id)
            case commands.ChangeNick(nick):
                self._put(lambda: self._rename(nick))
            case commands.Remove(room_id, member):
                self._rooms.remove(room_id, member)
            case commands.Ban(room_id, member, on):
                self._rooms.ban(room_id, member, on)
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

    async def _rename(self, nick: str) -> None:
        nick = clean_line(nick, limits.NICK_CHARACTERS)
        if not nick:
            self._tell(events.Problem(_("A name needs at least one letter that can be seen.")))
            return
        renamed = await asyncio.to_thread(self._person.renamed, nick)
        self._person.become(renamed)
        await self._disk.run(lambda store: store.put_cards([renamed.card]))
        self._rooms.renamed(renamed.card)
        self._tell(events.Renamed(nick))

    async def _introduce(self, member: MemberKey) -> None:
        try:
            await self._verifying.introduce(member)
        except StorageProblem as problem:
            self._tell(events.Problem(str(problem)))

    async def _check_up(self, address: str | None) -> None:
        try:
            findings = await self._looked_into(address)
        except OSError as error:  # no file can be opened at the moment, not even the doctor's own
            reason = error.strerror or type(error).__name__
            words = _("This check could not be made: {reason}.").format(reason=reason)
            findings = (Finding("system", Health.ODD, words),)
        self._tell(events.CheckedUp(findings))

    async def _looked_into(self, address: str | None) -> tuple[Finding, ...]:
        from lanchat.engine.check_up import rooms_elsewhere  # most people never need the doctor
        from lanchat.network.doctor.checkup import Circumstances, check

        hosted, own = self._rooms.hosted, self._discovery.addresses()
        ahead = [role.room.ahead for role in self._rooms.joined if role.room.ahead is not None]
        about = Circumstances(
            self._person.folder,
            own,
            address,
            hosting=tuple(role.port for role in hosted),
            visited=any(role.visited for role in hosted),
            rooms=lambda: rooms_elsewhere(self._rooms.sightings, own),
            ahead=ahead[0] if ahead else None,
        )
        return await check(about)


async def _hang_doorbell(stack: AsyncExitStack, folder: Path, tell: Tell) -> None:
    try:
        await stack.enter_async_context(doorbell(folder, lambda wish: tell(events.Rung(wish))))
    except (OSError, StorageProblem) as problem:
        log.warning("another start cannot ring here: %s", problem)
