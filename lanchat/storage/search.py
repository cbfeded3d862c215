"""Search: which messages on disk have the words and pass the filters of a search. Any thread.

Words are looked up in the index (`search_text`), which also narrows a search for links. An author's messages are found
by an index of their own. For a time the Log is bisected: its order is that of its host's clock, if the host did not
change that by more than _CLOCK_MS; then each message's own time decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from lanchat.core.file_offer import FileOffer
from lanchat.core.message import CLOCKS_AGREE_MS, Message
from lanchat.core.model import MemberKey
from lanchat.storage import messages, search_text
from lanchat.storage.database import Database, Value
from lanchat.storage.entry_rows import SEQ_MOST, Place, entry_number
from lanchat.storage.records import Records
from lanchat.storage.search_filters import Has, is_called, parse

_AUTHORS_MOST = 1_000  # members that one "from:" means
_CLOCK_MS = 86_400_000
_LINK = '("http" OR "https" OR "www" OR "lanchat")'  # words of the index, one of which is in every link
WRITTEN = f"iif(abs(e.sent_at - e.received_at) <= {CLOCKS_AGREE_MS}, e.sent_at, e.received_at)"  # Message.written_at
_CHANGED = "LEFT JOIN changed c ON c.id = e.id"
#: What a message says, of one that offers files its name and caption, as UTF-8.
_WORDS = f"CASE e.kind WHEN '{FileOffer.kind}' THEN offer_words(e.body) ELSE {messages.TEXT_NOW} END"


class SearchQuery(NamedTuple):
    """What is searched for in each room."""

    words: str | None  #: an FTS5 query; None: no words
    signs: str  #: words with signs that the index leaves out
    authors: tuple[MemberKey, ...] | None  #: None: everybody
    has: frozenset[Has]
    after: int  #: ms
    before: int  #: ms; 0: any time


def understood(records: Records, text: str, me: MemberKey | None = None) -> tuple[SearchQuery, list[Place]] | None:
    """What `text` asks for, and in which rooms; None where it asks for nothing. `me`: the person who asks.

    Raises SearchFault where a filter cannot be understood.
    """
    asked = parse(text, datetime.now().astimezone().date())
    words, signs = search_text.query(asked.words), search_text.signs(asked.words)
    if asked.words and words is None:
        return None
    if words is None and not (asked.authors or asked.has or asked.after or asked.before):
        return None
    if "link" in asked.has:
        words = f"({words}) AND {_LINK}" if words else _LINK
    authors = _called(records, asked.authors, me) if asked.authors else None
    places = records.places()
    if asked.rooms:
        meant = {record.room_id for record in records.rooms() if is_called(record.title, asked.rooms)}
        places = [place for place in places if place.room_id in meant]
    return SearchQuery(words, signs, authors, asked.has, asked.after, asked.before), places


def _called(records: Records, wanted: Sequence[str], me: MemberKey | None) -> tuple[MemberKey, ...]:
    """The members who are meant by the values of "from:"."""
    names = [name for name in wanted if me is None or name.casefold() != "me"]
    found = [me] if me is not None and len(names) < len(wanted) else []
    if names:
        found += (key for key, nick in records.nicks().items() if is_called(nick, names))
    return tuple(dict.fromkeys(found))[:_AUTHORS_MOST]


# --- in one room -----------------------------------------------------------------------------------------------------
def matching(database: Database, place: Place, wanted: SearchQuery, limit: int) -> list[Message]:
    """The newest `limit` messages that match, newest first. Raises Corrupt for a damaged one."""
    return messages.numbered(database, place, _numbers(database, place, wanted, 1, limit))


def matching_from(database: Database, place: Place, wanted: SearchQuery, seq: int, limit: int) -> list[Message]:
    """Up to `limit` messages from `seq` on that match, oldest first. Raises Corrupt for a damaged one."""
    return messages.numbered(database, place, _numbers(database, place, wanted, seq, limit, newest=False))


def oldest_match(database: Database, place: Place, wanted: SearchQuery, most: int) -> int:
    """The number of the oldest of the newest `most` messages that match; 1 when there are fewer."""
    found = _numbers(database, place, wanted, 1, 1, skipped=most - 1)
    return found[0] & SEQ_MOST if found else 1


def _numbers(
    database: Database, place: Place, wanted: SearchQuery, seq: int, limit: int, *, newest: bool = True,
    skipped: int = 0,
) -> list[int]:  # fmt: skip
    """The ids of the rows of messages that match, from `seq` on."""
    sql, values = _question(database, place, wanted, max(seq, _bound(database, place, wanted.after - _CLOCK_MS)))
    order = "DESC" if newest else "ASC"
    found = database.all(f"{sql} ORDER BY 1 {order} LIMIT ? OFFSET ?", (*values, limit, skipped))
    return [number for (number,) in found]


def _question(database: Database, place: Place, wanted: SearchQuery, seq: int) -> tuple[str, list[Value]]:
    last = _bound(database, place, wanted.before + _CLOCK_MS) if wanted.before else SEQ_MOST
    span = (entry_number(place.number, seq), entry_number(place.number, last))
    number, source, found = "e.id", f"entries e {_CHANGED}", dict[str, Sequence[Value]]()
    if wanted.words is not None:
        number = "words.rowid"
        source = f"words CROSS JOIN entries e ON e.id = words.rowid {_CHANGED}"
        found["words MATCH ?"] = [wanted.words]
    found[f"{number} BETWEEN ? AND ?"] = span
    found["e.is_message AND e.erased IS NULL AND c.deleted_by IS NULL"] = []
    if wanted.signs:
        found[f"has_signs({_WORDS}, ?)"] = [wanted.signs]
    if wanted.authors is not None:
        writers = _writers(database, place, wanted.authors)
        some = f"({', '.join('?' * len(writers))})"
        # FTS5 would search anew for each row of a subquery; with + its rows are compared with it
        found[f"+words.rowid IN (SELECT id FROM entries WHERE writer IN {some})" if wanted.words is not None
              else f"e.writer IN {some}"] = writers  # fmt: skip
    if "link" in wanted.has:
        found[f"has_link({_WORDS})"] = []
    if wanted.has & {"file", "picture"}:
        found[f"e.kind = '{FileOffer.kind}'"] = []
    if "picture" in wanted.has:
        found["offers_picture(e.body)"] = []
    if "pin" in wanted.has:
        found[f"{'e.id' if wanted.words is None else '+words.rowid'} IN (SELECT id FROM changed WHERE pinned)"] = []
    if wanted.after:
        found[f"{WRITTEN} >= ?"] = [wanted.after]
    if wanted.before:
        found[f"{WRITTEN} < ?"] = [wanted.before]
    values = [value for some in found.values() for value in some]
    return f"SELECT {number} FROM {source} WHERE {' AND '.join(found)}", values


def _writers(database: Database, place: Place, authors: Sequence[MemberKey]) -> list[Value]:
    """The ids of the devices with which members wrote in a room."""
    sql = (
        "SELECT w.id FROM members m CROSS JOIN writers w ON w.member = m.id AND w.room = ? "
        f"WHERE m.key IN ({', '.join('?' * len(authors))})"
    )
    return [number for (number,) in database.all(sql, (place.number, *authors))]


def _bound(database: Database, place: Place, at: int) -> int:
    """The number of the first entry that the host got at `at` or later, or the number after the last entry."""
    sql = "SELECT id, received_at FROM entries WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 1"
    newest = database.one(
        "SELECT id FROM entries WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1",
        (entry_number(place.number, 1), entry_number(place.number, SEQ_MOST)),
    )
    low, high = 1, (newest[0] & SEQ_MOST) + 1 if newest else 1
    if at <= 0:
        return low
    while low < high:
        middle = (low + high) // 2
        row = database.one(sql, (entry_number(place.number, middle), entry_number(place.number, high)))
        if row is None or row[1] >= at:
            high = middle
        else:
            low = (row[0] & SEQ_MOST) + 1
    return low
