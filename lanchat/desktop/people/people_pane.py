"""PeoplePane, the right pane: the members of one room, or the profile of one of them. Tk thread."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.model import MemberKey, RoomId
from lanchat.desktop.people.member_list import (
    MOST_AWAY,
    MemberListRow,
    MemberRow,
    member_marks,
    member_rows,
)
from lanchat.desktop.people.profile import Profile
from lanchat.desktop.view_context import ViewContext, room_of
from lanchat.desktop.widgets.line_renderer import LineRenderer
from lanchat.desktop.widgets.list_rows import ListHeading, RowArea, paint_list_heading
from lanchat.desktop.widgets.virtual_list import VirtualList
from lanchat.engine import events
from lanchat.engine.events import Event
from lanchat.storage.errors import StorageProblem

_AVATAR, _LEFT, _TEXT, _RIGHT, _MARK = 32, 4, 46, 6, 14  # design pixels
_SECOND_LINE = 9
_AUTHORS_MOST = 2 * MOST_AWAY  # some of them are here


class PeoplePane(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext, room_id: RoomId) -> None:
        theme = context.theme
        super().__init__(master, bg=theme.palette.side)
        self.room_id = room_id
        self._context = context
        self._writer = LineRenderer(theme)
        self._authors = self._read_authors()
        self.shown_profile: Profile | None = None
        self.list = VirtualList[MemberListRow](self, theme, self._paint, self._row_chosen)
        self.list.pack(fill="both", expand=True, pady=(theme.px(4), 0))
        self._refresh()

    def heard(self, event: Event) -> None:
        if room_of(event) not in (self.room_id, None):
            return
        match event:
            case events.MessagesAdded(messages=messages):
                if not self._add_authors({message.author for message in messages}):
                    return
            case events.RosterChanged() | events.CardsCame() | events.ConnectionChanged() | events.Banned():
                pass
            case events.Introduced() | events.Verified() | events.Renamed() | events.Left() | events.Hosting():
                pass
            case _:
                return
        self._context.draw_soon(self, self._refresh)

    def profile(self, member: MemberKey | None) -> None:
        """Show the profile of `member`; None: the list."""
        had_focus = self._has_focus()
        if self.shown_profile is not None:
            self.shown_profile.destroy()
            self.shown_profile = None
        if member is None:
            self.list.pack(fill="both", expand=True, pady=(self._context.theme.px(4), 0))
        else:
            self.list.pack_forget()
            self.shown_profile = Profile(self, self._context, self.room_id, member, lambda: self.profile(None))
            self.shown_profile.pack(fill="both", expand=True)
        if had_focus:
            self.focus_first()

    def leave(self) -> bool:
        """A step back, within the profile or from it to the list. False: no profile is shown."""
        if self.shown_profile is None:
            return False
        self.shown_profile.leave()
        return True

    def focus_first(self) -> None:
        """Focus the list, or the profile that is shown."""
        if self.shown_profile is not None:
            self.shown_profile.focus_first()
        else:
            self.list.canvas.focus_set()

    def _has_focus(self) -> bool:
        focused = self.focus_get()
        return focused is not None and str(focused).startswith(f"{self}.")

    def _refresh(self) -> None:
        room = self._context.state.rooms.get(self.room_id)
        if room is None:
            return
        self.list.show(member_rows(room, self._authors, member_marks(self._context.state, self._context.kept.now)))
        if self.shown_profile is not None:
            self.shown_profile.refresh()

    def _read_authors(self) -> list[MemberKey]:
        try:
            return self._context.reader.authors(self.room_id, _AUTHORS_MOST)
        except StorageProblem:
            return []  # the present members are known without it, and the timeline shows the problem

    def _add_authors(self, authors: set[MemberKey]) -> bool:
        """Whether some of them are new."""
        new = authors.difference(self._authors)
        self._authors = [*new, *self._authors][:_AUTHORS_MOST]
        return bool(new)

    def _row_chosen(self, row: MemberListRow) -> None:
        if isinstance(row, MemberRow):
            self.profile(row.member)

    def _paint(self, row: MemberListRow, spot: RowArea) -> str:
        theme = self._context.theme
        if isinstance(row, ListHeading):
            paint_list_heading(row, spot, theme, self._writer)
            return ""
        px, palette = theme.px, theme.palette
        image = theme.avatar(row.member, row.name, _AVATAR, "here" if row.here else "away", spot.ground)
        spot.canvas.create_image(spot.left + px(_LEFT), spot.middle, anchor="w", image=image)
        left, right = spot.left + px(_TEXT), spot.right - px(_RIGHT)
        if row.verified:
            shield = theme.icon("shield", _MARK, palette.good)
            spot.canvas.create_image(right, spot.middle, anchor="e", image=shield)
            right -= px(_MARK + 4)
        ink = palette.mute if row.muted or not row.here else palette.text
        lift = px(_SECOND_LINE) if row.about else 0
        name = self._writer.write(spot.canvas, (left, spot.middle - lift), row.name, "room", ink, right - left)
        if row.about:
            under = (left, spot.middle + lift)
            self._writer.write(spot.canvas, under, row.about, "tiny", palette.mute, right - left)
        return row.name if name.cut else ""
