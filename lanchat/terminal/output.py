"""The layout of the terminal's output (columns, wrapping, days, colours), the Screen it is written to, and the log.

The layout is pure, text in, text out; a Screen belongs to one thread. Nothing here cleans text: what comes from peers
has been through `core.text` before.
"""

from __future__ import annotations

import logging
import os
import re
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TextIO

from wcwidth import clip, ljust, width, wrap

from lanchat.core.dates import full_date
from lanchat.core.model import Card, MemberKey
from lanchat.core.nicks import Nicks, People
from lanchat.core.translate import _
from lanchat.terminal.standard_streams import is_terminal, print_diagnostic, printable, write

CLOCK_CELLS = 5  # of a time such as 20:14
GAP = "  "
NARROWEST_TEXT = 20  # cells; with fewer beside the nick, the text goes below it

BOLD, DIM, RED, GREEN, YELLOW = "1", "2", "31", "32", "33"
MENTION = "1;33"
#: Eight of the 256 colours, legible on black and on white.
_NICK_COLOURS = ("38;5;32", "38;5;35", "38;5;133", "38;5;136", "38;5;167", "38;5;73", "38;5;103", "38;5;172")

_COLUMN_LEAST, _COLUMN_MOST = 4, 16


@dataclass(frozen=True, slots=True)
class Paper:
    """The width in cells (None: a file or pipe, where nothing is wrapped), and whether to colour."""

    cells: int | None = None
    colour: bool = False

    def paint(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and text and style else text


def nick_colour(key: bytes) -> str:
    """A member's colour, the same on every computer."""
    return _NICK_COLOURS[key[0] % len(_NICK_COLOURS)]


def day_line(day: date) -> str:
    return _("— {day} —").format(day=full_date(day))


def notice(paper: Paper, at: str, column: int, text: str) -> str:
    """An event, dimmed, aligned with the texts, with a dot instead of a nick."""
    room = None if paper.cells is None else paper.cells - CLOCK_CELLS - column - 2 * len(GAP)
    lines = text.split("\n") if room is None or room < NARROWEST_TEXT else wrapped(text, room)
    indent = " " * (CLOCK_CELLS + column + 2 * len(GAP))
    first = f"{at or ' ' * CLOCK_CELLS}{GAP}{'·'.ljust(column)}{GAP}{lines[0]}"
    return "\n".join(paper.paint(line, DIM) for line in [first, *(indent + line for line in lines[1:])])


def aside(paper: Paper, column: int, text: str) -> str:
    """One line that belongs to a message, dimmed, aligned with the texts, cut where the terminal ends."""
    indent = CLOCK_CELLS + column + 2 * len(GAP)
    if paper.cells is not None and paper.cells - indent < NARROWEST_TEXT:
        indent = CLOCK_CELLS + len(GAP)
    if paper.cells is not None and width(text) > paper.cells - indent:
        text = clip(text, 0, max(1, paper.cells - indent - 1)) + "…"
    return " " * indent + paper.paint(text, DIM)


def paragraph(paper: Paper, text: str, indent: str = "") -> str:
    """lanchat's own words, wrapped at the width of the terminal."""
    if paper.cells is None:
        return indent + text
    return "\n".join(indent + line for line in wrapped(text, max(NARROWEST_TEXT, paper.cells - len(indent))))


def table(rows: Iterable[Sequence[str]], columns: Sequence[int]) -> list[str]:
    """Lines of aligned cells: each but the last is padded or cut to its column."""
    lines = []
    for row in rows:
        cells = [fitted(cell, cells) for cell, cells in zip(row, columns, strict=False)]
        lines.append(GAP.join([*cells, *row[len(columns) :]]).rstrip())
    return lines


def fitted(text: str, cells: int) -> str:
    """`text` in exactly `cells` cells: padded with blanks, or cut with an ellipsis."""
    if width(text) > cells:
        text = clip(text, 0, cells - 1) + "…"
    return ljust(text, cells)


def wrapped(text: str, cells: int) -> list[str]:
    """Lines of at most `cells` cells. A URL is never cut, so that it can be clicked and copied."""
    lines = []
    for line in text.split("\n"):
        for piece in wrap(line, cells, break_long_words=False, break_on_hyphens=False) or [""]:
            if width(piece) <= cells or "://" in piece:
                lines.append(piece)
            else:
                lines += wrap(piece, cells, break_on_hyphens=False)
    return lines


class PeopleColumn(People):
    """The people of a room, and the width of the column of their nicks."""

    def __init__(self, me: MemberKey, nicks: Mapping[MemberKey, str], cards: Iterable[Card] = ()) -> None:
        """`cards`: of those of whom more than the nick is known."""
        super().__init__(me, Nicks(nicks))
        self.nicks.learn(cards)
        self.column = _COLUMN_LEAST  #: cells; grows with the nicks shown, and never shrinks

    def called(self, key: MemberKey) -> str:
        self.column = min(max(self.column, width(self.nicks.marked(key))), _COLUMN_MOST)
        return super().called(key)


class Screen:
    def __init__(self, stream: TextIO | None = None) -> None:
        """`stream`: an Editor's; None: stdout, with warnings on stderr."""
        self.stream = stream if stream is not None else sys.stdout
        self._warnings = stream if stream is not None else sys.stderr

    @property
    def paper(self) -> Paper:
        """As it is now: the person may resize the terminal."""
        return paper_of(self.stream)

    def print(self, text: str) -> None:
        """Write whole lines, and flush. Raises OutputClosed where nobody reads, CommandError where writing fails, and
        Interrupted."""
        write(self.stream, text + "\n")

    def say(self, text: str) -> None:
        """Print lanchat's own words."""
        self.print(paragraph(self.paper, text))

    def warn(self, text: str) -> None:
        """Write a diagnostic: to stderr, apart from the conversation, or above the edited line."""
        paper = paper_of(self._warnings)
        with suppress(OSError, ValueError):  # where nobody reads, only the warning is lost
            print(paper.paint(paragraph(paper, printable(text)), YELLOW), file=self._warnings, flush=True)


class ProgressLine:
    """A line on stderr that changes, where that is a terminal; elsewhere nothing is written."""

    def __init__(self) -> None:
        self._stream = sys.stderr
        self._cells = paper_of(sys.stderr).cells or 0
        self._shown = 0  # cells

    def show(self, text: str) -> None:
        """Let the line say this; "": nothing."""
        if not self._cells:
            return
        text = printable(text)
        if width(text) >= self._cells:
            text = clip(text, 0, self._cells - 2) + "…"
        with suppress(OSError, ValueError):
            print(f"\r{ljust(text, self._shown)}" + (f"\r{text}" if width(text) < self._shown else ""), end="",
                  file=self._stream, flush=True)  # fmt: skip
        self._shown = width(text)

    def clear(self) -> None:
        """Leave nothing of it, before something else is written."""
        if self._shown:
            self.show("")
            with suppress(OSError, ValueError):
                print("\r", end="", file=self._stream, flush=True)


def paper_of(stream: TextIO) -> Paper:
    if not is_terminal(stream):
        return Paper()
    try:
        cells = os.get_terminal_size(stream.fileno()).columns
    except OSError:  # not every terminal knows
        cells = 0
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"  # see https://no-color.org
    return Paper(cells or 80, colour)


def can_edit() -> bool:
    """Whether stdin and stdout are a terminal on which a line can be edited."""
    return is_terminal(sys.stdin) and is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb"


def shell_quoted(argument: str, otherwise: str | None = None) -> str:
    """How an argument is typed in any shell (POSIX, cmd.exe, PowerShell), so that it is one argument and nothing of it
    is run: bare or in double quotes. What the shells read differently is replaced by `otherwise`, which is plain, or
    quoted for a POSIX shell."""
    if re.fullmatch(r"[\w.+/][\w.@+=:/#-]*", argument):  # PowerShell reads @x as a variable, zsh =x as a program
        return argument
    if argument.isprintable() and not argument.startswith("-") and not set(argument) & set('"$`!%\\“”„'):
        return f'"{argument}"'
    return otherwise or shlex.quote(argument)


class ToStderr(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        print_diagnostic(self.format(record))


def log_to_stderr(level: str) -> None:
    """`level`: debug, info, warning or error."""
    handler = ToStderr()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler])
