"""Layout: which row lies where in a list, and how a list changes while somebody points at it. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Sequence
from itertools import accumulate
from typing import Generic, Protocol, TypeVar


class Row(Protocol):
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


R = TypeVar("R", bound=Row)


class Layout(Generic[R]):
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


def in_old_order(old: Sequence[R], new: Sequence[R]) -> list[R]:
    """The rows of before, each where it was but as it is now; those that are gone stay as they were."""
    now = {row.key: row for row in new}
    return [now.get(row.key, row) for row in old]
