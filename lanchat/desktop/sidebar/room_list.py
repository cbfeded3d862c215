"""RoomList, the rooms in the left pane: how their rows look, and what can be done with them. Tk thread.

Which rows there are is in `room_rows`. A room of mine is dragged to its place, or goes there by its menu.
"""

from __future__ import annotations

import time
import tkinter as tk
from typing import assert_never

from lanchat.core.model import PrivateThread, RoomId
from lanchat.core.translate import _
from lanchat.desktop.model import phrases
from lanchat.desktop.private_thread_view import thread_menu
from lanchat.desktop.room_actions import room_menu
from lanchat.desktop.sidebar.room_rows import (
    RoomListNote,
    RoomListRow,
    RoomRow,
    moved_room,
    room_list_rows,
    sorted_rooms,
)
from lanchat.desktop.view_context import InRoom, ViewContext
from lanchat.desktop.widgets.list_rows import ListHeading, RowArea, paint_list_heading
from lanchat.desktop.widgets.menus import SEPARATOR, MenuEntry, MenuItem, show_menu
from lanchat.desktop.widgets.row_dragging import RowDragging
from lanchat.desktop.widgets.virtual_list import VirtualList

# Design pixels.
_PAD, _AVATAR, _GAP, _BETWEEN = 8, 36, 10, 6
_THREAD_PAD, _THREAD_AVATAR = 24, 28
_UPPER, _LOWER = -9, 10  # from the middle of a row to those of its lines
_NOTE_LEFT = 8
_MARK, _PILL, _DOT = 13, 18, 8

_REFRESH_MS = 5_000  # a room is new for a minute, and no Event tells when that is over


