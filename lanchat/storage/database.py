"""One connection to the database file: how it is opened, checked and brought up to date, and its transactions.

A connection is used only on the thread that opened it.
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
CHECKED_WHOLE_BYTES = 32_000_000  # a check of so many takes under 0.2 s; of a larger file only SMALL_TABLES are checked
VERSION_MOST = 1_000  # a higher version is damage, not a newer lanchat
_TOLD_BY_SQLITE = (sqlite3.Error, UnicodeDecodeError)  # the second: an error message that quotes damaged text
SMALL_TABLES = ("rooms", "members", "writers", "outbox", "counters", "standing")


class Database:
    """A connection: statements, transactions, and checks that the file is still the one that was opened."""

    def __init__(self, connection: sqlite3.Connection, suspect: Path | None = None) -> None:
        """`suspect`: the file to make when damage is found, so that the next start checks the whole database."""
        self.afterwards: Callable[[], None] = lambda: None  #: called after this was closed
        self.undone = 0  #: how many transactions were rolled back: what was remembered of rows before may be wrong
        self.file: Path | None = None  #: the file that must still be in its place before anything counts as written
        self._identity: tuple[int, int] | None = None
        self._content: list[Record] | None = None  # `_content_of` the file after our last look
        self._as_left = (0, 0, 0)  # our changes, the file's time and its size at that look
        self._settled = 0  # our changes when the write-ahead log was last written into the file
        self._connection = connection
        self._suspect = suspect
        self._open = False
        self._problem: StorageProblem | None = None
        connection.create_function("has_signs", 2, search_text.has_signs, deterministic=True)
        connection.create_function("is_message", 2, _is_message, deterministic=True)  # for a migration

    def all(self, sql: str, values: Values = ()) -> list[Record]:
        """Every row of the answer. Raises StorageProblem, as every method here does."""
        try:
            return self._connection.execute(sql, values).fetchall()
        except _TOLD_BY_SQLITE as error:
            self._raise_problem(error)
            raise

    def each(self, sql: str, values: Values = ()) -> Iterator[Record]:
        """Row by row: for long answers, and for the rows before a damaged one."""
        try:
            yield from self._connection.execute(sql, values)
        except _TOLD_BY_SQLITE as error:
            self._raise_problem(error)
            raise

    def one(self, sql: str, values: Values = ()) -> Record | None:
        """The first row, or None."""
        rows = self.all(sql, values)
        return rows[0] if rows else None

    def do(self, sql: str, values: Values = ()) -> None:
        """Execute a statement that has no answer."""
        self.all(sql, values)

    def changes(self, sql: str, values: Values = ()) -> int:
        """Execute a statement that has no answer; how many rows it changed, those of the index included."""
        before = self._connection.total_changes
        self.do(sql, values)
        return self._connection.total_changes - before

    def script(self, sql: str) -> None:
        """Execute several statements, which have their own BEGIN and COMMIT."""
        with in_plain_words():
            self._connection.executescript(sql)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is done inside is on the disk when this ends; nothing when it raises. Nested ones join the first."""
        if self._open:
            yield
            return
        self.do("BEGIN IMMEDIATE")
        self._open, self._problem = True, None
        try:
            self.require_file()
            yield
            self.require_file()
            if self._problem is not None:  # a caller inside caught it, and its work is incomplete
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
        """From now on, transactions require that the file at `path` is the one that is open now."""
        found = path.stat()
        self.file, self._identity = path, (found.st_dev, found.st_ino)
        self._look_at_content()

    def require_file(self) -> None:
        """Raises Removed when the open file is no longer in its place, or another was copied over it: what is written
        to it would be lost."""
        if self.file is None:
            return
        try:
            found = self.file.stat()
        except FileNotFoundError:
            raise Removed from None
        except OSError:
            return  # not certain: the next write will fail if it was removed
        if (found.st_dev, found.st_ino) != self._identity:
            raise Removed
        changes, *others = self._as_left
        if self._connection.total_changes == changes and [found.st_mtime_ns, found.st_size] != others:
            if _content_of(self.file) != self._content:
                raise Removed
            self._look_at_content()  # only its time was changed, or the file system reports it late

    def _look_at_content(self) -> None:
        """Remember the file's content while no change of ours is pending: a later difference is by another program."""
        if self.file is not None:
            with suppress(OSError):
                found = self.file.stat()
                self._content = _content_of(self.file)
                self._as_left = self._connection.total_changes, found.st_mtime_ns, found.st_size

    def settle(self) -> None:
        """Write the write-ahead log into the file, if needed, so that a copy of the file alone is complete."""
        if self._settled != self._connection.total_changes:
            self.require_file()
            self._settled = self._connection.total_changes
            self.do("PRAGMA wal_checkpoint(PASSIVE)")
            self._look_at_content()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of a transaction: when it raises, only this part is rolled back."""
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
        """If the open file was removed or replaced, write its content to a new file in the same folder.

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
        """The error to raise where damage was read. Marks the database, so that the next start checks all of it."""
        if self._suspect is not None:
            with suppress(OSError):
                data_folder.make_private_file(self._suspect)
        return Corrupt()

    def _raise_problem(self, error: sqlite3.Error | UnicodeDecodeError) -> None:
        """Raise the StorageProblem for `error`, if it is one."""
        problem = problem_of(error)
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            problem = Corrupt()  # our statements are fixed: a name is unknown only where the schema is damaged
        if problem is None:
            return
        if self._open:
            self._problem = problem
        if isinstance(problem, Corrupt):
            problem = self.found_damage()
        raise problem from error


