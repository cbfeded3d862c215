"""Migrations: the SQL that brings an older database to the newest version. MIGRATIONS[n - 1] leads from n to n + 1."""

from __future__ import annotations

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
)

VERSION = len(MIGRATIONS) + 1
