"""VirtualList: a list on one canvas that draws only the rows in view, so that a thousand rows cost what thirty do.

The mouse hovers and clicks, and leaves the keyboard focus where it is; the keyboard moves a cursor with a ring around
it. The row that is open elsewhere is the chosen one. Rows never move under a pointer that is about to click. Tk thread.
"""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Generic

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.keyboard import MENU_KEY, has_modifier
from lanchat.desktop.widgets.list_rows import ListLayout, R, RowArea, TypedName, in_previous_order
from lanchat.desktop.widgets.menus import bind_context_click
from lanchat.desktop.widgets.overlays import Tooltip
from lanchat.desktop.widgets.surfaces import RING, Ground, ScrollBar, draw_ground, palette_colour
from lanchat.desktop.widgets.tk_events import DelayedCalls, focused_widget, route_input

STILL_SECONDS = 1.5  #: a pointer that has rested for this time is not about to click
_INSET, _STEP, _USUAL_ROW, _RADIUS = 8, 64, 40, 6  # design pixels
_SHIFT = 0x1


class VirtualList(tk.Frame, Generic[R]):
    def __init__(
        self, master: tk.Misc, theme: Theme, paint: Callable[[R, RowArea], str], act: Callable[[R], None], *,
        menu: Callable[[R, tuple[int, int]], None] | None = None, ground: Ground = "side", marked: bool = False,
    ) -> None:  # fmt: skip
        """`paint` draws a row and returns its tooltip ("" for none). `act` is called when a row is clicked or Enter is
        pressed on it, `menu` when its menu is asked for, with a point of the screen.

        `marked`: the cursor is shown although the focus is elsewhere, in a field that moves it.
        """
        colour = palette_colour(theme.palette, ground)
        super().__init__(master, bg=colour)
        self._theme, self._paint, self._act, self._menu = theme, paint, act, menu
        self._ground, self._marked = colour, marked
        self._layout = ListLayout[R]((), ())
        self._wanted: Sequence[R] = ()
        self._top = 0
        self._hovered: Hashable = None
        self._pointer: tuple[int, int] | None = None
        self._moved_at = 0.0
        self._cursor: Hashable = None
        self._chosen: Hashable = None
        self._by_key = False
        self._typed = TypedName()
        self.on_drawn: Callable[[], None] = lambda: None  #: draws what lies over the rows
        self.has_ground: Callable[[R], bool] = lambda row: True  #: else `paint` shows what is hovered and at the cursor
        self.pressed_at: int | None = None  #: for `act`: where a click was, in pixels from the left; None: it was a key
        self.canvas = tk.Canvas(self, bg=colour, highlightthickness=0, bd=0, takefocus=not marked, width=1, height=1)
        self._later = DelayedCalls(self.canvas)
        self._bar = ScrollBar(self, theme, self._bar_moved, ground)
        self.canvas.pack(fill="both", expand=True)
        self._listen()
        self._tooltip = Tooltip(self.canvas, theme, "", self._hovered_span)

    def _listen(self) -> None:
        canvas = self.canvas
        canvas.bind("<Configure>", lambda _event: self._scroll_to(self._top))
        canvas.bind("<Motion>", lambda event: self._moved(event.x, event.y))
        canvas.bind("<Leave>", lambda _event: self._left())
        canvas.bind("<Button-1>", self._clicked)
        bind_context_click(canvas, self._menu_clicked)
        canvas.bind("<Key>", self._key_pressed)
        canvas.bind("<FocusIn>", lambda _event: self._focused())
        canvas.bind("<FocusOut>", lambda _event: self._draw_soon())
        route_input(self)

    # --- what is shown -----------------------------------------------------------------------------------------------
    @property
    def rows(self) -> tuple[R, ...]:
        return self._layout.rows

    @property
    def cursor(self) -> R | None:
        """The row at the cursor."""
        index = self._layout.index(self._cursor)
        return None if index is None else self._layout.rows[index]

    def show(self, rows: Sequence[R]) -> None:
        """Show these rows. The cursor, the chosen row and the scroll position stay, as far as those rows still exist.

        The row under the pointer stays where it is. While the pointer moves, no row moves; when it rests, rows above it
        make room upwards, if need be beyond the top of the list, until the pointer leaves. If the row itself is gone,
        its place is kept until the pointer is on another one.
        """
        self._wanted = tuple(rows)
        if self._wanted == self._layout.rows:
            return
        if self._pinned() and (self._about_to_click() or not self._has(rows)) and self._would_jump(rows):
            if self._has(rows):
                self._later.do("settle", lambda: self.show(self._wanted), round(STILL_SECONDS * 1000))
            rows = in_previous_order(self._layout.rows, rows)
        self._place(rows)

    def choose(self, key: Hashable) -> None:
        """Mark this row as the chosen one and move the cursor there; None: no row is chosen."""
        if key != self._chosen:
            self._chosen = key
            if key is not None:
                self._cursor = key
            self._draw_soon()

    def go_to(self, key: Hashable) -> None:
        """Move the cursor to this row and bring it into view."""
        index = self._layout.index(key)
        if index is not None:
            self._cursor = key
            self._see(index)

    def move(self, by: int) -> None:
        """Move the cursor by that many rows, at most to the last one."""
        at = self._layout.index(self._cursor)
        start = at if at is not None else (-1 if by > 0 else len(self._layout.rows))
        index = self._layout.step(start, by)
        if index is not None:
            self.go_to(self._layout.rows[index].key)

    def enter(self) -> None:
        """Act on the row at the cursor, as a click does."""
        row, self.pressed_at = self.cursor, None
        if row is not None and row.name:
            self._act(row)

    def show_menu(self) -> None:
        """Open the menu of the row at the cursor, below it."""
        index = self._layout.index(self._cursor)
        if index is not None and self._menu is not None:
            self._see(index)
            bottom = self._layout.span(index)[1] - self._top
            canvas = self.canvas
            at = (canvas.winfo_rootx() + self._theme.px(_USUAL_ROW), canvas.winfo_rooty() + bottom)
            self._menu(self._layout.rows[index], at)

    def span_of(self, row: R) -> tuple[int, int]:
        """Top and bottom of a row in the list, in pixels of the canvas."""
        top, bottom = self._layout.span(self._layout.index(row.key) or 0)
        return top - self._top, bottom - self._top

    def redraw(self) -> None:
        """What `paint` shows has changed, though the rows are the same."""
        self._draw_soon()

    def let_rows_move(self) -> None:
        """Until the pointer moves again, rows may move under it: the person has just moved one."""
        self._pointer = self._hovered = None

    def turned(self, steps: float) -> None:
        """See tk_events.Scrollable."""
        self._scroll_to(self._top + round(steps * self._theme.px(_STEP)))

    def shows_all(self) -> bool:
        return self._layout.height <= self.canvas.winfo_height()

    def reveal(self, widget: tk.Misc) -> None:
        """See tk_events.Scrollable: nothing on it but the canvas takes the focus."""

    def _bar_moved(self, how: str, amount: str, _what: str = "") -> None:
        if how == "moveto":
            self._scroll_to(round(float(amount) * self._layout.height))
        else:
            self._scroll_to(self._top + round(float(amount) * self.canvas.winfo_height() * 0.9))

    def _place(self, rows: Sequence[R]) -> None:
        first_seen = next((row.key for _index, row in self._layout.seen(self._top, 1)), None)
        kept = self._hovered if self._layout.index(self._hovered) is not None else first_seen
        before = self._layout.top_of(kept)
        was = self._layout.index(self._cursor)
        self._layout = ListLayout(rows, [self._theme.px(row.height) for row in rows])
        after = self._layout.top_of(kept)
        if (self._top or self._pinned()) and before is not None and after is not None:
            self._top += after - before
        if was is not None and self._layout.index(self._cursor) is None:
            self._cursor = self._near(was)
        self._scroll_to(self._top, beyond=self._pinned())

    def _near(self, index: int) -> Hashable:
        """The key of a selectable row near the place of one that is gone."""
        layout = self._layout
        found = layout.step(min(index, len(layout.rows)) - 1, 1)
        if found is None:
            found = layout.step(min(index, len(layout.rows)), -1)
        return None if found is None else layout.rows[found].key

    def _about_to_click(self) -> bool:
        return time.monotonic() - self._moved_at < STILL_SECONDS

    def _pinned(self) -> bool:
        """Whether the pointer is on a row, so that a click would be meant for that row."""
        return not self._marked and self._pointer is not None and self._layout.index(self._hovered) is not None

    def _has(self, rows: Sequence[R]) -> bool:
        """Whether the row under the pointer is among these."""
        return any(row.key == self._hovered for row in rows)

    def _would_jump(self, rows: Sequence[R]) -> bool:
        new = ListLayout(rows, [self._theme.px(row.height) for row in rows])
        return new.top_of(self._hovered) != self._layout.top_of(self._hovered)

    # --- drawing -----------------------------------------------------------------------------------------------------
    def _scroll_to(self, top: int, beyond: bool = False) -> None:
        """`beyond`: also past the ends of the list."""
        height = self.canvas.winfo_height()
        self._top = top if beyond else max(0, min(top, self._layout.height - height))
        whole = max(1, self._layout.height)
        self._bar.set(max(0.0, self._top / whole), min(1.0, (self._top + height) / whole))
        if self.shows_all():
            self._bar.place_forget()
        else:
            self._bar.place(relx=1, anchor="ne", relheight=1)
        self._point()
        self._draw_soon()

    def _see(self, index: int) -> None:
        top, bottom = self._layout.span(index)
        while index and not self._layout.rows[index - 1].name:  # with its heading
            index -= 1
            top = self._layout.span(index)[0]
        self._scroll_to(min(top, max(self._top, bottom - self.canvas.winfo_height())))

    def _draw_soon(self) -> None:
        self._later.do("draw", self._draw)

    def _draw(self) -> None:
        self.canvas.delete("all")
        for index, row in self._layout.seen(self._top, self.canvas.winfo_height()):
            top, bottom = self._layout.span(index)
            tip = self._paint(row, self._under(row, top - self._top, bottom - self._top))
            if row.key == self._hovered and tip != self._tooltip.words:
                self._tooltip.again(tip)
        self.on_drawn()

    def _under(self, row: R, top: int, bottom: int) -> RowArea:
        """Draw the ground of a row; returns the area for its contents."""
        left = self._theme.px(_INSET)
        right = self.canvas.winfo_width() - (left if self.shows_all() else self._bar.winfo_reqwidth())
        can_go, palette = bool(row.name), self._theme.palette
        at_cursor = can_go and row.key == self._cursor
        chosen = can_go and (row.key == self._chosen or (self._marked and at_cursor))
        hovered = can_go and row.key == self._hovered
        ground = palette.selected if chosen else palette.hover if hovered else self._ground
        ring = at_cursor and self._by_key and focused_widget(self.canvas) is self.canvas
        if not self.has_ground(row):
            ground = self._ground
        elif ring or ground != self._ground:
            box, edge = (left, top + 1, right, bottom - 1), palette.ring if ring else ""
            draw_ground(self.canvas, self._theme, box, _RADIUS, ground, edge=edge, line=RING)
        return RowArea(self.canvas, left, top, right, bottom, ground, chosen, hovered, ring)

    # --- the pointer -------------------------------------------------------------------------------------------------
    def _moved(self, x: int, y: int) -> None:
        self._pointer, self._moved_at = (x, y), time.monotonic()
        self._point()

    def _left(self) -> None:
        self._pointer = None
        self._scroll_to(self._top)
        if self._wanted != self._layout.rows:
            self.show(self._wanted)

    def _point(self) -> None:
        """Find the row under the pointer."""
        index = self._layout.at(self._pointer[1] + self._top) if self._pointer else None
        row = self._layout.rows[index] if index is not None else None
        hovered = row.key if row is not None else None
        if hovered != self._hovered:
            self._hovered = hovered
            self.canvas.configure(cursor="hand2" if row is not None and row.name else "")
            self._tooltip.again("")
            self._draw_soon()
            self._later.do("on another", lambda: self.show(self._wanted))

    def _hovered_span(self) -> tuple[int, int]:
        index = self._layout.index(self._hovered)
        top, bottom = (0, 0) if index is None else self._layout.span(index)
        return top - self._top, bottom - self._top

    def _clicked(self, event: tk.Event[tk.Canvas]) -> str | None:
        self._by_key = False
        self._tooltip.again("")
        row = self.row_at(event.y)
        if row is not None and row.name:
            self._cursor, self.pressed_at = row.key, event.x
            self._draw_soon()
            self._act(row)
        return None if self.canvas.winfo_exists() else "break"  # the action may have destroyed the list

    def _menu_clicked(self, event: tk.Event[tk.Misc]) -> None:
        row = self.row_at(event.y)
        if row is not None and row.name and self._menu is not None:
            self._cursor = row.key
            self._draw_soon()
            self._menu(row, (event.x_root, event.y_root))

    def row_at(self, y: int) -> R | None:
        """The row there, in pixels of the canvas."""
        index = self._layout.at(y + self._top)
        return None if index is None else self._layout.rows[index]

    # --- the keyboard ------------------------------------------------------------------------------------------------
    def _focused(self) -> None:
        self._by_key = True
        if self.cursor is None:
            self._cursor = self._chosen if self._layout.index(self._chosen) is not None else self._near(0)
        self._draw_soon()

    def _key_pressed(self, event: tk.Event[tk.Canvas]) -> str | None:
        action = None if has_modifier(int(event.state), writes=False) else self._action_of(event)
        if action is None:
            return None
        self._by_key = True
        self._tooltip.again("")
        self._draw_soon()
        action()
        return "break"

    def _action_of(self, event: tk.Event[tk.Canvas]) -> Callable[[], None] | None:
        page = max(1, self.canvas.winfo_height() // self._theme.px(_USUAL_ROW))
        match event.keysym:
            case "Up" | "Prior" as key:
                return partial(self.move, -1 if key == "Up" else -page)
            case "Down" | "Next" as key:
                return partial(self.move, 1 if key == "Down" else page)
            case "Home" | "End" as key:
                return partial(self._move_to_end, key == "End")
            case "Return" | "KP_Enter" | "space":
                return self.enter
            case key if key == MENU_KEY or (key == "F10" and int(event.state) & _SHIFT):
                return self.show_menu
            case _:
                return partial(self._move_to_named, event.char, event.time) if event.char.isalnum() else None

    def _move_to_end(self, last: bool) -> None:
        self._cursor = None
        self.move(-1 if last else 1)

    def _move_to_named(self, letter: str, at_ms: int) -> None:
        """A letter was typed: move the cursor to a row whose name begins so; for one letter, to the next such row."""
        typed = self._typed.add(letter, at_ms)
        at = self._layout.index(self._cursor)
        found = self._layout.named(typed, (-1 if at is None else at) - (len(typed) > 1))
        if found is not None:
            self.go_to(self._layout.rows[found].key)
