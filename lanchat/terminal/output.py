"""How things look on a terminal: columns, wrapping, days and colours. Pure: text in, text out.

Nothing here cleans text: what comes from peers has been through `core.text` before.

People as a terminal shows them: one under the other, in a column of nicks. Pure.

Screen: where a face's words go: a terminal, or a file or pipe. Main thread.

Above: a text stream whose lines appear above the line being written. It may be written to on any thread.

prompt_toolkit's own `patch_stdout` gives the terminal back to the system for the moment of each print. A key typed in
just that moment is echoed into the text, and as Ctrl+D or Alt+Enter it is lost; in a busy room that happens often.

Scribe: what writes a conversation down on stdout; for people (`Transcript`) or for programs (`JsonLines`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TextIO

from wcwidth import clip, ljust, width, wrap

from lanchat.core.dates import full_date
from lanchat.core.model import MemberKey
from lanchat.core.nicks import Nicks, People
from lanchat.core.translate import _
from lanchat.terminal.standard_streams import is_terminal, printable, write

CLOCK_CELLS = 5  # 20:14
GAP = "  "
NARROWEST_TEXT = 20  # with less room than this beside the nick, the text goes below it

BOLD, DIM, RED, GREEN, YELLOW = "1", "2", "31", "32", "33"
#: Eight of the 256 colours that can be read on black and on white.
_NICK_COLOURS = ("38;5;32", "38;5;35", "38;5;133", "38;5;136", "38;5;167", "38;5;73", "38;5;103", "38;5;172")

_COLUMN_LEAST, _COLUMN_MOST = 4, 16


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


class PeopleColumn(People):
    """Who is in a room, and how wide the column of their nicks is."""

    def __init__(self, me: MemberKey, nicks: Mapping[MemberKey, str]) -> None:
        super().__init__(me, Nicks(nicks))
        self.column = _COLUMN_LEAST  #: cells that the nicks shown so far need; never shrinks, so that columns stay

    def called(self, key: MemberKey) -> str:
        nick = super().called(key)
        self.column = min(max(self.column, width(nick)), _COLUMN_MOST)
        return nick


class Screen:
    def __init__(self, stream: TextIO | None = None) -> None:
        """On `stream`, which shows lines above the one being written; else on stdout."""
        self.stream = stream if stream is not None else sys.stdout
        self._warnings = stream if stream is not None else sys.stderr

    @property
    def paper(self) -> Paper:
        """Asked each time, for the person may change the window's size."""
        return paper_of(self.stream)

    def print(self, text: str) -> None:
        """One or more whole lines, out at once. Raises OutputClosed where nobody reads them, GaveUp where they cannot
        be written, and Interrupted."""
        write(self.stream, text + "\n")

    def warn(self, text: str) -> None:
        """A diagnostic: on stderr, so that it is never taken for the conversation; above the line being written."""
        paper = paper_of(self._warnings)
        with suppress(OSError, ValueError):  # where nobody reads them, warnings are lost and nothing else
            print(paper.paint(paragraph(paper, printable(text)), YELLOW), file=self._warnings, flush=True)


def paper_of(stream: TextIO) -> Paper:
    if not is_terminal(stream):
        return Paper()
    try:
        cells = os.get_terminal_size(stream.fileno()).columns
    except OSError:  # not every terminal tells
        cells = 0
    return Paper(cells or 80, colour=wants_colour())


def wants_colour() -> bool:
    """See https://no-color.org."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def can_edit() -> bool:
    """Whether a person sits at both ends, at a terminal on which a line can be edited."""
    return is_terminal(sys.stdin) and is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb"
