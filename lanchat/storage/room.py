"""RoomRecord: what is kept of a room besides its Log, and how it is a row. Disk thread for writing, any for reading."""

from __future__ import annotations

from dataclasses import dataclass

from lanchat.core.model import START, MemberKey, RoomId
from lanchat.storage.database import Database, Record
from lanchat.storage.entry_rows import Place

_COLUMNS = "room_id, title, host_key, passphrase, hosted, secret, address, port, read_seq, joined_at, last_used"


@dataclass(frozen=True, slots=True)
class RoomRecord:
    room_id: RoomId
    title: str
    host_key: MemberKey | None = None  #: the pin
    passphrase: bool = False  #: the room is known to have one
    hosted: bool = False  #: it is ours
    secret: bytes | None = None  #: host: what the passphrase became
    last_address: tuple[str, int] | None = None  #: where its host last answered
    read_seq: int = 0  #: read up to here; only goes forward
    joined_at: int = 0  #: ms
    last_used: int = 0  #: ms


def put(database: Database, record: RoomRecord) -> None:
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


def get(database: Database, room_id: RoomId) -> RoomRecord | None:
    row = database.one(f"SELECT {_COLUMNS} FROM rooms WHERE room_id = ?", (room_id,))
    return _record(row) if row else None


def every(database: Database) -> list[RoomRecord]:
    """All rooms, the last used first."""
    return [_record(row) for row in database.all(f"SELECT {_COLUMNS} FROM rooms ORDER BY last_used DESC, number")]


def put_address(database: Database, host: str, port: int, room: int) -> None:
    database.do("INSERT OR REPLACE INTO addresses (host, port, room) VALUES (?, ?, ?)", (host, port, room))


def addresses(database: Database) -> dict[tuple[str, int], RoomId]:
    """Which room answered at each address that was typed."""
    rows = database.all("SELECT a.host, a.port, rooms.room_id FROM addresses a JOIN rooms ON rooms.number = a.room")
    return {(host, port): RoomId(room_id) for host, port, room_id in rows}


def place(database: Database, room_id: RoomId) -> Place | None:
    """Where its entries are."""
    row = database.one("SELECT number FROM rooms WHERE room_id = ?", (room_id,))
    return Place(row[0], room_id) if row else None


def places(database: Database) -> list[Place]:
    """The places of all rooms."""
    return [Place(*row) for row in database.all("SELECT number, room_id FROM rooms ORDER BY number")]


def _record(row: Record) -> RoomRecord:
    room_id, title, host_key, passphrase, hosted, secret, address, port, read_seq, joined_at, last_used = row
    place = (address, port) if address is not None else None
    return RoomRecord(room_id, title, host_key, bool(passphrase), bool(hosted), secret, place, read_seq, joined_at,
                      last_used)  # fmt: skip
