"""Hand: the person's, or the pipe's, side of a conversation: where lines come from, and how far they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from lanchat.core.limits import TEXT_CHARACTERS, TEXT_LINES
from lanchat.core.translate import _
from lanchat.terminal.console import InputEnded, LeaveAsked, Typed
from lanchat.terminal.mine import Below

Tell = Callable[[Typed | InputEnded | LeaveAsked], None]


@dataclass(frozen=True, slots=True)
class Given:
    """What is to be said, by a person or a program."""

    text: str
    ref: str = ""  #: what a program knows it by
    problem: str = ""  #: why it cannot be said, as far as that is known yet


class Hand(Protocol):
    """Between `start` and `stop` it tells a Console what was typed."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def show(self, below: Below) -> None: ...

    def offer(self, words: Iterable[str]) -> None:
        """What may be completed: whole words, beginning with @ or /."""

    def go_on(self, lines: int) -> None:
        """As many lines more may be told."""

    def left_over(self, taken: int) -> int:
        """After the end: how many lines came after the first `taken`."""


def unfit(text: str) -> str:
    """What keeps a text from being said, in words; "" for nothing."""
    if len(text) > TEXT_CHARACTERS:
        return _("Too long: {n} characters, and {most} go in one message.").format(n=len(text), most=TEXT_CHARACTERS)
    if not text:
        return _("There is nothing to send.")
    lines = text.count("\n") + 1
    if lines > TEXT_LINES:
        return _("Too long: {n} lines, and {most} go in one message.").format(n=lines, most=TEXT_LINES)
    return ""
