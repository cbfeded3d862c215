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
from lanchat.core.message import Message
from lanchat.core.model import EntryId, MemberKey
from lanchat.core.nicks import Moves
from lanchat.core.text import shown_text
from lanchat.core.translate import _
from lanchat.desktop.model.own_messages import UnsentMessage
from lanchat.desktop.model.phrases import list_names
from lanchat.desktop.model.room_model import MembershipChange

GROUP_MS = 5 * 60_000  # messages of one author within this time form one group


class RowHeading(Struct, frozen=True):
    """What is shown above a row."""

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


class UnknownRow(Struct, frozen=True):
    """An entry of a kind that this version of lanchat cannot show."""

    seq: int
    author: MemberKey
    at: int
    heading: RowHeading


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


TimelineRow: TypeAlias = MessageRow | UnknownRow | MutedRow | MembershipRow | BeginningRow


class RowContext(Struct, frozen=True):
    """What else decides how a log is shown."""

    muted: frozenset[MemberKey] = frozenset()
    unread_at: int = 0  #: the first entry that is new to the person; 0: none
    membership: Mapping[int, str] = {}  #: seq -> who came and went after it, in words


def key_of(row: TimelineRow) -> Hashable:
    """The key of a row: of a message its id, whether it is in the log yet or not."""
    if isinstance(row, MessageRow):
        return row.message_id
    if isinstance(row, MembershipRow):
        return "after", row.after
    return "beginning" if isinstance(row, BeginningRow) else row.seq


def seqs(row: TimelineRow) -> tuple[int, int]:
    """The first and the last entry that a row shows; (0, -1): none of the log."""
    if isinstance(row, MessageRow | UnknownRow) and row.seq:
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
    me: MemberKey, before: Message | None, unsent: Sequence[UnsentMessage], alone: bool
) -> list[TimelineRow]:  # fmt: skip
    """My messages that are not in the log yet, after its last message `before`. `alone`: a line stands between."""
    found: list[TimelineRow] = []
    author, at = (before.author, before.written_at) if before and not alone else (None, 0)
    day = moment(before.written_at).date() if before else None
    for one in unsent:
        today = moment(one.sent_at).date()
        new_day = today if today != day else None
        heading = RowHeading(new_day, False, new_day is not None or author != me or abs(one.sent_at - at) > GROUP_MS)
        found.append(MessageRow(0, one.entry_id, me, one.sent_at, shown_text(one.text), heading, one))
        author, at, day = me, one.sent_at, today
    return found


def _row(before: Message | None, message: Message, context: RowContext) -> TimelineRow:
    author, at = message.author, message.written_at
    day = moment(at).date()
    new_day = before is None or moment(before.written_at).date() != day
    heading = RowHeading(day if new_day else None, message.seq == context.unread_at)
    if author in context.muted:
        return MutedRow(message.seq, message.seq, author, at, heading)
    if not message.is_known:
        return UnknownRow(message.seq, author, at, heading)
    grouped = (
        heading == _NO_HEADING
        and before is not None
        and _continues_group(before, message)
        and before.seq not in context.membership
    )
    text = shown_text(message.text)
    return MessageRow(message.seq, message.message_id, author, at, text, replace(heading, author=not grouped))


def _continues_group(before: Message, message: Message) -> bool:
    return (
        before.author == message.author
        and before.is_known
        and abs(message.written_at - before.written_at) <= GROUP_MS
    )


# --- who came and went -----------------------------------------------------------------------------------------------
def membership_lines(changes: Iterable[MembershipChange], called: Callable[[MemberKey], str]) -> dict[int, str]:
    """seq -> who came and went after that entry, in words; nothing about those who were there when I came in."""
    between: dict[int, list[Moves]] = {}
    for one in changes:
        if not one.moves.first:
            between.setdefault(one.after, []).append(one.moves)
    told = {seq: _membership_words(moves, called) for seq, moves in between.items()}
    return {seq: words for seq, words in told.items() if words}


def _membership_words(moves: Iterable[Moves], called: Callable[[MemberKey], str]) -> str:
    joined: dict[MemberKey, None] = {}
    left: dict[MemberKey, None] = {}
    before: dict[MemberKey, str] = {}
    for one in moves:
        for key in one.joined:
            if key in left:  # away for a moment only
                del left[key]
            else:
                joined[key] = None
        for key in one.left:
            if key in joined:
                del joined[key]
            else:
                left[key] = None
        for key, name in one.renamed:
            before.setdefault(key, name)
    told = []
    if joined:
        told.append(_("{names} joined").format(names=list_names([called(key) for key in joined])))
    if left:
        told.append(_("{names} left").format(names=list_names([called(key) for key in left])))
    told += [
        _("{before} is {now} now").format(before=name, now=called(key))
        for key, name in before.items()
        if name != called(key)
    ]
    return " · ".join(told)
