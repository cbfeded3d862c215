"""RoomOutbox: my entries for one room that are not in its Log yet, and the counters that entries of mine get.

A message that the host will never take stays here, marked as refused, until its author decides about it; an annotation
does not. Disk thread for writing, any for reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from lanchat.core.content import ANNOTATION, encode
from lanchat.core.file_offer import FileOffer, read_offer
from lanchat.core.message import PendingMessage
from lanchat.core.model import DeviceId, Entry, EntryId, LogEntry, MemberKey
from lanchat.storage.database import Database
from lanchat.storage.entry_rows import Place, WaitingEntries

_ANNOTATION = f"kind GLOB '{ANNOTATION}*'"
_COLUMNS = "entry_id, author, device_id, counter, kind, target, body, sent_at, signature"
_IN_ORDER = "ORDER BY id"  # as written: another device, after a backup was put back, counts from 1 again
_NEXT_COUNTER = (
    "INSERT INTO counters (room_id, device_id, last) "
    "SELECT :room_id, :device_id, 1 + coalesce(max(used), 0) FROM ("  # in use, should this table be lost
    "SELECT max(last_counter) AS used FROM writers WHERE room = :room AND device_id = :device_id UNION ALL "
    "SELECT (SELECT counter FROM outbox NOT INDEXED "  # the last row has the highest: no need to read them all
    "WHERE room = :room AND device_id = :device_id ORDER BY id DESC LIMIT 1)) WHERE true "
    "ON CONFLICT (room_id, device_id) DO UPDATE SET last = max(last + 1, excluded.last) RETURNING last"
)


class PrivateText(NamedTuple):
    """A private message of mine, as I wrote it."""

    peer: MemberKey
    text: str  #: of an offer what it is quoted by
    offer: FileOffer | None = None  #: of files


class RoomOutbox:
    """Every method may raise StorageProblem."""

    def __init__(self, database: Database, place: Place) -> None:
        self._database = database
        self._place = place
        self._room = place.number
        self._waiting = WaitingEntries(database, "outbox", place.number)

    def next_counter(self, device_id: DeviceId) -> int:
        """A counter that no entry of this device in this room ever had, kept or not."""
        row = self._database.one(
            _NEXT_COUNTER, {"room_id": self._place.room_id, "room": self._room, "device_id": device_id}
        )
        assert row is not None
        return int(row[0])

    def add(self, entry: Entry, private: PrivateText | None = None) -> None:
        """`private`: what is sealed in the entry, and for whom."""
        self._database.do(
            f"INSERT INTO outbox (room, {_COLUMNS}, peer, private_text, private_offer) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self._room, entry.entry_id, entry.author, entry.device_id, entry.counter, entry.kind, entry.target,
             entry.body, entry.sent_at, entry.signature, *_kept(private)),
        )  # fmt: skip
        self._waiting.add(entry)

    def waiting(self) -> list[Entry]:
        """The entries that wait for the host, as they were written."""
        found = self._database.all(
            f"SELECT {_COLUMNS} FROM outbox WHERE room = ? AND refused IS NULL {_IN_ORDER}", (self._room,)
        )
        return [Entry(*row) for row in found]

    def drop(self, entry_id: EntryId) -> None:
        self._database.do("DELETE FROM outbox WHERE room = ? AND entry_id = ?", (self._room, entry_id))

    def take_out(self, run: Iterable[LogEntry]) -> None:
        """These are in the Log now, and no entry may be in both. In the transaction that writes them there."""
        for item in self._waiting.take_out(run):
            values = (self._room, item.entry.author, item.entry.entry_id)
            self._database.do("DELETE FROM outbox WHERE room = ? AND author = ? AND entry_id = ?", values)

    def refuse(self, entry_id: EntryId, code: str) -> bool:
        """The host will never take this entry, for the reason `code`: a message is marked so, an annotation deleted.
        Whether it is a message."""
        self._database.do(
            "UPDATE outbox SET refused = ? WHERE room = ? AND entry_id = ?", (code, self._room, entry_id)
        )
        return not self._drop_refused_annotations()

    def refuse_all(self, code: str) -> list[EntryId]:
        """The same for all entries that wait; their ids, as they were written."""
        waiting = [EntryId(entry.entry_id) for entry in self.waiting()]
        self._database.do("UPDATE outbox SET refused = ? WHERE room = ? AND refused IS NULL", (code, self._room))
        self._drop_refused_annotations()
        return waiting

    def pending(self, peer: MemberKey | None = None, *, refused: bool = False) -> list[PendingMessage]:
        """The messages that wait, or those that the host refused, as they were written: of the room, or the private
        ones to `peer`."""
        found = self._database.all(
            f"SELECT refused, private_text, private_offer, {_COLUMNS} FROM outbox "
            f"WHERE room = ? AND peer IS ? AND (peer NOT NULL OR NOT {_ANNOTATION}) AND (refused NOT NULL) = ? "
            f"{_IN_ORDER}",
            (self._room, peer, refused),
        )
        return [_pending(Entry(*row), code or "", text, offer) for code, text, offer, *row in found]

    def private_text(self, entry_id: EntryId) -> PrivateText | None:
        """What is sealed in an entry of mine, and for whom; None where nothing is."""
        row = self._database.one(
            "SELECT peer, coalesce(private_text, ''), private_offer FROM outbox "
            "WHERE room = ? AND entry_id = ? AND peer IS NOT NULL",
            (self._room, entry_id),
        )
        return PrivateText(row[0], row[1], read_offer(row[2] or b"")) if row else None

    def _drop_refused_annotations(self) -> bool:
        """Whether there was one."""
        sql = f"DELETE FROM outbox WHERE room = ? AND refused IS NOT NULL AND peer IS NULL AND {_ANNOTATION}"
        return self._database.changes(sql, (self._room,)) > 0

    def take_refused(self, entry_id: EntryId) -> Entry | None:
        """Delete a refused entry and return it; None when there is none such."""
        row = self._database.one(
            f"DELETE FROM outbox WHERE room = ? AND entry_id = ? AND refused IS NOT NULL RETURNING {_COLUMNS}",
            (self._room, entry_id),
        )
        return Entry(*row) if row else None


def _kept(private: PrivateText | None) -> tuple[MemberKey | None, str | None, bytes | None]:
    if private is None:
        return None, None, None
    return private.peer, private.text, encode(private.offer).body if private.offer is not None else None


def _pending(entry: Entry, code: str, text: str | None, offer: bytes | None) -> PendingMessage:
    pending = PendingMessage.of(entry, code)
    if text is None:
        return pending
    return msgspec.structs.replace(pending, text=text, offer=read_offer(offer or b""))
