"""The person who uses this Engine, and what they write: from a typed text to a signed entry in the Outbox on disk.

On the Engine's loop, except `Person.of` and `with_card`, which wait for the disk, and `write` and `write_again`, which
are for the disk thread.
"""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import msgspec

from lanchat.core import limits
from lanchat.core.content import (
    Annotation,
    Correction,
    Deletion,
    Payload,
    Pinning,
    ReactionChange,
    Text,
    TopicText,
    encode,
    is_reaction,
    payload_of,
    words_in,
)
from lanchat.core.file_offer import FileOffer
from lanchat.core.message import PendingMessage
from lanchat.core.model import Availability, Card, Entry, EntryId, MemberKey, PrivateThread, RoomId
from lanchat.core.profile import Profile, decode_profile, encode_profile
from lanchat.core.text import clean_line, clean_nick, clean_text, shown_nick
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.engine.commands import SAYS_WAITING, Delete, Edit, PinMessage, React, Say, SetTopic
from lanchat.engine.disk import Disk
from lanchat.engine.events import EntryState
from lanchat.engine.known_rooms import KnownRooms
from lanchat.engine.private_threads import PrivateThreads, cannot_seal_words
from lanchat.engine.room_table import RoomSlot, RoomTable
from lanchat.storage import settings
from lanchat.storage.errors import StorageProblem
from lanchat.storage.outbox import PrivateText
from lanchat.storage.records import now_ms
from lanchat.storage.settings import Settings
from lanchat.storage.store import Store
from lanchat.trust.identity import Identity
from lanchat.trust.sealing import TEXT_BYTES, CannotSeal, SealingKey
from lanchat.trust.signing import make_card, make_entry, new_entry_id

_TOGETHER = 200  # texts in one transaction: they take 20 ms, so that no other message waits long


@dataclass(slots=True)
class Person:
    """The person: their key, settings and card."""

    folder: Path
    identity: Identity
    settings: Settings
    card: Card
    idle: bool = False  #: nobody uses this computer
    busy: bool = False  #: the person says so; until lanchat ends
    threads: PrivateThreads = field(init=False)

    def __post_init__(self) -> None:
        self.threads = PrivateThreads(SealingKey.of(self.identity))

    @classmethod
    def of(cls, folder: Path, identity: Identity, kept: Settings, nick: str | None) -> Person:
        """The person as kept on disk, with the new nick `nick`, if that is given. Raises StorageProblem."""
        nick = clean_nick(nick or kept.nick) or _account_name()
        person = cls(folder, identity, kept, make_card(identity, nick, kept.card_revision, kept.profile))
        profile = msgspec.structs.replace(person.profile, sealing_key=person.threads.public_key)
        return person if nick == kept.nick and profile == person.profile else person.with_card(nick, profile)

    @property
    def key(self) -> MemberKey:
        return self.identity.key

    @property
    def availability(self) -> Availability:
        return Availability.BUSY if self.busy else Availability.AWAY if self.idle else Availability.HERE

    @property
    def profile(self) -> Profile:
        return decode_profile(self.card.profile)

    def with_card(self, nick: str, profile: Profile) -> Person:
        """The person with a new card. Not to be called on the loop: it waits for the disk, where the card's revision
        is kept before anybody sees the card. Raises StorageProblem."""
        card = make_card(self.identity, nick, self.settings.card_revision + 1, encode_profile(profile))
        changed = msgspec.structs.replace(
            self.settings, nick=card.nick, card_revision=card.revision, profile=card.profile
        )
        settings.save(self.folder, changed)
        return Person(self.folder, self.identity, changed, card)

    def become(self, other: Person) -> None:
        """Take over what `with_card` made."""
        self.settings, self.card = other.settings, other.card

    async def choose(self, **changes: object) -> None:
        """Change fields of the Settings, and keep them. Raises StorageProblem."""
        changed = msgspec.structs.replace(self.settings, **changes)
        await asyncio.to_thread(settings.save, self.folder, changed)
        self.settings = changed

    def write(self, store: Store, room_id: RoomId, payloads: Sequence[Payload]) -> list[Entry]:
        """On the disk thread: sign new entries and put them into the Outbox, all or none. Raises StorageProblem."""
        outbox, entries = store.outbox(room_id), []
        with store.transaction():
            for payload in payloads:
                counter = outbox.next_counter(self.identity.device_id)
                entries.append(make_entry(self.identity, room_id, counter, payload, now_ms()))
                outbox.add(entries[-1])
        return entries

    def write_privately(self, store: Store, thread: PrivateThread, content: Text | FileOffer) -> Entry:
        """On the disk thread: the same for what is sealed for the thread's two. Raises CannotSeal, too."""
        outbox, entry_id = store.outbox(thread.room_id), new_entry_id()
        with store.transaction():
            payload = self.threads.seal(thread, entry_id, store.card(thread.peer), encode(content))
            counter = outbox.next_counter(self.identity.device_id)
            entry = make_entry(self.identity, thread.room_id, counter, payload, now_ms(), entry_id)
            outbox.add(entry, private_text(thread.peer, content))
        return entry

    def write_again(
        self, store: Store, room_id: RoomId, entry_id: EntryId
    ) -> tuple[Entry, PrivateText | None] | None:
        """On the disk thread: replace a refused entry by a new one, and what is sealed in it; None when there is none
        such. Raises CannotSeal, too."""
        with store.transaction():
            private = store.outbox(room_id).private_text(entry_id)
            refused = store.outbox(room_id).take_refused(entry_id)
            if refused and private:
                content = private.offer or Text(private.text)
                return self.write_privately(store, PrivateThread(room_id, private.peer), content), private
            return (self.write(store, room_id, [payload_of(refused)])[0], None) if refused else None


