"""PeoplePane, the right pane: the members of one room, or the profile of one of them. Tk thread.

Beside a private thread it is the profile of the other one: who one writes to, and how well that is verified.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct

from lanchat.core.model import Availability, MemberKey, PrivateThread, RoomId
from lanchat.core.profile import BY_KEY, Avatar
from lanchat.core.translate import _
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.model.state import State
from lanchat.desktop.people.profile_view import ProfileView, about_member
from lanchat.desktop.view_context import ViewContext, room_of
from lanchat.desktop.widgets.list_rows import ListHeading, RowArea, paint_list_heading
from lanchat.desktop.widgets.tk_events import has_focus
from lanchat.desktop.widgets.virtual_list import VirtualList
from lanchat.engine import events
from lanchat.engine.events import Event
from lanchat.storage.errors import StorageProblem
from lanchat.storage.settings import Preferences

MOST_AWAY = 50  #: absent members who are listed: not everybody who ever wrote here
_HEIGHT = 42  # design pixels, as those below
_AVATAR, _LEFT, _TEXT, _RIGHT, _MARK = 32, 4, 46, 6, 14
_SECOND_LINE = 9
_AUTHORS_MOST = 2 * MOST_AWAY  # some of them are here

#: Events, besides messages of somebody new, that change what is shown.
_RELEVANT = (
    events.RosterChanged, events.CardsCame, events.ConnectionChanged, events.Introduced,
    events.Verified, events.ProfileChanged, events.AvailabilityChanged, events.Left, events.Hosting,
    events.KeeperChanged, events.KeepersChanged, events.RoleGiven, events.StandingChanged,
)  # fmt: skip


class MemberRow(Struct, frozen=True):
    key: MemberKey
    name: str
    about: str  #: a few words below the name, or ""
    presence: Availability | None  #: None: not here
    verified: bool
    muted: bool
    wish: Avatar = BY_KEY  #: how they want to be drawn
    mark: str = ""  #: what stands beside the name, apart from it: that they are a guest, where no heading says it
    height: int = _HEIGHT


MemberListRow: TypeAlias = ListHeading | MemberRow


def member_rows(
    state: State, preferences: Preferences, room: RoomModel, authors: Iterable[MemberKey]
) -> list[MemberListRow]:  # fmt: skip
    """The list from top to bottom. `authors`: who wrote in the room, the last first."""

    def row(member: MemberKey, here: bool) -> MemberRow:
        name, presence = room.people.called(member), state.availability_of(room, member) if here else None
        about = about_member(state, preferences, room, member, here=here)
        wish, muted = state.nicks.profile(member).avatar, member.hex() in preferences.muted
        mark = "" if here or not state.nicks.is_guest(member) else f" · {_('guest')}"
        return MemberRow(member, name, about, presence, member in state.verified, muted, wish, mark)

    everybody = _here(room)
    present = {state.me, *everybody}
    guests = [member for member in everybody if state.nicks.is_guest(member)]
    here = [member for member in everybody if not state.nicks.is_guest(member)]
    away = [member for member in was_here(room, authors) if member not in present]
    away = sorted(away[:MOST_AWAY], key=lambda member: room.people.called(member).casefold())
    rows: list[MemberListRow] = []
    if here:
        rows.append(ListHeading(_("Here — {n}").format(n=len(here))))
        rows += [row(member, here=True) for member in here]
    if guests:
        rows.append(ListHeading(_("Guests — {n}").format(n=len(guests))))
        rows += [row(member, here=True) for member in guests]
    if away:
        words = _("Not here — {n}") if here else _("Were here — {n}")
        rows.append(ListHeading(words.format(n=len(away))))
        rows += [row(member, here=False) for member in away]
    return rows


def was_here(room: RoomModel, authors: Iterable[MemberKey]) -> list[MemberKey]:
    """Who was here when the connection broke, then who left while I was here, then `authors`; the last first."""
    last = [] if room.is_live else room.people.here()
    left = [member for moved in reversed(room.moves) for member in moved.moves.left]
    return list(dict.fromkeys([*last, *left, *authors]))


def _here(room: RoomModel) -> list[MemberKey]:
    """Me first, the others by name. Empty without a connection, when nobody knows."""
    if not room.is_live:
        return []
    me = room.people.me
    return [me, *(member for member in room.people.here() if member != me)]


class PeoplePane(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext, room_id: RoomId) -> None:
        theme = context.theme
        super().__init__(master, bg=theme.palette.side)
        self.room_id = room_id  #: or of a private thread
        self._thread = PrivateThread.of(room_id)
        self._of = self._thread.room_id if self._thread else room_id
        self._context = context
        self._authors = self._read_authors()
        self.shown_profile: ProfileView | None = None
        self.list = VirtualList[MemberListRow](self, theme, self._paint, self._row_chosen)
        self.list.pack(fill="both", expand=True, pady=(theme.px(4), 0))
        self._refresh()
        if self._thread is not None:
            self.profile(self._thread.peer)

    def heard(self, event: Event) -> None:
        if room_of(event) not in (self._of, None):
            return
        if isinstance(event, events.MessagesAdded):
            relevant = self._add_authors({message.author for message in event.messages})
        else:
            relevant = isinstance(event, _RELEVANT)
        if relevant:
            self._context.draw_soon(self, self._refresh)

    def profile(self, member: MemberKey | None) -> None:
        """Show the profile of `member`; None: the list."""
        if member is None and self._thread is not None:
            member = self._thread.peer
        had_focus = has_focus(self)
        if self.shown_profile is not None:
            self.shown_profile.destroy()
            self.shown_profile = None
        if member is None:
            self.list.pack(fill="both", expand=True, pady=(self._context.theme.px(4), 0))
        else:
            self.list.pack_forget()
            beside = self._thread is not None and member == self._thread.peer
            self.shown_profile = ProfileView(
                self, self._context, self._of, member, lambda: self.profile(None), writes=not beside
            )
            self.shown_profile.pack(fill="both", expand=True)
        if had_focus:
            self.focus_first()

    def leave(self) -> bool:
        """A step back, within the profile or from it to the list. False: there is none."""
        profile = self.shown_profile
        if profile is None or (self._thread and profile.member == self._thread.peer and profile.on_card):
            return False
        profile.leave()
        return True

    def focus_first(self) -> None:
        """Focus the list, or the profile that is shown."""
        if self.shown_profile is not None:
            self.shown_profile.focus_first()
        else:
            self.list.canvas.focus_set()

    def _refresh(self) -> None:
        room = self._context.state.rooms.get(self._of)
        if room is None:
            return
        self.list.show(member_rows(self._context.state, self._context.kept.now, room, self._authors))
        if self.shown_profile is not None:
            self.shown_profile.refresh()

    def _read_authors(self) -> list[MemberKey]:
        try:
            return self._context.reader.authors(self._of, _AUTHORS_MOST)
        except StorageProblem:
            return []  # the present members are known without it, and the timeline shows the problem

    def _add_authors(self, authors: set[MemberKey]) -> bool:
        """Whether some of them are new."""
        new = authors.difference(self._authors)
        self._authors = [*new, *self._authors][:_AUTHORS_MOST]
        return bool(new)

    def _row_chosen(self, row: MemberListRow) -> None:
        if isinstance(row, MemberRow):
            self.profile(row.key)

    def _paint(self, row: MemberListRow, spot: RowArea) -> str:
        theme = self._context.theme
        if isinstance(row, ListHeading):
            paint_list_heading(row, spot, theme)
            return ""
        px, palette = theme.px, theme.palette
        image = theme.avatar(row.key, row.name, _AVATAR, row.presence, spot.ground)
        spot.canvas.create_image(spot.left + px(_LEFT), spot.middle, anchor="w", image=image)
        left, right = spot.left + px(_TEXT), spot.right - px(_RIGHT)
        if row.verified:
            shield = theme.icon("shield", _MARK, palette.good)
            spot.canvas.create_image(right, spot.middle, anchor="e", image=shield)
            right -= px(_MARK + 4)
        ink = palette.mute if row.muted or row.presence is None else palette.text
        lift = px(_SECOND_LINE) if row.about else 0
        mark = theme.lines.fit(row.mark, "small")
        room = right - left - mark.width
        name = theme.lines.write(spot.canvas, (left, spot.middle - lift), row.name, "room", ink, room)
        beside = (left + name.width, spot.middle - lift)
        theme.lines.put(spot.canvas, beside, mark, "small", [palette.mute])
        if not row.about:
            return row.name if name.cut else ""
        about = theme.lines.write(
            spot.canvas, (left, spot.middle + lift), row.about, "tiny", palette.mute, right - left
        )
        return f"{row.name} · {row.about}" if name.cut or about.cut else ""
