"""Transfers: the files of all rooms: what is offered from here, what is got from others, and what becomes of it when
messages are deleted and rooms come and go.

On the Engine's loop, but for what RoomFilesOwner says to be called on threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection
from contextlib import suppress

from lanchat.core.file_offer import FileOffer
from lanchat.core.message import Message
from lanchat.core.model import Entry, EntryId, MemberKey, PrivateThread, RoomId
from lanchat.core.translate import _
from lanchat.engine import commands, events
from lanchat.engine.active_room import ActiveRoom
from lanchat.engine.automatic_pictures import LOOKED_BACK, AutomaticPictures
from lanchat.engine.disk import Disk
from lanchat.engine.downloads import Downloads
from lanchat.engine.events import FileState
from lanchat.engine.file_listings import FileListings
from lanchat.engine.host_copies import HAS, NONE, HostCopies
from lanchat.engine.known_files import KnownFiles, OfferingMessage
from lanchat.engine.known_rooms import KnownRooms
from lanchat.engine.local_files import LocalFiles
from lanchat.engine.made_files import delete_unoffered, sweep_made
from lanchat.engine.offering import FileOffering
from lanchat.engine.own_entries import OwnEntries, Person
from lanchat.engine.pull import SourcePlace
from lanchat.engine.room_files import RoomFiles, RoomFilesOwner
from lanchat.engine.sealed_transfers import sweep_sealed
from lanchat.engine.tasks import BackgroundTasks
from lanchat.network.file_shelf import PullTask
from lanchat.network.transfer_rate import TransferRate
from lanchat.storage.errors import StorageProblem
from lanchat.storage.file_records import FileRecord
from lanchat.storage.file_store import room_in_store
from lanchat.storage.settings import FileSettings
from lanchat.storage.store import Store

_OFFERS_KEPT = 2_000  # of rooms of ours, in memory: 3 kB each
_OFFERED_BEFORE = 500  # offers of a room of ours that are kept if there is room for them


class Transfers(RoomFilesOwner):
    def __init__(
        self, person: Person, disk: Disk, known_rooms: KnownRooms, tell: events.Tell, group: asyncio.TaskGroup,
        records: list[FileRecord], writing: OwnEntries,
    ) -> None:  # fmt: skip
        self._person = person
        self._disk = disk
        self._tell = tell
        self._tasks = BackgroundTasks(group)
        self._loop = asyncio.get_running_loop()
        self._known = KnownFiles(disk, records)
        self._rate = TransferRate(self._settings.bytes_per_second)
        self._local = LocalFiles(disk, self._spoiled)
        self._copies = HostCopies(disk, self._local, self._settings.store_bytes, self._tasks, self._stored)
        self._writing = writing
        self._offering = FileOffering(
            person, disk, tell, self._tasks, self._wrote, writing.fault_in, writing.why_not_sealed
        )  # fmt: skip
        self._rooms: dict[RoomId, RoomFiles] = {}
        self._offers: dict[bytes, FileOffer] = {}  # of rooms of ours, for those who look for them
        self._downloads = Downloads(
            person, known_rooms, self._known, self._local, self._copies, self._rooms, tell, self._start
        )  # fmt: skip
        self._listings = FileListings(self._known, self._rooms, tell)
        self._pictures = AutomaticPictures(person, disk, known_rooms, self._known, self._downloads, self._start)
        self._closed = False

    async def load(self) -> None:
        """What was kept before. Raises StorageProblem."""
        await self._copies.load()
        await asyncio.to_thread(sweep_sealed, self._person.folder, self._known.unfinished())
        await asyncio.to_thread(sweep_made, self._person.folder, self._known.all())

    @property
    def _settings(self) -> FileSettings:
        return self._person.settings.files

    async def close(self) -> None:
        """End all transfers; what came is kept."""
        self._closed = True
        self._offering.close()
        await self._downloads.close()
        await self._listings.close()
        rooms = list(self._rooms.values())
        self._rooms.clear()
        await asyncio.gather(*(room.close() for room in rooms))
        await self._copies.close()
        await self._tasks.stop()

    # --- Commands ----------------------------------------------------------------------------------------------------
    def do(self, command: commands.FileCommand) -> None:
        """Carry out a Command about files, or begin to."""
        match command:
            case commands.SendFiles():
                self._offering.send(command)
            case commands.GetFile(room_id, message_id, folder):
                self._start(self._downloads.get(self._known.message(room_id, message_id), folder))
            case commands.ListFiles(room_id, message_id):
                self._start(self._listings.tell_of(self._known.message(room_id, message_id)))
            case commands.PauseFile(room_id, message_id):
                if (download := self._downloads.find(self._known.message(room_id, message_id))) is not None:
                    download.pause()
            case commands.CancelFile(room_id, None, ref):
                self._offering.cancel(room_id, ref)
            case commands.CancelFile(room_id, message_id) if message_id is not None:
                if (download := self._downloads.find(self._known.message(room_id, message_id))) is not None:
                    self._start(self._downloads.give_up(download))

    async def set_files(self, files: FileSettings) -> None:
        """Keep what the person chose. Raises StorageProblem."""
        await self._person.choose(files=files)
        self._rate.set(files.bytes_per_second)
        self._tell(events.FileSettingsChanged(files))
        await self._copies.set_limit(files.store_bytes)

    def _start(self, work: Awaitable[None], room_id: RoomId | None = None) -> asyncio.Task[None]:
        async def job() -> None:
            try:
                await work
            except StorageProblem as problem:
                self._tell(events.Problem(str(problem), room_id))

        return self._tasks.start(job())

    # --- offering ----------------------------------------------------------------------------------------------------
    def _wrote(self, room_id: RoomId, entry: Entry, ref: str, record: FileRecord, offer: FileOffer) -> None:
        """My offer is in the Outbox. `room_id`: of the room, or of the private thread."""
        message = self._known.message(room_id, EntryId(entry.entry_id))
        self._known.kept(record)
        self._known.linked(message, record.root)
        self._local.changed(record.root)
        self._writing.written(room_id, entry, ref, offer)
        self._downloads.say(message)
        if (room := self._rooms.get(message.room_id)) is not None:
            room.announce()
            if not offer.key:
                room.look_for(record.root)

    def _spoiled(self, root: bytes, problem: StorageProblem) -> None:
        """Files that were offered, or had come, are not there any more as they were."""
        if root not in self._known.problems:
            self._known.problems[root] = str(problem)
            self._local.changed(root)
            self._downloads.say_all(root)
            for room in self._rooms.values():
                room.announce()

    # --- rooms -------------------------------------------------------------------------------------------------------
    def room_opened(self, room: ActiveRoom) -> None:
        files = RoomFiles(room, self._person, self._local, self._rate, self)
        self._rooms[room.room_id] = files
        self._start(self._open(files), room.room_id)

    async def _open(self, files: RoomFiles) -> None:
        room_id = files.room_id
        await self._known.open_room(room_id)
        await self._pictures.room_opened(room_id)
        told: dict[RoomId, list[events.FileChanged]] = {room_id: []}
        for event in map(self._known.event, self._known.messages_in(room_id)):
            if event is not None:
                told.setdefault(event.room_id, []).append(event)
        for conversation, known in told.items():
            self._tell(events.FilesKnown(conversation, tuple(known)))
        hosting = files.room.role.hosting
        newest = await self._disk.run(Store.newest_offers, room_id, _OFFERED_BEFORE if hosting else LOOKED_BACK)
        if self._rooms.get(room_id) is not files:
            return
        files.announce()
        for root in self._known.roots_in(room_id):
            await self._downloads.go_on(room_id, root)
        if hosting:
            self._keep_those(files, newest)
        self._pictures.look_for(room_id, newest[:LOOKED_BACK])

    def _keep_those(self, files: RoomFiles, newest: list[Message]) -> None:
        """Keep for others what was offered before, the newest first, as long as nothing has to go for it."""
        left = self._settings.store_bytes
        for message in newest:
            if (offer := message.offer) is not None:
                left -= room_in_store(offer.size, offer.manifest_size)
                if left >= 0 or self._is_here(offer.root):
                    self._keep_for_others(files, message, offer)

    async def room_closed(self, room: ActiveRoom) -> None:
        """End the room's transfers."""
        files = self._rooms.get(room.room_id)
        if files is not None and files.room is room:
            del self._rooms[room.room_id]
            self._copies.room_closed(room.room_id)
            self._downloads.room_closed(room.room_id)
            await files.close()
            self._known.close_room(room.room_id)

    # --- what happens in rooms ---------------------------------------------------------------------------------------
    def hear(self, event: events.Event) -> None:
        """What was told, after it was: what of it concerns files?"""
        if self._closed:
            return
        match event:
            case events.MessagesAdded(room_id, messages):
                self._messages_came(room_id, messages)
            case events.MessagesChanged(room_id, messages):
                self._messages_changed(room_id, messages)
            case events.EntryWritten():
                self._entry_written(event)
            case events.Discarded(room_id, entry_id):
                self._deleted(OfferingMessage(room_id, entry_id))
            case events.Forgotten():
                self._start(self._drop_unoffered())
            case _:
                pass

    def _messages_came(self, room_id: RoomId, messages: tuple[Message, ...]) -> None:
        if (thread := PrivateThread.of(room_id)) is not None:
            if thread.room_id in self._rooms:
                self._pictures.look_for(room_id, messages)
            return
        if (files := self._rooms.get(room_id)) is None:
            return
        for message in messages:
            if (offer := message.offer) is None:
                continue
            offering = OfferingMessage(room_id, message.message_id)
            known = self._known.get(offer.root) is not None and not self._is_mine_alone(message, offer)
            if known and self._known.root_of(offering) is None:
                self._start(self._link(offering, offer.root))
            if files.room.role.hosting:
                self._keep_for_others(files, message, offer)
        self._pictures.look_for(room_id, messages)

    def _is_mine_alone(self, message: Message, offer: FileOffer) -> bool:
        """It is what I offer, elsewhere or to one person, and somebody else's message says the same: that neither gives
        them my files, nor tells that I have them, nor keeps them here after I deleted my message."""
        record = self._known.get(offer.root)
        if record is None:
            return False
        return bool(record.key) or (record.stage == "mine" and message.author != self._person.key)

    async def _link(self, message: OfferingMessage, root: bytes) -> None:
        await self._known.link(message, root)
        self._downloads.say(message)
        if (room := self._rooms.get(message.room_id)) is not None:
            room.announce()

    def _keep_for_others(self, files: RoomFiles, message: Message, offer: FileOffer) -> None:
        if self._is_mine_alone(message, offer):
            return
        self._offers[offer.root] = offer
        if len(self._offers) > _OFFERS_KEPT:
            del self._offers[next(iter(self._offers))]
        offering = OfferingMessage(files.room_id, message.message_id)
        if self._known.root_of(offering) is None:
            self._start(self._link(offering, offer.root))
        self._copies.offered(files, offer, here=self._is_here(offer.root))

    def _is_here(self, root: bytes) -> bool:
        return self._known.is_here(root) or self._copies.has(root)

    def _messages_changed(self, room_id: RoomId, messages: tuple[Message, ...]) -> None:
        for message in messages:
            if message.deleted:
                self._deleted(OfferingMessage(room_id, message.message_id))

    def _entry_written(self, event: events.EntryWritten) -> None:
        if event.instead_of is not None:
            before = OfferingMessage(event.room_id, event.instead_of)
            if (root := self._known.root_of(before)) is not None:
                self._start(self._move(before, OfferingMessage(event.room_id, event.entry_id), root))
        if event.room_id in self._rooms:
            self._pictures.wrote(event.room_id)

    async def _move(self, before: OfferingMessage, now: OfferingMessage, root: bytes) -> None:
        await self._known.link(now, root)
        await self._known.unlink(before)
        self._downloads.say(now)

    def _deleted(self, message: OfferingMessage) -> None:
        root = self._known.root_of(message)
        if root is not None:
            self._start(self._unlink(message, root))

    async def _unlink(self, message: OfferingMessage, root: bytes) -> None:
        conversation = self._known.conversation(message)
        last = await self._known.unlink(message)
        self._tell(events.FileChanged(conversation, message.message_id, FileState.OFFERED))
        if last:
            await self._drop(root)
        for room in self._rooms.values():
            room.announce()

    async def _drop(self, root: bytes) -> None:
        """No message offers it any more: nobody gets it from here, and what lanchat kept of it by itself goes."""
        self._offers.pop(root, None)
        await self._downloads.drop(root)
        record = await self._known.remove(root)
        await self._copies.remove(root)
        if record is not None and record.is_whole:
            await asyncio.to_thread(delete_unoffered, self._person.folder, record)

    async def _drop_unoffered(self) -> None:
        for root in await self._known.unoffered():
            await self._drop(root)

    # --- RoomFilesOwner ----------------------------------------------------------------------------------------------
    def held(self, room_id: RoomId) -> list[bytes]:
        return [root for root in self._known.roots_in(room_id) if self._known.is_given(root) or self._copies.has(root)]

    def private_among(self, room_id: RoomId, roots: Collection[bytes]) -> dict[bytes, MemberKey]:
        peers = ((root, self._known.peer_of(room_id, root)) for root in roots)
        return {root: peer for root, peer in peers if peer is not None}

    def sources_changed(self, room_id: RoomId, root: bytes) -> None:
        self._downloads.sources_changed(room_id, root)

    def host_copy(self, room_id: RoomId, root: bytes, copy: str) -> None:
        record = self._known.get(root)
        if record is None or record.stage != "mine":
            return
        if copy == HAS:
            self._known.host_has.add(root)
            self._known.problems.pop(root, None)
        elif copy == NONE:
            self._known.host_has.discard(root)
            self._known.notes[root] = _(
                "The room's host keeps no copy of it: others can get it only while you are here."
            )
        self._downloads.say_all(root)

    def looking_for(self, room_id: RoomId) -> list[bytes]:
        looked_for = [root for root in self._known.roots_in(room_id) if self._downloads.is_looked_for(root)]
        room = self._rooms.get(room_id)
        own = [] if room is None or room.room.role.hosting else self._known.unsure_of_host(room_id)
        return [*looked_for, *own, *self._listings.sought_in(room_id)]

    def served(self, root: bytes, taker: MemberKey) -> None:
        with suppress(RuntimeError):  # lanchat ends
            self._loop.call_soon_threadsafe(self._count, root, taker)

    def _count(self, root: bytes, taker: MemberKey) -> None:
        if taker != self._person.key and self._known.served(root, taker):
            self._downloads.say_all(root)

    def task_for(self, room_id: RoomId, root: bytes, giver: MemberKey, guest: bool) -> PullTask | None:
        download = self._downloads.of_root(root)
        if download is not None and download.active and not self._copies.is_coming(root):
            return download.pull.source(SourcePlace(room_id, giver, "", 0, guest))
        return self._copies.task_for(room_id, root, giver, guest) or self._listings.task_for(room_id, root)

    def sought(self, room_id: RoomId, root: bytes) -> None:
        room, offer = self._rooms.get(room_id), self._offers.get(root)
        if room is not None and offer is not None:
            self._copies.sought(room, offer, here=self._known.is_here(root))

    def _stored(self, root: bytes) -> None:
        """The host's own copy has come."""
        for room in self._rooms.values():
            room.announce()
        self._start(self._downloads.stored(root))


