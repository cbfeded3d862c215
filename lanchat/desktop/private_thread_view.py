"""What a private thread shows around its conversation, in the place of a room's header, notice and foot. Tk thread.

It says in plain words who can read it, and what the others still see. A thread is part of a room: where the connection
to that one needs attention, its notice takes the place of these words.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.text import clean_line
from lanchat.core.translate import _
from lanchat.desktop.composer.typing_line import LINE_HEIGHT
from lanchat.desktop.model.thread_model import ThreadModel
from lanchat.desktop.room_actions import mute
from lanchat.desktop.room_header import ConversationHeader
from lanchat.desktop.view_context import ExportFrom, FilesOf, InRoom, ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.keyboard import tab_order
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.menus import MenuEntry, MenuItem
from lanchat.desktop.widgets.tk_events import destroy_children
from lanchat.engine.events import (
    CardsCame,
    ConnectionChanged,
    Event,
    Hosting,
    ProfileChanged,
    RosterChanged,
    Verified,
)

_AVATAR, _LOCK, _SIGN = 32, 16, 14  # design pixels


def who_can_read(thread: ThreadModel) -> str:
    """The promise, in one line."""
    return _("Only you and {name} can read this").format(name=thread.shown)


def what_others_see(thread: ThreadModel) -> str:
    """What is left for the others to see."""
    room = thread.room
    if room.is_kept_here or room.keeper == thread.thread.peer:
        words = _("Others in {room} can see that you two write, and when, but not what.")
    else:
        words = _("The host, {host}, and others in {room} can see that you two write, and when, but not what.")
    return words.format(host=room.host or _("whoever that is"), room=room.shown)


class ThreadHeader(ConversationHeader):
    """Who it is with and in which room, with buttons for search, the profile and the menu."""

    def __init__(self, master: tk.Misc, context: ViewContext, thread: ThreadModel, find: Callable[[], None]) -> None:
        tips = _("Search here ({keys})"), _("Profile (F7)")
        super().__init__(master, context, tips, find, lambda: thread_menu(context, thread))
        self._thread = thread
        self.picture.pack_configure(padx=(context.theme.px(16), context.theme.px(10)))
        tab_order(self.search, self.people, self.more)
        self._about = Label(self.words, context.theme, "", "small", "mute")
        self._about.pack(fill="x")
        self._draw()

    def heard(self, event: Event) -> None:
        if isinstance(event, CardsCame | RosterChanged | ProfileChanged):
            self._context.draw_soon(self, self._draw)

    def _draw(self) -> None:
        thread = self._thread
        self.picture.configure(image=self._context.theme.avatar(thread.thread.peer, thread.shown, _AVATAR))
        self.title.text(thread.shown)
        self._about.text(_("Private, in {room} · sealed for two").format(room=thread.room.shown))


def thread_menu(context: ViewContext, thread: ThreadModel) -> list[MenuEntry]:
    """What can be done with a private thread, for its header and the list of rooms."""
    room_id, muted = thread.room_id, context.kept.now.room(thread.room_id).muted
    words = _("Unmute") if muted else _("Mute")
    return [
        MenuItem(_("Who is this?"), lambda: context.profile(thread.thread.peer), "people"),
        MenuItem(words, lambda: mute(context, room_id, not muted), "bell" if muted else "mute"),
        MenuItem(_("Files"), lambda: context.go(FilesOf(room_id)), "file"),
        MenuItem(_("Save what was said…"), lambda: context.go(ExportFrom(room_id)), "export"),
        MenuItem(_("Go to {room}").format(room=clean_line(thread.room.shown, 30)),
                 lambda: context.go(InRoom(thread.thread.room_id)), "room"),
    ]  # fmt: skip


class SealedNote(tk.Frame):
    """Who can read this, what others see, and how well the other one is verified."""

    def __init__(self, master: tk.Misc, context: ViewContext, thread: ThreadModel) -> None:
        super().__init__(master, bg=context.theme.palette.side)
        self._context = context
        self._thread = thread
        self._shown: tuple[str, str, bool] | None = None
        self._draw()

    def heard(self, event: Event) -> None:
        if isinstance(event, CardsCame | RosterChanged | Verified):
            self._context.draw_soon(self, self._draw)

    def _draw(self) -> None:
        thread = self._thread
        verified = thread.thread.peer in self._context.state.verified
        now = who_can_read(thread), what_others_see(thread), verified
        if now != self._shown:
            self._shown = now
            destroy_children(self)
            self._build(*now)

    def _build(self, promise: str, seen: str, verified: bool) -> None:
        theme = self._context.theme
        px, palette, ground = theme.px, theme.palette, theme.palette.side
        lock = tk.Label(self, image=theme.icon("lock", _LOCK, palette.good), bg=ground, bd=0)
        lock.pack(side="left", anchor="n", padx=(px(18), px(8)), pady=px(9))
        if verified:
            words = Label(self, theme, _("Verified in person"), "small", "good", ground="side")
            words.pack(side="right", padx=(0, px(16)))
            shield = tk.Label(self, image=theme.icon("shield", _SIGN, palette.good), bg=ground, bd=0)
            shield.pack(side="right", padx=(px(8), px(6)))
        else:
            profile = self._thread.thread.peer
            verify = Button(self, theme, _("Verify…"), lambda: self._context.profile(profile), "quiet", ground="side")
            verify.pack(side="right", padx=px(8), pady=px(6))
        text = tk.Frame(self, bg=ground)
        text.pack(side="left", fill="x", expand=True, pady=px(7))
        Paragraph(text, theme, promise, "bold", "strong", ground="side").pack(fill="x")
        Paragraph(text, theme, seen, "small", "mute", ground="side").pack(fill="x")


class SealedFoot(tk.Frame):
    """The line below the composer, where a room says who is writing: whom it is sealed for, and when they get it."""

    def __init__(self, master: tk.Misc, context: ViewContext, thread: ThreadModel) -> None:
        theme = context.theme
        px, palette = theme.px, theme.palette
        super().__init__(master, bg=palette.chat, height=px(LINE_HEIGHT))
        self.pack_propagate(False)
        self._context = context
        self._thread = thread
        lock = tk.Label(self, image=theme.icon("lock", _SIGN - 2, palette.mute), bg=palette.chat, bd=0)
        lock.pack(side="left", padx=(px(6), px(6)))
        self._words = Label(self, theme, "", "small", "mute", tall=True)
        self._words.pack(side="left", fill="x", expand=True)
        self._draw()

    def heard(self, event: Event) -> None:
        if isinstance(event, CardsCame | RosterChanged | ConnectionChanged | Hosting):
            self._context.draw_soon(self, self._draw)

    def _draw(self) -> None:
        thread = self._thread
        words = _("Sealed for {name} and you")
        if thread.is_live and thread.here and not thread.is_peer_here:
            words = _("{name} is not here. They get this when they come back.")
        self._words.text(words.format(name=thread.shown))
