"""Sidebar, the left pane: search, rooms, buttons, and the person's own nick, from top to bottom. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.limits import NICK_CHARACTERS
from lanchat.core.model import Availability
from lanchat.core.text import clean_line
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model import phrases
from lanchat.desktop.model.state import State
from lanchat.desktop.sidebar.room_list import RoomList
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import Bookmarks, InRoom, JoinBy, Place, SettingsAt, StartRoom, ViewContext
from lanchat.desktop.widgets.buttons import Button, IconButton, Pressable
from lanchat.desktop.widgets.keyboard import COMMAND, shortcut_words, tab_order
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.menus import MenuItem, popover_of, show_menu
from lanchat.desktop.widgets.overlays import Tooltip
from lanchat.desktop.widgets.surfaces import RING, draw_ground, mixed
from lanchat.desktop.widgets.text_field import TextField
from lanchat.desktop.widgets.tk_events import on_key
from lanchat.engine import events
from lanchat.engine.commands import Attend, ChangeProfile
from lanchat.engine.events import Event

_TOP, _SEARCH = 56, 32  # design pixels, as below
_HEIGHT, _AVATAR, _NICK, _FIELD = 56, 32, 24, 30

#: Events that change nothing in this pane.
_IRRELEVANT = (
    events.EntryWritten, events.EntryStateChanged, events.NotWritten, events.Discarded, events.Banned,
    events.Introduced, events.Verified, events.CheckedUp, events.Rung, events.SeenChanged, events.TopicChanged,
    events.StandingChanged,
)  # fmt: skip


class MePanel(tk.Frame):
    """Avatar, nick and status of the person, and the button of the settings. The nick is edited in place."""

    def __init__(self, master: tk.Misc, context: ViewContext) -> None:
        theme = context.theme
        px = theme.px
        super().__init__(master, bg=theme.palette.rail, height=px(_HEIGHT))
        self.pack_propagate(False)
        self._context = context
        self._avatar = OwnAvatar(self, context)
        self._avatar.pack(side="left", padx=(px(9), px(3)))
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
        state = self._context.state
        self._avatar.redraw()
        self.nick.show(state.nick)
        self._status.text(own_status(state))

    def _edit(self) -> None:
        """Replace the nick by a field."""
        theme = self._context.theme
        self.field = TextField(
            self, theme, self._context.state.nick, most=NICK_CHARACTERS,
            on_enter=lambda nick: self._rename(nick, by_key=True), font="room", ground="rail", height=_FIELD,
        )  # fmt: skip
        on_key(self.field.field, "<Escape>", lambda: self._close(by_key=True))
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
            self._context.do(ChangeProfile(nick))
        self._close(by_key=by_key)

    def _close(self, *, by_key: bool) -> None:
        """Show the nick again, focused if it was edited `by_key`."""
        if self.field is not None:
            field, self.field = self.field, None
            field.destroy()
            self._words.pack(side="left", fill="x", expand=True)
            if by_key:
                self.nick.focus_set()


def own_status(state: State) -> str:
    """What I say of myself, else in how many rooms I am, or how many are open here, for the bottom of the pane."""
    if status := state.nicks.profile(state.me).status:
        return status
    kept = state.hosted_here()
    if kept and all(room.hosted for room in kept):
        return ngettext("You host {n} room", "You host {n} rooms", len(kept)).format(n=len(kept))
    if kept:  # rooms of others, too
        return ngettext("You keep {n} room open", "You keep {n} rooms open", len(kept)).format(n=len(kept))
    rooms = sum(room.is_in for room in state.rooms.values())
    return ngettext("In {n} room", "In {n} rooms", rooms).format(n=rooms) if rooms else _("In no room")


class OwnAvatar(Pressable):
    """The person's avatar, with what others see of them; pressing it opens a menu."""

    def __init__(self, master: tk.Misc, context: ViewContext) -> None:
        self._context = context
        theme = context.theme
        super().__init__(master, theme, self._show_menu, "rail")
        self.configure(width=theme.px(_AVATAR + 6), height=theme.px(_AVATAR + 6))
        Tooltip(self, theme, lambda: phrases.availability(context.state.availability))

    def draw(self) -> None:
        state, theme = self._context.state, self.theme
        if self.focused:
            self.draw_surface((_AVATAR + 6) / 2, self.ground)
        image = theme.avatar(state.me, state.nick, _AVATAR, state.availability, theme.palette.rail)
        self.create_image(self.winfo_width() // 2, self.winfo_height() // 2, image=image)

    def _show_menu(self) -> None:
        context, busy = self._context, self._context.state.availability is Availability.BUSY
        items: list[MenuItem | None] = [
            MenuItem(_("Here"), lambda: context.do(Attend(busy=False)), None if busy else "check"),
            MenuItem(_("Busy"), lambda: context.do(Attend(busy=True)), "check" if busy else None),
            None,
            MenuItem(_("Bookmarks"), lambda: context.go(Bookmarks()), "bookmark"),
            MenuItem(_("Status and profile…"), lambda: context.go(SettingsAt()), "edit"),
        ]
        show_menu(context.root, self.theme, (self.winfo_rootx(), self.winfo_rooty()), items)


class NickButton(Pressable):
    """The person's nick; pressing it edits it."""

    def __init__(self, master: tk.Misc, theme: Theme, command: Callable[[], None]) -> None:
        self._nick = ""
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
            self.draw_surface(5, palette.hover if self.over else self.ground)
        pad, pen = theme.px(4), theme.px(18) if self.over else 0
        room = width - 2 * pad - pen
        theme.lines.write(self, (pad, height / 2), self._nick, "room_bold", palette.strong, room)
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

    def _open_switcher(self) -> None:
        from lanchat.desktop.sidebar.quick_switcher import Switcher  # not needed at the start

        Switcher(self._context)

    def _buttons(self, theme: Theme) -> tk.Frame:
        """For rooms that are not in the list."""
        buttons = tk.Frame(self, bg=theme.palette.side)
        go = self._context.go
        start = Button(buttons, theme, _("Start a room"), lambda: go(StartRoom()), "quiet", "plus", ground="side")
        join = Button(buttons, theme, _("Join…"), lambda: go(JoinBy()), "quiet", "door", ground="side")
        Tooltip(join, theme, _("Join by code or address"))
        join.pack(side="right", padx=(theme.px(8), 0))
        start.pack(side="left", fill="x", expand=True)
        tab_order(start, join)
        return buttons

    def show(self, place: Place) -> None:
        """`place` is in the main pane now."""
        self.rooms.choose(place.room_id if isinstance(place, InRoom) else None)

    def heard(self, event: Event) -> None:
        begun = isinstance(event, events.EntryWritten) and event.room_id in self._context.state.threads
        if begun or not isinstance(event, _IRRELEVANT):
            self.refresh()

    def refresh(self) -> None:
        """Show what State knows now, within 30 ms."""
        self._context.draw_soon(self, self._draw)

    def focus_first(self) -> None:
        """Focus the list of rooms."""
        self.rooms.canvas.focus_set()

    def _draw(self) -> None:
        self.rooms.refresh()
        self.me.refresh()


class SearchButton(Pressable):
    """Looks like a field, and opens the Switcher, which has one."""

    def __init__(self, master: tk.Misc, theme: Theme, command: Callable[[], object]) -> None:
        super().__init__(master, theme, command, "side")
        self.configure(height=theme.px(_SEARCH))

    def draw(self) -> None:
        theme, palette = self.theme, self.theme.palette
        width, height = self.winfo_width(), self.winfo_height()
        edge = palette.ring if self.focused else palette.thumb if self.over else ""
        line = RING if self.focused else 1
        draw_ground(self, theme, (0, 0, width, height), 6, palette.rail, edge=edge, line=line)
        self.create_image(theme.px(10), height / 2, anchor="w", image=theme.icon("search", 15, palette.mute))
        keys = shortcut_words(f"{COMMAND}-k").replace("+", " ")
        wide = theme.fonts.measure("tiny", keys) + theme.px(12)
        cap = (width - theme.px(8) - wide, theme.px(7), width - theme.px(8), height - theme.px(7))
        draw_ground(self, theme, cap, 4, palette.rail, edge=mixed(palette.rail, palette.text, 0.15))
        self.create_text(cap[0] + wide / 2, height / 2, text=keys, font=theme.font("tiny"), fill=palette.mute)
        left = theme.px(34)
        words = _("Search everything")
        theme.lines.write(self, (left, height / 2), words, "room", palette.mute, cap[0] - left - theme.px(6))
