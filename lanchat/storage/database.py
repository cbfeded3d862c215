"""One connection to the database file: statements, transactions, and whether the file is still the one that was opened.

A connection is used only on the thread that opened it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from lanchat.core.content import decode, is_message
from lanchat.core.file_offer import read_offer
from lanchat.storage import data_folder, search_text
from lanchat.storage.errors import (
    Corrupt,
    Removed,
    StorageProblem,
    in_plain_words,
    problem_of,
)

Value: TypeAlias = int | str | bytes | None
Record: TypeAlias = tuple[Any, ...]
Values: TypeAlias = Sequence[Value] | Mapping[str, Value]

_TOLD_BY_SQLITE = (sqlite3.Error, UnicodeDecodeError)  # the second: an error message that quotes damaged text


class Database:
    """A connection: statements, transactions, and checks that the file is still the one that was opened."""

    def __init__(self, connection: sqlite3.Connection, suspect: Path | None = None) -> None:
        """`suspect`: the file to make when damage is found, so that the next start checks the whole database."""
        self.afterwards: Callable[[], None] = lambda: None  #: called after this was closed
        self.undone = 0  #: how many transactions were rolled back: what was remembered of rows before may be wrong
        self.erased = False  #: texts were erased; their words are still in old parts of the index
        self.left_in_index = True  #: perhaps words of messages are in the index that are not here: see `search_index`
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
        connection.create_function("has_link", 1, search_text.has_link, deterministic=True)
        connection.create_function("offer_words", 1, _offer_words, deterministic=True)
        connection.create_function("offers_picture", 1, _offers_picture, deterministic=True)
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

    def empty_log(self) -> bool:
        """Leave nothing in the write-ahead log, in which erased texts may still be. False: not now, as somebody else
        reads; that is not waited for."""
        found = self.one("PRAGMA busy_timeout")
        self.do("PRAGMA busy_timeout = 0")
        try:
            busy = self.one("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self.do(f"PRAGMA busy_timeout = {found[0] if found else 0}")
        return not (busy and busy[0])

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
    with suppress(sqlite3.Error), closing(sqlite3.connect(uri(path, "immutable=1"), uri=True)) as file:
        newest = "SELECT id, head FROM entries ORDER BY id DESC LIMIT 1"
        queries = "PRAGMA page_count", "SELECT room_id, epoch, base, read_seq FROM rooms", newest
        return [row for query in queries for row in file.execute(query)]
    return None


def _is_message(kind: str, body: bytes) -> bool:
    return is_message(decode(kind, body))


def _offer_words(body: bytes) -> bytes:
    offer = read_offer(body)
    return b"" if offer is None else offer.words.encode("utf-8", "replace")


def _offers_picture(body: bytes) -> bool:
    offer = read_offer(body)
    return offer is not None and offer.is_picture


def uri(path: Path, how: str) -> str:
    """The URI by which SQLite opens the file at `path`. `how`: its query, see https://sqlite.org/uri.html

    Not by Path.as_uri: for a Windows network share SQLite refuses its URI, and Python 3.14 loads urllib.request for it.
    """
    place = path.absolute().as_posix()
    return f"file://{'' if place.startswith('/') else '/'}{quote(os.fsencode(place), '/:')}?{how}"
