"""Deeds: what can be done with a row of a Transcript, and its menu. Tk thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice

from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.desktop.platform.external_programs import open_url
from lanchat.desktop.timeline.copying import selected_text
from lanchat.desktop.timeline.rows import Muted, Said
from lanchat.desktop.timeline.sheet import Block, Sheet
from lanchat.desktop.view_context import JoinBy, ViewContext
from lanchat.desktop.widgets.menus import SEPARATOR, MenuEntry, MenuItem
from lanchat.engine.commands import Discard, Retry
from lanchat.engine.events import EntryState

_LINKS = 3  # in the menu of one message


class Deeds:
    def __init__(
        self, desk: ViewContext, room_id: RoomId, sheet: Sheet, show_whole: Callable[[EntryId], None],
        hear: Callable[[MemberKey], None],
    ) -> None:  # fmt: skip
        """`show_whole`: a long text in full. `hear`: show what somebody muted said."""
        self.desk = desk
        self.show_whole = show_whole
        self.hear = hear
        self._room_id = room_id
        self._sheet = sheet

    def state_of(self, row: Said) -> EntryState:
        """How far an entry of mine is."""
        if row.unsent is not None:
            return row.unsent.state
        room = self.desk.state.rooms.get(self._room_id)
        return room.state_of(row.entry_id) if room else EntryState.TAKEN

    def open_link(self, address: str) -> None:
        """In the system's own program; a link to a room leads to the page that joins it, which asks first."""
        if address[:10].lower() == "lanchat://":
            self.desk.go(JoinBy(address))
        elif problem := open_url(address):
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

    def items(self, block: Block, links: Iterable[str]) -> list[MenuEntry]:
        """The menu of a row. `links`: those that are meant."""
        items: list[MenuEntry] = []
        if selected := self.selected():
            items.append(MenuItem(_("Copy"), partial(self.copy, selected), "copy"))
        for address in islice(links, _LINKS):
            items.append(MenuItem(_("Open link"), partial(self.open_link, address), "export"))
            items.append(MenuItem(_("Copy link"), partial(self.copy, address.removeprefix("mailto:")), "copy"))
        match block.row:
            case Said() as row:
                items.append(MenuItem(_("Copy message"), partial(self.copy, row.text), "copy"))
                if block.folded:
                    items.append(MenuItem(_("Show more"), partial(self.show_whole, row.entry_id), "down"))
                items.append(MenuItem(_("Who is this?"), partial(self.show_author, row.author), "people"))
                if row.unsent is not None and row.unsent.state is EntryState.NOT_SENT:
                    items += [
                        SEPARATOR,
                        MenuItem(_("Retry"), partial(self.retry, row.entry_id), "retry"),
                        MenuItem(_("Discard"), partial(self.discard, row.entry_id), "close", danger=True),
                    ]
            case Muted(author=author):
                items.append(MenuItem(_("Show"), partial(self.hear, author), "down"))
                items.append(MenuItem(_("Who is this?"), partial(self.show_author, author), "people"))
            case _:
                pass
        return items

    def select_all(self) -> None:
        """Of what is in the Text."""
        self._sheet.text.tag_add("sel", "1.0", "end - 1 chars")
