"""EmojiPicker: all emoji, to choose from by name or by category. Tk thread.

`EmojiGrid` shows them in rows under headings; only the rows in view are drawn.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from lanchat.core.translate import _
from lanchat.desktop.emoji import emoji_data
from lanchat.desktop.emoji.images import emoji_font, is_pictured
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets import surfaces
from lanchat.desktop.widgets.buttons import Pressable
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.menus import Popover
from lanchat.desktop.widgets.overlays import Tooltip
from lanchat.desktop.widgets.surfaces import ScrollBar, draw_ground
from lanchat.desktop.widgets.text_field import TextField
from lanchat.desktop.widgets.tk_events import bind_wheel, on_key
from lanchat.storage.languages import spoken
from lanchat.storage.settings import PreferencesFile

COLUMNS = 9
_COLUMNS_OF_NAMES = 2  # without a font for the pictures
_CELL, _PICTURE, _NAME, _HEADING, _HEIGHT = 36, 24, 18, 30, 288  # design pixels


class EmojiSection(NamedTuple):
    title: str  #: "": without a heading
    sequences: tuple[str, ...]


class _GridRow(NamedTuple):
    top: int  #: pixels, of all
    title: str  #: a heading, or
    first: int  #: the number of its first emoji
    sequences: tuple[str, ...]


class EmojiGrid(tk.Frame):
    def __init__(
        self, master: tk.Misc, theme: Theme, choose: Callable[[str, bool], None], on_move: Callable[[str], None]
    ) -> None:
        """`choose` gets an emoji that was clicked, and whether with Shift. `on_move` gets the chosen one; "": none."""
        fill = surfaces.palette_colour(theme.palette, "raised")
        super().__init__(master, background=fill)
        self._theme = theme
        self._choose = choose
        self._on_move = on_move
        self._columns, self._size = (COLUMNS, _PICTURE) if emoji_font() else (_COLUMNS_OF_NAMES, _NAME)
        self._width = theme.px(_CELL) * COLUMNS // self._columns  # of one
        self._rows: list[_GridRow] = []
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

    def show(self, sections: Sequence[EmojiSection]) -> None:
        """Show these from the top, and choose the first."""
        self._rows, self._all = [], []
        top = 0
        for section in sections:
            if section.title:
                self._rows.append(_GridRow(top, section.title, len(self._all), ()))
                top += self._theme.px(_HEADING)
            for begin in range(0, len(section.sequences), self._columns):
                sequences = section.sequences[begin : begin + self._columns]
                self._rows.append(_GridRow(top, "", len(self._all), sequences))
                self._all.extend(sequences)
                top += self._theme.px(_CELL)
        self._canvas.configure(scrollregion=(0, 0, self._theme.px(_CELL) * COLUMNS, max(top, self._theme.px(_HEIGHT))))
        self._canvas.yview_moveto(0)
        self._choose_at(0)

    def go_to(self, title: str) -> None:
        """Scroll the section with this heading to the top."""
        for row, following in zip(self._rows, self._rows[1:], strict=False):
            if row.title == title:
                self._scroll_to(row.top)
                self._move_to(following.first)

    def move(self, columns: int, rows: int) -> None:
        """Move the choice by so many columns or rows."""
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
        """Choose an emoji and bring it into view."""
        row = next(row for row in self._rows if row.first <= at < row.first + len(row.sequences))
        top, height, cell = self._canvas.canvasy(0), self._theme.px(_HEIGHT), self._theme.px(_CELL)
        if row.top < top:
            self._scroll_to(row.top - self._theme.px(_HEADING))
        elif row.top + cell > top + height:
            self._scroll_to(row.top + 2 * cell - height)
        self._choose_at(at)

    def _choose_at(self, at: int) -> None:
        self._at = at
        self._shown = None
        self._draw()
        self._on_move(self.chosen)

    def _scroll_to(self, top: int) -> None:
        whole = int(str(self._canvas["scrollregion"]).split()[3])
        self._canvas.yview_moveto(max(0, top) / whole)

    # --- pointer -----------------------------------------------------------------------------------------------------
    def _under(self, x: int, y: int) -> int | None:
        """The index of the emoji at these pixels."""
        y = round(self._canvas.canvasy(y))
        column, cell = x // self._width, self._theme.px(_CELL)
        for row in self._rows:
            if row.top <= y < row.top + cell and column < len(row.sequences):
                return row.first + column
        return None

    def _pointed(self, x: int, y: int) -> None:
        at = self._under(x, y)
        if at is not None and at != self._at:
            self._choose_at(at)

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

    def _draw_row(self, row: _GridRow) -> None:
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
            image = theme.emoji(sequence, theme.px(self._size))
            if image is not None:
                canvas.create_image(left + self._width // 2, row.top + cell // 2, image=image)


MOST_RECENT = 3 * COLUMNS
_MOST_FOUND = 20 * COLUMNS
_ROWS_OF_PAGE = 6
_EVERYWHERE = 12.0  # emoji up to this version are in every font; to look for each would take a second


class EmojiPicker(Popover):
    """Arrows move, Enter takes, Shift+Enter takes and stays. Escape goes back to where one was."""

    def __init__(
        self, context: ViewContext, under: tk.Misc | None, take: Callable[[str], None], *,
        at: tuple[int, int] | None = None,
    ) -> None:  # fmt: skip
        """`under`: a widget; or `at`: a point of the screen, in pixels. `take` gets what is chosen."""
        theme = context.theme
        super().__init__(context.root, theme, under=under, at=at)
        self._context = context
        self._take = take
        self._search = TextField(
            self.inside, theme, hint=_("Search emoji"), icon="search", on_enter=lambda _words: self._entered(),
            on_change=self._show, ground="raised", height=36, most=60,
        )  # fmt: skip
        self._search.pack(fill="x")
        self._tabs = tk.Frame(self.inside, background=self.fill)
        self._tabs.pack(fill="x", pady=(theme.px(6), 0))
        details = _EmojiDetails(self.inside, theme, spoken(context.kept.now.language))
        self._grid = EmojiGrid(self.inside, theme, self.choose, details.show)
        self._grid.pack(pady=(theme.px(6), 0))
        details.pack(fill="x", pady=(theme.px(6), 0))
        if emoji_font() is not None:
            for number, title in enumerate(emoji_data.titles()):
                _GroupTab(self._tabs, theme, emoji_data.group(number)[0].sequence, title, partial(self._go_to, title))
        else:
            words = _(
                "No colour emoji font is installed here, so emoji are shown by name. Install a font such as "
                "fonts-noto-color-emoji, and start lanchat again.")  # fmt: skip
            Paragraph(self._tabs, theme, words, "small", "mute", ground="raised").pack(fill="x")
        self._bind_keys()
        self._show("")
        self._search.focus_set()

    def _bind_keys(self) -> None:
        field = self._search.field
        for key, columns, rows in (
            ("Left", -1, 0), ("Right", 1, 0), ("Up", 0, -1), ("Down", 0, 1), ("Prior", 0, -_ROWS_OF_PAGE),
            ("Next", 0, _ROWS_OF_PAGE),
        ):  # fmt: skip
            on_key(field, f"<{key}>", partial(self._grid.move, columns, rows))
        on_key(field, "<Shift-Return>", partial(self._entered, stay=True))

    def _show(self, words: str) -> None:
        recent = self._context.kept.now.recent_emoji
        if words.strip():
            found = _pictured(emoji_data.search(words, _MOST_FOUND, recent))
            title = _("Found") if found else _("No emoji is called that.")
            self._grid.show([EmojiSection(title, found)])
        else:
            groups = [
                EmojiSection(title, _pictured(emoji_data.group(at))) for at, title in enumerate(emoji_data.titles())
            ]
            lately = [EmojiSection(_("Recently used"), recent[:MOST_RECENT])] if recent else []
            self._grid.show([*lately, *groups])

    def _go_to(self, title: str) -> None:
        if self._search.value():
            self._search.set("")
            self._show("")
        self._grid.go_to(title)

    def _entered(self, stay: bool = False) -> None:
        if self._grid.chosen:
            self.choose(self._grid.chosen, stay)

    def choose(self, sequence: str, stay: bool = False) -> None:
        """Take an emoji; unless the picker is to `stay`, that is all."""
        note_used(self._context.kept, sequence)
        if not stay:
            self.close()
        self._take(sequence)


def prepare() -> None:
    """Look up what takes long the first time. Any thread: it is called before somebody waits for it."""
    for at in range(len(emoji_data.ALL)):
        _pictured(emoji_data.group(at))


def _pictured(found: Iterable[emoji_data.EmojiName]) -> tuple[str, ...]:
    """Those that the emoji font has; all of them when there is no such font."""
    all_alike = emoji_font() is None
    return tuple(one.sequence for one in found if all_alike or one.since <= _EVERYWHERE or is_pictured(one.sequence))


def note_used(kept: PreferencesFile, sequence: str) -> None:
    """Put this one first among the recently used."""
    others = tuple(other for other in kept.now.recent_emoji if other != sequence)
    kept.change(recent_emoji=(sequence, *others)[:MOST_RECENT])


class _GroupTab(Pressable):
    """Scrolls the grid to a category."""

    def __init__(self, master: tk.Misc, theme: Theme, sequence: str, title: str, command: Callable[[], None]) -> None:
        super().__init__(master, theme, command, "raised")
        self._sequence = sequence
        self.configure(height=theme.px(30))
        self.pack(side="left", expand=True, fill="x")
        Tooltip(self, theme, title)

    def draw(self) -> None:
        theme, palette, width, height = self.theme, self.theme.palette, self.winfo_width(), self.winfo_height()
        if self.over or self.focused:
            self.draw_surface(6, palette.hover)
        image = theme.emoji(self._sequence, theme.px(18))
        if image is not None:
            self.create_image(width // 2, height // 2, image=image)


class _EmojiDetails(tk.Canvas):
    """The name and the code of the chosen emoji."""

    def __init__(self, master: tk.Misc, theme: Theme, language: str) -> None:
        super().__init__(
            master, background=theme.palette.raised, height=theme.px(28), width=1, highlightthickness=0, borderwidth=0
        )
        self._theme = theme
        self._language = language
        self._sequence = ""
        self.bind("<Configure>", lambda event: self.show(self._sequence))

    def show(self, sequence: str) -> None:
        """ "": nothing."""
        self._sequence = sequence
        self.delete("all")
        if not sequence:
            return
        theme, palette, middle = self._theme, self._theme.palette, self._theme.px(14)
        image = theme.emoji(sequence, theme.px(22)) if is_pictured(sequence) else None
        if image is not None:
            self.create_image(theme.px(18), middle, image=image)
        x = theme.px(38 if image is not None else 8)
        end = self.winfo_width() - theme.px(6)
        name = emoji_data.name_of(sequence, self._language)
        x += theme.lines.write(self, (x, middle), name, "room", palette.text, max(0, end - x)).width + theme.px(10)
        code = emoji_data.code_of(sequence)
        if code and x < end:
            theme.lines.write(self, (x, middle), f":{code}:", "small", palette.mute, end - x)
