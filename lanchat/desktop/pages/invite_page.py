"""InvitePage: what others need to enter a room that is open here: passphrase, code, link and badge."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.translate import _
from lanchat.desktop.model.phrases import list_names, others_here
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.pages.page import PageView
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.view_context import InRoom, Invite, ViewContext, room_of
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.copy_field import CopyField
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.engine.events import Event, Hosting

_NAMED = 6


class InvitePage(PageView):
    def __init__(self, master: tk.Misc, context: ViewContext, place: Invite) -> None:
        super().__init__(master, context)
        self._room_id = place.room_id
        self._first: tk.Widget
        self._who: Paragraph | None = None
        self._shown: Hosting | None = None
        self._build()

    def heard(self, event: Event) -> None:
        if room_of(event) == self._room_id:
            self.context.draw_soon(self, self._draw)

    def focus_first(self) -> None:
        self._first.focus_set()

    def _build(self) -> None:
        room = self.context.state.rooms.get(self._room_id)
        self._shown = room.hosting if room is not None else None
        self._who = None
        for part in self.body.winfo_children():
            part.destroy()
        self.sign("people")
        if room is None or room.hosting is None:
            self.column.heading(_("This room is not open now"))
            self.column.paragraph(_("Open it again, and others can come in."))
        else:
            self.column.heading(_("Invite people"))
            if not self.context.state.on_no_network:
                self.paragraph(_("People on this network see “{room}” by themselves.").format(room=room.title))
            self._ways_in(room, room.hosting)
            self._who = self.paragraph("", "mute")
        buttons = self.buttons()
        done = Button(buttons, self.theme, _("Done"), lambda: self.context.go(InRoom(self._room_id)))
        buttons.lay()
        self._first = next((field.button for field in self.body.winfo_children() if isinstance(field, CopyField)), done)
        self._say_who(room)

    def _ways_in(self, room: RoomModel, hosting: Hosting) -> None:
        if hosting.passphrase:
            about = _("They are asked for it when they come in. Tell them in person, or by telephone.")
            self._fact(_("Passphrase"), hosting.passphrase, "number", about)
        elif room.protected:
            self.column.paragraph(_("Anyone who comes for the first time is asked for your passphrase."), "mute")
        if hosting.code:
            self._fact(_("Code"), hosting.code, "number", _("For anyone who does not see it: to read aloud or type."))
        if hosting.link:
            self._fact(_("Link"), hosting.link, "code", _("To paste where you can both read it."))
        if not (hosting.code or hosting.link):
            none = _(
                "There is no code or link: this computer has no address here that others could type. "
                "Whoever is on the same network sees the room in the list."
            )
            self.column.paragraph(none if self.context.state.where else _("This computer is on no network."), "mute")
        if hosting.badge:
            about = _("What others compare, to be sure that it is you who hosts.")
            self._fact(_("Your badge"), hosting.badge, "code", about)

    def _fact(self, name: str, fact: str, font: FontName, about: str) -> None:
        self.column.caption(name)
        self.column.put(CopyField(self.body, self.theme, fact, font), above=0, below=2)
        self.column.paragraph(about, "mute", "small")

    def _draw(self) -> None:
        room = self.context.state.rooms.get(self._room_id)
        if (room.hosting if room is not None else None) != self._shown:
            self._build()
            self.focus_first()
        self._say_who(room)

    def _say_who(self, room: RoomModel | None) -> None:
        if self._who is None or room is None:
            return
        others = others_here(room)
        named = list_names(others, _NAMED) if others else ""
        here = _("Here now: {names}.").format(names=named) if others else _("Nobody else is here yet.")
        self._who.text(here)
