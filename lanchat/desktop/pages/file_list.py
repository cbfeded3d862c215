"""FileList: the files of a room, pictures as tiles and the others in rows; more come while one scrolls. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from functools import partial

from lanchat.core.file_words import shown_file_name
from lanchat.core.message import Message
from lanchat.core.model import RoomId
from lanchat.core.text import shown_problem
from lanchat.core.translate import _
from lanchat.desktop.file_actions import do_file
from lanchat.desktop.model import phrases
from lanchat.desktop.model.files import FileAction, action_words, actions_on, menu_actions, size_of, state_in
from lanchat.desktop.pages.file_rows import (
    TILE,
    TILE_GAP,
    ActionSpot,
    AnyFileRow,
    FileRow,
    FileRowPainter,
    TileRow,
    action_at,
    rows_of,
)
from lanchat.desktop.pictures.picture_decoding import PictureFrame
from lanchat.desktop.pictures.picture_tiles import PictureTiles
from lanchat.desktop.view_context import InRoom, ViewContext
from lanchat.desktop.widgets.list_rows import ListHeading, RowArea, paint_list_heading
from lanchat.desktop.widgets.menus import SEPARATOR, MenuEntry, MenuItem, show_menu
from lanchat.desktop.widgets.surfaces import RING, draw_ground
from lanchat.desktop.widgets.tk_events import on_key
from lanchat.desktop.widgets.virtual_list import VirtualList

_SIDE = 20  # design pixels beside the tiles
_MOST_BYTES = 12 * 1024 * 1024  # of tiles that are kept
_PRESSED_ROW = (FileAction.OPEN, FileAction.GET, FileAction.RESUME, FileAction.RETRY)  # by a click on all of a row


class FileList(VirtualList[AnyFileRow]):
    def __init__(
        self, master: tk.Misc, context: ViewContext, room_id: RoomId, show_picture: Callable[[Message], None],
        more: Callable[[], None],
    ) -> None:  # fmt: skip
        """`show_picture` opens a picture; `more` is called when the end of the list is near."""
        super().__init__(master, context.theme, self._paint_row, self._act_on, menu=self._show_menu, ground="chat")
        self._context = context
        self._theme_now = context.theme
        self._room_id = room_id
        self._show_picture = show_picture
        self._more = more
        self._painter = FileRowPainter(context.theme)
        self._spots: dict[Hashable, list[ActionSpot]] = {}
        self._pointed: tuple[int, int] | None = None
        self._column = 0  # of the picture at the cursor
        self._dated = False
        self._tiles = PictureTiles(self.canvas, context.program, _MOST_BYTES, self.redraw)
        self.has_ground = lambda row: not isinstance(row, TileRow)
        self.on_drawn = self._drawn
        self.canvas.bind("<Motion>", lambda event: self._point_at(event.x, event.y), add="+")
        self.canvas.bind("<Leave>", lambda event: self._point_at(-1, -1), add="+")
        on_key(self.canvas, "<Left>", partial(self._step_aside, -1))
        on_key(self.canvas, "<Right>", partial(self._step_aside, 1))

    @property
    def columns(self) -> int:
        """How many tiles fit side by side."""
        px = self._theme_now.px
        return max(1, (self.canvas.winfo_width() - 2 * px(_SIDE) + px(TILE_GAP)) // px(TILE[0] + TILE_GAP))

    def fill(self, strip: Sequence[Message], files: Sequence[Message], *, tiles: bool, by_day: bool) -> None:
        """Show these. `strip`: pictures above all else, as many as fit in one row. `tiles`: the files are pictures."""
        self._dated = not by_day
        rows: list[AnyFileRow] = []
        if strip:
            rows += [ListHeading(_("Pictures")), TileRow(tuple(strip[: self.columns]))]
            if not by_day and files:
                rows.append(ListHeading(_("Other files")))
        today = datetime.now().astimezone().date()
        rows += rows_of(files, self.columns, today, by_day=by_day, tiles=tiles)
        self.show(rows)
        self.redraw()

    # --- painting ----------------------------------------------------------------------------------------------------
    def _paint_row(self, row: AnyFileRow, area: RowArea) -> str:
        match row:
            case ListHeading():
                inset = RowArea(area.canvas, area.left + self._theme_now.px(_SIDE - 16), area.top, area.right,
                                area.bottom, area.ground, chosen=False)  # fmt: skip
                paint_list_heading(row, inset, self._theme_now)
                return ""
            case TileRow(pictures):
                return self._paint_tiles(pictures, area)
            case FileRow(message) if message.offer is not None:
                pointer = self._pointed[0] if self._pointed and area.hovered else None
                now = state_in(self._context.state.room(self._room_id), message.message_id, message.offer)
                self._spots[row.key] = self._painter.paint(
                    message, message.offer, now, self._called(message), area, dated=self._dated, pointer=pointer
                )
                return shown_problem(now.problem) or (shown_file_name(message.offer) if self._painter.was_cut else "")
        return ""

    def _paint_tiles(self, pictures: Sequence[Message], area: RowArea) -> str:
        theme, px, palette = self._theme_now, self._theme_now.px, self._theme_now.palette
        tip = ""
        for column, message in enumerate(pictures):
            x, top = area.left + px(_SIDE - 8) + column * px(TILE[0] + TILE_GAP), area.top + px(4)
            wide, high = px(TILE[0]), px(TILE[1])
            over = area.hovered and self._column_at(self._pointed) == column
            if over or (area.ring and self._column == column):
                ring, colour = px(RING), palette.ring if area.ring and self._column == column else palette.mute
                around = (x - 2 * ring, top - 2 * ring, x + wide + 2 * ring, top + high + 2 * ring)
                draw_ground(area.canvas, theme, around, 8 + 2 * RING, area.ground, edge=colour, line=RING)
            frame = PictureFrame((wide, high), px(8), palette.card, palette.chat)
            image = self._tiles.get(self._context.state.room(self._room_id), message, frame)
            if image is None:
                draw_ground(area.canvas, theme, (x, top, x + wide, top + high), 8, palette.card)
                icon = theme.icon("warning" if message.message_id in self._tiles.refused else "eye", 20, palette.mute)
                area.canvas.create_image(x + wide // 2, top + high // 2, image=icon)
            else:
                area.canvas.create_image(x, top, anchor="nw", image=image)
            when = phrases.when_last(message.written_at, datetime.now().astimezone())
            who = self._called(message)
            theme.lines.write(area.canvas, (x, top + high + px(13)), f"{who} · {when}", "small", palette.mute, wide)
            if over and message.offer is not None:
                tip = f"{shown_file_name(message.offer)} · {size_of(message.offer)}"
        return tip

    def _drawn(self) -> None:
        self._tiles.drawn()
        rows = self.rows
        if rows and self.span_of(rows[-1])[0] < 2 * self.canvas.winfo_height():
            self._more()

    def _called(self, message: Message) -> str:
        return self._context.state.room(self._room_id).people.marked(message.author)

    # --- pointer and keys --------------------------------------------------------------------------------------------
    def _point_at(self, x: int, y: int) -> None:
        """What is under the pointer within a row looks so."""
        self._pointed = (x, y) if x >= 0 else None
        row = self.row_at(y)
        if isinstance(row, TileRow | FileRow):
            self.redraw()

    def _column_at(self, at: tuple[int, int] | None) -> int | None:
        px = self._theme_now.px
        if at is None or at[0] < px(_SIDE):
            return None
        column, rest = divmod(at[0] - px(_SIDE), px(TILE[0] + TILE_GAP))
        return column if rest < px(TILE[0]) else None

    def _step_aside(self, by: int) -> None:
        """To the picture beside the one at the cursor, and on to the next row."""
        row = self.cursor
        if not isinstance(row, TileRow):
            return
        column = min(self._column, len(row.pictures) - 1) + by
        if not 0 <= column < len(row.pictures):
            before = row.key
            self.move(by)
            row = self.cursor
            if not isinstance(row, TileRow) or row.key == before:
                return
            column = 0 if by > 0 else len(row.pictures) - 1
        self._column = column
        self.redraw()

    def _picture_of(self, row: TileRow) -> Message | None:
        """The one that was pressed, or is at the cursor."""
        column = self._column
        if self.pressed_at is not None:
            pressed = self._column_at((self.pressed_at, 0))
            if pressed is None:
                return None
            column = pressed
        if self.pressed_at is not None and column >= len(row.pictures):
            return None
        self._column = min(column, len(row.pictures) - 1)
        return row.pictures[self._column]

    def _act_on(self, row: AnyFileRow) -> None:
        if isinstance(row, TileRow):
            picture = self._picture_of(row)
            if picture is not None:
                self._show_picture(picture)
        elif isinstance(row, FileRow) and row.message.offer is not None:
            now = state_in(self._context.state.room(self._room_id), row.message.message_id, row.message.offer)
            action = action_at(self._spots.get(row.key, ()), self.pressed_at)
            if action is None:
                by_key = self.pressed_at is None
                action = next((one for one in actions_on(now)[:1] if by_key or one in _PRESSED_ROW), None)
            if action is not None:
                self._do(row.message, action)

    def _show_menu(self, row: AnyFileRow, at: tuple[int, int]) -> None:
        message = row.message if isinstance(row, FileRow) else None
        if isinstance(row, TileRow):
            self.pressed_at = None if self._pointed is None else self._pointed[0]
            message = self._picture_of(row)
        if message is None or message.offer is None:
            return
        now = state_in(self._context.state.room(self._room_id), message.message_id, message.offer)
        entries: list[MenuEntry] = [
            MenuItem(action_words(action), partial(self._do, message, action), danger=action is FileAction.CANCEL)
            for action in menu_actions(message.offer, now)
        ]
        if isinstance(row, TileRow):
            entries.insert(0, MenuItem(_("View"), partial(self._show_picture, message)))
        go = partial(self._context.go, InRoom(self._room_id, message.seq))
        show_menu(self._context.root, self._theme_now, at, [*entries, SEPARATOR, MenuItem(_("Go to the message"), go)])

    def _do(self, message: Message, action: FileAction) -> None:
        if message.offer is not None:
            do_file(self._context, self._room_id, message.message_id, message.offer, message.author, action)
