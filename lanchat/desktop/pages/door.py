"""DoorPage: what stands between me and a room, in the place of its conversation. Tk thread."""

from __future__ import annotations

import tkinter as tk
from typing import assert_never

from lanchat.desktop.model.room import Asked
from lanchat.desktop.pages.door_key import KeyPanel
from lanchat.desktop.pages.door_missing import MissingPanel
from lanchat.desktop.pages.door_passphrase import PassphrasePanel
from lanchat.desktop.pages.page import Page
from lanchat.desktop.view_context import InRoom, ViewContext
from lanchat.engine.events import Event, KeyChanged, NotFound, PassphraseNeeded


class DoorPage(tk.Frame):
    def __init__(self, master: tk.Misc, desk: ViewContext, place: InRoom) -> None:
        super().__init__(master, bg=desk.theme.palette.chat)
        self._desk = desk
        self._place = place
        self._asked: Asked | None = None
        self.panel: Page | None = None
        self._show()

    def heard(self, event: Event) -> None:
        self._show()
        if self.panel is not None:
            self.panel.heard(event)

    def focus_first(self) -> None:
        if self.panel is not None:
            self.panel.focus_first()

    def _show(self) -> None:
        """The panel for what is asked now; when nothing is asked any more, the window shows the room instead."""
        room = self._desk.state.rooms.get(self._place.room_id)
        asked = room.asked if room is not None else None
        if asked is None or asked == self._asked:
            return
        self._asked = asked
        before = self.panel
        self.panel = self._panel(asked)
        self.panel.pack(fill="both", expand=True)
        if before is not None:
            before.destroy()
            self.panel.focus_first()

    def _panel(self, asked: Asked) -> Page:
        match asked:
            case PassphraseNeeded():
                return PassphrasePanel(self, self._desk, asked)
            case KeyChanged():
                return KeyPanel(self, self._desk, asked)
            case NotFound():
                return MissingPanel(self, self._desk, asked, self._place.room_id)
            case _:
                assert_never(asked)
