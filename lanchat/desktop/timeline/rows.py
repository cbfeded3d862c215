"""Rows: what stands in a timeline, worked out from the entries of a log. Pure.

How an entry is shown depends on the entry and the one before it, and on nothing else: it looks the same whether its
page was read from above or from below. What happens to the membership between two messages is one line, without
those who came and went in between.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from lanchat.core.dates import moment
from lanchat.core.file_offer import FileOffer
from lanchat.core.message import Message, Quote, Reaction
from lanchat.core.model import EntryId, MemberKey
from lanchat.core.nicks import Moves
from lanchat.core.standing import role_words
from lanchat.core.text import shown_text
from lanchat.core.translate import _
from lanchat.desktop.model.own_messages import UnsentMessage
from lanchat.desktop.model.phrases import list_names
from lanchat.desktop.model.room_keeping import KeeperLine
from lanchat.desktop.model.room_model import MembershipChange, RoomModel
from lanchat.desktop.model.thread_model import is_closed

GROUP_MS = 5 * 60_000  # messages of one author within this time form one group


class RowHeading(Struct, frozen=True):
    day: date | None = None  #: a new day begins
    unread: bool = False  #: what follows is new to the person
    author: bool = False  #: who wrote it, and when


_NO_HEADING = RowHeading()


class MessageRow(Struct, frozen=True):
    """A message. `unsent`: one of mine that is not in the log yet, and has no seq."""

    seq: int
    message_id: EntryId
    author: MemberKey
    at: int  #: ms
    text: str
    heading: RowHeading
    unsent: UnsentMessage | None = None
    answers: bool = False  #: it answers another message: `quote`, where that is here
    quote: Quote | None = None
    edited: bool = False
    pinned: bool = False
    reactions: tuple[Reaction, ...] = ()
    offer: FileOffer | None = None  #: the files that it offers; `text` is the caption


class DeletedRow(Struct, frozen=True):
    """What is left of a message that was deleted."""

    seq: int
    message_id: EntryId
    author: MemberKey
    at: int
    heading: RowHeading
    deleted_by: MemberKey | None = None  #: None: not known


class UnknownRow(Struct, frozen=True):
    """An entry of a kind that this version of lanchat cannot show."""

    seq: int
    author: MemberKey
    at: int
    heading: RowHeading
    closed: bool = False  #: it is a private message that cannot be opened


class MutedRow(Struct, frozen=True):
    """One or more adjacent messages of a member whom the person has muted."""

    seq: int
    last: int  #: seq of the last of them
    author: MemberKey
    at: int  #: of the last
    heading: RowHeading
    count: int = 1


class MembershipRow(Struct, frozen=True):
    """A line about who came and went."""

    after: int  #: seq of the message before it
    words: str


class BeginningRow(Struct, frozen=True):
    """What is shown above the oldest entry on this disk."""

    words: str


TimelineRow: TypeAlias = MessageRow | DeletedRow | UnknownRow | MutedRow | MembershipRow | BeginningRow


class RowContext(Struct, frozen=True):
    """What else decides how a log is shown."""

    muted: frozenset[MemberKey] = frozenset()
    unread_at: int = 0  #: the first entry that is new to the person; 0: none
    membership: Mapping[int, str] = {}  #: seq -> who came and went after it, in words


def key_of(row: TimelineRow) -> Hashable:
    """The key of a row: of a message its id, whether it is in the log yet or not."""
    if isinstance(row, MessageRow | DeletedRow):
        return row.message_id
    if isinstance(row, MembershipRow):
        return "after", row.after
    return "beginning" if isinstance(row, BeginningRow) else row.seq


def seqs(row: TimelineRow) -> tuple[int, int]:
    """The first and the last entry that a row shows; (0, -1): none of the log."""
    if isinstance(row, MessageRow | DeletedRow | UnknownRow) and row.seq:
        return row.seq, row.seq
    return (row.seq, row.last) if isinstance(row, MutedRow) else (0, -1)


def rows_of(before: Message | None, messages: Iterable[Message], context: RowContext) -> list[TimelineRow]:
    """`before`: the message before them; None: there is none."""
    found: list[TimelineRow] = []
    for message in messages:
        row = _row(before, message, context)
        one = merged(found[-1] if found else None, row)
        if one is not None:
            found[-1] = one
        else:
            found.append(row)
        if words := context.membership.get(message.seq):
            found.append(MembershipRow(message.seq, words))
        before = message
    return found


def merged(one: TimelineRow | None, more: TimelineRow) -> MutedRow | None:
    """Two adjacent rows as one, where they are of the same muted author; else None."""
    match one, more:
        case MutedRow(), MutedRow() if one.author == more.author and more.heading == _NO_HEADING:
            return replace(one, last=more.last, at=more.at, count=one.count + more.count)
        case _:
            return None


def unsent_rows(
    me: MemberKey, before: Message | None, unsent: Sequence[UnsentMessage], alone: bool,
    quoted: Callable[[EntryId], Quote | None],
) -> list[TimelineRow]:  # fmt: skip
    """Messages that are not in the log yet, after its last message `before`: what is being brought back, and mine.
    `alone`: a line stands between. `quoted`: looks up a message that one of them answers."""
    found: list[TimelineRow] = []
    author, at = (before.author, before.written_at) if before and not alone and _has_head(before) else (None, 0)
    day = moment(before.written_at).date() if before else None
    for one in unsent:
        today = moment(one.sent_at).date()
        new_day = today if today != day else None
        answers = one.reply_to is not None
        by = one.author or me
        headed = answers or new_day is not None or author != by or abs(one.sent_at - at) > GROUP_MS
        quote = quoted(one.reply_to) if one.reply_to is not None else None
        heading = RowHeading(new_day, False, headed)
        text = shown_text(one.text if one.offer is None else one.offer.caption)
        row = MessageRow(0, one.entry_id, by, one.sent_at, text, heading, one, answers, quote, offer=one.offer)
        found.append(row)
        author, at, day = by, one.sent_at, today
    return found


def _row(before: Message | None, message: Message, context: RowContext) -> TimelineRow:
    author, at = message.author, message.written_at
    day = moment(at).date()
    new_day = before is None or moment(before.written_at).date() != day
    heading = RowHeading(day if new_day else None, message.seq == context.unread_at)
    if author in context.muted:
        return MutedRow(message.seq, message.seq, author, at, heading)
    if message.deleted:
        return DeletedRow(message.seq, message.message_id, author, at, heading, message.deleted_by)
    if not message.is_known:
        return UnknownRow(message.seq, author, at, heading, is_closed(message))
    grouped = (
        heading == _NO_HEADING
        and message.reply_to is None
        and before is not None
        and before.author == author
        and _has_head(before)
        and abs(at - before.written_at) <= GROUP_MS
        and before.seq not in context.membership
    )
    return MessageRow(
        message.seq, message.message_id, author, at, shown_text(message.text), replace(heading, author=not grouped),
        None, message.reply_to is not None, message.quote, bool(message.edited_at), message.pinned, message.reactions,
        message.offer,
    )  # fmt: skip


def _has_head(message: Message) -> bool:
    """Whether a message that follows can stand under the same name."""
    return message.is_known and not message.deleted


# --- who came and went, and who keeps the room open ------------------------------------------------------------------
def lines_between(room: RoomModel) -> dict[int, str]:
    """seq -> what happened after that entry, in words: who came and went, and who keeps the room open from then on."""
    called = room.people.called
    lines = membership_lines(without_reconnections(room.moves, room.keeping.lines), called, room.people.marked)
    for change in room.keeping.lines:
        words = [lines[change.after]] if change.after in lines else []
        lines[change.after] = " · ".join([*words, keeper_words(change.keeper, room.people.me, called)])
    for given in room.keeping.role_lines:
        words = [lines[given.after]] if given.after in lines else []
        lines[given.after] = " · ".join([*words, role_words(given.role, called(given.member), called(given.by))])
    return lines


def keeper_words(keeper: MemberKey, me: MemberKey, called: Callable[[MemberKey], str]) -> str:
    if keeper == me:
        return _("You keep the room open now")
    return _("{name} keeps the room open now").format(name=called(keeper))


_RECONNECTED_MS, _APART_MS = 60_000, 5_000


def without_reconnections(changes: Iterable[MembershipChange], keepers: Iterable[KeeperLine]) -> list[MembershipChange]:
    """Without those who only lost their connection because somebody else began to keep the room open: they were back
    within a minute, and had not left."""
    told, changed = list(changes), [line.at for line in keepers]
    left: dict[MemberKey, int] = {}
    stayed: dict[int, set[MemberKey]] = {}
    for n, one in enumerate(told):
        for key in one.moves.joined:
            m = left.pop(key, n)
            since, until = told[m].at - _APART_MS, one.at + _APART_MS
            if m < n and one.at - told[m].at <= _RECONNECTED_MS and any(since <= at <= until for at in changed):
                stayed.setdefault(m, set()).add(key)
                stayed.setdefault(n, set()).add(key)
        left.update(dict.fromkeys(one.moves.left, n))
    for n, keys in stayed.items():
        moves = told[n].moves
        joined = tuple(key for key in moves.joined if key not in keys)
        gone = tuple(key for key in moves.left if key not in keys)
        told[n] = replace(told[n], moves=replace(moves, joined=joined, left=gone))
    return told


def membership_lines(
    changes: Iterable[MembershipChange], called: Callable[[MemberKey], str], marked: Callable[[MemberKey], str]
) -> dict[int, str]:
    """seq -> who came and went after that entry, in words; nothing about those who were there when I came in. `marked`:
    the name, and whether it is a guest's."""
    between: dict[int, list[Moves]] = {}
    for one in changes:
        if not one.moves.first:
            between.setdefault(one.after, []).append(one.moves)
    told = {seq: _membership_words(moves, called, marked) for seq, moves in between.items()}
    return {seq: words for seq, words in told.items() if words}


def _membership_words(
    moves: Iterable[Moves], called: Callable[[MemberKey], str], marked: Callable[[MemberKey], str]
) -> str:
    joined: dict[MemberKey, None] = {}
    left: dict[MemberKey, None] = {}
    before: dict[MemberKey, str] = {}
    for one in moves:
        for keys, here, there in ((one.joined, joined, left), (one.left, left, joined)):
            for key in keys:
                if key in there:  # away, or here, for a moment only
                    del there[key]
                else:
                    here[key] = None
        for key, name in one.renamed:
            before.setdefault(key, name)
    told = []
    if joined:
        told.append(_("{names} joined").format(names=list_names([marked(key) for key in joined])))
    if left:
        told.append(_("{names} left").format(names=list_names([marked(key) for key in left])))
    told += [
        _("{before} is {now} now").format(before=name, now=called(key))
        for key, name in before.items()
        if name != called(key)
    ]
    return " · ".join(told)
