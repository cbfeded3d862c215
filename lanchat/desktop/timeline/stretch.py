"""Stretch: the part of a Log that is in the Text, without a gap; it grows and shrinks at both ends. Tk thread."""

from __future__ import annotations

import time
from collections.abc import Sequence

from msgspec.structs import replace

from lanchat.core.model import EntryId, LogEntry, MemberKey
from lanchat.desktop.model.mine import Unsent
from lanchat.desktop.timeline.pages import Page, Pages
from lanchat.desktop.timeline.rows import (
    Beginning,
    Happened,
    Muted,
    Row,
    Said,
    Setting,
    Silent,
    rows,
    together,
    unsent_rows,
)
from lanchat.desktop.timeline.sheet import Block, Sheet, seqs
from lanchat.desktop.timeline.typeset import Typesetter

MOST = 500  #: rows; more would make every change of the Text slower
LEAST = 170  #: rows that are always kept: those ready around what is seen must not push each other out
MOST_PICTURES = 5_000  #: Tk looks at all of them for each new one
_FINISHING = 0.006  # seconds


class Stretch:
    """From top to bottom: one block for the beginning, the rows, and mine that are not in the Log yet."""

    def __init__(self, sheet: Sheet, setter: Typesetter, pages: Pages, me: MemberKey) -> None:
        self.setting = Setting()
        self.lo, self.hi = 1, 0  #: seqs of the first and last entry shown; the other way round: none
        self._sheet = sheet
        self._setter = setter
        self._pages = pages
        self._me = me
        self._last: LogEntry | None = None  #: the one at `hi`
        self._top_known = True  #: what stands before the first row was known when it was set
        self._whole: set[EntryId] = set()  # long texts that were asked for in full
        self._unsent: list[Unsent] = []
        self._unsent_blocks = 0

    @property
    def at_end(self) -> bool:
        """The newest entry is in the stretch."""
        return self.hi >= self._pages.last

    # --- the whole of it ---------------------------------------------------------------------------------------------
    def show(self, page: Page, beginning: str = "") -> None:
        """Only these entries."""
        self._sheet.remove(0, len(self._sheet.blocks))
        self._unsent, self._unsent_blocks = [], 0
        found: list[Row] = [Beginning(beginning)]
        if page.before is None and (happened := self.setting.happened.get(self._pages.first - 1)):
            found.append(Happened(self._pages.first - 1, happened))
        found += rows(page.before, page.entries, self.setting)
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
        found = rows(page.before, page.entries, self.setting)
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
        found = rows(self._last or before, entries, self.setting)
        at = len(self._sheet.blocks) - self._unsent_blocks
        if one := together(self._sheet.blocks[at - 1].row, found[0]):
            found[0] = one
            at -= 1
            self._sheet.remove(at, at + 1)
        self._sheet.insert(at, self._set(found))
        self.lo = entries[0].seq if self.hi < self.lo else self.lo
        self._last, self.hi = entries[-1], entries[-1].seq
        if self._unsent:
            self.set_unsent(self._unsent, anew=True)
        self._shrink_beginning()

    def set_unsent(self, unsent: Sequence[Unsent], *, anew: bool = False) -> None:
        """Mine that are not in the Log yet; only at the end is there a place for them."""
        shown = list(unsent) if self.at_end else []
        if shown == self._unsent and not anew:
            return
        blocks = self._sheet.blocks
        start = len(blocks) - self._unsent_blocks
        self._sheet.remove(start, len(blocks))
        alone = isinstance(blocks[-1].row, Happened)
        self._sheet.insert(start, self._set(unsent_rows(self._me, self._last, shown, alone)))
        self._unsent, self._unsent_blocks = shown, len(shown)

    # --- single rows -------------------------------------------------------------------------------------------------
    @property
    def beginning(self) -> str:
        """What stands over the first row."""
        row = self._sheet.blocks[0].row
        return row.words if isinstance(row, Beginning) else ""

    @beginning.setter
    def beginning(self, words: str) -> None:
        if words != self.beginning:
            self._sheet.replace(0, self._setter.set(Beginning(words)))

    def set_row_anew(self, index: int, row: Row | None = None) -> None:
        """One block, as it is shown now. `row`: in the place of what it is."""
        self._sheet.replace(index, self._set([row or self._sheet.blocks[index].row])[0])

    def set_ticks(self, entry_ids: set[EntryId]) -> None:
        """How far these entries of mine are has changed."""
        if not entry_ids:
            return
        for index, block in enumerate(self._sheet.blocks):
            if isinstance(block.row, Said) and block.row.unsent is None and block.row.entry_id in entry_ids:
                self._sheet.set_tick(index, self._setter.tick(block.row))

    def show_whole(self, entry_id: EntryId) -> None:
        """A long text in full, from now on."""
        self._whole.add(entry_id)
        for index, block in enumerate(self._sheet.blocks):
            if isinstance(block.row, Said) and block.row.entry_id == entry_id:
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
        row, old = rows(page.before, page.entries, self.setting)[0], self._sheet.blocks[at].row
        if isinstance(row, Muted | Silent) and isinstance(old, Muted | Silent):
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
        is_there = at + 1 < len(self._sheet.blocks) and isinstance(self._sheet.blocks[at + 1].row, Happened)
        if is_there:
            self._sheet.remove(at + 1, at + 2)
        if words:
            self._sheet.insert(at + 1, self._set([Happened(seq, words)]))

    def _join_muted(self, found: list[Row], at: int) -> None:
        """Where somebody muted goes on across the seam before the block `at`."""
        if at < len(self._sheet.blocks) and (one := together(found[-1], self._sheet.blocks[at].row)):
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

    def _set(self, found: Sequence[Row]) -> list[Block]:
        return [self._setter.set(row, whole=isinstance(row, Said) and row.entry_id in self._whole) for row in found]


def _fitting(blocks: Sequence[Block]) -> int:
    """How many of them can be kept."""
    pictures = 0
    for kept, block in enumerate(blocks[:MOST]):
        pictures += block.pictures
        if pictures > MOST_PICTURES and kept >= LEAST:
            return kept
    return min(len(blocks), MOST)
