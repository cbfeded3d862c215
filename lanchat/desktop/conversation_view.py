"""The conversation of a room in the main pane: header, notice, find bar, timeline and composer. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.composer.attach_button import DropHint
from lanchat.desktop.composer.composer import Composer
from lanchat.desktop.composer.typing_line import TypingLine
from lanchat.desktop.private_thread_view import SealedFoot, SealedNote, ThreadHeader
from lanchat.desktop.room_actions import RoomNotice, room_notice
from lanchat.desktop.room_header import RoomHeader
from lanchat.desktop.timeline.away_bar import AwayBar
from lanchat.desktop.timeline.timeline import Timeline
from lanchat.desktop.view_context import InRoom, ViewContext, room_of
from lanchat.desktop.widgets.buttons import Button, IconButton
from lanchat.desktop.widgets.keyboard import tab_order
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.surfaces import palette_colour
from lanchat.desktop.widgets.tk_events import destroy_children
from lanchat.engine.events import (
    BroughtBack,
    CardsCame,
    ConnectionChanged,
    Event,
    Hosting,
    KeeperChanged,
    Left,
    LookedAround,
    Rebased,
    RoomFound,
    RoomGone,
    RosterChanged,
    SeenChanged,
    StandingChanged,
    Verified,
)

if TYPE_CHECKING:
    from lanchat.desktop.pages.search_page import FindBar

#: Events of a room that hold for the private threads in it, too.
_OF_THE_CARRIER = (
    ConnectionChanged, Hosting, Left, RosterChanged, CardsCame, SeenChanged, KeeperChanged, Rebased, BroughtBack,
    StandingChanged,
)  # fmt: skip


class ConversationView(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext, place: InRoom) -> None:
        super().__init__(master, bg=context.theme.palette.chat)
        self._context = context
        self.room_id = place.room_id
        thread = context.state.threads.get(place.room_id)
        self._carrier = thread.thread.room_id if thread else place.room_id  # the room that it is in, or the same
        self._header = (
            ThreadHeader(self, context, thread, self.find) if thread
            else RoomHeader(self, context, place.room_id, self.find, self._jump)
        )  # fmt: skip
        self._header.pack(fill="x")
        tk.Frame(self, bg=context.theme.palette.line, height=context.theme.px(1)).pack(fill="x")
        self._strip = NoticeStrip(self, context, self._carrier, of_thread=thread is not None)
        self._strip.pack(fill="x")
        self._note = SealedNote(self, context, thread) if thread else None
        if self._note is not None:
            self._note.pack(fill="x")
        self._find_bar: FindBar | None = None
        self._drop_hint: DropHint | None = None
        self._foot = SealedFoot(self, context, thread) if thread else TypingLine(self, context, place.room_id)
        self._foot.pack(side="bottom", fill="x", padx=context.theme.px(16))
        self.composer = Composer(self, context, place.room_id)
        self.composer.pack(
            side="bottom", fill="x", padx=context.theme.px(16), pady=(context.theme.px(4), 0)
        )
        self.timeline = Timeline(self, context, place.room_id, self.composer)
        self.composer.ask_delete = self.timeline.ask_delete
        self.timeline.pack(fill="both", expand=True)
        self._away_bar = AwayBar(self, context, place.room_id, self.timeline)
        tab_order(self._strip, self._away_bar, self.timeline, self.composer)
        if place.seq:
            self.timeline.jump(place.seq, place.words)

    def heard(self, event: Event) -> None:
        for around in (self._header, self._strip, self._foot, *([self._note] if self._note else ())):
            around.heard(event)
        if self._carrier != self.room_id and isinstance(event, _OF_THE_CARRIER) and event.room_id == self._carrier:
            event = replace(event, room_id=self.room_id)
        for view in (self.timeline, self._away_bar, self.composer):
            view.heard(event)

    def _jump(self, seq: int) -> None:
        self.timeline.jump(seq)

    def focus_first(self) -> None:
        self.composer.focus_set()

    def panes(self) -> Sequence[Timeline | Composer]:
        """The parts that F6 focuses one after the other."""
        return self.timeline, self.composer

    def files_over(self, over: bool) -> bool:
        """Files are held over the window, or no more. Whether they can be dropped."""
        takes = self.composer.takes_files
        if over and takes and self._drop_hint is None:
            self._drop_hint = DropHint(self, self._context, self.room_id)
        elif not over and self._drop_hint is not None:
            self._drop_hint.destroy()
            self._drop_hint = None
        return takes

    def find(self) -> None:
        """Open the find bar above the timeline."""
        if self._find_bar is None:
            from lanchat.desktop.pages.search_page import FindBar  # not needed at the start

            jump, forget = self.timeline.jump, self.timeline.forget_found
            self._find_bar = FindBar(self, self._context, self.room_id, jump, self.close_find, forget)
            self._find_bar.pack(fill="x", before=self.timeline)
            tab_order(self._find_bar, self._away_bar, self.timeline, self.composer)
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


class NoticeStrip(tk.Frame):
    """The room's notice, if there is one: see room_actions.room_notice."""

    def __init__(self, master: tk.Misc, context: ViewContext, room_id: RoomId, *, of_thread: bool) -> None:
        """`of_thread`: above a private thread in the room, where only trouble with the connection matters."""
        super().__init__(master, bg=context.theme.palette.chat)
        self._context = context
        self._room_id = room_id
        self._of_thread = of_thread
        self._shown: RoomNotice | None = None
        self._draw()

    def heard(self, event: Event) -> None:
        found = isinstance(event, RoomFound | RoomGone) and event.listing.room_id == self._room_id
        if found or room_of(event) == self._room_id or isinstance(event, LookedAround | Verified):
            self._context.draw_soon(self, self._draw)

    def _draw(self) -> None:
        room = self._context.state.rooms.get(self._room_id)
        notice = room_notice(self._context, room) if room is not None else None
        if notice is not None and self._of_thread and notice.tone == "calm" and room is not None and room.is_live:
            notice = None
        if notice == self._shown:
            return
        self._shown = notice
        destroy_children(self)
        if notice is not None:
            self._build(notice)

    def _build(self, notice: RoomNotice) -> None:
        theme = self._context.theme
        px, palette = theme.px, theme.palette
        ground: Literal["side", "alert_soft"] = "alert_soft" if notice.tone == "alert" else "side"
        body = tk.Frame(self, bg=palette_colour(palette, ground))
        body.pack(fill="x")
        colour = {"calm": palette.good, "caution": palette.caution, "alert": palette.alert_ink}[notice.tone]
        icon = theme.icon("info" if notice.tone == "calm" else "warning", 16, colour)
        tk.Label(body, image=icon, bg=body["bg"], bd=0).pack(side="left", padx=(px(18), px(8)), pady=px(8))
        if notice.closable:
            close = IconButton(body, theme, "close", _("Close"), self._dismiss, ground=ground)
            close.pack(side="right", padx=(0, px(10)))
        if notice.button:
            button = Button(body, theme, notice.button, partial(self._press, notice.action), "quiet", ground=ground)
            button.pack(side="right", padx=px(8), pady=px(6))
        if notice.other:
            other = Button(body, theme, notice.other, partial(self._press, notice.other_action), "quiet", ground=ground)
            other.pack(side="right", pady=px(6))
        prose = Paragraph(body, theme, notice.words, "small", ground=ground)
        prose.pack(side="left", fill="x", expand=True, pady=px(6))
        tab_order(*reversed(body.winfo_children()))  # packed from the right

    def _press(self, action: Callable[[], None]) -> None:
        """Do it, and show at once what was asked for."""
        action()
        if self.winfo_exists():
            self._draw()

    def _dismiss(self) -> None:
        self._context.dismissed.add(self._room_id)
        self._draw()
