"""Private messages of mine: opened, sorted into threads, read page by page, counted and searched.

They are sealed in entries of a Log. Whoever opens the database for writing gives it a function that opens them
(`Opener`): the key is not kept here. What it gives is written in the transaction that writes the entry, so that pages,
counts and searches cost no more than those of a room. The text is then as readable on this disk as the Log is.

Of those that cannot be opened a thread keeps the first only: however many somebody sends, they are one line.

Disk thread for writing, any thread for reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from lanchat.core.content import Sealed, Text, UnknownMessage, encode
from lanchat.core.file_offer import FileOffer, read_offer
from lanchat.core.message import Message, MessageContent
from lanchat.core.model import Entry, EntryId, MemberKey, PrivateThread, RoomId
from lanchat.storage import entry_rows, search_text
from lanchat.storage.database import Database, Record, Value
from lanchat.storage.entry_rows import SEQ_MOST, Place, entry_number
from lanchat.storage.records import member_number
from lanchat.storage.search import WRITTEN, SearchQuery

_MESSAGES = (
    "SELECT p.id, p.kind, p.text, p.offer, e.entry_id, m.key, e.sent_at, e.received_at FROM private p "
    f"CROSS JOIN entries e ON e.id = p.id {entry_rows.WHO} WHERE p.thread = ?"
)
_AFTER = f"{_MESSAGES} AND p.id > ? ORDER BY p.id LIMIT ?"
_BEFORE = f"{_MESSAGES} AND p.id < ? ORDER BY p.id DESC LIMIT ?"
_MATCHING = (
    "SELECT r.room_id, o.key, p.id, p.kind, p.text, p.offer, e.entry_id, m.key, e.sent_at, e.received_at "
    f"FROM private p CROSS JOIN entries e ON e.id = p.id {entry_rows.WHO} JOIN threads t ON t.id = p.thread "
    "JOIN rooms r ON r.number = t.room JOIN members o ON o.id = t.member WHERE "
)
_THREADS = (
    "SELECT r.room_id, m.key, t.read_seq FROM threads t "
    "JOIN rooms r ON r.number = t.room JOIN members m ON m.id = t.member"
)


class Opened(NamedTuple):
    """What a sealed entry says to one of its two people."""

    peer: MemberKey  #: the other one
    mine: bool  #: I wrote it
    kind: str  #: of what was sealed, a message; Sealed.kind: it cannot be opened
    text: str  #: of an offer its name and caption; "" of what is neither
    offer: FileOffer | None = None  #: of files

    @property
    def content(self) -> MessageContent:
        return content_of(self.kind, self.text, self.offer)


#: None: it is none of mine, or says nothing that is shown. MUST NOT raise.
Opener: TypeAlias = Callable[[RoomId, Entry], Opened | None]


class ThreadPlace(NamedTuple):
    """Where the messages of a thread are. Number 0: nowhere, there are none."""

    number: int
    room: int


# --- reading ---------------------------------------------------------------------------------------------------------
def place_of(database: Database, thread: PrivateThread) -> ThreadPlace:
    found = database.one(
        "SELECT t.id, t.room FROM threads t JOIN rooms r ON r.number = t.room JOIN members m ON m.id = t.member "
        "WHERE r.room_id = ? AND m.key = ?",
        thread,
    )
    return ThreadPlace(*found) if found else ThreadPlace(0, 0)


def threads(database: Database) -> dict[PrivateThread, int]:
    """All threads in which something was written, and how far each was read."""
    found = database.all(
        "SELECT r.room_id, o.peer, 0 FROM outbox o JOIN rooms r ON r.number = o.room WHERE o.peer NOT NULL UNION ALL "
        f"{_THREADS} WHERE EXISTS (SELECT 1 FROM private p WHERE p.thread = t.id)"
    )
    return {PrivateThread(RoomId(room_id), MemberKey(peer)): read_seq for room_id, peer, read_seq in found}


def read_seq(database: Database, thread: PrivateThread) -> int:
    """How far it was read."""
    found = database.one(f"{_THREADS} WHERE r.room_id = ? AND m.key = ?", thread)
    return int(found[2]) if found else 0


def after(database: Database, place: ThreadPlace, seq: int, limit: int) -> list[Message]:
    """Up to `limit` messages after `seq`, oldest first."""
    return _messages(database.all(_AFTER, (place.number, entry_number(place.room, seq), limit)))


def before(database: Database, place: ThreadPlace, seq: int, limit: int) -> list[Message]:
    """Up to `limit` messages before `seq`, oldest first."""
    return _messages(database.all(_BEFORE, (place.number, entry_number(place.room, seq), limit))[::-1])


def _messages(found: Iterable[Record]) -> list[Message]:
    return [
        Message(EntryId(entry_id), MemberKey(author), number & SEQ_MOST, sent_at, received_at,
                content_of(kind, text, read_offer(offer) if offer else None))
        for number, kind, text, offer, entry_id, author, sent_at, received_at in found
    ]  # fmt: skip


def content_of(kind: str, text: str, offer: FileOffer | None) -> MessageContent:
    """What people see of what was sealed, as it stands in a row."""
    return Text(text) if kind == Text.kind else offer or UnknownMessage(kind)


def by_entry(database: Database, room: int, entry_id: EntryId) -> tuple[MemberKey, Message] | None:
    """The message that was sealed in this entry, and the other one of its two."""
    found = database.all(
        f"{_MATCHING}e.entry_id = ? AND t.room = ? LIMIT 1", (entry_id, room)
    )
    return (MemberKey(found[0][1]), _messages([found[0][2:]])[0]) if found else None


def by_id(database: Database, place: ThreadPlace, message_id: EntryId) -> Message | None:
    """One message of a thread."""
    found = database.all(f"{_MATCHING}e.entry_id = ? AND t.id = ? LIMIT 1", (message_id, place.number))
    return _messages([found[0][2:]])[0] if found else None


def count(database: Database, place: ThreadPlace) -> int:
    found = database.one("SELECT count(*) FROM private WHERE thread = ?", (place.number,))
    return int(found[0]) if found else 0


def before_newest(database: Database, place: ThreadPlace, most: int) -> int:
    """The number after which the newest `most` messages come; 0 when there are no more than these."""
    sql = "SELECT id FROM private WHERE thread = ? ORDER BY id DESC LIMIT 1 OFFSET ?"
    found = database.one(sql, (place.number, most))
    return found[0] & SEQ_MOST if found else 0


def others_after(database: Database, place: ThreadPlace, seq: int, most: int) -> int:
    """How many messages after `seq`, `most` at most, are by the other one and can be read."""
    found = database.one(
        "SELECT count(*) FROM (SELECT 1 FROM private WHERE thread = ? AND id > ? AND NOT mine AND kind <> ? "
        "AND id NOT IN (SELECT id FROM read_before) LIMIT ?)",
        (place.number, entry_number(place.room, seq), Sealed.kind, most),
    )
    return int(found[0]) if found else 0


def matching(
    database: Database, wanted: SearchQuery, rooms: Iterable[int], limit: int, thread: ThreadPlace | None = None
) -> list[tuple[PrivateThread, Message]]:
    """The newest `limit` messages that match, newest first: of one thread, or of all in these rooms."""
    if "pin" in wanted.has:
        return []
    kinds = [FileOffer.kind] if wanted.has & {"file", "picture"} else [Text.kind, FileOffer.kind]
    found: dict[str, Sequence[Value]] = {f"p.kind IN ({', '.join('?' * len(kinds))})": kinds}
    if "picture" in wanted.has:
        found["offers_picture(coalesce(p.offer, x''))"] = []
    if thread is not None:
        found["p.thread = ?"] = [thread.number]
    else:
        numbers = list(rooms)
        found[f"t.room IN ({', '.join('?' * len(numbers))})"] = numbers
    if wanted.words is not None:
        found["p.id IN (SELECT rowid FROM private_words WHERE private_words MATCH ?)"] = [wanted.words]
    if wanted.signs:
        found["has_signs(CAST(p.text AS BLOB), ?)"] = [wanted.signs]
    if wanted.authors is not None:
        found[f"m.key IN ({', '.join('?' * len(wanted.authors))})"] = wanted.authors
    if "link" in wanted.has:
        found["has_link(CAST(p.text AS BLOB))"] = []
    if wanted.after:
        found[f"{WRITTEN} >= ?"] = [wanted.after]
    if wanted.before:
        found[f"{WRITTEN} < ?"] = [wanted.before]
    values = [value for some in found.values() for value in some]
    sql = f"{_MATCHING}{' AND '.join(found)} ORDER BY e.received_at DESC, p.id DESC LIMIT ?"
    rows = database.all(sql, (*values, limit))
    return [
        (PrivateThread(RoomId(room_id), MemberKey(peer)), message)
        for (room_id, peer, *_rest), message in zip(rows, _messages([row[2:] for row in rows]), strict=True)
    ]


# --- writing ---------------------------------------------------------------------------------------------------------
def put(
    database: Database, place: Place, sealed: Iterable[tuple[int, Entry]], opener: Opener | None, *, late: bool = False
) -> None:  # fmt: skip
    """Open sealed entries, given with the ids of their rows, and keep those of mine. Without `opener`: later.

    `late`: the person may have read them before, so they do not count as unread.
    """
    for number, entry in sealed:
        if opener is None:
            database.do("INSERT OR IGNORE INTO sealed_before VALUES (?)", (number,))
        elif (opened := opener(place.room_id, entry)) is not None:
            _keep(database, number, opened, read_seq=number & SEQ_MOST if late else 0)


def _keep(database: Database, number: int, opened: Opened, read_seq: int) -> None:
    found = database.one(
        "INSERT INTO threads (room, member, read_seq) VALUES (?, ?, ?) "
        "ON CONFLICT (room, member) DO UPDATE SET read_seq = max(read_seq, excluded.read_seq) RETURNING id",
        (number >> entry_rows.SEQ_BITS, member_number(database, opened.peer), read_seq),
    )
    assert found is not None
    offer = encode(opened.offer).body if opened.offer is not None else None
    values = (number, found[0], opened.mine, opened.kind, opened.text, offer)
    sql = "INSERT OR IGNORE INTO private (id, thread, mine, kind, text, offer) VALUES (?, ?, ?, ?, ?, ?)"
    if database.changes(sql, values):
        words = (number, search_text.indexed(opened.text))
        database.do("INSERT INTO private_words (rowid, body) VALUES (?, ?)", words)


def open_some(database: Database, places: Iterable[Place], opener: Opener, most: int) -> bool:
    """Open up to `most` entries that could not be opened when they were written. False: none was left."""
    numbers = [number for (number,) in database.all("SELECT id FROM sealed_before ORDER BY id LIMIT ?", (most,))]
    if not numbers:
        return False
    rooms = {place.number: place for place in places}
    with database.transaction():
        for number in numbers:
            place, seq = rooms.get(number >> entry_rows.SEQ_BITS), number & SEQ_MOST
            if place is not None:
                items = entry_rows.after(database, place, seq - 1, 1)
                put(database, place, [(number, one.entry) for one in items if one.seq == seq], opener, late=True)
        database.do("DELETE FROM sealed_before WHERE id <= ?", (numbers[-1],))
    return True


def take_out(database: Database, first: int, last: int) -> None:
    """Entries with these ids are about to be deleted."""
    for number, text in database.all("SELECT id, text FROM private WHERE id BETWEEN ? AND ?", (first, last)):
        values = (number, search_text.indexed(text))
        database.do("INSERT INTO private_words (private_words, rowid, body) VALUES ('delete', ?, ?)", values)
    for table in ("private", "sealed_before"):
        database.do(f"DELETE FROM {table} WHERE id BETWEEN ? AND ?", (first, last))


def mark_read(database: Database, thread: PrivateThread, seq: int, *, back: bool = False) -> None:
    """The person has read up to `seq`; goes only forward, or `back`."""
    place, sign = place_of(database, thread), ">" if back else "<"
    database.do(f"UPDATE threads SET read_seq = ? WHERE id = ? AND read_seq {sign} ?", (seq, place.number, seq))
    beyond = "id > ?" if back else "id <= ?"  # those of `read_before` that are unread again, or read by number
    database.do(
        f"DELETE FROM read_before WHERE {beyond} AND id IN (SELECT id FROM private WHERE thread = ?)",
        (entry_number(place.room, seq), place.number),
    )
