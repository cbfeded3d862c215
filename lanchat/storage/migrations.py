"""How an older database becomes today's: MIGRATIONS[n - 1] is the SQL that leads from version n to n + 1."""

from __future__ import annotations

MIGRATIONS: tuple[str, ...] = (
    "ALTER TABLE members ADD COLUMN verified_at INTEGER; ALTER TABLE outbox ADD COLUMN refused TEXT",
)

VERSION = len(MIGRATIONS) + 1
