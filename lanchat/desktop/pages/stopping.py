"""StoppingPage: a room hosted here is to close: who is affected? Tk thread."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.translate import _, ngettext
from lanchat.desktop.model import words
from lanchat.desktop.model.naming import named, others_here
from lanchat.desktop.pages.page import Page
from lanchat.desktop.view_context import InRoom, StopHosting, ViewContext
from lanchat.desktop.widgets.button import Button
from lanchat.engine.commands import Leave
from lanchat.engine.events import Event


class StoppingPage(Page):
    def __init__(self, master: tk.Misc, desk: ViewContext, place: StopHosting) -> None:
        super().__init__(master, desk)
        self._room_id = place.room_id
        room = desk.state.rooms.get(place.room_id)
        title = room.shown if room is not None else words.no_title()
        self.sign("door", "alert_ink")
        self.heading(_("Stop hosting {room}?").format(room=title))
        self._who = self.paragraph("")
        kept = _("Everybody keeps what was said so far. Nothing new can be said until you open it again.")
        self.column.paragraph(kept, "mute")
        buttons = self.buttons()
        self._stop = Button(buttons, self.theme, _("Stop hosting"), self._leave, "danger")
        self._keep = Button(buttons, self.theme, _("Keep it open"), desk.back, "quiet")
        buttons.lay()
        self._draw()

    def heard(self, event: Event) -> None:
        if getattr(event, "room_id", None) == self._room_id:
            self.desk.soon(self, self._draw)

    def focus_first(self) -> None:
        (self._keep if self._others() else self._stop).focus_set()

    def _others(self) -> list[str]:
        room = self.desk.state.rooms.get(self._room_id)
        return others_here(room) if room is not None else []

    def _draw(self) -> None:
        others = self._others()
        if others:
            who = ngettext("{n} other person is here: {names}.", "{n} other people are here: {names}.", len(others))
            self._who.text(who.format(n=len(others), names=named(others)))
        else:
            self._who.text(_("Nobody else is here now."))

    def _leave(self) -> None:
        self.desk.do(Leave(self._room_id))
        self.desk.go(InRoom(self._room_id))
