"""EditBuffer: a text while it is edited, of one line or several, with undo and redo. Pure.

It consists of units: single characters, and emoji, which are never cut. The Text that shows it has its own places for
them, "line.column".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import islice, takewhile

from lanchat.core.text import LINE_END
from lanchat.desktop.emoji.emoji_data import EMOJI, split_emoji

_MOST_STEPS = 200  # of undo
_MOST_EMOJI = 500  #: a Text with thousands of pictures in one line takes seconds to draw
_NEVER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_FIRST_HALF, _SECOND_HALF = re.compile("[\ud800-\udbff]$"), re.compile("[\udc00-\udfff]")
_BREAKS = re.compile("[\t\n]+")


class Emoji(str):
    """A unit that is shown as an image."""

    __slots__ = ()


class EditBuffer:
    """Places are counted in characters, from 0."""

    def __init__(self, most: int, widths: Callable[[Sequence[str]], list[int]], *, one_line: bool = False) -> None:
        """`most` characters; what would be more is not taken. `widths`: how many columns of the Text units take."""
        self.text = ""
        self.units: list[str] = []
        self.full = False  #: the last insertion found no room for all of it
        self._most = most
        self._widths = widths
        self._one_line = one_line
        self._before: list[tuple[str, int]] = []
        self._after: list[tuple[str, int]] = []
        self._typed_to = self._deleted_to = -1  # where typing, or deleting, goes on as the same step
        self._replacing = False  # a deletion that an insertion may follow, both as one step
        self._half = ""  # the first of an emoji that a keyboard sends as two UTF-16 surrogates, in one key press each

    # --- changing it -------------------------------------------------------------------------------------------------
    def insert(self, at: int, text: str) -> int:
        """Insert as much of `text` as there is room for; return how many characters that is."""
        text = self._fitting(self._cleaned(text))
        if text:
            goes_on = at == self._typed_to and len(text) == 1 and not text.isspace()
            if not (goes_on or (self._replacing and at == self._deleted_to)):
                self._step(at)
            self._become(self.text[:at] + text + self.text[at:])
            self._typed_to = at + 1 if len(text) == 1 else -1  # what is typed after a paste is a step of its own
            self._deleted_to, self._replacing = -1, False
        return len(text)

    def delete(self, start: int, end: int) -> None:
        if start >= end:
            return
        one = len(split_units(self.text[start:end])) == 1
        if not (one and self._deleted_to in (start, end)):
            self._step(end)
        self._become(self.text[:start] + self.text[end:])
        self._typed_to, self._deleted_to, self._replacing = -1, start, True

    def meant(self, place: int) -> int:
        """Where to insert instead of at `place`: what was just deleted may have stood between two parts of an emoji."""
        return self._deleted_to if self._replacing and place == self.whole(self._deleted_to) else place

    def settle(self) -> None:
        """End the current step: a later insertion is not part of the deletion before it."""
        self._replacing = False

    def set(self, text: str) -> None:
        """Replace the text and forget all undo steps."""
        self._become("")
        if text:
            self._become(self._fitting(self._cleaned(text)))
        self._before.clear()
        self._after.clear()
        self._typed_to = self._deleted_to = -1

    def undo(self, at: int) -> int | None:
        """Restore the text before; give where the caret was then, or None if there is no step. `at`: the caret now."""
        return self._go(self._before, self._after, at)

    def redo(self, at: int) -> int | None:
        """As `undo`, in the other direction."""
        return self._go(self._after, self._before, at)

    # --- places ------------------------------------------------------------------------------------------------------
    def whole(self, place: int) -> int:
        """`place`, or where the emoji ends that it is within."""
        begin = self.text.rfind("\n", 0, place) + 1
        for unit in self._line_from(begin):
            if begin >= place:
                break
            begin += len(unit)
        return max(begin, place)

    def index(self, place: int) -> str:
        """The index in the Text of a place."""
        begin = self.text.rfind("\n", 0, place) + 1
        column = sum(self._widths(split_units(self.text[begin:place])))
        return f"{self.text.count(chr(10), 0, place) + 1}.{column}"

    def indexes(self, places: Iterable[int]) -> list[str]:
        """As `index`, of many places in rising order, in one pass."""
        found: list[str] = []
        line, column, at = 1, 0, 0
        for place in places:
            breaks = self.text.count("\n", at, place)
            if breaks:
                line, column, at = line + breaks, 0, self.text.rfind("\n", at, place) + 1
            column += sum(self._widths(split_units(self.text[at:place])))
            at = place
            found.append(f"{line}.{column}")
        return found

    def place(self, index: str, *, after: bool = False) -> int:
        """The place of an index of the Text; within a character: before it, or `after` it."""
        line, column = map(int, index.split("."))
        place = 0
        for _line in range(line - 1):
            place = self.text.find("\n", place) + 1
            if place == 0:
                return len(self.text)
        units = self._line_from(place)
        for unit, width in zip(units, self._widths(units), strict=True):
            if column <= 0:
                break
            column -= width
            if column >= 0 or after:
                place += len(unit)
        return place

    def word_before(self, place: int) -> int:
        """Where the word begins that ends at `place`; spaces after it belong to it."""
        begin = self.text.rfind("\n", 0, place) + 1
        return place - _word(split_units(self.text[begin:place])[::-1]) if begin < place else max(0, place - 1)

    def word_after(self, place: int) -> int:
        """Where the word ends that begins at `place`; spaces before it belong to it."""
        return place + _word(self._line_from(place)) if self.text[place : place + 1] != "\n" else place + 1

    def line_before(self, place: int) -> int:
        """Where the line begins; at its beginning, where the line before ends."""
        begin = self.text.rfind("\n", 0, place) + 1
        return begin if begin < place else max(0, place - 1)

    def line_after(self, place: int) -> int:
        """Where the line ends; at its end, where the next line begins."""
        end = self.text.find("\n", place)
        return len(self.text) if end < 0 else end if end > place else place + 1

    def _line_from(self, place: int) -> list[str]:
        """The units from `place` to the end of the line."""
        end = self.text.find("\n", place)
        return split_units(self.text[place : end if end >= 0 else None])

    # --- steps -------------------------------------------------------------------------------------------------------
    def _become(self, text: str) -> None:
        self.text = text
        self.units = split_units(text)

    def _go(self, to: list[tuple[str, int]], back: list[tuple[str, int]], at: int) -> int | None:
        while to and to[-1][0] == self.text:
            to.pop()  # replaced by the same
        if not to:
            return None
        back.append((self.text, at))
        text, place = to.pop()
        self._become(text)
        self._typed_to = self._deleted_to = -1
        return self.whole(min(place, len(text)))

    def _step(self, at: int) -> None:
        self._before.append((self.text, at))
        del self._before[:-_MOST_STEPS]
        self._after.clear()

    def _fitting(self, text: str) -> str:
        """The beginning of `text` that there is room for."""
        fitting = text[: max(0, self._most - len(self.text))]
        emoji = sum(isinstance(unit, Emoji) for unit in self.units)
        beyond = next(islice(EMOJI.finditer(fitting), max(0, _MOST_EMOJI - emoji), None), None)
        fitting = fitting[: beyond.start()] if beyond else fitting
        self.full = len(fitting) < len(text)
        return fitting

    def _cleaned(self, text: str) -> str:
        half, self._half = self._half, text if _FIRST_HALF.match(text) else ""
        if half and _SECOND_HALF.match(text):
            text = (half + text[0]).encode("utf-16", "surrogatepass").decode("utf-16") + text[1:]
        text = _NEVER.sub("", LINE_END.sub("\n", text))
        return _BREAKS.sub(" ", text.strip("\n")) if self._one_line else text


def split_units(text: str) -> list[str]:
    if text.isascii():
        return list(text)
    units: list[str] = []
    for piece, emoji in split_emoji(text):
        if emoji:
            units.append(Emoji(piece))
        else:
            units.extend(piece)
    return units


def same_ends(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """How many units two texts have in common at their beginnings, and how many more at their ends."""
    shorter = min(len(before), len(after))
    first = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    rest = shorter - first
    last = next((at for at in range(rest) if before[-1 - at] != after[-1 - at]), rest)
    return first, last


def _word(units: Sequence[str]) -> int:
    """How many characters the leading spaces and the word or emoji after them have."""
    spaces = sum(1 for _ in takewhile(str.isspace, units))
    rest = units[spaces:]
    if not rest or isinstance(rest[0], Emoji):
        return spaces + len("".join(rest[:1]))
    kind = _kind(rest[0])
    return spaces + sum(1 for _ in takewhile(lambda unit: _kind(unit) == kind, rest))


def _kind(unit: str) -> str:
    """The kind of a unit; a word ends where the kind changes."""
    if isinstance(unit, Emoji) or unit.isspace():
        return "between"
    return "word" if unit.isalnum() or unit == "_" or unicodedata.category(unit).startswith("M") else "sign"
