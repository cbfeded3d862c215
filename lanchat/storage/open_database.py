"""How a database is opened: made when missing, checked, and brought from an older version to today's by migrations.

MIGRATIONS[n - 1] is the SQL that leads from version n to n + 1; `schema.sql` makes a new database of today's version.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from lanchat.storage import data_folder
from lanchat.storage.database import Database, uri
from lanchat.storage.errors import Corrupt, DiskFull, NoAccess, ReadOnly, TooNew, in_plain_words

APPLICATION = 0x6C61_6E63  # "lanc", in the file's header
CHECKED_WHOLE_BYTES = 32_000_000  # a check of so many takes under 0.2 s; of a larger file only SMALL_TABLES are checked
VERSION_MOST = 1_000  # a higher version is damage, not a newer lanchat
_STATEMENTS = 300  # that stay prepared: of some there is one for each power of two of rows
SMALL_TABLES = ("rooms", "members", "writers", "outbox", "carried", "counters", "standing", "bookmarks",
                "guest_codes", "guest_keys")  # fmt: skip

MIGRATIONS: tuple[str, ...] = (
    "ALTER TABLE members ADD COLUMN verified_at INTEGER; ALTER TABLE outbox ADD COLUMN refused TEXT",
    "CREATE TABLE addresses (host TEXT NOT NULL, port INTEGER NOT NULL, "
    "room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, PRIMARY KEY (host, port)) STRICT",
    "ALTER TABLE rooms ADD COLUMN wanted_base INTEGER",
    "CREATE TABLE parts (room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, base INTEGER NOT NULL, "
    "base_head BLOB NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (room, base)) STRICT; "
    "INSERT INTO parts SELECT number, wanted_base, zeroblob(32), wanted_base FROM rooms WHERE wanted_base < base; "
    "ALTER TABLE rooms DROP COLUMN wanted_base",
    "CREATE TABLE indexed_before (id INTEGER PRIMARY KEY) STRICT; "
    "INSERT INTO indexed_before SELECT id FROM entries WHERE kind = 'text' AND body GLOB '*[^ -~]*'",
    # the tables are made anew, because SQLite cannot change the type of a column
    "ALTER TABLE entries RENAME TO older; "
    "CREATE TABLE entries (id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, entry_id BLOB NOT NULL, "
    "writer INTEGER NOT NULL, counter INTEGER NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL, "
    "sent_at INTEGER NOT NULL, received_at INTEGER NOT NULL, signature BLOB NOT NULL, head BLOB NOT NULL, target BLOB, "
    "is_message INTEGER NOT NULL DEFAULT 1) STRICT; "
    "INSERT INTO entries SELECT id, epoch, entry_id, writer, counter, kind, CAST(body AS BLOB), sent_at, received_at, "
    "signature, head, NULL, is_message(kind, CAST(body AS BLOB)) FROM older ORDER BY id; "
    "DROP TABLE older; "
    "CREATE UNIQUE INDEX entries_once ON entries (entry_id, writer); "
    "CREATE INDEX entries_silent ON entries (id) WHERE NOT is_message; "
    "ALTER TABLE outbox RENAME TO older; "
    "CREATE TABLE outbox (id INTEGER PRIMARY KEY, room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, "
    "entry_id BLOB NOT NULL, author BLOB NOT NULL, device_id BLOB NOT NULL, counter INTEGER NOT NULL, "
    "kind TEXT NOT NULL, body BLOB NOT NULL, sent_at INTEGER NOT NULL, signature BLOB NOT NULL, refused TEXT, "
    "target BLOB, UNIQUE (room, entry_id)) STRICT; "
    "INSERT INTO outbox SELECT id, room, entry_id, author, device_id, counter, kind, CAST(body AS BLOB), sent_at, "
    "signature, refused, NULL FROM older; "
    "DROP TABLE older",
    "ALTER TABLE entries ADD COLUMN erased BLOB; ALTER TABLE members ADD COLUMN profile BLOB",
    "ALTER TABLE rooms ADD COLUMN topic TEXT; "
    "ALTER TABLE rooms ADD COLUMN topic_entry INTEGER; "
    "CREATE INDEX entries_by_target ON entries (target) WHERE target IS NOT NULL; "
    "CREATE INDEX entries_by_writer ON entries (writer); "
    "CREATE TABLE changed (id INTEGER PRIMARY KEY, text TEXT, edited_at INTEGER NOT NULL DEFAULT 0, "
    "deleted_by INTEGER REFERENCES members, pinned INTEGER NOT NULL DEFAULT 0) STRICT; "
    "CREATE INDEX changed_pinned ON changed (id) WHERE pinned; "
    "CREATE TABLE reactions (message INTEGER NOT NULL, emoji TEXT NOT NULL, "
    "member INTEGER NOT NULL REFERENCES members, entry INTEGER NOT NULL, PRIMARY KEY (message, emoji, member)) "
    "STRICT, WITHOUT ROWID; "
    "ALTER TABLE outbox ADD COLUMN peer BLOB; ALTER TABLE outbox ADD COLUMN private_text TEXT; "
    "CREATE TABLE threads (id INTEGER PRIMARY KEY, room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, "
    "member INTEGER NOT NULL REFERENCES members, read_seq INTEGER NOT NULL DEFAULT 0, UNIQUE (room, member)) STRICT; "
    "CREATE TABLE private (id INTEGER PRIMARY KEY, thread INTEGER NOT NULL REFERENCES threads ON DELETE CASCADE, "
    "mine INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL) STRICT; "
    "CREATE INDEX private_in_order ON private (thread, id); "
    "CREATE UNIQUE INDEX private_closed ON private (thread) WHERE kind = '+sealed'; "
    "CREATE VIRTUAL TABLE private_words USING fts5 (body, content = '', columnsize = 0, prefix = '2 3', "
    "tokenize = \"unicode61 remove_diacritics 2 categories 'L* N* Co So'\"); "
    "CREATE TABLE sealed_before (id INTEGER PRIMARY KEY) STRICT; "
    "INSERT INTO sealed_before SELECT id FROM entries WHERE kind = '+sealed'; "
    "CREATE TABLE bookmarks (id INTEGER PRIMARY KEY, room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, "
    "entry_id BLOB NOT NULL, added_at INTEGER NOT NULL, UNIQUE (room, entry_id)) STRICT",
    "CREATE INDEX entries_offers ON entries (id) WHERE kind = 'file' AND is_message",
    "CREATE TABLE manifests (id INTEGER PRIMARY KEY, root BLOB NOT NULL UNIQUE, content BLOB NOT NULL) STRICT; "
    "CREATE TABLE files (id INTEGER PRIMARY KEY, root BLOB NOT NULL UNIQUE, standing TEXT NOT NULL, "
    "path BLOB NOT NULL, part BLOB NOT NULL, size INTEGER NOT NULL, done INTEGER NOT NULL, stamps BLOB NOT NULL, "
    "added_at INTEGER NOT NULL) STRICT; "
    "CREATE TABLE room_files (room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, entry_id BLOB NOT NULL, "
    "root BLOB NOT NULL, PRIMARY KEY (room, entry_id)) STRICT; "
    "CREATE INDEX room_files_by_root ON room_files (root); "
    "CREATE TABLE stored_files (id INTEGER PRIMARY KEY, root BLOB NOT NULL UNIQUE, size INTEGER NOT NULL, "
    "whole INTEGER NOT NULL, added_at INTEGER NOT NULL) STRICT",
    "ALTER TABLE private ADD COLUMN offer BLOB; ALTER TABLE outbox ADD COLUMN private_offer BLOB",
    "ALTER TABLE files ADD COLUMN key BLOB NOT NULL DEFAULT x''; "
    "ALTER TABLE files ADD COLUMN head BLOB NOT NULL DEFAULT x''",
    "ALTER TABLE rooms RENAME COLUMN host_key TO owner; "
    "ALTER TABLE rooms ADD COLUMN keeps BLOB; "
    "ALTER TABLE rooms ADD COLUMN passes BLOB NOT NULL DEFAULT x'90'; "
    "ALTER TABLE rooms ADD COLUMN generation INTEGER NOT NULL DEFAULT 0; "
    "ALTER TABLE rooms ADD COLUMN keepers TEXT NOT NULL DEFAULT 'anyone'; "
    "CREATE TABLE carried (id INTEGER PRIMARY KEY, room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, "
    "entry_id BLOB NOT NULL, author BLOB NOT NULL, device_id BLOB NOT NULL, counter INTEGER NOT NULL, "
    "kind TEXT NOT NULL, body BLOB NOT NULL, sent_at INTEGER NOT NULL, signature BLOB NOT NULL, target BLOB, "
    "erased BLOB, read INTEGER NOT NULL, refused TEXT, peer BLOB, private_kind TEXT, private_text TEXT, "
    "private_offer BLOB, UNIQUE (room, entry_id, author)) STRICT; "
    "CREATE TABLE read_before (id INTEGER PRIMARY KEY) STRICT; "
    "CREATE INDEX entries_bans ON entries (id) WHERE kind IN ('+ban', '+unban', '+role'); "
    "ALTER TABLE standing ADD COLUMN role BLOB; UPDATE standing SET banned = 2 WHERE banned",
    "CREATE TABLE left_in_index (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, body BLOB NOT NULL, text TEXT, "
    "version_5 INTEGER) STRICT",
    "ALTER TABLE rooms ADD COLUMN guest_port INTEGER NOT NULL DEFAULT 0; "
    "CREATE TABLE guest_codes (id INTEGER PRIMARY KEY, room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE, "
    "secret BLOB NOT NULL, made_at INTEGER NOT NULL, used_at INTEGER NOT NULL, ends_at INTEGER) STRICT; "
    "CREATE TABLE guest_keys (key BLOB NOT NULL, code INTEGER NOT NULL REFERENCES guest_codes ON DELETE CASCADE, "
    "PRIMARY KEY (code, key)) STRICT",
    "ALTER TABLE guest_keys RENAME TO older; "
    "CREATE TABLE guest_keys (key BLOB NOT NULL, code INTEGER NOT NULL REFERENCES guest_codes ON DELETE CASCADE, "
    "came_at INTEGER NOT NULL, PRIMARY KEY (code, key)) STRICT; "
    "INSERT INTO guest_keys SELECT key, code, 0 FROM older; DROP TABLE older",
)

VERSION = len(MIGRATIONS) + 1


def suspect_mark(path: Path) -> Path:
    """The file whose existence says that damage was seen in the database at `path`."""
    return path.with_name(path.name + ".suspect")


def open_for_writing(path: Path, patience: float) -> Database:
    """The database at `path`, made when missing, checked, and brought to the newest version.

    `patience`: seconds to wait while another program locks it. Raises StorageProblem.
    """
    with in_plain_words():
        data_folder.make_private_file(path)  # else SQLite would make it and the files beside it readable by everybody
        connection = sqlite3.connect(path, timeout=patience, isolation_level=None, cached_statements=_STATEMENTS)
        database = Database(connection, suspect_mark(path))
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
    """`how`: the query of the URI, see `uri`; "mode=rw" never makes a missing file."""
    with in_plain_words():
        connection = sqlite3.connect(uri(path, how), uri=True, timeout=patience, isolation_level=None)
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
    with in_plain_words(), closing(sqlite3.connect(uri(path, "mode=ro"), uri=True)) as connection:
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
