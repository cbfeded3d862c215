"""How an older database becomes today's: MIGRATIONS[n - 1] is the SQL that leads from version n to n + 1."""

from __future__ import annotations

MIGRATIONS: tuple[str, ...] = ()

VERSION = len(MIGRATIONS) + 1
