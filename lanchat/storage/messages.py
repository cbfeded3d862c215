"""Messages: what people see of the Logs on disk, read page by page, counted and searched; and the search index.

An entry is a message when its column `is_message` says so. The column and the index are written in the transaction that
writes the entry. Pages, counts and searches consider messages only, so that annotations leave no gaps in a page. When
there are annotations that change other messages, they will be joined here, by their `target`.

Disk thread for writing, any thread for reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lanchat.core.content import Text, decode
from lanchat.core.message import Message, message_of
from lanchat.core.model import MemberKey
from lanchat.storage import entry_rows, search_text
from lanchat.storage.database import Database, Record
from lanchat.storage.entry_rows import SEQ_MOST, Place, entry_number

_AUTHORS_LATELY = 2_000  # messages that `authors` looks at: they take a millisecond or two

_MESSAGES = f"SELECT {entry_rows.COLUMNS} FROM entries e {entry_rows.WHO} WHERE e.is_message"
_AFTER = f"{_MESSAGES} AND e.id > ? AND e.id <= ? ORDER BY e.id LIMIT ?"
_BEFORE = f"{_MESSAGES} AND e.id < ? AND e.id > ? ORDER BY e.id DESC LIMIT ?"
_MATCHING = (
    f"SELECT {entry_rows.COLUMNS} FROM words "
    f"CROSS JOIN entries e ON e.id = words.rowid AND e.is_message {entry_rows.WHO} "
    "WHERE words MATCH ? AND words.rowid BETWEEN ? AND ? AND (? = '' OR has_signs(e.body, ?)) "
    "ORDER BY words.rowid DESC LIMIT ?"
)
_MATCHING_OLDEST_FIRST = _MATCHING.replace(" DESC ", " ")
_OLDEST_MATCH = (
    "SELECT words.rowid FROM words WHERE words MATCH ? AND words.rowid BETWEEN ? AND ? AND "
    "(? = '' OR has_signs((SELECT body FROM entries WHERE id = words.rowid), ?)) "
    "ORDER BY words.rowid DESC LIMIT 1 OFFSET ?"
)
_UNINDEX = "INSERT INTO words (words, rowid, body) VALUES ('delete', ?, ?)"


# --- pages -----------------------------------------------------------------------------------------------------------
def after(database: Database, place: Place, seq: int, limit: int) -> list[Message]:
    """Up to `limit` messages after `seq`, oldest first. Raises Corrupt for a damaged one."""
    span = (entry_number(place.number, seq), entry_number(place.number, SEQ_MOST))
    return _read(database, place, database.all(_AFTER, (*span, limit)))


def before(database: Database, place: Place, seq: int, limit: int) -> list[Message]:
    """Up to `limit` messages before `seq`, oldest first. Raises Corrupt for a damaged one."""
    span = (entry_number(place.number, seq), entry_number(place.number, 0))
    return _read(database, place, database.all(_BEFORE, (*span, limit))[::-1])


def _read(database: Database, place: Place, found: Iterable[Record]) -> list[Message]:
    """The messages of rows, checked."""
    messages = (message_of(entry_rows.sound(database, place, row)) for row in found)
    return [message for message in messages if message is not None]


# --- counts ----------------------------------------------------------------------------------------------------------
def count(database: Database, room: int) -> int:
    """How many messages of a room are here."""
    others = database.one(
        "SELECT count(*) FROM entries WHERE id BETWEEN ? AND ? AND NOT is_message",
        (entry_number(room, 1), entry_number(room, SEQ_MOST)),
    )
    return entry_rows.count(database, room) - (others[0] if others else 0)


def before_newest(database: Database, room: int, most: int) -> int:
    """The number after which the newest `most` messages come; 0 when there are no more than these."""
    found = database.one(
        "SELECT id FROM entries WHERE id BETWEEN ? AND ? AND is_message ORDER BY id DESC LIMIT 1 OFFSET ?",
        (entry_number(room, 1), entry_number(room, SEQ_MOST), most),
    )
    return found[0] & SEQ_MOST if found else 0


def others_after(database: Database, room: int, seq: int, me: bytes, most: int) -> int:
    """How many of the first `most` messages after `seq` are not by `me`."""
    found = database.one(
        "SELECT count(*) FROM "
        "(SELECT writer FROM entries WHERE id > ? AND id <= ? AND is_message ORDER BY id LIMIT ?) WHERE writer NOT IN "
        "(SELECT w.id FROM writers w CROSS JOIN members m ON m.id = w.member WHERE w.room = ? AND m.key = ?)",
        (entry_number(room, seq), entry_number(room, SEQ_MOST), most, room, me),
    )
    return int(found[0]) if found else 0


def authors(database: Database, room: int, most: int) -> list[MemberKey]:
    """Up to `most` authors of a room: first those of recent messages, the latest first, then those newest here."""
    lately = database.all(
        "SELECT m.key FROM (SELECT id, writer FROM entries WHERE id BETWEEN ? AND ? AND is_message "
        "ORDER BY id DESC LIMIT ?) e "
        "CROSS JOIN writers w ON w.id = e.writer CROSS JOIN members m ON m.id = w.member GROUP BY m.key "
        "ORDER BY max(e.id) DESC LIMIT ?",
        (entry_number(room, 1), entry_number(room, SEQ_MOST), _AUTHORS_LATELY, most),
    )
    before = database.all(
        "SELECT m.key FROM writers w CROSS JOIN members m ON m.id = w.member WHERE w.room = ? "
        "GROUP BY m.key ORDER BY max(w.id) DESC LIMIT ?",
        (room, most),
    )
    return list(dict.fromkeys(MemberKey(key) for (key,) in [*lately, *before]))[:most]


# --- search ----------------------------------------------------------------------------------------------------------
class SearchQuery(NamedTuple):
    """What is searched for: an FTS5 query, and words with signs that the index leaves out. See `search_text`."""

    query: str
    signs: str

    @classmethod
    def of(cls, text: str) -> SearchQuery | None:
        query = search_text.query(text)
        return None if query is None else cls(query, search_text.signs(text))


def matching(database: Database, place: Place, wanted: SearchQuery, limit: int) -> list[Message]:
    """The newest `limit` messages that match, newest first. Raises Corrupt for a damaged one."""
    span = (entry_number(place.number, 1), entry_number(place.number, SEQ_MOST))
    values = (wanted.query, *span, wanted.signs, wanted.signs, limit)
    return _read(database, place, database.all(_MATCHING, values))


def matching_from(database: Database, place: Place, wanted: SearchQuery, seq: int, limit: int) -> list[Message]:
    """Up to `limit` messages from `seq` on that match, oldest first. Raises Corrupt for a damaged one."""
    span = (entry_number(place.number, seq), entry_number(place.number, SEQ_MOST))
    values = (wanted.query, *span, wanted.signs, wanted.signs, limit)
    return _read(database, place, database.all(_MATCHING_OLDEST_FIRST, values))


def oldest_match(database: Database, place: Place, wanted: SearchQuery, most: int) -> int:
    """The number of the oldest of the newest `most` messages that match; 1 when there are fewer."""
    span = (entry_number(place.number, 1), entry_number(place.number, SEQ_MOST))
    found = database.one(_OLDEST_MATCH, (wanted.query, *span, wanted.signs, wanted.signs, most - 1))
    return found[0] & SEQ_MOST if found else 1


# --- the index -------------------------------------------------------------------------------------------------------
def put_in_index(database: Database, texts: Iterable[tuple[int, str]]) -> None:
    """Put texts into the index, by the ids of their entries' rows."""
    entry_rows.insert(database, "words (rowid, body)", [(number, search_text.indexed(text)) for number, text in texts])


