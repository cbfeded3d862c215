"""ClosingPage and StoppingPage: asked before the window closes, or one room closes, while others may be in it."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.translate import _, ngettext
from lanchat.desktop.model import phrases
from lanchat.desktop.model.phrases import list_names, others_here
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.pages.page import PageView
from lanchat.desktop.view_context import Closing, InRoom, StopHosting, ViewContext, room_of
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.choices import Switch
from lanchat.engine.commands import Leave
from lanchat.engine.events import Event


class ClosingPage(PageView):
    """The window is to close while rooms are hosted here: go on in the background, quit, or stay?"""

    def __init__(self, master: tk.Misc, context: ViewContext, place: Closing) -> None:
        super().__init__(master, context)
        self.sign("house")
        self._heading = self.heading("")
        self._who = self.paragraph("")
        background = _("In the background, rooms stay open and messages arrive. Start lanchat again to see the window.")
        self.column.paragraph(background, "mute")
        self.always = self.column.put(Switch(self.body, self.theme, _("Always do this"), False, lambda _on: None))
        buttons = self.buttons()
        self._hide = Button(buttons, self.theme, _("Keep running in the background"), self._go_on)
        Button(buttons, self.theme, _("Quit"), self._quit, "danger")
        Button(buttons, self.theme, _("Stay"), context.back, "quiet")
        buttons.lay()
        self._draw()

    def heard(self, event: Event) -> None:
        self.context.draw_soon(self, self._draw)

    def focus_first(self) -> None:
        self._hide.focus_set()

    def _draw(self) -> None:
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
        self.context.hide()

    def _quit(self) -> None:
        if self.always.value:
            self.context.kept.change(on_close="quit")
        self.context.quit()


def closes(rooms: list[RoomModel], others: int) -> str:
    """What quitting closes, and for how many people, in words. `others`: people in these rooms except me."""
    what = rooms[0].title if len(rooms) == 1 else ngettext("{n} room", "{n} rooms", len(rooms)).format(n=len(rooms))
    if not others:
        return _("Closing lanchat closes {what}").format(what=what)
    words = ngettext(
        "Closing lanchat closes {what} for {n} person", "Closing lanchat closes {what} for {n} people", others
    )
    return words.format(what=what, n=others)


class StoppingPage(PageView):
    """One room that is hosted here is to close: says who is in it."""

    def __init__(self, master: tk.Misc, context: ViewContext, place: StopHosting) -> None:
        super().__init__(master, context)
        self._room_id = place.room_id
        room = context.state.rooms.get(place.room_id)
        title = room.shown if room is not None else phrases.no_title()
        self.sign("door", "alert_ink")
        self.heading(_("Stop hosting {room}?").format(room=title))
        self._who = self.paragraph("")
        kept = _("Everybody keeps what was said so far. Nothing new can be said until you open it again.")
        self.column.paragraph(kept, "mute")
        buttons = self.buttons()
        self._stop = Button(buttons, self.theme, _("Stop hosting"), self._leave, "danger")
        self._keep = Button(buttons, self.theme, _("Keep it open"), context.back, "quiet")
        buttons.lay()
        self._draw()

    def heard(self, event: Event) -> None:
        if room_of(event) == self._room_id:
            self.context.draw_soon(self, self._draw)

    def focus_first(self) -> None:
        (self._keep if self._others() else self._stop).focus_set()

    def _others(self) -> list[str]:
        room = self.context.state.rooms.get(self._room_id)
        return others_here(room) if room is not None else []

    def _draw(self) -> None:
        others = self._others()
        if others:
            who = ngettext("{n} other person is here: {names}.", "{n} other people are here: {names}.", len(others))
            self._who.text(who.format(n=len(others), names=list_names(others)))
        else:
            self._who.text(_("Nobody else is here now."))

    def _leave(self) -> None:
        self.context.do(Leave(self._room_id))
        self.context.go(InRoom(self._room_id))
