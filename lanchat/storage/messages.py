"""Messages: what people see of the Logs on disk, read page by page and counted.

An entry is a message when its column `is_message` says so, which is written in the transaction that writes the entry.
Pages and counts consider messages only, so that annotations leave no gaps in a page. What annotations made of a message
is joined here; `projection` writes it.

Disk thread for writing, any thread for reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from lanchat.core.content import (
    ANNOTATION,
    BanChange,
    Correction,
    Deletion,
    Text,
    TopicText,
    UnknownMessage,
    decode,
)
from lanchat.core.file_offer import FileOffer, read_offer
from lanchat.core.file_words import described_offer
from lanchat.core.keeping import Role, RoleChange
from lanchat.core.message import Message, Quote, Reaction, messages_of, new_message, only_texts
from lanchat.core.model import Entry, EntryId, LogEntry, MemberKey
from lanchat.core.standing import Standing
from lanchat.storage import entry_rows
from lanchat.storage.database import Database, Record, Value
from lanchat.storage.entry_rows import SEQ_MOST, Place, entry_number
from lanchat.storage.records import standing

_AUTHORS_LATELY = 2_000  # messages that `authors` looks at: they take a millisecond or two

_NOW = "c.id, c.text, c.edited_at, d.key, c.deleted_by, c.pinned"
_CHANGED = "LEFT JOIN changed c ON c.id = e.id LEFT JOIN members d ON d.id = c.deleted_by"
#: A text as last edited, in the row `e` of entries with `c` of changed.
TEXT_NOW = "coalesce(CAST(c.text AS BLOB), e.body)"
_COLUMNS = f"{_NOW}, {entry_rows.COLUMNS}"
_WHO = f"{entry_rows.WHO} {_CHANGED}"

_MESSAGES = f"SELECT {_COLUMNS} FROM entries e {_WHO} WHERE e.is_message"
_AFTER = f"{_MESSAGES} AND e.id > ? AND e.id <= ? ORDER BY e.id LIMIT ?"
_BEFORE = f"{_MESSAGES} AND e.id < ? AND e.id > ? ORDER BY e.id DESC LIMIT ?"
_PINNED = f"{_MESSAGES} AND c.pinned AND e.id BETWEEN ? AND ? ORDER BY c.pinned DESC LIMIT ?"
_BY_ENTRY_IDS = f"{_MESSAGES} AND e.entry_id IN ({{}}) AND +e.id BETWEEN ? AND ? ORDER BY e.id"  # + : not by that
_NUMBERED = f"{_MESSAGES} AND e.id IN ({{}})"
_VERSIONS = (
    f"SELECT {entry_rows.COLUMNS} FROM entries e {entry_rows.WHO} "
    f"WHERE (e.entry_id = ?1 OR (e.target = ?1 AND e.kind = '{Correction.kind}')) AND m.key = ?2 "
    "AND e.id BETWEEN ?3 AND ?4 ORDER BY e.id"
)
_QUOTED = (
    f"SELECT e.entry_id, m.key, e.id, e.kind, CASE e.kind WHEN 'text' THEN substr({TEXT_NOW}, 1, ?) ELSE e.body END, "
    f"e.erased IS NOT NULL OR c.deleted_by IS NOT NULL FROM entries e {_WHO} "
    "WHERE e.entry_id IN ({}) AND e.id BETWEEN ? AND ? AND e.is_message ORDER BY e.id DESC"
)
_REACTIONS = (
    "SELECT r.message, r.emoji, m.key FROM reactions r CROSS JOIN members m ON m.id = r.member "
    "WHERE r.message IN ({}) ORDER BY r.message, r.entry"
)
_ANSWERING = (
    "SELECT entry_id FROM entries WHERE target IN ({}) AND is_message AND id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?"
)
_QUOTE_BYTES = 600  # more than two lines show
_ANSWERS_MOST = 200  # of those that may be on the screen


class Version(NamedTuple):
    """What a message said from some time on."""

    text: str
    received_at: int  #: host's clock, ms


class NewRole(NamedTuple):
    member: MemberKey
    role: Role
    by: MemberKey


class Seen(NamedTuple):
    """What people see of a run of the Log that was just written."""

    added: tuple[Message, ...]  #: the messages in it, as they are now
    changed: tuple[Message, ...] = ()  #: messages outside it that annotations in it changed, as they are now
    topic: str | None = None  #: the room's topic, if it was set in it
    standing: Standing | None = None  #: who is banned now and has which role, if something in it is about that
    bans: tuple[BanChange, ...] = ()  #: of whom it says that they are banned, or not: what is so now
    roles: tuple[NewRole, ...] = ()  #: the roles that were given in it and are the newest
    again: frozenset[EntryId] = frozenset()  #: those, and private ones, that the person had read in a Log that gave way


# --- pages -----------------------------------------------------------------------------------------------------------
def after(database: Database, place: Place, seq: int, limit: int) -> list[Message]:
    """Up to `limit` messages after `seq`, oldest first. Raises Corrupt for a damaged one."""
    span = (entry_number(place.number, seq), entry_number(place.number, SEQ_MOST))
    return _read(database, place, database.all(_AFTER, (*span, limit)))


def before(database: Database, place: Place, seq: int, limit: int) -> list[Message]:
    """Up to `limit` messages before `seq`, oldest first. Raises Corrupt for a damaged one."""
    span = (entry_number(place.number, seq), entry_number(place.number, 0))
    return _read(database, place, database.all(_BEFORE, (*span, limit))[::-1])


def pinned(database: Database, place: Place, limit: int) -> list[Message]:
    """Up to `limit` pinned messages, the one that was pinned last first. Raises Corrupt for a damaged one."""
    return _read(database, place, database.all(_PINNED, (*_span(place), limit)))


def numbered(database: Database, place: Place, numbers: Sequence[int]) -> list[Message]:
    """The messages in the rows with these ids, in their order. Raises Corrupt for a damaged one."""
    found = {message.seq: message for message in _read(database, place, _in(database, _NUMBERED, numbers))}
    return [found[number & SEQ_MOST] for number in numbers if number & SEQ_MOST in found]


def by_ids(database: Database, place: Place, message_ids: Iterable[bytes]) -> list[Message]:
    """The messages with these ids that are here, oldest first. Raises Corrupt for a damaged one."""
    return _read(database, place, _in(database, _BY_ENTRY_IDS, list(message_ids), after=_span(place)))


def seen(database: Database, place: Place, run: Sequence[LogEntry], alone: bool = True) -> Seen:
    """What people see of a run, which is on disk. `alone`: no annotation after it was there before. Raises Corrupt."""
    if not run:
        return Seen(())
    again = _read_before(database, place, run)
    erased = {item.entry.entry_id for item in run if item.entry.erased is not None}  # bodies that were carried are here
    if alone and not erased and only_texts(run):
        return Seen(messages_of(run), again=again)
    added = {message.message_id: message for message in messages_of(run)}
    annotations = [item.entry for item in run if item.entry.kind.startswith(ANNOTATION)]
    quoted = {entry.target for entry in annotations if entry.kind in (Correction.kind, Deletion.kind)}
    touched: set[bytes] = erased | {entry.target for entry in annotations if entry.target is not None}
    touched |= {message.message_id for message in added.values() if message.reply_to is not None}
    if not alone:  # annotations of its messages and answers to them may be here already
        quoted |= added.keys()
        touched |= added.keys()
    now = by_ids(database, place, touched | set(_answers(database, place, list(quoted))))
    changed = [message for message in now if message.message_id not in added]
    added |= {message.message_id: message for message in now if message.message_id in added}
    set_in_it = any(entry.kind == TopicText.kind for entry in annotations)
    now_topic = topic(database, place) if set_in_it else None
    found = Seen(tuple(added.values()), tuple(changed), now_topic, again=again)
    return _with_standing(database, place, annotations, found)


def _read_before(database: Database, place: Place, run: Sequence[LogEntry]) -> frozenset[EntryId]:
    """The ids of those in the run that were read in a Log that gave way."""
    span = (entry_number(place.number, run[0].seq), entry_number(place.number, run[-1].seq))
    sql = "SELECT e.entry_id FROM read_before b CROSS JOIN entries e ON e.id = b.id WHERE b.id BETWEEN ? AND ?"
    return frozenset(EntryId(entry_id) for (entry_id,) in database.all(sql, span))


def _with_standing(database: Database, place: Place, annotations: Iterable[Entry], seen: Seen) -> Seen:
    """With what of these is about bans and roles, as it is now: an older page may say what was taken back since."""
    kinds = (BanChange.kind, BanChange.kind_off, RoleChange.kind)
    found = [(decode(entry.kind, entry.body), entry) for entry in annotations if entry.kind in kinds]
    if not found:
        return seen
    now = standing(database, place.number)
    may = {now.owner, *now.roles}
    banned = dict.fromkeys(
        MemberKey(change.member)
        for change, entry in found
        if isinstance(change, BanChange) and entry.author in may and change.member != now.owner
    )
    roles = (
        NewRole(MemberKey(change.member), change.role, MemberKey(entry.author))
        for change, entry in found
        if isinstance(change, RoleChange)
        and entry.author == now.owner
        and now.roles.get(MemberKey(change.member)) == change
    )
    bans = tuple(BanChange(member, member in now.bans) for member in banned)
    return seen._replace(standing=now, bans=bans, roles=tuple(roles))


def _answers(database: Database, place: Place, quoted: Sequence[Value]) -> list[bytes]:
    """The ids of the newest messages that answer these."""
    found = _in(database, _ANSWERING, quoted, after=(*_span(place), _ANSWERS_MOST))
    return [entry_id for (entry_id,) in found]


def topic(database: Database, place: Place) -> str:
    """The room's topic; "" where it has none."""
    row = database.one("SELECT topic FROM rooms WHERE number = ?", (place.number,))
    return row[0] or "" if row else ""


