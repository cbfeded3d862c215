"""MissingPanel: there is no way into the room now. What happened, what is safe, what to do next. Tk thread."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.model import RoomId
from lanchat.core.text import as_sentence
from lanchat.core.translate import _
from lanchat.desktop.model import words
from lanchat.desktop.pages.page import Page
from lanchat.desktop.view_context import Checkup, InRoom, ViewContext
from lanchat.desktop.widgets.button import Button
from lanchat.engine.commands import Join
from lanchat.engine.events import Event, NotFound


class MissingPanel(Page):
    def __init__(self, master: tk.Misc, desk: ViewContext, missing: NotFound, room_id: RoomId) -> None:
        super().__init__(master, desk)
        self._missing = missing
        self._room_id = room_id
        room = desk.state.rooms.get(room_id)
        title = room.shown if room is not None else words.no_title()
        self.sign("door", "mute")
        heading = _("{room} did not let you in") if missing.refused else _("{room} does not answer")
        self.heading(heading.format(room=title))
        self.paragraph(as_sentence(missing.problem))
        known = room is not None and room.known
        kept = _("What was said there is kept on this computer. You can read it at any time.")
        self.column.paragraph(kept if known else _("Nothing was sent."), "mute")
        self._buttons = self.buttons()
        self._again = Button(self._buttons, self.theme, _("Try again"), self._try_again)
        if room is not None and known:
            last = room.last_seq
            Button(self._buttons, self.theme, _("Read it"), lambda: desk.go(InRoom(room_id, last)), "quiet")
        if not missing.refused:
            check = _("Check my computer")
            Button(self._buttons, self.theme, check, lambda: desk.go(Checkup()), "quiet", "shield")
        Button(self._buttons, self.theme, _("Back"), self._leave, "quiet")
        self._draw()

    def heard(self, event: Event) -> None:
        self.desk.soon(self, self._draw)

    def focus_first(self) -> None:
        self._again.focus_set()

    def _try_again(self) -> None:
        self.desk.do(Join(self._missing.where))
        self._draw()

    def _leave(self) -> None:
        self.desk.state.drop_question(self._room_id)  # who comes back later finds it asked anew
        self.desk.back()

    def _draw(self) -> None:
        joining = self._missing.where in self.desk.state.joining
        self._again.text(_("Connecting…") if joining else _("Try again"))
        self._again.enable(not joining)
        self._buttons.lay()
