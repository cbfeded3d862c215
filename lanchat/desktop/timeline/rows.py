"""Rows: what stands in a Transcript, worked out from the entries of a Log. Pure.

How an entry is shown depends on nothing but itself and the one before it, so that it looks the same from whichever
side its page came in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from lanchat.core.content import TEXT, Shown, shown_of
from lanchat.core.dates import moment
from lanchat.core.model import EntryId, LogEntry, MemberKey
from lanchat.core.text import shown_text
from lanchat.desktop.model.mine import Unsent

GROUP_MS = 5 * 60_000  # what one says within this is one group


class Above(Struct, frozen=True):
    """What stands over a row."""

    day: date | None = None  #: a new day begins
    unread: bool = False  #: what follows is new to the person
    head: bool = False  #: who says it, and when


class Said(Struct, frozen=True):
    """A message. `unsent`: one of mine that is not in the Log yet, and has no seq."""

    seq: int
    entry_id: EntryId
    author: MemberKey
    at: int  #: ms
    text: str
    above: Above
    unsent: Unsent | None = None


class Unknown(Struct, frozen=True):
    """An entry of a kind that this lanchat is too old to show."""

    seq: int
    author: MemberKey
    at: int
    above: Above


class Silent(Struct, frozen=True):
    """One or more entries in a row of which nothing is shown; a new day may begin with them."""

    seq: int
    last: int  #: seq of the last of them
    above: Above


class Muted(Struct, frozen=True):
    """One or more messages in a row of somebody the person does not want to hear."""

    seq: int
    last: int  #: seq of the last of them
    author: MemberKey
    at: int  #: of the last
    above: Above


class Happened(Struct, frozen=True):
    """A line about the room: who came and went."""

    after: int  #: seq of the entry before it
    words: str


class Beginning(Struct, frozen=True):
    """What stands over the oldest entry that is here."""

    words: str


Row: TypeAlias = Said | Unknown | Silent | Muted | Happened | Beginning


class Setting(Struct, frozen=True):
    """What else decides how a Log is shown."""

    muted: frozenset[MemberKey] = frozenset()
    unread_at: int = 0  #: the first entry that is new to the person; 0: none
    happened: Mapping[int, str] = {}  #: seq -> what happened after it, in words


def rows(before: LogEntry | None, entries: Iterable[LogEntry], setting: Setting) -> list[Row]:
    """`before`: the entry before them; None: there is none."""
    found: list[Row] = []
    for item in entries:
        row = _row(before, item, setting)
        last = found[-1] if found else None
        one = together(last, row)
        if one is not None:
            found[-1] = one
        else:
            found.append(row)
        if happened := setting.happened.get(item.seq):
            found.append(Happened(item.seq, happened))
        before = item
    return found


def together(one: Row | None, more: Row) -> Muted | Silent | None:
    """Two rows, one after the other, as one: of the same muted author, or of nothing that is shown; else None."""
    match one, more:
        case Muted(), Muted() if one.author == more.author and more.above == Above():
            return replace(one, last=more.last, at=more.at)
        case Silent(), Silent() if more.above == Above():
            return replace(one, last=more.last)
        case _:
            return None


def unsent_rows(me: MemberKey, before: LogEntry | None, unsent: Sequence[Unsent], alone: bool) -> list[Row]:
    """Mine that are not in the Log yet, after its last entry `before`. `alone`: a line stands between."""
    found: list[Row] = []
    author, at = (MemberKey(before.entry.author), before.written_at) if before and not alone else (None, 0)
    day = moment(before.written_at).date() if before else None
    for one in unsent:
        today = moment(one.sent_at).date()
        new_day = today if today != day else None
        head = new_day is not None or author != me or abs(one.sent_at - at) > GROUP_MS
        text = shown_text(one.text)
        found.append(Said(0, one.entry_id, me, one.sent_at, text, Above(new_day, False, head), one))
        author, at, day = me, one.sent_at, today
    return found


def _row(before: LogEntry | None, item: LogEntry, setting: Setting) -> Row:
    author, at = MemberKey(item.entry.author), item.written_at
    day = moment(at).date()
    new_day = before is None or moment(before.written_at).date() != day
    above = Above(day if new_day else None, item.seq == setting.unread_at)
    shown = shown_of(item.entry)
    if shown is Shown.NOTHING:
        return Silent(item.seq, item.seq, above)
    if author in setting.muted:
        return Muted(item.seq, item.seq, author, at, above)
    if shown is Shown.UNKNOWN:
        return Unknown(item.seq, author, at, above)
    grouped = above == Above() and before is not None and _goes_on(before, item) and before.seq not in setting.happened
    text = shown_text(item.entry.body)
    return Said(item.seq, EntryId(item.entry.entry_id), author, at, text, replace(above, head=not grouped))


def _goes_on(before: LogEntry, item: LogEntry) -> bool:
    """The same author says more."""
    return (
        before.entry.author == item.entry.author
        and before.entry.kind == TEXT
        and abs(item.written_at - before.written_at) <= GROUP_MS
    )
