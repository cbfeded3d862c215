"""The search index: the words of messages, by the ids of their entries' rows; `search` looks them up.

It is written in the transaction that writes the entries. FTS5 keeps no texts (`content = ''`): whoever takes a message
out must give the words that were put in. What leaves with a Log that gives way is taken out later, by `take_left` and
`reuse_ids`. Disk thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lanchat.core.content import Text, decode, words_in
from lanchat.core.file_offer import FileOffer
from lanchat.storage import entry_rows, search_text
from lanchat.storage.database import Database, Record

_UNINDEX = "INSERT INTO words (words, rowid, body) VALUES ('delete', ?, ?)"
#: As the columns of `left_in_index`.
_IN_INDEX = (
    "SELECT e.id, e.kind, e.body, c.text, b.id FROM entries e LEFT JOIN changed c ON c.id = e.id "
    "LEFT JOIN indexed_before b ON b.id = e.id "
    f"WHERE e.id BETWEEN ? AND ? AND e.erased IS NULL AND e.kind IN ('{Text.kind}', '{FileOffer.kind}')"
)


def put(database: Database, texts: Iterable[tuple[int, str]]) -> None:
    """Put texts into the index, by the ids of their entries' rows."""
    entry_rows.insert(database, "words (rowid, body)", [(number, search_text.indexed(text)) for number, text in texts])


def take_out(database: Database, first: int, last: int) -> None:
    """Take messages out of the index, before anything of them changes: FTS5 needs the words that it was given."""
    _take_words(database, database.each(_IN_INDEX, (first, last)))
    database.do("DELETE FROM indexed_before WHERE id BETWEEN ? AND ?", (first, last))


def leave(database: Database, first: int, last: int) -> None:
    """These messages are about to be deleted, but their words are taken out later, because FTS5 takes longer than all
    the rest. No search finds them meanwhile, and no entry gets one of these ids before `reuse_ids`."""
    database.do(f"INSERT INTO left_in_index {_IN_INDEX}", (first, last))
    database.do("DELETE FROM indexed_before WHERE id BETWEEN ? AND ?", (first, last))
    database.left_in_index = True


def reuse_ids(
    database: Database, first: int, last: int, texts: Sequence[tuple[int, str]] = ()
) -> Sequence[tuple[int, str]]:
    """Entries with `texts` are about to get these ids: take out what was left in the index with them. The texts that
    are still to be put in: all, but for those that were left there."""
    if not database.left_in_index:
        return texts
    found = database.all("SELECT id, kind, body, text, version_5 FROM left_in_index WHERE id BETWEEN ? AND ?",
                         (first, last))  # fmt: skip
    if not found:
        return texts
    now = dict(texts)
    same = {row[0] for row in found if row[4] is None and row[0] in now and _words(*row[1:4]) == now[row[0]]}
    _take_words(database, (row for row in found if row[0] not in same))
    database.do("DELETE FROM left_in_index WHERE id BETWEEN ? AND ?", (first, last))
    return [text for text in texts if text[0] not in same]


def take_left(database: Database, most: int) -> bool:
    """Take up to `most` of the messages that were left there out of the index. False: none was left. Not to be called
    in a transaction, after whose rollback there could be some again."""
    if not database.left_in_index:
        return False
    found = database.all("SELECT id FROM left_in_index ORDER BY id LIMIT ?", (most,))
    if found:
        with database.transaction():
            reuse_ids(database, found[0][0], found[-1][0])
    database.left_in_index = bool(found)
    return database.left_in_index


def _take_words(database: Database, rows: Iterable[Record]) -> None:
    """Take these out of the index; `rows` as of `left_in_index`."""
    taken: list[tuple[str, int, str]] = []
    for number, kind, body, text, version_5 in rows:
        words = _words(kind, body, text)
        if words is not None:
            indexed = search_text.indexed if version_5 is None else search_text.indexed_in_version_5
            taken.append(("delete", number, indexed(words)))
    entry_rows.insert(database, "words (words, rowid, body)", taken)


def _words(kind: str, body: bytes, text: str | None) -> str | None:
    """What the message is found by that an entry of this kind and body is; `text`: as last edited. None: nothing."""
    content = decode(kind, body)
    if not isinstance(content, Text | FileOffer):
        return None
    return words_in(content) if text is None else text


def merge(database: Database, most: int) -> Iterator[None]:
    """Rewrite the index without the words that were taken out of it, about `most` pages in each step: they stay in its
    older parts until these are merged."""
    pages = -most  # below zero: all parts are merged
    while database.changes("INSERT INTO words (words, rank) VALUES ('merge', ?)", (pages,)) > 1:
        pages = most
        yield


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
            text = words_in(content)
            before, now = search_text.indexed_in_version_5(text), search_text.indexed(text)
            if before != now:
                database.do(_UNINDEX, (number, before))
                database.do("INSERT INTO words (rowid, body) VALUES (?, ?)", (number, now))
        database.do("DELETE FROM indexed_before WHERE id >= ?", (found[-1][0],))
    return True