def _content_of(path: Path) -> list[Record] | None:
    """What tells this database from another one, read from the file without its log; None where it cannot be read.

    Only SQLite may open the file: closing any other descriptor drops all locks that this process has on it
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
    """The file whose existence says that damage was seen in the database at `path`."""
    return path.with_name(path.name + ".suspect")


def _uri(path: Path, how: str) -> str:
    """The URI by which SQLite opens the file at `path`. `how`: its query, see https://sqlite.org/uri.html

    Not by Path.as_uri: for a Windows network share SQLite refuses its URI, and Python 3.14 loads urllib.request for it.
    """
    place = path.absolute().as_posix()
    return f"file://{'' if place.startswith('/') else '/'}{quote(os.fsencode(place), '/:')}?{how}"


def open_for_writing(path: Path, patience: float) -> Database:
    """The database at `path`, made when missing, checked, and brought to the newest version.

    `patience`: seconds to wait while another program locks it. Raises StorageProblem.
    """
    with in_plain_words():
        data_folder.make_private_file(path)  # else SQLite would make it and the files beside it readable by everybody
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
    """A connection that cannot write; it can be opened also on a read-only or full disk. Raises StorageProblem."""
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
    """`how`: the query of the URI, see `_uri`; "mode=rw" never makes a missing file."""
    with in_plain_words():
        connection = sqlite3.connect(_uri(path, how), uri=True, timeout=patience, isolation_level=None)
        database = Database(connection, suspect_mark(path))
        try:
            version = _version(database)
            if version > VERSION:
                raise TooNew
            if version < VERSION:  # by an older lanchat, or one that was stopped while it made the database
                open_for_writing(path, patience).close()
            database.script("PRAGMA query_only = 1; PRAGMA cache_size = -8000")
        except BaseException:
            database.close()
            raise
        return database


def look_at(path: Path) -> None:
    """Check that the database can be opened, and change nothing. Raises StorageProblem when it cannot."""
    with in_plain_words(), closing(sqlite3.connect(_uri(path, "mode=ro"), uri=True)) as connection:
        version = _version(Database(connection))
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    if version > VERSION:
        raise TooNew


def _open_aside(path: Path, patience: float) -> Database:
    """A connection to a copy in a temporary folder, which is removed when the connection is closed.

    Where SQLite cannot write, it can read no write-ahead log, and an older database cannot be brought up to date.
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
    """Raises Corrupt when SQLite finds damage, TooNew when a newer lanchat made the database."""
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
    """Make the tables of a new database, or apply the migrations to an older one."""
    version = _version(database)
    if version == VERSION:
        return
    steps = MIGRATIONS[version - 1 :] if version else [schema(), f"PRAGMA application_id = {APPLICATION}"]
    database.script(";\n".join(["BEGIN IMMEDIATE", *steps, f"PRAGMA user_version = {VERSION}", "COMMIT"]))


def schema() -> str:
    """The SQL that makes an empty database of the newest version."""
    from importlib.resources import files  # used only when a database is made

    return files("lanchat.storage").joinpath("schema.sql").read_text("utf-8")
