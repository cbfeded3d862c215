"""Transcript: the middle of a room: what was said, as far as it is in view, and the way to the rest. Tk thread.

Where a person reads, nothing moves: what comes meanwhile waits below, and a pill counts it. Only who is at the end
stays there. Everything shown is in the Reader, so that nothing has to be kept here.
"""

from __future__ import annotations

import tkinter as tk
from functools import partial

from msgspec.structs import replace

from lanchat.core.content import is_shown
from lanchat.core.model import EntryId, LogEntry, MemberKey, RoomId
from lanchat.core.nicks import People
from lanchat.desktop.model.room import Room
from lanchat.desktop.timeline import rows, text_view
from lanchat.desktop.timeline.actions import MessageActions, selected_text
from lanchat.desktop.timeline.loaded_range import PAGE_SIZE, EarlierMessages, LoadedRange, LogPage, LogPages
from lanchat.desktop.timeline.pointer import Pointer
from lanchat.desktop.timeline.read_marker import ReadMarker
from lanchat.desktop.timeline.row_layout import RowLayout, today
from lanchat.desktop.timeline.rows import MessageRow, RowContext
from lanchat.desktop.timeline.text_view import TextView
from lanchat.desktop.timeline.viewport import Asks, NewestButton, Viewport
from lanchat.desktop.view_context import ViewContext
from lanchat.engine.events import (
    CardsCame,
    ConnectionChanged,
    Discarded,
    EntriesAdded,
    EntryStateChanged,
    EntryWritten,
    Event,
    Recovered,
    Renamed,
    RosterChanged,
)

_AHEAD = 60  # rows kept ready on either side of what is seen
_FETCH_AHEAD = 3  # rows: what is not on this disk is asked for when the person comes that near
_UNSENT = 200  # of mine that wait, the newest: far more than anybody writes while a host is away


