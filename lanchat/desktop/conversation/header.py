"""The header of a room: its title, where we stand with it, and what can be done. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import assert_never

from lanchat.core.model import RoomId
from lanchat.core.words import _
from lanchat.desktop.conversation.deeds import room_menu
from lanchat.desktop.desk import Desk
from lanchat.desktop.lists.headings import NameLine
from lanchat.desktop.look.palette import Palette
from lanchat.desktop.state import words
from lanchat.desktop.widgets.button import IconButton
from lanchat.desktop.widgets.menu import show_menu
from lanchat.desktop.widgets.modifiers import COMMAND, told
from lanchat.desktop.widgets.tab_order import tab_order
from lanchat.engine.events import Connection, Event

HEADER_HEIGHT = 48  #: design pixels


class Header(tk.Frame):
    def __init__(self, master: tk.Misc, desk: Desk, room_id: RoomId, find: Callable[[], None]) -> None:
        look = desk.look
        palette, px = look.palette, look.px
        super().__init__(master, bg=palette.chat, height=px(HEADER_HEIGHT))
        self.pack_propagate(False)
        self._desk = desk
        self._room_id = room_id
        self._icon = tk.Label(self, bg=palette.chat, bd=0)
        self._icon.pack(side="left", padx=(px(16), px(8)))
        self._more = IconButton(self, look, "more", _("More"), self._show_more)
        self._more.pack(side="right", padx=(px(2), px(12)))
        people = IconButton(self, look, "people", _("People (F7)"), desk.toggle_people)
        people.pack(side="right", padx=px(2))
        tip = _("Search in this room ({keys})").format(keys=told(f"{COMMAND}-f"))
        search = IconButton(self, look, "search", tip, find)
        search.pack(side="right", padx=px(2))
        tab_order(search, people, self._more)
        self._title = NameLine(self, look, "", "title", "chat", centred=False)
        self._title.pack(side="left")
        tk.Frame(self, bg=palette.line, width=px(1), height=px(22)).pack(side="left", padx=px(12))
        self._dot = tk.Label(self, bg=palette.chat, bd=0)
        self._dot.pack(side="left", padx=(0, px(6)))
        self._about = NameLine(self, look, "", "small", "chat", ink="mute", centred=False)
        self._about.pack(side="left", fill="x", expand=True)
        self._draw()

    def heard(self, event: Event) -> None:
        if getattr(event, "room_id", self._room_id) == self._room_id:
            self._desk.soon(self, self._draw)

    def _draw(self) -> None:
        room = self._desk.state.rooms.get(self._room_id)
        if room is None:
            return
        look, palette = self._desk.look, self._desk.look.palette
        self._icon.configure(image=look.icon("lock" if room.protected else "room", 20, palette.mute))
        self._title.text(room.shown)
        size = look.px(8)
        self._dot.configure(image=look.rounded_image(size, size, 4, _colour(palette, room.connection)))
        about = [words.connection(room)]
        if room.connection is Connection.CONNECTED and room.host:
            about.append(_("{host} hosts").format(host=room.host))
        self._about.text(" · ".join(about))

    def _show_more(self) -> None:
        at = (self._more.winfo_rootx(), self._more.winfo_rooty() + self._more.winfo_height())
        show_menu(self._desk.root, self._desk.look, at, room_menu(self._desk, self._room_id))


def _colour(palette: Palette, connection: Connection | None) -> str:
    match connection:
        case Connection.CONNECTED | Connection.HOSTING:
            return palette.good
        case Connection.CONNECTING | Connection.RECONNECTING:
            return palette.caution
        case Connection.STOPPED | None:
            return palette.mute
        case _:
            assert_never(connection)
