"""One connection to the database file: how it is opened, checked and brought up to date; its transactions.

A connection is used on the thread that opened it and on no other.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from lanchat.core.content import decode, is_message
from lanchat.storage import data_folder, search_text
from lanchat.storage.errors import (
    Corrupt,
    DiskFull,
    NoAccess,
    ReadOnly,
    Removed,
    StorageProblem,
    TooNew,
    in_plain_words,
    problem_of,
)
from lanchat.storage.migrations import MIGRATIONS, VERSION

Value: TypeAlias = int | str | bytes | None
Record: TypeAlias = tuple[Any, ...]
Values: TypeAlias = Sequence[Value] | Mapping[str, Value]

APPLICATION = 0x6C61_6E63  # "lanc", in the file's header
CHECKED_WHOLE_BYTES = 32_000_000  # a check of this much takes under 0.2 s
VERSION_MOST = 1_000  # there will never be more
_TOLD_BY_SQLITE = (sqlite3.Error, UnicodeDecodeError)  # the second where even the message repeats damaged text
SMALL_TABLES = ("rooms", "members", "writers", "outbox", "counters", "standing")


class Database:
    """Statements, and transactions that join the one that is open."""

    def __init__(self, connection: sqlite3.Connection, suspect: Path | None = None) -> None:
        """`suspect`: a file to make when damage shows, so that the next start checks the whole database."""
        self.afterwards: Callable[[], None] = lambda: None  #: what is to be done when this is closed
        self.undone = 0  #: transactions rolled back: what was remembered of the rows may be wrong since
        self.file: Path | None = None  #: the file that must still be there for anything to count as written
        self._identity: tuple[int, int] | None = None
        self._content: list[Record] | None = None  # of the file as we left it
        self._as_left = (0, 0, 0)  # what tells that it still is so: our changes, its time and its size
        self._settled = 0
        self._connection = connection
        self._suspect = suspect
        self._open = False
        self._problem: StorageProblem | None = None
        connection.create_function("has_signs", 2, search_text.has_signs, deterministic=True)
        connection.create_function("is_message", 2, _is_message, deterministic=True)  # for a migration

    def all(self, sql: str, values: Values = ()) -> list[Record]:
        """Every row. Raises StorageProblem, as everything here does."""
        try:
            return self._connection.execute(sql, values).fetchall()
        except _TOLD_BY_SQLITE as error:
            self._raise_problem(error)
            raise

    def each(self, sql: str, values: Values = ()) -> Iterator[Record]:
        """Row by row: for many of them, and for those before a damage."""
        try:
            yield from self._connection.execute(sql, values)
        except _TOLD_BY_SQLITE as error:
            self._raise_problem(error)
            raise

    def one(self, sql: str, values: Values = ()) -> Record | None:
        """The only row, or None."""
        rows = self.all(sql, values)
        return rows[0] if rows else None

    def do(self, sql: str, values: Values = ()) -> None:
        """A statement that has no answer."""
        self.all(sql, values)

    def changes(self, sql: str, values: Values = ()) -> int:
        """A statement that has no answer: how many rows it changed, those of the index included."""
        before = self._connection.total_changes
        self.do(sql, values)
        return self._connection.total_changes - before

    def script(self, sql: str) -> None:
        """Several statements, with their own BEGIN and COMMIT."""
        with in_plain_words():
            self._connection.executescript(sql)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it is on the disk when this ends, or nothing of it happened. One inside another joins it."""
        if self._open:
            yield
            return
        self.do("BEGIN IMMEDIATE")
        self._open, self._problem = True, None
        try:
            self.require_file()
            yield
            self.require_file()
            if self._problem is not None:  # somebody inside went on after it; what it wrote is half done
                raise self._problem
            self.do("COMMIT")
        except BaseException:
            self.undone += 1
            if self._connection.in_transaction:  # SQLite ends it by itself when the disk is full
                self._connection.rollback()
            raise
        finally:
            self._open = False

    def watch(self, path: Path) -> None:
        """From now on `path` must stay the file that is open."""
        found = path.stat()
        self.file, self._identity = path, (found.st_dev, found.st_ino)
        self._look_at_content()

    def require_file(self) -> None:
        """Raises Removed when the open file is not at its place any more, or another was copied over it: what is
        written to it then is lost."""
        if self.file is None:
            return
        try:
            found = self.file.stat()
        except FileNotFoundError:
            raise Removed from None
        except OSError:
            return  # nobody knows: the next write tells
        if (found.st_dev, found.st_ino) != self._identity:
            raise Removed
        changes, *others = self._as_left
        if self._connection.total_changes == changes and [found.st_mtime_ns, found.st_size] != others:
            if _content_of(self.file) != self._content:
                raise Removed
            self._look_at_content()  # somebody touched it, or its system is slow to tell

    def _look_at_content(self) -> None:
        """Nothing of ours is on its way to the file: from now on whatever changes in it is others' doing."""
        if self.file is not None:
            with suppress(OSError):
                found = self.file.stat()
                self._content = _content_of(self.file)
                self._as_left = self._connection.total_changes, found.st_mtime_ns, found.st_size

    def settle(self) -> None:
        """Bring what is in the write-ahead log into the file itself, unless that was done: a copy of it is whole."""
        if self._settled != self._connection.total_changes:
            self.require_file()
            self._settled = self._connection.total_changes
            self.do("PRAGMA wal_checkpoint(PASSIVE)")
            self._look_at_content()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A piece of a transaction that may be refused while the rest goes on: all of it happens or nothing of it."""
        self.do("SAVEPOINT one")
        try:
            yield
        except BaseException:
            self.undone += 1
            self.do("ROLLBACK TO one")
            raise
        finally:
            self.do("RELEASE one")

    def rescue(self) -> None:
        """When the open file was removed or replaced, write its content to a new file beside its place.

        A file that was overwritten in place cannot be rescued. Raises OSError, StorageProblem.
        """
        if self.file is None:
            return
        with suppress(FileNotFoundError):
            found = self.file.stat()
            if (found.st_dev, found.st_ino) == self._identity:
                return
        beside = data_folder.unused(self.file, "rescued")
        try:
            data_folder.make_private_file(beside)
            self.do("VACUUM INTO ?", (str(beside),))
        except (OSError, StorageProblem):
            beside.unlink(missing_ok=True)
            raise

    def close(self) -> None:
        self._connection.close()
        self.afterwards()

    def found_damage(self) -> Corrupt:
        """What to raise where something read cannot be what was written; the next start looks at everything."""
        if self._suspect is not None:
            with suppress(OSError):
                data_folder.make_private_file(self._suspect)
        return Corrupt()

    def _raise_problem(self, error: sqlite3.Error | UnicodeDecodeError) -> None:
        problem = problem_of(error)
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            problem = Corrupt()  # our statements never change: what they name is missing where the schema is damaged
        if problem is None:
            return
        if self._open:
            self._problem = problem
        if isinstance(problem, Corrupt):
            problem = self.found_damage()
        raise problem from error


def _content_of(path: Path) -> list[Record] | None:
    """What tells databases apart, as the file alone has it; None where it cannot be read.

    Only SQLite may open the file: whoever else closes it drops all locks that this process has on it
    (https://sqlite.org/howtocorrupt.html, 2.2).
    """
    with suppress(sqlite3.Error), closing(sqlite3.connect(_uri(path, "immutable=1"), uri=True)) as file:
        newest = "SELECT id, head FROM entries ORDER BY id DESC LIMIT 1"
        queries = "PRAGMA page_count", "SELECT room_id, epoch, base, read_seq FROM rooms", newest
        return [row for query in queries for row in file.execute(query)]
    return None


def _is_message(kind: str, body: bytes) -> bool:
    return is_message(decode(kind, body))


def suspect_mark(path: Path) -> Path:
    """The file that says: damage was seen in the database at `path`."""
    return path.with_name(path.name + ".suspect")


def _uri(path: Path, how: str) -> str:
    """The file at `path` for SQLite, opened as `how` says, in its own words: https://sqlite.org/uri.html

    Path.as_uri makes a share of Windows' network a URI that SQLite refuses, and loads urllib.request on Python 3.14.
    """
    place = path.absolute().as_posix()
    return f"file://{'' if place.startswith('/') else '/'}{quote(os.fsencode(place), '/:')}?{how}"


def open_for_writing(path: Path, patience: float) -> Database:
    """The database at `path`, made when missing, checked, and of today's version.

    `patience`: seconds to wait for another program to let go of it. Raises StorageProblem.
    """
    with in_plain_words():
        data_folder.make_private_file(path)  # else SQLite makes it, and those beside it, readable by everybody
        database = Database(sqlite3.connect(path, timeout=patience, isolation_level=None), suspect_mark(path))
        try:
            _check(database, path)
            database.script(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = 1;"
                "PRAGMA foreign_keys = 1; PRAGMA secure_delete = 1; PRAGMA cache_size = -16000;"
                "PRAGMA journal_size_limit = 16000000"
            )
            _bring_up_to_date(database)
            database.watch(path)
        except BaseException:
            database.close()
            raise
        return database


def open_for_reading(path: Path, patience: float) -> Database:
    """A connection that cannot write; also on a disk that cannot be written to. Raises StorageProblem."""
    try:
        return _open_in_place(path, patience)
    except (ReadOnly, NoAccess, DiskFull):
        if not (path.is_file() and os.access(path, os.R_OK)):
            raise
    with suppress(ReadOnly, NoAccess, DiskFull):
        wal = Path(f"{path}-wal")
        if not (wal.exists() and wal.stat().st_size):
            return _open_in_place(path, patience, "mode=ro&immutable=1")
    with in_plain_words():
        return _open_aside(path, patience)


def _open_in_place(path: Path, patience: float, how: str = "mode=rw") -> Database:
    """`how`: SQLite's own words for a URI; "rw" never makes a missing file."""
    with in_plain_words():
        connection = sqlite3.connect(_uri(path, how), uri=True, timeout=patience, isolation_level=None)
        database = Database(connection, suspect_mark(path))
        try:
            version = _version(database)
            if version > VERSION:
                raise TooNew
            if version < VERSION:  # of an older lanchat, or one that was stopped as it made it
                open_for_writing(path, patience).close()
            database.script("PRAGMA query_only = 1; PRAGMA cache_size = -8000")
        except BaseException:
            database.close()
            raise
        return database


def look_at(path: Path) -> None:
    """See whether the database can be opened at all, and change nothing. Raises StorageProblem."""
    with in_plain_words(), closing(sqlite3.connect(_uri(path, "mode=ro"), uri=True)) as connection:
        version = _version(Database(connection))
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    if version > VERSION:
        raise TooNew


def _open_aside(path: Path, patience: float) -> Database:
    """A copy in a temporary folder, removed when the connection is closed: SQLite reads no write-ahead log, and brings
    nothing up to date, where it cannot write.
    """
    folder = tempfile.TemporaryDirectory(prefix="lanchat-reading-")  # readable by nobody else
    try:
        copy = Path(folder.name, path.name)
        for ending in ("", "-wal"):
            if Path(f"{path}{ending}").exists():
                shutil.copyfile(f"{path}{ending}", f"{copy}{ending}")
        database = _open_in_place(copy, patience)
    except BaseException:
        folder.cleanup()
        raise
    database.afterwards = folder.cleanup
    return database


def _version(database: Database) -> int:
    row = database.one("PRAGMA user_version")
    return int(row[0]) if row else 0


def _check(database: Database, path: Path) -> None:
    """Raises Corrupt when SQLite finds damage, TooNew when the version is not ours to read."""
    version = _version(database)
    if version > VERSION_MOST:
        raise Corrupt
    if version > VERSION:
        raise TooNew
    if version == 0:
        if database.one("SELECT 1 FROM sqlite_schema"):
            raise Corrupt
        return
    whole = suspect_mark(path).exists() or path.stat().st_size <= CHECKED_WHOLE_BYTES
    for check in ["quick_check(1)"] if whole else [f"quick_check({table})" for table in SMALL_TABLES]:
        if database.one(f"PRAGMA {check}") != ("ok",):
            raise Corrupt


def _bring_up_to_date(database: Database) -> None:
    version = _version(database)
    if version == VERSION:
        return
    steps = MIGRATIONS[version - 1 :] if version else [schema(), f"PRAGMA application_id = {APPLICATION}"]
    database.script(";\n".join(["BEGIN IMMEDIATE", *steps, f"PRAGMA user_version = {VERSION}", "COMMIT"]))


def schema() -> str:
    """The SQL that makes an empty database of today's version."""
    from importlib.resources import files  # needed once in a database's life

    return files("lanchat.storage").joinpath("schema.sql").read_text("utf-8")
