"""Conversation: a room in the middle pane, from its header down to the composer. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence

from lanchat.desktop.composer.composer import Composer
from lanchat.desktop.conversation.room_header import Header, NoticeStrip
from lanchat.desktop.pages.find_bar import FindBar
from lanchat.desktop.timeline.timeline import Timeline
from lanchat.desktop.view_context import InRoom, ViewContext
from lanchat.desktop.widgets.keyboard import tab_order
from lanchat.engine.events import Event


class ConversationView(tk.Frame):
    def __init__(self, master: tk.Misc, desk: ViewContext, place: InRoom) -> None:
        super().__init__(master, bg=desk.theme.palette.chat)
        self._desk = desk
        self.room_id = place.room_id
        self._header = Header(self, desk, place.room_id, self.find)
        self._header.pack(fill="x")
        tk.Frame(self, bg=desk.theme.palette.line, height=desk.theme.px(1)).pack(fill="x")
        self._strip = NoticeStrip(self, desk, place.room_id)
        self._strip.pack(fill="x")
        self._find_bar: FindBar | None = None
        self.composer = Composer(self, desk, place.room_id)
        self.composer.pack(side="bottom", fill="x", padx=desk.theme.px(16), pady=(desk.theme.px(4), desk.theme.px(14)))
        self.transcript = Timeline(self, desk, place.room_id)
        self.transcript.pack(fill="both", expand=True)
        tab_order(self._strip, self.transcript, self.composer)
        if place.seq:
            self.transcript.jump(place.seq, place.words)

    def heard(self, event: Event) -> None:
        for view in (self._header, self._strip, self.transcript, self.composer):
            view.heard(event)

    def focus_first(self) -> None:
        self.composer.focus_set()

    def panes(self) -> Sequence[Timeline | Composer]:
        """What F6 goes through."""
        return self.transcript, self.composer

    def find(self) -> None:
        """Search in this room: the bar appears over the Transcript."""
        if self._find_bar is None:
            self._find_bar = FindBar(self, self._desk, self.room_id, self.transcript.jump, self.close_find)
            self._find_bar.pack(fill="x", before=self.transcript)
            tab_order(self._find_bar, self.transcript, self.composer)
        self._find_bar.focus_set()

    def close_find(self) -> bool:
        """Whether there was a bar to close."""
        if self._find_bar is None:
            return False
        self._find_bar.destroy()
        self._find_bar = None
        self.transcript.forget_found()
        self.composer.focus_set()
        return True
