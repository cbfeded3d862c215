"""What came from others, as it may be shown on one line: clean, and of bounded length. Pure.

For texts of many lines there is `core.text.shown_text`.
"""

from __future__ import annotations

from lanchat.core.limits import NICK_CHARACTERS, TITLE_CHARACTERS
from lanchat.core.text import clean_line
from lanchat.core.words import _

_PROBLEM_CHARACTERS = 400


def shown_nick(nick: str) -> str:
    return clean_line(nick, NICK_CHARACTERS) or _("someone")


def shown_title(title: str) -> str:
    return clean_line(title, TITLE_CHARACTERS) or _("(no title)")


def same_title(one: str, other: str) -> bool:
    """Whether a person may mean one by the other."""
    return shown_title(one).casefold() == shown_title(other).casefold()


def shown_problem(problem: str) -> str:
    """A reason may come from the other side's program."""
    return clean_line(problem, _PROBLEM_CHARACTERS)


def as_sentence(problem: str) -> str:
    """A reason that stands by itself."""
    words = shown_problem(problem)
    return words[:1].upper() + words[1:] + ("" if not words or words.endswith((".", "!", "?", "…")) else ".")
