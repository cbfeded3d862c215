"""OwnEntries: what the person writes, from the text typed to the Outbox on disk. Engine's loop."""

from __future__ import annotations

from functools import partial

from lanchat.core import limits
from lanchat.core.message import words_of
from lanchat.core.model import Entry, EntryId, RoomId
from lanchat.core.text import clean_text
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.engine.commands import SAYS_WAITING, Say
from lanchat.engine.disk import Disk
from lanchat.engine.events import EntryState
from lanchat.engine.known_rooms import KnownRooms
from lanchat.engine.person import Person
from lanchat.engine.room_table import RoomSlot, RoomTable
from lanchat.storage.errors import StorageProblem
from lanchat.storage.store import Store

_TOGETHER = 200  # texts in one transaction: 20 ms of the disk thread, so that no other message waits long behind it


class OwnEntries:
    """Carries out Say, Retry and Discard. Texts for one room that come while the disk is busy are written together."""

    def __init__(
        self,
        person: Person,
        disk: Disk,
        known: KnownRooms,
        table: RoomTable,
        tell: events.Tell,
    ) -> None:
        self._person = person
        self._disk = disk
        self._known = known
        self._table = table
        self._tell = tell
        self._waiting = 0

    def say(self, command: Say) -> None:
        """Every text is answered once: EntryWritten, or NotWritten."""
        room_id = command.room_id
        cleaned = clean_text(command.text)
        problem = _unfit(cleaned)
        if not problem and self._waiting >= SAYS_WAITING:
            problem = _("Too much comes at once, and lanchat did not take this. Send it again in a moment.")
        if problem:
            self._not_written(command, problem)
            return
        self._waiting += 1
        slot = self._table[room_id]
        if not slot.to_write or len(slot.to_write) >= _TOGETHER:
            texts: list[tuple[Say, str]] = []
            slot.put(lambda: self._write(slot, texts), lasting=True)
            slot.to_write = texts
        slot.to_write.append((command, cleaned))

    async def _write(self, slot: RoomSlot, texts: list[tuple[Say, str]]) -> None:
        """In the room's turn: each of `texts` as it was said, and cleaned. All are kept, or none."""
        slot.to_write = []
        problem = _("You are not in that room.") if slot.room is None else slot.room.unwelcome
        try:
            cleaned = [clean for _command, clean in texts]
            if not problem:
                entries = await self._disk.run(partial(self._person.write, room_id=slot.room_id, texts=cleaned))
                for (command, _clean), entry in zip(texts, entries, strict=True):
                    self._written(slot, entry, ref=command.ref)
        except StorageProblem as failed:
            problem = str(failed)
        finally:
            self._waiting -= len(texts)
        if problem:
            for command, _clean in texts:
                self._not_written(command, problem)

    def retry(self, room_id: RoomId, entry_id: EntryId) -> None:
        """Only what was refused is written again, and then only once."""
        slot = self._table[room_id]

        async def job() -> None:
            if self._known.get(room_id) is None:  # of a room that was forgotten there is nothing
                return
            if slot.room is not None and slot.room.unwelcome:
                words = slot.room.unwelcome
                self._tell(events.EntryStateChanged(room_id, (entry_id,), EntryState.NOT_SENT, words))
                return
            try:
                entry = await self._disk.run(partial(self._person.write_again, room_id=room_id, entry_id=entry_id))
            except StorageProblem as failed:
                self._tell(events.EntryStateChanged(room_id, (entry_id,), EntryState.NOT_SENT, str(failed)))
                return
            if entry is not None:
                self._written(slot, entry, entry_id)

        slot.put(job, lasting=True)

    def discard(self, room_id: RoomId, entry_id: EntryId) -> None:
        slot = self._table[room_id]

        async def job() -> None:
            if self._known.get(room_id) is None:
                return
            try:
                refused = await self._disk.run(Store.take_refused, room_id, entry_id)
            except StorageProblem as problem:
                self._tell(events.Problem(str(problem), room_id))
                return
            if refused is not None:
                self._tell(events.Discarded(room_id, entry_id))

        slot.put(job, lasting=True)

    def _not_written(self, command: Say, problem: str) -> None:
        self._tell(events.NotWritten(command.room_id, command.text, problem, command.ref))

    def _written(self, slot: RoomSlot, entry: Entry, instead_of: EntryId | None = None, ref: str = "") -> None:
        entry_id = EntryId(entry.entry_id)
        self._tell(events.EntryWritten(slot.room_id, entry_id, words_of(entry), entry.sent_at, instead_of, ref))
        if slot.room is not None:
            slot.room.post(entry)


def _unfit(text: str) -> str:
    """Why a text cannot be one entry; "" when it can."""
    if not text:
        return _("There is nothing to send.")
    if len(text) > limits.TEXT_CHARACTERS:
        return _("That text has {has:,} characters; {most:,} fit into one message.").format(
            has=len(text), most=limits.TEXT_CHARACTERS
        )
    if text.count("\n") >= limits.TEXT_LINES:
        return _("That text has too many lines; {most:,} fit into one message.").format(most=limits.TEXT_LINES)
    return ""
