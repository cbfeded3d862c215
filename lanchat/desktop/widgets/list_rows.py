"""What a VirtualList is made of: rows and where they lie, headings between them, the name that is typed in it."""

from __future__ import annotations

import tkinter as tk
from bisect import bisect_right
from collections.abc import Hashable, Iterator, Sequence
from itertools import accumulate
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from lanchat.desktop.theme.theme import Theme


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


class RowArea(Struct, frozen=True):
    """Where a row is painted: the pixels of its ground on the canvas, and its colour."""

    canvas: tk.Canvas
    left: int
    top: int
    right: int
    bottom: int
    ground: str  #: the colour of its ground
    chosen: bool
    hovered: bool = False
    ring: bool = False  #: the keyboard is on it

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


_HEADING_HEIGHT, _HEADING_LEFT, _HEADING_BOTTOM = 34, 8, 13  # design pixels


class ListHeading(Struct, frozen=True):
    """A heading between rows. The cursor skips it."""

    words: str
    name: str = ""
    height: int = _HEADING_HEIGHT

    @property
    def key(self) -> Hashable:
        return ("heading", self.words)


def paint_list_heading(heading: ListHeading, spot: RowArea, theme: Theme) -> None:
    left = spot.left + theme.px(_HEADING_LEFT)
    at = (left, spot.bottom - theme.px(_HEADING_BOTTOM))
    theme.lines.write(spot.canvas, at, heading.words, "small_bold", theme.palette.mute, spot.right - left)


_TYPED_MS = 1_000  # letters typed within this time belong to one word


class TypedName:
    """The beginning of a name that is typed in a list. The same letter again goes to the next match."""

    def __init__(self) -> None:
        self._typed, self._at = "", 0

    def add(self, letter: str, at_ms: int) -> str:
        """A letter was typed at this time. Returns what is typed so far."""
        if at_ms - self._at > _TYPED_MS or letter == self._typed:
            self._typed = ""
        self._typed, self._at = self._typed + letter, at_ms
        return self._typed
