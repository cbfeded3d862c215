"""The header of a room: its title, where we stand with it, and what can be done. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import assert_never

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.conversation.deeds import room_menu
from lanchat.desktop.desk import Desk
from lanchat.desktop.lists.headings import NameLine
from lanchat.desktop.model import words
from lanchat.desktop.theme.palette import Palette
from lanchat.desktop.widgets.button import IconButton
from lanchat.desktop.widgets.menu import show_menu
from lanchat.desktop.widgets.modifiers import COMMAND, told
from lanchat.desktop.widgets.tab_order import tab_order
from lanchat.engine.events import ConnectionState, Event

HEADER_HEIGHT = 48  #: design pixels


class Header(tk.Frame):
    def __init__(self, master: tk.Misc, desk: Desk, room_id: RoomId, find: Callable[[], None]) -> None:
        theme = desk.theme
        palette, px = theme.palette, theme.px
        super().__init__(master, bg=palette.chat, height=px(HEADER_HEIGHT))
        self.pack_propagate(False)
        self._desk = desk
        self._room_id = room_id
        self._icon = tk.Label(self, bg=palette.chat, bd=0)
        self._icon.pack(side="left", padx=(px(16), px(8)))
        self._more = IconButton(self, theme, "more", _("More"), self._show_more)
        self._more.pack(side="right", padx=(px(2), px(12)))
        people = IconButton(self, theme, "people", _("People (F7)"), desk.toggle_people)
        people.pack(side="right", padx=px(2))
        tip = _("Search in this room ({keys})").format(keys=told(f"{COMMAND}-f"))
        search = IconButton(self, theme, "search", tip, find)
        search.pack(side="right", padx=px(2))
        tab_order(search, people, self._more)
        self._title = NameLine(self, theme, "", "title", "chat", centred=False)
        self._title.pack(side="left")
        tk.Frame(self, bg=palette.line, width=px(1), height=px(22)).pack(side="left", padx=px(12))
        self._dot = tk.Label(self, bg=palette.chat, bd=0)
        self._dot.pack(side="left", padx=(0, px(6)))
        self._about = NameLine(self, theme, "", "small", "chat", ink="mute", centred=False)
        self._about.pack(side="left", fill="x", expand=True)
        self._draw()

    def heard(self, event: Event) -> None:
        if getattr(event, "room_id", self._room_id) == self._room_id:
            self._desk.soon(self, self._draw)

    def _draw(self) -> None:
        room = self._desk.state.rooms.get(self._room_id)
        if room is None:
            return
        theme, palette = self._desk.theme, self._desk.theme.palette
        self._icon.configure(image=theme.icon("lock" if room.protected else "room", 20, palette.mute))
        self._title.text(room.shown)
        size = theme.px(8)
        self._dot.configure(image=theme.rounded_image(size, size, 4, _colour(palette, room.connection)))
        about = [words.connection(room)]
        if room.connection is ConnectionState.CONNECTED and room.host:
            about.append(_("{host} hosts").format(host=room.host))
        self._about.text(" · ".join(about))

    def _show_more(self) -> None:
        at = (self._more.winfo_rootx(), self._more.winfo_rooty() + self._more.winfo_height())
        show_menu(self._desk.root, self._desk.theme, at, room_menu(self._desk, self._room_id))


def _colour(palette: Palette, connection: ConnectionState | None) -> str:
    match connection:
        case ConnectionState.CONNECTED | ConnectionState.HOSTING:
            return palette.good
        case ConnectionState.CONNECTING | ConnectionState.RECONNECTING:
            return palette.caution
        case ConnectionState.STOPPED | None:
            return palette.mute
        case _:
            assert_never(connection)
