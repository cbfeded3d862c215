"""How damage of the database is found when it is opened, and how a damaged one is replaced. Disk thread.

The damaged file is set aside, and a new database gets what `salvage` can read of it.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from lanchat.core.translate import _
from lanchat.storage import data_folder, entry_rows
from lanchat.storage.database import Database
from lanchat.storage.database_pages import require_whole_log
from lanchat.storage.errors import in_plain_words
from lanchat.storage.open_database import open_for_writing, suspect_mark
from lanchat.storage.records import Records
from lanchat.storage.salvage import Salvage

_RUN = 500  # entries read at once


def open_sound(path: Path, patience: float) -> Database:
    """Open the database for writing, after a check of its write-ahead log. Where damage was seen before (see
    `open_database.suspect_mark`), every entry and the index are checked, too.

    Raises Corrupt when there is damage, and other StorageProblems.
    """
    require_whole_log(path)
    database = open_for_writing(path, patience)
    try:
        if suspect_mark(path).exists():
            for place in Records(database).places():
                last = 0
                while run := entry_rows.after(database, place, last, _RUN):
                    last = run[-1].seq
            database.do("INSERT INTO words (words) VALUES ('integrity-check')")  # SQLite's own checks only its bytes
            with in_plain_words():
                suspect_mark(path).unlink()
    except BaseException:
        database.close()
        raise
    return database


def rebuild(path: Path, patience: float) -> str:
    """Replace the damaged database by a sound one; a notice for the person. Raises StorageProblem.

    The damaged one stays in its place until the new one is complete on the disk. A rebuilding that was interrupted is
    begun again at the next start, or finished by `finish_rebuilding`.
    """
    fresh, aside = _rebuilt(path), data_folder.unused(path, "damaged")
    with in_plain_words():
        for ending in ("", "-wal", "-shm"):
            Path(f"{fresh}{ending}").unlink(missing_ok=True)
    with closing(open_for_writing(fresh, patience)) as into:
        notice = _salvage(path, into, aside.name)
        into.do("PRAGMA wal_checkpoint(TRUNCATE)")
    with in_plain_words():
        path.replace(aside)
        if Path(f"{path}-wal").exists():
            Path(f"{path}-wal").replace(f"{aside}-wal")
    finish_rebuilding(path)
    return notice


def finish_rebuilding(path: Path) -> None:
    """Do the last step of `rebuild`, if it was interrupted before that."""
    if path.exists() or not _rebuilt(path).exists():
        return
    with in_plain_words():
        Path(f"{path}-wal").unlink(missing_ok=True)  # SQLite would take it for the log of the new database
        Path(f"{path}-shm").unlink(missing_ok=True)
        suspect_mark(path).unlink(missing_ok=True)
        _rebuilt(path).replace(path)


def _rebuilt(path: Path) -> Path:
    """Where the new database is until it is complete."""
    return path.with_name(path.name + ".rebuilt")


def _salvage(path: Path, into: Database, name: str) -> str:
    """Copy what can be read; the notice for the person. `name`: what the damaged file is called from now on."""
    with in_plain_words():
        found = Salvage(path, into)
    with closing(found), into.transaction():
        rooms, entries, waiting = found.copy()
    notice = _(
        "The database was damaged. It is kept as {name}; a new one has what could be read of it. "
        "Rooms: {rooms}, messages: {entries}, not sent yet: {outbox}. "
        "What is missing of a room comes back from the others in it, as far as they have it."
    )
    return notice.format(name=name, rooms=rooms, entries=entries, outbox=waiting)
