"""The Reader: rooms, members, pages of messages and search, on a connection of its own that cannot write.

Each thread that reads opens a Reader for itself. It sees what the Store has committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from msgspec import Struct

from lanchat.core.message import Message, PendingMessage
from lanchat.core.model import EntryId, MemberKey, PrivateThread, RoomId
from lanchat.storage import data_folder, entry_rows, messages, offers, private_messages, search
from lanchat.storage.carried import RoomCarried
from lanchat.storage.carried import SetAsideMessage as SetAsideMessage
from lanchat.storage.database_pages import require_whole_log
from lanchat.storage.file_records import FileRecord, FileRecords
from lanchat.storage.messages import Version as Version
from lanchat.storage.offers import FoundOffer, OfferCounts, OfferFilter, OfferOrder
from lanchat.storage.open_database import open_for_reading
from lanchat.storage.outbox import RoomOutbox
from lanchat.storage.private_messages import ThreadPlace
from lanchat.storage.records import Records, RoomRecord

PATIENCE_SECONDS = 5.0
_MATCHES_AT_ONCE = 500
_ALL_OFFERS = OfferFilter()


class Hit(Struct, frozen=True):
    """A message, and the room that it is in."""

    room_id: RoomId
    message: Message


class Reader(Records):
    """Every method may raise StorageProblem. A room that is not kept has no messages.

    A PrivateThread's id names its messages. Those of the room it is in are without them.
    """

    @classmethod
    def open(cls, folder: Path, patience: float = PATIENCE_SECONDS, *, alone: bool = False) -> Reader:
        """A Reader of the database in `folder`, which must exist. `alone`: this process has not opened it before."""
        if alone:
            require_whole_log(folder / data_folder.DATABASE)
        return cls(open_for_reading(folder / data_folder.DATABASE, patience))

    def close(self) -> None:
        self._database.close()

    def newest(self, room_id: RoomId, limit: int) -> list[Message]:
        """The last `limit` messages, oldest first. So is the result of every method but `search`."""
        return self.before(room_id, entry_rows.SEQ_MOST, limit)

    def before(self, room_id: RoomId, seq: int, limit: int) -> list[Message]:
        if (thread := self._thread(room_id)) is not None:
            return private_messages.before(self._database, thread, seq, limit)
        place = self.place(room_id)
        return [] if place is None else messages.before(self._database, place, seq, limit)

    def after(self, room_id: RoomId, seq: int, limit: int) -> list[Message]:
        if (thread := self._thread(room_id)) is not None:
            return private_messages.after(self._database, thread, seq, limit)
        place = self.place(room_id)
        return [] if place is None else messages.after(self._database, place, seq, limit)

    def around(self, room_id: RoomId, seq: int, limit: int) -> list[Message]:
        """A page of up to `limit` messages with `seq` in its middle."""
        older = self.before(room_id, seq, limit // 2)
        return older + self.after(room_id, seq - 1, limit - len(older))

    def message(self, room_id: RoomId, message_id: EntryId) -> Message | None:
        """One message; None where it is not here."""
        if (thread := self._thread(room_id)) is not None:
            return private_messages.by_id(self._database, thread, message_id)
        place = self.place(room_id)
        found = [] if place is None else messages.by_ids(self._database, place, [message_id])
        return found[0] if found else None

    def versions(self, room_id: RoomId, message_id: EntryId) -> list[Version]:
        """What a message said, one version after the other; nothing where it was deleted, or is not here."""
        place, message = self.place(room_id), self.message(room_id, message_id)
        return [] if place is None or message is None else messages.versions(self._database, place, message)

    def pinned(self, room_id: RoomId, limit: int = 100) -> list[Message]:
        """The pinned messages, the one that was pinned last first."""
        place = self.place(room_id)
        return [] if place is None else messages.pinned(self._database, place, limit)

    def topic(self, room_id: RoomId) -> str:
        """The room's topic; "" where it has none."""
        place = self.place(room_id)
        return "" if place is None else messages.topic(self._database, place)

    def bookmarks(self, limit: int = 200) -> list[Hit]:
        """The messages that the person wants to find again, in all rooms, as far as they are here; the one that was
        added last first."""
        found = self._database.all(
            "SELECT r.room_id, b.entry_id FROM bookmarks b JOIN rooms r ON r.number = b.room "
            "ORDER BY b.id DESC LIMIT ?",
            (limit,),
        )
        read = ((RoomId(room_id), self.message(RoomId(room_id), EntryId(entry_id))) for room_id, entry_id in found)
        return [Hit(room_id, message) for room_id, message in read if message is not None]

    def is_bookmarked(self, room_id: RoomId, message_id: EntryId) -> bool:
        return self._database.one(
            "SELECT 1 FROM bookmarks b JOIN rooms r ON r.number = b.room WHERE r.room_id = ? AND b.entry_id = ?",
            (room_id, message_id),
        ) is not None  # fmt: skip

    def first_seq(self, room_id: RoomId) -> int:
        """The number of the oldest entry of the room that is here, which need not be a message; 0: there is none."""
        place = self.place(room_id)
        return 0 if place is None else entry_rows.first(self._database, place.number) or 0

    def count(self, room_id: RoomId) -> int:
        """How many messages of the room are here."""
        if (thread := self._thread(room_id)) is not None:
            return private_messages.count(self._database, thread)
        place = self.place(room_id)
        return 0 if place is None else messages.count(self._database, place.number)

    def before_newest(self, room_id: RoomId, most: int) -> int:
        """Where to begin with `after`, to read the newest `most` messages page by page; 0 when there are not more."""
        if (thread := self._thread(room_id)) is not None:
            return private_messages.before_newest(self._database, thread, most)
        place = self.place(room_id)
        return 0 if place is None else messages.before_newest(self._database, place.number, most)

    def unread(self, room_id: RoomId, me: MemberKey, most: int = 1_000) -> int:
        """How many of the first `most` messages after the read position are by others."""
        record = self.room(room_id)
        return self.others_after(room_id, record.read_seq, me, most) if record is not None else 0

    def others_after(self, room_id: RoomId, seq: int, me: MemberKey, most: int) -> int:
        """How many of the first `most` messages after `seq` are by others."""
        if (thread := self._thread(room_id)) is not None:
            return private_messages.others_after(self._database, thread, seq, most)
        place = self.place(room_id)
        return 0 if place is None else messages.others_after(self._database, place.number, seq, me, most)

    def outbox(self, room_id: RoomId) -> list[PendingMessage]:
        """My messages not yet in the Log, in the order they were written."""
        return self._pending(room_id, refused=False)

    def refused(self, room_id: RoomId) -> list[PendingMessage]:
        """My messages that the host will never take, in the order they were written, until Retry or Discard."""
        return self._pending(room_id, refused=True)

    def carried(self, room_id: RoomId) -> list[Message]:
        """Messages that were in a Log which gave way, and are on their way into the Log of who keeps the room open now;
        in the order of the old Log. Their `seq` is 0."""
        found = self._carried(room_id)
        return [] if found is None else found[0].messages(found[1])

    def set_aside(self, room_id: RoomId) -> list[SetAsideMessage]:
        """Those of them that the keeper did not take."""
        found = self._carried(room_id)
        return [] if found is None else found[0].set_aside_messages(found[1])

    def all_set_aside(self, room_id: RoomId) -> list[SetAsideMessage]:
        """The same for the room and the private threads in it."""
        threads = [one.thread_id for one in self.threads() if one.room_id == room_id]
        return [one for conversation in (room_id, *threads) for one in self.set_aside(conversation)]

    def _carried(self, room_id: RoomId) -> tuple[RoomCarried, MemberKey | None] | None:
        thread = PrivateThread.of(room_id)
        place = self.place(thread.room_id if thread else room_id)
        return None if place is None else (RoomCarried(self._database, place), thread.peer if thread else None)

    def _pending(self, room_id: RoomId, *, refused: bool) -> list[PendingMessage]:
        thread = PrivateThread.of(room_id)
        place = self.place(thread.room_id if thread else room_id)
        peer = thread.peer if thread else None
        return [] if place is None else RoomOutbox(self._database, place).pending(peer, refused=refused)

    # --- files -------------------------------------------------------------------------------------------------------
    def offer_counts(self, room_id: RoomId) -> OfferCounts:
        """How many files the room's messages offer. It reads all of them, which takes about 10 ms for a thousand."""
        return offers.counted(self._offers(room_id, 0, entry_rows.SEQ_MOST, newest_first=True))

    def offers(
        self, room_id: RoomId, wanted: OfferFilter = _ALL_OFFERS, order: OfferOrder = "newest", limit: int = 50,
        after: Message | None = None,
    ) -> list[Message]:  # fmt: skip
        """A page of up to `limit` messages that offer files. `after`: the last one of the page before."""
        first, end = 0, entry_rows.SEQ_MOST
        if after is not None and order != "largest":
            first, end = (after.seq, end) if order == "oldest" else (first, after.seq)
        wanted_ones = offers.chosen(self._offers(room_id, first, end, newest_first=order != "oldest"), wanted)
        if order == "largest":
            last = (after.offer.size, after.seq) if after is not None and after.offer is not None else None
            found = offers.largest(wanted_ones, limit, last)
        else:
            found = list(islice(wanted_ones, limit))
        place = self.place(room_id)
        if place is not None:
            return offers.read(self._database, place, found)
        read = (self.after(room_id, one.seq - 1, 1) for one in found)
        return [page[0] for page in read if page]

    def files_here(self, room_id: RoomId) -> dict[EntryId, FileRecord]:
        """What this computer has, or has begun to get, of the files that the room's messages offer."""
        records = FileRecords(self._database)
        by_root = {record.root: record for record in records.all()}
        found = ((message_id, by_root.get(root)) for message_id, root in records.of_room(room_id).items())
        return {message_id: kept for message_id, kept in found if kept is not None}

    def _offers(self, room_id: RoomId, first: int, end: int, *, newest_first: bool) -> Iterator[FoundOffer]:
        """Those with a number between these two."""
        if self._thread(room_id) is not None:
            return offers.among(self._each(room_id, first, end, newest_first=newest_first))
        place = self.place(room_id)
        if place is None:
            return iter(())
        return offers.in_room(self._database, place, first, end, newest_first=newest_first)

    def _each(self, room_id: RoomId, first: int, end: int, *, newest_first: bool) -> Iterator[Message]:
        """The messages with a number between these two, read page by page."""
        while page := (self.before if newest_first else self.after)(
            room_id, end if newest_first else first, _MATCHES_AT_ONCE
        ):
            for message in reversed(page) if newest_first else page:
                if not first < message.seq < end:
                    return
                yield message
            first, end = (first, page[0].seq) if newest_first else (page[-1].seq, end)

    # --- private threads ---------------------------------------------------------------------------------------------
    def threads(self) -> dict[PrivateThread, int]:
        """All private threads, and how far each was read."""
        return private_messages.threads(self._database)

    def room(self, room_id: RoomId) -> RoomRecord | None:
        """As of a room: its title is the nick of the other one."""
        thread = PrivateThread.of(room_id)
        if thread is None:
            return super().room(room_id)
        card, record = self.card(thread.peer), super().room(thread.room_id)
        read_seq = private_messages.read_seq(self._database, thread)
        return None if record is None else RoomRecord(room_id, card.nick if card else "", read_seq=read_seq)

    def _thread(self, room_id: RoomId) -> ThreadPlace | None:
        """Where its messages are; None: it is a room."""
        thread = PrivateThread.of(room_id)
        return None if thread is None else private_messages.place_of(self._database, thread)

    def authors(self, room_id: RoomId, most: int) -> list[MemberKey]:
        """Up to `most` members who ever wrote in the room, those who wrote last first."""
        place = self.place(room_id)
        return [] if place is None else messages.authors(self._database, place.number, most)

    def search(
        self, query: str, room_id: RoomId | None = None, limit: int = 50, me: MemberKey | None = None
    ) -> list[Hit]:  # fmt: skip
        """The newest messages in which each word of `query` begins a word, and which have its signs and pass its
        filters (`search_filters`); newest first. `me`: the person who searches.

        Without a room: from all rooms and private threads, in the order of the hosts' clocks. Raises SearchFault.
        """
        if room_id is not None and PrivateThread.of(room_id) is not None:
            return self.private_matches(query, room_id, limit, me)
        found = search.understood(self, query, me)
        if found is None:
            return []
        wanted, places = found
        hits = [
            Hit(place.room_id, message)
            for place in places
            if room_id in (None, place.room_id)
            for message in search.matching(self._database, place, wanted, limit)
        ]
        if room_id is None:
            hits += self.private_matches(query, None, limit, me)
            hits.sort(key=lambda hit: hit.message.received_at, reverse=True)
        return hits[:limit]

    def private_matches(
        self, query: str, room_id: RoomId | None, limit: int, me: MemberKey | None = None
    ) -> list[Hit]:  # fmt: skip
        """As `search`, what was said privately: in one thread, in all of a room, or in all (None). `limit` 0: all."""
        found = search.understood(self, query, me)
        if found is None:
            return []
        thread = self._thread(room_id) if room_id is not None else None
        rooms = [place.number for place in found[1] if room_id in (None, place.room_id)]
        hits = private_messages.matching(self._database, found[0], rooms, limit or -1, thread)
        return [Hit(in_thread.thread_id, message) for in_thread, message in hits]

    def matches(self, query: str, room_id: RoomId, limit: int, me: MemberKey | None = None) -> Iterator[list[Message]]:
        """What `search` finds in one room, oldest first, in pages, so that it takes little memory.

        `limit`: how many of the newest; 0: all. Raises SearchFault.
        """
        if PrivateThread.of(room_id) is not None:
            if hits := self.private_matches(query, room_id, limit, me):
                yield [hit.message for hit in reversed(hits)]
            return
        found = search.understood(self, query, me)
        place = next((place for place in found[1] if place.room_id == room_id), None) if found else None
        if found is None or place is None:
            return
        seq = search.oldest_match(self._database, place, found[0], limit) if limit else 1
        while page := search.matching_from(self._database, place, found[0], seq, _MATCHES_AT_ONCE):
            yield page
            seq = page[-1].seq + 1
