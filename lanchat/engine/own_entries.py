"""The person who uses this Engine, and what they write: from a typed text to a signed entry in the Outbox on disk.

On the Engine's loop, except `Person.of` and `renamed`, which wait for the disk, and `write` and `write_again`, which
are for the disk thread.
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from lanchat.core import limits
from lanchat.core.content import Payload, Text, encode, payload_of
from lanchat.core.message import words_of
from lanchat.core.model import Card, Entry, EntryId, MemberKey, RoomId
from lanchat.core.text import clean_line, clean_text
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.engine.commands import SAYS_WAITING, Say
from lanchat.engine.disk import Disk
from lanchat.engine.events import EntryState
from lanchat.engine.known_rooms import KnownRooms
from lanchat.engine.room_table import RoomSlot, RoomTable
from lanchat.storage import settings
from lanchat.storage.errors import StorageProblem
from lanchat.storage.records import now_ms
from lanchat.storage.settings import Settings
from lanchat.storage.store import Store
from lanchat.trust.identity import Identity
from lanchat.trust.signing import make_card, make_entry

_TOGETHER = 200  # texts in one transaction: they take 20 ms, so that no other message waits long


@dataclass(slots=True)
class Person:
    """The person: their key, settings and card."""

    folder: Path
    identity: Identity
    settings: Settings
    card: Card

    @classmethod
    def of(cls, folder: Path, identity: Identity, kept: Settings, nick: str | None) -> Person:
        """The person as kept on disk, with the new nick `nick`, if that is given. Raises StorageProblem."""
        nick = clean_line(nick or kept.nick, limits.NICK_CHARACTERS) or _account_name()
        person = cls(folder, identity, kept, make_card(identity, nick, kept.card_revision))
        return person.renamed(nick) if nick != kept.nick else person

    @property
    def key(self) -> MemberKey:
        return self.identity.key

    def renamed(self, nick: str) -> Person:
        """The person with a new card. Not to be called on the loop: it waits for the disk, where the card's revision
        is kept before anybody sees the card. Raises StorageProblem."""
        card = make_card(self.identity, nick, self.settings.card_revision + 1)
        changed = msgspec.structs.replace(self.settings, nick=card.nick, card_revision=card.revision)
        settings.save(self.folder, changed)
        return Person(self.folder, self.identity, changed, card)

    def become(self, other: Person) -> None:
        """Take over what `renamed` made."""
        self.settings, self.card = other.settings, other.card

    def write(self, store: Store, room_id: RoomId, texts: Sequence[str]) -> list[Entry]:
        """On the disk thread: sign new entries and put them into the Outbox, all or none. Raises StorageProblem."""
        with store.transaction():
            return [self._write(store, room_id, encode(Text(text))) for text in texts]

    def _write(self, store: Store, room_id: RoomId, payload: Payload) -> Entry:
        counter = store.next_counter(room_id, self.identity.device_id)
        entry = make_entry(self.identity, room_id, counter, payload, now_ms())
        store.outbox_add(room_id, entry)
        return entry

    def write_again(self, store: Store, room_id: RoomId, entry_id: EntryId) -> Entry | None:
        """On the disk thread: replace a refused entry by a new one; None when there is none such."""
        with store.transaction():
            refused = store.take_refused(room_id, entry_id)
            return self._write(store, room_id, payload_of(refused)) if refused else None


def _account_name() -> str:
    """The name of the account that is logged in: a nick for the start, so that none has to be asked for."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # no account at all, as in some containers
        name = ""
    return clean_line(name, limits.NICK_CHARACTERS).capitalize() or _("Somebody")


class OwnEntries:
    """Performs Say, Retry and Discard. Texts for one room that come while the disk is busy are written together."""

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
        """Write a text. Each is answered by one Event, EntryWritten or NotWritten."""
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
        """In the room's queue: write `texts`, each with its command. All are kept, or none."""
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
        """Write a refused entry again, as a new one; of two calls only the first has an effect."""
        slot = self._table[room_id]

        async def job() -> None:
            if self._known.get(room_id) is None:  # the room was forgotten, and its entries with it
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
        """Delete a refused entry."""
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
