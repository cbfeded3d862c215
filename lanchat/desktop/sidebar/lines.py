"""Lines: what the list of rooms says, from top to bottom. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from lanchat.core.model import RoomId
from lanchat.core.translate import _, ngettext
from lanchat.desktop.lists.headings import Heading
from lanchat.desktop.model.sections import Kind, RoomRow, Section
from lanchat.desktop.model.state import State
from lanchat.desktop.model.words import looked_on

ONE_LINE, TWO_LINES = 32, 44  # design pixels
_NOTE_LINE, _NOTE_AROUND = 17, 10


@dataclass(frozen=True, slots=True)
class Note:
    """A calm line where rooms could be."""

    words: str
    lines: int  #: of the screen, that it takes
    name: str = ""

    @property
    def key(self) -> Hashable:
        return ("note", self.words)

    @property
    def height(self) -> int:
        return self.lines * _NOTE_LINE + _NOTE_AROUND


@dataclass(frozen=True, slots=True)
class RoomLine:
    row: RoomRow
    known: bool  #: I was there before, and know its host's key

    @property
    def key(self) -> RoomId:
        return self.row.room_id

    @property
    def name(self) -> str:
        return self.row.title

    @property
    def explained(self) -> bool:
        """With a second line: who is there, or what is odd about it."""
        row = self.row
        return row.changed_key or not (row.connected or row.connecting or row.offline)

    @property
    def height(self) -> int:
        return TWO_LINES if self.explained else ONE_LINE


ListLine: TypeAlias = Heading | Note | RoomLine


def lines_of(state: State, now: float) -> Iterator[Heading | str | RoomLine]:
    """The list, from the top; a `str` is to become a Note. `now`: by State's clock."""
    for section in state.sections(now):
        yield Heading(section.title)
        for row in section.rows:
            room = state.rooms.get(row.room_id)
            yield RoomLine(row, known=room is not None and room.known)
        note = _note(section, state)
        if note:
            yield note


def _note(section: Section, state: State) -> str:
    if section.more:
        words = ngettext("and {n} more: search finds it", "and {n} more: search finds them", section.more)
        return words.format(n=section.more)
    if section.rows or section.kind is not Kind.HERE:
        return ""
    if not state.looked_around:
        return _("Looking for rooms…")
    if state.where:
        return _("No room here yet. Still looking on {where}.").format(where=looked_on(state.where))
    return _("This computer is on no network.")


def status(state: State) -> str:
    """What I am about, in a few words."""
    hosted = len(state.hosted_here())
    if hosted:
        return ngettext("You host {n} room", "You host {n} rooms", hosted).format(n=hosted)
    rooms = sum(room.is_in for room in state.rooms.values())
    return ngettext("In {n} room", "In {n} rooms", rooms).format(n=rooms) if rooms else _("In no room")
