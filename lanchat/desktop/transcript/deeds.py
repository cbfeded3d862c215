"""Deeds: what can be done with a message. Tk thread."""

from __future__ import annotations

from collections.abc import Callable

from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.desktop.desk import Desk
from lanchat.desktop.system.opening import open_url
from lanchat.desktop.transcript.copying import selected_text
from lanchat.desktop.transcript.sheet import Sheet
from lanchat.engine.commands import Discard, Retry


class Deeds:
    def __init__(
        self, desk: Desk, room_id: RoomId, sheet: Sheet, show_whole: Callable[[EntryId], None],
        hear: Callable[[MemberKey], None],
    ) -> None:  # fmt: skip
        """`show_whole`: a long text in full. `hear`: show what somebody muted said."""
        self.desk = desk
        self.show_whole = show_whole
        self.hear = hear
        self._room_id = room_id
        self._sheet = sheet

    def open_link(self, address: str) -> None:
        if problem := open_url(address):
            self.desk.say(problem)

    def show_author(self, member: MemberKey) -> None:
        self.desk.profile(member)

    def retry(self, entry_id: EntryId) -> None:
        self.desk.do(Retry(self._room_id, entry_id))

    def discard(self, entry_id: EntryId) -> None:
        self.desk.do(Discard(self._room_id, entry_id))

    def copy(self, text: str) -> None:
        if text:
            self.desk.root.clipboard_clear()
            self.desk.root.clipboard_append(text)

    def copy_selected(self) -> None:
        self.copy(self.selected())

    def selected(self) -> str:
        room = self.desk.state.rooms.get(self._room_id)
        return selected_text(self._sheet, room.people.called if room else self.desk.state.nicks.called)

    def select_all(self) -> None:
        """Of what is in the Text."""
        self._sheet.text.tag_add("sel", "1.0", "end - 1 chars")
