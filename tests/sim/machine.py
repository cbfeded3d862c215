"""A machine's disk: an SQLite database in memory, which survives a crash of the program, and the product's Disk on it,
without its thread."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from random import Random
from typing import Any

from lanchat.core.model import Entry, EntryId, MemberKey, RoomId
from lanchat.engine.disk import Disk
from lanchat.storage.database import Database
from lanchat.storage.open_database import schema
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from sim.virtual_loop import VirtualLoop

ROOM = RoomId("simulatedroomaaa")
ROOM_NUMBER = 1
HOST = MemberKey(b"host".ljust(32, b"."))
OTHER_ROOM = RoomId("anotherroomaaaaa")
ELSEWHERE = EntryId(b"said elsewhere..")  #: the id of a message in the other room, on every disk

_ERRORS = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY)
_FAILS = 0.3  # of the statements that write, while the disk is full
_JOB_SECONDS = 0.2  # at the most, for a job and again until the program hears of it


class Medium(sqlite3.Connection):
    """What is written to it lasts. While it is `full`, statements that write fail now and then; COMMIT, too."""

    full: Random | None = None

    @cached_property
    def database(self) -> Database:
        return Database(self)

    @staticmethod
    def of(data: bytes) -> Medium:
        """A disk that holds what another one held."""
        medium = sqlite3.connect(":memory:", isolation_level=None, factory=Medium, cached_statements=1_000)
        medium.deserialize(data)
        medium.execute("PRAGMA foreign_keys = ON")  # as `storage.database` does
        return medium

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if self.full is not None and not sql.startswith("SELECT") and self.full.random() < _FAILS:
            if self.in_transaction and self.full.random() < 0.5:
                self.rollback()  # as SQLite does for some errors
            error = sqlite3.OperationalError("it fails now")
            error.sqlite_errorcode = self.full.choice(_ERRORS)
            raise error
        return super().execute(sql, parameters)

    def look(self, sql: str, *parameters: Any) -> list[Any]:
        """For the checker, who may always read."""
        return super().execute(sql, parameters).fetchall()


@cache
def _empty() -> bytes:
    with sqlite3.connect(":memory:", isolation_level=None) as connection:
        connection.executescript(schema())
        data = connection.serialize()
    connection.close()
    return data


@cache
def _filling(hosted: bool) -> list[tuple[str, list[Any]]]:
    """The statements that make what is on a medium to what is on a new one with the room on it, and their rows. Tables
    are emptied before those that they refer to, which were created before them."""
    medium = Medium.of(_empty())
    store = Store(medium.database)
    store.put_room(RoomRecord(ROOM, "a room", HOST, hosted=hosted))
    store.put_room(RoomRecord(OTHER_ROOM, "another room", hosted=True))
    said = Entry(ELSEWHERE, b"stranger".ljust(32, b"."), b"device--", 1, "text", None, b"hello", 1, bytes(64))
    store.log(OTHER_ROOM).append([said], 1)
    kinds = dict(medium.look("SELECT name, type FROM pragma_table_list WHERE schema = 'main'"))
    names = [name for (name,) in medium.look("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    created = [name for name in names if kinds[name] == "table"]  # not what is within an index
    indexes = [name for name in names if kinds[name] == "virtual"]
    rows = {name: medium.look(f"SELECT * FROM {name}") for name in created if not name.startswith("sqlite_")}
    texts = medium.look("SELECT id, body FROM entries")
    medium.close()
    marks = {name: ", ".join("?" * len(some[0])) for name, some in rows.items() if some}
    return [
        *((f"DELETE FROM {name}", []) for name in reversed(created)),
        *((f"INSERT INTO {name} ({name}) VALUES ('delete-all')", []) for name in indexes),
        *((f"INSERT INTO {name} VALUES ({marks[name]})", rows[name]) for name in marks),
        ("INSERT INTO words (rowid, body) VALUES (?, ?)", [(number, body.decode()) for number, body in texts]),
    ]


_used: list[Medium] = []
_spare: list[Medium] = []


def new_medium(hosted: bool) -> Medium:
    """An empty disk with the room on it. It may be one that an earlier history had: the statements that SQLite has
    compiled for it take more time than all that is done with them."""
    medium = _spare.pop() if _spare else Medium.of(_empty())
    medium.full = None
    medium.rollback()
    medium.database.undone, medium.database.erased = 0, False
    medium.look("BEGIN")
    for sql, rows in _filling(hosted):
        if rows:
            medium.executemany(sql, rows)
        else:
            medium.look(sql)
    medium.commit()
    _used.append(medium)
    return medium


@contextmanager
def media() -> Iterator[None]:
    """What new_medium gave is not needed any more when this ends."""
    for hosted in (True, False):  # the first of each takes time from the clock, which is right here still
        _filling(hosted)
    try:
        yield
    finally:
        _spare.extend(_used)
        _used.clear()


class LoopDisk(Disk):
    """The product's Disk, except that its jobs are done on the loop: one after the other, after a while, and what gave
    a job hears of it later still, so that a crash may come between."""

    def __init__(self, loop: VirtualLoop, medium: Medium, done: Callable[[], None]) -> None:
        """`done` is called after each job."""
        super().__init__()
        self._loop: VirtualLoop = loop
        self._store = Store(medium.database)
        self._medium = medium
        self._done = done
        self._busy = False
        self._dead = False
        self.frozen = False

    def crash(self) -> None:
        """What was not committed is lost, and what waits is never done."""
        self._dead = True
        self._medium.rollback()

    def thaw(self) -> None:
        self.frozen = False
        self._next_soon()

    def _give(self, to: Any, job: Callable[[], Any]) -> asyncio.Future[Any]:
        answer = self._loop.create_future()
        to.append((job, answer))
        self._next_soon()
        return answer

    def _next_soon(self) -> None:
        if not self._busy and not self.frozen and (self._work or self._lookups):
            self._busy = True
            self._loop.call_later(self._loop.delay(_JOB_SECONDS), self._do_next)

    def _do_next(self) -> None:
        if self._dead:
            return
        job, answer = (self._work or self._lookups).popleft()
        try:
            result, error = job(), None
        except Exception as raised:  # noqa: BLE001 - raised again where the job was given
            result, error = None, raised
        self._done()
        self._loop.call_later(self._loop.delay(_JOB_SECONDS), self._answer, answer, result, error)

    def _answer(self, answer: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
        if self._dead:
            return
        if error is not None and not answer.done():
            answer.set_exception(error)
        elif not answer.done():
            answer.set_result(result)
        self._busy = False
        self._next_soon()
