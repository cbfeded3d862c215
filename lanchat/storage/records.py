"""Records: what is kept of rooms besides their Logs, and of members, as Store and Reader read it. Any thread."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import get_args

import msgspec
from msgspec import Struct

from lanchat.core.keeping import Keepers, Passes, Rank, read_role
from lanchat.core.model import Card, Entry, MemberKey, RoomId
from lanchat.core.standing import Standing
from lanchat.storage.database import Database, Record
from lanchat.storage.entry_rows import Place
from lanchat.storage.guest_code_rows import GuestCodeRecord, read_guest_codes

_CARD = "SELECT key, nick, revision, signature, coalesce(profile, x'') FROM members WHERE nick IS NOT NULL"
ROOM_COLUMNS = (
    "room_id, title, owner, passphrase, hosted, secret, address, port, read_seq, joined_at, last_used, passes, "
    "generation, keepers"
)

_passes = msgspec.msgpack.Decoder(Passes).decode
_entry = msgspec.msgpack.Decoder(Entry).decode


def now_ms() -> int:
    """Milliseconds since 1970 by the wall clock: for display and for what was used last, never for order in a Log."""
    return time.time_ns() // 1_000_000


class RoomRecord(Struct, frozen=True):
    """What is kept of one room besides its Log."""

    room_id: RoomId
    title: str
    owner: MemberKey | None = None  #: the pin: the key that founded the room
    passphrase: bool = False  #: the room is known to have one
    hosted: bool = False  #: we are its owner
    secret: bytes | None = None  #: what was derived from the passphrase, if we know that
    last_address: tuple[str, int] | None = None  #: where its keeper last answered
    read_seq: int = 0  #: the person has read up to here; `put_room` keeps it
    joined_at: int = 0  #: ms
    last_used: int = 0  #: ms
    passes: Passes = ()  #: the chain that entitles us to keep the room open
    generation: int = 0  #: of the passphrase; passes of an older one are void
    keepers: Keepers = "anyone"  #: of a room of ours
    keeps: Entry | None = None  #: the newest that says who keeps the room open; `put_room` keeps it


class Records:
    """Every method may raise StorageProblem."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- rooms -------------------------------------------------------------------------------------------------------
    def rooms(self) -> list[RoomRecord]:
        """All rooms, the last used first."""
        rows = self._database.all(f"SELECT {ROOM_COLUMNS}, keeps FROM rooms ORDER BY last_used DESC, number")
        return [_record(row) for row in rows]

    def room(self, room_id: RoomId) -> RoomRecord | None:
        row = self._database.one(f"SELECT {ROOM_COLUMNS}, keeps FROM rooms WHERE room_id = ?", (room_id,))
        return _record(row) if row else None

    def place(self, room_id: RoomId) -> Place | None:
        """Where the room's entries are; None for a room that is not kept."""
        row = self._database.one("SELECT number FROM rooms WHERE room_id = ?", (room_id,))
        return Place(row[0], room_id) if row else None

    def places(self) -> list[Place]:
        """The places of all rooms."""
        return [Place(*row) for row in self._database.all("SELECT number, room_id FROM rooms ORDER BY number")]

    def guest_codes(self, room_id: RoomId) -> list[GuestCodeRecord]:
        """The codes with which phones come into the room, the oldest first."""
        place = self.place(room_id)
        return read_guest_codes(self._database, place.number) if place is not None else []

    def guest_port(self, room_id: RoomId) -> int:
        """Where the room's page for phones was last; 0: nowhere."""
        row = self._database.one("SELECT guest_port FROM rooms WHERE room_id = ?", (room_id,))
        return int(row[0]) if row else 0

    def addresses(self) -> dict[tuple[str, int], RoomId]:
        """Which room answered at each address that was typed."""
        rows = self._database.all("SELECT a.host, a.port, r.room_id FROM addresses a JOIN rooms r ON r.number = a.room")
        return {(host, port): RoomId(room_id) for host, port, room_id in rows}

    # --- members -----------------------------------------------------------------------------------------------------
    def card(self, key: MemberKey) -> Card | None:
        """The newest card of a member; None when none was ever received."""
        row = self._database.one(f"{_CARD} AND key = ?", (key,))
        return Card(*row) if row else None

    def cards(self, keys: Iterable[MemberKey]) -> list[Card]:
        """The newest cards of these members, as far as they are here."""
        return [card for card in map(self.card, keys) if card is not None]

    def carded(self) -> set[MemberKey]:
        """The members whose card is here."""
        return self._keys("SELECT key FROM members WHERE nick IS NOT NULL")

    def all_cards(self) -> list[Card]:
        """The newest card of everybody whose card is here."""
        return [Card(*row) for row in self._database.all(_CARD)]

    def nicks(self) -> dict[MemberKey, str]:
        """The nicks of all members whose card is here, as they gave them."""
        return {MemberKey(key): nick for key, nick, *_rest in self._database.all(_CARD)}

    def uncarded(self, room_id: RoomId) -> set[MemberKey]:
        """The members who wrote in this room and have no card here, because it could not be kept (a full disk)."""
        return self._keys(
            "SELECT m.key FROM writers w JOIN members m ON m.id = w.member JOIN rooms r ON r.number = w.room "
            "WHERE r.room_id = ? AND m.nick IS NULL",
            room_id,
        )

    def first_seen(self, key: MemberKey) -> int | None:
        """When this member was first met, ms; None: never."""
        row = self._database.one("SELECT first_seen FROM members WHERE key = ?", (key,))
        return int(row[0]) if row else None

    def verified(self) -> set[MemberKey]:
        """The members with whom the person compared keys."""
        return self._keys("SELECT key FROM members WHERE verified_at IS NOT NULL")

    def admitted(self, room_id: RoomId) -> set[MemberKey]:
        """The members who need not prove again to us, the room's host, that they know the passphrase."""
        return self._keys(
            "SELECT s.key FROM standing s JOIN rooms r ON r.number = s.room WHERE r.room_id = ? AND s.admitted", room_id
        )

    def banned(self, room_id: RoomId) -> set[MemberKey]:
        """The members who were banned from the room."""
        return self._keys(
            "SELECT s.key FROM standing s JOIN rooms r ON r.number = s.room WHERE r.room_id = ? AND s.banned", room_id
        )

    def standing(self, room_id: RoomId) -> Standing:
        """Who is banned from the room, and who has which role in it."""
        place = self.place(room_id)
        return standing(self._database, place.number) if place is not None else Standing(None)

    def standings(self) -> dict[RoomId, Standing]:
        """The same of all rooms."""
        return {place.room_id: standing(self._database, place.number) for place in self.places()}

    def _keys(self, sql: str, *values: str) -> set[MemberKey]:
        return {MemberKey(key) for (key,) in self._database.all(sql, values)}


