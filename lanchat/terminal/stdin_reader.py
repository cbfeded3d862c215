"""Input that is not typed in the editor: lines of a pipe or file, read on a thread of its own.

Each line becomes a Typed, the end an InputEnded. It reads only as many lines as are allowed, so that the writer of the
pipe waits and no memory fills. `InputSource` is the interface it shares with the Editor.
"""

from __future__ import annotations

import codecs
import io
import os
import select
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lanchat.core.limits import TEXT_CHARACTERS, TEXT_LINES
from lanchat.core.model import EntryId, RoomId
from lanchat.core.translate import _
from lanchat.engine.commands import FileChange, MessageChange
from lanchat.terminal.console import InputEnded, Typed
from lanchat.terminal.own_messages import SendStatus

_READ_BYTES = 65_536
_MAX_LINE_CHARACTERS = 4 << 20  # the longest message, each character escaped in JSON, has 50,000
AHEAD = 200  #: lines read before the first is stored: as many as the Engine stores together
_COUNT_SECONDS = 0.2  # to count untaken lines: of an endless input only the beginning is counted


class InputSource:
    """Where lines come from: between `start` and `stop` it posts them to a Console."""

    def start(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError

    def show(self, status: SendStatus) -> None:
        """What is shown around the edited line; a pipe has none."""

    def ring(self) -> None:
        """Somebody mentioned the person; a pipe has no bell."""

    def show_typists(self, words: str) -> None:
        """Who else is writing, in words; "": nobody."""

    def set_completions(self, words: Iterable[str]) -> None:
        """What Tab completes: words that begin with @ or /."""

    def allow_lines(self, lines: int) -> None:
        """Allow so many more lines to be posted; a person needs no flow control."""

    def untaken_lines(self, taken: int) -> int:
        """After `stop`: how many lines came after the first `taken`."""
        return 0


class LineReader(InputSource):
    """Reads a descriptor, not `sys.stdin`: a thread blocked in the latter holds a lock, and the interpreter crashes at
    its end waiting for that. The thread is a daemon, since nothing can end a blocked read."""

    def __init__(self, post: Callable[[Typed | InputEnded], None], descriptor: int = 0) -> None:
        self._post = post
        self._descriptor = descriptor
        self._allowed = threading.Semaphore(AHEAD)
        self._stopped = False
        self._lines_read = 0  # posted or not

    def start(self) -> None:
        threading.Thread(target=self._read, name="lines", daemon=True).start()

    def stop(self) -> None:
        """A blocked read cannot be ended, but posts nothing after this."""
        self._stopped = True
        self._allowed.release()

    def allow_lines(self, lines: int) -> None:
        self._allowed.release(lines)

    def untaken_lines(self, taken: int) -> int:
        untaken = self._lines_read - taken
        until = time.monotonic() + _COUNT_SECONDS
        while time.monotonic() < until and self._has_more() and (piece := self._next_piece()):
            untaken += piece.count(b"\n")
        return untaken

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")  # PowerShell writes a byte order mark
        partial = io.StringIO()  # of an unfinished line
        while piece := self._next_piece():
            head, *others = decoder.decode(piece).split("\n")
            self._lines_read += len(others)
            for start in others:
                _add(partial, head)
                if not self._post_line(partial.getvalue().removesuffix("\r")):
                    return
                partial, head = io.StringIO(), start
            _add(partial, head)
        _add(partial, decoder.decode(b"", final=True))
        if partial.tell():
            self._lines_read += 1
            if not self._post_line(partial.getvalue()):
                return
        self._post(InputEnded())

    def _post_line(self, line: str) -> bool:
        """Wait until another line is allowed, and post it; False after `stop`."""
        self._allowed.acquire()
        if not self._stopped:
            self._post(Typed(line))
        return not self._stopped

    def _has_more(self) -> bool:
        """Whether a read would not block."""
        try:
            return bool(select.select([self._descriptor], [], [], 0)[0])
        except (OSError, ValueError):  # Windows selects sockets only
            return False

    def _next_piece(self) -> bytes:
        try:
            return os.read(self._descriptor, _READ_BYTES)
        except OSError:  # stdin is closed or hung up
            return b""


def _add(line: io.StringIO, more: str) -> None:
    """Add to an unfinished line; what exceeds the limit is dropped, as of /dev/zero: it is too long to be sent."""
    line.write(more[: max(0, _MAX_LINE_CHARACTERS - line.tell())])


@dataclass(frozen=True, slots=True)
class MessageInput:
    text: str
    ref: str = ""  #: a program's own name for it
    problem: str = ""  #: why it cannot be sent, as far as the line shows
    to: str = ""  #: the key or nick of the only member who is to read it; "": everybody
    reply_to: EntryId | None = None  #: the message that it answers
    change: Callable[[RoomId], MessageChange] | None = None  #: instead of a message: what it changes in the room
    files: tuple[str, ...] = ()  #: paths of what is offered; `text` is said beside it
    file_change: Callable[[RoomId], FileChange] | None = None  #: instead of a message: what becomes of offered files
    slash: str = ""  #: instead of a message: what a person would type


def text_problem(text: str) -> str:
    """Why a text cannot be sent, in words for the person; "" when it can."""
    if len(text) > TEXT_CHARACTERS:
        return _("Too long: {n} characters, and {most} go in one message.").format(n=len(text), most=TEXT_CHARACTERS)
    if not text:
        return _("There is nothing to send.")
    lines = text.count("\n") + 1
    if lines > TEXT_LINES:
        return _("Too long: {n} lines, and {most} go in one message.").format(n=lines, most=TEXT_LINES)
    return ""
