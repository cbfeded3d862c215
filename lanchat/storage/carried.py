"""RoomCarried: entries of anybody that a Log of one room had which gave way, on their way into the Log of its keeper.

They are kept in the order of the Log that gave way, and are brought to the keeper in that order, so that a reaction
never comes before its message. One that the keeper does not take stays here, marked as refused, until the person
discards it. An entry is never both here and in the Log. Disk thread for writing, any for reading.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from lanchat.core.codes import RejectCode
from lanchat.core.content import ANNOTATION, Correction, Deletion, Sealed, Text, decode
from lanchat.core.file_offer import read_offer
from lanchat.core.keeping import Keeping
from lanchat.core.message import Message, change_words, message_of
from lanchat.core.model import START, Entry, EntryId, LogEntry, MemberKey
from lanchat.storage import entry_rows, messages, private_messages
from lanchat.storage.database import Database
from lanchat.storage.entry_rows import SEQ_MOST, Place, WaitingEntries, entry_number

_ENTRY = "entry_id, author, device_id, counter, kind, target, body, sent_at, signature, erased"
_FROM_LOG = (
    f"INSERT INTO carried (room, {_ENTRY}, read, peer, private_kind, private_text, private_offer) "
    "SELECT ?1, e.entry_id, m.key, w.device_id, e.counter, e.kind, e.target, e.body, e.sent_at, e.signature, e.erased, "
    f"(e.id & {SEQ_MOST}) <= coalesce(t.read_seq, ?2) OR coalesce(p.mine, 0) "
    "OR e.id IN (SELECT id FROM read_before) OR e.id IN (SELECT id FROM sealed_before), "
    "o.key, p.kind, p.text, p.offer "
    f"FROM entries e {entry_rows.WHO} LEFT JOIN private p ON p.id = e.id "
    "LEFT JOIN threads t ON t.id = p.thread LEFT JOIN members o ON o.id = t.member "
    f"WHERE e.id BETWEEN ?3 AND ?4 AND e.kind <> '{Keeping.kind}' ORDER BY e.id"
)
_CHECKED_AT_ONCE = 500  # entries
_IS_CHANGE = f"(kind GLOB '{ANNOTATION}*' AND peer IS NULL)"
#: Not those changes that are shown with a message that was set aside, too.
_STANDS_ALONE = (
    f"refused NOT NULL AND NOT ({_IS_CHANGE} AND target IN (SELECT c.entry_id FROM carried c "
    f"WHERE c.room = carried.room AND c.refused NOT NULL AND NOT (c.kind GLOB '{ANNOTATION}*' AND c.peer IS NULL)))"
)
_MOVE = "UPDATE carried SET id = id + ? WHERE room = ? AND id <= ?"


class SetAsideMessage(Struct, frozen=True):
    """A message, or a change of one, that the keeper of the room did not take."""

    message: Message  #: of a change: who made it, when, and in words what it was
    rejection: str  #: why: a `codes.RejectCode`
    kind: str = ""  #: of the change; "": it is a message


class RoomCarried:
    """Every method may raise StorageProblem."""

    def __init__(self, database: Database, place: Place) -> None:
        self._database = database
        self._place = place
        self._room = place.number
        self._waiting = WaitingEntries(database, "carried", place.number)

    def waiting(self) -> list[Entry]:
        """The entries that are still to be brought into the Log, in order."""
        sql = f"SELECT {_ENTRY} FROM carried WHERE room = ? AND refused IS NULL ORDER BY id"
        return [Entry(*row) for row in self._database.all(sql, (self._room,))]

    def count(self) -> int:
        """How many wait."""
        return self._count("refused IS NULL")

    def set_aside_count(self) -> int:
        """How many messages, and changes of others, the keeper did not take."""
        return self._count(_STANDS_ALONE)

    def messages(self, peer: MemberKey | None = None) -> list[Message]:
        """The messages that wait, in order, as they were last edited: of the room, or the private ones of `peer` and
        me. They have no place in the Log, so their `seq` is 0, and the time when they came is not known."""
        return [message for message, _rejection in self._shown(peer, "refused IS NULL")]

    def set_aside_messages(self, peer: MemberKey | None = None) -> list[SetAsideMessage]:
        """What the keeper did not take: the messages, with what their authors made of them; and after them what was to
        change others."""
        found = [SetAsideMessage(*one) for one in self._shown(peer, "refused NOT NULL")]
        return found if peer is not None else [*found, *self._changes_set_aside()]

    def _changes_set_aside(self) -> Iterator[SetAsideMessage]:
        sql = f"SELECT refused, {_ENTRY} FROM carried WHERE room = ? AND {_IS_CHANGE} AND {_STANDS_ALONE} ORDER BY id"
        for code, *row in self._database.all(sql, (self._room,)):
            entry = Entry(*row)
            about = messages.by_ids(self._database, self._place, [entry.target]) if entry.target else []
            words = change_words(decode(entry.kind, entry.body), about[0] if about else None)
            sent_at, content = entry.sent_at, Text(words)
            message = Message(EntryId(entry.entry_id), MemberKey(entry.author), 0, sent_at, sent_at, content)
            yield SetAsideMessage(message, code, entry.kind)

    def set_aside(self, entry_id: EntryId, code: str) -> bool:
        """The keeper does not take this entry, for the reason `code`. True: it stays here. What changes a message that
        was deleted is deleted, too: nobody would see a difference. So is what only others can read."""
        found = self._database.one(
            "SELECT kind, peer FROM carried WHERE room = ? AND entry_id = ?", (self._room, entry_id)
        )
        if found is None:
            return False
        kind, peer = found
        is_change = peer is None and kind.startswith(ANNOTATION)
        if is_change and (code == RejectCode.DELETED or kind == Sealed.kind):
            self.drop(entry_id)
            return False
        sql = "UPDATE carried SET refused = ? WHERE room = ? AND entry_id = ?"
        self._database.do(sql, (code, self._room, entry_id))
        return True

    def drop(self, entry_id: EntryId) -> None:
        """Delete an entry: the keeper has it, or the person does not want it any more."""
        self._database.do("DELETE FROM carried WHERE room = ? AND entry_id = ?", (self._room, entry_id))

    def discard(self, entry_id: EntryId) -> bool:
        """Delete what the keeper did not take; of a message, its changes as well. Whether there was one."""
        sql = (
            "DELETE FROM carried WHERE room = ?1 AND refused NOT NULL "
            f"AND (entry_id = ?2 OR (target = ?2 AND {_IS_CHANGE}))"
        )
        return self._database.changes(sql, (self._room, entry_id)) > 0

    # --- in the transaction that changes the Log ---------------------------------------------------------------------
    def take_from_log(self, after: int, last: int, read_seq: int) -> list[Entry]:
        """Take the entries with numbers after `after` up to `last`, which are about to be deleted from the Log or a
        part; those that wait here then, in order. `read_seq`: the person has read up to here.

        They come before those that are here already. These may be about them, but not the other way round, because
        these were not in that Log. Raises Corrupt when one of them is damaged: whoever sends a damaged entry to the
        keeper is taken for a forger.
        """
        checked, taken = after, list[Entry]()
        while run := entry_rows.after(self._database, self._place, checked, min(_CHECKED_AT_ONCE, last - checked)):
            checked = min(run[-1].seq, last)
            taken += (item.entry for item in run if item.seq <= last and item.entry.kind != Keeping.kind)
        span = (entry_number(self._room, after + 1), entry_number(self._room, last))
        bounds = self._database.one("SELECT min(id), max(id) FROM carried WHERE room = ?", (self._room,))
        self._database.do(_FROM_LOG, (self._room, read_seq, *span))
        if bounds is not None and bounds[0] is not None:
            lowest, highest = bounds
            newest = self._database.one("SELECT max(id) FROM carried")
            assert newest is not None
            self._database.do(_MOVE, (newest[0] + 1 - lowest, self._room, highest))
        self._waiting.forget()
        return taken

    def with_bodies(self, run: Sequence[LogEntry]) -> Sequence[LogEntry]:
        """The run, with the bodies that are here where others have erased them. Who keeps the room could erase what
        everybody wrote; a deletion that is in the Log, and that its author or the owner signed, takes them again."""
        if not any(item.entry.erased is not None for item in run):
            return run
        return [item if item.entry.erased is None else self._with_body(item) for item in run]

    def _with_body(self, item: LogEntry) -> LogEntry:
        entry = item.entry
        found = self._database.one(
            "SELECT body FROM carried WHERE room = ? AND author = ? AND entry_id = ? AND erased IS NULL",
            (self._room, entry.author, entry.entry_id),
        )
        if found is None or hashlib.sha256(found[0]).digest() != entry.erased:
            return item
        return msgspec.structs.replace(item, entry=msgspec.structs.replace(entry, body=found[0], erased=None))

    def take_out(self, run: Iterable[LogEntry]) -> None:
        """These are in the Log now. Those of them that were read are not unread again."""
        came = {(item.entry.entry_id, item.entry.author): item for item in self._waiting.take_out(run)}
        read_before: list[tuple[int]] = []
        for some in entry_rows.padded([entry_id for entry_id, _author in came]):
            found = self._database.all(
                "SELECT id, entry_id, author, read FROM carried "
                f"WHERE room = ? AND entry_id IN ({', '.join('?' * len(some))})",
                (self._room, *some),
            )
            numbers: list[int] = []
            for number, entry_id, author, read in found:
                if (item := came.get((entry_id, author))) is not None:
                    numbers.append(number)
                    if read and _counts(item.entry):
                        read_before.append((entry_number(self._room, item.seq),))
            for rows in entry_rows.padded(numbers):
                self._database.do(f"DELETE FROM carried WHERE id IN ({', '.join('?' * len(rows))})", rows)
        entry_rows.insert(self._database, "read_before (id)", read_before, "ON CONFLICT DO NOTHING")

    # --- private -----------------------------------------------------------------------------------------------------
    def _count(self, which: str) -> int:
        found = self._database.one(f"SELECT count(*) FROM carried WHERE room = ? AND {which}", (self._room,))
        return int(found[0]) if found else 0

    def _shown(self, peer: MemberKey | None, which: str) -> Iterator[tuple[Message, str]]:
        rows = self._database.all(
            f"SELECT refused, private_kind, private_text, private_offer, {_ENTRY} FROM carried "
            f"WHERE room = ? AND peer IS ? AND {which} ORDER BY id",
            (self._room, peer),
        )
        found: dict[bytes, tuple[Message, str]] = {}
        for code, *row in rows:
            private, entry = row[:3], Entry(*row[3:])
            message = _private(entry, private) if peer is not None else _message(entry)
            if message is not None:
                found[entry.entry_id] = message, code or ""
            elif entry.target in found:
                before, code = found[entry.target]
                found[entry.target] = _changed(before, entry), code
        yield from found.values()


def _counts(entry: Entry) -> bool:
    """Whether it counts as read or unread."""
    return not entry.kind.startswith(ANNOTATION) or entry.kind == Sealed.kind


def _message(entry: Entry) -> Message | None:
    return message_of(LogEntry(entry, 0, 0, entry.sent_at, START))


def _private(entry: Entry, private: Sequence[Any]) -> Message:
    kind, text, offer = private
    content = private_messages.content_of(kind, text, read_offer(offer) if offer else None)
    return Message(EntryId(entry.entry_id), MemberKey(entry.author), 0, entry.sent_at, entry.sent_at, content)


def _changed(message: Message, entry: Entry) -> Message:
    """The message, after what an annotation by its author says. The keeper will say what others may do."""
    if entry.author != message.author or message.deleted:
        return message
    match decode(entry.kind, entry.body):
        case Correction(text) if isinstance(message.content, Text) and entry.erased is None:
            return msgspec.structs.replace(message, content=Text(text), edited_at=entry.sent_at)
        case Deletion():
            return msgspec.structs.replace(message, deleted=True)
    return message
