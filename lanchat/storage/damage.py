"""What becomes of a damaged database: it is set aside, and what can be read of it goes on in a new one. Disk thread.

Pins, Outbox and counters are read row by row from both ends, around the damage. An entry with one damaged byte is
mended. Of a Log, what stays is its newest part that is unbroken and fits the chain of heads, so that the room goes on
where it was; what a replica held before that is asked of its host again.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import chain, islice
from pathlib import Path

from lanchat.core.model import START, EntryId, Head, LogEntry
from lanchat.core.words import _
from lanchat.storage import outbox, paths, room, rows
from lanchat.storage.bit_rot import Mender
from lanchat.storage.database import Database, Record, open_for_writing, suspect_mark
from lanchat.storage.errors import Gap, StorageProblem, in_plain_words
from lanchat.storage.roomlog import RoomLog
from lanchat.storage.rows import Place
from lanchat.trust.signing import verify_entry

#: In an order that has what others refer to first.
_KEPT = ("rooms", "members", "outbox", "counters", "standing", "addresses")
_RUN = 500
_TRIED = 8  # a damaged entry spoils itself and the one after it


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
        entries = sum(_copy_log(damaged, into, place) for place in room.places(into))
        # numbers past what could be read may be with members: given out anew, they are of another epoch
        into.do("UPDATE rooms SET epoch = epoch + 1 WHERE hosted")
    notice = _(
        "The database was damaged. It is kept as {name}; a new one has what could be read of it. "
        "Rooms: {rooms}, messages: {entries}, not sent yet: {outbox}. "
        "What is missing of a room of others comes back from its host when you join it."
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


def _copy_log(damaged: Database, into: Database, place: Place) -> int:
    """Copy the newest unbroken part of a Log that can be read; how many entries."""
    log = RoomLog(into, place)
    beginning = log.end()
    into.do("UPDATE rooms SET wanted_base = min(base, ifnull(wanted_base, base)) WHERE number = ?", (place.number,))
    for seq, head in _readable_ends(damaged, place):
        log.start(beginning.epoch, seq, head)
        with suppress(Gap):  # ids that damage put out of order
            for run, head_before in _pages_back(damaged, place, seq + 1, (beginning.base, beginning.base_head)):
                log.prepend(run, head_before)
        if log.end().base < seq:
            return seq - log.end().base
    log.start(beginning.epoch, beginning.base, beginning.base_head)
    return 0


def _readable_ends(damaged: Database, place: Place) -> Iterator[tuple[int, Head]]:
    """Numbers and heads where an unbroken part may end: the newest there are, then those before the first damage."""
    span = f"{rows.entry_number(place.number, 1)} AND {rows.entry_number(place.number, rows.SEQ_MOST)}"
    reading = f"SELECT id, head FROM entries NOT INDEXED WHERE id BETWEEN {span} ORDER BY id"
    newest = islice(_until_damage(damaged, f"{reading} DESC"), _TRIED)
    before_damage = deque(_until_damage(damaged, f"{reading} ASC"), _TRIED)
    for number, head in chain(newest, reversed(before_damage)):
        if isinstance(head, bytes) and len(head) == len(START):
            yield number & rows.SEQ_MOST, Head(head)


def _pages_back(
    damaged: Database, place: Place, seq: int, base: tuple[int, Head]
) -> Iterator[tuple[list[LogEntry], Head]]:
    """What is before `seq` and sound or can be mended, the newest page first, each with the chain head before it.

    `base`: where the Log begins, and the head there.
    """
    mender, limit = Mender(damaged, place), _RUN
    while seq > base[0] + 1:
        try:
            run, head = rows.before(damaged, place, seq, limit)
        except StorageProblem:
            if limit > 1:
                limit = 1
                continue
            found = _mended(mender, seq - 1, base)
            if found is None:
                return
            run, head, limit = [found[0]], found[1], _RUN
        if head is None:
            return
        yield run, head
        seq = run[0].seq


def _mended(mender: Mender, seq: int, base: tuple[int, Head]) -> tuple[LogEntry, Head] | None:
    try:
        return mender.mended(seq, base)
    except StorageProblem:  # not even to be read
        return None
