"""Lines: what the list of rooms says, from top to bottom. Pure.

Painting: how a line of the list of rooms looks. Tk thread.

RoomList: the rooms of the left pane, live. Tk thread.
"""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from lanchat.core.model import RoomId
from lanchat.core.translate import _, ngettext
from lanchat.desktop.conversation.room_header import room_menu
from lanchat.desktop.model.phrases import looked_on, unread
from lanchat.desktop.model.sections import RoomRow, RoomSection, SectionKind
from lanchat.desktop.model.state import State
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import InRoom, ViewContext
from lanchat.desktop.widgets.line_renderer import LineRenderer
from lanchat.desktop.widgets.list_rows import ListHeading, RowArea, paint_list_heading
from lanchat.desktop.widgets.menus import SEPARATOR, MenuEntry, MenuItem, show_menu
from lanchat.desktop.widgets.virtual_list import VirtualList

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


ListLine: TypeAlias = ListHeading | Note | RoomLine


def lines_of(state: State, now: float) -> Iterator[ListHeading | str | RoomLine]:
    """The list, from the top; a `str` is to become a Note. `now`: by State's clock."""
    for section in state.sections(now):
        yield ListHeading(section.title)
        for row in section.rows:
            room = state.rooms.get(row.room_id)
            yield RoomLine(row, known=room is not None and room.known)
        note = _note(section, state)
        if note:
            yield note


def _note(section: RoomSection, state: State) -> str:
    if section.more:
        words = ngettext("and {n} more: search finds it", "and {n} more: search finds them", section.more)
        return words.format(n=section.more)
    if section.rows or section.kind is not SectionKind.HERE:
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


_NOTE_LEFT, _ICON_LEFT, _TEXT_LEFT, _RIGHT, _GAP = 8, 12, 36, 10, 6  # design pixels from the row's ground
_ICON, _MARK, _PILL, _DOT = 16, 14, 18, 8
_SECOND_LINE = 9  # how far the lines of a row of two lie from its middle


class Painter:
    def __init__(self, theme: Theme, writer: LineRenderer) -> None:
        self._theme = theme
        self._writer = writer

    def paint(self, line: ListLine, spot: RowArea) -> str:
        """Draw it; gives what there was no room to say, or ""."""
        match line:
            case ListHeading():
                paint_list_heading(line, spot, self._theme, self._writer)
                return ""
            case Note(words):
                self._note(words, spot)
                return ""
            case RoomLine():
                return self._room(line, spot)
            case _:
                assert_never(line)

    def note_width(self, width: int) -> int:
        """Pixels a Note's words have, in a list as wide as this."""
        return width - self._theme.px(2 * (_NOTE_LEFT + 8))

    def _note(self, words: str, spot: RowArea) -> None:
        px = self._theme.px
        spot.canvas.create_text(
            spot.left + px(_NOTE_LEFT), spot.top + px(4), anchor="nw", text=words, font=self._theme.font("small"),
            fill=self._theme.palette.mute, width=self.note_width(spot.canvas.winfo_width()),
        )  # fmt: skip

    def _room(self, line: RoomLine, spot: RowArea) -> str:
        px, palette, row = self._theme.px, self._theme.palette, line.row
        if row.unread and not spot.chosen:
            self._pip(spot)
        grey = row.offline and not row.connecting
        ink = palette.strong if row.unread or spot.chosen else palette.mute if grey else palette.text
        icon = self._theme.icon("lock" if row.lock else "room", _ICON, palette.mute if ink == palette.text else ink)
        spot.canvas.create_image(spot.left + px(_ICON_LEFT), spot.middle, anchor="w", image=icon)
        right = self._marks(line, spot)
        left = spot.left + px(_TEXT_LEFT)
        y = spot.middle - (px(_SECOND_LINE) if line.explained else 0)
        font: FontName = "room_bold" if row.unread else "room"
        title = self._writer.write(spot.canvas, (left, y), row.title, font, ink, right - left)
        tips = [row.title] if title.cut else []
        if line.explained:
            colour = palette.alert_ink if row.changed_key else palette.mute
            under = (left, spot.middle + px(_SECOND_LINE))
            told = self._writer.write(spot.canvas, under, row.subtitle, "small", colour, right - left)
            tips += [row.subtitle] if told.cut else []
        elif row.connecting or row.mine:
            tips.append(row.subtitle)  # what the mark at the right end means
        return "\n".join(tips)

    def _pip(self, spot: RowArea) -> None:
        """At the window's edge: something here is unread."""
        px = self._theme.px
        image = self._theme.rounded_image(px(8), px(8), 4, self._theme.palette.strong)
        spot.canvas.create_image(0, spot.middle, image=image)

    # --- at the right end --------------------------------------------------------------------------------------------
    def _marks(self, line: RoomLine, spot: RowArea) -> int:
        """Draw what there is to say besides the title; gives where they begin."""
        theme, row = self._theme, line.row
        right = spot.right - theme.px(_RIGHT)
        if row.changed_key:
            return self._mark("warning", theme.palette.alert_ink, spot, right)
        if row.unread:
            ink, ground = ("on_alert", "alert") if row.mention else ("side", "mute")
            fill, colour = getattr(theme.palette, ground), getattr(theme.palette, ink)
            right = self._pill(unread(row.unread), fill, colour, spot, right)
        if row.connecting:
            size = theme.px(_DOT)
            image = theme.rounded_image(size, size, _DOT / 2, theme.palette.caution)
            spot.canvas.create_image(right, spot.middle, anchor="e", image=image)
            right -= size + theme.px(_GAP)
        elif row.mine and row.connected:
            right = self._mark("house", theme.palette.mute, spot, right)
        elif row.new:
            right = self._pill(_("new"), theme.palette.accent_soft, theme.palette.at, spot, right)
        elif line.known and not row.connected and not row.offline:
            right = self._mark("pin", theme.palette.mute, spot, right)
        return right

    def _mark(self, name: IconName, colour: str, spot: RowArea, right: int) -> int:
        image = self._theme.icon(name, _MARK, colour)
        spot.canvas.create_image(right, spot.middle, anchor="e", image=image)
        return right - image.width() - self._theme.px(_GAP)

    def _pill(self, words: str, ground: str, ink: str, spot: RowArea, right: int) -> int:
        theme = self._theme
        width = max(theme.px(20), theme.fonts.measure("small_bold", words) + theme.px(10))
        image = theme.rounded_image(width, theme.px(_PILL), _PILL / 2, ground)
        spot.canvas.create_image(right, spot.middle, anchor="e", image=image)
        middle = right - width / 2
        spot.canvas.create_text(middle, spot.middle, text=words, font=theme.font("small_bold"), fill=ink)
        return right - width - theme.px(_GAP)