def private_text(peer: MemberKey, content: Text | FileOffer) -> PrivateText:
    if isinstance(content, FileOffer):
        return PrivateText(peer, words_in(content), content)
    return PrivateText(peer, content.text)


def _account_name() -> str:
    """The name of the account that is logged in: a nick for the start, so that none has to be asked for."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):  # no account at all, as in some containers
        name = ""
    return clean_line(name, limits.NICK_CHARACTERS).capitalize() or _("Somebody")


class OwnEntries:
    """Performs Say, Retry, Discard, and what changes a message or the topic. Texts for one room that come while the
    disk is busy are written together."""

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
        problem = _unwelcome(slot)
        try:
            payloads = [encode(Text(clean), command.reply_to) for command, clean in texts]
            if not problem:
                entries = await self._disk.run(partial(self._person.write, room_id=slot.room_id, payloads=payloads))
                for (command, _clean), entry in zip(texts, entries, strict=True):
                    self._written(slot, entry, ref=command.ref)
        except StorageProblem as failed:
            problem = str(failed)
        finally:
            self._waiting -= len(texts)
        if problem:
            for command, _clean in texts:
                self._not_written(command, problem)

    def change(self, command: Edit | Delete | React | PinMessage | SetTopic) -> None:
        """Write an annotation. What it changes is told when the host has taken it."""
        slot = self._table[command.room_id]
        change, target = _annotation(command)
        problem = ""
        if PrivateThread.of(command.room_id) is not None:
            problem = _("Private messages cannot be changed, reacted to or pinned yet.")
        elif isinstance(change, Correction):
            problem = _unfit(change.text)
        elif isinstance(change, ReactionChange) and not is_reaction(change.emoji):
            problem = _("That is not an emoji.")

        async def job() -> None:
            nonlocal problem
            if not problem:
                problem = _unwelcome(slot)
            if not problem:
                payloads = [encode(change, target)]
                try:
                    entries = await self._disk.run(partial(self._person.write, room_id=slot.room_id, payloads=payloads))
                except StorageProblem as failed:
                    problem = str(failed)
                else:
                    self._tell(events.ChangeWritten(slot.room_id, EntryId(entries[0].entry_id), command.ref))
                    if slot.room is not None:
                        slot.room.post(entries[0])
            if problem:
                self._tell(events.ChangeNotWritten(command.room_id, problem, command.ref))
                self._tell(events.Problem(problem, command.room_id))

        slot.put(job, lasting=True)

    def say_privately(self, command: Say, thread: PrivateThread) -> None:
        """The same for a text to one member. Each is written alone: a person types them."""
        slot, cleaned = self._table[thread.room_id], clean_text(command.text)
        problem = _unfit(cleaned) or _unfit_to_seal(cleaned)
        if problem:
            self._not_written(command, problem)
            return

        async def job() -> None:
            problem = _unwelcome(slot)
            try:
                if not problem:
                    write = partial(self._person.write_privately, thread=thread, content=Text(cleaned))
                    entry = await self._disk.run(write)
                    private = PrivateText(thread.peer, cleaned)
                    self._written(slot, entry, ref=command.ref, private=private)
            except CannotSeal:
                problem = await self.why_not_sealed(thread.peer)
            except StorageProblem as failed:
                problem = str(failed)
            if problem:
                self._not_written(command, problem)

        slot.put(job, lasting=True)

    async def why_not_sealed(self, peer: MemberKey) -> str:
        card = None if peer == self._person.key else await self._disk.run(Store.card, peer)
        return cannot_seal_words(shown_nick(card.nick) if card else "")

    def retry(self, room_id: RoomId, entry_id: EntryId) -> None:
        """Write a refused entry again, as a new one; of two calls only the first has an effect."""
        thread = PrivateThread.of(room_id)
        slot = self._table[thread.room_id if thread else room_id]

        async def job() -> None:
            if self._known.get(slot.room_id) is None:  # the room was forgotten, and its entries with it
                return
            problem = slot.room.unwelcome if slot.room is not None else ""
            try:
                write = partial(self._person.write_again, room_id=slot.room_id, entry_id=entry_id)
                written = None if problem else await self._disk.run(write)
            except CannotSeal:
                problem = cannot_seal_words("")
            except StorageProblem as failed:
                problem = str(failed)
            if problem:
                self._tell(events.EntryStateChanged(room_id, (entry_id,), EntryState.NOT_SENT, problem))
            elif written is not None:
                self._written(slot, written[0], entry_id, private=written[1])

        slot.put(job, lasting=True)

    def discard(self, room_id: RoomId, entry_id: EntryId) -> None:
        """Delete a refused entry of mine, or one of anybody's that could not be brought back."""
        thread = PrivateThread.of(room_id)
        slot = self._table[thread.room_id if thread else room_id]

        async def job() -> None:
            if self._known.get(slot.room_id) is None:
                return
            try:
                gone, carried = await self._disk.run(Store.discard, slot.room_id, entry_id)
            except StorageProblem as problem:
                self._tell(events.Problem(str(problem), room_id))
                return
            if gone:
                self._tell(events.Discarded(room_id, entry_id))
            if carried is not None:
                self._tell(events.BroughtBack(slot.room_id, *carried))

        slot.put(job, lasting=True)

    def fault_in(self, room_id: RoomId) -> str:
        """Why nothing can be written in a room; "" when it can."""
        thread = PrivateThread.of(room_id)
        return _unwelcome(self._table[thread.room_id if thread is not None else room_id])

    def written(self, room_id: RoomId, entry: Entry, ref: str, offer: FileOffer) -> None:
        """An offer of mine is in the Outbox of a room, or of a private thread's: tell it, and post it."""
        thread = PrivateThread.of(room_id)
        if thread is None:
            self._written(self._table[room_id], entry, ref=ref)
        else:
            self._written(self._table[thread.room_id], entry, ref=ref, private=private_text(thread.peer, offer))

    def _not_written(self, command: Say, problem: str) -> None:
        self._tell(events.NotWritten(command.room_id, command.text, problem, command.ref, command.reply_to))

    def _written(
        self, slot: RoomSlot, entry: Entry, instead_of: EntryId | None = None, ref: str = "",
        private: PrivateText | None = None,
    ) -> None:  # fmt: skip
        pending, conversation = PendingMessage.of(entry), slot.room_id
        text, offer = pending.text, pending.offer
        if private is not None:
            thread = PrivateThread(slot.room_id, private.peer)
            self._person.threads.wrote(pending.message_id, thread)
            conversation, text, offer = thread.thread_id, private.text, private.offer
        self._tell(events.EntryWritten(
            conversation, pending.message_id, text, entry.sent_at, instead_of, ref, pending.reply_to, offer,
        ))  # fmt: skip
        if slot.room is not None:
            slot.room.post(entry)


def _annotation(command: Edit | Delete | React | PinMessage | SetTopic) -> tuple[Annotation, EntryId | None]:
    """What a command writes, and the message that it is about."""
    match command:
        case Edit(_, message_id, text):
            return Correction(clean_text(text)), message_id
        case Delete(_, message_id):
            return Deletion(), message_id
        case React(_, message_id, emoji, on):
            return ReactionChange(emoji, on), message_id
        case PinMessage(_, message_id, on):
            return Pinning(on), message_id
        case SetTopic(_, topic):
            return TopicText(clean_line(topic, limits.TOPIC_CHARACTERS)), None


def _unwelcome(slot: RoomSlot) -> str:
    """Why nothing can be written in a room; "" when it can."""
    return _("You are not in that room.") if slot.room is None else slot.room.unwelcome


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


def _unfit_to_seal(text: str) -> str:
    """The same for a private text, of which the bytes count."""
    if len(text.encode()) <= TEXT_BYTES:
        return ""
    return _("That text is too long for one private message. Send it in two.")
