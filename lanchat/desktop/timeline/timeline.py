"""Timeline: the widget that shows what was written in a room. Tk thread.

Where a person reads, nothing moves: what comes meanwhile waits below, and a button counts it. Only who is at the end
stays there. All that is shown can be read again from the Reader, so nothing has to be kept here.
"""

from __future__ import annotations

import tkinter as tk

from msgspec.structs import replace

from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.desktop.timeline import actions, text_styles
from lanchat.desktop.timeline.action_bar import ActionBar
from lanchat.desktop.timeline.file_cards import FileCards
from lanchat.desktop.timeline.loaded_range import LoadedRange
from lanchat.desktop.timeline.log_pages import PAGE_SIZE, EarlierMessages, LogPage, LogPages
from lanchat.desktop.timeline.mention_jumps import MentionJumps
from lanchat.desktop.timeline.message_actions import MessageActions, MessageWriter
from lanchat.desktop.timeline.message_layout import MessageLayout, today
from lanchat.desktop.timeline.pointer import Pointer
from lanchat.desktop.timeline.read_marker import ReadMarker
from lanchat.desktop.timeline.rows import RowContext, lines_between
from lanchat.desktop.timeline.seen_line import SeenLine
from lanchat.desktop.timeline.text_view import TextView
from lanchat.desktop.timeline.viewport import NewestButton, Viewport
from lanchat.desktop.view_context import ViewContext
from lanchat.engine import events
from lanchat.engine.commands import MarkUnread

_AHEAD = 60  # rows kept ready on either side of what is seen
_FETCH_AHEAD = 3  # rows: what is not on this disk is asked for when the person comes that near


