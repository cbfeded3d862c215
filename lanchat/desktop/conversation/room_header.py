"""What can be done with a room, as the items of a menu: the header's and the list's are the same. Tk thread.

The strip under a room's header: one thing at a time that is to be known now, with what can be done. Tk thread.

The header of a room: its title, where we stand with it, and what can be done. Tk thread.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, assert_never

from lanchat.core.model import RoomId
from lanchat.core.text import as_sentence
from lanchat.core.translate import _
from lanchat.desktop.model import phrases
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.theme.palette import Palette
from lanchat.desktop.view_context import Checkup, ExportFrom, InRoom, Invite, SettingsAt, StopHosting, ViewContext
from lanchat.desktop.widgets.buttons import Button, IconButton
from lanchat.desktop.widgets.keyboard import COMMAND, shortcut_words, tab_order
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.menus import SEPARATOR, MenuEntry, MenuItem, show_menu
from lanchat.engine.commands import Join, Leave, OpenRoom
from lanchat.engine.events import ConnectionState, Event, LookedAround
from lanchat.storage.errors import Corrupt, DiskFailed, DiskFull, Locked, NoAccess, ReadOnly, Removed, WriteFailed


def room_menu(desk: ViewContext, room_id: RoomId) -> list[MenuEntry]:
    room = desk.state.rooms.get(room_id)
    if room is None:
        return []
    items: list[MenuEntry] = []
    match room.connection:
        case ConnectionState.HOSTING:
            items.append(MenuItem(_("Invite people…"), lambda: desk.go(Invite(room_id)), "people"))
        case None | ConnectionState.STOPPED if room.hosted:
            items.append(
                MenuItem(_("Open this room again"), lambda: desk.do(OpenRoom(room.title, room_id=room_id)), "room")
            )
        case None | ConnectionState.STOPPED:
            items.append(MenuItem(_("Join"), lambda: desk.go(InRoom(room_id)), "door"))
            items.append(MenuItem(_("Try again"), lambda: desk.do(Join(room_id)), "retry"))
        case _:
            pass
    if room.known:
        items.append(MenuItem(_("Save what was said…"), lambda: desk.go(ExportFrom(room_id)), "export"))
        items.append(MenuItem(_("Notifications and more…"), lambda: desk.go(SettingsAt(room_id)), "bell"))
    match room.connection:
        case ConnectionState.HOSTING:
            items += [
                SEPARATOR,
                MenuItem(_("Stop hosting…"), lambda: desk.go(StopHosting(room_id)), "close", danger=True),
            ]
        case ConnectionState.CONNECTED | ConnectionState.CONNECTING | ConnectionState.RECONNECTING:
            items += [SEPARATOR, MenuItem(_("Leave this room"), lambda: desk.do(Leave(room_id)), "door", danger=True)]
        case _:
            pass
    return items


@dataclass(frozen=True, slots=True)
class RoomNotice:
    words: str
    tone: Literal["calm", "caution", "alert"] = "calm"
    deed: str = ""  #: on the button
    closable: bool = False


class NoticeStrip(tk.Frame):
    def __init__(self, master: tk.Misc, desk: ViewContext, room_id: RoomId) -> None:
        super().__init__(master, bg=desk.theme.palette.chat)
        self._desk = desk
        self._room_id = room_id
        self._shown: RoomNotice | None = None
        self._body: tk.Frame | None = None
        self._draw()

    def heard(self, event: Event) -> None:
        if getattr(event, "room_id", None) == self._room_id or isinstance(event, LookedAround):
            self._desk.soon(self, self._draw)

    def _draw(self) -> None:
        room = self._desk.state.rooms.get(self._room_id)
        found = self._notice(room) if room is not None else None
        notice, act = found if found is not None else (None, None)
        if notice == self._shown:
            return
        self._shown = notice
        if self._body is not None:
            self._body.destroy()
            self._body = None
            self.configure(height=1)  # a frame keeps the height of what was in it last
        if notice is not None:
            self._body = self._build(notice, act)
            self._body.pack(fill="x")

    def _build(self, notice: RoomNotice, act: Callable[[], None] | None) -> tk.Frame:
        theme = self._desk.theme
        px, palette = theme.px, theme.palette
        ground: Literal["side", "alert_soft"] = "alert_soft" if notice.tone == "alert" else "side"
        body = tk.Frame(self, bg=getattr(palette, ground))
        colour = {"calm": palette.good, "caution": palette.caution, "alert": palette.alert_ink}[notice.tone]
        icon = theme.icon("info" if notice.tone == "calm" else "warning", 16, colour)
        tk.Label(body, image=icon, bg=body["bg"], bd=0).pack(side="left", padx=(px(18), px(8)), pady=px(8))
        if notice.closable:
            close = IconButton(body, theme, "close", _("Close"), self._dismiss, ground=ground)
            close.pack(side="right", padx=(0, px(10)))
        if notice.deed and act is not None:
            Button(body, theme, notice.deed, act, kind="quiet", ground=ground).pack(
                side="right", padx=px(8), pady=px(6)
            )
        prose = Paragraph(body, theme, notice.words, "small", ground=ground)
        prose.pack(side="left", fill="x", expand=True, pady=px(6))
        tab_order(*reversed(body.winfo_children()))  # packed from the right
        return body

    def _dismiss(self) -> None:
        self._desk.dismissed.add(self._room_id)
        self._draw()

    def _notice(self, room: RoomModel) -> tuple[RoomNotice, Callable[[], None] | None] | None:
        """What matters most, and what its button does."""
        desk, room_id = self._desk, self._room_id
        problem = as_sentence(room.problem)
        host = room.host or _("the host")
        fresh = room_id not in desk.dismissed
        if room.is_live and room.pretenders:
            words = _("Another computer here says that it is this room. You are still with the host you know.")
            return RoomNotice(words, "alert"), None
        match room.connection:
            case ConnectionState.RECONNECTING if room.problem in _at_home():
                return RoomNotice(problem, "alert"), None
            case ConnectionState.RECONNECTING:
                words = _("{problem} What you write is kept, and sent as soon as {host} is back.")
                words = words.format(problem=problem or _("The connection was lost."), host=host)
                return RoomNotice(words, "caution", _("Check my computer")), lambda: desk.go(Checkup())
            case ConnectionState.STOPPED if problem:
                return RoomNotice(problem, "alert", _("Try again")), lambda: desk.do(Join(room_id))
            case None | ConnectionState.STOPPED if room.hosted:
                words = _("This room is closed. You can read it; others can come in when you open it.")
                return RoomNotice(words, "calm", _("Open this room")), lambda: desk.do(
                    OpenRoom(room.title, room_id=room_id)
                )
            case None | ConnectionState.STOPPED if room.known and not room.entering:
                return RoomNotice(_("You are not in this room now."), "calm", _("Join")), lambda: desk.do(Join(room_id))
            case ConnectionState.HOSTING if room.here <= 1 and fresh:
                words = _("You are hosting. People on this network see this room by themselves.")
                if desk.state.on_no_network:
                    words = _("You are hosting, but this computer is on no network: nobody else can see the room yet.")
                return RoomNotice(words, "calm", _("Other ways in…"), closable=True), lambda: desk.go(Invite(room_id))
            case ConnectionState.CONNECTED if room.first_meeting and fresh:
                words = _("Encrypted · first meeting with {host}. Verify in person to be sure.")
                notice = RoomNotice(words.format(host=host), "calm", _("Verify…"), closable=True)
                return notice, lambda: desk.profile(room.host_key)
            case _:
                return None


def _at_home() -> tuple[str, ...]:
    """The problems that are this computer's own: nothing that is written can be kept then."""
    kinds = (DiskFull, DiskFailed, WriteFailed, ReadOnly, NoAccess, Removed, Locked, Corrupt)
    return tuple(str(kind()) for kind in kinds)


HEADER_HEIGHT = 48  #: design pixels


class Header(tk.Frame):
    def __init__(self, master: tk.Misc, desk: ViewContext, room_id: RoomId, find: Callable[[], None]) -> None:
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
        tip = _("Search in this room ({keys})").format(keys=shortcut_words(f"{COMMAND}-f"))
        search = IconButton(self, theme, "search", tip, find)
        search.pack(side="right", padx=px(2))
        tab_order(search, people, self._more)
        self._title = Label(self, theme, "", "title", "strong", tall=True)
        self._title.pack(side="left")
        tk.Frame(self, bg=palette.line, width=px(1), height=px(22)).pack(side="left", padx=px(12))
        self._dot = tk.Label(self, bg=palette.chat, bd=0)
        self._dot.pack(side="left", padx=(0, px(6)))
        self._about = Label(self, theme, "", "small", "mute", tall=True)
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
        about = [phrases.connection(room)]
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
