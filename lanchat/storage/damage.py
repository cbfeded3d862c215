"""What becomes of a damaged database: it is set aside, and what can be read of it goes on in a new one. Disk thread.

Pins, Outbox and counters are read row by row from both ends, around the damage. An entry with one damaged byte is
mended. Of a Log, every entry stays that its author signed. It goes on after the newest unbroken range; what is missing
before that is fetched again from who has it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from lanchat.core.model import START, EntryId, Head, LogEnd, LogEntry
from lanchat.core.words import _
from lanchat.storage import outbox, paths, room, rows
from lanchat.storage.bit_rot import Mender
from lanchat.storage.database import Database, Record, open_for_writing, suspect_mark
from lanchat.storage.errors import StorageProblem, in_plain_words
from lanchat.storage.roomlog import Part, RoomLog
from lanchat.storage.rows import Place
from lanchat.trust.signing import verify_entry

#: In an order that has what others refer to first.
_KEPT = ("rooms", "members", "outbox", "counters", "standing", "addresses")
_RUN = 500


def open_sound(path: Path, patience: float) -> Database:
    """Open for writing, and read every entry where damage was seen before. Raises Corrupt, as StorageProblems do."""
    database = open_for_writing(path, patience)
    try:
        if suspect_mark(path).exists():
            for place in room.places(database):
                last = 0
                while run := rows.after(database, place, last, _RUN):
                    last = run[-1].seq
            with in_plain_words():
                suspect_mark(path).unlink()
    except BaseException:
        database.close()
        raise
    return database


def rebuild(path: Path, patience: float) -> str:
    """Put a sound database in the place of the damaged one; what the person should know. Raises StorageProblem.

    The damaged one stays where it is until all that can be read is safe in the new one: a rebuilding that was stopped
    begins again at the next start, or is finished there.
    """
    fresh, aside = _rebuilt(path), paths.unused(path, "damaged")
    with in_plain_words():
        for ending in ("", "-wal", "-shm"):
            Path(f"{fresh}{ending}").unlink(missing_ok=True)
    with closing(open_for_writing(fresh, patience)) as into:
        notice = _salvage(path, into).format(name=aside.name)
        into.do("PRAGMA wal_checkpoint(TRUNCATE)")
    with in_plain_words():
        path.replace(aside)
        if Path(f"{path}-wal").exists():
            Path(f"{path}-wal").replace(f"{aside}-wal")
    finish_rebuilding(path)
    return notice


def finish_rebuilding(path: Path) -> None:
    """Take the last step of `rebuild`, if it is what was left to do."""
    if path.exists() or not _rebuilt(path).exists():
        return
    with in_plain_words():
        Path(f"{path}-wal").unlink(missing_ok=True)  # it would be taken for the new one's
        Path(f"{path}-shm").unlink(missing_ok=True)
        suspect_mark(path).unlink(missing_ok=True)
        _rebuilt(path).replace(path)


def _rebuilt(path: Path) -> Path:
    return path.with_name(path.name + ".rebuilt")


def _salvage(path: Path, into: Database) -> str:
    """Copy what can be read; what to tell. Raises StorageProblem about `into` only."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    connection.execute("PRAGMA writable_schema = 1")  # else a file that lost its end is not read at all
    with closing(Database(connection)) as damaged, into.transaction():
        kept = {table: _copy_table(damaged, into, table) for table in _KEPT}
        kept["outbox"] -= _drop_unsigned(into)
        entries = 0
        for record in room.every(into):
            place = room.place(into, record.room_id)
            assert place is not None
            entries += _LogCopy(damaged, into, place, record.hosted, _heads(damaged, into, place)).copy()
        # numbers past what could be read may be with members: given out anew, they are of another epoch
        into.do("UPDATE rooms SET epoch = epoch + 1 WHERE hosted")
    notice = _(
        "The database was damaged. It is kept as {name}; a new one has what could be read of it. "
        "Rooms: {rooms}, messages: {entries}, not sent yet: {outbox}. "
        "What is missing of a room comes back from the others in it, as far as they have it."
    )
    return notice.format(name="{name}", rooms=kept["rooms"], entries=entries, outbox=kept["outbox"])


def _copy_table(damaged: Database, into: Database, table: str) -> int:
    """Copy every row that can be read and may stand there; how many."""
    names = ", ".join(sorted(_columns(damaged, table) & _columns(into, table)))
    # from both ends up to the damage: the rows before it and those after it
    reading = f"SELECT {names} FROM {table} NOT INDEXED ORDER BY rowid"
    found = {row for way in ("ASC", "DESC") for row in _until_damage(damaged, f"{reading} {way}")} if names else ()
    copied = 0
    for row in found:
        try:
            rows.insert(into, f"{table} ({names})", [row])
        except sqlite3.IntegrityError:  # damage gave it a wrong type, or what it belongs to is lost
            continue
        copied += 1
    return copied


def _columns(database: Database, table: str) -> set[str]:
    try:
        return {row[1] for row in database.all(f"PRAGMA table_info({table})")}
    except StorageProblem:
        return set()


def _until_damage(damaged: Database, sql: str) -> Iterator[Record]:
    with suppress(StorageProblem):
        yield from damaged.each(sql)


def _drop_unsigned(into: Database) -> int:
    """Drop what damage made of outbox rows: a host refuses it, and the whole Connection with it. How many."""
    dropped = 0
    for place in room.places(into):
        for entry in outbox.entries(into, place.number):
            if not verify_entry(entry, place.room_id):
                outbox.drop(into, place.number, EntryId(entry.entry_id))
                dropped += 1
    return dropped


