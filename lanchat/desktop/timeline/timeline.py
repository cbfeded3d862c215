"""Timeline: the widget that shows what was written in a room. Tk thread.

Where a person reads, nothing moves: what comes meanwhile waits below, and a button counts it. Only who is at the end
stays there. All that is shown can be read again from the Reader, so nothing has to be kept here.
"""

from __future__ import annotations

import tkinter as tk

from msgspec.structs import replace

from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.desktop.platform.external_programs import open_url
from lanchat.desktop.timeline import text_styles
from lanchat.desktop.timeline.actions import (
    Action,
    CopyText,
    DiscardMessage,
    OpenLink,
    RetryMessage,
    ShowMore,
    ShowMuted,
    ShowProfile,
)
from lanchat.desktop.timeline.loaded_range import PAGE_SIZE, EarlierMessages, LoadedRange, LogPage, LogPages
from lanchat.desktop.timeline.message_layout import MessageLayout, today
from lanchat.desktop.timeline.pointer import Pointer, copy_text
from lanchat.desktop.timeline.read_marker import ReadMarker
from lanchat.desktop.timeline.rows import MessageRow, MutedRow, RowContext, UnknownRow, membership_lines
from lanchat.desktop.timeline.text_view import TextView
from lanchat.desktop.timeline.viewport import NewestButton, Viewport
from lanchat.desktop.view_context import JoinBy, ViewContext
from lanchat.engine.commands import Discard, Retry
from lanchat.engine.events import (
    CardsCame,
    ConnectionChanged,
    Discarded,
    EntryState,
    EntryStateChanged,
    EntryWritten,
    Event,
    MessagesAdded,
    Recovered,
    Renamed,
    RosterChanged,
)

_AHEAD = 60  # rows kept ready on either side of what is seen
_FETCH_AHEAD = 3  # rows: what is not on this disk is asked for when the person comes that near
_UNSENT = 200  # of mine that wait, the newest: far more than anybody writes while a host is away