def _record(row: Record) -> RoomRecord:
    room_id, title, owner, passphrase, hosted, secret, address, port, read_seq, joined_at, last_used, *others = row
    passes, generation, keepers, keeps = others
    where = (address, port) if address is not None else None
    return RoomRecord(
        room_id, title, owner, bool(passphrase), bool(hosted), secret, where, read_seq, joined_at, last_used,
        read_passes(passes), generation, keepers if keepers in get_args(Keepers) else "nobody",
        read_kept_entry(keeps),
    )  # fmt: skip


def read_passes(packed: bytes) -> Passes:
    """The passes in a row; none where damage left something else."""
    try:
        return _passes(packed)
    except msgspec.DecodeError:
        return ()


def read_kept_entry(packed: bytes | None) -> Entry | None:
    """The entry in a row; None where there is none, or damage left something else."""
    try:
        return None if packed is None else _entry(packed)
    except msgspec.DecodeError:
        return None


def standing(database: Database, room: int) -> Standing:
    """Who is banned from the room with this number, and who has which role in it, as the Log on disk says."""
    owner = database.one("SELECT owner FROM rooms WHERE number = ?", (room,))
    found = database.all(
        "SELECT key, banned, role FROM standing WHERE room = ? AND (banned OR role IS NOT NULL)", (room,)
    )
    bans = {MemberKey(key): Rank(min(banned, Rank.OWNER)) for key, banned, _role in found if banned}
    roles = {MemberKey(key): role for key, _banned, body in found if body and (role := read_role(body)) is not None}
    return Standing(owner[0] if owner else None, bans, roles)


def set_standing(database: Database, room: int, key: bytes, column: str, value: int | bytes | None) -> None:
    """Keep of a member of the room with this number: 1 or 0, whether they are "admitted"; the Rank of who "banned"
    them, or 0; the body of the entry that gave them their "role". Disk thread."""
    database.do(
        f"INSERT INTO standing (room, key, {column}) VALUES (?, ?, ?) "
        f"ON CONFLICT (room, key) DO UPDATE SET {column} = excluded.{column}",
        (room, key, value),
    )


def member_number(database: Database, key: bytes) -> int:
    """The id of the member's row, which is made if there is none. Disk thread."""
    row = database.one("SELECT id FROM members WHERE key = ?", (key,)) or database.one(
        "INSERT INTO members (key, first_seen) VALUES (?, ?) RETURNING id", (key, now_ms())
    )
    assert row is not None
    return int(row[0])
