"""Sidebar: the left pane, from the search down to me. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.translate import _
from lanchat.desktop.desk import Desk, InRoom, JoinBy, Place, StartRoom
from lanchat.desktop.sidebar.me import MePanel
from lanchat.desktop.sidebar.room_list import RoomList
from lanchat.desktop.sidebar.switcher import Switcher
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.box import draw_ground
from lanchat.desktop.widgets.button import Button
from lanchat.desktop.widgets.label import fitted
from lanchat.desktop.widgets.modifiers import COMMAND, told
from lanchat.desktop.widgets.pressable import RING, Pressable
from lanchat.desktop.widgets.tab_order import tab_order
from lanchat.engine import events
from lanchat.engine.events import Event

_TOP, _SEARCH = 48, 32  # design pixels

#: What nothing in this pane depends on.
_ELSEWHERE = (
    events.EntryWritten, events.EntryStateChanged, events.NotWritten, events.Discarded, events.Banned,
    events.Introduced, events.Verified, events.CheckedUp, events.Rung,
)  # fmt: skip


class Sidebar(tk.Frame):
    def __init__(self, master: tk.Misc, desk: Desk) -> None:
        theme = desk.theme
        px, palette = theme.px, theme.palette
        super().__init__(master, bg=palette.side)
        self._desk = desk
        top = tk.Frame(self, bg=palette.side, height=px(_TOP))
        top.pack_propagate(False)
        top.pack(fill="x")
        self.search = SearchButton(top, theme, self._switch)
        self.search.pack(fill="x", padx=px(10), pady=px((_TOP - _SEARCH) / 2))
        tk.Frame(self, bg=palette.line, height=px(1)).pack(fill="x")
        self.me = MePanel(self, desk)
        self.me.pack(side="bottom", fill="x")
        ways = self._ways(theme)
        ways.pack(side="bottom", fill="x", padx=px(10), pady=px(8))
        self.rooms = RoomList(self, desk)
        self.rooms.pack(fill="both", expand=True, pady=(px(4), 0))
        tab_order(top, self.rooms, ways, self.me)

    def _ways(self, theme: Theme) -> tk.Frame:
        """Into rooms that are not in the list."""
        ways = tk.Frame(self, bg=theme.palette.side)
        go = self._desk.go
        start = Button(ways, theme, _("Start a room"), lambda: go(StartRoom()), "quiet", "plus", ground="side")
        start.pack(fill="x", pady=(0, theme.px(6)))
        words = _("Join by code or address…")
        Button(ways, theme, words, lambda: go(JoinBy()), "quiet", "door", ground="side").pack(fill="x")
        return ways

    def show(self, place: Place) -> None:
        """This is in the middle of the window now."""
        self.rooms.choose(place.room_id if isinstance(place, InRoom) else None)

    def heard(self, event: Event) -> None:
        if not isinstance(event, _ELSEWHERE):
            self.refresh()

    def refresh(self) -> None:
        """Draw it as State knows things now; soon."""
        self._desk.soon(self, self._draw)

    def focus_first(self) -> None:
        """The keyboard goes to the rooms."""
        self.rooms.list.canvas.focus_set()

    def _switch(self) -> None:
        Switcher(self._desk)

    def _draw(self) -> None:
        self.rooms.refresh()
        self.me.refresh()


class SearchButton(Pressable):
    """Looks like a field, and opens the Switcher, which has one."""

    def __init__(self, master: tk.Misc, theme: Theme, command: Callable[[], None]) -> None:
        super().__init__(master, theme, command, "side")
        self.configure(height=theme.px(_SEARCH))

    def draw(self) -> None:
        theme, palette = self.theme, self.theme.palette
        width, height = self.winfo_width(), self.winfo_height()
        edge = palette.ring if self.focused else palette.thumb if self.over else ""
        line = RING if self.focused else 1
        draw_ground(self, theme, (0, 0, width, height), 6, palette.rail, edge=edge, line=line)
        self.create_image(theme.px(10), height / 2, anchor="w", image=theme.icon("search", 15, palette.mute))
        left = theme.px(34)
        keys = told(f"{COMMAND}-k")
        words = fitted(theme, "room", _("Search ({keys})").format(keys=keys), width - left - theme.px(8))
        self.create_text(left, height / 2, anchor="w", text=words, font=theme.font("room"), fill=palette.mute)