class Timeline(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext, room_id: RoomId) -> None:
        super().__init__(master, bg=context.theme.palette.chat)
        self._context = context
        self._state = context.state
        self._room_id = room_id
        self._new = 0  # messages of others that came while I read further up
        self._ticks: set[EntryId] = set()  # to be drawn again
        self._names_changed = False
        self._heard: set[MemberKey] = set()  # muted, and wanted here after all
        self._found = (0, "")  # the entry in which words were found, and these

        theme = context.theme
        self._pages = LogPages(context.reader, room_id, context.say)
        self._earlier = EarlierMessages(context, room_id, self._pages)
        self.view = TextView(self)
        text_styles.style(self.view.text, theme)
        self._layout = MessageLayout(theme, context.state, room_id, self.view.text)
        self.loaded = LoadedRange(self.view, self._layout, self._pages, context.state.me)
        self._pointer = Pointer(self.view, theme, self)
        self._viewport = Viewport(self, theme, self.view, self.loaded, self._pages, self)
        self._read_marker = ReadMarker(self, context, room_id, self._pages, self._viewport)
        self._newest_button = NewestButton(self.view.text, theme, self.show_newest)
        self._open()

    # --- for its owner -----------------------------------------------------------------------------------------------
    @property
    def at_end(self) -> bool:
        """Whether the newest message is in view."""
        return self._viewport.following

    def focus_set(self) -> None:
        self.view.text.focus_set()

    focus_first = focus_set

    def jump(self, seq: int, words: str = "") -> None:
        """Show an entry. It stands out for a moment; or, where they are in it, `words` do, until they are forgotten."""
        self._bring(seq, 0.3)
        self._found = (seq, words)
        if self._highlight_found() or (words and self._unfold(seq) and self._highlight_found()):
            self._viewport.show_highlighted()
        else:
            self._viewport.flash(seq)
        self.viewport_moved()

    def forget_found(self) -> None:
        """End what `jump` made stand out."""
        self._found = (0, "")
        self._highlight_found()

    def _highlight_found(self) -> bool:
        return self._viewport.highlight(*self._found)

    def _highlight_again(self) -> None:
        """Rows that were laid out again have lost the highlight."""
        if self._found[1]:
            self._highlight_found()

    def _unfold(self, seq: int) -> bool:
        """Show all of a long message, in which the words may be further down. False: all of it is shown already."""
        at = self.view.find_seq(seq)
        row = self.view.rows[at] if at is not None else None
        if row is None or not row.folded or not isinstance(row.row, MessageRow):
            return False
        self.loaded.show_whole(row.row.message_id)
        return True

    def destroy(self) -> None:
        self._read_marker.stop()
        self._pointer.stop()
        self._viewport.stop()
        super().destroy()
        self.view.clear()  # images must be dropped here, not on whichever thread collects garbage
        self._layout.images.drop()

    # --- events ------------------------------------------------------------------------------------------------------
    def heard(self, event: Event) -> None:
        match event:
            case MessagesAdded(room_id=self._room_id, older=True):
                self._earlier.asked = False
                if event.after < event.last:
                    self._pages.look()
            case MessagesAdded(room_id=self._room_id):
                self._came(event)
            case EntryWritten(room_id=self._room_id):
                self._wrote()
                return  # it is drawn, and its tick need not wait for a second time
            case EntryStateChanged(room_id=self._room_id, entry_ids=entry_ids):
                self._ticks.update(entry_ids)
            case ConnectionChanged(room_id=self._room_id):
                self._earlier.asked = False
            case Recovered(room_id=self._room_id, messages=messages):
                self._pages.look()
                if messages and self.loaded.first < messages[-1].seq and messages[0].seq < self.loaded.last:
                    self._show_again()
            case RosterChanged(room_id=self._room_id) | CardsCame() | Renamed():
                self._names_changed = True
            case Discarded(room_id=self._room_id):
                pass  # what is shown of my outbox is compared with it
            case _:
                return
        self._context.draw_soon(self, self._draw)

    def _came(self, event: MessagesAdded) -> None:
        if not self._pages.grew(event.after, event.last, event.messages):
            # this was here already when we looked; or the replica began anew
            self._pages.look()
            if self.loaded.first < self._pages.first or self.loaded.last > self._pages.last:
                self._show_last_page()
        if self._read_marker.came(event.messages, event.backlog):
            self._move_unread_line()
        if not self._viewport.following:
            self._new += len([message for message in event.messages if message.author != self._state.me])
        self._read_marker.look()

    def _wrote(self) -> None:
        """Draw a message of mine at once, scrolling to the end if need be."""
        if self._read_marker.new_at:
            self._read_marker.new_at = 0
            self._move_unread_line()
        if not self._viewport.following:
            self.show_newest()
        self._draw()

    # --- actions -----------------------------------------------------------------------------------------------------
    def perform(self, action: Action) -> None:
        """Do what was clicked or chosen in a menu."""
        match action:
            case OpenLink(address) if address[:10].lower() == "lanchat://":
                self._context.go(JoinBy(address))  # a page that asks first
            case OpenLink(address):
                if problem := open_url(address):
                    self._context.say(problem)
            case ShowProfile(member):
                self._context.profile(member)
            case ShowMore(message_id):
                with self._viewport.still():
                    self.loaded.show_whole(message_id)
            case ShowMuted(member):
                self._heard.add(member)
                self._update_context()
            case RetryMessage(message_id):
                self._context.do(Retry(self._room_id, message_id))
            case DiscardMessage(message_id):
                self._context.do(Discard(self._room_id, message_id))
            case CopyText(text):
                copy_text(self, text)

    def selected_text(self) -> str:
        """The selection as it is copied; "" when nothing is selected."""
        return self.view.selected_text(self.called)

    def called(self, member: MemberKey) -> str:
        return self._state.room(self._room_id).people.called(member)

    def state_of(self, row: MessageRow) -> EntryState:
        """The delivery state of a message of mine."""
        return row.unsent.state if row.unsent else self._state.room(self._room_id).state_of(row.message_id)

    # --- drawing -----------------------------------------------------------------------------------------------------
    def _draw(self) -> None:
        """Draw everything that has changed; a few milliseconds."""
        if self._viewport.selecting:
            self._context.draw_soon(self, self._draw)
            return
        self._update_names()
        more = self._viewport.following and not self.loaded.at_end
        with self._viewport.still():
            if more and self._pages.last - self.loaded.last > PAGE_SIZE:
                self._show_last_page()
            elif more:
                self.loaded.grow_forth()
            self._update_context()
            self._show_unsent()
            self.loaded.set_ticks(self._ticks)
            self._ticks.clear()
        self._highlight_again()
        self._update_newest_button()
        if more:
            self._context.draw_soon(self, self._draw)  # the rows before these when nothing comes
        else:
            self._top_up()

    def _show_unsent(self) -> None:
        self.loaded.set_unsent(list(self._state.room(self._room_id).outbox.values())[-_UNSENT:])

    def _finish(self) -> None:
        """Draw images for which there was no time before."""
        more = True
        if self._layout.images.draw_waiting():
            with self._viewport.still():
                more = self.loaded.finish()
            self._highlight_again()
        if more:
            self._context.draw_soon(self, self._finish)

    def _finish_late_rows(self) -> None:
        if any([row.late for row in self.view.rows]):
            self._context.draw_soon(self, self._finish)

    def _update_names(self) -> None:
        """Draw who came and went, and changed names."""
        if not self._names_changed:
            return
        self._names_changed = False
        with self._viewport.still():
            self.loaded.set_membership(membership_lines(self._state.room(self._room_id).moves, self.called))
            for index, row in enumerate(self.view.rows):
                match row.row:
                    case MessageRow(author=author) | UnknownRow(author=author) | MutedRow(author=author):
                        if row.called != self.called(author):
                            self.loaded.replace_row(index)
                    case _:
                        pass

    def _update_context(self) -> None:
        """Draw all rows again when who is muted, or today's date, has changed."""
        muted, day = self._muted(), today()
        if muted != self.loaded.context.muted or day != self._layout.today:
            self.loaded.context, self._layout.today = replace(self.loaded.context, muted=muted), day
            with self._viewport.still():
                self.loaded.show_again()

    def _muted(self) -> frozenset[MemberKey]:
        return frozenset([MemberKey(bytes.fromhex(key)) for key in self._context.kept.now.muted]) - self._heard

    def _update_newest_button(self) -> None:
        if self._viewport.following:
            self._new = 0
        self._newest_button.show(None if self._viewport.following else self._new)

    def _move_unread_line(self) -> None:
        with self._viewport.still():
            self.loaded.set_unread(self._read_marker.new_at)

    # --- where we are ------------------------------------------------------------------------------------------------
    def _open(self) -> None:
        """Show the place where I was; or what is new; or the end."""
        room = self._state.room(self._room_id)
        lines = membership_lines(room.moves, self.called)
        self.loaded.context = RowContext(self._muted(), self._read_marker.new_at, lines)
        if seq := self._context.at_seq.get(self._room_id, 0):
            self._bring(seq, 0.0)
        elif self._read_marker.new_at:
            self._new = room.unread.count
            self._bring(self._read_marker.new_at, 0.2)
        else:
            self._show_last_page()
        self.viewport_moved()

    def _bring(self, seq: int, share: float) -> None:
        """Bring an entry to this share of the height, loading it if need be."""
        if not self.loaded.first <= seq <= self.loaded.last:
            self._show(self._pages.around(seq, 2 * self._viewport.room()))  # what follows it fills the pane
        self._viewport.put(seq, share)

    def _show_last_page(self) -> None:
        self._show(self._pages.newest(self._viewport.room()))

    def _show_again(self) -> None:
        """Load the rows in view again: entries came in between."""
        seq = self._viewport.top_seq()
        if self._viewport.following or not seq:
            self._show_last_page()
            self._viewport.show_end()
        else:
            self._show(self._pages.around(seq, 2 * self._viewport.room()))
            self._viewport.put(seq, 0.0)

    def _show(self, page: LogPage) -> None:
        self._update_names()
        self.loaded.show(page)
        self._show_unsent()

    def _top_up(self) -> None:
        """Load some more rows than are seen, on both sides."""
        if self.view.text.winfo_height() <= 1:
            return  # there is no window yet
        self._finish_late_rows()
        self._update_names()
        if advice := self._context.theme.shaper.advice():
            self._context.say(advice)
        first, last = self._viewport.seen()
        if any([row.late for row in self.view.rows[first : last + 1]]):
            self._context.draw_soon(self, self._top_up)  # first the images of what is seen
            return
        back = first < _AHEAD and not self.loaded.at_beginning
        forth = len(self.view.rows) - last < _AHEAD and not self.loaded.at_end
        if back or forth:
            with self._viewport.still():
                if self.loaded.grow_back() if back else self.loaded.grow_forth():
                    self._context.draw_soon(self, self._top_up)
        elif first < _FETCH_AHEAD and self.loaded.at_beginning:
            self._earlier.ask()
        self._show_beginning(self._earlier.words() if self.loaded.at_beginning else "")

    def _show_beginning(self, words: str) -> None:
        """Show these words over the oldest row."""
        if words != self.loaded.beginning:
            on_top = self.view.text.yview()[0] == 0.0
            with self._viewport.still():
                self.loaded.beginning = words
            if on_top and not self._viewport.following:
                self._viewport.show_beginning()

    # --- for Viewport and Pointer ------------------------------------------------------------------------------------
    def show_newest(self) -> None:
        if not self.loaded.at_end:
            self._show_last_page()
        self._viewport.show_end()
        self.viewport_moved()

    def show_at_top(self, seq: int) -> None:
        if seq > self._pages.last - 1:
            self.show_newest()
        else:
            self._bring(seq, 0.0)
            self.viewport_moved()

    def viewport_moved(self) -> None:
        if self._viewport.following:
            self._context.at_seq.pop(self._room_id, None)
        elif seq := self._viewport.top_seq():
            self._context.at_seq[self._room_id] = seq
        self._context.draw_soon(self, self._top_up)
        self._update_newest_button()
        self._read_marker.look()

    def viewport_resized(self, width: int) -> None:
        """Lay out again the rows whose lines Tk does not break: they are for another width."""
        text_styles.fit(self.view.text, width)
        self._layout.images.fit(width)
        for row in self.view.rows:
            row.late = row.late or row.pane not in (0, width)
        self._finish_late_rows()

    def text_moved(self) -> None:
        self._pointer.moved()

    def highlight_next(self, down: bool) -> None:
        self._pointer.highlight_next(down)
