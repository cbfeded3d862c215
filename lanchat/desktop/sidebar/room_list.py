"""RoomList, the rooms in the left pane: which rows there are, how they look, and what can be done. Tk thread."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from lanchat.core.model import RoomId
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model.phrases import looked_on, unread
from lanchat.desktop.model.sections import RoomRow, RoomSection, SectionKind
from lanchat.desktop.model.state import State
from lanchat.desktop.room_actions import room_menu
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import InRoom, ViewContext
from lanchat.desktop.widgets.line_renderer import LineRenderer
from lanchat.desktop.widgets.list_rows import ListHeading, RowArea, paint_list_heading
from lanchat.desktop.widgets.menus import SEPARATOR, MenuEntry, MenuItem, show_menu
from lanchat.desktop.widgets.virtual_list import VirtualList

# Design pixels.
ONE_LINE, TWO_LINES = 32, 44
_NOTE_LINE, _NOTE_AROUND = 17, 10
_NOTE_LEFT, _ICON_LEFT, _TEXT_LEFT, _RIGHT, _GAP = 8, 12, 36, 10, 6
_ICON, _MARK, _PILL, _DOT = 16, 14, 18, 8
_SECOND_LINE = 9  # from the middle of a row to that of each of its two lines

_REFRESH_MS = 5_000  # a room is new for a minute, and no Event tells when that is over


# --- what the list says; pure ----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class RoomListNote:
    """Words in the place of rooms."""

    words: str
    lines: int  #: on the screen
    name: str = ""

    @property
    def key(self) -> Hashable:
        return ("note", self.words)

    @property
    def height(self) -> int:
        return self.lines * _NOTE_LINE + _NOTE_AROUND


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A room, with one line or two."""

    row: RoomRow
    known: bool  #: I have been in it, and know its host's key

    @property
    def key(self) -> RoomId:
        return self.row.room_id

    @property
    def name(self) -> str:
        return self.row.title

    @property
    def has_subtitle(self) -> bool:
        """A second line: who is in it, or what is wrong with it."""
        row = self.row
        return row.changed_key or not (row.connected or row.connecting or row.offline)

    @property
    def height(self) -> int:
        return TWO_LINES if self.has_subtitle else ONE_LINE


RoomListRow: TypeAlias = ListHeading | RoomListNote | RoomLine


def room_list_rows(state: State, now: float) -> Iterator[ListHeading | str | RoomLine]:
    """From top to bottom; a `str` is the text of a RoomListNote. `now`: of State's clock."""
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


def own_status(state: State) -> str:
    """In how many rooms I am, or host, for the bottom of the pane."""
    hosted = len(state.hosted_here())
    if hosted:
        return ngettext("You host {n} room", "You host {n} rooms", hosted).format(n=hosted)
    rooms = sum(room.is_in for room in state.rooms.values())
    return ngettext("In {n} room", "In {n} rooms", rooms).format(n=rooms) if rooms else _("In no room")