class _LogCopy:
    """One Log on its way from a damaged database into a new one."""

    def __init__(
        self, damaged: Database, into: Database, place: Place, hosted: bool, heads: Mapping[int, Head]
    ) -> None:
        """`heads`: the chain heads before the ranges that were kept, by number."""
        self._damaged = damaged
        self._mender = Mender(damaged, place)
        self._into = into
        self._place = place
        self._hosted = hosted
        self._heads = heads
        self._log = RoomLog(into, place)
        base = min(heads)
        self._ranges = [Part(base, heads[base], base)]
        self._head = heads[base]  # after the last of the newest range
        self._before: LogEntry | None = None  # the one read last
        self._unsure: LogEntry | None = None  # the same, while its head does not follow from the one before
        self._unwritten: list[LogEntry] = []

    def copy(self) -> int:
        """Copy every entry that can be read and is what its author signed; how many."""
        for item in rows.readable(self._damaged, self._place):
            self._settle(item)
            self._take(item)
        epoch = self._log.end().epoch
        self._end()
        self._flush()
        *parts, last = self._ranges
        if not (self._hosted or last.last):  # the host begins a newcomer's replica later, and the rest is to be fetched
            parts.append(last)
        self._log.set_range(LogEnd(epoch, last.base, last.base_head, last.last, self._head), parts)
        return rows.count(self._into, self._place.number)

    def _take(self, item: LogEntry) -> None:
        """Take it into a range, when its head follows from the one before."""
        last = self._ranges[-1].last
        heads = [self._heads.get(item.seq - 1)]
        if self._before is not None and self._before.seq == item.seq - 1:
            heads.insert(0, self._before.head)
        for previous in heads:
            if previous and item.seq > last and item.epoch and rows.chained(previous, self._place, item):
                self._extend(previous, item)
                return
        renumbered = msgspec.structs.replace(item, seq=last + 1)
        if item.epoch and rows.chained(self._head, self._place, renumbered):
            self._extend(self._head, renumbered)
        else:
            self._unsure = self._before = item

    def _settle(self, after: LogEntry | None) -> None:
        """What becomes of an entry whose head does not follow: its head is what was damaged, as the one `after` it
        shows, or a byte of it; or it stands outside any range, or it is lost."""
        item, self._unsure = self._unsure, None
        if item is None or item.seq <= self._ranges[-1].last:
            return
        signed = rows.signed(self._place, item)
        mended = self._mended(item)
        if mended and (rows.chained(mended.head, self._place, after) if after else signed and self._hosted):
            self._extend(self._head, mended)
        elif found := self._without_rot(item):
            self._extend(found[1], found[0])
        elif signed and (after is None or item.seq < after.seq):
            self._unwritten.append(msgspec.structs.replace(item, epoch=0, head=_as_head(item.head)))

    def _mended(self, item: LogEntry) -> LogEntry | None:
        """The same with the head that it should have, when what is before it is known."""
        if self._ranges[-1].last != item.seq - 1 or not item.epoch:
            return None
        head = rows.head_of(self._head, self._place, item)
        return None if head is None else msgspec.structs.replace(item, head=head)

    def _without_rot(self, item: LogEntry) -> tuple[LogEntry, Head] | None:
        """What was written, and the head before it, where one byte is damaged."""
        try:
            return self._mender.mended(item.seq, (self._ranges[-1].last, self._head))
        except StorageProblem:
            return None

    def _extend(self, previous: Head, item: LogEntry) -> None:
        self._before, seq = item, item.seq
        if self._ranges[-1].last != seq - 1 or self._head != previous:
            self._ranges.append(Part(seq - 1, previous, seq - 1))
        self._ranges[-1] = self._ranges[-1]._replace(last=seq)
        self._head = item.head
        self._unwritten.append(item)
        if len(self._unwritten) >= _RUN:
            self._flush()

    def _end(self) -> None:
        """A host gives out no number twice, and goes on after the newest that it can read. A client goes on after the
        newest that is certain: what comes after that, its host has."""
        newest = self._unsure
        self._settle(None)
        if self._hosted and newest is not None and self._ranges[-1].last < newest.seq:
            self._head = _as_head(newest.head)
            self._ranges.append(Part(newest.seq, self._head, newest.seq))

    def _flush(self) -> None:
        items, self._unwritten = self._unwritten, []
        try:
            with self._into.savepoint():
                self._log.restore(items)
        except sqlite3.IntegrityError:  # one that damage made another's twin, or that has no right type
            for item in items:
                with suppress(sqlite3.IntegrityError), self._into.savepoint():
                    self._log.restore([item])


def _as_head(head: object) -> Head:
    """What may stand as a head, whatever damage made of it."""
    return Head(head) if isinstance(head, bytes) and len(head) == len(START) else START


def _heads(damaged: Database, into: Database, place: Place) -> dict[int, Head]:
    """The chain heads before the ranges that are kept of a room, by number."""
    found = into.all("SELECT base, base_head FROM rooms WHERE number = ?", (place.number,))
    found += _until_damage(damaged, f"SELECT base, base_head FROM parts WHERE room = {place.number}")
    heads = {base: Head(head) for base, head in found if isinstance(base, int) and base > 0 and _as_head(head) == head}
    if not heads or any(base == 0 for base, _head in found):
        heads[0] = START
    return heads