class Timeline(tk.Frame):
    def __init__(
        self, master: tk.Misc, context: ViewContext, room_id: RoomId, writer: MessageWriter | None = None
    ) -> None:  # fmt: skip
        super().__init__(master, bg=context.theme.palette.chat)
        self._context = context
        self._state = context.state
        self._room_id = room_id
        self._new = 0  # messages of others that came while I read further up
        self._ticks: set[EntryId] = set()  # to be drawn again
        self._changed: dict[EntryId, None] = {}  # messages to be drawn as they are now
        self._names_changed = False
        self._heard: set[MemberKey] = set()  # muted, and wanted here after all

        theme = context.theme
        self._pages = LogPages(context.reader, room_id, context.say)
        self._earlier = EarlierMessages(context, room_id, self._pages)
        self.view = TextView(self)
        text_styles.style(self.view.text, theme)
        self._layout = MessageLayout(theme, context.state, room_id, self.view.text)
        self.loaded = LoadedRange(
            self.view, self._layout, self._pages, context.state.me,
            lambda: context.state.room(room_id).not_in_log,
        )  # fmt: skip
        bar = ActionBar(self.view.text, context, room_id, self.perform, lambda steps: self.viewport.turned(steps))
        self.files = FileCards(context, room_id, self.view)
        self._pointer = Pointer(self.view, theme, self._layout, bar, self.files, self.perform)
        self._actions = MessageActions(context, room_id, self._pages, self._pointer, writer)
        self.viewport = Viewport(self, theme, self.view, self.loaded, self._pages, self._pointer, self.files, self)
        self._read_marker = ReadMarker(self, context, room_id, self._pages, self.viewport)
        self._mentions = MentionJumps(context, room_id, self.view, self.viewport)
        self._seen_line = SeenLine(context.state, room_id, self.view, self.loaded, self._layout)
        self._newest_button = NewestButton(self.view.text, theme, self.show_newest)
        self._open()

    # --- for its owner -----------------------------------------------------------------------------------------------
    def focus_set(self) -> None:
        self.view.text.focus_set()

    focus_first = focus_set

    def jump(self, seq: int, words: str = "") -> None:
        """Show an entry. It stands out for a moment; or, where they are in it, `words` do, until they are forgotten."""
        self._bring(seq, 0.3)
        highlight = self.viewport.highlight
        if highlight(seq, words) or (words and self.loaded.unfold(seq) and highlight(seq, words)):
            self.viewport.show_highlighted()
        else:
            self.viewport.flash(seq)
        self.viewport_moved()

    def to_mention(self, step: int) -> None:
        """Show the next (1) or the previous (-1) message that mentions me."""
        if seq := self._mentions.next(step):
            self.jump(seq)
        else:
            self._context.say(_("Nobody has mentioned you here."))

    def to_first_unread(self) -> None:
        """Show the first message that is new to the person; where nothing is, the end."""
        if seq := self._read_marker.new_at:
            self._bring(seq, 0.2)
            self.viewport_moved()
        else:
            self.show_newest()

    def has_keyboard(self) -> bool:
        """Whether the person is at this window."""
        return self._read_marker.focused

    def forget_found(self) -> None:
        """End what `jump` made stand out."""
        self.viewport.highlight(0, "")

    def destroy(self) -> None:
        self._read_marker.stop()
        super().destroy()
        self.view.clear()  # images must be dropped here, not on whichever thread collects garbage
        self._layout.images.drop()
        self.files.drop()

    # --- events ------------------------------------------------------------------------------------------------------
    def heard(self, event: events.Event) -> None:
        self.files.heard(event)
        match event:
            case (
                events.MessagesAdded(room_id=self._room_id, older=True, messages=messages)
                | events.Recovered(room_id=self._room_id, messages=messages)
            ):
                self._earlier.asked &= isinstance(event, events.Recovered)
                self._pages.look()
                if messages and self.loaded.first < messages[-1].seq and messages[0].seq < self.loaded.last:
                    self._show_again()  # else nothing that is shown is another
            case events.MessagesAdded(room_id=self._room_id):
                self._came(event)
            case events.EntryWritten(room_id=self._room_id):
                self._wrote()
                return  # it is drawn, and its tick need not wait for a second time
            case events.EntryStateChanged(room_id=self._room_id, entry_ids=entry_ids):
                self._actions.tell_refused(event)
                self._ticks.update(entry_ids)
            case events.MessagesChanged(room_id=self._room_id, messages=messages):
                changed = dict.fromkeys([message.message_id for message in messages])
                self._changed.update(changed)
                if self._actions.awaited & changed.keys():  # who clicked is looking at it
                    self._actions.awaited -= changed.keys()
                    self._draw()
                    return
            case events.BookmarksChanged(room_id=self._room_id, on=on):
                self._context.say(_("It is among your bookmarks.") if on else _("The bookmark is gone."))
                return
            case events.ConnectionChanged(room_id=self._room_id):
                self._earlier.asked = False
            case events.Rebased(room_id=self._room_id):
                self._read_again(event.base)
            case events.RosterChanged(at) | events.KeeperChanged(at) | events.RoleGiven(at) if at == self._room_id:
                self._names_changed = True
            case events.CardsCame() | events.ProfileChanged():
                self._names_changed = True
            case events.SeenChanged(at) | events.EarlierDelivered(at) if at == self._room_id:
                self._heard_of_peer()
            case events.Discarded() | events.BroughtBack() | events.SharingChanged():
                pass  # what is shown is compared with it
            case _:
                return
        self._context.draw_soon(self, self._draw)

    def _came(self, event: events.MessagesAdded) -> None:
        if not self._pages.grew(event.after, event.last, event.messages):
            self._pages.look()  # this was here already when we looked; or the replica began anew
            if self.loaded.first < self._pages.first or self.loaded.last > self._pages.last:
                self._show_last_page()
        self._ticks.update([one.message_id for one in event.messages if one.seq <= self.loaded.last])  # read before
        self._heard_of_peer()
        news = [message for message in event.messages if message.message_id not in event.again]
        if self._read_marker.came(news, event.backlog):
            self._move_unread_line()
        if not self.viewport.following:
            self._new += len([message for message in news if message.author != self._state.me])
        self._read_marker.look()

    def _read_again(self, base: int) -> None:
        """The log is another after `base`: who reads goes on at the same message, wherever in the log it is now."""
        self._read_marker.cut_back(base)
        self._new = min(self._new, self._state.room(self._room_id).unread.count)  # the rest comes again
        top = None if self.viewport.following else self.viewport.top_message()
        with self.viewport.still():
            self.loaded.context = replace(self.loaded.context, unread_at=self._read_marker.new_at)
            self.loaded.read_again(top, 2 * self.viewport.room())
        self._names_changed = True  # what happened between the messages stands elsewhere, too

    def _heard_of_peer(self) -> None:
        """Somebody else may have more of what I wrote."""
        me, room, private = self._state.me, self._state.room(self._room_id), self._room_id in self._state.threads
        self._ticks |= self.loaded.own_messages(me) if private else self.loaded.newly_seen(me, room.others_most)

    def _wrote(self) -> None:
        """Draw a message of mine at once, scrolling to the end if need be."""
        if self._read_marker.new_at:
            self._read_marker.new_at = 0
            self._move_unread_line()
        if not self.viewport.following:
            self.show_newest()
        self._draw()

    # --- actions -----------------------------------------------------------------------------------------------------
    def perform(self, action: actions.Action) -> None:
        """Do what was clicked or chosen in a menu."""
        match action:
            case actions.ShowMore(message_id):
                with self.viewport.still():
                    self.loaded.show_whole(message_id)
            case actions.ShowMuted(member):
                self._heard.add(member)
                self._update_context()
            case actions.JumpToMessage(seq):
                self.jump(seq)
            case MarkUnread():
                self._context.do(action)
                self._read_marker.marked_unread(action.seq)
                self._move_unread_line()
            case _:
                self._actions.perform(action)

    def ask_delete(self, message_id: EntryId) -> None:
        """Delete a message, when the person agrees."""
        self._actions.ask_delete(message_id)

    # --- drawing -----------------------------------------------------------------------------------------------------
    def _draw(self) -> None:
        """Draw everything that has changed; a few milliseconds."""
        if self.viewport.selecting:
            self._context.draw_soon(self, self._draw)
            return
        self._update_names()
        more = self.viewport.following and not self.loaded.at_end
        with self.viewport.still():
            if self.loaded.brings_back and not more:
                self.loaded.grow_to_end()
            elif more and self._pages.last - self.loaded.last > PAGE_SIZE:
                self._show_last_page()
            elif more:
                self.loaded.grow_forth()
            self._update_context()
            if self._changed:
                self.loaded.refresh_messages(self._changed)
                self._changed.clear()
                self._pointer.changed()
            self.loaded.show_unsent()
            self.loaded.set_ticks(self._ticks)
            self._ticks.clear()
            self._seen_line.update()
        self.viewport.highlight_again()
        self._update_newest_button()
        if more:
            self._context.draw_soon(self, self._draw)  # the rows before these when nothing comes
        else:
            self._top_up()

    def _finish(self) -> None:
        """Draw images for which there was no time before."""
        more = True
        if self._layout.images.draw_waiting():
            with self.viewport.still():
                more = self.loaded.finish()
            self.viewport.highlight_again()
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
        called = self._layout.called
        with self.viewport.still():
            self.loaded.set_membership(lines_between(self._state.room(self._room_id)))
            self.loaded.refresh_people(called, self._context.theme.wish_of)

    def _update_context(self) -> None:
        """Draw all rows again when who is muted, or today's date, has changed."""
        muted, day = self._muted(), today()
        if muted != self.loaded.context.muted or day != self._layout.today:
            self.loaded.context, self._layout.today = replace(self.loaded.context, muted=muted), day
            with self.viewport.still():
                self.loaded.show_again()

    def _muted(self) -> frozenset[MemberKey]:
        return frozenset([MemberKey(bytes.fromhex(key)) for key in self._context.kept.now.muted]) - self._heard

    def _update_newest_button(self) -> None:
        self._new = 0 if self.viewport.following else self._new
        self._newest_button.show(None if self.viewport.following else self._new)

    def _move_unread_line(self) -> None:
        with self.viewport.still():
            self.loaded.set_unread(self._read_marker.new_at)

    # --- where we are ------------------------------------------------------------------------------------------------
    def _open(self) -> None:
        """Show the place where I was; or what is new; or the end."""
        room = self._state.room(self._room_id)
        lines = lines_between(room)
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
            self._show(self._pages.around(seq, 2 * self.viewport.room()))  # what follows it fills the pane
        self.viewport.put(seq, share)

    def _show_last_page(self) -> None:
        self._show(self._pages.newest(self.viewport.room()))

    def _show_again(self) -> None:
        """Load the rows in view again: entries came in between."""
        seq = self.viewport.top_seq()
        if self.viewport.following or not seq:
            self._show_last_page()
            self.viewport.show_end()
        else:
            self._show(self._pages.around(seq, 2 * self.viewport.room()))
            self.viewport.put(seq, 0.0)

    def _show(self, page: LogPage) -> None:
        self._update_names()
        self.loaded.show(page)

    def _top_up(self) -> None:
        """Load some more rows than are seen, on both sides."""
        if self.view.text.winfo_height() <= 1:
            return  # there is no window yet
        self._finish_late_rows()
        self._update_names()
        if advice := self._context.theme.shaper.advice():
            self._context.say(advice)
        first, last = self.viewport.seen()
        if any([row.late for row in self.view.rows[first : last + 1]]):
            self._context.draw_soon(self, self._top_up)  # first the images of what is seen
            return
        back = first < _AHEAD and not self.loaded.at_beginning
        forth = len(self.view.rows) - last < _AHEAD and not self.loaded.at_end
        if back or forth:
            with self.viewport.still():
                if self.loaded.grow_back() if back else self.loaded.grow_forth():
                    self._context.draw_soon(self, self._top_up)
        elif first < _FETCH_AHEAD and self.loaded.at_beginning:
            self._earlier.ask()
        self._show_beginning(self._earlier.words() if self.loaded.at_beginning else "")
        if not self.viewport.selecting:
            with self.viewport.still():
                self._seen_line.update()

    def _show_beginning(self, words: str) -> None:
        """Show these words over the oldest row."""
        if words != self.loaded.beginning:
            on_top = self.view.text.yview()[0] == 0.0
            with self.viewport.still():
                self.loaded.beginning = words
            if on_top and not self.viewport.following:
                self.view.text.yview("1.0")

    # --- for Viewport ------------------------------------------------------------------------------------------------
    def show_newest(self) -> None:
        if not self.loaded.at_end:
            self._show_last_page()
        self.viewport.show_end()
        self.viewport_moved()

    def show_at_top(self, seq: int) -> None:
        if seq > self._pages.last - 1:
            self.show_newest()
        else:
            self._bring(seq, 0.0)
            self.viewport_moved()

    def viewport_moved(self) -> None:
        if self.viewport.following:
            self._context.at_seq.pop(self._room_id, None)
        elif seq := self.viewport.top_seq():
            self._context.at_seq[self._room_id] = seq
        self._context.draw_soon(self, self._top_up)
        self._update_newest_button()
        self._read_marker.look()

    def viewport_resized(self, width: int) -> None:
        """Lay out again the rows whose lines Tk does not break: they are for another width."""
        text_styles.fit(self.view.text, width)
        resized = self._layout.images.fit(width, self.view.text.winfo_height())
        for row in self.view.rows:
            row.late = row.late or row.pane not in (0, width) or (resized and row.file is not None)
        self._finish_late_rows()
