"""Copying: what is selected in a Transcript, as text. Tk thread.

Emoji are given back. Within one message only its words are; of several, each with who said it, and when.

Deeds: what can be done with a row of a Transcript, and its menu. Tk thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice

from lanchat.core.dates import clock, moment
from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.desktop.platform.external_programs import open_url
from lanchat.desktop.timeline.rows import MembershipRow, MessageRow, MutedRow
from lanchat.desktop.timeline.text_view import LaidOutRow, TextView, line_number
from lanchat.desktop.view_context import JoinBy, ViewContext
from lanchat.desktop.widgets.menus import SEPARATOR, MenuEntry, MenuItem
from lanchat.engine.commands import Discard, Retry
from lanchat.engine.events import EntryState


def selected_text(sheet: TextView, called: Callable[[MemberKey], str]) -> str:
    """ "" when nothing is selected."""
    selection = [str(index) for index in sheet.text.tag_ranges("sel")]
    if not selection:
        return ""
    first, last = sheet.at_line(line_number(selection[0])), sheet.at_line(line_number(selection[-1]))
    told = []
    for index in range(first[0], last[0] + 1):
        block = sheet.blocks[index]
        text = _selected_of(sheet, index, selection[0], selection[-1])
        if text:
            told.append((block, text))
    if len(told) == 1:
        return told[0][1]
    return "\n".join(_as_in_a_log(block, text, called) for block, text in told)


def _as_in_a_log(block: LaidOutRow, text: str, called: Callable[[MemberKey], str]) -> str:
    if not isinstance(block.row, MessageRow):
        return text
    row = block.row
    return _("{nick}, {clock}: {text}").format(nick=called(row.author), clock=clock(moment(row.at)), text=text)


def _selected_of(sheet: TextView, index: int, start: str, end: str) -> str:
    """What is selected of one block: of a message that is selected from end to end, all that its author wrote."""
    block = sheet.blocks[index]
    if isinstance(block.row, MembershipRow):
        return block.row.words
    if not isinstance(block.row, MessageRow):
        return ""
    first, last = _place(start), _place(end)
    characters = sheet.characters(index)
    selected = [one.text for one in characters if first <= _place(one.place) < last]
    if len(selected) == len(characters):
        return block.row.text
    return "".join(selected)


def _place(index: str) -> tuple[int, int]:
    line, column = index.split(".")
    return int(line), int(column)


_LINKS = 3  # in the menu of one message


class MessageActions:
    def __init__(
        self, desk: ViewContext, room_id: RoomId, sheet: TextView, show_whole: Callable[[EntryId], None],
        hear: Callable[[MemberKey], None],
    ) -> None:  # fmt: skip
        """`show_whole`: a long text in full. `hear`: show what somebody muted said."""
        self.desk = desk
        self.show_whole = show_whole
        self.hear = hear
        self._room_id = room_id
        self._sheet = sheet

    def state_of(self, row: MessageRow) -> EntryState:
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

    def items(self, block: LaidOutRow, links: Iterable[str]) -> list[MenuEntry]:
        """The menu of a row. `links`: those that are meant."""
        items: list[MenuEntry] = []
        if selected := self.selected():
            items.append(MenuItem(_("Copy"), partial(self.copy, selected), "copy"))
        for address in islice(links, _LINKS):
            items.append(MenuItem(_("Open link"), partial(self.open_link, address), "export"))
            items.append(MenuItem(_("Copy link"), partial(self.copy, address.removeprefix("mailto:")), "copy"))
        match block.row:
            case MessageRow() as row:
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
            case MutedRow(author=author):
                items.append(MenuItem(_("Show"), partial(self.hear, author), "down"))
                items.append(MenuItem(_("Who is this?"), partial(self.show_author, author), "people"))
            case _:
                pass
        return items

    def select_all(self) -> None:
        """Of what is in the Text."""
        self._sheet.text.tag_add("sel", "1.0", "end - 1 chars")
