"""What a VirtualList is made of: rows and where they lie, headings between them, the keys that move through them."""

from __future__ import annotations

import tkinter as tk
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Generic, Protocol, TypeVar

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.keyboard import MENU_KEY, has_modifier
from lanchat.desktop.widgets.line_renderer import LineRenderer
from lanchat.desktop.widgets.surfaces import RING, draw_ground


class ListRow(Protocol):
    """A row of a list."""

    @property
    def key(self) -> Hashable:
        """What it stands for; unique in the list."""

    @property
    def height(self) -> int:
        """Design pixels."""

    @property
    def name(self) -> str:
        """The name that typed letters find; "" for a heading or a note, which the cursor skips."""


R = TypeVar("R", bound=ListRow)


class ListLayout(Generic[R]):
    """Where each row lies, one below the other. Pure."""

    def __init__(self, rows: Sequence[R], heights: Sequence[int]) -> None:
        """`heights`: pixels, one for each row."""
        self.rows = tuple(rows)
        self._ends = list(accumulate(heights))
        self._index = {row.key: at for at, row in enumerate(self.rows)}

    @property
    def height(self) -> int:
        """Pixels of all rows together."""
        return self._ends[-1] if self._ends else 0

    def span(self, index: int) -> tuple[int, int]:
        """Top and bottom of a row, in pixels from the top of the list."""
        return self._ends[index - 1] if index else 0, self._ends[index]

    def at(self, y: int) -> int | None:
        """The index of the row there; None above the first and below the last row."""
        index = bisect_right(self._ends, y)
        return index if y >= 0 and index < len(self.rows) else None

    def seen(self, top: int, height: int) -> Iterator[tuple[int, R]]:
        """The rows in a view of `height` pixels that begins at `top`, with their indexes."""
        index = bisect_right(self._ends, top)
        while index < len(self.rows) and self.span(index)[0] < top + height:
            yield index, self.rows[index]
            index += 1

    def index(self, key: Hashable) -> int | None:
        return self._index.get(key)

    def top_of(self, key: Hashable) -> int | None:
        index = self._index.get(key)
        return None if index is None else self.span(index)[0]

    def step(self, start: int, by: int) -> int | None:
        """The row `by` selectable rows after `start` (before it, if negative), or the last one there; None if none."""
        found, index = None, start
        while by:
            index += 1 if by > 0 else -1
            if not 0 <= index < len(self.rows):
                break
            if self.rows[index].name:
                found = index
                by += -1 if by > 0 else 1
        return found

    def named(self, typed: str, after: int) -> int | None:
        """The first row after `after`, then from the top, whose name begins with `typed`; case is ignored."""
        wanted = typed.casefold()
        order = [*range(after + 1, len(self.rows)), *range(after + 1)]
        return next((at for at in order if self.rows[at].name.casefold().startswith(wanted)), None)


def in_previous_order(old: Sequence[R], new: Sequence[R]) -> list[R]:
    """The rows of `old` in their order, as they are in `new`; those that are gone stay as they were."""
    now = {row.key: row for row in new}
    return [now.get(row.key, row) for row in old]


_RADIUS = 6  # design pixels


@dataclass(frozen=True, slots=True)
class RowArea:
    """Where a row is painted: the pixels of its ground on the canvas, and its colour."""

    canvas: tk.Canvas
    left: int
    top: int
    right: int
    bottom: int
    ground: str  #: the colour of its ground
    chosen: bool

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    def draw_ground(self, theme: Theme, *, ring: bool, bare: bool) -> None:
        """`ring`: with a focus ring; `bare`: the ground has the colour of the list and is not drawn."""
        if ring or not bare:
            box = (self.left, self.top + 1, self.right, self.bottom - 1)
            edge = theme.palette.ring if ring else ""
            draw_ground(self.canvas, theme, box, _RADIUS, self.ground, edge=edge, line=RING)


_HEADING_HEIGHT, _HEADING_LEFT, _HEADING_BOTTOM = 34, 8, 13  # design pixels


@dataclass(frozen=True, slots=True)
class ListHeading:
    """A heading between rows. The cursor skips it."""

    words: str
    name: str = ""

    @property
    def key(self) -> Hashable:
        return ("heading", self.words)

    @property
    def height(self) -> int:
        return _HEADING_HEIGHT


def paint_list_heading(heading: ListHeading, spot: RowArea, theme: Theme, writer: LineRenderer) -> None:
    left = spot.left + theme.px(_HEADING_LEFT)
    at = (left, spot.bottom - theme.px(_HEADING_BOTTOM))
    writer.write(spot.canvas, at, heading.words, "small_bold", theme.palette.mute, spot.right - left)


_TYPED_MS = 1_000  # letters typed within this time belong to one word
_SHIFT = 0x1


class ListCursor(Protocol):
    """A list with a cursor, which keys move."""

    def move(self, by: int) -> None: ...

    def move_to_end(self, last: bool) -> None: ...

    def move_by_page(self, by: int) -> None: ...

    def move_to_named(self, typed: str) -> None: ...

    def enter(self) -> None: ...

    def show_menu(self) -> None: ...


class ListKeys:
    """The keys of a list that has the focus: arrows, paging, Enter, the menu key, and letters of a name."""

    def __init__(self, canvas: tk.Canvas, moves: ListCursor, pressed: Callable[[], None]) -> None:
        """`pressed` is called before each key that the list acts on."""
        self._moves = moves
        self._before = pressed
        self._typed, self._typed_at = "", 0
        canvas.bind("<Key>", self._pressed)

    def _pressed(self, event: tk.Event[tk.Canvas]) -> str | None:
        state = int(event.state)
        if has_modifier(state, writes=False):
            return None
        action = self._action_of(event.keysym, bool(state & _SHIFT))
        if action is None and event.char.isalnum():
            action = self._letter(event.char, event.time)
        if action is None:
            return None
        self._before()
        action()
        return "break"

    def _action_of(self, key: str, shift: bool) -> Callable[[], None] | None:
        moves = self._moves
        match key:
            case "Up" | "Down":
                return lambda: moves.move(1 if key == "Down" else -1)
            case "Home" | "End":
                return lambda: moves.move_to_end(key == "End")
            case "Prior" | "Next":
                return lambda: moves.move_by_page(1 if key == "Next" else -1)
            case "Return" | "KP_Enter" | "space":
                return moves.enter
            case "F10" if shift:
                return moves.show_menu
            case _:
                return moves.show_menu if key == MENU_KEY else None

    def _letter(self, letter: str, at: int) -> Callable[[], None]:
        """Letters typed within a second make a word. The same letter again goes to the next match."""
        if at - self._typed_at > _TYPED_MS or letter == self._typed:
            self._typed = ""
        self._typed, self._typed_at = self._typed + letter, at
        typed = self._typed
        return lambda: self._moves.move_to_named(typed)
