"""FileListings: what is in an offer of several files, told before any of them is got: their names and sizes.

The Manifest says that; it is small, and proves itself. It is read where this computer has it, else it is got from the
host or a member. The names in a private offer are encrypted within its first pieces, which are then got, too; its
sender cannot tell that from getting it, so a small one that was only listed counts there as taken. Nothing of it is
kept on the disk.

On the Engine's loop; what comes is checked, and names are made, on threads of file connections.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from lanchat.core.file_manifest import BadManifest, Manifest, ManifestFile, names_inside
from lanchat.core.file_names import clean_paths
from lanchat.core.file_offer import FileOffer
from lanchat.core.model import RoomId
from lanchat.core.sealed_listing import PIECE, TAG, SealedListing, head_length, offered_manifest
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.engine.events import ListedFile
from lanchat.engine.known_files import KnownFiles, OfferingMessage
from lanchat.engine.pull import SourcePlace
from lanchat.engine.room_files import RoomFiles
from lanchat.engine.tasks import set_within
from lanchat.network.file_fetch import FileFetch
from lanchat.network.file_shelf import PullEnd, PullTask
from lanchat.storage.file_records import FileRecord
from lanchat.trust.file_sealing import FileCipher, NotSealedSo

_PATIENCE_SECONDS = 8.0  # for somebody who has it
_LOOK_SECONDS = 0.2  # between two looks whether somebody new has it
_AT_ONCE = 20  # of more that are asked for, the others are refused


class FileListings:
    def __init__(self, known: KnownFiles, rooms: Mapping[RoomId, RoomFiles], tell: events.Tell) -> None:
        """`rooms`: that are open, as they are at the moment."""
        self._known = known
        self._rooms = rooms
        self._tell = tell
        self._wanted: dict[OfferingMessage, _Listing] = {}
        self._fetches: set[FileFetch] = set()

    async def tell_of(self, message: OfferingMessage) -> None:
        """Tell what is in what the message offers. Raises StorageProblem."""
        if message in self._wanted:
            return  # it will be told
        offer = await self._known.offer_of(message)
        files: tuple[ListedFile, ...] | None = ()
        problem = ""
        if offer is None:
            problem = _("There is no such file any more.")
        else:
            files = await self._here(offer)
            if files is None:
                files = await self._from_others(message, offer)
            if files is None:
                problem = _("Nobody here has it at the moment.")
        conversation = self._known.conversation(message)
        self._tell(events.FilesListed(conversation, message.message_id, files or (), problem))

    async def close(self) -> None:
        """Ask nobody any more."""
        fetches = list(self._fetches)
        for fetch in fetches:
            fetch.stop()
        for fetch in fetches:
            await asyncio.to_thread(fetch.join, 5.0)

    def sought_in(self, room_id: RoomId) -> list[bytes]:
        """The roots of what is asked for in a room."""
        return [listing.offer.root for listing in self._wanted.values() if listing.room_id == room_id]

    def task_for(self, room_id: RoomId, root: bytes) -> PullTask | None:
        """A member gives it. Any thread."""
        asked = (one for one in list(self._wanted.values()) if (one.room_id, one.offer.root) == (room_id, root))
        listing = next(asked, None)
        return _ListingTask(listing) if listing is not None else None

    # --- where it is -------------------------------------------------------------------------------------------------
    async def _here(self, offer: FileOffer) -> tuple[ListedFile, ...] | None:
        content, record = await self._known.manifest(offer.root), self._known.get(offer.root)
        if content is None:
            return None
        return await asyncio.to_thread(_as_kept, offer, content, record)

    async def _from_others(self, message: OfferingMessage, offer: FileOffer) -> tuple[ListedFile, ...] | None:
        """Ask one after the other, until somebody says it; None: nobody does."""
        root, loop = offer.root, asyncio.get_running_loop()
        if len(self._wanted) >= _AT_ONCE:
            return None
        listing = self._wanted[message] = _Listing(message.room_id, offer)
        asked: set[SourcePlace] = set()
        until = loop.time() + _PATIENCE_SECONDS
        try:
            while listing.files is None and loop.time() < until:
                room = self._rooms.get(message.room_id)
                if room is None:
                    return None
                place = next((one for one in room.places(root) if one not in asked), None)
                if place is not None:
                    asked.add(place)
                    await self._ask(room, place, listing, until - loop.time())
                    continue
                room.look_for(root)
                await listing.changed(_LOOK_SECONDS)
                if listing.files is None and (here := await self._here(offer)) is not None:  # it came for the room
                    return here
            return listing.files
        finally:
            del self._wanted[message]

    async def _ask(self, room: RoomFiles, place: SourcePlace, listing: _Listing, seconds: float) -> None:
        fetch = room.fetch(place, _ListingTask(listing))
        self._fetches.add(fetch)
        try:
            fetch.start()
            await listing.changed(seconds)
        except RuntimeError:  # the system has no thread for it
            return
        finally:
            fetch.stop()
            self._fetches.discard(fetch)
        await asyncio.to_thread(fetch.join, 1.0)


class _Listing:
    """What is asked for: shared by the loop and threads of file connections."""

    def __init__(self, room_id: RoomId, offer: FileOffer) -> None:
        self.room_id = room_id
        self.offer = offer
        self.files: tuple[ListedFile, ...] | None = None
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()

    async def changed(self, seconds: float) -> None:
        """Wait until a source has ended, or for so long."""
        await set_within(self._changed, seconds)
        self._changed.clear()

    def ended(self) -> None:
        """A source gives no more. Any thread."""
        with suppress(RuntimeError):  # the loop is closed: lanchat ends
            self._loop.call_soon_threadsafe(self._changed.set)


class _ListingTask(PullTask):
    """Asks one source for the Manifest, and for the pieces with the names in a private offer; on its thread."""

    def __init__(self, listing: _Listing) -> None:
        self.root = listing.offer.root
        self._listing = listing
        self._manifest: Manifest | None = None
        self._pieces: dict[int, bytes] = {}
        self._needed = 0  # pieces
        self._wanted = range(0)

    @property
    def manifest_size(self) -> int:
        return self._listing.offer.manifest_size

    def take_manifest(self, data: bytes) -> None:
        offer = self._listing.offer
        self._manifest = offered_manifest(data, offer)
        if offer.key:
            self._needed = -(-_head_size(self._manifest, offer) // PIECE)
            self._wanted = range(self._needed)
        else:
            self._listing.files = _named(self._manifest.names, self._manifest.files)

    def next_run(self) -> range | None:
        run, self._wanted = self._wanted, range(0)
        return run or None

    def expected(self, index: int) -> tuple[int, bytes]:
        assert self._manifest is not None, "chunks are asked for only then"
        return self._manifest.layout.length(index), self._manifest.hash(index)

    def write(self, index: int, data: memoryview) -> None:
        self._pieces[index] = bytes(data)

    def not_there(self, index: int) -> None:
        pass

    def ended(self, end: PullEnd) -> None:
        if self._needed and len(self._pieces) == self._needed:
            with suppress(BadManifest, NotSealedSo, ValueError):
                self._listing.files = _unsealed(self._pieces, self._listing.offer)
        self._listing.ended()


def _head_size(manifest: Manifest, offer: FileOffer) -> int:
    """How many bytes stand before those of the files in a private offer."""
    return manifest.size - manifest.chunks * TAG - offer.size


def _unsealed(pieces: Mapping[int, bytes], offer: FileOffer) -> tuple[ListedFile, ...]:
    """Raises BadManifest, NotSealedSo."""
    cipher = FileCipher(offer.key)
    head = b"".join(cipher.open(index, pieces[index]) for index in sorted(pieces))
    listing = SealedListing.read(head[: head_length(head[:4])])
    if (listing.size, len(listing.files)) != (offer.size, offer.count):
        raise BadManifest("not what was offered")
    return _named(clean_paths([file.path for file in listing.files]), listing.files)


def _as_kept(offer: FileOffer, content: bytes, record: FileRecord | None) -> tuple[ListedFile, ...] | None:
    """What this computer knows of it. On a thread."""
    with suppress(BadManifest):
        if not offer.key:
            manifest = Manifest.read(content)
            return _named(manifest.names, manifest.files)
        if record is not None and record.head:
            files = SealedListing.read(record.head).files
            return _named(clean_paths([file.path for file in files]), files)
        if record is not None and record.stage == "here":
            within = record.path.parent if len(record.stamps) == 1 else record.path
            names = [Path(os.fsdecode(stamp.path)).relative_to(within).as_posix() for stamp in record.stamps]
            return _listed(names, [stamp.size for stamp in record.stamps])
    return None


def _named(names: Sequence[str], files: Sequence[ManifestFile]) -> tuple[ListedFile, ...]:
    """`names`: of the files, cleaned."""
    return _listed(names_inside(names), [file.size for file in files])


def _listed(names: Sequence[str], sizes: Sequence[int]) -> tuple[ListedFile, ...]:
    return tuple(ListedFile(name, size) for name, size in zip(names, sizes, strict=True))
