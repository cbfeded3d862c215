"""RoomSettings: the rooms in the settings: a row for each; the open one shows what can be set, and how to forget it.

A row is one canvas, and only one room is open at a time, so that a hundred rooms cost little.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.keeping import Keepers
from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.pages.page import SettingRow
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import Button, Confirmation, Pressable
from lanchat.desktop.widgets.choices import SegmentedControl
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.surfaces import mixed
from lanchat.desktop.widgets.tk_events import destroy_children
from lanchat.engine.commands import Forget, SetKeepers
from lanchat.engine.events import ConnectionState
from lanchat.storage.settings import Notify

_ROW, _PAD, _GAP, _ICON, _INDENT = 40, 8, 10, 16, 34  # design pixels
_FIRST = 12  #: rooms that are shown before "All rooms" is pressed


class RoomSettings(tk.Frame):
    """The section of the settings about rooms."""

    def __init__(self, master: tk.Misc, context: ViewContext, room_id: RoomId | None) -> None:
        """`room_id`: the room that is open at first."""
        super().__init__(master, bg=context.theme.palette.chat)
        self._context = context
        self._open = room_id
        self._all = False
        self._lines: dict[RoomId, _RoomSettingsRow] = {}
        self._details: _RoomSettingsPanel | None = None
        self._rooms: list[tuple[RoomId, str]] = []
        self._draw()

    def refresh(self) -> None:
        if self._known() != self._rooms:
            self._draw()

    def opened(self) -> tuple[tk.Widget, tk.Widget] | None:
        """The row of the open room and the panel below it; None: no room is open."""
        if self._open is None or self._details is None:
            return None
        return self._lines[self._open], self._details

    def _known(self) -> list[tuple[RoomId, str]]:
        """Rooms that are known, with their titles, sorted by title."""
        rooms = (room for room in self._context.state.rooms.values() if room.known)
        return sorted(((room.room_id, room.shown) for room in rooms), key=lambda one: one[1].casefold())

    def _draw(self) -> None:
        context, theme = self._context, self._context.theme
        destroy_children(self)
        self._lines, self._details = {}, None
        self._rooms = self._known()
        if not self._rooms:
            Paragraph(self, theme, _("You have not been in a room yet."), ink="mute").pack(fill="x")
        ids = [room_id for room_id, _title in self._rooms]
        shown = ids if self._all or self._open in ids[_FIRST:] else ids[:_FIRST]
        for room_id in shown:
            room = context.state.rooms[room_id]
            line = _RoomSettingsRow(self, context, room, room_id == self._open, self._toggle)
            line.pack(fill="x")
            self._lines[room_id] = line
            if room_id == self._open:
                self._details = _RoomSettingsPanel(self, context, room, line)
                self._details.pack(fill="x", padx=(theme.px(_INDENT), 0), pady=(0, theme.px(10)))
        if len(shown) < len(ids):
            more = Button(self, theme, _("All {n} rooms").format(n=len(ids)), self._show_all, "link")
            more.pack(anchor="w", padx=theme.px(_PAD), pady=theme.px(6))

    def _toggle(self, room_id: RoomId) -> None:
        self._open = None if self._open == room_id else room_id
        self._draw()
        self._lines[room_id].focus_set()

    def _show_all(self) -> None:
        self._all = True
        self._draw()


class _RoomSettingsRow(Pressable):
    """The row of a room: its title and what it notifies about."""

    def __init__(
        self, master: tk.Misc, context: ViewContext, room: RoomModel, opened: bool, toggle: Callable[[RoomId], None]
    ) -> None:
        super().__init__(master, context.theme, lambda: toggle(room.room_id))
        self._context, self._room, self._opened = context, room, opened
        self.configure(height=context.theme.px(_ROW))

    def draw(self) -> None:
        theme, palette, px = self.theme, self.theme.palette, self.theme.px
        width, height = self.winfo_width(), self.winfo_height()
        middle = height // 2
        if self.over or self.focused:
            self.draw_surface(8, mixed(self.ground, palette.text, 0.06) if self.over else self.ground)
        arrow = theme.icon("down" if self._opened else "right", 14, palette.mute)
        self.create_image(px(_PAD), middle, anchor="w", image=arrow)
        told = notified(self._context.kept.now.room(self._room.room_id).notify)
        end = width - px(_PAD) - theme.fonts.measure("small", told)
        self.create_text(end, middle, anchor="w", text=told, font=theme.font("small"), fill=palette.mute)
        left = px(_INDENT)
        title = self._room.shown
        theme.lines.write(self, (left, middle), title, "body", palette.text, end - left - px(_GAP))


class _RoomSettingsPanel(tk.Frame):
    """What can be set for one room."""

    def __init__(self, master: tk.Misc, context: ViewContext, room: RoomModel, line: _RoomSettingsRow) -> None:
        theme = context.theme
        super().__init__(master, bg=theme.palette.chat)
        self._context, self._room, self._line = context, room, line
        options: list[tuple[Notify | str, str]] = [
            ("", _("Default")), ("all", _("All")), ("mentions", _("Mentions")), ("none", _("Nothing"))
        ]  # fmt: skip
        chosen = context.kept.now.room(room.room_id).notify
        setting = SettingRow(
            self, theme, _("Notify me about"),
            lambda row: SegmentedControl[Notify | str](row, theme, options, chosen, self._notify),
        )  # fmt: skip
        setting.pack(fill="x", pady=theme.px(6))
        if room.hosted:
            self._keepers()
        self._question = tk.Frame(self, bg=theme.palette.chat)
        self._question.pack(fill="x")
        self._offer()

    def _keepers(self) -> None:
        context, room, theme = self._context, self._room, self._context.theme
        options: list[tuple[Keepers, str]] = [
            ("anyone", _("Anybody")), ("named", _("Whom I name in their profile")), ("nobody", _("Nobody"))
        ]  # fmt: skip
        setting = SettingRow(
            self, theme, _("Keeps it open when I leave"),
            lambda row: SegmentedControl[Keepers](
                row, theme, options, room.keeping.keepers,
                lambda chosen: context.do(SetKeepers(room.room_id, chosen)),
            ),
        )  # fmt: skip
        setting.pack(fill="x", pady=(0, theme.px(6)))

    def _notify(self, chosen: str) -> None:
        self._context.kept.change_room(self._room.room_id, notify=chosen)
        self._line.redraw()

    def _offer(self) -> Button:
        destroy_children(self._question)
        button = Button(self._question, self._context.theme, _("Forget this room…"), self._ask, "quiet")
        button.pack(anchor="w", pady=self._context.theme.px(4))
        return button

    def _ask(self) -> None:
        destroy_children(self._question)
        Confirmation(
            self._question, self._context.theme, forgetting(self._room), _("Forget it"), self._forget,
            _("Keep it"), lambda: self._offer().focus_set(),
        ).pack(fill="x")  # fmt: skip

    def _forget(self) -> None:
        self._context.do(Forget(self._room.room_id))
        self._offer()


def notified(chosen: str) -> str:
    """What a room notifies about, in a word or two; "" where it is as for all rooms."""
    return {"all": _("All"), "mentions": _("Mentions"), "none": _("Nothing")}.get(chosen, "")


def forgetting(room: RoomModel) -> str:
    """What is lost when this room is forgotten, in words."""
    gone = _("All that was said in {room} is deleted from this computer, and what you have not sent yet. Others keep "
             "what they have.").format(room=room.shown)  # fmt: skip
    if room.connection is ConnectionState.HOSTING:
        words = _("You cannot open it again.") + " " if room.hosted else ""
        return gone + " " + words + _("Somebody else keeps it open now, if they can.")
    if room.hosted:
        return gone + " " + _("You cannot open it again.")
    return gone