_NEWS_MS = 5_000  # a room is "new" for a minute: that it no longer is, no Event tells


class RoomList(tk.Frame):
    def __init__(self, master: tk.Misc, desk: ViewContext) -> None:
        super().__init__(master, bg=desk.theme.palette.side)
        self._desk = desk
        self._place: RoomId | None = None
        self._painter = Painter(desk.theme, LineRenderer(desk.theme))
        self.list = VirtualList[ListLine](self, desk.theme, self._painter.paint, self._open, menu=self._menu)
        self.list.pack(fill="both", expand=True)
        self._width = 0
        self.list.canvas.bind("<Configure>", lambda event: self._resized(event.width), add="+")
        self._aging = ""
        self.bind("<Destroy>", lambda _event: self._stop())
        self.refresh()
        self._age()

    def refresh(self) -> None:
        """Draw the rooms as State knows them now."""
        self.list.show([self._sized(line) for line in lines_of(self._desk.state, time.monotonic())])

    def choose(self, room_id: RoomId | None) -> None:
        """This one is in the middle of the window; None: none is."""
        self.list.choose(room_id)

    def _sized(self, line: ListLine | str) -> ListLine:
        if not isinstance(line, str):
            return line
        width = self._painter.note_width(self._width)
        return Note(line, self._lines(line, width))

    def _lines(self, words: str, width: int) -> int:
        """How many lines of the screen they take in so many pixels, as Tk breaks them: at spaces."""
        measure = self._desk.theme.fonts.measure
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

    def _age(self) -> None:
        """What was new becomes usual. Nothing is drawn when nothing has changed."""
        self._aging = self.after(_NEWS_MS, self._age)
        if any(isinstance(line, RoomLine) and line.row.new for line in self.list.rows):
            self.refresh()

    def _stop(self) -> None:
        self.after_cancel(self._aging)

    # --- what can be done --------------------------------------------------------------------------------------------
    def _open(self, line: ListLine) -> None:
        if isinstance(line, RoomLine) and line.key in self._desk.state.rooms:
            self._desk.go(InRoom(line.key))

    def _menu(self, line: ListLine, at: tuple[int, int]) -> None:
        if not isinstance(line, RoomLine):
            return
        room_id = line.key
        items: list[MenuEntry] = [MenuItem(_("Open"), lambda: self._desk.go(InRoom(room_id)), "right"), SEPARATOR]
        items += room_menu(self._desk, room_id)
        show_menu(self._desk.root, self._desk.theme, at, items)
