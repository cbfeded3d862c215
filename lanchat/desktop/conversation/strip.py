"""The strip under a room's header: one thing at a time that is to be known now, with what can be done. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from lanchat.core.model import RoomId
from lanchat.core.text import as_sentence
from lanchat.core.translate import _
from lanchat.desktop.desk import Checkup, Desk, Invite
from lanchat.desktop.model.room import Room
from lanchat.desktop.widgets.button import Button, IconButton
from lanchat.desktop.widgets.prose import Prose
from lanchat.desktop.widgets.tab_order import tab_order
from lanchat.engine.commands import Join, OpenRoom
from lanchat.engine.events import ConnectionState, Event, LookedAround
from lanchat.storage.errors import Corrupt, DiskFailed, DiskFull, Locked, NoAccess, ReadOnly, Removed, WriteFailed


@dataclass(frozen=True, slots=True)
class Notice:
    words: str
    tone: Literal["calm", "caution", "alert"] = "calm"
    deed: str = ""  #: on the button
    closable: bool = False


class Strip(tk.Frame):
    def __init__(self, master: tk.Misc, desk: Desk, room_id: RoomId) -> None:
        super().__init__(master, bg=desk.theme.palette.chat)
        self._desk = desk
        self._room_id = room_id
        self._shown: Notice | None = None
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

    def _build(self, notice: Notice, act: Callable[[], None] | None) -> tk.Frame:
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
        prose = Prose(body, theme, notice.words, "small", ground=ground)
        prose.pack(side="left", fill="x", expand=True, pady=px(6))
        tab_order(*reversed(body.winfo_children()))  # packed from the right
        return body

    def _dismiss(self) -> None:
        self._desk.dismissed.add(self._room_id)
        self._draw()

    def _notice(self, room: Room) -> tuple[Notice, Callable[[], None] | None] | None:
        """What matters most, and what its button does."""
        desk, room_id = self._desk, self._room_id
        problem = as_sentence(room.problem)
        host = room.host or _("the host")
        fresh = room_id not in desk.dismissed
        if room.is_live and room.pretenders:
            words = _("Another computer here says that it is this room. You are still with the host you know.")
            return Notice(words, "alert"), None
        match room.connection:
            case ConnectionState.RECONNECTING if room.problem in _at_home():
                return Notice(problem, "alert"), None
            case ConnectionState.RECONNECTING:
                words = _("{problem} What you write is kept, and sent as soon as {host} is back.")
                words = words.format(problem=problem or _("The connection was lost."), host=host)
                return Notice(words, "caution", _("Check my computer")), lambda: desk.go(Checkup())
            case ConnectionState.STOPPED if problem:
                return Notice(problem, "alert", _("Try again")), lambda: desk.do(Join(room_id))
            case None | ConnectionState.STOPPED if room.hosted:
                words = _("This room is closed. You can read it; others can come in when you open it.")
                return Notice(words, "calm", _("Open this room")), lambda: desk.do(
                    OpenRoom(room.title, room_id=room_id)
                )
            case None | ConnectionState.STOPPED if room.known and not room.entering:
                return Notice(_("You are not in this room now."), "calm", _("Join")), lambda: desk.do(Join(room_id))
            case ConnectionState.HOSTING if room.here <= 1 and fresh:
                words = _("You are hosting. People on this network see this room by themselves.")
                if desk.state.on_no_network:
                    words = _("You are hosting, but this computer is on no network: nobody else can see the room yet.")
                return Notice(words, "calm", _("Other ways in…"), closable=True), lambda: desk.go(Invite(room_id))
            case ConnectionState.CONNECTED if room.first_meeting and fresh:
                words = _("Encrypted · first meeting with {host}. Verify in person to be sure.")
                notice = Notice(words.format(host=host), "calm", _("Verify…"), closable=True)
                return notice, lambda: desk.profile(room.host_key)
            case _:
                return None


def _at_home() -> tuple[str, ...]:
    """The problems that are this computer's own: nothing that is written can be kept then."""
    kinds = (DiskFull, DiskFailed, WriteFailed, ReadOnly, NoAccess, Removed, Locked, Corrupt)
    return tuple(str(kind()) for kind in kinds)
