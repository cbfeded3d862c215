"""KnownFiles: what is remembered of the offers that concern this computer: which messages make them, and what of their
bytes is here. In memory on the Engine's loop, and written to disk from here.
"""

from __future__ import annotations

import time
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from lanchat.core.file_manifest import CHUNK, Manifest
from lanchat.core.file_offer import FileOffer
from lanchat.core.model import EntryId, MemberKey, PrivateThread, RoomId
from lanchat.core.sealed_listing import sealed_size
from lanchat.engine.disk import Disk
from lanchat.engine.events import FileChanged, FileState
from lanchat.engine.file_events import file_on_disk
from lanchat.storage.file_records import FileRecord, FileStage
from lanchat.storage.store import Store

_TOLD_SECONDS = 0.3  # between two reports of how much has gone
_UNSURE_ABOUT = 20  # originals of which the host is asked at once


class OfferingMessage(NamedTuple):
    """A message that offers files."""

    room_id: RoomId
    message_id: EntryId


class KnownFiles:
    def __init__(self, disk: Disk, records: list[FileRecord]) -> None:
        self._disk = disk
        self._records = {record.root: record for record in records}
        self._links: dict[RoomId, dict[EntryId, bytes]] = {}  # of open rooms
        self._messages: dict[bytes, dict[OfferingMessage, None]] = {}  # the same by root
        self._conversations: dict[EntryId, RoomId] = {}  # of messages in private threads: the thread's id
        self.problems: dict[bytes, str] = {}  #: why files that were here cannot be had any more
        self.notes: dict[bytes, str] = {}  #: of originals: why the host has no copy
        self.host_has: set[bytes] = set()  #: originals of which a host has a copy
        self._takers: dict[bytes, Counter[bytes]] = {}
        self._served_told: dict[bytes, float] = {}  # when (time.monotonic)

    # --- rooms -------------------------------------------------------------------------------------------------------
    async def open_room(self, room_id: RoomId) -> None:
        """Raises StorageProblem."""
        links = await self._disk.run(lambda store: store.files.of_room(room_id))
        private = await self._disk.run(lambda store: store.files.private_in(room_id))
        self._conversations.update((message_id, thread.thread_id) for message_id, thread in private.items())
        for message_id, root in links.items():
            self.linked(OfferingMessage(room_id, message_id), root)

    def close_room(self, room_id: RoomId) -> None:
        for message in self.messages_in(room_id):
            self._unlinked(message)
        self._links.pop(room_id, None)

    def root_of(self, message: OfferingMessage) -> bytes | None:
        return self._links.get(message.room_id, {}).get(message.message_id)

    def messages_of(self, root: bytes) -> list[OfferingMessage]:
        """In open rooms."""
        return list(self._messages.get(root, ()))

    def messages_in(self, room_id: RoomId) -> list[OfferingMessage]:
        """Of an open room."""
        return [OfferingMessage(room_id, message_id) for message_id in self._links.get(room_id, {})]

    def message(self, conversation: RoomId, message_id: EntryId) -> OfferingMessage:
        """`conversation`: the room, or the private thread, that it is in."""
        thread = PrivateThread.of(conversation)
        if thread is None:
            return OfferingMessage(conversation, message_id)
        self._conversations[message_id] = conversation
        return OfferingMessage(thread.room_id, message_id)

    async def offer_of(self, message: OfferingMessage) -> FileOffer | None:
        """What a message offers; None: nothing any more. Raises StorageProblem."""
        found = await self._disk.run(Store.offering, *message)
        if found is None:
            return None
        self.message(found[0], message.message_id)
        return found[1].offer

    def roots_in(self, room_id: RoomId) -> list[bytes]:
        """Of an open room, each once; those known last come first."""
        return list(dict.fromkeys(reversed(self._links.get(room_id, {}).values())))

    def linked(self, message: OfferingMessage, root: bytes) -> None:
        """That is on disk."""
        self._unlinked(message)
        self._links.setdefault(message.room_id, {})[message.message_id] = root
        self._messages.setdefault(root, {})[message] = None

    def _unlinked(self, message: OfferingMessage) -> bytes | None:
        root = self._links.get(message.room_id, {}).pop(message.message_id, None)
        if root is not None:
            messages = self._messages[root]
            del messages[message]
            if not messages:
                del self._messages[root]
        return root

    async def link(self, message: OfferingMessage, root: bytes) -> None:
        """Raises StorageProblem."""
        if self.root_of(message) != root:
            self.linked(message, root)
            await self._disk.run(lambda store: store.files.link(*message, root))

    async def unlink(self, message: OfferingMessage) -> bool:
        """The message offers nothing any more; whether no other one offers the same. Raises StorageProblem."""
        root = self._unlinked(message)
        if root is None:
            return False
        return not await self._disk.run(lambda store: store.files.unlink(*message, root))

    def peer_of(self, room_id: RoomId, root: bytes) -> MemberKey | None:
        """Who alone may have it from us, because it is offered privately."""
        for message in self.messages_of(root):
            thread = PrivateThread.of(self.conversation(message))
            if thread is not None and message.room_id == room_id:
                return thread.peer
        return None

    def unsure_of_host(self, room_id: RoomId) -> list[bytes]:
        """Originals offered lately in a room, of which the host is not known to have a copy."""
        mine = (root for root in self.roots_in(room_id) if root not in self.host_has)
        found = (root for root in mine if (one := self._records.get(root)) and one.stage == "mine" and not one.key)
        return list(islice(found, _UNSURE_ABOUT))

    def is_given(self, root: bytes) -> bool:
        """Whether it is here for others: not what somebody sent to us alone."""
        record = self._records.get(root)
        return self.is_here(root) and record is not None and not (record.key and record.stage == "here")

    # --- records -----------------------------------------------------------------------------------------------------
    def get(self, root: bytes) -> FileRecord | None:
        return self._records.get(root)

    def all(self) -> list[FileRecord]:
        return list(self._records.values())

    def unfinished(self) -> list[bytes]:
        """The roots of what is not whole."""
        return [root for root, record in self._records.items() if not record.is_whole]

    def came_into(self, folder: Path) -> list[FileRecord]:
        """What came whole into this folder, the oldest first."""
        return [one for one in self._records.values() if one.stage == "here" and one.path.is_relative_to(folder)]

    def is_here(self, root: bytes) -> bool:
        record = self._records.get(root)
        return record is not None and record.is_whole and root not in self.problems

    def kept(self, record: FileRecord) -> None:
        """That is on disk."""
        self._records[record.root] = record
        self.problems.pop(record.root, None)

    async def keep(self, record: FileRecord, manifest: Manifest | None = None) -> None:
        """Raises StorageProblem."""
        await self._disk.run(lambda store: store.files.put(record, manifest))
        self.kept(record)

    async def set_stage(self, root: bytes, stage: FileStage, done: int) -> None:
        """Of what is not whole. Raises StorageProblem."""
        record = self._records.get(root)
        if record is not None and not record.is_whole:
            await self.keep(structs.replace(record, stage=stage, done=done))

    async def remove(self, root: bytes) -> FileRecord | None:
        """Forget what is here of it. Raises StorageProblem."""
        record = self._records.pop(root, None)
        self.problems.pop(root, None)
        self._takers.pop(root, None)
        self._served_told.pop(root, None)
        if record is not None:
            await self._disk.run(lambda store: store.files.remove(root))
        return record

    async def manifest(self, root: bytes) -> bytes | None:
        return await self._disk.run(lambda store: store.files.manifest(root))

    async def unoffered(self) -> list[bytes]:
        """The roots that no message offers any more, as after a room was forgotten. Raises StorageProblem."""
        return await self._disk.run(lambda store: store.files.unoffered())

    # --- who took it -------------------------------------------------------------------------------------------------
    def served(self, root: bytes, taker: bytes) -> bool:
        """A chunk went to somebody; whether that is to be told: it changes how many have taken it, it was the last one,
        or it was not told for a while how much has gone."""
        record = self._records.get(root)
        if record is None:  # only a host's copy, of which nobody is told
            return False
        takers = self._takers.setdefault(root, Counter())
        takers[taker] += 1
        now = time.monotonic()
        all_chunks = _chunks(record)
        half = max(1, all_chunks // 2)
        if takers[taker] not in (half, all_chunks) and now - self._served_told.get(root, 0.0) < _TOLD_SECONDS:
            return False
        self._served_told[root] = now
        return True

    def given(self, root: bytes) -> int:
        """How many bytes of it went to whoever has got most."""
        record, takers = self._records.get(root), self._takers.get(root)
        if record is None or not takers:
            return 0
        most = max(takers.values())
        return record.size if most >= _chunks(record) else max(0, min(record.size - 1, CHUNK * most))

    def shared(self, root: bytes) -> int:
        record, takers = self._records.get(root), self._takers.get(root)
        if record is None or takers is None:
            return 0
        return sum(count >= max(1, _chunks(record) // 2) for count in takers.values())

    # --- what is told ------------------------------------------------------------------------------------------------
    def conversation(self, message: OfferingMessage) -> RoomId:
        """The room, or the thread, that it is in."""
        return self._conversations.get(message.message_id, message.room_id)

    def event(self, message: OfferingMessage) -> FileChanged | None:
        """What is here of what the message offers; None: nothing."""
        root = self.root_of(message)
        record = self._records.get(root) if root is not None else None
        if root is None or record is None:
            return None
        return structs.replace(
            file_on_disk(self.conversation(message), message.message_id, record, coming=FileState.WAITING),
            problem=self.problems.get(root) or self.notes.get(root, ""), shared=self.shared(root),
            given=self.given(root), host_has=root in self.host_has,
        )  # fmt: skip


def _chunks(record: FileRecord) -> int:
    """How many chunks others get of it; a private one is longer by its names, and by what encryption adds."""
    size = sealed_size(len(record.head) + record.size) if record.head else record.size
    return -(-size // CHUNK)