# --- how a row looks -------------------------------------------------------------------------------------------------
class RoomListPainter:
    def __init__(self, theme: Theme, writer: LineRenderer) -> None:
        self._theme = theme
        self._writer = writer

    def paint(self, line: RoomListRow, spot: RowArea) -> str:
        """Draw the row. Returns what did not fit, for a tooltip, or ""."""
        match line:
            case ListHeading():
                paint_list_heading(line, spot, self._theme, self._writer)
                return ""
            case RoomListNote(words):
                self._note(words, spot)
                return ""
            case RoomLine():
                return self._room(line, spot)
            case _:
                assert_never(line)

    def note_width(self, width: int) -> int:
        """Pixels for the words of a note, in a list of this width."""
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
            self._unread_mark(spot)
        grey = row.offline and not row.connecting
        ink = palette.strong if row.unread or spot.chosen else palette.mute if grey else palette.text
        icon = self._theme.icon("lock" if row.lock else "room", _ICON, palette.mute if ink == palette.text else ink)
        spot.canvas.create_image(spot.left + px(_ICON_LEFT), spot.middle, anchor="w", image=icon)
        right = self._marks(line, spot)
        left = spot.left + px(_TEXT_LEFT)
        y = spot.middle - (px(_SECOND_LINE) if line.has_subtitle else 0)
        font: FontName = "room_bold" if row.unread else "room"
        title = self._writer.write(spot.canvas, (left, y), row.title, font, ink, right - left)
        tips = [row.title] if title.cut else []
        if line.has_subtitle:
            colour = palette.alert_ink if row.changed_key else palette.mute
            under = (left, spot.middle + px(_SECOND_LINE))
            subtitle = self._writer.write(spot.canvas, under, row.subtitle, "small", colour, right - left)
            tips += [row.subtitle] if subtitle.cut else []
        elif row.connecting or row.mine:
            tips.append(row.subtitle)  # explains the mark at the right end
        return "\n".join(tips)

    def _unread_mark(self, spot: RowArea) -> None:
        """A dot at the edge of the window."""
        px = self._theme.px
        image = self._theme.rounded_image(px(8), px(8), 4, self._theme.palette.strong)
        spot.canvas.create_image(0, spot.middle, image=image)

    # --- at the right end --------------------------------------------------------------------------------------------
    def _marks(self, line: RoomLine, spot: RowArea) -> int:
        """Draw the marks at the right end. Returns where they begin."""
        theme, row = self._theme, line.row
        right = spot.right - theme.px(_RIGHT)
        if row.changed_key:
            return self._mark("warning", theme.palette.alert_ink, spot, right)
        if row.unread:
            palette = theme.palette
            fill, colour = (palette.alert, palette.on_alert) if row.mention else (palette.mute, palette.side)
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


# --- the list --------------------------------------------------------------------------------------------------------
class RoomList(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext) -> None:
        super().__init__(master, bg=context.theme.palette.side)
        self._context = context
        self._painter = RoomListPainter(context.theme, LineRenderer(context.theme))
        self.list = VirtualList[RoomListRow](self, context.theme, self._painter.paint, self._open, menu=self._menu)
        self.list.pack(fill="both", expand=True)
        self._width = 0
        self.list.canvas.bind("<Configure>", lambda event: self._resized(event.width), add="+")
        self._timer = ""
        self.bind("<Destroy>", lambda _event: self._stop())
        self.refresh()
        self._refresh_new()

    def refresh(self) -> None:
        """Show the rooms as State knows them now."""
        self.list.show([self._sized(line) for line in room_list_rows(self._context.state, time.monotonic())])

    def choose(self, room_id: RoomId | None) -> None:
        """Mark the room in the main pane; None: no room is there."""
        self.list.choose(room_id)

    def _sized(self, line: RoomListRow | str) -> RoomListRow:
        if not isinstance(line, str):
            return line
        width = self._painter.note_width(self._width)
        return RoomListNote(line, self._lines(line, width))

    def _lines(self, words: str, width: int) -> int:
        """How many lines Tk breaks them into, at spaces, in `width` pixels."""
        measure = self._context.theme.fonts.measure
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
        self._timer = self.after(_REFRESH_MS, self._refresh_new)
        if any(isinstance(line, RoomLine) and line.row.new for line in self.list.rows):
            self.refresh()

    def _stop(self) -> None:
        self.after_cancel(self._timer)

    # --- actions -----------------------------------------------------------------------------------------------------
    def _open(self, line: RoomListRow) -> None:
        if isinstance(line, RoomLine) and line.key in self._context.state.rooms:
            self._context.go(InRoom(line.key))

    def _menu(self, line: RoomListRow, at: tuple[int, int]) -> None:
        if not isinstance(line, RoomLine):
            return
        room_id = line.key
        items: list[MenuEntry] = [MenuItem(_("Open"), lambda: self._context.go(InRoom(room_id)), "right"), SEPARATOR]
        items += room_menu(self._context, room_id)
        show_menu(self._context.root, self._context.theme, at, items)