class Timeline(tk.Frame):
    def __init__(self, master: tk.Misc, desk: ViewContext, room_id: RoomId) -> None:
        super().__init__(master, bg=desk.theme.palette.chat)
        self._desk = desk
        self._room_id = room_id
        self._stand_in = Room(room_id, People(desk.state.me, desk.state.nicks))
        self._new = 0  # messages of others that came while I read further up
        self._ticks: set[EntryId] = set()  # to be drawn anew
        self._names = False  # somebody is called otherwise now
        self._heard: set[MemberKey] = set()  # muted, and wanted here after all
        self._found = (0, "")  # the entry in which words were found, and these

        self._pages = LogPages(desk.reader, room_id, desk.say)
        self._earlier = EarlierMessages(desk, lambda: self._room, self._pages)
        self._sheet = TextView(self)
        text_view.style(self._sheet.text, desk.theme)
        coloured = partial(text_view.coloured, self._sheet.text)
        self._setter = RowLayout(desk.theme, lambda: self._room, lambda: desk.state.nick, coloured)
        self._stretch = LoadedRange(self._sheet, self._setter, self._pages, desk.state.me)
        self._pointer = Pointer(self._sheet, MessageActions(desk, room_id, self._sheet, self._show_whole, self._hear))
        step = self._pointer.step
        asks = Asks(self._moved, self._resized, self._show_at_top, self.show_newest, step, self._pointer.shifted)
        self._view = Viewport(self, desk.theme, self._sheet, self._stretch, self._pages, asks)
        self._reading = ReadMarker(self, desk, room_id, self._pages, lambda: self._view.following)
        self._pill = NewestButton(self._sheet.text, desk.theme, self.show_newest)
        self._open()

    # --- what others ask of it ---------------------------------------------------------------------------------------
    @property
    def at_end(self) -> bool:
        """The newest is in view."""
        return self._view.following

    def focus_set(self) -> None:
        self._sheet.text.focus_set()

    focus_first = focus_set

    def selected_text(self) -> str:
        """As it is copied; "" when nothing is selected."""
        return selected_text(self._sheet, self._room.people.called)

    def show_newest(self) -> None:
        if not self._stretch.at_end:
            self._show_last_page()
        self._view.show_end()
        self._moved()

    def jump(self, seq: int, words: str = "") -> None:
        """Show an entry. It stands out for a moment; or, where they are in it, `words` do, until they are forgotten."""
        self._bring(seq, 0.3)
        self._found = (seq, words)
        if self._paint() or (words and self._unfold(seq) and self._paint()):
            self._view.see_painted()
        else:
            self._view.flash(seq)
        self._moved()

    def forget_found(self) -> None:
        """No words stand out any more."""
        self._found = (0, "")
        self._paint()

    def _paint(self) -> bool:
        return self._view.paint(*self._found)

    def _repaint(self) -> None:
        """Rows that were set anew have lost it."""
        if self._found[1]:
            self._paint()

    def _unfold(self, seq: int) -> bool:
        """What is found may be in the part of a long text that is not shown. False: all of it is."""
        at = self._sheet.find(seq)
        block = self._sheet.blocks[at] if at is not None else None
        if block is None or not block.folded or not isinstance(block.row, MessageRow):
            return False
        self._stretch.show_whole(block.row.entry_id)
        return True

    def destroy(self) -> None:
        self._reading.stop()
        self._pointer.stop()
        self._view.stop()
        super().destroy()
        self._sheet.blocks.clear()  # pictures must be dropped here, not on whichever thread collects garbage
        self._setter.pictures.drop()

    # --- what is heard -----------------------------------------------------------------------------------------------
    def heard(self, event: Event) -> None:
        if getattr(event, "room_id", self._room_id) != self._room_id:
            return
        match event:
            case EntriesAdded(entries=entries, older=True):
                self._earlier.asked = False
                if entries:
                    self._pages.look()
            case Recovered(entries=entries):
                self._pages.look()
                if entries and self._stretch.lo < entries[-1].seq and entries[0].seq < self._stretch.hi:
                    self._show_again()
            case EntriesAdded(entries=entries, backlog=backlog):
                self._came(entries, backlog)
            case EntryWritten():
                self._wrote()
                return  # it is drawn, and its tick need not wait for a second time
            case EntryStateChanged(entry_ids=entry_ids):
                self._ticks.update(entry_ids)
            case ConnectionChanged():
                self._earlier.asked = False
            case RosterChanged() | CardsCame() | Renamed():
                self._names = True
            case Discarded():
                pass  # what is shown of my Outbox is compared with it
            case _:
                return
        self._desk.soon(self, self._draw)

    def _came(self, entries: tuple[LogEntry, ...], backlog: bool) -> None:
        if entries and entries[0].seq == self._pages.last + 1:
            self._pages.last = entries[-1].seq
        else:  # this was here already when we looked; or the replica began anew
            self._pages.look()
            if self._stretch.lo < self._pages.first or self._stretch.hi > self._pages.last:
                self._show_last_page()
        if self._reading.came(entries, backlog):
            self._move_unread_line()
        if not self._view.following:
            self._new += sum(1 for item in entries if item.entry.author != self._desk.state.me and is_shown(item.entry))
        self._reading.look()

    def _wrote(self) -> None:
        """I said something: at once, and where I see it."""
        if self._reading.new_at:
            self._reading.new_at = 0
            self._move_unread_line()
        if not self._view.following:
            self.show_newest()
        self._draw()

    # --- drawing -----------------------------------------------------------------------------------------------------
    def _draw(self) -> None:
        """Everything that has changed; a few milliseconds."""
        if self._view.selecting:
            self._desk.soon(self, self._draw)
            return
        self._settle_names()
        more = self._view.following and not self._stretch.at_end
        with self._view.still():
            if more and self._pages.last - self._stretch.hi > PAGE_SIZE:
                self._show_last_page()
            elif more:
                self._stretch.grow_forth()
            self._settle_setting()
            self._stretch.set_unsent(list(self._room.outbox.values())[-_UNSENT:])
            self._stretch.set_ticks(self._ticks)
            self._ticks.clear()
        self._repaint()
        self._tell_pill()
        if more:
            self._desk.soon(self, self._draw)  # the rows before these when nothing comes
        else:
            self._top_up()

    def _finish(self) -> None:
        """The pictures for which there was no time."""
        more = True
        if self._setter.pictures.draw_waiting():
            with self._view.still():
                more = self._stretch.finish()
            self._repaint()
        if more:
            self._desk.soon(self, self._finish)

    def _resized(self, pane: int) -> None:
        """The lines that are not broken by Tk are for another width now."""
        text_view.fit(self._sheet.text, pane)
        self._setter.pictures.fit(pane)
        for block in self._sheet.blocks:
            block.late = block.late or block.pane not in (0, pane)
        if any(block.late for block in self._sheet.blocks):
            self._desk.soon(self, self._finish)

    def _settle_names(self) -> None:
        """Who came and went, and what everybody is called."""
        if not self._names:
            return
        self._names = False
        called = self._room.people.called
        with self._view.still():
            self._stretch.set_happened(rows.membership_lines(self._room.moves, called))
            for index, block in enumerate(self._sheet.blocks):
                author = getattr(block.row, "author", None)
                if author is not None and block.called != called(author):
                    self._stretch.set_row_anew(index)

    def _show_whole(self, entry_id: EntryId) -> None:
        """A long text is wanted in full."""
        with self._view.still():
            self._stretch.show_whole(entry_id)

    def _hear(self, member: MemberKey) -> None:
        """Show what somebody muted said, until I leave the room."""
        self._heard.add(member)
        self._settle_setting()

    def _settle_setting(self) -> None:
        """Whom the person does not want to hear, and which day is today."""
        muted, day = self._muted(), today()
        if muted != self._stretch.setting.muted or day != self._setter.today:
            self._stretch.setting, self._setter.today = replace(self._stretch.setting, muted=muted), day
            with self._view.still():
                self._stretch.set_anew()

    def _tell_pill(self) -> None:
        if self._view.following:
            self._new = 0
        self._pill.show(None if self._view.following else self._new)

    # --- where we are ------------------------------------------------------------------------------------------------
    def _open(self) -> None:
        """Where I was; or at what is new; or at the end."""
        told = rows.membership_lines(self._room.moves, self._room.people.called)
        self._stretch.setting = RowContext(self._muted(), self._reading.new_at, told)
        if seq := self._desk.at_seq.get(self._room_id, 0):
            self._bring(seq, 0.0)
        elif self._reading.new_at:
            self._new = self._room.unread
            self._bring(self._reading.new_at, 0.2)
        else:
            self._show_last_page()
        self._moved()

    def _muted(self) -> frozenset[MemberKey]:
        return frozenset(MemberKey(bytes.fromhex(key)) for key in self._desk.kept.now.muted) - self._heard

    def _bring(self, seq: int, share: float) -> None:
        """An entry to this share of the height."""
        if not self._stretch.lo <= seq <= self._stretch.hi:
            self._show(self._pages.around(seq, 2 * self._view.room()))  # what follows it fills the pane
        self._view.put(seq, share)

    def _show_at_top(self, seq: int) -> None:
        if seq > self._pages.last - 1:
            self.show_newest()
        else:
            self._bring(seq, 0.0)
            self._moved()

    def _show_last_page(self) -> None:
        self._show(self._pages.newest(self._view.room()))

    def _show_again(self) -> None:
        """Entries came in between those that are seen."""
        seq = self._view.top_seq()
        if self._view.following or not seq:
            self._show_last_page()
            self._view.show_end()
        else:
            self._show(self._pages.around(seq, 2 * self._view.room()))
            self._view.put(seq, 0.0)

    def _show(self, page: LogPage) -> None:
        self._settle_names()
        self._stretch.show(page)
        self._stretch.set_unsent(list(self._room.outbox.values())[-_UNSENT:])

    def _moved(self) -> None:
        """Something else is in view."""
        if self._view.following:
            self._desk.at_seq.pop(self._room_id, None)
        elif seq := self._view.top_seq():
            self._desk.at_seq[self._room_id] = seq
        self._desk.soon(self, self._top_up)
        self._tell_pill()
        self._reading.look()

    def _top_up(self) -> None:
        """Some rows more than are seen, on both sides."""
        if self._sheet.text.winfo_height() <= 1:
            return  # there is no window yet
        if any(block.late for block in self._sheet.blocks):
            self._desk.soon(self, self._finish)
        self._settle_names()
        if advice := self._desk.theme.shaper.advice():
            self._desk.say(advice)
        first, last = self._view.seen()
        if any(block.late for block in self._sheet.blocks[first : last + 1]):
            self._desk.soon(self, self._top_up)  # first the pictures of what is seen
            return
        back = first < _AHEAD and self._stretch.lo > self._pages.first
        forth = len(self._sheet.blocks) - last < _AHEAD and not self._stretch.at_end
        if back or forth:
            with self._view.still():
                if self._stretch.grow_back() if back else self._stretch.grow_forth():
                    self._desk.soon(self, self._top_up)
        elif first < _FETCH_AHEAD and self._stretch.lo <= self._pages.first:
            self._earlier.ask()
        words = "" if self._stretch.lo > self._pages.first else self._earlier.words()
        if words != self._stretch.beginning:
            on_top = self._sheet.text.yview()[0] == 0.0
            with self._view.still():
                self._stretch.beginning = words
            if on_top and not self._view.following:
                self._view.show_beginning()

    def _move_unread_line(self) -> None:
        with self._view.still():
            self._stretch.set_unread(self._reading.new_at)

    @property
    def _room(self) -> Room:
        return self._desk.state.rooms.get(self._room_id, self._stand_in)
