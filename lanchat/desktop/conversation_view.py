"""The conversation of a room in the main pane: header, notice, find bar, timeline and composer. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import Literal, assert_never

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.composer.composer import Composer
from lanchat.desktop.model import phrases
from lanchat.desktop.pages.find_bar import FindBar
from lanchat.desktop.room_actions import RoomNotice, room_menu, room_notice
from lanchat.desktop.theme.palette import Palette
from lanchat.desktop.timeline.timeline import Timeline
from lanchat.desktop.view_context import InRoom, ViewContext, room_of
from lanchat.desktop.widgets.buttons import Button, IconButton
from lanchat.desktop.widgets.keyboard import COMMAND, shortcut_words, tab_order
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.menus import show_menu
from lanchat.engine.events import ConnectionState, Event, LookedAround

HEADER_HEIGHT = 48  #: design pixels


class ConversationView(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext, place: InRoom) -> None:
        super().__init__(master, bg=context.theme.palette.chat)
        self._context = context
        self.room_id = place.room_id
        self._header = RoomHeader(self, context, place.room_id, self.find)
        self._header.pack(fill="x")
        tk.Frame(self, bg=context.theme.palette.line, height=context.theme.px(1)).pack(fill="x")
        self._strip = NoticeStrip(self, context, place.room_id)
        self._strip.pack(fill="x")
        self._find_bar: FindBar | None = None
        self.composer = Composer(self, context, place.room_id)
        self.composer.pack(
            side="bottom", fill="x", padx=context.theme.px(16), pady=(context.theme.px(4), context.theme.px(14))
        )
        self.timeline = Timeline(self, context, place.room_id)
        self.timeline.pack(fill="both", expand=True)
        tab_order(self._strip, self.timeline, self.composer)
        if place.seq:
            self.timeline.jump(place.seq, place.words)

    def heard(self, event: Event) -> None:
        for view in (self._header, self._strip, self.timeline, self.composer):
            view.heard(event)

    def focus_first(self) -> None:
        self.composer.focus_set()

    def panes(self) -> Sequence[Timeline | Composer]:
        """The parts that F6 focuses one after the other."""
        return self.timeline, self.composer

    def find(self) -> None:
        """Open the find bar above the timeline."""
        if self._find_bar is None:
            self._find_bar = FindBar(self, self._context, self.room_id, self.timeline.jump, self.close_find)
            self._find_bar.pack(fill="x", before=self.timeline)
            tab_order(self._find_bar, self.timeline, self.composer)
        self._find_bar.focus_set()

    def close_find(self) -> bool:
        """Close the find bar. False: none was open."""
        if self._find_bar is None:
            return False
        self._find_bar.destroy()
        self._find_bar = None
        self.timeline.forget_found()
        self.composer.focus_set()
        return True


class RoomHeader(tk.Frame):
    """Title and connection of the room, with buttons for search, people and the room's menu."""

    def __init__(self, master: tk.Misc, context: ViewContext, room_id: RoomId, find: Callable[[], None]) -> None:
        theme = context.theme
        palette, px = theme.palette, theme.px
        super().__init__(master, bg=palette.chat, height=px(HEADER_HEIGHT))
        self.pack_propagate(False)
        self._context = context
        self._room_id = room_id
        self._icon = tk.Label(self, bg=palette.chat, bd=0)
        self._icon.pack(side="left", padx=(px(16), px(8)))
        self._menu_button = IconButton(self, theme, "more", _("More"), self._show_menu)
        self._menu_button.pack(side="right", padx=(px(2), px(12)))
        people = IconButton(self, theme, "people", _("People (F7)"), context.toggle_people)
        people.pack(side="right", padx=px(2))
        tip = _("Search in this room ({keys})").format(keys=shortcut_words(f"{COMMAND}-f"))
        search = IconButton(self, theme, "search", tip, find)
        search.pack(side="right", padx=px(2))
        tab_order(search, people, self._menu_button)
        self._title = Label(self, theme, "", "title", "strong", tall=True)
        self._title.pack(side="left")
        tk.Frame(self, bg=palette.line, width=px(1), height=px(22)).pack(side="left", padx=px(12))
        self._dot = tk.Label(self, bg=palette.chat, bd=0)
        self._dot.pack(side="left", padx=(0, px(6)))
        self._status = Label(self, theme, "", "small", "mute", tall=True)
        self._status.pack(side="left", fill="x", expand=True)
        self._draw()

    def heard(self, event: Event) -> None:
        if room_of(event) in (self._room_id, None):
            self._context.draw_soon(self, self._draw)

    def _draw(self) -> None:
        room = self._context.state.rooms.get(self._room_id)
        if room is None:
            return
        theme, palette = self._context.theme, self._context.theme.palette
        self._icon.configure(image=theme.icon("lock" if room.protected else "room", 20, palette.mute))
        self._title.text(room.shown)
        size = theme.px(8)
        self._dot.configure(image=theme.rounded_image(size, size, 4, _colour(palette, room.connection)))
        status = [phrases.connection(room)]
        if room.connection is ConnectionState.CONNECTED and room.host:
            status.append(_("{host} hosts").format(host=room.host))
        self._status.text(" · ".join(status))

    def _show_menu(self) -> None:
        at = (self._menu_button.winfo_rootx(), self._menu_button.winfo_rooty() + self._menu_button.winfo_height())
        show_menu(self._context.root, self._context.theme, at, room_menu(self._context, self._room_id))


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


