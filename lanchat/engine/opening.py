"""Opening: from a Command to host a Room to its open door. Engine's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from lanchat.core import limits
from lanchat.core.model import RoomId
from lanchat.core.text import clean_line
from lanchat.core.words import _
from lanchat.engine import commands, events
from lanchat.engine.disk import Disk
from lanchat.engine.hosted import HostedRoom
from lanchat.engine.known import KnownRooms, new_room_id
from lanchat.engine.person import Person
from lanchat.network.discovery.model import Discovery
from lanchat.network.listener import PortTaken
from lanchat.storage.errors import StorageProblem
from lanchat.storage.members import now_ms
from lanchat.storage.room import RoomRecord
from lanchat.trust import passphrase


class Opening:
    def __init__(
        self,
        person: Person,
        disk: Disk,
        known: KnownRooms,
        discovery: Discovery,
        tell: Callable[[events.Event], None],
        is_open: Callable[[RoomId], bool],
        group: asyncio.TaskGroup,
    ) -> None:
        """`is_open`: whether a room is open in this Engine already. `group`: where the rooms' tasks run."""
        self._person = person
        self._disk = disk
        self._known = known
        self._discovery = discovery
        self._tell = tell
        self._is_open = is_open
        self._group = group

    async def open(self, command: commands.Host) -> tuple[HostedRoom, str | None] | None:
        """The open room, and its passphrase if one was just chosen. None: it is not open, and an Event said why.

        MUST be called one at a time: of two new rooms with one title, the second is the first.
        """
        title = clean_line(command.title, limits.TITLE_CHARACTERS)
        kept = self._known.hosted(command.room_id) if command.room_id else self._known.hosted_as(title)
        problem = self._why_not(command, title, kept)
        if not problem:
            try:
                record, phrase = await self._record(command, title, kept)
                room = await HostedRoom.open(
                    record, self._person, self._disk, self._discovery, self._tell, self._group, command
                )  # fmt: skip
                return room, phrase
            except (passphrase.UnfitPassphrase, StorageProblem) as unfit:
                problem = str(unfit)
            except PortTaken:
                problem = _("Another program uses port {port}. Choose another port, or leave the choice to lanchat.")
                problem = problem.format(port=command.port)
            except OSError as error:
                problem = _("The room cannot be opened: {why}.").format(why=error.strerror)
        self._tell(events.NotHosting(title, problem))
        return None

    def _why_not(self, command: commands.Host, title: str, kept: RoomRecord | None) -> str:
        if command.room_id and kept is None:
            return _("Only the person who hosted this room can open it again.")
        if kept and self._is_open(kept.room_id):
            return _("This room is open here already.")
        if not title and kept is None:
            return _("A room needs a title with at least one letter that can be seen.")
        return ""

    async def _record(
        self, command: commands.Host, title: str, kept: RoomRecord | None
    ) -> tuple[RoomRecord, str | None]:
        """The room to open, the one we had or a new one; and its passphrase, if one was just chosen.

        A room that had a passphrase keeps it: forgetting to say so must not open it to everybody. Another one is a new
        beginning: who only knew the old one stays out.
        """
        record = kept or RoomRecord(new_room_id(), title, hosted=True, joined_at=now_ms())
        phrase = passphrase.generate() if command.make_passphrase else command.passphrase
        if phrase is not None:
            if not command.make_passphrase:
                passphrase.check_own(phrase)
            secret = await asyncio.to_thread(passphrase.derive, phrase, record.room_id)
            if kept and kept.secret != secret:
                await self._disk.run(lambda store: store.forget_admitted(record.room_id))
            record = replace(record, secret=secret, passphrase=True)
        record = replace(record, title=title or record.title, host_key=self._person.key, last_used=now_ms())
        await self._known.keep(record)
        return record, phrase
