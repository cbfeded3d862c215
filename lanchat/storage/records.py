"""Records: the rows about rooms, besides their Logs, and about members: when each was met, and their newest card.

Disk thread for writing, any for reading.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from lanchat.core.model import START, Card, MemberKey, RoomId
from lanchat.storage.database import Database, Record
from lanchat.storage.entry_rows import Place

Standing: TypeAlias = Literal["admitted", "banned"]  #: what a host may decide about a member: the names of the columns

_CARD = "SELECT key, nick, revision, signature FROM members WHERE nick IS NOT NULL"
_COLUMNS = "room_id, title, host_key, passphrase, hosted, secret, address, port, read_seq, joined_at, last_used"


def now_ms() -> int:
    """Milliseconds since 1970 by the wall clock: for display and for what was used last, never for order in a Log."""
    return time.time_ns() // 1_000_000


# --- members ---------------------------------------------------------------------------------------------------------
def member_number(database: Database, key: bytes) -> int:
    """The id of the member's row, which is made if there is none."""
    row = database.one("SELECT id FROM members WHERE key = ?", (key,)) or database.one(
        "INSERT INTO members (key, first_seen) VALUES (?, ?) RETURNING id", (key, now_ms())
    )
    assert row is not None
    return int(row[0])


def put_cards(database: Database, cards: Iterable[Card]) -> None:
    """Keep each card, unless a later card of the same key is here."""
    with database.transaction():
        for card in cards:
            database.do(
                "UPDATE members SET nick = ?, revision = ?, signature = ? "
                "WHERE id = ? AND (revision IS NULL OR revision < ?)",
                (card.nick, card.revision, card.signature, member_number(database, card.key), card.revision),
            )


def card(database: Database, key: MemberKey) -> Card | None:
    """The newest card of a member; None when none was ever received."""
    row = database.one(f"{_CARD} AND key = ?", (key,))
    return Card(*row) if row else None


def cards(database: Database) -> list[Card]:
    """The newest card of every member who has one here."""
    return [Card(*row) for row in database.all(_CARD)]


def carded(database: Database) -> set[MemberKey]:
    """The members whose card is here."""
    return {MemberKey(key) for (key,) in database.all("SELECT key FROM members WHERE nick IS NOT NULL")}


def uncarded(database: Database, room: int) -> list[MemberKey]:
    """The members who wrote in this room and have no card here, because it could not be kept (a full disk)."""
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
    """The members with whom the person compared keys."""
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
    """The members about whom the host decided this."""
    return {MemberKey(key) for (key,) in database.all(f"SELECT key FROM standing WHERE room = ? AND {what}", (room,))}


# --- rooms -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class RoomRecord:
    """What is kept of one room besides its Log."""

    room_id: RoomId
    title: str
    host_key: MemberKey | None = None  #: the pin
    passphrase: bool = False  #: the room is known to have one
    hosted: bool = False  #: we are its host
    secret: bytes | None = None  #: at the host: what was derived from the passphrase
    last_address: tuple[str, int] | None = None  #: where its host last answered
    read_seq: int = 0  #: the person has read up to here; never goes back
    joined_at: int = 0  #: ms
    last_used: int = 0  #: ms


def put_room(database: Database, record: RoomRecord) -> None:
    address, port = record.last_address or (None, None)
    database.do(
        f"INSERT INTO rooms ({_COLUMNS}, epoch, base, base_head) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 0, ?) "
        "ON CONFLICT (room_id) DO UPDATE SET title = excluded.title, host_key = excluded.host_key, "
        "passphrase = excluded.passphrase, hosted = excluded.hosted, secret = excluded.secret, "
        "address = excluded.address, port = excluded.port, read_seq = max(rooms.read_seq, excluded.read_seq), "
        "joined_at = excluded.joined_at, last_used = excluded.last_used",
        (record.room_id, record.title, record.host_key, int(record.passphrase), int(record.hosted), record.secret,
         address, port, record.read_seq, record.joined_at, record.last_used, START),
    )  # fmt: skip


def mark_read(database: Database, room_id: RoomId, seq: int) -> None:
    database.do("UPDATE rooms SET read_seq = ? WHERE room_id = ? AND read_seq < ?", (seq, room_id, seq))


def room_record(database: Database, room_id: RoomId) -> RoomRecord | None:
    row = database.one(f"SELECT {_COLUMNS} FROM rooms WHERE room_id = ?", (room_id,))
    return _record(row) if row else None


def room_records(database: Database) -> list[RoomRecord]:
    """All rooms, the last used first."""
    return [_record(row) for row in database.all(f"SELECT {_COLUMNS} FROM rooms ORDER BY last_used DESC, number")]


def put_address(database: Database, host: str, port: int, room: int) -> None:
    database.do("INSERT OR REPLACE INTO addresses (host, port, room) VALUES (?, ?, ?)", (host, port, room))


def addresses(database: Database) -> dict[tuple[str, int], RoomId]:
    """Which room answered at each address that was typed."""
    rows = database.all("SELECT a.host, a.port, rooms.room_id FROM addresses a JOIN rooms ON rooms.number = a.room")
    return {(host, port): RoomId(room_id) for host, port, room_id in rows}


def room_place(database: Database, room_id: RoomId) -> Place | None:
    """Where the room's entries are; None for a room that is not kept."""
    row = database.one("SELECT number FROM rooms WHERE room_id = ?", (room_id,))
    return Place(row[0], room_id) if row else None


def room_places(database: Database) -> list[Place]:
    """The places of all rooms."""
    return [Place(*row) for row in database.all("SELECT number, room_id FROM rooms ORDER BY number")]


def _record(row: Record) -> RoomRecord:
    room_id, title, host_key, passphrase, hosted, secret, address, port, read_seq, joined_at, last_used = row
    place = (address, port) if address is not None else None
    return RoomRecord(room_id, title, host_key, bool(passphrase), bool(hosted), secret, place, read_seq, joined_at,
                      last_used)  # fmt: skip
