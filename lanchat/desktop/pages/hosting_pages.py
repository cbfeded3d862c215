"""The pages about rooms that are open here: InvitePage; StoppingPage and ClosingPage, which ask before they close."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.translate import _, ngettext
from lanchat.desktop.model.phrases import list_names, others_here
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.pages.page import PageView
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.view_context import Closing, InRoom, Invite, StopHosting, ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.choices import Switch
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.text_field import CopyField
from lanchat.desktop.widgets.tk_events import destroy_children
from lanchat.engine.commands import Leave
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


class StoppingPage(PageView):
    """One room that is hosted here is to close: says who is in it."""

    def __init__(self, master: tk.Misc, context: ViewContext, place: StopHosting) -> None:
        super().__init__(master, context)
        self._room_id = place.room_id
        self.sign("door", "alert_ink")
        self.heading(_("Stop hosting {room}?").format(room=context.state.room(place.room_id).shown))
        self._who = self.paragraph("")
        kept = _("Everybody keeps what was said so far. Nothing new can be said until you open it again.")
        self.paragraph(kept, "mute")
        buttons = self.buttons()
        self._stop = Button(buttons, self.theme, _("Stop hosting"), self._leave, "danger")
        self._keep = Button(buttons, self.theme, _("Keep it open"), context.back, "quiet")
        self.draw()

    def focus_first(self) -> None:
        (self._keep if self._others() else self._stop).focus_set()

    def _others(self) -> list[str]:
        return others_here(self.context.state.room(self._room_id))

    def draw(self) -> None:
        others = self._others()
        if others:
            who = ngettext("{n} other person is here: {names}.", "{n} other people are here: {names}.", len(others))
            self._who.text(who.format(n=len(others), names=list_names(others)))
        else:
            self._who.text(_("Nobody else is here now."))

    def _leave(self) -> None:
        self.context.do(Leave(self._room_id))
        self.context.go(InRoom(self._room_id))


class ClosingPage(PageView):
    """The window is to close while rooms are hosted here: go on in the background, quit, or stay?"""

    def __init__(self, master: tk.Misc, context: ViewContext, place: Closing) -> None:
        super().__init__(master, context)
        self.sign("house")
        self._heading = self.heading("")
        self._who = self.paragraph("")
        background = _("In the background, rooms stay open and messages arrive. Start lanchat again to see the window.")
        self.paragraph(background, "mute")
        self.always = self.put(Switch(self.body, self.theme, _("Always do this"), False, lambda _on: None))
        buttons = self.buttons()
        self.first = Button(buttons, self.theme, _("Keep running in the background"), self._go_on)
        Button(buttons, self.theme, _("Quit"), self._quit, "danger")
        Button(buttons, self.theme, _("Stay"), context.back, "quiet")
        self.draw()

    def draw(self) -> None:
        rooms = self.context.state.hosted_here()
        others = {key: room.people.called(key) for room in rooms for key in room.people.here() if key != room.people.me}
        self._heading.text(closes(rooms, len(others)))
        names = sorted(others.values(), key=str.casefold)
        self._who.text(
            _("Here now: {names}.").format(names=list_names(names)) if names else _("Nobody else is here now.")
        )

    def _go_on(self) -> None:
        if self.always.value:
            self.context.kept.change(on_close="background")
        self.context.back()  # so that the window shows the place before when it is opened again
        self.context.program.hide()

    def _quit(self) -> None:
        if self.always.value:
            self.context.kept.change(on_close="quit")
        self.context.program.quit()


def closes(rooms: list[RoomModel], others: int) -> str:
    """What quitting closes, and for how many people, in words. `others`: people in these rooms except me."""
    what = rooms[0].title if len(rooms) == 1 else ngettext("{n} room", "{n} rooms", len(rooms)).format(n=len(rooms))
    if not others:
        return _("Closing lanchat closes {what}").format(what=what)
    words = ngettext(
        "Closing lanchat closes {what} for {n} person", "Closing lanchat closes {what} for {n} people", others
    )
    return words.format(what=what, n=others)