def take_from_index(database: Database, first: int, last: int) -> None:
    """Take entries out of the index, before their rows are deleted: FTS5 needs the words that it was given."""
    found = database.each(
        "SELECT e.id, e.kind, e.body, b.id FROM entries e LEFT JOIN indexed_before b ON b.id = e.id "
        "WHERE e.id BETWEEN ? AND ?",
        (first, last),
    )
    for number, kind, body, before in found:
        content = decode(kind, body)
        if isinstance(content, Text):
            indexed = search_text.indexed if before is None else search_text.indexed_in_version_5
            database.do(_UNINDEX, (number, indexed(content.text)))
    database.do("DELETE FROM indexed_before WHERE id BETWEEN ? AND ?", (first, last))


def index_anew(database: Database, most: int) -> bool:
    """Index up to `most` entries anew that an older version indexed, the newest first. False: none was left."""
    found = database.all(
        "SELECT b.id, coalesce(e.kind, ''), coalesce(e.body, x'') FROM indexed_before b "
        "LEFT JOIN entries e ON e.id = b.id ORDER BY b.id DESC LIMIT ?",
        (most,),
    )
    if not found:
        return False
    with database.transaction():
        for number, kind, body in found:
            content = decode(kind, body)
            text = content.text if isinstance(content, Text) else ""
            before, now = search_text.indexed_in_version_5(text), search_text.indexed(text)
            if before != now:
                database.do(_UNINDEX, (number, before))
                database.do("INSERT INTO words (rowid, body) VALUES (?, ?)", (number, now))
        database.do("DELETE FROM indexed_before WHERE id >= ?", (found[-1][0],))
    return True
