"""Rows of the codes with which phones come into a room, and of who came in with each. Disk thread.

They are kept until they are withdrawn or unused for `limits.GUEST_UNUSED_SECONDS`, so that whoever came in with one
comes back after lanchat was started again. A code's secret is in the database as it is, like what is derived from a
passphrase: who has the file has the room's history as well.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from lanchat.core import limits
from lanchat.core.model import MemberKey
from lanchat.storage.database import Database

_SENT_AWAY = -1  # in the place of a time: a column that may be NULL would make rows of other tables look like these


class GuestCodeRecord(Struct, frozen=True):
    """A code, and who came in with it."""

    secret: bytes
    made_at: int  #: ms
    ends_at: int | None  #: ms; from then on it lets nobody new in; None: until it is withdrawn
    used_at: int  #: ms; when it was made, or somebody came in with it last
    #: When each came in with it first: ms, 0: not known; None: they were sent away, and are not let in with it.
    keys: dict[MemberKey, int | None] = {}

    def __repr__(self) -> str:
        """For logs and failing tests: without the secret."""
        return f"GuestCodeRecord(ends_at={self.ends_at}, {len(self.keys)} came)"


def read_guest_codes(database: Database, room: int) -> list[GuestCodeRecord]:
    """Those of the room with this number, the oldest first. Raises StorageProblem."""
    rows = database.all(
        "SELECT id, secret, made_at, ends_at, used_at FROM guest_codes WHERE room = ? ORDER BY id DESC LIMIT ?",
        (room, limits.GUEST_CODES),
    )
    return [
        GuestCodeRecord(secret, made_at, ends_at, used_at, _keys(database, code))
        for code, secret, made_at, ends_at, used_at in reversed(rows)
    ]


def write_guest_codes(database: Database, room: int, codes: Iterable[GuestCodeRecord]) -> None:
    """The room with this number has these and no others from now on. Raises StorageProblem."""
    with database.transaction():
        database.do("DELETE FROM guest_codes WHERE room = ?", (room,))
        for code in codes:
            row = database.one(
                "INSERT INTO guest_codes (room, secret, made_at, ends_at, used_at) VALUES (?, ?, ?, ?, ?) RETURNING id",
                (room, code.secret, code.made_at, code.ends_at, code.used_at),
            )
            assert row is not None
            for key, came_at in code.keys.items():
                values = (key, row[0], _SENT_AWAY if came_at is None else came_at)
                database.do("INSERT INTO guest_keys (key, code, came_at) VALUES (?, ?, ?)", values)


def _keys(database: Database, code: int) -> dict[MemberKey, int | None]:
    found = database.all(
        "SELECT key, came_at FROM guest_keys WHERE code = ? ORDER BY came_at LIMIT ?", (code, limits.GUEST_KEYS)
    )
    return {MemberKey(key): None if came_at == _SENT_AWAY else came_at for key, came_at in found}