def versions(database: Database, place: Place, message: Message) -> list[Version]:
    """What a message said, one version after the other, the newest last. Raises Corrupt for a damaged one."""
    found = database.all(_VERSIONS, (message.message_id, message.author, *_span(place)))
    read = []
    for row in found:
        item = entry_rows.sound(database, place, row)
        content = decode(item.entry.kind, item.entry.body)
        if isinstance(content, Text | Correction) and item.entry.erased is None:
            read.append(Version(content.text, item.received_at))
    return read


def _span(place: Place) -> tuple[int, int]:
    return entry_number(place.number, 1), entry_number(place.number, SEQ_MOST)


def _read(database: Database, place: Place, found: Sequence[Record]) -> list[Message]:
    """The messages of rows, checked. That each is a message was decided when it was written (`is_message`)."""
    reactions = _reactions(database, [row[0] for row in found if row[0] is not None])
    read = []
    for changed, text, edited_at, deleted_by, deleted, pinned, *row in found:
        item = entry_rows.sound(database, place, tuple(row))
        content = decode(item.entry.kind, item.entry.body)
        if not isinstance(content, Text | FileOffer | UnknownMessage):
            raise database.found_damage()  # of that column
        message = new_message(item, content)
        if changed is not None:
            message = replace(
                message, content=content if text is None else Text(text), edited_at=edited_at,
                deleted=message.deleted or deleted is not None, deleted_by=deleted_by, pinned=bool(pinned),
                reactions=reactions.get(changed, ()),
            )  # fmt: skip
        read.append(message)
    return _with_quotes(database, place, read)


