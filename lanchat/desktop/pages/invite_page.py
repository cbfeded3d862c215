"""InvitePage: what others need to enter a room that is open here. Tk thread."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.translate import _
from lanchat.desktop.model.phrases import list_names, others_here
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.pages.page import PageView
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.view_context import InRoom, Invite, InvitePhone, ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.text_field import CopyField
from lanchat.desktop.widgets.tk_events import destroy_children
from lanchat.engine.events import Hosting

_NAMED = 6


class InvitePage(PageView):
    """What others need to enter a room that is open here: passphrase, code, link and badge."""

    def __init__(self, master: tk.Misc, context: ViewContext, place: Invite) -> None:
        super().__init__(master, context)
        self._room_id = place.room_id
        self._build()

    def _build(self) -> None:
        room = self.context.state.room(self._room_id)
        self._shown = room.hosting
        self._who: Paragraph | None = None
        destroy_children(self.body)
        self.sign("people")
        if room.hosting is None:
            self.heading(_("This room is not open now"))
            self.paragraph(_("Open it again, and others can come in."))
        else:
            self.heading(_("Invite people"))
            if not self.context.state.on_no_network:
                self.paragraph(_("People on this network see “{room}” by themselves.").format(room=room.title))
            self._ways_in(room, room.hosting)
            self._who = self.paragraph("", "mute")
        buttons = self.buttons()
        done = Button(buttons, self.theme, _("Done"), lambda: self.context.go(InRoom(self._room_id)))
        if room.hosting is not None:
            Button(buttons, self.theme, _("Invite a phone"), self._invite_phone, "quiet")
        self.first = next((field.button for field in self.body.winfo_children() if isinstance(field, CopyField)), done)
        self._say_who(room)

    def _ways_in(self, room: RoomModel, hosting: Hosting) -> None:
        if hosting.passphrase:
            about = _("They are asked for it when they come in. Tell them in person, or by telephone.")
            self._fact(_("Passphrase"), hosting.passphrase, "number", about)
        elif room.protected:
            self.paragraph(_("Anyone who comes for the first time is asked for your passphrase."), "mute")
        if hosting.code:
            self._fact(_("Code"), hosting.code, "number", _("For anyone who does not see it: to read aloud or type."))
        if hosting.link:
            self._fact(_("Link"), hosting.link, "code", _("To paste where you can both read it."))
        if not (hosting.code or hosting.link):
            none = _(
                "There is no code or link: this computer has no address here that others could type. "
                "Whoever is on the same network sees the room in the list."
            )
            self.paragraph(none if self.context.state.where else _("This computer is on no network."), "mute")
        if hosting.badge:
            about = _("What others compare, to be sure that it is you who hosts.")
            self._fact(_("Your badge"), hosting.badge, "code", about)

    def _invite_phone(self) -> None:
        self.context.go(InvitePhone(self._room_id))

    def _fact(self, name: str, fact: str, font: FontName, about: str) -> None:
        self.caption(name)
        self.put(CopyField(self.body, self.theme, fact, font), above=0, below=2)
        self.paragraph(about, "mute", "small")

    def draw(self) -> None:
        room = self.context.state.room(self._room_id)
        if room.hosting != self._shown:
            self._build()
            self.focus_first()
        self._say_who(room)

    def _say_who(self, room: RoomModel) -> None:
        if self._who is not None:
            others = others_here(room)
            here = _("Here now: {names}.").format(names=list_names(others, _NAMED)) if others else ""
            self._who.text(here or _("Nobody else is here yet."))
