"""AutomaticPictures: pictures and voice messages that come without being asked for, where people are no strangers to
each other: small ones, and never so many that they fill memory or disk.

On the Engine's loop.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from lanchat.core.file_offer import FileOffer
from lanchat.core.message import Message
from lanchat.core.model import RoomId, carrying_room
from lanchat.engine.disk import Disk
from lanchat.engine.downloads import Downloads
from lanchat.engine.known_files import KnownFiles, OfferingMessage
from lanchat.engine.known_rooms import KnownRooms
from lanchat.engine.made_files import PICTURES
from lanchat.engine.own_entries import Person
from lanchat.storage.store import Store

LOOKED_BACK = 50  #: offers before the newest message that are looked at
COMING_MOST = 60  #: at once: of more, those that nobody gives are given up, the oldest first

_BYTES = 4 * 1024 * 1024  # what is larger does not come by itself
_PIXELS = 40_000_000


class AutomaticPictures:
    def __init__(
        self, person: Person, disk: Disk, known_rooms: KnownRooms, known: KnownFiles, downloads: Downloads,
        start: Callable[[Awaitable[None]], object],
    ) -> None:  # fmt: skip
        """`start`: begins a task, whose StorageProblem is told."""
        self._person = person
        self._disk = disk
        self._known_rooms = known_rooms
        self._known = known
        self._downloads = downloads
        self._start = start
        self._written_in: set[RoomId] = set()

    async def room_opened(self, room_id: RoomId) -> None:
        """Then `look_for`. Raises StorageProblem."""
        if await self._disk.run(_has_written, room_id, self._person):
            self._written_in.add(room_id)

    def wrote(self, room_id: RoomId) -> None:
        """The person said something in an open room; what was sent there before may come now."""
        if room_id not in self._written_in:
            self._written_in.add(room_id)
            self._start(self._look_back(room_id))

    async def _look_back(self, room_id: RoomId) -> None:
        self.look_for(room_id, await self._disk.run(Store.newest_offers, room_id, LOOKED_BACK))

    def look_for(self, room_id: RoomId, messages: Collection[Message]) -> None:
        """Get what these offer, as far as it comes by itself. `room_id`: of the room, or of the private thread."""
        if not self._person.settings.files.pictures or not self._is_familiar(carrying_room(room_id)):
            return
        for message in messages:
            offer = message.offer
            if offer is None or not (offer.is_picture or offer.is_voice) or message.author == self._person.key:
                continue
            small = offer.size + offer.manifest_size <= _BYTES and offer.width * offer.height <= _PIXELS
            if small and self._downloads.of_root(offer.root) is None and self._known.get(offer.root) is None:
                self._start(self._get(self._known.message(room_id, message.message_id), offer))

    def _is_familiar(self, room_id: RoomId) -> bool:
        """Not a room of strangers: it is ours, or has a passphrase, or we have written in it."""
        record = self._known_rooms.get(room_id)
        return record is not None and (record.hosted or record.passphrase or room_id in self._written_in)

    async def _get(self, message: OfferingMessage, offer: FileOffer) -> None:
        folder = self._person.folder / PICTURES
        idle = self._downloads.idle_into(folder)
        for download in idle[: max(0, len(idle) - COMING_MOST + 1)]:
            await self._downloads.give_up(download)
        await self._downloads.begin(message, offer, folder / message.room_id)


def _has_written(store: Store, room_id: RoomId, person: Person) -> bool:
    return store.room(room_id) is not None and store.outbox(room_id).next_counter(person.identity.device_id) > 1
