"""LoadedRange: the messages of a room that are in the timeline's Text, without a gap. Tk thread.

Its rows are one for the beginning, those of the log, and those that are not in it yet. It grows and shrinks at both
ends, so that only some hundred rows are ever in the Text, whatever the log's length.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from lanchat.core.message import Message
from lanchat.core.model import EntryId, MemberKey
from lanchat.core.profile import Avatar
from lanchat.desktop.model.own_messages import UnsentMessage
from lanchat.desktop.timeline import rows as timeline_rows
from lanchat.desktop.timeline.laid_out_row import LaidOutRow
from lanchat.desktop.timeline.log_pages import LogPage, LogPages
from lanchat.desktop.timeline.message_layout import MessageLayout
from lanchat.desktop.timeline.rows import (
    BeginningRow,
    DeletedRow,
    MembershipRow,
    MessageRow,
    MutedRow,
    TimelineRow,
    UnknownRow,
)
from lanchat.desktop.timeline.text_view import TextView

MOST = 500  #: rows; more would make every change of the Text slower
LEAST = 170  #: rows that are always kept: those ready around what is seen must not push each other out
MOST_PICTURES = 5_000  #: Tk looks at all of them for each new one
_MOST_UNSENT = 200  # of mine that wait, the newest: far more than anybody writes while a host is away
_FINISHING = 0.006  # seconds


class LoadedRange:
    def __init__(
        self, view: TextView, layout: MessageLayout, pages: LogPages, me: MemberKey,
        outbox: Callable[[], Iterable[UnsentMessage]],
    ) -> None:  # fmt: skip
        """`outbox`: what is not in the log yet: what I have written, and what is being brought back."""
        self.context = timeline_rows.RowContext()
        self.first, self.last = 1, 0  #: seqs of the first and last message shown; the other way round: none
        self._view = view
        self._layout = layout
        self._pages = pages
        self._me = me
        self._outbox = outbox
        self._last_message: Message | None = None  #: the one at `last`
        self._top_known = True  #: what stands before the first row was known when it was laid out
        self._whole: set[EntryId] = set()  # long texts that were asked for in full
        self._unsent_rows = 0  # at the end of the Text
        self._seen = 0  # how far somebody else had read when that was asked last: seq

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
        """Only these messages, and mine that are not in the log yet."""
        self._view.remove(0, len(self._view.rows))
        self._unsent_rows = 0
        found: list[TimelineRow] = [BeginningRow(beginning)]
        if page.before is None and (words := self.context.membership.get(self._pages.first - 1)):
            found.append(MembershipRow(self._pages.first - 1, words))
        found += timeline_rows.rows_of(page.before, page.messages, self.context)
        self._view.insert(0, self._laid_out(found))
        self._last_message = page.messages[-1] if page.messages else None
        self.first = page.messages[0].seq if page.messages else self._pages.last + 1
        self.last = self._last_message.seq if self._last_message else self._pages.last
        self._top_known = page.before is not None
        self.show_unsent()

    def show_again(self) -> None:
        """The same messages, after something about how they are shown has changed."""
        self.show(self._pages.through(self.first, self.last), self.beginning)

    def read_again(self, top: EntryId | None, most: int) -> None:
        """The log is another after some entry: show what stands around the message `top` in it now; None: the end."""
        self._pages.read_again()
        found = self._pages.message(top) if top is not None else None
        self.show(self._pages.newest(most) if found is None else self._pages.around(found.seq, most), self.beginning)

    # --- its ends ----------------------------------------------------------------------------------------------------
    def grow_back(self) -> bool:
        """Add the page before it. False: there is none."""
        page = self._pages.before(self.first)
        if not page.messages:
            return False
        if not self._top_known:
            self.refresh_entry(self.first)
        found = timeline_rows.rows_of(page.before, page.messages, self.context)
        if len(self._view.rows) > 1 and (one := timeline_rows.merged(found[-1], self._view.rows[1].row)):
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
        """Add the page after it. False: there is none.

        A message of mine takes the place of its row that was not sent yet.
        """
        page = self._pages.after(self.last)
        if not page.messages:
            return False
        found = timeline_rows.rows_of(self._last_message or page.before, page.messages, self.context)
        at = len(self._view.rows) - self._unsent_rows
        if one := timeline_rows.merged(self._view.rows[at - 1].row, found[0]):
            found[0] = one
            at -= 1
            self._view.remove(at, at + 1)
        start = 0
        for number, row in enumerate(found):
            first_unsent = self._view.rows[-self._unsent_rows].row if self._unsent_rows else None
            if first_unsent is not None and timeline_rows.key_of(row) == timeline_rows.key_of(first_unsent):
                at = self._insert(at, found[start:number])
                self.replace_row(at, row)
                at, start = at + 1, number + 1
                self._unsent_rows -= 1
        self._insert(at, found[start:])
        self.first = page.messages[0].seq if self.last < self.first else self.first
        self._last_message = page.messages[-1]
        self.last = self._last_message.seq
        self.show_unsent()
        self._shrink_beginning()
        return True

    def _insert(self, at: int, rows: Sequence[TimelineRow]) -> int:
        """Lay out and insert rows; give the place after them."""
        self._view.insert(at, self._laid_out(rows))
        return at + len(rows)

    @property
    def brings_back(self) -> bool:
        """Messages are shown after the log's end that are being brought back into it, and some of them are there."""
        rows = self._view.rows[len(self._view.rows) - self._unsent_rows :]
        return not self.at_end and any(isinstance(row.row, MessageRow) and _comes_back(row.row) for row in rows)

    def grow_to_end(self) -> None:
        """Add all that follows: who reads one of those messages reads on where it is now."""
        while not self.at_end and len(self._view.rows) < MOST and self.grow_forth():
            pass

    def show_unsent(self) -> None:
        """Show what is not in the log yet, if the end is in the range."""
        shown = list(self._outbox())[-_MOST_UNSENT:] if self.at_end else []
        shown = [one for one in shown if not self._view.shows_in_log(one.entry_id)]  # the disk is ahead of the events
        if not (shown or self._unsent_rows):
            return
        rows = self._view.rows
        start = len(rows) - self._unsent_rows
        alone = isinstance(rows[start - 1].row, MembershipRow)
        wanted = timeline_rows.unsent_rows(self._me, self._last_message, shown, alone, self._pages.quote)
        same = 0
        while same < min(self._unsent_rows, len(wanted)) and rows[start + same].row == wanted[same]:
            same += 1
        self._view.remove(start + same, len(rows))
        self._insert(start + same, wanted[same:])
        self._unsent_rows = len(shown)

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

    def own_messages(self, me: MemberKey) -> set[EntryId]:
        """My messages among those shown."""
        rows = [one.row for one in self._view.rows]
        return {row.message_id for row in rows if isinstance(row, MessageRow) and row.author == me}

    def newly_seen(self, me: MemberKey, most: int) -> set[EntryId]:
        """My messages among those shown that somebody else has read since this was asked. `most`: how far, seq."""
        before, self._seen = self._seen, max(self._seen, most)
        if most <= before:
            return set()
        rows = [one.row for one in self._view.rows]
        return {row.message_id for row in rows
                if isinstance(row, MessageRow) and row.author == me and before < row.seq <= most}  # fmt: skip

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

    def unfold(self, seq: int) -> bool:
        """Show all of a long message, in which something may be further down. False: all of it is shown already."""
        at = self._view.find_seq(seq)
        row = self._view.rows[at] if at is not None else None
        if row is None or not row.folded or not isinstance(row.row, MessageRow):
            return False
        self.show_whole(row.row.message_id)
        return True

    def refresh_people(self, called: Callable[[MemberKey], str], wish_of: Callable[[MemberKey], Avatar]) -> None:
        """Lay out again what is of people who are called otherwise now, or wish to be drawn otherwise."""
        for index, row in enumerate(self._view.rows):
            shown = row.row
            by = shown.author if isinstance(shown, MessageRow | DeletedRow | UnknownRow | MutedRow) else None
            redrawn = isinstance(shown, MessageRow) and row.wish != wish_of(shown.author)
            if by is not None and (redrawn or row.called != called(by)):
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
        if self._last_message is not None and self._last_message.seq == seq:
            self._last_message = page.messages[0]
        row, old = timeline_rows.rows_of(page.before, page.messages, self.context)[0], self._view.rows[at].row
        if isinstance(row, MutedRow) and isinstance(old, MutedRow):
            row = replace(old, heading=row.heading)
        self.replace_row(at, row)

    def refresh_messages(self, message_ids: Iterable[EntryId]) -> None:
        """Show messages as they are now, where they are in the range: edited, deleted, reacted to, pinned."""
        for message_id in message_ids:
            at = self._view.find(message_id)
            row = self._view.rows[at].row if at is not None else None
            if at is None or not isinstance(row, MessageRow | DeletedRow) or not row.seq:
                continue
            self.refresh_entry(row.seq)
            if type(self._view.rows[at].row) is not type(row):
                self._refresh_after(at)  # it stood under the name of the one that was deleted

    def _refresh_after(self, index: int) -> None:
        following = self._view.rows[index + 1].row if index + 1 < len(self._view.rows) else None
        if isinstance(following, MessageRow) and following.seq:
            self.refresh_entry(following.seq)
        elif isinstance(following, MessageRow):
            self.show_unsent()

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
        self._unsent_rows = 0
        self.last = next(last for first, last in (timeline_rows.seqs(row.row) for row in reversed(rows)) if first)
        self._last_message = None

    def _shrink_beginning(self) -> None:
        rows = self._view.rows
        start = len(rows) - _fitting(rows[:0:-1])
        if start <= 1:
            return
        self._view.remove(1, start)
        self.first = next(first for first, _last in (timeline_rows.seqs(row.row) for row in rows) if first)
        self.beginning = ""
        self._top_known = True

    def _laid_out(self, rows: Sequence[TimelineRow]) -> list[LaidOutRow]:
        return [
            self._layout.lay_out(row, whole=isinstance(row, MessageRow) and row.message_id in self._whole)
            for row in rows
        ]


def _comes_back(row: MessageRow) -> bool:
    return row.unsent is not None and row.unsent.brought_back


def _fitting(rows: Sequence[LaidOutRow]) -> int:
    """How many of these rows can be kept, from the first on."""
    pictures = 0
    for kept, row in enumerate(rows[:MOST]):
        pictures += row.pictures
        if pictures > MOST_PICTURES and kept >= LEAST:
            return kept
    return min(len(rows), MOST)
