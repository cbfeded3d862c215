"""SeenLine: "Seen by Ana and Ben" under my newest message, in rooms of up to SEEN_MEMBERS people. Tk thread.

Where it stands and whom it names is part of `MessageLayout`, so that a row that is laid out again has it, too.
"""

from __future__ import annotations

from lanchat.core.limits import SEEN_MEMBERS
from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.desktop.model.state import State
from lanchat.desktop.timeline.loaded_range import LoadedRange
from lanchat.desktop.timeline.message_layout import MessageLayout
from lanchat.desktop.timeline.rows import MessageRow
from lanchat.desktop.timeline.text_view import TextView

_LOOKED_THROUGH = 200  # rows from the end, for one of mine


class SeenLine:
    def __init__(
        self, state: State, room_id: RoomId, view: TextView, loaded: LoadedRange, layout: MessageLayout
    ) -> None:
        self._state = state
        self._room_id = room_id
        self._view = view
        self._loaded = loaded
        self._layout = layout

    def update(self) -> None:
        """Put it where it belongs now. Cheap when nothing has changed; call it where the viewport stands still."""
        wanted = self._wanted()
        before, self._layout.seen = self._layout.seen, wanted
        if wanted == before:
            return
        for message_id in dict.fromkeys(one[0] for one in (before, wanted) if one is not None):
            if (index := self._view.find(message_id)) is not None:
                self._loaded.replace_row(index)

    def _wanted(self) -> tuple[EntryId, tuple[MemberKey, ...]] | None:
        """Under which message, and who has seen it; None: nowhere."""
        room = self._state.room(self._room_id)
        if not room.seen_by or not self._state.sharing.read or room.here > SEEN_MEMBERS or not self._loaded.at_end:
            return None
        for laid_out in reversed(self._view.rows[-_LOOKED_THROUGH:]):
            row = laid_out.row
            if isinstance(row, MessageRow) and row.author == self._state.me and row.seq:
                seen = [key for key, seq in room.seen_by.items() if seq >= row.seq and key != self._state.me]
                seen.sort(key=lambda key: room.people.called(key).casefold())
                return (row.message_id, tuple(seen)) if seen else None
        return None
