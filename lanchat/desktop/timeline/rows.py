"""Rows: what stands in a Transcript, worked out from the entries of a Log. Pure.

How an entry is shown depends on nothing but itself and the one before it, so that it looks the same from whichever
side its page came in.

Lines about a room: who came, who went, who is called otherwise now. Pure.

What happens between two messages is one line, and who came and went in between is not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from lanchat.core.content import TEXT, Shown, shown_of
from lanchat.core.dates import moment
from lanchat.core.model import EntryId, LogEntry, MemberKey
from lanchat.core.nicks import Moves
from lanchat.core.text import shown_text
from lanchat.core.translate import _
from lanchat.desktop.model.own_messages import UnsentMessage
from lanchat.desktop.model.phrases import list_names
from lanchat.desktop.model.room import MembershipChange

GROUP_MS = 5 * 60_000  # what one says within this is one group


class RowHeading(Struct, frozen=True):
    """What stands over a row."""

    day: date | None = None  #: a new day begins
    unread: bool = False  #: what follows is new to the person
    head: bool = False  #: who says it, and when


class MessageRow(Struct, frozen=True):
    """A message. `unsent`: one of mine that is not in the Log yet, and has no seq."""

    seq: int
    entry_id: EntryId
    author: MemberKey
    at: int  #: ms
    text: str
    above: RowHeading
    unsent: UnsentMessage | None = None


class UnknownRow(Struct, frozen=True):
    """An entry of a kind that this lanchat is too old to show."""

    seq: int
    author: MemberKey
    at: int
    above: RowHeading


class HiddenRow(Struct, frozen=True):
    """One or more entries in a row of which nothing is shown; a new day may begin with them."""

    seq: int
    last: int  #: seq of the last of them
    above: RowHeading


class MutedRow(Struct, frozen=True):
    """One or more messages in a row of somebody the person does not want to hear."""

    seq: int
    last: int  #: seq of the last of them
    author: MemberKey
    at: int  #: of the last
    above: RowHeading


class MembershipRow(Struct, frozen=True):
    """A line about the room: who came and went."""

    after: int  #: seq of the entry before it
    words: str


class BeginningRow(Struct, frozen=True):
    """What stands over the oldest entry that is here."""

    words: str


TimelineRow: TypeAlias = MessageRow | UnknownRow | HiddenRow | MutedRow | MembershipRow | BeginningRow


class RowContext(Struct, frozen=True):
    """What else decides how a Log is shown."""

    muted: frozenset[MemberKey] = frozenset()
    unread_at: int = 0  #: the first entry that is new to the person; 0: none
    happened: Mapping[int, str] = {}  #: seq -> what happened after it, in words


def rows_of(before: LogEntry | None, entries: Iterable[LogEntry], setting: RowContext) -> list[TimelineRow]:
    """`before`: the entry before them; None: there is none."""
    found: list[TimelineRow] = []
    for item in entries:
        row = _row(before, item, setting)
        last = found[-1] if found else None
        one = merged(last, row)
        if one is not None:
            found[-1] = one
        else:
            found.append(row)
        if happened := setting.happened.get(item.seq):
            found.append(MembershipRow(item.seq, happened))
        before = item
    return found


def merged(one: TimelineRow | None, more: TimelineRow) -> MutedRow | HiddenRow | None:
    """Two rows, one after the other, as one: of the same muted author, or of nothing that is shown; else None."""
    match one, more:
        case MutedRow(), MutedRow() if one.author == more.author and more.above == RowHeading():
            return replace(one, last=more.last, at=more.at)
        case HiddenRow(), HiddenRow() if more.above == RowHeading():
            return replace(one, last=more.last)
        case _:
            return None


def unsent_rows(
    me: MemberKey, before: LogEntry | None, unsent: Sequence[UnsentMessage], alone: bool
) -> list[TimelineRow]:
    """Mine that are not in the Log yet, after its last entry `before`. `alone`: a line stands between."""
    found: list[TimelineRow] = []
    author, at = (MemberKey(before.entry.author), before.written_at) if before and not alone else (None, 0)
    day = moment(before.written_at).date() if before else None
    for one in unsent:
        today = moment(one.sent_at).date()
        new_day = today if today != day else None
        head = new_day is not None or author != me or abs(one.sent_at - at) > GROUP_MS
        text = shown_text(one.text)
        found.append(MessageRow(0, one.entry_id, me, one.sent_at, text, RowHeading(new_day, False, head), one))
        author, at, day = me, one.sent_at, today
    return found


def _row(before: LogEntry | None, item: LogEntry, setting: RowContext) -> TimelineRow:
    author, at = MemberKey(item.entry.author), item.written_at
    day = moment(at).date()
    new_day = before is None or moment(before.written_at).date() != day
    above = RowHeading(day if new_day else None, item.seq == setting.unread_at)
    shown = shown_of(item.entry)
    if shown is Shown.NOTHING:
        return HiddenRow(item.seq, item.seq, above)
    if author in setting.muted:
        return MutedRow(item.seq, item.seq, author, at, above)
    if shown is Shown.UNKNOWN:
        return UnknownRow(item.seq, author, at, above)
    grouped = (
        above == RowHeading() and before is not None and _goes_on(before, item) and before.seq not in setting.happened
    )
    text = shown_text(item.entry.body)
    return MessageRow(item.seq, EntryId(item.entry.entry_id), author, at, text, replace(above, head=not grouped))


def _goes_on(before: LogEntry, item: LogEntry) -> bool:
    """The same author says more."""
    return (
        before.entry.author == item.entry.author
        and before.entry.kind == TEXT
        and abs(item.written_at - before.written_at) <= GROUP_MS
    )


def membership_lines(moved: Iterable[MembershipChange], called: Callable[[MemberKey], str]) -> dict[int, str]:
    """seq -> what happened after that entry, in words; nothing of whom we found on coming in."""
    between: dict[int, list[Moves]] = {}
    for one in moved:
        if not one.moves.first:
            between.setdefault(one.after, []).append(one.moves)
    told = {seq: _words(moves, called) for seq, moves in between.items()}
    return {seq: words for seq, words in told.items() if words}


def _words(moves: Iterable[Moves], called: Callable[[MemberKey], str]) -> str:
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
