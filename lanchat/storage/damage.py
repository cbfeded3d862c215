"""What becomes of a damaged database: it is set aside untouched, and all of it that can be read is kept. Disk thread.

Pins, Outbox and counters are read row by row from both ends, around the damage. Of a Log, what stays is the unbroken
beginning whose chain of heads is right: damage that SQLite cannot see is found there.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from lanchat.core.model import Entry, EntryId, Head, LogEntry, RoomId, next_head
from lanchat.core.words import _
from lanchat.storage import outbox, paths, rows
from lanchat.storage.database import Database, Record, suspect_mark
from lanchat.storage.errors import StorageProblem, in_plain_words
from lanchat.storage.roomlog import RoomLog
from lanchat.trust.signing import verify_entry

_KEPT = ("rooms", "members", "outbox", "counters", "standing")  # in an order that has what others refer to first
_RUN = 500


def set_aside(path: Path) -> Path:
    """Rename the database and its write-ahead log; where it is now. Raises StorageProblem."""
    aside = paths.unused(path, "damaged")
    with in_plain_words():
        for ending in ("-wal", ""):  # a log left without its database would be taken for the next one's
            if Path(f"{path}{ending}").exists():
                Path(f"{path}{ending}").replace(f"{aside}{ending}")
        Path(f"{path}-shm").unlink(missing_ok=True)
        suspect_mark(path).unlink(missing_ok=True)
    return aside


def salvage(aside: Path, into: Database) -> list[str]:
    """Copy what can be read; what the person should know. Raises StorageProblem about `into` only."""
    damaged = Database(sqlite3.connect(f"{aside.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None))
    try:
        with into.transaction():
            kept = {table: _copy_table(damaged, into, table) for table in _KEPT}
            kept["outbox"] -= _drop_unsigned(into)
            logs = into.all("SELECT number, room_id, base, base_head FROM rooms")
            entries = sum(_copy_log(damaged, into, *log) for log in logs)
            # numbers past what could be read may be with members: given out anew, they are of another epoch
            into.do("UPDATE rooms SET epoch = epoch + 1 WHERE hosted")
    finally:
        damaged.close()
    notice = _(
        "The database was damaged. It is kept as {name}; a new one has what could be read of it: "
        "{rooms} rooms, {entries} entries, {outbox} of your own that were not sent yet. "
        "What is missing of a room comes back from its host when you join it again."
    )
    return [notice.format(name=aside.name, rooms=kept["rooms"], entries=entries, outbox=kept["outbox"])]


def _copy_table(damaged: Database, into: Database, table: str) -> int:
    """Copy every row that can be read and may stand there; how many."""
    names = ", ".join(sorted(_columns(damaged, table) & _columns(into, table)))
    # from both ends up to the damage: the rows before it and those after it
    found = {row for way in ("ASC", "DESC") for row in _until_damage(damaged, table, names, way)} if names else ()
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


def _until_damage(damaged: Database, table: str, names: str, way: str) -> Iterator[Record]:
    with suppress(StorageProblem):
        yield from damaged.each(f"SELECT {names} FROM {table} NOT INDEXED ORDER BY rowid {way}")


def _drop_unsigned(into: Database) -> int:
    """Drop what damage made of outbox rows: a host refuses it, and the whole Connection with it. How many."""
    dropped = 0
    for number, room_id in into.all("SELECT number, room_id FROM rooms"):
        for entry in outbox.entries(into, number):
            if not verify_entry(entry, room_id):
                outbox.drop(into, number, EntryId(entry.entry_id))
                dropped += 1
    return dropped


def _copy_log(damaged: Database, into: Database, room: int, room_id: RoomId, base: int, base_head: Head) -> int:
    """Copy a Log from its base up to the first entry that is unreadable or does not fit the chain; how many."""
    log = RoomLog(into, room, room_id)
    last, head = base, base_head
    while run := list(_sound(_readable_run(damaged, room, last), room_id, last, head)):
        log.apply(run)
        last, head = run[-1].seq, run[-1].head
    return last - base


def _readable_run(damaged: Database, room: int, last: int) -> list[LogEntry]:
    """Some entries after `last`; none at the end, and none where the next one cannot be read."""
    for limit in (_RUN, 1):
        with suppress(StorageProblem):
            return rows.after(damaged, room, last, limit)
    return []


def _sound(run: Sequence[LogEntry], room_id: RoomId, last: int, head: Head) -> Iterator[LogEntry]:
    """The beginning of `run` that follows on `last` and fits the chain."""
    for item in run:
        last += 1
        try:
            entry = msgspec.convert(msgspec.to_builtins(item.entry, builtin_types=(bytes,)), Entry)
            head = next_head(head, room_id, item.epoch, item.seq, item.received_at, entry)
        except (ValueError, struct.error):  # of a wrong type or length; msgspec's own errors are ValueErrors
            return
        if (item.seq, item.head) != (last, head):
            return
        yield item
