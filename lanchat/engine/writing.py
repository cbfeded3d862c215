"""Writing: the person's own entries, from what was typed to the Outbox on disk. Engine's loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

from lanchat.core import limits
from lanchat.core.model import Entry, EntryId, RoomId
from lanchat.core.text import clean_text
from lanchat.core.words import _
from lanchat.engine import events
from lanchat.engine.disk import Disk
from lanchat.engine.events import EntryState
from lanchat.engine.person import Person
from lanchat.storage.errors import StorageProblem


class Posts(Protocol):
    """A room that brings entries into its Log."""

    def posted(self, entry: Entry) -> None: ...


class Writing:
    def __init__(
        self, person: Person, disk: Disk, rooms: Mapping[RoomId, Posts], tell: Callable[[events.Event], None]
    ) -> None:
        """`rooms`: those we are in at the moment."""
        self._person = person
        self._disk = disk
        self._rooms = rooms
        self._tell = tell

    async def say(self, room_id: RoomId, text: str) -> None:
        cleaned = clean_text(text)
        if not cleaned:
            return
        problem = _too_much(cleaned) if room_id in self._rooms else _("You are not in that room.")
        if not problem:
            try:
                entry = await self._disk.run(partial(self._person.write, room_id=room_id, text=cleaned))
            except StorageProblem as failed:
                problem = str(failed)
            else:
                self._written(room_id, entry)
                return
        self._tell(events.NotWritten(room_id, text, problem))

    async def retry(self, room_id: RoomId, entry_id: EntryId) -> None:
        """Only what was refused is written again, and then only once."""
        try:
            entry = await self._disk.run(partial(self._person.write_again, room_id=room_id, entry_id=entry_id))
        except StorageProblem as failed:
            self._tell(events.EntryStateChanged(room_id, (entry_id,), EntryState.NOT_SENT, str(failed)))
            return
        if entry is not None:
            self._written(room_id, entry, entry_id)

    async def discard(self, room_id: RoomId, entry_id: EntryId) -> None:
        """Raises StorageProblem."""
        if await self._disk.run(lambda store: store.take_refused(room_id, entry_id)) is not None:
            self._tell(events.Discarded(room_id, entry_id))

    def _written(self, room_id: RoomId, entry: Entry, instead_of: EntryId | None = None) -> None:
        self._tell(events.EntryWritten(room_id, EntryId(entry.entry_id), entry.body, entry.sent_at, instead_of))
        if (room := self._rooms.get(room_id)) is not None:
            room.posted(entry)


def _too_much(text: str) -> str:
    """Why a text cannot be one entry; "" when it can."""
    if len(text) > limits.TEXT_CHARACTERS:
        return _("That text has {has:,} characters; {most:,} fit into one message.").format(
            has=len(text), most=limits.TEXT_CHARACTERS
        )
    if text.count("\n") >= limits.TEXT_LINES:
        return _("That text has too many lines; {most:,} fit into one message.").format(most=limits.TEXT_LINES)
    return ""
