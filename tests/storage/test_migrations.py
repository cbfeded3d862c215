"""A database of an older lanchat becomes one of today's. `version_1.sql` is frozen: it is what people have."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from people import KITCHEN, open_store

from lanchat.core.model import START, Card, DeviceId, Entry, MemberKey, next_head
from lanchat.storage import data_folder, open_database
from lanchat.storage.reader import Reader
from lanchat.storage.store import Store

VERSION_1 = Path(__file__).with_name("version_1.sql").read_text("utf-8")
ENTRY = Entry(b"\xdd" * 16, b"\xbb" * 32, b"\xcc" * 8, 9, "text", None, "hello from Łódź".encode(), 1000, bytes(64))
HEAD = next_head(START, KITCHEN, 1, 1, 1001, ENTRY)

TODAY = open_database.VERSION


def make_version_1(folder: Path) -> None:
    """A database as version 1 left it, with something in every table."""
    with closing(sqlite3.connect(folder / data_folder.DATABASE)) as old:
        old.executescript("PRAGMA journal_mode = WAL;" + VERSION_1)
        old.executescript(f"""
            INSERT INTO rooms VALUES (7, '{KITCHEN}', 'Kitchen', x'{"aa" * 32}', 1, 0, NULL, '10.0.0.7', 29747, 2, 5, 6,
                                      1, 0, zeroblob(32));
            INSERT INTO members VALUES (3, x'{"bb" * 32}', 77, 'Ana', 4, zeroblob(64));
            INSERT INTO writers VALUES (5, 7, 3, x'{"cc" * 8}', 9);
            INSERT INTO entries VALUES ((7 << 40) | 1, 1, x'{"dd" * 16}', 5, 9, 'text', 'hello from Łódź', 1000, 1001,
                                        zeroblob(64), x'{HEAD.hex()}');
            INSERT INTO words (rowid, body) VALUES ((7 << 40) | 1, 'hello from Łódź');
            INSERT INTO outbox VALUES (1, 7, x'{"ff" * 16}', x'{"bb" * 32}', x'{"cc" * 8}', 10, 'text', 'waits', 1002,
                                       zeroblob(64));
            INSERT INTO counters VALUES ('{KITCHEN}', x'{"cc" * 8}', 10);
            INSERT INTO standing VALUES (7, x'{"bb" * 32}', 1, 0);
            PRAGMA user_version = 1;
        """)


def shape(folder: Path) -> dict[str, str]:
    """Every table and index, as SQL without comments and spacing."""
    with closing(sqlite3.connect(folder / data_folder.DATABASE)) as made:
        found = made.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    return {name: re.sub(r"\s+", "", re.sub("--.*", "", sql)) for name, sql in found}


def test_everything_of_version_1_is_there_afterwards(tmp_path: Path) -> None:
    make_version_1(tmp_path)
    ana, device = MemberKey(b"\xbb" * 32), DeviceId(b"\xcc" * 8)
    with open_store(tmp_path) as store:
        record = store.room(KITCHEN)
        assert record is not None
        assert (record.title, record.owner, record.last_address) == ("Kitchen", b"\xaa" * 32, ("10.0.0.7", 29747))
        assert (record.passes, record.generation, record.keepers, record.keeps) == ((), 0, "anyone", None)
        assert [item.entry for item in store.log(KITCHEN).after(0, 10)] == [ENTRY]
        assert [entry.body for entry in store.outbox(KITCHEN).waiting()] == [b"waits"]
        assert store.outbox(KITCHEN).next_counter(device) == 11
        assert store.cards([ana]) == [Card(ana, "Ana", 4, bytes(64))]
        assert store.first_seen(ana) == 77
        assert store.admitted(KITCHEN) == {ana}
        reader = Reader.open(tmp_path)
        assert [hit.message.seq for hit in reader.search("hello")] == [1]
        assert store.verified() == set()
        assert reader.refused(KITCHEN) == []
        reader.close()


def test_an_old_index_is_brought_up_to_date_while_nothing_else_is_to_be_done(tmp_path: Path) -> None:
    make_version_1(tmp_path)
    with closing(Store.open(tmp_path)) as store, closing(Reader.open(tmp_path)) as reader:
        assert [reader.search(word) for word in ("lodz",)] == [[]]
        while not store.settle():
            pass
        for word in ("hello", "lodz", "łódź"):
            assert [hit.message.seq for hit in reader.search(word)] == [1]
        store.forget_room(KITCHEN)


@pytest.mark.parametrize("settled", [False, True])
def test_nothing_of_a_forgotten_room_stays_in_an_old_index(tmp_path: Path, settled: bool) -> None:
    make_version_1(tmp_path)
    with closing(Store.open(tmp_path)) as store:
        assert not (settled and store.settle())
        store.forget_room(KITCHEN)
    with closing(sqlite3.connect(tmp_path / data_folder.DATABASE)) as made:
        made.execute("CREATE VIRTUAL TABLE terms USING fts5vocab (words, row)")
        assert made.execute("SELECT term FROM terms").fetchall() == []


def test_what_a_damaged_database_of_version_1_has_is_read(tmp_path: Path) -> None:
    make_version_1(tmp_path)
    (tmp_path / f"{data_folder.DATABASE}-wal").unlink(missing_ok=True)
    with (tmp_path / data_folder.DATABASE).open("r+b") as file:
        file.write(bytes(4096))
    with closing(Store.open(tmp_path)) as store:
        assert store.notices
        assert store.room(KITCHEN) is not None
        assert [item.entry for item in store.log(KITCHEN).after(0, 10)] == [ENTRY]


def test_an_old_database_and_a_new_one_are_alike(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    make_version_1(tmp_path / "old")
    for folder in ("old", "new"):
        Store.open(tmp_path / folder).close()
    assert shape(tmp_path / "old") == shape(tmp_path / "new")


def next_version(monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    monkeypatch.setattr(open_database, "MIGRATIONS", (*open_database.MIGRATIONS, sql))
    monkeypatch.setattr(open_database, "VERSION", TODAY + 1)


def version(folder: Path) -> int:
    with closing(sqlite3.connect(folder / data_folder.DATABASE)) as made:
        return int(made.execute("PRAGMA user_version").fetchone()[0])


def test_a_migration_runs_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_version_1(tmp_path)
    next_version(monkeypatch, "ALTER TABLE rooms ADD COLUMN colour TEXT; UPDATE rooms SET colour = 'red'")
    for _ in range(2):
        Store.open(tmp_path).close()
    assert version(tmp_path) == TODAY + 1
    assert "colourTEXT" in shape(tmp_path)["rooms"]


def test_a_reader_may_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_version_1(tmp_path)
    next_version(monkeypatch, "ALTER TABLE rooms ADD COLUMN colour TEXT")
    with closing(Reader.open(tmp_path)) as reader:
        assert [record.room_id for record in reader.rooms()] == [KITCHEN]
    assert version(tmp_path) == TODAY + 1


def test_a_database_that_was_being_made_when_lanchat_was_killed(tmp_path: Path) -> None:
    (tmp_path / data_folder.DATABASE).touch()
    with closing(Reader.open(tmp_path)) as reader:
        assert reader.rooms() == []
    Store.open(tmp_path).close()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_version_1(tmp_path)
    Store.open(tmp_path).close()
    before = shape(tmp_path)
    next_version(monkeypatch, "ALTER TABLE rooms ADD COLUMN colour TEXT; DROP TABLE not_there")
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        Store.open(tmp_path)
    assert shape(tmp_path) == before
    assert version(tmp_path) == TODAY
