"""Sidebar, the left pane: search, rooms, buttons, and the person's own nick, from top to bottom. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.limits import NICK_CHARACTERS
from lanchat.core.text import clean_line
from lanchat.core.translate import _
from lanchat.desktop.sidebar.quick_switcher import Switcher
from lanchat.desktop.sidebar.room_list import RoomList, own_status
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import InRoom, JoinBy, Place, SettingsAt, StartRoom, ViewContext
from lanchat.desktop.widgets.buttons import Button, IconButton, Pressable
from lanchat.desktop.widgets.keyboard import COMMAND, shortcut_words, tab_order
from lanchat.desktop.widgets.labels import Label, fitted
from lanchat.desktop.widgets.line_renderer import LineRenderer
from lanchat.desktop.widgets.menus import popover_of
from lanchat.desktop.widgets.overlays import Tooltip
from lanchat.desktop.widgets.surfaces import RING, draw_ground
from lanchat.desktop.widgets.text_field import TextField
from lanchat.engine import events
from lanchat.engine.commands import ChangeNick
from lanchat.engine.events import Event

_TOP, _SEARCH = 48, 32  # design pixels, as below
_HEIGHT, _AVATAR, _NICK, _FIELD = 56, 32, 24, 30

#: Events that change nothing in this pane.
_IRRELEVANT = (
    events.EntryWritten, events.EntryStateChanged, events.NotWritten, events.Discarded, events.Banned,
    events.Introduced, events.Verified, events.CheckedUp, events.Rung,
)  # fmt: skip


class MePanel(tk.Frame):
    """Avatar, nick and status of the person, and the button of the settings. The nick is edited in place."""

    def __init__(self, master: tk.Misc, context: ViewContext) -> None:
        theme = context.theme
        px = theme.px
        super().__init__(master, bg=theme.palette.rail, height=px(_HEIGHT))
        self.pack_propagate(False)
        self._context = context
        self._avatar = tk.Label(self, bg=theme.palette.rail, bd=0)
        self._avatar.pack(side="left", padx=(px(12), px(6)))
        settings = IconButton(self, theme, "gear", _("Settings"), lambda: context.go(SettingsAt()), ground="rail")
        settings.pack(side="right", padx=(0, px(8)))
        self._words = tk.Frame(self, bg=theme.palette.rail)
        self._words.pack(side="left", fill="x", expand=True)
        self.nick = NickButton(self._words, theme, self._edit)
        self.nick.pack(fill="x")
        self._status = Label(self._words, theme, "", "small", "mute", ground="rail")
        self._status.pack(fill="x", padx=(px(4), 0))
        tab_order(self._words, settings)
        self.field: TextField | None = None
        self.refresh()

    def refresh(self) -> None:
        """Show nick and status as State knows them now."""
        state, theme = self._context.state, self._context.theme
        self._avatar.configure(image=theme.avatar(state.me, state.nick, _AVATAR, "here", theme.palette.rail))
        self.nick.show(state.nick)
        self._status.text(own_status(state))

    def _edit(self) -> None:
        """Replace the nick by a field."""
        theme = self._context.theme
        self.field = TextField(
            self, theme, self._context.state.nick, most=NICK_CHARACTERS,
            on_enter=lambda nick: self._rename(nick, by_key=True), font="room", ground="rail", height=_FIELD,
        )  # fmt: skip
        self.field.field.bind("<Escape>", lambda _event: self._close(by_key=True))
        self.field.field.bind("<FocusOut>", lambda _event: self._focus_left(), add="+")
        self._words.pack_forget()
        self.field.pack(side="left", fill="x", expand=True, padx=(0, theme.px(4)))
        self.field.select_all()
        self.field.focus_set()

    def _focus_left(self) -> None:
        """The focus went elsewhere, but not to the field's own menu: take the name that was typed."""
        at = self.focus_lastfor()
        menu = popover_of(at)
        if self.field is not None and self.field.field not in (at, menu and menu.came_from):
            self._rename(self.field.value(), by_key=False)

    def _rename(self, nick: str, *, by_key: bool) -> None:
        nick = clean_line(nick, NICK_CHARACTERS)
        if nick and nick != self._context.state.nick:
            self._context.do(ChangeNick(nick))
        self._close(by_key=by_key)

    def _close(self, *, by_key: bool) -> str:
        """Show the nick again, focused if it was edited `by_key`. Returns Tk's "break"."""
        if self.field is not None:
            field, self.field = self.field, None
            field.destroy()
            self._words.pack(side="left", fill="x", expand=True)
            if by_key:
                self.nick.focus_set()
        return "break"


