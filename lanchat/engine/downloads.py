"""Downloads: what is got from others, each once, in however many messages it is offered, and what is told about it.

On the Engine's loop.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path

from lanchat.core.file_manifest import BadManifest, Manifest
from lanchat.core.file_names import clean_name
from lanchat.core.file_offer import FileOffer
from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.engine.download import Download, DownloadOwner
from lanchat.engine.events import FileState
from lanchat.engine.host_copies import HostCopies
from lanchat.engine.known_files import KnownFiles, OfferingMessage
from lanchat.engine.known_rooms import KnownRooms
from lanchat.engine.local_files import LocalFiles
from lanchat.engine.made_files import PICTURES, delete_quietly
from lanchat.engine.own_entries import Person
from lanchat.engine.pull import Pull, SourcePlace
from lanchat.engine.room_files import RoomFiles
from lanchat.engine.sealed_transfers import SealedDownload, forget_sealed
from lanchat.network.file_fetch import FileFetch
from lanchat.storage.data_folder import downloads_folder
from lanchat.storage.errors import StorageProblem
from lanchat.storage.file_records import FileRecord, FileStage
from lanchat.storage.partial_files import Arrived

PICTURES_BYTES = 1_000_000_000  #: of all of them; when there are more, the oldest go and can be asked for again

_TICK_SECONDS = 0.25  # between two looks how far everything is
_AT_ONCE = 4  # downloads; others wait


class Downloads(DownloadOwner):
    def __init__(
        self, person: Person, known_rooms: KnownRooms, known: KnownFiles, local: LocalFiles,
        copies: HostCopies, rooms: Mapping[RoomId, RoomFiles], tell: events.Tell,
        start: Callable[[Awaitable[None]], asyncio.Task[None]],
    ) -> None:  # fmt: skip
        """`rooms`: that are open, as they are at the moment. `start`: begins a task, whose StorageProblem is told."""
        self._person = person
        self._known_rooms = known_rooms
        self._known = known
        self._local = local
        self._copies = copies
        self._rooms = rooms
        self._tell = tell
        self._start = start
        self._loop = asyncio.get_running_loop()
        self._all: dict[bytes, Download] = {}
        self._ticker: asyncio.TimerHandle | None = None

    async def close(self) -> None:
        """End all; what came is kept."""
        if self._ticker is not None:
            self._ticker.cancel()
        await asyncio.gather(*(self._put_aside(download) for download in self._all.values()))

    async def _put_aside(self, download: Download) -> None:
        with suppress(StorageProblem):
            await download.close()
            await self._known.set_stage(download.root, _stage(download), download.pull.done)

    # --- getting -----------------------------------------------------------------------------------------------------
    def find(self, message: OfferingMessage) -> Download | None:
        root = self._known.root_of(message)
        return self._all.get(root) if root is not None else None

    async def get(self, message: OfferingMessage, folder: str) -> None:
        offer = await self._known.offer_of(message)
        if offer is None:
            words, conversation = _("There is no such file any more."), self._known.conversation(message)
            self._tell(events.FileChanged(conversation, message.message_id, FileState.FAILED, problem=words))
            return
        if await self._is_still_here(offer.root, other_folder=bool(folder)):
            await self._known.link(message, offer.root)
            self.say(message)
        else:
            await self.begin(message, offer, Path(folder) if folder else self._folder_of(message.room_id))

    async def _is_still_here(self, root: bytes, *, other_folder: bool) -> bool:
        """Whether there is nothing to do for it. What came, and was moved or deleted by the person, is got again. A
        picture that came by itself goes to where the person looks for what they asked for, and is not let go then."""
        record = self._known.get(root)
        if record is None or not self._known.is_here(root):
            return False
        if record.stage == "mine":
            return True
        if not await asyncio.to_thread(os.path.exists, record.path):
            await self._known.remove(root)
            self._local.changed(root)
            return False
        return not other_folder and not self._came_by_itself(record.path)

    def _came_by_itself(self, path: Path) -> bool:
        return path.is_relative_to(self._person.folder / PICTURES)

    def _new(self, offer: FileOffer, folder: Path) -> Download:
        if not offer.key:
            return Download(offer, folder, self, self._start)
        download = SealedDownload(offer, folder, self, self._start)
        download.data_dir = self._person.folder
        return download

    async def begin(self, message: OfferingMessage, offer: FileOffer, folder: Path) -> None:
        """Get it into that folder. Raises StorageProblem."""
        root = offer.root
        source = await self._local.source(root) if root not in self._all else None
        download = self._all.get(root)
        if download is None:
            download = self._all[root] = self._new(offer, folder)
            before = self._known.get(root)
            if before is not None and before.stage == "here" and self._came_by_itself(before.path):
                download.instead_of = before.path
            if not self._came_by_itself(folder):
                await self._known.keep(FileRecord(root, "coming", folder / clean_name(offer.name), offer.size))
            if source is not None:
                download.copy_from(source)
        await self._known.link(message, root)
        download.go()
        self.say(message)

    async def go_on(self, room_id: RoomId, root: bytes) -> None:
        """Go on with what came before lanchat was started."""
        record = self._known.get(root)
        if record is None or record.is_whole or root in self._all:
            return
        message = next((one for one in self._known.messages_of(root) if one.room_id == room_id), None)
        manifest = _manifest(await self._known.manifest(root))
        offer = await self._known.offer_of(message) if message else None
        if offer is None or root in self._all:
            return
        download = self._all[root] = self._new(offer, record.path.parent)
        if record.stage != "coming":
            download.state = FileState.PAUSED
        if manifest is not None and record.part is not None:
            download.continue_from(manifest, record.path, record.part)
        elif download.active:
            download.go()

    async def give_up(self, download: Download) -> None:
        root = download.root
        self._all.pop(root, None)
        await download.close(discard=True)
        await asyncio.to_thread(forget_sealed, self._person.folder, root)
        await self._known.remove(root)
        self._say_offered(root, download.offer.size)

    def _say_offered(self, root: bytes, size: int) -> None:
        """Nothing of it is here any more."""
        for message in list(self._known.messages_of(root)):
            self._tell(events.FileChanged(
                self._known.conversation(message), message.message_id, FileState.OFFERED, size=size
            ))  # fmt: skip

    def _folder_of(self, room_id: RoomId) -> Path:
        record = self._known_rooms.get(room_id)
        title = clean_name((record.title if record is not None else room_id).lstrip(". "))  # never ".config"
        return Path(self._person.settings.files.folder or downloads_folder()) / title

    def idle_into(self, folder: Path) -> list[Download]:
        """Those that go there, and are not busy at the moment, the oldest first."""
        return [one for one in self._all.values() if one.folder.is_relative_to(folder) and not one.busy]

    # --- from rooms --------------------------------------------------------------------------------------------------
    def of_root(self, root: bytes) -> Download | None:
        """Any thread."""
        return self._all.get(root)

    def sources_changed(self, room_id: RoomId, root: bytes) -> None:
        """Somebody else in the room may have it now."""
        if (download := self._all.get(root)) is not None and (room := self._rooms.get(room_id)) is not None:
            download.heard_of(room.places(root))

    def is_looked_for(self, root: bytes) -> bool:
        download = self._all.get(root)
        return download is not None and download.active

    def room_closed(self, room_id: RoomId) -> None:
        """Nobody in that room can be asked any more."""
        for download in self._all.values():
            download.room_closed(room_id)

    async def drop(self, root: bytes) -> None:
        """It is not offered any more. Raises StorageProblem."""
        if (download := self._all.pop(root, None)) is not None:
            await download.close(discard=True)

    async def stored(self, root: bytes) -> None:
        """The host's own copy has come, in a room of ours. Raises StorageProblem."""
        source = await self._local.source(root) if self.is_looked_for(root) else None
        if source is not None and (download := self._all.get(root)) is not None:
            download.copy_from(source)

    # --- DownloadOwner -----------------------------------------------------------------------------------------------
    def places(self, root: bytes) -> list[SourcePlace]:
        rooms = {message.room_id for message in self._known.messages_of(root)}
        return [place for room_id in rooms if (room := self._rooms.get(room_id)) for place in room.places(root)]

    def look_for(self, root: bytes) -> None:
        for room_id in {message.room_id for message in self._known.messages_of(root)}:
            if (room := self._rooms.get(room_id)) is not None:
                room.look_for(root)

    def fetch(self, place: SourcePlace, pull: Pull) -> FileFetch:
        return self._rooms[place.room_id].fetch(place, pull.source(place))

    def is_in_room(self, root: bytes) -> bool:
        return any(message.room_id in self._rooms for message in self._known.messages_of(root))

    def comes_to_store(self, root: bytes) -> bool:
        return self._copies.is_coming(root)

    def has_turn(self, download: Download) -> bool:
        busy = [one for one in self._all.values() if one.busy and one.is_small == download.is_small]
        return len(busy) < _AT_ONCE

    async def begins(self, download: Download, manifest: Manifest, target: Path, part: Path) -> None:
        record = FileRecord(download.root, "coming", target, download.offer.size, part)
        await self._known.keep(record, manifest)

    async def arrived(self, download: Download, arrived: Arrived) -> None:
        root, offer = download.root, download.offer
        await self._known.keep(
            FileRecord(root, "here", arrived.path, offer.size, stamps=arrived.stamps, key=offer.key),
            download.pull.manifest,
        )
        if offer.key:
            await asyncio.to_thread(forget_sealed, self._person.folder, root)
        if download.instead_of is not None:
            await asyncio.to_thread(delete_quietly, download.instead_of)
        self._local.changed(root)
        self._loop.call_soon(self._arrived, root)
        if self._came_by_itself(arrived.path):
            await self._let_old_pictures_go()

    async def _let_old_pictures_go(self) -> None:
        """Nobody asked for them, so they must not fill the disk, whatever is offered. Raises StorageProblem."""
        kept = self._known.came_into(self._person.folder / PICTURES)
        size = sum(record.size for record in kept)
        for record in kept:
            if size <= PICTURES_BYTES:
                return
            size -= record.size
            await self._known.remove(record.root)
            await asyncio.to_thread(delete_quietly, record.path)
            self._local.changed(record.root)
            self._say_offered(record.root, record.size)

    def _arrived(self, root: bytes) -> None:
        self._all.pop(root, None)
        self.say_all(root)
        self._next_turn()
        for message in self._known.messages_of(root):
            if (room := self._rooms.get(message.room_id)) is not None:
                room.announce()

    def changed(self, download: Download) -> None:
        if download.state is FileState.COMING:
            self._watch()
        if self._all.get(download.root) is download:
            for message in self._known.messages_of(download.root):
                self.say(message)
            if download.state in (FileState.PAUSED, FileState.FAILED):
                self._start(self._known.set_stage(download.root, _stage(download), download.pull.done))
        self._next_turn()

    def _next_turn(self) -> None:
        for download in list(self._all.values()):
            if download.state is FileState.WAITING:
                download.look_around()

    # --- how far it is -----------------------------------------------------------------------------------------------
    def say(self, message: OfferingMessage) -> None:
        """Tell how what a message offers stands."""
        root = self._known.root_of(message)
        download = self._all.get(root) if root is not None else None
        if download is None:
            if (event := self._known.event(message)) is not None:
                self._tell(event)
            return
        path = str(download.target) if download.state is FileState.HERE else ""
        self._tell(events.FileChanged(
            self._known.conversation(message), message.message_id, download.state, self._done(download),
            download.offer.size, download.rate, download.problem, path,
        ))  # fmt: skip

    def say_all(self, root: bytes) -> None:
        for message in list(self._known.messages_of(root)):
            self.say(message)

    def _done(self, download: Download) -> int:
        """Bytes of it that are here; in a room of ours they may come to the store first."""
        return min(download.offer.size, max(download.pull.done, self._copies.done(download.root)))

    def _tick(self) -> None:
        """While something comes, and not else: who waits costs nothing."""
        self._ticker = None
        coming = [download for download in self._all.values() if download.state is FileState.COMING]
        for download in coming:
            if download.measure(self._done(download)):
                self.say_all(download.root)
        if coming:
            self._watch()

    def _watch(self) -> None:
        if self._ticker is None:
            self._ticker = self._loop.call_later(_TICK_SECONDS, self._tick)


def _stage(download: Download) -> FileStage:
    """As it is remembered until the next start."""
    if download.state is FileState.FAILED:
        return "failed"
    return "paused" if download.state is FileState.PAUSED else "coming"


def _manifest(content: bytes | None) -> Manifest | None:
    try:
        return Manifest.read(content) if content is not None else None
    except BadManifest:  # the database was damaged: it comes again
        return None