class NoticeStrip(tk.Frame):
    """The room's notice, if there is one: see room_actions.room_notice."""

    def __init__(self, master: tk.Misc, context: ViewContext, room_id: RoomId) -> None:
        super().__init__(master, bg=context.theme.palette.chat)
        self._context = context
        self._room_id = room_id
        self._shown: RoomNotice | None = None
        self._body: tk.Frame | None = None
        self._draw()

    def heard(self, event: Event) -> None:
        if room_of(event) == self._room_id or isinstance(event, LookedAround):
            self._context.draw_soon(self, self._draw)

    def _draw(self) -> None:
        room = self._context.state.rooms.get(self._room_id)
        notice = room_notice(self._context, room) if room is not None else None
        if notice == self._shown:
            return
        self._shown = notice
        if self._body is not None:
            self._body.destroy()
            self._body = None
            self.configure(height=1)  # an empty frame keeps its last height
        if notice is not None:
            self._body = self._build(notice)
            self._body.pack(fill="x")

    def _build(self, notice: RoomNotice) -> tk.Frame:
        theme = self._context.theme
        px, palette = theme.px, theme.palette
        ground: Literal["side", "alert_soft"] = "alert_soft" if notice.tone == "alert" else "side"
        body = tk.Frame(self, bg=palette.alert_soft if notice.tone == "alert" else palette.side)
        colour = {"calm": palette.good, "caution": palette.caution, "alert": palette.alert_ink}[notice.tone]
        icon = theme.icon("info" if notice.tone == "calm" else "warning", 16, colour)
        tk.Label(body, image=icon, bg=body["bg"], bd=0).pack(side="left", padx=(px(18), px(8)), pady=px(8))
        if notice.closable:
            close = IconButton(body, theme, "close", _("Close"), self._dismiss, ground=ground)
            close.pack(side="right", padx=(0, px(10)))
        if notice.button:
            button = Button(body, theme, notice.button, notice.action, kind="quiet", ground=ground)
            button.pack(side="right", padx=px(8), pady=px(6))
        prose = Paragraph(body, theme, notice.words, "small", ground=ground)
        prose.pack(side="left", fill="x", expand=True, pady=px(6))
        tab_order(*reversed(body.winfo_children()))  # packed from the right
        return body

    def _dismiss(self) -> None:
        self._context.dismissed.add(self._room_id)
        self._draw()
