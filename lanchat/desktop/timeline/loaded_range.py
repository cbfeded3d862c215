"""LoadedRange: the messages of a room that are in the timeline's Text, without a gap. Tk thread: each read is short.

It grows and shrinks at both ends, so that only some hundred rows are ever in the Text, whatever the log's length.

    LogPages         which messages are on this disk, and reading some of them
    LoadedRange      its rows in the Text: one for the beginning, those of the log, and mine that are not in it yet
    EarlierMessages  what is said over the oldest row, and asking the host for what came before it
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from lanchat.core.message import Message
from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.desktop.model.own_messages import UnsentMessage
from lanchat.desktop.timeline.message_layout import MessageLayout
from lanchat.desktop.timeline.rows import (
    BeginningRow,
    MembershipRow,
    MessageRow,
    MutedRow,
    RowContext,
    TimelineRow,
    key_of,
    merged,
    rows_of,
    seqs,
    unsent_rows,
)
from lanchat.desktop.timeline.text_view import LaidOutRow, TextView
from lanchat.desktop.view_context import ViewContext
from lanchat.engine.commands import FetchEarlier
from lanchat.engine.events import ConnectionState
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Reader

T = TypeVar("T")

PAGE_SIZE = 16  #: messages read at once: a few ms to lay out and to draw
MOST = 500  #: rows; more would make every change of the Text slower
LEAST = 170  #: rows that are always kept: those ready around what is seen must not push each other out
MOST_PICTURES = 5_000  #: Tk looks at all of them for each new one
_FINISHING = 0.006  # seconds


class LogPage(NamedTuple):
    """Messages without a gap, oldest first, and the one before them; None: none is here."""

    before: Message | None
    messages: list[Message]


class LogPages:
    def __init__(self, reader: Reader, room_id: RoomId, failed: Callable[[str], None]) -> None:
        """`failed` is told, in plain words, why nothing could be read; the page is empty then."""
        self._reader = reader
        self._room_id = room_id
        self._failed = failed
        self.first = 1  #: seq of the oldest message on this disk
        self.last = 0  #: seq of the newest; before `first`: there is none
        self.end = 0  #: seq of the newest entry that is known of, which need not be a message
        self.from_beginning = True  #: nothing was said before `first`
        self.look()

    def look(self) -> None:
        """See anew which messages are here."""
        newest = self._read(lambda: self._reader.newest(self._room_id, 1))
        if newest:
            self.last = newest[0].seq
            oldest = self._read(lambda: self._reader.after(self._room_id, 0, 1))
            self.first = oldest[0].seq if oldest else self.last
        self.end = max(self.end, self.last)
        self.from_beginning = (self._read(lambda: self._reader.first_seq(self._room_id)) or 0) <= 1

    def grew(self, after: int, last: int, messages: Sequence[Message]) -> bool:
        """Entries came: those after `after` up to `last`. False: they do not follow on what is here; `look`."""
        if after != self.end:
            self.end = max(self.end, last)
            return False
        self.end = last
        if messages:
            self.first = self.first if self.last else messages[0].seq
            self.last = messages[-1].seq
        return True

    def newest(self, most: int) -> LogPage:
        return self.before(self.last + 1, most)

    def before(self, seq: int, most: int = PAGE_SIZE) -> LogPage:
        """Up to `most` messages that end before `seq`."""

        def read() -> LogPage:
            found = self._reader.before(self._room_id, seq, most + 1)
            return LogPage(found[0], found[1:]) if len(found) > most else LogPage(None, found)

        return self._read(read) or LogPage(None, [])

    def after(self, seq: int, most: int = PAGE_SIZE) -> LogPage:
        """Up to `most` messages that begin after `seq`."""

        def read() -> LogPage:
            before = self._reader.before(self._room_id, seq + 1, 1)
            return LogPage(before[0] if before else None, self._reader.after(self._room_id, seq, most))

        return self._read(read) or LogPage(None, [])

    def through(self, first: int, last: int) -> LogPage:
        """The messages from `first` up to `last`."""
        page = self.after(first - 1, last - first + 1)
        return page._replace(messages=[message for message in page.messages if message.seq <= last])

    def around(self, seq: int, most: int) -> LogPage:
        """Up to `most` messages with `seq` among them, as many before it as after."""

        def read() -> LogPage:
            half = most // 2
            newer = self._reader.after(self._room_id, seq - 1, most - half)
            older = self._reader.before(self._room_id, seq, most - len(newer) + 1)
            if len(older) < half:
                newer = self._reader.after(self._room_id, seq - 1, most - len(older))
            if len(older) + len(newer) > most:
                return LogPage(older[0], older[1:] + newer)
            return LogPage(None, older + newer)

        return self._read(read) or LogPage(None, [])

    def _read(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except StorageProblem as problem:
            self._failed(str(problem))
            return None


class LoadedRange:
    def __init__(self, view: TextView, layout: MessageLayout, pages: LogPages, me: MemberKey) -> None:
        self.context = RowContext()
        self.first, self.last = 1, 0  #: seqs of the first and last message shown; the other way round: none
        self._view = view
        self._layout = layout
        self._pages = pages
        self._me = me
        self._last_message: Message | None = None  #: the one at `last`
        self._top_known = True  #: what stands before the first row was known when it was laid out
        self._whole: set[EntryId] = set()  # long texts that were asked for in full
        self._unsent: list[UnsentMessage] = []
        self._unsent_rows = 0  # at the end of the Text

    @property
    def at_end(self) -> bool:
        """The newest message is in the range."""
        return self.last >= self._pages.last

    @property
    def at_beginning(self) -> bool:
        """The oldest message on this disk is in the range."""
        return self.first <= self._pages.first

    # --- all of it ---------------------------------------------------------------------------------------------------
    def show(self, page: LogPage, beginning: str = "") -> None:
        """Only these messages."""
        self._view.remove(0, len(self._view.rows))
        self._unsent, self._unsent_rows = [], 0
        found: list[TimelineRow] = [BeginningRow(beginning)]
        if page.before is None and (words := self.context.membership.get(self._pages.first - 1)):
            found.append(MembershipRow(self._pages.first - 1, words))
        found += rows_of(page.before, page.messages, self.context)
        self._view.insert(0, self._laid_out(found))
        self._last_message = page.messages[-1] if page.messages else None
        self.first = page.messages[0].seq if page.messages else self._pages.last + 1
        self.last = self._last_message.seq if self._last_message else self._pages.last
        self._top_known = page.before is not None

    def show_again(self) -> None:
        """The same messages, after something about how they are shown has changed."""
        beginning, unsent = self.beginning, self._unsent
        self.show(self._pages.through(self.first, self.last), beginning)
        self.set_unsent(unsent)

    # --- its ends ----------------------------------------------------------------------------------------------------
    def grow_back(self) -> bool:
        """Add the page before it. False: there is none."""
        page = self._pages.before(self.first)
        if not page.messages:
            return False
        if not self._top_known:
            self.refresh_entry(self.first)
        found = rows_of(page.before, page.messages, self.context)
        if len(self._view.rows) > 1 and (one := merged(found[-1], self._view.rows[1].row)):
            found[-1] = one
            self._view.remove(1, 2)
        self._view.insert(1, self._laid_out(found))
        self.first, self._top_known = page.messages[0].seq, page.before is not None
        if self.last < self.first:
            self._last_message = page.messages[-1]
            self.last = self._last_message.seq
        self._shrink_end()
        return True

    def grow_forth(self) -> bool:
        """Add the page after it. False: there is none."""
        page = self._pages.after(self.last)
        if page.messages:
            self._append(page)
        return bool(page.messages)

    def _append(self, page: LogPage) -> None:
        """What follows on it. A message of mine takes the place of its row that was not sent yet."""
        found = rows_of(self._last_message or page.before, page.messages, self.context)
        at = len(self._view.rows) - self._unsent_rows
        if one := merged(self._view.rows[at - 1].row, found[0]):
            found[0] = one
            at -= 1
            self._view.remove(at, at + 1)
        start = 0
        for number, row in enumerate(found):
            if self._unsent_rows and key_of(row) == key_of(self._view.rows[-self._unsent_rows].row):
                at = self._insert(at, found[start:number])
                self.replace_row(at, row)
                at, start = at + 1, number + 1
                self._unsent_rows -= 1
                del self._unsent[0]
        self._insert(at, found[start:])
        self.first = page.messages[0].seq if self.last < self.first else self.first
        self._last_message = page.messages[-1]
        self.last = self._last_message.seq
        self.set_unsent(self._unsent)
        self._shrink_beginning()

    def _insert(self, at: int, rows: Sequence[TimelineRow]) -> int:
        """Lay out and insert rows; give the place after them."""
        self._view.insert(at, self._laid_out(rows))
        return at + len(rows)

    def set_unsent(self, unsent: Sequence[UnsentMessage]) -> None:
        """Show my messages that are not in the log yet, if the end is in the range."""
        shown = list(unsent) if self.at_end else []
        if not (shown or self._unsent_rows):
            return
        rows = self._view.rows
        start = len(rows) - self._unsent_rows
        wanted = unsent_rows(self._me, self._last_message, shown, isinstance(rows[start - 1].row, MembershipRow))
        same = 0
        while same < min(self._unsent_rows, len(wanted)) and rows[start + same].row == wanted[same]:
            same += 1
        self._view.remove(start + same, len(rows))
        self._insert(start + same, wanted[same:])
        self._unsent, self._unsent_rows = shown, len(shown)

    # --- single rows -------------------------------------------------------------------------------------------------
    @property
    def beginning(self) -> str:
        """What stands over the first row."""
        row = self._view.rows[0].row
        return row.words if isinstance(row, BeginningRow) else ""

    @beginning.setter
    def beginning(self, words: str) -> None:
        if words != self.beginning:
            self.replace_row(0, BeginningRow(words))

    def replace_row(self, index: int, row: TimelineRow | None = None) -> None:
        """Lay a row out again, as it is shown now. `row`: another in its place."""
        self._view.replace(index, self._laid_out([row or self._view.rows[index].row])[0])

    def set_ticks(self, message_ids: set[EntryId]) -> None:
        """Draw the ticks of these messages of mine again."""
        for message_id in message_ids:
            index = self._view.find(message_id)
            row = self._view.rows[index].row if index is not None else None
            if index is not None and isinstance(row, MessageRow) and row.unsent is None:
                self._view.set_tick(index, self._layout.tick(row))

    def show_whole(self, message_id: EntryId) -> None:
        """Show a long message in full, from now on."""
        self._whole.add(message_id)
        if (index := self._view.find(message_id)) is not None:
            self.replace_row(index)

    def finish(self) -> bool:
        """Lay out some rows again whose images were not there in time. Whether there are more."""
        until = time.perf_counter() + _FINISHING
        for index, row in enumerate(self._view.rows):
            if row.late:
                if time.perf_counter() > until:
                    return True
                self.replace_row(index)
        return False

    def refresh_entry(self, seq: int) -> None:
        """Read a message again and replace its row: what stands over it, or what it says, has changed."""
        page, at = self._pages.after(seq - 1, 1), self._view.find_seq(seq)
        if not page.messages or page.messages[0].seq != seq or at is None:
            return
        row, old = rows_of(page.before, page.messages, self.context)[0], self._view.rows[at].row
        if isinstance(row, MutedRow) and isinstance(old, MutedRow):
            row = replace(old, heading=row.heading)
        self.replace_row(at, row)

    def set_unread(self, seq: int) -> None:
        """The line over what is new is over this message now; 0: there is none."""
        before, self.context = self.context.unread_at, replace(self.context, unread_at=seq)
        for one in {before, seq} - {0}:
            self.refresh_entry(one)

    def set_membership(self, lines: dict[int, str]) -> None:
        """Show who came and went, in words, where that has changed."""
        before, self.context = self.context.membership, replace(self.context, membership=lines)
        for seq in before.keys() | lines.keys():
            if before.get(seq) != lines.get(seq) and self.first - 1 <= seq <= self.last:
                self._set_line_after(seq, lines.get(seq, ""))

    def _set_line_after(self, seq: int, words: str) -> None:
        at = self._view.find_seq(seq)
        if at is None:
            if seq != self._pages.first - 1:
                return
            at = 0
        there = at + 1 < len(self._view.rows) and isinstance(self._view.rows[at + 1].row, MembershipRow)
        if there:
            self._view.remove(at + 1, at + 2)
        if words:
            self._insert(at + 1, [MembershipRow(seq, words)])

    def _shrink_end(self) -> None:
        rows = self._view.rows
        keep = 1 + _fitting(rows[1:])
        if keep >= len(rows):
            return
        self._view.remove(keep, len(rows))
        self._unsent, self._unsent_rows = [], 0
        self.last = next(last for first, last in (seqs(row.row) for row in reversed(rows)) if first)
        self._last_message = None

    def _shrink_beginning(self) -> None:
        rows = self._view.rows
        start = len(rows) - _fitting(rows[:0:-1])
        if start <= 1:
            return
        self._view.remove(1, start)
        self.first = next(first for first, _last in (seqs(row.row) for row in rows) if first)
        self.beginning = ""
        self._top_known = True

    def _laid_out(self, rows: Sequence[TimelineRow]) -> list[LaidOutRow]:
        return [
            self._layout.lay_out(row, whole=isinstance(row, MessageRow) and row.message_id in self._whole)
            for row in rows
        ]


class EarlierMessages:
    def __init__(self, context: ViewContext, room_id: RoomId, pages: LogPages) -> None:
        self.asked = False  #: and the host has not answered yet
        self._context = context
        self._room_id = room_id
        self._pages = pages

    def ask(self) -> None:
        """Fetch a page from the host, where there is any hope of one."""
        room = self._context.state.room(self._room_id)
        connected = room.connection is ConnectionState.CONNECTED
        if not self._pages.from_beginning and connected and not (self.asked or room.earlier_exhausted):
            self.asked = True
            self._context.do(FetchEarlier(self._room_id))

    def words(self) -> str:
        """Over the oldest message that is here; "": nothing."""
        room = self._context.state.room(self._room_id)
        if self._pages.from_beginning:
            return _("This is the beginning.") if self._pages.last else _("Nothing has been said here yet.")
        if self.asked:
            return _("Fetching earlier messages…")
        if room.earlier_exhausted or room.connection is ConnectionState.HOSTING:
            return _("There are no earlier messages.")
        return "" if room.is_live else _("Earlier messages come when you are connected.")


def _fitting(rows: Sequence[LaidOutRow]) -> int:
    """How many of these rows can be kept, from the first on."""
    pictures = 0
    for kept, row in enumerate(rows[:MOST]):
        pictures += row.pictures
        if pictures > MOST_PICTURES and kept >= LEAST:
            return kept
    return min(len(rows), MOST)
