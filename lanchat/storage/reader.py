"""The Reader: rooms, members, pages of messages and search, on a connection of its own that cannot write.

Each thread that reads opens a Reader for itself. It sees what the Store has committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lanchat.core.message import Message, PendingMessage
from lanchat.core.model import Card, MemberKey, RoomId
from lanchat.storage import data_folder, entry_rows, messages, records
from lanchat.storage.database import Database, open_for_reading
from lanchat.storage.database_pages import require_whole_log
from lanchat.storage.entry_rows import Place
from lanchat.storage.messages import SearchQuery
from lanchat.storage.records import RoomRecord

PATIENCE_SECONDS = 5.0
_MATCHES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that a search found."""

    room_id: RoomId
    message: Message


class Reader:
    """Every method may raise StorageProblem. A room that is not kept has no messages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, folder: Path, patience: float = PATIENCE_SECONDS, *, alone: bool = False) -> Reader:
        """A Reader of the database in `folder`, which must exist. `alone`: this process has not opened it before."""
        if alone:
            require_whole_log(folder / data_folder.DATABASE)
        return cls(open_for_reading(folder / data_folder.DATABASE, patience))

    def close(self) -> None:
        self._database.close()

    # --- rooms and members -------------------------------------------------------------------------------------------
    def rooms(self) -> list[RoomRecord]:
        """All rooms, the last used first."""
        return records.room_records(self._database)

    def room(self, room_id: RoomId) -> RoomRecord | None:
        return records.room_record(self._database, room_id)

    def card(self, key: MemberKey) -> Card | None:
        """The newest card of a member; None when none was ever received."""
        return records.card(self._database, key)

    def nicks(self) -> dict[MemberKey, str]:
        """The nicks of all members whose card is here, as they gave them."""
        return {MemberKey(card.key): card.nick for card in records.cards(self._database)}

    def verified(self) -> set[MemberKey]:
        """The members with whom the person compared keys."""
        return records.verified(self._database)

    def banned(self, room_id: RoomId) -> set[MemberKey]:
        """The members whom we banned from a room that we host."""
        place = self._place(room_id)
        return set() if place is None else records.with_standing(self._database, place.number, "banned")

    def authors(self, room_id: RoomId, most: int) -> list[MemberKey]:
        """Up to `most` members who ever wrote in the room, those who wrote last first."""
        place = self._place(room_id)
        return [] if place is None else messages.authors(self._database, place.number, most)

    # --- messages ----------------------------------------------------------------------------------------------------
    def newest(self, room_id: RoomId, limit: int) -> list[Message]:
        """The last `limit` messages, oldest first. So is the result of every method but `search`."""
        return self.before(room_id, entry_rows.SEQ_MOST, limit)

    def before(self, room_id: RoomId, seq: int, limit: int) -> list[Message]:
        place = self._place(room_id)
        return [] if place is None else messages.before(self._database, place, seq, limit)

    def after(self, room_id: RoomId, seq: int, limit: int) -> list[Message]:
        place = self._place(room_id)
        return [] if place is None else messages.after(self._database, place, seq, limit)

    def around(self, room_id: RoomId, seq: int, limit: int) -> list[Message]:
        """A page of up to `limit` messages with `seq` in its middle."""
        older = self.before(room_id, seq, limit // 2)
        return older + self.after(room_id, seq - 1, limit - len(older))

    def first_seq(self, room_id: RoomId) -> int:
        """The number of the oldest entry of the room that is here, which need not be a message; 0: there is none."""
        place = self._place(room_id)
        return 0 if place is None else entry_rows.first(self._database, place.number) or 0

    def count(self, room_id: RoomId) -> int:
        """How many messages of the room are here."""
        place = self._place(room_id)
        return 0 if place is None else messages.count(self._database, place.number)

    def before_newest(self, room_id: RoomId, most: int) -> int:
        """Where to begin with `after`, to read the newest `most` messages page by page; 0 when there are not more."""
        place = self._place(room_id)
        return 0 if place is None else messages.before_newest(self._database, place.number, most)

    def unread(self, room_id: RoomId, me: MemberKey, most: int = 1_000) -> int:
        """How many of the first `most` messages after the read position are by others."""
        place, record = self._place(room_id), self.room(room_id)
        if place is None or record is None:
            return 0
        return messages.others_after(self._database, place.number, record.read_seq, me, most)

    def outbox(self, room_id: RoomId) -> list[PendingMessage]:
        """My messages not yet in the Log, in the order they were written."""
        place = self._place(room_id)
        waiting = [] if place is None else entry_rows.outbox_entries(self._database, place.number)
        return [PendingMessage.of(entry) for entry in waiting]

    def refused(self, room_id: RoomId) -> list[PendingMessage]:
        """My messages that the host will never take, in the order they were written, until Retry or Discard."""
        place = self._place(room_id)
        return [] if place is None else entry_rows.refused_entries(self._database, place.number)

    def search(self, query: str, room_id: RoomId | None = None, limit: int = 50) -> list[Hit]:
        """The newest messages in which each word of `query` begins a word, and which have its signs; newest first.

        Without a room: from all rooms, in the order of the hosts' clocks.
        """
        wanted = SearchQuery.of(query)
        if wanted is None:
            return []
        places = records.room_places(self._database) if room_id is None else [self._place(room_id)]
        hits = [
            Hit(place.room_id, message)
            for place in places
            if place is not None
            for message in messages.matching(self._database, place, wanted, limit)
        ]
        if room_id is None:
            hits.sort(key=lambda hit: hit.message.received_at, reverse=True)
        return hits[:limit]

    def matches(self, query: str, room_id: RoomId, limit: int) -> Iterator[list[Message]]:
        """What `search` finds in one room, oldest first, in pages, so that it takes little memory.

        `limit`: how many of the newest; 0: all.
        """
        wanted, place = SearchQuery.of(query), self._place(room_id)
        if wanted is None or place is None:
            return
        seq = messages.oldest_match(self._database, place, wanted, limit) if limit else 1
        while page := messages.matching_from(self._database, place, wanted, seq, _MATCHES_AT_ONCE):
            yield page
            seq = page[-1].seq + 1

    def _place(self, room_id: RoomId) -> Place | None:
        return records.room_place(self._database, room_id)
