"""How things look on a terminal: columns, wrapping, days and colours. Pure: text in, text out.

Nothing here cleans text: what comes from peers has been through `core.text` before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from wcwidth import clip, ljust, width, wrap

from lanchat.core.dates import full_date
from lanchat.core.translate import _

CLOCK_CELLS = 5  # 20:14
GAP = "  "
NARROWEST_TEXT = 20  # with less room than this beside the nick, the text goes below it

BOLD, DIM, RED, GREEN, YELLOW = "1", "2", "31", "32", "33"
#: Eight of the 256 colours that can be read on black and on white.
_NICK_COLOURS = ("38;5;32", "38;5;35", "38;5;133", "38;5;136", "38;5;167", "38;5;73", "38;5;103", "38;5;172")


@dataclass(frozen=True, slots=True)
class Paper:
    """What is written on: so many cells wide (None: a file or pipe, where nothing is wrapped), in colour or not."""

    cells: int | None = None
    colour: bool = False

    def paint(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and text and style else text


def nick_colour(key: bytes) -> str:
    """The same for the same member, always and everywhere."""
    return _NICK_COLOURS[key[0] % len(_NICK_COLOURS)]


def day_line(day: date) -> str:
    return _("— {day} —").format(day=full_date(day))


def message(paper: Paper, at: str, nick: str, style: str, column: int, text: str) -> str:
    """One entry: time, nick in a column, text; every further line stands under the first one's text."""
    indent = CLOCK_CELLS + len(GAP) + column + len(GAP)
    head = f"{paper.paint(at, DIM)}{GAP}{paper.paint(fitted(nick, column), style)}"
    if paper.cells is None:
        first, *rest = text.split("\n")
        return "\n".join([f"{head}{GAP}{first}".rstrip(), *((" " * indent + line).rstrip() for line in rest)])
    room = paper.cells - indent
    if room < NARROWEST_TEXT:
        below = CLOCK_CELLS + len(GAP)
        return "\n".join([head.rstrip(), *(" " * below + line for line in wrapped(text, max(1, paper.cells - below)))])
    first, *rest = wrapped(text, room)
    return "\n".join([f"{head}{GAP}{first}", *(" " * indent + line for line in rest)])


def notice(paper: Paper, at: str, column: int, text: str) -> str:
    """Something that happened: it stands where texts stand, quietly, with a dot for a nick."""
    room = None if paper.cells is None else paper.cells - CLOCK_CELLS - column - 2 * len(GAP)
    lines = [text] if room is None or room < NARROWEST_TEXT else wrapped(text, room)
    indent = " " * (CLOCK_CELLS + column + 2 * len(GAP))
    first = f"{at or ' ' * CLOCK_CELLS}{GAP}{'·'.ljust(column)}{GAP}{lines[0]}"
    return "\n".join(paper.paint(line, DIM) for line in [first, *(indent + line for line in lines[1:])])


def paragraph(paper: Paper, text: str, indent: str = "") -> str:
    """Words from lanchat itself, wrapped at the edge of the terminal."""
    if paper.cells is None:
        return indent + text
    return "\n".join(indent + line for line in wrapped(text, max(NARROWEST_TEXT, paper.cells - len(indent))))


def table(rows: Iterable[Sequence[str]], columns: Sequence[int]) -> list[str]:
    """Rows under each other: each cell but the last fills its column, and one too long is cut."""
    lines = []
    for row in rows:
        cells = [fitted(cell, cells) for cell, cells in zip(row, columns, strict=False)]
        lines.append(GAP.join([*cells, *row[len(columns) :]]).rstrip())
    return lines


def fitted(text: str, cells: int) -> str:
    """`text` in exactly so many cells: filled up with blanks, or cut with an ellipsis."""
    if width(text) > cells:
        text = clip(text, 0, cells - 1) + "…"
    return ljust(text, cells)


def wrapped(text: str, cells: int) -> list[str]:
    """Lines of at most so many cells. An address of a page is never cut, so that it can be clicked and copied."""
    lines = []
    for line in text.split("\n"):
        for piece in wrap(line, cells, break_long_words=False, break_on_hyphens=False) or [""]:
            if width(piece) <= cells or "://" in piece:
                lines.append(piece)
            else:
                lines += wrap(piece, cells, break_on_hyphens=False)
    return lines
