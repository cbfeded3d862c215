"""AwayBar, over the upper edge of the timeline: what was written while the person was away, and ways to it. Tk thread.

It is there while something is unread that came before the room was opened, while the window had no keyboard, or while
there was no connection; until all is read.
"""

from __future__ import annotations

import tkinter as tk

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.model import phrases
from lanchat.desktop.model.unread import Unread
from lanchat.desktop.timeline.timeline import Timeline
from lanchat.desktop.view_context import ViewContext, room_of
from lanchat.desktop.widgets.buttons import Button, IconButton
from lanchat.desktop.widgets.keyboard import tab_order
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.tk_events import DelayedCalls, destroy_children
from lanchat.engine.commands import MarkRead
from lanchat.engine.events import Event, MessagesAdded

_LOOK_MS = 250  # what is unread also shrinks by reading, of which no Event tells


class AwayBar(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext, room_id: RoomId, timeline: Timeline) -> None:
        super().__init__(master, bg=context.theme.palette.accent_soft)
        self._context = context
        self._room_id = room_id
        self._timeline = timeline
        self._away = self._unread.count > 0
        self._shown = (0, 0)
        self._later = DelayedCalls(self)
        self._later.do("look", self._look, _LOOK_MS)  # what fits into the window is read by then

    @property
    def _unread(self) -> Unread:
        return self._context.state.room(self._room_id).unread

    def heard(self, event: Event) -> None:
        if room_of(event) != self._room_id:
            return
        match event:
            case MessagesAdded(older=False, backlog=backlog) if backlog or not self._timeline.has_keyboard():
                self._away = True
        self._later.do("look", self._look, _LOOK_MS)

    def _look(self) -> None:
        self._draw()
        if self._away:
            self._later.do("look", self._look, _LOOK_MS)

    def _draw(self) -> None:
        unread = self._unread
        self._away = self._away and unread.count > 0
        shown = (unread.count, unread.mentions) if self._away else (0, 0)
        if shown == self._shown:
            return
        had, self._shown = self._shown, shown
        if not shown[0]:
            self.place_forget()
            destroy_children(self)
            return
        if (had[0] > 0, had[1] > 0) != (shown[0] > 0, shown[1] > 0):
            destroy_children(self)
            self._build(mentioned=shown[1] > 0)
        self._words.text(phrases.while_away(*shown))
        self.place(in_=self._timeline, x=0, y=0, relwidth=1.0)
        self.lift()

    def _build(self, *, mentioned: bool) -> None:
        theme, px = self._context.theme, self._context.theme.px
        close = IconButton(self, theme, "check", _("Mark as read"), self._mark_read, ground="accent_soft")
        close.pack(side="right", padx=(0, px(10)))
        buttons = []
        if mentioned:
            buttons.append(Button(self, theme, _("Next mention"), lambda: self._timeline.to_mention(1), "link",
                                  ground="accent_soft"))  # fmt: skip
        buttons.append(Button(self, theme, _("First unread"), self._timeline.to_first_unread, "link",
                              ground="accent_soft"))  # fmt: skip
        for button in buttons:
            button.pack(side="right", padx=px(8), pady=px(6))
        self._words = Label(self, theme, "", "small_bold", "at", ground="accent_soft")
        self._words.pack(side="left", fill="x", expand=True, padx=(px(20), px(4)))
        tab_order(*reversed(buttons), close)

    def _mark_read(self) -> None:
        self._context.do(MarkRead(self._room_id, self._context.state.room(self._room_id).last_seq))
        self._draw()
        self._timeline.focus_set()
