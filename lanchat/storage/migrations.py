"""How an older database becomes today's: MIGRATIONS[n - 1] is the SQL that leads from version n to n + 1."""

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
)

VERSION = len(MIGRATIONS) + 1