class RoomList(VirtualList[RoomListRow]):
    def __init__(self, master: tk.Misc, context: ViewContext) -> None:
        self._context = context
        super().__init__(master, context.theme, self._paint_row, self._open, menu=self._show_room_menu)
        self._dragging = RowDragging(self, context.theme, _can_be_dragged, self._dropped)
        self._width = 0
        self.canvas.bind("<Configure>", lambda event: self._resized(event.width), add="+")
        self.refresh()
        self._refresh_new()

    def refresh(self) -> None:
        """Show the rooms as State knows them now."""
        rows = room_list_rows(self._context.state, time.monotonic(), self._context.kept.now)
        self.show([self._sized(line) for line in rows])

    def _sized(self, line: RoomListRow | str) -> RoomListRow:
        return RoomListNote(line, self._lines(line, self._note_width(self._width))) if isinstance(line, str) else line

    def _note_width(self, width: int) -> int:
        """Pixels for the words of a note, in a list of this width."""
        return width - self._theme.px(2 * (_NOTE_LEFT + 8))

    def _lines(self, words: str, width: int) -> int:
        """How many lines Tk breaks them into, at spaces, in `width` pixels."""
        measure = self._theme.fonts.measure
        lines, line = 1, ""
        for word in words.split():
            longer = f"{line} {word}".lstrip()
            if line and measure("small", longer) > width:
                lines, longer = lines + 1, word
            line = longer
        return lines

    def _resized(self, width: int) -> None:
        if width != self._width:
            self._width = width
            self.refresh()

    def _refresh_new(self) -> None:
        """The mark of new rooms goes after a while. The list draws only rows that changed."""
        self._later.do("refresh new", self._refresh_new, _REFRESH_MS)
        if any(isinstance(row, RoomRow) and row.new for row in self.rows):
            self.refresh()

    # --- how a row looks ---------------------------------------------------------------------------------------------
    def _paint_row(self, row: RoomListRow, spot: RowArea) -> str:
        match row:
            case ListHeading():
                paint_list_heading(row, spot, self._theme)
                return ""
            case RoomListNote(words):
                self._note(words, spot)
                return ""
            case RoomRow():
                return self._room(row, spot)
            case _:
                assert_never(row)

    def _note(self, words: str, spot: RowArea) -> None:
        px = self._theme.px
        spot.canvas.create_text(
            spot.left + px(_NOTE_LEFT), spot.top + px(4), anchor="nw", text=words, font=self._theme.font("small"),
            fill=self._theme.palette.mute, width=self._note_width(spot.canvas.winfo_width()),
        )  # fmt: skip

    def _room(self, row: RoomRow, spot: RowArea) -> str:
        theme, px, palette = self._theme, self._theme.px, self._theme.palette
        indent, size = (_PAD, _AVATAR) if row.peer is None else (_THREAD_PAD, _THREAD_AVATAR)
        image = (
            theme.room_avatar(row.key, row.name, size) if row.peer is None
            else theme.avatar(row.peer, row.name, size, row.presence, spot.ground)
        )  # fmt: skip
        spot.canvas.create_image(spot.left + px(indent), spot.middle, anchor="w", image=image)
        left, upper, lower = spot.left + px(indent + size + _GAP), spot.middle + px(_UPPER), spot.middle + px(_LOWER)
        news = row.mentions > 0 or (row.unread > 0 and not row.muted)
        grey = (row.offline and not row.connecting) or row.muted
        ink = palette.strong if news or spot.chosen else palette.mute if grey else palette.text
        right = self._upper_marks(row, spot, upper)
        title = theme.lines.write(
            spot.canvas, (left, upper), row.name, "room_bold" if news else "room", ink, right - left
        )
        right = self._lower_marks(row, spot, lower)
        about = palette.text if spot.chosen else palette.mute  # mute has too little contrast with a chosen row
        about = {"usual": about, "live": palette.at, "alert": palette.alert_ink}[row.tone]
        subtitle = theme.lines.write(spot.canvas, (left, lower), row.subtitle, "small", about, right - left)
        tips = [row.name] if title.cut else []
        tips += [row.subtitle] if subtitle.cut else []
        tips += [row.state] if row.mine and row.state != row.subtitle else []
        tips += [phrases.unread_words(row.unread, row.mentions)] if row.unread else []
        return "\n".join(tips)

    def _upper_marks(self, row: RoomRow, spot: RowArea, y: float) -> int:
        """Draw what stands at the right end of the upper line: the time, and signs. Returns where they begin."""
        theme, palette = self._theme, self._theme.palette
        right = spot.right - theme.px(_PAD)
        ink = palette.text if spot.chosen else palette.mute
        words, colour = (_("new"), palette.at) if row.new else (row.time, ink)
        if words:
            spot.canvas.create_text(right, y, anchor="e", text=words, font=theme.font("tiny"), fill=colour)
            right -= theme.fonts.measure("tiny", words) + theme.px(_BETWEEN)
        for name in row.signs:
            image = theme.icon(name, _MARK, ink)
            spot.canvas.create_image(right, y, anchor="e", image=image)
            right -= image.width() + theme.px(_BETWEEN)
        return right

    def _lower_marks(self, row: RoomRow, spot: RowArea, y: float) -> int:
        """The same of the lower line: what is unread, and what can be done."""
        theme, palette = self._theme, self._theme.palette
        right = spot.right - theme.px(_PAD)
        if row.changed_key:
            image = theme.icon("warning", _MARK, palette.alert_ink)
            spot.canvas.create_image(right, y, anchor="e", image=image)
            return right - image.width() - theme.px(_BETWEEN)
        if row.peer is not None and row.unread and not row.muted:
            right = self._pill(phrases.unread(row.unread), palette.alert, palette.on_alert, spot, right, y)
        elif row.mentions:
            words = _("@ {n}").format(n=phrases.unread(row.mentions))
            right = self._pill(words, palette.alert, palette.on_alert, spot, right, y)
        elif row.unread and row.muted:
            right = self._pill(phrases.unread(row.unread), palette.selected, palette.mute, spot, right, y)
        elif row.unread:
            right = self._pill(phrases.unread(row.unread), palette.mute, palette.side, spot, right, y)
        if row.connecting:
            size = theme.px(_DOT)
            image = theme.rounded_image(size, size, _DOT / 2, palette.caution)
            spot.canvas.create_image(right, y, anchor="e", image=image)
            right -= size + theme.px(_BETWEEN)
        elif not (row.mine or row.offline or row.connected):
            right = self._pill(_("Join"), palette.accent_soft, palette.at, spot, right, y)
        return right

    def _pill(self, words: str, ground: str, ink: str, spot: RowArea, right: int, y: float) -> int:
        theme = self._theme
        width = max(theme.px(20), theme.fonts.measure("small_bold", words) + theme.px(10))
        image = theme.rounded_image(width, theme.px(_PILL), _PILL / 2, ground)
        spot.canvas.create_image(right, y, anchor="e", image=image)
        spot.canvas.create_text(right - width / 2, y, text=words, font=theme.font("small_bold"), fill=ink)
        return right - width - theme.px(_BETWEEN)

    # --- actions -----------------------------------------------------------------------------------------------------
    def _open(self, line: RoomListRow) -> None:
        if isinstance(line, RoomRow) and self._context.state.find(line.key) is not None:
            self._context.go(InRoom(line.key))

    def _show_room_menu(self, line: RoomListRow, at: tuple[int, int]) -> None:
        if not isinstance(line, RoomRow):
            return
        room_id = line.key
        items: list[MenuEntry] = [MenuItem(_("Open"), lambda: self._context.go(InRoom(room_id)), "right")]
        items += self._sorting(room_id)
        thread = self._context.state.threads.get(room_id)
        more = room_menu(self._context, room_id) if thread is None else thread_menu(self._context, thread)
        items += [SEPARATOR, *more]
        show_menu(self._context.root, self._theme, at, items)

    def _sorting(self, room_id: RoomId) -> list[MenuEntry]:
        """What changes the place of a room of mine."""
        order = self._order()
        if room_id not in order:
            return []
        pinned = self._context.kept.now.room(room_id).pinned
        words = _("Unpin") if pinned else _("Pin on top")
        items: list[MenuEntry] = [MenuItem(words, lambda: self._pin(room_id, not pinned), "pin")]
        group = [one for one in order if self._context.kept.now.room(one).pinned == pinned]
        at = group.index(room_id)
        if at > 0:
            items.append(MenuItem(_("Move up"), lambda: self._move_before(room_id, group[at - 1]), "up"))
        if at + 1 < len(group):
            after = group[at + 2] if at + 2 < len(group) else None
            items.append(MenuItem(_("Move down"), lambda: self._move_before(room_id, after), "down"))
        return items

    def _order(self) -> list[RoomId]:
        return [room.room_id for room in sorted_rooms(self._context.state, self._context.kept.now)]

    def _pin(self, room_id: RoomId, on: bool) -> None:
        self._context.kept.change_room(room_id, pinned=on)
        self.refresh_now()

    def _dropped(self, row: RoomListRow, before: RoomListRow | None) -> None:
        if not isinstance(row, RoomRow):
            return
        target = before.key if isinstance(before, RoomRow) else None
        if target is not None and (thread := PrivateThread.of(target)) is not None:  # behind the room that it is in
            order = self._order()
            target = next(iter(order[order.index(thread.room_id) + 1 :]), None)
        self._move_before(row.key, target)

    def _move_before(self, room_id: RoomId, before: RoomId | None) -> None:
        """Move a room of mine to the place before another one; None: to the end."""
        order = moved_room(self._order(), room_id, before)
        self._context.kept.change(room_order=order)
        self.refresh_now()

    def refresh_now(self) -> None:
        """As `refresh`, although the pointer is on a row: the person moved it themselves."""
        self.let_rows_move()
        self.refresh()


def _can_be_dragged(row: RoomListRow) -> bool:
    return isinstance(row, RoomRow) and row.mine and row.peer is None