def _reactions(database: Database, numbers: Sequence[int]) -> dict[int, tuple[Reaction, ...]]:
    """The reactions to the messages in these rows."""
    by_message: dict[int, dict[str, list[MemberKey]]] = {}
    for number, emoji, key in _in(database, _REACTIONS, numbers):
        by_message.setdefault(number, {}).setdefault(emoji, []).append(MemberKey(key))
    return {
        number: tuple(Reaction(emoji, tuple(keys)) for emoji, keys in found.items())
        for number, found in by_message.items()
    }


def _with_quotes(database: Database, place: Place, read: list[Message]) -> list[Message]:
    """The same messages, each with the one that it answers, where that is here and before it."""
    targets = list({message.reply_to for message in read if message.reply_to is not None})
    found = _in(database, _QUOTED, targets, (_QUOTE_BYTES,), _span(place))
    quotes = {
        message_id: Quote(
            EntryId(message_id), MemberKey(author), number & SEQ_MOST,
            _quoted_words(kind, said or b""), bool(deleted),
        )
        for message_id, author, number, kind, said, deleted in found
    }  # fmt: skip
    if not quotes:
        return read
    answers = ((message, quotes.get(message.reply_to) if message.reply_to else None) for message in read)
    return [
        replace(message, quote=quote) if quote is not None and quote.seq < message.seq else message
        for message, quote in answers
    ]


def _quoted_words(kind: str, said: bytes) -> str:
    """`said`: the beginning of a text, or the body of a message of another kind."""
    if kind == Text.kind:
        return said.decode("utf-8", "ignore")
    offer = read_offer(said) if kind == FileOffer.kind else None
    return "" if offer is None else described_offer(offer)


def _in(
    database: Database, sql: str, some: Sequence[Value], before: Sequence[Value] = (), after: Sequence[Value] = ()
) -> list[Record]:
    """The answer of `sql`, in which {} stands for the values `some`; nothing, where there are none."""
    if not some:
        return []
    values = entry_rows.filled(some)
    return database.all(sql.format(", ".join("?" * len(values))), (*before, *values, *after))


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
    """How many of the first `most` messages after `seq` are not by `me`, and were not read in a Log that gave way."""
    found = database.one(
        "SELECT count(*) FROM "
        "(SELECT id, writer FROM entries WHERE id > ? AND id <= ? AND is_message ORDER BY id LIMIT ?) "
        "WHERE writer NOT IN "
        "(SELECT w.id FROM writers w CROSS JOIN members m ON m.id = w.member WHERE w.room = ? AND m.key = ?) "
        "AND id NOT IN (SELECT id FROM read_before)",
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
