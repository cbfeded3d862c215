"""Roll: who is in the list of a room's people, from top to bottom. Pure.

PeoplePane: the right pane: the people of one room, or the profile of one of them. Tk thread.
"""

from __future__ import annotations

import tkinter as tk

from lanchat.core.model import MemberKey, RoomId
from lanchat.desktop.people.member_list import (
    MOST_AWAY,
    PersonLine,
    RollLine,
    marks,
    roll,
)
from lanchat.desktop.people.profile import Profile
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.line_renderer import LineRenderer
from lanchat.desktop.widgets.list_rows import ListHeading, RowArea, paint_list_heading
from lanchat.desktop.widgets.virtual_list import VirtualList
from lanchat.engine import events
from lanchat.engine.events import Event
from lanchat.storage.errors import StorageProblem

_AVATAR, _LEFT, _TEXT, _RIGHT, _MARK = 32, 4, 46, 6, 14  # design pixels
_SECOND_LINE = 9
_MOST_AUTHORS = 2 * MOST_AWAY  # some of them are here


class PeoplePane(tk.Frame):
    def __init__(self, master: tk.Misc, desk: ViewContext, room_id: RoomId) -> None:
        theme = desk.theme
        super().__init__(master, bg=theme.palette.side)
        self.room_id = room_id
        self._desk = desk
        self._writer = LineRenderer(theme)
        self._authors = self._read_authors()
        self.card: Profile | None = None
        self.list = VirtualList[RollLine](self, theme, self._paint, self._chosen)
        self.list.pack(fill="both", expand=True, pady=(theme.px(4), 0))
        self._refresh()

    def heard(self, event: Event) -> None:
        if getattr(event, "room_id", self.room_id) != self.room_id:
            return
        match event:
            case events.EntriesAdded(entries=entries):
                if not self._wrote({MemberKey(item.entry.author) for item in entries}):
                    return
            case events.RosterChanged() | events.CardsCame() | events.ConnectionChanged() | events.Banned():
                pass
            case events.Introduced() | events.Verified() | events.Renamed() | events.Left() | events.Hosting():
                pass
            case _:
                return
        self._desk.soon(self, self._refresh)

    def profile(self, member: MemberKey | None) -> None:
        """Show a member's; None: the list again."""
        by_keyboard = self._has_keyboard()
        if self.card is not None:
            self.card.destroy()
            self.card = None
        if member is None:
            self.list.pack(fill="both", expand=True, pady=(self._desk.theme.px(4), 0))
        else:
            self.list.pack_forget()
            self.card = Profile(self, self._desk, self.room_id, member, lambda: self.profile(None))
            self.card.pack(fill="both", expand=True)
        if by_keyboard:
            self.focus_first()

    def leave(self) -> bool:
        """A step back from the profile. False: none is shown."""
        if self.card is None:
            return False
        self.card.leave()
        return True

    def focus_first(self) -> None:
        """The keyboard goes to the people, or to the one that is shown."""
        if self.card is not None:
            self.card.focus_first()
        else:
            self.list.canvas.focus_set()

    def _has_keyboard(self) -> bool:
        focused = self.focus_get()
        return focused is not None and str(focused).startswith(f"{self}.")

    def _refresh(self) -> None:
        room = self._desk.state.rooms.get(self.room_id)
        if room is None:
            return
        self.list.show(roll(room, self._authors, marks(self._desk.state, self._desk.kept.now)))
        if self.card is not None:
            self.card.refresh()

    def _read_authors(self) -> list[MemberKey]:
        try:
            return self._desk.reader.authors(self.room_id, _MOST_AUTHORS)
        except StorageProblem:
            return []  # who is here is known without; the conversation itself says what is wrong

    def _wrote(self, authors: set[MemberKey]) -> bool:
        """Whether some of them are new here."""
        new = authors.difference(self._authors)
        self._authors = [*new, *self._authors][:_MOST_AUTHORS]
        return bool(new)

    def _chosen(self, line: RollLine) -> None:
        if isinstance(line, PersonLine):
            self.profile(line.member)

    def _paint(self, line: RollLine, spot: RowArea) -> str:
        theme = self._desk.theme
        if isinstance(line, ListHeading):
            paint_list_heading(line, spot, theme, self._writer)
            return ""
        px, palette = theme.px, theme.palette
        image = theme.avatar(line.member, line.name, _AVATAR, "here" if line.here else "away", spot.ground)
        spot.canvas.create_image(spot.left + px(_LEFT), spot.middle, anchor="w", image=image)
        left, right = spot.left + px(_TEXT), spot.right - px(_RIGHT)
        if line.verified:
            shield = theme.icon("shield", _MARK, palette.good)
            spot.canvas.create_image(right, spot.middle, anchor="e", image=shield)
            right -= px(_MARK + 4)
        ink = palette.mute if line.muted or not line.here else palette.text
        lift = px(_SECOND_LINE) if line.about else 0
        name = self._writer.write(spot.canvas, (left, spot.middle - lift), line.name, "room", ink, right - left)
        if line.about:
            under = (left, spot.middle + lift)
            self._writer.write(spot.canvas, under, line.about, "tiny", palette.mute, right - left)
        return line.name if name.cut else ""
