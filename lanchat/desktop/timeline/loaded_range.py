"""Pages: which part of a Log is on this disk, and reading some of it. Tk thread: every read is by key, and short.

Earlier: what stands over the oldest row, and asking the host for what came before. Tk thread.

Stretch: the part of a Log that is in the Text, without a gap; it grows and shrinks at both ends. Tk thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from lanchat.core.model import EntryId, LogEntry, MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.desktop.model.own_messages import UnsentMessage
from lanchat.desktop.model.room import Room
from lanchat.desktop.timeline.row_layout import RowLayout
from lanchat.desktop.timeline.rows import (
    BeginningRow,
    HiddenRow,
    MembershipRow,
    MessageRow,
    MutedRow,
    RowContext,
    TimelineRow,
    merged,
    rows_of,
    unsent_rows,
)
from lanchat.desktop.timeline.text_view import LaidOutRow, TextView, seqs
from lanchat.desktop.view_context import ViewContext
from lanchat.engine.commands import FetchEarlier
from lanchat.engine.events import ConnectionState
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Reader

T = TypeVar("T")

PAGE_SIZE = 16  #: entries read at once: a few ms to set and to draw


class LogPage(NamedTuple):
    """Entries without a gap, oldest first, and the one before them; None: none is here."""

    before: LogEntry | None
    entries: list[LogEntry]


class LogPages:
    def __init__(self, reader: Reader, room_id: RoomId, failed: Callable[[str], None]) -> None:
        """`failed` is told, in plain words, why nothing could be read; the page is empty then."""
        self._reader = reader
        self._room_id = room_id
        self._failed = failed
        self.first = 1  #: seq of the oldest entry here
        self.last = 0  #: seq of the newest; before `first`: there is none
        self.look()

    def look(self) -> None:
        """See anew which part of the Log is here."""
        newest = self._read(lambda: self._reader.newest(self._room_id, 1))
        if newest:
            self.last = newest[0].seq
            oldest = self._read(lambda: self._reader.after(self._room_id, 0, 1))
            self.first = oldest[0].seq if oldest else self.last

    def newest(self, most: int) -> LogPage:
        return self.before(self.last + 1, most)

    def before(self, seq: int, most: int = PAGE_SIZE) -> LogPage:
        """Up to `most` entries that end before `seq`."""
        found = self._read(lambda: self._reader.before(self._room_id, seq, most + 1))
        return LogPage(found[0], found[1:]) if len(found) > most else LogPage(None, found)

    def after(self, seq: int, most: int = PAGE_SIZE) -> LogPage:
        """Up to `most` entries that begin after `seq`."""
        found = self._read(lambda: self._reader.after(self._room_id, max(0, seq - 1), most + 1))
        if found and found[0].seq == seq:
            return LogPage(found[0], found[1:])
        return LogPage(None, found[:most])

    def around(self, seq: int, most: int) -> LogPage:
        """Up to `most` entries with `seq` among them, as many before it as after."""
        start = max(self.first, min(seq - most // 2, self.last - most + 1))
        return self.after(start - 1, most)

    def _read(self, read: Callable[[], list[T]]) -> list[T]:
        try:
            return read()
        except StorageProblem as problem:
            self._failed(str(problem))
            return []


class EarlierMessages:
    def __init__(self, desk: ViewContext, room: Callable[[], Room], pages: LogPages) -> None:
        self.asked = False  #: and the host has not answered yet
        self._desk = desk
        self._room = room
        self._pages = pages

    def ask(self) -> None:
        """Unless it is of no use."""
        room = self._room()
        connected = room.connection is ConnectionState.CONNECTED
        if self._pages.first > 1 and connected and not (self.asked or room.earlier_exhausted):
            self.asked = True
            self._desk.do(FetchEarlier(room.room_id))

    def words(self) -> str:
        """Over the oldest entry that is here; "": nothing."""
        room = self._room()
        if self._pages.first <= 1:
            return _("This is the beginning.") if self._pages.last else _("Nothing has been said here yet.")
        if self.asked:
            return _("Fetching earlier messages…")
        if room.earlier_exhausted or room.connection is ConnectionState.HOSTING:
            return _("There are no earlier messages.")
        return "" if room.is_live else _("Earlier messages come when you are connected.")


MOST = 500  #: rows; more would make every change of the Text slower
LEAST = 170  #: rows that are always kept: those ready around what is seen must not push each other out
MOST_PICTURES = 5_000  #: Tk looks at all of them for each new one
_FINISHING = 0.006  # seconds


class LoadedRange:
    """From top to bottom: one block for the beginning, the rows, and mine that are not in the Log yet."""

    def __init__(self, sheet: TextView, setter: RowLayout, pages: LogPages, me: MemberKey) -> None:
        self.setting = RowContext()
        self.lo, self.hi = 1, 0  #: seqs of the first and last entry shown; the other way round: none
        self._sheet = sheet
        self._setter = setter
        self._pages = pages
        self._me = me
        self._last: LogEntry | None = None  #: the one at `hi`
        self._top_known = True  #: what stands before the first row was known when it was set
        self._whole: set[EntryId] = set()  # long texts that were asked for in full
        self._unsent: list[UnsentMessage] = []
        self._unsent_blocks = 0

    @property
    def at_end(self) -> bool:
        """The newest entry is in the stretch."""
        return self.hi >= self._pages.last

    # --- the whole of it ---------------------------------------------------------------------------------------------
    def show(self, page: LogPage, beginning: str = "") -> None:
        """Only these entries."""
        self._sheet.remove(0, len(self._sheet.blocks))
        self._unsent, self._unsent_blocks = [], 0
        found: list[TimelineRow] = [BeginningRow(beginning)]
        if page.before is None and (happened := self.setting.happened.get(self._pages.first - 1)):
            found.append(MembershipRow(self._pages.first - 1, happened))
        found += rows_of(page.before, page.entries, self.setting)
        self._sheet.insert(0, self._set(found))
        self._last = page.entries[-1] if page.entries else None
        self.lo = page.entries[0].seq if page.entries else self._pages.last + 1
        self.hi = self._last.seq if self._last else self._pages.last
        self._top_known = page.before is not None

    def set_anew(self) -> None:
        """The same entries, for something about how they are shown has changed."""
        beginning, unsent = self.beginning, self._unsent
        self.show(self._pages.after(self.lo - 1, self.hi - self.lo + 1), beginning)
        self.set_unsent(unsent)

    # --- its ends ----------------------------------------------------------------------------------------------------
    def grow_back(self) -> bool:
        """By the page before it. False: there is none."""
        page = self._pages.before(self.lo)
        if not page.entries:
            return False
        if not self._top_known:
            self.set_entry_anew(self.lo)
        found = rows_of(page.before, page.entries, self.setting)
        self._join_muted(found, 1)
        self._sheet.insert(1, self._set(found))
        self.lo, self._top_known = page.entries[0].seq, page.before is not None
        if self.hi < self.lo:
            self._last = page.entries[-1]
            self.hi = self._last.seq
        self._shrink_end()
        return True

    def grow_forth(self) -> bool:
        """By the page after it. False: there is none."""
        page = self._pages.after(self.hi)
        if not page.entries:
            return False
        self.add(page.before, page.entries)
        return True

    def add(self, before: LogEntry | None, entries: Sequence[LogEntry]) -> None:
        """What follows on it. `before`: the entry before them, where the caller knows it."""
        found = rows_of(self._last or before, entries, self.setting)
        at = len(self._sheet.blocks) - self._unsent_blocks
        if one := merged(self._sheet.blocks[at - 1].row, found[0]):
            found[0] = one
            at -= 1
            self._sheet.remove(at, at + 1)
        self._sheet.insert(at, self._set(found))
        self.lo = entries[0].seq if self.hi < self.lo else self.lo
        self._last, self.hi = entries[-1], entries[-1].seq
        if self._unsent:
            self.set_unsent(self._unsent, anew=True)
        self._shrink_beginning()

    def set_unsent(self, unsent: Sequence[UnsentMessage], *, anew: bool = False) -> None:
        """Mine that are not in the Log yet; only at the end is there a place for them."""
        shown = list(unsent) if self.at_end else []
        if shown == self._unsent and not anew:
            return
        blocks = self._sheet.blocks
        start = len(blocks) - self._unsent_blocks
        self._sheet.remove(start, len(blocks))
        alone = isinstance(blocks[-1].row, MembershipRow)
        self._sheet.insert(start, self._set(unsent_rows(self._me, self._last, shown, alone)))
        self._unsent, self._unsent_blocks = shown, len(shown)

    # --- single rows -------------------------------------------------------------------------------------------------
    @property
    def beginning(self) -> str:
        """What stands over the first row."""
        row = self._sheet.blocks[0].row
        return row.words if isinstance(row, BeginningRow) else ""

    @beginning.setter
    def beginning(self, words: str) -> None:
        if words != self.beginning:
            self._sheet.replace(0, self._setter.set(BeginningRow(words)))

    def set_row_anew(self, index: int, row: TimelineRow | None = None) -> None:
        """One block, as it is shown now. `row`: in the place of what it is."""
        self._sheet.replace(index, self._set([row or self._sheet.blocks[index].row])[0])

    def set_ticks(self, entry_ids: set[EntryId]) -> None:
        """How far these entries of mine are has changed."""
        if not entry_ids:
            return
        for index, block in enumerate(self._sheet.blocks):
            if isinstance(block.row, MessageRow) and block.row.unsent is None and block.row.entry_id in entry_ids:
                self._sheet.set_tick(index, self._setter.tick(block.row))

    def show_whole(self, entry_id: EntryId) -> None:
        """A long text in full, from now on."""
        self._whole.add(entry_id)
        for index, block in enumerate(self._sheet.blocks):
            if isinstance(block.row, MessageRow) and block.row.entry_id == entry_id:
                self.set_row_anew(index)

    def finish(self) -> bool:
        """Some rows anew whose pictures were not there in time. Whether there are more."""
        until = time.perf_counter() + _FINISHING
        for index, block in enumerate(self._sheet.blocks):
            if block.late:
                if time.perf_counter() > until:
                    return True
                self.set_row_anew(index)
        return False

    def set_entry_anew(self, seq: int) -> None:
        """The row of an entry, for what stands over it is something else now."""
        page, at = self._pages.after(seq - 1, 1), self._sheet.find(seq)
        if not page.entries or at is None:
            return
        row, old = rows_of(page.before, page.entries, self.setting)[0], self._sheet.blocks[at].row
        if isinstance(row, MutedRow | HiddenRow) and isinstance(old, MutedRow | HiddenRow):
            row = replace(old, above=row.above)
        self.set_row_anew(at, row)

    def set_unread(self, seq: int) -> None:
        """The line over what is new is over this entry now; 0: there is none."""
        before, self.setting = self.setting.unread_at, replace(self.setting, unread_at=seq)
        for one in {before, seq} - {0}:
            self.set_entry_anew(one)

    def set_happened(self, happened: dict[int, str]) -> None:
        """What happened, in words: one line changes, or comes, or goes."""
        before, self.setting = self.setting.happened, replace(self.setting, happened=happened)
        for seq in before.keys() | happened.keys():
            if before.get(seq) != happened.get(seq) and self.lo - 1 <= seq <= self.hi:
                self._set_line_after(seq, happened.get(seq, ""))

    def _set_line_after(self, seq: int, words: str) -> None:
        at = self._sheet.find(seq)
        if at is None:
            if seq != self._pages.first - 1:
                return
            at = 0
        is_there = at + 1 < len(self._sheet.blocks) and isinstance(self._sheet.blocks[at + 1].row, MembershipRow)
        if is_there:
            self._sheet.remove(at + 1, at + 2)
        if words:
            self._sheet.insert(at + 1, self._set([MembershipRow(seq, words)]))

    def _join_muted(self, found: list[TimelineRow], at: int) -> None:
        """Where somebody muted goes on across the seam before the block `at`."""
        if at < len(self._sheet.blocks) and (one := merged(found[-1], self._sheet.blocks[at].row)):
            found[-1] = one
            self._sheet.remove(at, at + 1)

    def _shrink_end(self) -> None:
        blocks = self._sheet.blocks
        keep = 1 + _fitting(blocks[1:])
        if keep >= len(blocks):
            return
        self._sheet.remove(keep, len(blocks))
        self._unsent, self._unsent_blocks = [], 0
        self.hi = next(last for first, last in (seqs(block.row) for block in reversed(blocks)) if first)
        self._last = None

    def _shrink_beginning(self) -> None:
        blocks = self._sheet.blocks
        start = len(blocks) - _fitting(blocks[:0:-1])
        if start <= 1:
            return
        self._sheet.remove(1, start)
        self.lo = next(first for first, _last in (seqs(block.row) for block in blocks) if first)
        self.beginning = ""
        self._top_known = True

    def _set(self, found: Sequence[TimelineRow]) -> list[LaidOutRow]:
        return [
            self._setter.set(row, whole=isinstance(row, MessageRow) and row.entry_id in self._whole) for row in found
        ]


def _fitting(blocks: Sequence[LaidOutRow]) -> int:
    """How many of them can be kept."""
    pictures = 0
    for kept, block in enumerate(blocks[:MOST]):
        pictures += block.pictures
        if pictures > MOST_PICTURES and kept >= LEAST:
            return kept
    return min(len(blocks), MOST)
