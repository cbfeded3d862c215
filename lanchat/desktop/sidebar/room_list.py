"""RoomList: the rooms of the left pane, live. Tk thread."""

from __future__ import annotations

import time
import tkinter as tk

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.conversation.deeds import room_menu
from lanchat.desktop.desk import Desk, InRoom
from lanchat.desktop.lists.row_list import RowList
from lanchat.desktop.lists.writing import Writer
from lanchat.desktop.sidebar.lines import ListLine, Note, RoomLine, lines_of
from lanchat.desktop.sidebar.painting import Painter
from lanchat.desktop.widgets.menu import SEPARATOR, Entry, Item, show_menu

_NEWS_MS = 5_000  # a room is "new" for a minute: that it no longer is, no Event tells


class RoomList(tk.Frame):
    def __init__(self, master: tk.Misc, desk: Desk) -> None:
        super().__init__(master, bg=desk.theme.palette.side)
        self._desk = desk
        self._place: RoomId | None = None
        self._painter = Painter(desk.theme, Writer(desk.theme))
        self.list = RowList[ListLine](self, desk.theme, self._painter.paint, self._open, menu=self._menu)
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
        items: list[Entry] = [Item(_("Open"), lambda: self._desk.go(InRoom(room_id)), "right"), SEPARATOR]
        items += room_menu(self._desk, room_id)
        show_menu(self._desk.root, self._desk.theme, at, items)
