"""The Store: the only writer of the database. It is opened, used and closed on the disk thread.

What a method writes is on the disk when it returns; inside `with store.transaction()`, when that ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from lanchat.core.model import Card, DeviceId, Entry, EntryId, Head, LogEntry, MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.storage import damage, data_folder, entry_rows, messages, records
from lanchat.storage.database import Database, open_for_writing
from lanchat.storage.entry_rows import Place
from lanchat.storage.errors import Corrupt, StorageProblem
from lanchat.storage.records import RoomRecord
from lanchat.storage.room_log import RoomLog

PATIENCE_SECONDS = 5.0  # how long to wait while another program, such as a backup, locks the database
_FORGOTTEN_AT_ONCE = 500  # entries: they take 20 ms
_MERGED_AT_ONCE = 100  # pages of the index
_INDEXED_AT_ONCE = 200  # entries: they take 40 ms


class Store:
    """Every method may raise StorageProblem. Those about one room require that `put_room` was called for it."""

    def __init__(self, database: Database, notices: Sequence[str] = ()) -> None:
        self.notices = tuple(notices)  #: what the person should know about the opening, in plain words
        self._database = database
        self._logs: dict[RoomId, RoomLog] = {}

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
            self._database.rescue()
        self._database.close()

    def require_file(self) -> None:
        """Raises Removed when somebody removed or replaced the database while it is open."""
        self._database.require_file()

    def settle(self) -> bool:
        """Index some older entries anew, and write the write-ahead log into the file. To be called when the disk thread
        is idle. False: there is more to do, call it again."""
        more = messages.index_anew(self._database, _INDEXED_AT_ONCE)
        self._database.settle()
        return not more

    def transaction(self) -> AbstractContextManager[None]:
        """Groups calls: all of them are kept, or none. One inside another joins it."""
        return self._database.transaction()

    # --- rooms -------------------------------------------------------------------------------------------------------
    def put_room(self, record: RoomRecord) -> None:
        """Keep a room's record, or replace it. Its Log stays, and its read position never goes back."""
        records.put_room(self._database, record)

    def room(self, room_id: RoomId) -> RoomRecord | None:
        return records.room_record(self._database, room_id)

    def rooms(self) -> list[RoomRecord]:
        """All rooms, the last used first."""
        return records.room_records(self._database)

    def put_address(self, host: str, port: int, room_id: RoomId) -> None:
        """This room answered at an address that the person typed; port 0 when they typed none."""
        records.put_address(self._database, host, port, self._number(room_id))

    def addresses(self) -> dict[tuple[str, int], RoomId]:
        """Which room answered at each address that was typed."""
        return records.addresses(self._database)

    def mark_read(self, room_id: RoomId, seq: int) -> None:
        """The person has read up to `seq`; never goes back."""
        records.mark_read(self._database, room_id, seq)

    def forget_room(self, room_id: RoomId) -> None:
        """Delete the room, its Log and its Outbox from this machine. The counters used in it stay used."""
        for _piece in self.forgetting(room_id):
            pass

    def forgetting(self, room_id: RoomId) -> Iterator[None]:
        """The same in steps of some milliseconds, because a million entries take half a minute. If it is stopped
        between two, the room is still kept, with the entries that are left."""
        while self.log(room_id).forget_beginning(_FORGOTTEN_AT_ONCE):
            yield
        pages = -_MERGED_AT_ONCE  # below zero: all segments are merged, else deleted words stay in old ones
        while self._database.changes("INSERT INTO words (words, rank) VALUES ('merge', ?)", (pages,)) > 1:
            pages = _MERGED_AT_ONCE
            yield
        with self._database.transaction():
            number = self._number(room_id)
            entry_rows.forget_writers(self._database, number)
            self._database.do("DELETE FROM rooms WHERE number = ?", (number,))
        self._logs.pop(room_id, None)
        self._database.do("PRAGMA wal_checkpoint(TRUNCATE)")  # the deleted pages are in the write-ahead log, too

    # --- Logs --------------------------------------------------------------------------------------------------------
    def log(self, room_id: RoomId) -> RoomLog:
        """The room's Log."""
        found = self._logs.get(room_id)
        if found is None:
            found = self._logs[room_id] = RoomLog(self._database, self._place(room_id))
        return found

    def start_replica(self, room_id: RoomId, epoch: int, base: int, base_head: Head) -> None:
        """Begin the replica anew after `base`. What it held before that is kept as a part; the Outbox is kept, too."""
        self.log(room_id).start(epoch, base, base_head)

    def apply(self, room_id: RoomId, run: Sequence[LogEntry]) -> None:
        """Add a run that follows the replica, and take its entries out of the Outbox. Raises Gap."""
        self.log(room_id).apply(run)

    def prepend(self, room_id: RoomId, run: Sequence[LogEntry], base_head: Head) -> None:
        """Add a run that ends where the replica begins; `base_head` is the chain head before it. Raises Gap."""
        self.log(room_id).prepend(run, base_head)

    # --- the Outbox --------------------------------------------------------------------------------------------------
    def next_counter(self, room_id: RoomId, device_id: DeviceId) -> int:
        """A counter that no entry of this device in this room ever had, kept or not."""
        return entry_rows.next_counter(self._database, room_id, device_id)

    def outbox_add(self, room_id: RoomId, entry: Entry) -> None:
        with self._database.transaction():
            entry_rows.add_to_outbox(self._database, self._number(room_id), entry)
            self.log(room_id).waits(entry)

    def outbox_drop(self, room_id: RoomId, entry_id: EntryId) -> None:
        entry_rows.drop_from_outbox(self._database, self._number(room_id), entry_id)

    def outbox(self, room_id: RoomId) -> list[Entry]:
        """The entries that wait for the host, in counter order."""
        return entry_rows.outbox_entries(self._database, self._number(room_id))

    def outbox_refuse(self, room_id: RoomId, entry_id: EntryId, code: str) -> None:
        """Mark an entry as one that the host will never take. It is kept until its author decides about it."""
        entry_rows.refuse_entry(self._database, self._number(room_id), entry_id, code)

    def outbox_refuse_all(self, room_id: RoomId, code: str) -> list[EntryId]:
        """The same for all entries that wait; their ids."""
        return entry_rows.refuse_waiting(self._database, self._number(room_id), code)

    def take_refused(self, room_id: RoomId, entry_id: EntryId) -> Entry | None:
        """Delete a refused entry from the Outbox and return it; None when there is none such."""
        return entry_rows.take_refused(self._database, self._number(room_id), entry_id)

    # --- members -----------------------------------------------------------------------------------------------------
    def put_cards(self, cards: Iterable[Card]) -> None:
        """Keep each card, unless a later card of the same key is here. The caller checks the signatures."""
        records.put_cards(self._database, cards)

    def cards(self, keys: Iterable[MemberKey]) -> list[Card]:
        """The newest cards of these members, as far as they are here."""
        found = (records.card(self._database, key) for key in keys)
        return [card for card in found if card is not None]

    def carded(self) -> set[MemberKey]:
        """The members whose card is here."""
        return records.carded(self._database)

    def uncarded(self, room_id: RoomId) -> list[MemberKey]:
        """The members who wrote in this room and have no card here."""
        return records.uncarded(self._database, self._number(room_id))

    def first_seen(self, key: MemberKey) -> int | None:
        """When this member was first met, ms; None: never."""
        return records.first_seen(self._database, key)

    def set_verified(self, key: MemberKey, holds: bool) -> None:
        """Keep whether the person compared keys with this member and they were right."""
        records.set_verified(self._database, key, holds)

    def verified(self) -> set[MemberKey]:
        return records.verified(self._database)

    def admit(self, room_id: RoomId, key: MemberKey) -> None:
        """Keep that the member has proved to know the passphrase, and need not do so again."""
        records.set_standing(self._database, self._number(room_id), key, "admitted", True)

    def admitted(self, room_id: RoomId) -> set[MemberKey]:
        """The members who need not prove again that they know the passphrase."""
        return records.with_standing(self._database, self._number(room_id), "admitted")

    def forget_admitted(self, room_id: RoomId) -> None:
        """To be called when the passphrase was changed: every member has to prove to know the new one."""
        records.drop_standing(self._database, self._number(room_id), "admitted")

    def ban(self, room_id: RoomId, key: MemberKey) -> None:
        records.set_standing(self._database, self._number(room_id), key, "banned", True)

    def unban(self, room_id: RoomId, key: MemberKey) -> None:
        records.set_standing(self._database, self._number(room_id), key, "banned", False)

    def banned(self, room_id: RoomId) -> set[MemberKey]:
        return records.with_standing(self._database, self._number(room_id), "banned")

    def _number(self, room_id: RoomId) -> int:
        return self._place(room_id).number

    def _place(self, room_id: RoomId) -> Place:
        place = records.room_place(self._database, room_id)
        if place is None:
            raise KeyError("no such room is kept")
        return place


def _without_its_log() -> str:
    """The notice about an empty database file."""
    return _(
        "The database is empty. If it was copied from elsewhere: lanchat ran there at that moment, and what it had "
        "written was still in lanchat.db-wal. Copy that file too, or copy again when lanchat has ended."
    )
