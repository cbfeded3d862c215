"""Line: one line of text while it is edited, and what it was before. Pure.

Tk has its own idea of where the characters of an emoji are, so LineText keeps the text here and only shows it.
"""

from __future__ import annotations

import re

from lanchat.desktop.widgets.halves import Halves

_MOST_STEPS = 200  #: back
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SURROGATES = re.compile("[\ud800-\udfff]")


class Line:
    """Places are counted in characters, from 0."""

    def __init__(self, most: int) -> None:
        """`most` characters; what would be more is not taken in."""
        self.text = ""
        self._most = most
        self._before: list[tuple[str, int]] = []
        self._after: list[tuple[str, int]] = []
        self._typed_to = -1  #: where typing may go on as the same step
        self._halves = Halves()

    def insert(self, at: int, text: str) -> str:
        """Put in what of `text` may stand in one line and has room; gives that."""
        text = self._one_line(text)[: self._most - len(self.text)]
        if text:
            if at != self._typed_to or len(text) > 1 or text.isspace():
                self._step(at)
            self.text = self.text[:at] + text + self.text[at:]
            self._typed_to = at + len(text)
        return text

    def delete(self, start: int, end: int) -> None:
        if start < end:
            self._step(end)
            self.text = self.text[:start] + self.text[end:]

    def set(self, text: str) -> None:
        """Another text altogether, with nothing before it."""
        self.text = self._one_line(text)[: self._most]
        self._before.clear()
        self._after.clear()
        self._typed_to = -1

    def undo(self, at: int) -> int | None:
        """Back to the text before; gives where the caret was then. None when there is none. `at`: where it is now."""
        return self._go(self._before, self._after, at)

    def redo(self, at: int) -> int | None:
        """As `undo`, the other way."""
        return self._go(self._after, self._before, at)

    def _go(self, to: list[tuple[str, int]], back: list[tuple[str, int]], at: int) -> int | None:
        if not to:
            return None
        back.append((self.text, at))
        self.text, place = to.pop()
        self._typed_to = -1
        return min(place, len(self.text))

    def _step(self, at: int) -> None:
        self._before.append((self.text, at))
        del self._before[:-_MOST_STEPS]
        self._after.clear()
        self._typed_to = -1

    def _one_line(self, text: str) -> str:
        return _BREAKS.sub(" ", _SURROGATES.sub("", self._halves.joined(text)).strip("\r\n"))
