"""Layout: which row lies where in a list, and how a list changes while somebody points at it. Pure.

Spot: where a row of a list is painted, and the ground it lies on. Tk thread.

Headings between the rows of a list, and a name that stands by itself. Tk thread, but for the Heading: pure.

Keys: what the keyboard does in a list that has it. Tk thread.
"""

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
    """What a list is made of."""

    @property
    def key(self) -> Hashable:
        """Who or what it is; unlike that of every other row."""

    @property
    def height(self) -> int:
        """Design pixels."""

    @property
    def name(self) -> str:
        """What it is found by when its first letters are typed; "": a heading or a note, where one cannot go."""


R = TypeVar("R", bound=ListRow)


class RowLayout(Generic[R]):
    """Rows one below the other."""

    def __init__(self, rows: Sequence[R], heights: Sequence[int]) -> None:
        """`heights`: in pixels, one for each row."""
        self.rows = tuple(rows)
        self._ends = list(accumulate(heights))
        self._index = {row.key: at for at, row in enumerate(self.rows)}

    @property
    def height(self) -> int:
        """Pixels of all rows."""
        return self._ends[-1] if self._ends else 0

    def span(self, index: int) -> tuple[int, int]:
        """Top and bottom of a row, in pixels from the top of the list."""
        return self._ends[index - 1] if index else 0, self._ends[index]

    def at(self, y: int) -> int | None:
        """The row there; None: above the first, or below the last."""
        index = bisect_right(self._ends, y)
        return index if y >= 0 and index < len(self.rows) else None

    def seen(self, top: int, height: int) -> Iterator[tuple[int, R]]:
        """Those in a window that begins at `top`."""
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
        """The next row from `start` on where one can go, in the direction of `by`; None: there is no other."""
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
        """The first row behind `after`, and then from the top, whose name begins with `typed`."""
        wanted = typed.casefold()
        order = [*range(after + 1, len(self.rows)), *range(after + 1)]
        return next((at for at in order if self.rows[at].name.casefold().startswith(wanted)), None)


def in_previous_order(old: Sequence[R], new: Sequence[R]) -> list[R]:
    """The rows of before, each where it was but as it is now; those that are gone stay as they were."""
    now = {row.key: row for row in new}
    return [now.get(row.key, row) for row in old]


_RADIUS = 6  # design pixels


@dataclass(frozen=True, slots=True)
class RowArea:
    """Pixels of the canvas, within the row's ground."""

    canvas: tk.Canvas
    left: int
    top: int
    right: int
    bottom: int
    ground: str  #: the colour it lies on
    chosen: bool

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    def draw_ground(self, theme: Theme, *, ring: bool, bare: bool) -> None:
        """`ring`: the keyboard is here; `bare`: the ground is that of the list, and needs no drawing."""
        if ring or not bare:
            box = (self.left, self.top + 1, self.right, self.bottom - 1)
            edge = theme.palette.ring if ring else ""
            draw_ground(self.canvas, theme, box, _RADIUS, self.ground, edge=edge, line=RING)


_HEADING_HEIGHT, _HEADING_LEFT, _HEADING_BOTTOM = 34, 8, 13  # design pixels


@dataclass(frozen=True, slots=True)
class ListHeading:
    """A row where one cannot go."""

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


_TYPED_MS = 1_000  # letters typed within this belong to one word
_SHIFT = 0x1


class ListCursor(Protocol):
    """What has a cursor."""

    def move(self, by: int) -> None: ...

    def move_to_end(self, last: bool) -> None: ...

    def move_by_page(self, by: int) -> None: ...

    def move_to_named(self, typed: str) -> None: ...

    def enter(self) -> None: ...

    def show_menu(self) -> None: ...


class ListKeys:
    def __init__(self, canvas: tk.Canvas, moves: ListCursor, pressed: Callable[[], None]) -> None:
        """`pressed` is called for every key that is for the list, before it is done."""
        self._moves = moves
        self._before = pressed
        self._typed, self._typed_at = "", 0
        canvas.bind("<Key>", self._pressed)

    def _pressed(self, event: tk.Event[tk.Canvas]) -> str | None:
        state = int(event.state)
        if has_modifier(state, writes=False):
            return None
        deed = self._deed(event.keysym, bool(state & _SHIFT))
        if deed is None and event.char.isalnum():
            deed = self._letter(event.char, event.time)
        if deed is None:
            return None
        self._before()
        deed()
        return "break"

    def _deed(self, key: str, shift: bool) -> Callable[[], None] | None:
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
        """Letters typed one after the other make a word; the same one again is for the next that begins with it."""
        if at - self._typed_at > _TYPED_MS or letter == self._typed:
            self._typed = ""
        self._typed, self._typed_at = self._typed + letter, at
        typed = self._typed
        return lambda: self._moves.move_to_named(typed)