class NickButton(Pressable):
    """The person's nick; pressing it edits it."""

    def __init__(self, master: tk.Misc, theme: Theme, command: Callable[[], None]) -> None:
        self._nick = ""
        self._writer = LineRenderer(theme)
        super().__init__(master, theme, command, "rail")
        self.configure(height=theme.px(_NICK))
        Tooltip(self, theme, _("Change your name"))

    def show(self, nick: str) -> None:
        if nick != self._nick:
            self._nick = nick
            self.redraw()

    def draw(self) -> None:
        theme, palette = self.theme, self.theme.palette
        width, height = self.winfo_width(), self.winfo_height()
        if self.over or self.focused:
            edge = palette.ring if self.focused else ""
            ground = palette.hover if self.over else self.ground
            draw_ground(self, theme, (0, 0, width, height), 5, ground, edge=edge, line=RING)
        pad, pen = theme.px(4), theme.px(18) if self.over else 0
        room = width - 2 * pad - pen
        self._writer.write(self, (pad, height / 2), self._nick, "room_bold", palette.strong, room)
        if self.over:
            self.create_image(width - pad, height / 2, anchor="e", image=theme.icon("edit", 13, palette.mute))


class Sidebar(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext) -> None:
        theme = context.theme
        px, palette = theme.px, theme.palette
        super().__init__(master, bg=palette.side)
        self._context = context
        top = tk.Frame(self, bg=palette.side, height=px(_TOP))
        top.pack_propagate(False)
        top.pack(fill="x")
        self.search = SearchButton(top, theme, self._open_switcher)
        self.search.pack(fill="x", padx=px(10), pady=px((_TOP - _SEARCH) / 2))
        tk.Frame(self, bg=palette.line, height=px(1)).pack(fill="x")
        self.me = MePanel(self, context)
        self.me.pack(side="bottom", fill="x")
        buttons = self._buttons(theme)
        buttons.pack(side="bottom", fill="x", padx=px(10), pady=px(8))
        self.rooms = RoomList(self, context)
        self.rooms.pack(fill="both", expand=True, pady=(px(4), 0))
        tab_order(top, self.rooms, buttons, self.me)

    def _buttons(self, theme: Theme) -> tk.Frame:
        """For rooms that are not in the list."""
        buttons = tk.Frame(self, bg=theme.palette.side)
        go = self._context.go
        start = Button(buttons, theme, _("Start a room"), lambda: go(StartRoom()), "quiet", "plus", ground="side")
        start.pack(fill="x", pady=(0, theme.px(6)))
        words = _("Join by code or address…")
        Button(buttons, theme, words, lambda: go(JoinBy()), "quiet", "door", ground="side").pack(fill="x")
        return buttons

    def show(self, place: Place) -> None:
        """`place` is in the main pane now."""
        self.rooms.choose(place.room_id if isinstance(place, InRoom) else None)

    def heard(self, event: Event) -> None:
        if not isinstance(event, _IRRELEVANT):
            self.refresh()

    def refresh(self) -> None:
        """Show what State knows now, within 30 ms."""
        self._context.draw_soon(self, self._draw)

    def focus_first(self) -> None:
        """Focus the list of rooms."""
        self.rooms.list.canvas.focus_set()

    def _open_switcher(self) -> None:
        Switcher(self._context)

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
        keys = shortcut_words(f"{COMMAND}-k")
        words = fitted(theme, "room", _("Search ({keys})").format(keys=keys), width - left - theme.px(8))
        self.create_text(left, height / 2, anchor="w", text=words, font=theme.font("room"), fill=palette.mute)
