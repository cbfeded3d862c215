"""The Store: the only writer of the database. It is opened, used and closed on the disk thread.

What a method writes is on the disk when it returns; inside `with store.transaction()`, when that ends.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from itertools import islice
from pathlib import Path

import msgspec

from lanchat.core.keeping import Rank
from lanchat.core.message import Message
from lanchat.core.model import START, Card, EntryId, MemberKey, PrivateThread, RoomId
from lanchat.core.translate import _
from lanchat.storage import damage, data_folder, messages, offers, private_messages, search_index
from lanchat.storage.database import Database
from lanchat.storage.entry_rows import SEQ_MOST, entry_number
from lanchat.storage.errors import Corrupt, StorageProblem
from lanchat.storage.file_records import FileRecords
from lanchat.storage.file_store import FileStore
from lanchat.storage.guest_code_rows import GuestCodeRecord, write_guest_codes
from lanchat.storage.open_database import open_for_writing
from lanchat.storage.outbox import RoomOutbox
from lanchat.storage.private_messages import Opener
from lanchat.storage.records import ROOM_COLUMNS, Records, RoomRecord, member_number, now_ms, set_standing
from lanchat.storage.room_log import RoomLog

PATIENCE_SECONDS = 5.0  # how long to wait while another program, such as a backup, locks the database
_FORGOTTEN_AT_ONCE = 500  # entries: they take 20 ms
_MERGED_AT_ONCE = 100  # pages of the index
_CLOSING_SECONDS = 0.5  # for the rest of a merge; what is not done then is done after the next start
_INDEXED_AT_ONCE = 200  # entries: they take 40 ms
_OPENED_AT_START = 5_000  # private messages: they take a second


class Store(Records):
    """Every method may raise StorageProblem. Those that write about a room require that `put_room` was called for
    it."""

    def __init__(self, database: Database, notices: Sequence[str] = ()) -> None:
        super().__init__(database)
        self.files = FileRecords(database)  #: what is offered, came or is kept for others
        self.notices = tuple(notices)  #: what the person should know about the opening, in plain words
        self._logs: dict[RoomId, RoomLog] = {}
        self._merging: Iterator[None] | None = None  # the index, after texts were erased
        self._log_has_them = False  # the write-ahead log: what was erased
        database.erased = database.one("SELECT 1 FROM changed WHERE deleted_by LIMIT 1") is not None
        self._opener: Opener | None = None

    @classmethod
    def open(cls, folder: Path, patience: float = PATIENCE_SECONDS) -> Store:
        """The Store of `folder`. A missing database is made; a damaged one is set aside, and what can be read is kept.

        `patience`: seconds to wait while another program locks the database.
        """
        data_folder.make_private(folder)
        path = folder / data_folder.DATABASE
        damage.finish_rebuilding(path)
        notices = [_without_its_log()] if path.exists() and not path.stat().st_size else []
        try:
            return cls(damage.open_sound(path, patience), notices)
        except Corrupt:
            notice = damage.rebuild(path, patience)
        return cls(open_for_writing(path, patience), [notice])

    def close(self) -> None:
        with suppress(OSError, StorageProblem):  # as on a full disk: the person was told that nothing new is kept
            until = time.monotonic() + _CLOSING_SECONDS
            while self.erase() and time.monotonic() < until:
                pass
            self._database.rescue()
        self._database.close()

    def require_file(self) -> None:
        """Raises Removed when somebody removed or replaced the database while it is open."""
        self._database.require_file()

    def open_private(self, opener: Opener) -> None:
        """From now on, private messages are opened by this when they are written. Before any Log is used.

        Those that were written before are opened now, a second's work at most; more when the disk thread is idle.
        """
        self._opener = opener
        private_messages.open_some(self._database, self.places(), opener, _OPENED_AT_START)

    def private_waiting(self) -> dict[EntryId, PrivateThread]:
        """The private messages in all Outboxes, and the thread of each."""
        found = self._database.all(
            "SELECT o.entry_id, r.room_id, o.peer FROM outbox o JOIN rooms r ON r.number = o.room WHERE o.peer NOT NULL"
        )
        return {EntryId(entry_id): PrivateThread(RoomId(room_id), MemberKey(peer)) for entry_id, room_id, peer in found}

    def settle(self) -> bool:
        """Index some older entries anew, take some out of the index that left their Log, rewrite some of it after texts
        were erased, open private messages that could not be opened before, and write the write-ahead log into the file.
        To be called when the disk thread is idle. False: there is more to do, call it again."""
        more = search_index.index_anew(self._database, _INDEXED_AT_ONCE)
        more = more or search_index.take_left(self._database, _INDEXED_AT_ONCE) or self.erase()
        if self._opener is not None:
            more |= private_messages.open_some(self._database, self.places(), self._opener, _INDEXED_AT_ONCE)
        self._database.settle()
        return not more

    @property
    def erasing(self) -> bool:
        """Whether something of erased texts is still to be found in the index or in the write-ahead log."""
        return self._database.erased or self._merging is not None or self._log_has_them

    def erase(self) -> bool:
        """A step of leaving nothing of them there, of some milliseconds. False: that is done."""
        if self._merging is None and self._database.erased:
            if search_index.take_left(self._database, _INDEXED_AT_ONCE):  # erased texts may be among them
                return True
            self._database.erased, self._merging = False, search_index.merge(self._database, _MERGED_AT_ONCE)
        if self._merging is not None:
            if next(self._merging, self) is self:
                self._merging, self._log_has_them = None, True
        elif self._log_has_them:
            self._log_has_them = not self._database.empty_log()
        return self.erasing

    @property
    def file_store(self) -> FileStore:
        """What members offered, kept for the others of rooms hosted here: beside the database, which is a file."""
        assert self._database.file is not None
        return FileStore(self._database.file.parent, self.files)

    def transaction(self) -> AbstractContextManager[None]:
        """Groups calls: all of them are kept, or none. One inside another joins it."""
        return self._database.transaction()

    # --- rooms -------------------------------------------------------------------------------------------------------
    def put_room(self, record: RoomRecord) -> None:
        """Keep a room's record, or replace it. Its Log, its read position and who keeps it open stay.

        A Log of ours begins with epoch 1; a replica has epoch 0 until `RoomLog.start`.
        """
        address, port = record.last_address or (None, None)
        self._database.do(
            f"INSERT INTO rooms ({ROOM_COLUMNS}, epoch, base, base_head) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?) "
            "ON CONFLICT (room_id) DO UPDATE SET title = excluded.title, owner = excluded.owner, "
            "passphrase = excluded.passphrase, hosted = excluded.hosted, secret = excluded.secret, "
            "address = excluded.address, port = excluded.port, "
            "joined_at = excluded.joined_at, last_used = excluded.last_used, passes = excluded.passes, "
            "generation = excluded.generation, keepers = excluded.keepers, epoch = max(rooms.epoch, excluded.epoch)",
            (record.room_id, record.title, record.owner, int(record.passphrase), int(record.hosted), record.secret,
             address, port, record.read_seq, record.joined_at, record.last_used,
             msgspec.msgpack.encode(record.passes), record.generation, record.keepers, int(record.hosted), START),
        )  # fmt: skip

    def forget_keepers(self, room_id: RoomId) -> None:
        """The room has another owner from now on: who kept it open for the one before says nothing any more,
        and nobody has a role."""
        self._database.do("UPDATE rooms SET keeps = NULL, epoch = min(epoch, 1) WHERE room_id = ?", (room_id,))
        self._database.do("UPDATE standing SET role = NULL WHERE room = ?", (self._number(room_id),))

    def put_address(self, host: str, port: int, room_id: RoomId) -> None:
        """This room answered at an address that the person typed; port 0 when they typed none."""
        values = (host, port, self._number(room_id))
        self._database.do("INSERT OR REPLACE INTO addresses (host, port, room) VALUES (?, ?, ?)", values)

    def mark_read(self, room_id: RoomId, seq: int) -> None:
        """The person has read up to `seq`; goes back only by `mark_unread`. It goes no further than the Log does, which
        may have given way to another one since they read that."""
        thread = PrivateThread.of(room_id)
        place = self.place(thread.room_id if thread is not None else room_id)
        seq = min(seq, self.log(place.room_id).end().last) if place is not None else seq
        if thread is not None:
            private_messages.mark_read(self._database, thread, seq)
            return
        with self._database.transaction():
            self._database.do("UPDATE rooms SET read_seq = ? WHERE room_id = ? AND read_seq < ?", (seq, room_id, seq))
            self._drop_read_before(room_id, 0, seq)

    def mark_unread(self, room_id: RoomId, seq: int) -> None:
        """What was said from `seq` on is unread again; never goes forward."""
        before = max(0, seq - 1)
        if (thread := PrivateThread.of(room_id)) is not None:
            private_messages.mark_read(self._database, thread, before, back=True)
            return
        with self._database.transaction():
            values = (before, room_id, before)
            self._database.do("UPDATE rooms SET read_seq = ? WHERE room_id = ? AND read_seq > ?", values)
            self._drop_read_before(room_id, seq, SEQ_MOST)

    def _drop_read_before(self, room_id: RoomId, first: int, last: int) -> None:
        """Of messages with these numbers, nothing but the read position says any more whether they are read."""
        if (place := self.place(room_id)) is not None:
            self._database.do(
                "DELETE FROM read_before WHERE id BETWEEN ? AND ? AND id NOT IN (SELECT id FROM private)",
                (entry_number(place.number, first), entry_number(place.number, last)),
            )

    def forget_room(self, room_id: RoomId) -> None:
        """Delete the room, its Log and its Outbox from this machine. The counters used in it stay used."""
        for _piece in self.forgetting(room_id):
            pass

    def forgetting(self, room_id: RoomId) -> Iterator[None]:
        """The same in steps of some milliseconds, because a million entries take half a minute. If it is stopped
        between two, the room is still kept, with the entries that are left."""
        while self.log(room_id).forget_beginning(_FORGOTTEN_AT_ONCE):
            yield
        while search_index.take_left(self._database, _FORGOTTEN_AT_ONCE):
            yield
        yield from search_index.merge(self._database, _MERGED_AT_ONCE)
        self._database.do("INSERT INTO private_words (private_words) VALUES ('optimize')")
        with self._database.transaction():
            number = self._number(room_id)
            self._database.do("DELETE FROM writers WHERE room = ?", (number,))
            self._database.do("DELETE FROM rooms WHERE number = ?", (number,))
        self._logs.pop(room_id, None)
        self._database.do("PRAGMA wal_checkpoint(TRUNCATE)")  # the deleted pages are in the write-ahead log, too

    def log(self, room_id: RoomId) -> RoomLog:
        """The room's Log."""
        found = self._logs.get(room_id)
        if found is None:
            place = self.place(room_id)
            if place is None:
                raise KeyError("no such room is kept")
            found = self._logs[room_id] = RoomLog(self._database, place, self._opener)
        return found

    def outbox(self, room_id: RoomId) -> RoomOutbox:
        """My entries for the room that are not in its Log yet."""
        return self.log(room_id).outbox

    # --- members -----------------------------------------------------------------------------------------------------
    def message(self, room_id: RoomId, message_id: EntryId) -> Message | None:
        """A message of the room as it is now."""
        place = self.place(room_id)
        return next(iter(messages.by_ids(self._database, place, [message_id])), None) if place is not None else None

    def offering(self, room_id: RoomId, message_id: EntryId) -> tuple[RoomId, Message] | None:
        """A message of the room, or of a private thread in it, and the id of the one or the other."""
        if (place := self.place(room_id)) is None:
            return None
        if found := messages.by_ids(self._database, place, [message_id]):
            return room_id, found[0]
        private = private_messages.by_entry(self._database, place.number, message_id)
        return (PrivateThread(room_id, private[0]).thread_id, private[1]) if private is not None else None

    def newest_offers(self, room_id: RoomId, most: int) -> list[Message]:
        """The last messages of the room that offer files, the newest first."""
        if (place := self.place(room_id)) is None:
            return []
        found = islice(offers.in_room(self._database, place, 0, SEQ_MOST, newest_first=True), most)
        return offers.read(self._database, place, found)

    def put_cards(self, cards: Iterable[Card]) -> None:
        """Keep each card, unless a later card of the same key is here. The caller checks the signatures."""
        with self._database.transaction():
            for card in cards:
                number = member_number(self._database, card.key)
                self._database.do(
                    "UPDATE members SET nick = ?, revision = ?, signature = ?, profile = ? "
                    "WHERE id = ? AND (revision IS NULL OR revision < ?)",
                    (card.nick, card.revision, card.signature, card.profile, number, card.revision),
                )

    def set_verified(self, key: MemberKey, holds: bool) -> None:
        """Keep whether the person compared keys with this member and they were right."""
        values = (now_ms() if holds else None, member_number(self._database, key))
        self._database.do("UPDATE members SET verified_at = ? WHERE id = ?", values)

    def admit(self, room_id: RoomId, key: MemberKey) -> None:
        """Keep that the member has proved to know the passphrase, and need not do so again."""
        self._set_standing(room_id, key, "admitted", True)

    def revoke_admissions(self, room_id: RoomId) -> None:
        """The passphrase was changed: all members must prove the new one, and phones need a later code."""
        with self._database.transaction():
            self._database.do("UPDATE standing SET admitted = 0 WHERE room = ?", (self._number(room_id),))
            self.put_guest_codes(room_id, [])

    def ban(self, room_id: RoomId, key: MemberKey, holds: bool = True) -> None:
        """Keep that the room's owner banned the member, or lets them in again. Their entry about it waits."""
        self._set_standing(room_id, key, "banned", Rank.OWNER if holds else 0)

    def put_guest_codes(self, room_id: RoomId, codes: Iterable[GuestCodeRecord], port: int | None = None) -> None:
        """Phones come into the room with these codes, the oldest first, and with no others. `port`: where its page is;
        None: as before."""
        with self._database.transaction():
            write_guest_codes(self._database, self._number(room_id), codes)
            if port is not None:
                self._database.do("UPDATE rooms SET guest_port = ? WHERE room_id = ?", (port, room_id))

    def discard(self, room_id: RoomId, entry_id: EntryId) -> tuple[bool, tuple[int, int] | None]:
        """Delete a message that the keeper of the room did not take. Whether there was one; and where it was one that
        could not be brought back, how many entries of the room still wait for that, and how many could not be."""
        if self.outbox(room_id).take_refused(entry_id) is not None:
            return True, None
        carried = self.log(room_id).carried
        gone = carried.discard(entry_id)
        return gone, (carried.count(), carried.set_aside_count()) if gone else None

    def bookmark(self, room_id: RoomId, message_id: EntryId, holds: bool) -> None:
        """Keep whether the person wants to find this message again."""
        values = (self._number(room_id), message_id)
        if holds:
            sql = "INSERT OR IGNORE INTO bookmarks (room, entry_id, added_at) VALUES (?, ?, ?)"
            self._database.do(sql, (*values, now_ms()))
        else:
            self._database.do("DELETE FROM bookmarks WHERE room = ? AND entry_id = ?", values)

    def _set_standing(self, room_id: RoomId, key: MemberKey, column: str, value: int) -> None:
        set_standing(self._database, self._number(room_id), key, column, value)

    def _number(self, room_id: RoomId) -> int:
        return self.log(room_id).place.number


def _without_its_log() -> str:
    """The notice about an empty database file."""
    return _(
        "The database is empty. If it was copied from elsewhere: lanchat ran there at that moment, and what it had "
        "written was still in lanchat.db-wal. Copy that file too, or copy again when lanchat has ended."
    )
