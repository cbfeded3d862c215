"""EmojiGrid: emoji in rows under headings, of which only those in sight are drawn. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lanchat.desktop.emoji.images import emoji_font, picture
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.scrolling import ScrollBar
from lanchat.desktop.widgets.surfaces import draw_ground, palette_colour
from lanchat.desktop.widgets.tk_events import bind_wheel

COLUMNS = 9
_COLUMNS_OF_NAMES = 2  # without a font for the pictures
_CELL, _PICTURE, _NAME, _HEADING, _HEIGHT = 36, 24, 18, 30, 288  # design pixels


@dataclass(frozen=True, slots=True)
class Section:
    title: str  #: "": without a heading
    sequences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    top: int  #: pixels, of all
    title: str  #: a heading, or
    first: int  #: the number of its first emoji
    sequences: tuple[str, ...]


class EmojiGrid(tk.Frame):
    def __init__(
        self, master: tk.Misc, theme: Theme, choose: Callable[[str, bool], None], on_move: Callable[[str], None]
    ) -> None:
        """`choose`: this one was pressed, and whether with Shift. `on_move`: this is chosen now; "": none is."""
        fill = palette_colour(theme.palette, "raised")
        super().__init__(master, background=fill)
        self._theme = theme
        self._choose = choose
        self._on_move = on_move
        self._columns, self._size = (COLUMNS, _PICTURE) if emoji_font() else (_COLUMNS_OF_NAMES, _NAME)
        self._width = theme.px(_CELL) * COLUMNS // self._columns  # of one
        self._rows: list[_Row] = []
        self._all: list[str] = []
        self._at = 0
        self._shown: tuple[int, int] | None = None
        self._canvas = tk.Canvas(
            self, background=fill, width=theme.px(_CELL) * COLUMNS, height=theme.px(_HEIGHT), highlightthickness=0,
            borderwidth=0, yscrollincrement=theme.px(_CELL),
        )  # fmt: skip
        bar = ScrollBar(self, theme, self._canvas.yview, "raised")
        bar.pack(side="right", fill="y")
        self._canvas.pack(side="left", fill="both", expand=True)

        def scrolled(first: float, last: float) -> None:
            bar.set(first, last)
            self._draw()

        self._canvas.configure(yscrollcommand=scrolled)
        bind_wheel(self._canvas, self._canvas.yview)
        self._canvas.bind("<Motion>", lambda event: self._pointed(event.x, event.y))
        self._canvas.bind("<ButtonRelease-1>", self._pressed)

    @property
    def chosen(self) -> str:
        """ "" when there is none at all."""
        return self._all[self._at] if self._all else ""

    def show(self, sections: Sequence[Section]) -> None:
        """These, from the top; the first one is chosen."""
        self._rows, self._all = [], []
        top = 0
        for section in sections:
            if section.title:
                self._rows.append(_Row(top, section.title, len(self._all), ()))
                top += self._theme.px(_HEADING)
            for begin in range(0, len(section.sequences), self._columns):
                sequences = section.sequences[begin : begin + self._columns]
                self._rows.append(_Row(top, "", len(self._all), sequences))
                self._all.extend(sequences)
                top += self._theme.px(_CELL)
        self._at = 0
        self._shown = None
        self._canvas.configure(scrollregion=(0, 0, self._theme.px(_CELL) * COLUMNS, max(top, self._theme.px(_HEIGHT))))
        self._canvas.yview_moveto(0)
        self._draw()
        self._on_move(self.chosen)

    def go_to(self, title: str) -> None:
        """The section with this heading comes to the top."""
        for row, following in zip(self._rows, self._rows[1:], strict=False):
            if row.title == title:
                self._scroll_to(row.top)
                self._move_to(following.first)

    def move(self, columns: int, rows: int) -> None:
        """The chosen one is so far from here now."""
        if not self._all:
            return
        if rows == 0:
            self._move_to(min(max(0, self._at + columns), len(self._all) - 1))
            return
        full = [row for row in self._rows if row.sequences]
        here = next(at for at, row in enumerate(full) if row.first <= self._at < row.first + len(row.sequences))
        there = full[min(max(0, here + rows), len(full) - 1)]
        self._move_to(there.first + min(self._at - full[here].first, len(there.sequences) - 1))

    def _move_to(self, at: int) -> None:
        self._at = at
        row = next(row for row in self._rows if row.first <= at < row.first + len(row.sequences))
        top, height, cell = self._canvas.canvasy(0), self._theme.px(_HEIGHT), self._theme.px(_CELL)
        if row.top < top:
            self._scroll_to(row.top - self._theme.px(_HEADING))
        elif row.top + cell > top + height:
            self._scroll_to(row.top + 2 * cell - height)
        self._shown = None
        self._draw()
        self._on_move(self.chosen)

    def _scroll_to(self, top: int) -> None:
        whole = int(str(self._canvas["scrollregion"]).split()[3])
        self._canvas.yview_moveto(max(0, top) / whole)

    # --- pointer -----------------------------------------------------------------------------------------------------
    def _under(self, x: int, y: int) -> int | None:
        """The number of the emoji there."""
        y = round(self._canvas.canvasy(y))
        column, cell = x // self._width, self._theme.px(_CELL)
        for row in self._rows:
            if row.top <= y < row.top + cell and column < len(row.sequences):
                return row.first + column
        return None

    def _pointed(self, x: int, y: int) -> None:
        at = self._under(x, y)
        if at is not None and at != self._at:
            self._at = at
            self._shown = None
            self._draw()
            self._on_move(self.chosen)

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        at = self._under(event.x, event.y)
        if at is not None:
            self._choose(self._all[at], bool(int(event.state) & 1))

    # --- drawing -----------------------------------------------------------------------------------------------------
    def _draw(self) -> None:
        top = int(self._canvas.canvasy(0))
        span = (top, top + self._theme.px(_HEIGHT))
        if span == self._shown:
            return
        self._shown = span
        self._canvas.delete("all")
        for row in self._rows:
            if span[0] - self._theme.px(_CELL) < row.top < span[1]:
                self._draw_row(row)

    def _draw_row(self, row: _Row) -> None:
        theme, palette, canvas = self._theme, self._theme.palette, self._canvas
        cell = theme.px(_CELL)
        if row.title:
            y = row.top + theme.px(_HEADING) // 2
            canvas.create_text(
                theme.px(6), y, anchor="w", text=row.title, font=theme.font("small_bold"), fill=palette.mute
            )
        for column, sequence in enumerate(row.sequences):
            left = column * self._width
            if row.first + column == self._at:
                box = (left, row.top, left + self._width, row.top + cell)
                draw_ground(canvas, theme, box, 6, palette.accent_soft, edge=palette.ring, line=2)
            image = picture(theme, sequence, theme.px(self._size))
            if image is not None:
                canvas.create_image(left + self._width // 2, row.top + cell // 2, image=image)
