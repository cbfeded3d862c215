"""Members as rows: who was met, and the newest card of each. Disk thread for writing, any for reading."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Literal, TypeAlias

from lanchat.core.model import Card, MemberKey
from lanchat.storage.database import Database

Standing: TypeAlias = Literal["admitted", "banned"]  #: what a host may decide about a member, by column

_CARD = "SELECT key, nick, revision, signature FROM members WHERE nick IS NOT NULL"


def now_ms() -> int:
    """The wall clock, Unix epoch: for display and for what was used last, never for order in a Log."""
    return time.time_ns() // 1_000_000


def member_number(database: Database, key: bytes) -> int:
    """The member's row, made at the first meeting."""
    row = database.one("SELECT id FROM members WHERE key = ?", (key,)) or database.one(
        "INSERT INTO members (key, first_seen) VALUES (?, ?) RETURNING id", (key, now_ms())
    )
    assert row is not None
    return int(row[0])


def put_cards(database: Database, cards: Iterable[Card]) -> None:
    """Keep each card unless a later one of the same key is here."""
    with database.transaction():
        for card in cards:
            database.do(
                "UPDATE members SET nick = ?, revision = ?, signature = ? "
                "WHERE id = ? AND (revision IS NULL OR revision < ?)",
                (card.nick, card.revision, card.signature, member_number(database, card.key), card.revision),
            )


def card(database: Database, key: MemberKey) -> Card | None:
    """The newest card of a member; None when it was never seen."""
    row = database.one(f"{_CARD} AND key = ?", (key,))
    return Card(*row) if row else None


def cards(database: Database) -> list[Card]:
    """The newest card of everyone ever met."""
    return [Card(*row) for row in database.all(_CARD)]


def carded(database: Database) -> set[MemberKey]:
    """Everybody whose card is here."""
    return {MemberKey(key) for (key,) in database.all("SELECT key FROM members WHERE nick IS NOT NULL")}


def uncarded(database: Database, room: int) -> list[MemberKey]:
    """Who wrote in this room, and has no card here: it was not kept, as on a full disk."""
    found = database.all(
        "SELECT DISTINCT key FROM writers JOIN members ON members.id = member WHERE room = ? AND nick IS NULL", (room,)
    )
    return [MemberKey(key) for (key,) in found]


def first_seen(database: Database, key: MemberKey) -> int | None:
    row = database.one("SELECT first_seen FROM members WHERE key = ?", (key,))
    return int(row[0]) if row else None


def set_verified(database: Database, key: MemberKey, holds: bool) -> None:
    database.do(
        "UPDATE members SET verified_at = ? WHERE id = ?",
        (now_ms() if holds else None, member_number(database, key)),
    )


def verified(database: Database) -> set[MemberKey]:
    """Everybody with whom the person compared keys."""
    return {MemberKey(key) for (key,) in database.all("SELECT key FROM members WHERE verified_at IS NOT NULL")}


def set_standing(database: Database, room: int, key: MemberKey, what: Standing, holds: bool) -> None:
    database.do(
        f"INSERT INTO standing (room, key, {what}) VALUES (?, ?, ?) "
        f"ON CONFLICT (room, key) DO UPDATE SET {what} = excluded.{what}",
        (room, key, int(holds)),
    )


def drop_standing(database: Database, room: int, what: Standing) -> None:
    database.do(f"UPDATE standing SET {what} = 0 WHERE room = ?", (room,))


def with_standing(database: Database, room: int, what: Standing) -> set[MemberKey]:
    """Everybody of whom this was decided."""
    return {MemberKey(key) for (key,) in database.all(f"SELECT key FROM standing WHERE room = ? AND {what}", (room,))}
