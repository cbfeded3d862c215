"""Lines from a pipe or file: each becomes a Typed, the end an InputEnded. Has a thread of its own."""

from __future__ import annotations

import codecs
import os
import threading
from collections.abc import Callable, Iterable

from lanchat.terminal.console import InputEnded, Typed
from lanchat.terminal.mine import Below

_AT_ONCE = 65_536


class Lines:
    """Reads a descriptor, not `sys.stdin`: a thread blocked inside that holds a lock which the interpreter, at its end,
    waits for and then dies of. The thread is a daemon: nothing can end a read, but nobody waits for it either."""

    def __init__(self, tell: Callable[[Typed | InputEnded], None], descriptor: int = 0) -> None:
        self._tell = tell
        self._descriptor = descriptor

    def start(self) -> None:
        threading.Thread(target=self._read, name="lines", daemon=True).start()

    def stop(self) -> None:
        pass  # a read cannot be ended, and says nothing to anybody after this

    def show(self, below: Below) -> None:
        pass  # a pipe has no line being written

    def offer(self, words: Iterable[str]) -> None:
        pass

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        held = ""
        while piece := self._next_piece():
            *lines, held = (held + decoder.decode(piece)).split("\n")
            for line in lines:
                self._tell(Typed(line.removesuffix("\r")))
        held += decoder.decode(b"", final=True)
        if held:
            self._tell(Typed(held))
        self._tell(InputEnded())

    def _next_piece(self) -> bytes:
        try:
            return os.read(self._descriptor, _AT_ONCE)
        except OSError:  # a closed or hung-up stdin says nothing more
            return b""
