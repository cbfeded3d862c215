"""Targets: what the rules of `core.message` need to know of the messages that some annotations are about.

It is read from disk for all of them at once, because a query for each would take longer than everything else that is
done for an annotation. Whoever lets annotations in, or lets them have their effect, says so here, so that the next one
meets what is then so. Disk thread, in a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from functools import cache

from msgspec import Struct

from lanchat.core.codes import RejectCode
from lanchat.core.content import Annotation, BanChange, Deletion, ReactionChange, Text, decode
from lanchat.core.keeping import RoleChange
from lanchat.core.message import Target, change_fault, makes_message
from lanchat.core.model import Entry, MemberKey
from lanchat.core.standing import Standing
from lanchat.storage import entry_rows, records
from lanchat.storage.database import Database
from lanchat.storage.entry_rows import SEQ_MOST, entry_number

#: One index look-up for each emoji, where DISTINCT would read each reaction, of which there may be thousands.
_EMOJIS = (
    "WITH RECURSIVE found (emoji) AS (SELECT min(emoji) FROM reactions WHERE message = ?1 UNION ALL "
    "SELECT (SELECT min(emoji) FROM reactions WHERE message = ?1 AND emoji > found.emoji) FROM found "
    "WHERE found.emoji IS NOT NULL) SELECT emoji FROM found WHERE emoji IS NOT NULL"
)


class TargetRow(Struct):
    """A message that annotations are about."""

    number: int  #: the id of its row
    author: bytes
    is_text: bool
    is_changed: bool  #: annotations have made something of it
    is_deleted: bool
    is_erased: bool
    emojis: set[str] | None  #: with which members reacted; None: not read yet
    taken_back: bool = False  #: a reaction was, and that is not on disk yet


class Targets:
    def __init__(
        self,
        database: Database,
        room: int,
        host: bytes | None,
        found: dict[bytes, TargetRow],
        wanted: set[bytes],
    ) -> None:
        """`wanted`: the ids of all messages that it will be asked about; `found`: those that are on disk."""
        self.host = host
        self._database = database
        self._room = room
        self._standing: Standing | None = None  # None: not read yet
        self._wanted = wanted
        self._found = {entry_id: copy(row) for entry_id, row in found.items()}
        self._on_disk = found

    @classmethod
    def read(cls, database: Database, room: int, entry_ids: Iterable[bytes | None]) -> Targets:
        """`entry_ids`: the targets of all annotations that it will be asked about."""
        wanted = {entry_id for entry_id in entry_ids if entry_id is not None}
        row = database.one("SELECT owner FROM rooms WHERE number = ?", (room,))
        found: dict[bytes, TargetRow] = {}
        span = (entry_number(room, 1), entry_number(room, SEQ_MOST))
        for some in entry_rows.padded(list(wanted)):
            for entry_id, *fields in database.all(_look_up(len(some)), (*some, *span)):
                found.setdefault(entry_id, _target_row(*fields))
        return cls(database, room, row[0] if row else None, found, wanted)

    def again(self) -> Targets:
        """As it was when it was read, with the messages that came meanwhile, which are on disk now."""
        return Targets(self._database, self._room, self.host, self._on_disk, self._wanted)

    def find(self, entry_id: bytes | None) -> TargetRow | None:
        """The message with this id; None: there is none."""
        return self._found.get(entry_id) if entry_id is not None else None

    def fault(self, change: Annotation, author: bytes, entry_id: bytes | None) -> RejectCode | None:
        """Why a change of this message or of the room, which comes now, has no effect; None when it has one."""
        if isinstance(change, BanChange | RoleChange):
            return self._read_standing().fault(change, author)
        row = self.find(entry_id)
        if row is None:
            return change_fault(change, author, None, self.host)
        if isinstance(change, ReactionChange) and row.emojis is None:
            row.emojis = {emoji for (emoji,) in self._database.all(_EMOJIS, (row.number,))}
        deleted = row.is_deleted or (row.is_erased and not isinstance(change, Deletion))  # which is not here yet
        target = Target(MemberKey(row.author), row.is_text, deleted, row.emojis or ())
        return change_fault(change, author, target, self.host)

    def needs_disk(self, change: Annotation, entry_id: bytes | None) -> bool:
        """Whether what was let in must be on disk before this change is asked about: nobody counts here how many
        members are left who reacted with an emoji."""
        row = self.find(entry_id)
        return row is not None and row.taken_back and isinstance(change, ReactionChange)

    def let_in(self, entry: Entry, number: int, change: Annotation | None) -> None:
        """An entry comes into the Log; `number` will be the id of its row, `change` what it says."""
        if isinstance(change, BanChange | RoleChange):
            self._read_standing().take(change, entry.author)
        elif change is not None:
            self.changed(change, entry.target)
        elif entry.entry_id in self._wanted and makes_message(entry, decode(entry.kind, entry.body)):
            row = TargetRow(
                number, entry.author, entry.kind == Text.kind, False, False, entry.erased is not None, set()
            )  # fmt: skip
            self._found.setdefault(entry.entry_id, row)
            self._on_disk.setdefault(entry.entry_id, copy(row))

    def _read_standing(self) -> Standing:
        if self._standing is None:
            self._standing = records.standing(self._database, self._room)
        return self._standing

    def changed(self, change: Annotation, entry_id: bytes | None) -> None:
        """A change is let in, or has had its effect."""
        row = self.find(entry_id)
        if row is None:
            return
        match change:
            case Deletion():
                row.is_deleted = True
            case ReactionChange(emoji, True) if row.emojis is not None:
                row.emojis.add(emoji)
            case ReactionChange(on=False):
                row.taken_back = True


def _target_row(
    number: int, author: bytes, kind: str, changed: int | None, deleted: int | None, erased: bytes | None
) -> TargetRow:
    emojis = None if changed is not None else set[str]()
    is_changed, is_deleted, is_erased = (one is not None for one in (changed, deleted, erased))
    return TargetRow(number, author, kind == Text.kind, is_changed, is_deleted, is_erased, emojis)


@cache
def _look_up(entries: int) -> str:
    return (
        "SELECT e.entry_id, e.id, m.key, e.kind, c.id, c.deleted_by, e.erased "
        "FROM entries e INDEXED BY entries_once CROSS JOIN writers w ON w.id = e.writer "
        "CROSS JOIN members m ON m.id = w.member LEFT JOIN changed c ON c.id = e.id "
        f"WHERE e.entry_id IN ({', '.join('?' * entries)}) AND e.id BETWEEN ? AND ? AND e.is_message ORDER BY e.id"
    )
