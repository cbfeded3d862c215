"""Lines from a pipe or file: each becomes a Typed, the end an InputEnded. Has a thread of its own.

It reads only as fast as it is told to go on, so whoever writes into the pipe waits, and no memory fills.

Hand: the person's, or the pipe's, side of a conversation: where lines come from, and how far they are.
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
from typing import Protocol

from lanchat.core.limits import TEXT_CHARACTERS, TEXT_LINES
from lanchat.core.translate import _
from lanchat.terminal.console import InputEnded, LeaveAsked, Typed
from lanchat.terminal.own_messages import SendStatus

_AT_ONCE = 65_536
_LINE_MOST = 4 << 20  # characters; a message of the longest, each of them escaped in JSON, is 50,000
AHEAD = 200  #: lines that are told before the first is taken: as many as the Engine puts on disk together
_COUNT_SECONDS = 0.2  # for the lines that are left over: of an endless input only the beginning is counted

Tell = Callable[[Typed | InputEnded | LeaveAsked], None]


class LineReader:
    """Reads a descriptor, not `sys.stdin`: a thread blocked inside that holds a lock which the interpreter, at its end,
    waits for and then dies of. The thread is a daemon: nothing can end a read, but nobody waits for it either."""

    def __init__(self, tell: Callable[[Typed | InputEnded], None], descriptor: int = 0) -> None:
        self._tell = tell
        self._descriptor = descriptor
        self._may_tell = threading.Semaphore(AHEAD)
        self._stopped = False
        self._came = 0  # lines, told or not

    def start(self) -> None:
        threading.Thread(target=self._read, name="lines", daemon=True).start()

    def stop(self) -> None:
        """A read cannot be ended, and says nothing to anybody after this."""
        self._stopped = True
        self._may_tell.release()

    def show(self, below: SendStatus) -> None:
        pass  # a pipe has no line being written

    def offer(self, words: Iterable[str]) -> None:
        pass

    def go_on(self, lines: int) -> None:
        self._may_tell.release(lines)

    def left_over(self, taken: int) -> int:
        left = self._came - taken
        until = time.monotonic() + _COUNT_SECONDS
        while time.monotonic() < until and self._has_more() and (piece := self._next_piece()):
            left += piece.count(b"\n")
        return left

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")  # PowerShell begins with a mark
        held = io.StringIO()  # of a line that goes on
        while piece := self._next_piece():
            begins, *others = decoder.decode(piece).split("\n")
            self._came += len(others)
            for begun in others:
                _add(held, begins)
                if not self._tell_one(held.getvalue().removesuffix("\r")):
                    return
                held, begins = io.StringIO(), begun
            _add(held, begins)
        _add(held, decoder.decode(b"", final=True))
        if held.tell():
            self._came += 1
            if not self._tell_one(held.getvalue()):
                return
        self._tell(InputEnded())

    def _tell_one(self, line: str) -> bool:
        """Waits until that may be; False after the end."""
        self._may_tell.acquire()
        if not self._stopped:
            self._tell(Typed(line))
        return not self._stopped

    def _has_more(self) -> bool:
        """Whether a read would not wait."""
        try:
            return bool(select.select([self._descriptor], [], [], 0)[0])
        except (OSError, ValueError):  # Windows answers for sockets only
            return False

    def _next_piece(self) -> bytes:
        try:
            return os.read(self._descriptor, _AT_ONCE)
        except OSError:  # a closed or hung-up stdin says nothing more
            return b""


def _add(line: io.StringIO, more: str) -> None:
    """A line that never ends, as of /dev/zero, is far too long to be said: the rest of it fills no memory."""
    line.write(more[: max(0, _LINE_MOST - line.tell())])


@dataclass(frozen=True, slots=True)
class MessageInput:
    """What is to be said, by a person or a program."""

    text: str
    ref: str = ""  #: what a program knows it by
    problem: str = ""  #: why it cannot be said, as far as that is known yet


class InputSource(Protocol):
    """Between `start` and `stop` it tells a Console what was typed."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def show(self, below: SendStatus) -> None: ...

    def offer(self, words: Iterable[str]) -> None:
        """What may be completed: whole words, beginning with @ or /."""

    def go_on(self, lines: int) -> None:
        """As many lines more may be told."""

    def left_over(self, taken: int) -> int:
        """After the end: how many lines came after the first `taken`."""


def text_problem(text: str) -> str:
    """What keeps a text from being said, in words; "" for nothing."""
    if len(text) > TEXT_CHARACTERS:
        return _("Too long: {n} characters, and {most} go in one message.").format(n=len(text), most=TEXT_CHARACTERS)
    if not text:
        return _("There is nothing to send.")
    lines = text.count("\n") + 1
    if lines > TEXT_LINES:
        return _("Too long: {n} lines, and {most} go in one message.").format(n=lines, most=TEXT_LINES)
    return ""
