"""Screen: where a face's words go: a terminal, or a file or pipe. Main thread."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TextIO

from lanchat.terminal.output import YELLOW, Paper, paragraph
from lanchat.terminal.standard_streams import is_terminal, showable, write


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
            print(paper.paint(paragraph(paper, showable(text)), YELLOW), file=self._warnings, flush=True)


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
