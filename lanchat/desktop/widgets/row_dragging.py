"""RowDragging: rows of a VirtualList that are moved with the mouse. Tk thread.

A press acts on the row at once, as everywhere in the list; moved some pixels with the button held down, it drags the
row. A line shows where it would go. Escape, or dropping it where it was, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.list_rows import R
from lanchat.desktop.widgets.virtual_list import VirtualList

_NEAR, _LINE, _INSET = 6, 2, 8  # design pixels: so far is no drag yet; the line


class RowDragging(Generic[R]):
    def __init__(
        self, rows: VirtualList[R], theme: Theme, can: Callable[[R], bool], dropped: Callable[[R, R | None], None]
    ) -> None:
        """`can`: whether a row can be dragged; such rows stand together. `dropped`: a row was dropped before another
        one; None: after the last."""
        self._rows = rows
        self._theme = theme
        self._can = can
        self._dropped = dropped
        self._row: R | None = None  # pressed, or dragged
        self._from = 0
        self._before: R | None = None
        self._drags = False
        self._line = 0
        canvas = rows.canvas
        rows.on_drawn = self._draw_line
        canvas.bind("<Button-1>", lambda event: self._pressed(event.y), add="+")
        canvas.bind("<B1-Motion>", lambda event: self._moved(event.y), add="+")
        canvas.bind("<ButtonRelease-1>", lambda event: self._released(), add="+")
        canvas.bind("<Escape>", lambda event: self._end(), add="+")

    def _pressed(self, y: int) -> None:
        row = self._rows.row_at(y)
        self._row = row if row is not None and self._can(row) else None
        self._from, self._drags = y, False

    def _moved(self, y: int) -> None:
        if self._row is None:
            return
        self._drags = self._drags or abs(y - self._from) > self._theme.px(_NEAR)
        if self._drags:
            self._before, self._line = self._place(y)
            self._draw_line()

    def _released(self) -> None:
        row, before, drags = self._row, self._before, self._drags
        self._end()
        if row is None or not drags:
            return
        able = self._able()
        at = next((at for at, one in enumerate(able) if one.key == row.key), None)
        after = able[at + 1] if at is not None and at + 1 < len(able) else None
        here = {one.key for one in (row, after) if one is not None}
        if (before.key in here) if before is not None else after is None:
            return  # where it was
        self._dropped(row, before)

    def _end(self) -> None:
        if self._drags:
            self._rows.canvas.configure(cursor="hand2")
        self._row, self._before, self._drags = None, None, False
        self._draw_line()

    def _able(self) -> list[R]:
        return [row for row in self._rows.rows if self._can(row)]

    def _place(self, y: int) -> tuple[R | None, int]:
        """Before which row it would go, and the y of the line there."""
        end = 0
        for row in self._able():
            top, bottom = self._rows.span_of(row)
            if y < (top + bottom) // 2:
                return row, top
            end = bottom
        return None, end

    def _draw_line(self) -> None:
        canvas, px = self._rows.canvas, self._theme.px
        canvas.delete("drop_line")
        if self._drags:
            left, right = px(_INSET), canvas.winfo_width() - px(_INSET)
            colour = self._theme.palette.accent
            canvas.create_line(left, self._line, right, self._line, fill=colour, width=px(_LINE), tags="drop_line")
            canvas.configure(cursor="fleur")
