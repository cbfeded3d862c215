"""PictureLoader: has the pictures that are wanted made in the background, one after the other. Tk thread.

One is made at a time, so that no more than one is in memory as large as it is. Who scrolls on wants others: what is not
wanted any more is not begun.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple, Protocol

from lanchat.desktop.pictures.picture_decoding import LoadedPicture


class Wish(NamedTuple):
    """A picture that is wanted. `make` is called on another thread."""

    key: Hashable
    make: Callable[[], LoadedPicture]


class Background(Protocol):
    """Where work is done aside: `view_context.Program`."""

    def run_in_background(
        self, work: Callable[[], LoadedPicture], then: Callable[[LoadedPicture], None]
    ) -> None:  # fmt: skip
        """Call `work` on a worker thread, then `then` with its result on this one."""


class PictureLoader:
    def __init__(self, background: Background, came: Callable[[Hashable, LoadedPicture], None]) -> None:
        """`came` is told of each picture that was made, or why it was not."""
        self._background = background
        self._came = came
        self._wishes: list[Wish] = []
        self._making: Hashable = None
        self._closed = False

    def want(self, wishes: Sequence[Wish]) -> None:
        """What is wanted now, the first the most; what was wanted before is forgotten."""
        self._wishes = [wish for wish in wishes if wish.key != self._making]
        self._next()

    def close(self) -> None:
        """What is under way is not told of any more."""
        self._closed = True
        self._wishes.clear()

    @property
    def is_idle(self) -> bool:
        return self._making is None

    def _next(self) -> None:
        if self._making is not None or not self._wishes or self._closed:
            return
        wish = self._wishes.pop(0)
        self._making = wish.key
        self._background.run_in_background(wish.make, self._made)

    def _made(self, loaded: LoadedPicture) -> None:
        key, self._making = self._making, None
        if not self._closed:
            self._came(key, loaded)
            self._next()
