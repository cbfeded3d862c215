"""ClosingPage: the window is to close while rooms are open here: what then? Tk thread."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.translate import _, ngettext
from lanchat.desktop.model.naming import named
from lanchat.desktop.model.room import Room
from lanchat.desktop.pages.page import Page
from lanchat.desktop.view_context import Closing, ViewContext
from lanchat.desktop.widgets.button import Button
from lanchat.desktop.widgets.switch import Switch
from lanchat.engine.events import Event


class ClosingPage(Page):
    def __init__(self, master: tk.Misc, desk: ViewContext, place: Closing) -> None:
        super().__init__(master, desk)
        self.sign("house")
        self._heading = self.heading("")
        self._who = self.paragraph("")
        background = _("In the background, rooms stay open and messages arrive. Start lanchat again to see the window.")
        self.column.paragraph(background, "mute")
        self.always = self.column.put(Switch(self.body, self.theme, _("Always do this"), False, lambda _on: None))
        buttons = self.buttons()
        self._hide = Button(buttons, self.theme, _("Keep running in the background"), self._go_on)
        Button(buttons, self.theme, _("Quit"), self._quit, "danger")
        Button(buttons, self.theme, _("Stay"), desk.back, "quiet")
        buttons.lay()
        self._draw()

    def heard(self, event: Event) -> None:
        self.desk.soon(self, self._draw)

    def focus_first(self) -> None:
        self._hide.focus_set()

    def _draw(self) -> None:
        rooms = self.desk.state.hosted_here()
        others = {key: room.people.called(key) for room in rooms for key in room.people.here() if key != room.people.me}
        self._heading.text(closes(rooms, len(others)))
        names = sorted(others.values(), key=str.casefold)
        self._who.text(_("Here now: {names}.").format(names=named(names)) if names else _("Nobody else is here now."))

    def _go_on(self) -> None:
        if self.always.value:
            self.desk.kept.change(on_close="background")
        self.desk.back()  # the window comes back to what it showed
        self.desk.hide()

    def _quit(self) -> None:
        if self.always.value:
            self.desk.kept.change(on_close="quit")
        self.desk.quit()


def closes(rooms: list[Room], others: int) -> str:
    """What quitting means. `others`: people in these rooms but me."""
    what = rooms[0].title if len(rooms) == 1 else ngettext("{n} room", "{n} rooms", len(rooms)).format(n=len(rooms))
    if not others:
        return _("Closing lanchat closes {what}").format(what=what)
    words = ngettext(
        "Closing lanchat closes {what} for {n} person", "Closing lanchat closes {what} for {n} people", others
    )
    return words.format(what=what, n=others)
