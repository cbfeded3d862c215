"""Mentions: where a text names a person (`@Ana`) or everybody (`@everyone`, `@all`). Pure, any thread.

The one place that decides it: for the window, the terminal, notifications and what is unread. Only the room's host
may name everybody; each client checks that the author is the host, and to others these are plain words.

Peers write the texts: everything here takes at most time in proportion to their length.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from lanchat.core.formatting import formatted, may_mention
from lanchat.core.limits import NICK_CHARACTERS
from lanchat.core.message import Message
from lanchat.core.model import MemberKey
from lanchat.core.nicks import Nicks
from lanchat.core.text import extends

EVERYBODY = ("everyone", "all")  #: as in other chats, in every language; the first is the one that is offered

_MOST = 50  # mentions in one text: one of nothing but @ must not take longer
#: Scripts without spaces between words, where a name may be followed by a letter. `re` compiles it at its first use.
_UNSPACED = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)

_ANY_SIGN = re.compile("[@\uff20]")
_WORD_START = re.compile(r"\b\w")


def mentions(message: Message, me: MemberKey, nick: str, host: MemberKey | None) -> bool:
    """Whether a message of somebody else names me. `nick`: mine; `host`: of its room, as far as it is known."""
    return message.author != me and names(message.text, nick, everybody=message.author == host)


def names(text: str, nick: str, *, everybody: bool) -> bool:
    """Whether `text` names the person called `nick`, not in code. `everybody`: @everyone does, since the host
    wrote it."""
    if not ("@" in text or "\uff20" in text) or not mention_spans(text, nick, everybody=everybody):
        return False
    return any(
        may_mention(span) and mention_spans(span.text, nick, everybody=everybody)
        for block in formatted(text)
        for span in block.spans
    )


def mention_spans(text: str, nick: str, *, everybody: bool) -> list[tuple[int, int]]:
    """(start, end) of every mention in `text`, the @ included, in order and apart from each other."""
    called = (nick, *(EVERYBODY if everybody else ()))
    spans: list[tuple[int, int]] = []
    last = 0
    if not any(called):
        return spans
    for at in islice(_signs(called).finditer(text), _MOST):
        if at.start() >= last and _begins_word(text, at.start()) and (end := _end(text, at.end(), called)):
            spans.append((at.start(), last := end))
    return spans


def member_spans(text: str, nicks: Nicks) -> list[tuple[int, int, MemberKey]]:
    """(start, end, who) of every @ before the nick of somebody we have met, in order and apart from each other. Of two
    nicks that begin alike the longer one is meant."""
    found: list[tuple[int, int, MemberKey]] = []
    last = 0
    for at in islice(_ANY_SIGN.finditer(text), _MOST):
        begin = at.end()
        if at.start() < last or not _begins_word(text, at.start()):
            continue
        for end in range(min(len(text), begin + NICK_CHARACTERS), begin, -1):
            if _ends_word(text, end) and (member := nicks.member_named(text[begin:end])) is not None:
                found.append((at.start(), end, member))
                last = end
                break
    return found


def _end(text: str, begin: int, called: tuple[str, ...]) -> int:
    """Where the name that begins at `begin` ends; 0: none does."""
    found = (name.match(text, begin) for name in _patterns(called))
    return next((match.end() for match in found if match and _ends_word(text, match.end())), 0)


@lru_cache(maxsize=8)
def _signs(called: tuple[str, ...]) -> re.Pattern[str]:
    """Matches an @ before one of these names."""
    return re.compile(f"[@\uff20](?={'|'.join(name.pattern for name in _patterns(called))})", re.IGNORECASE)


@lru_cache(maxsize=8)
def _patterns(called: tuple[str, ...]) -> list[re.Pattern[str]]:
    return [re.compile(re.escape(name), re.IGNORECASE) for name in called if name]


def _begins_word(text: str, at: int) -> bool:
    """Whether no word goes on at `at`, as in `ben@ana.example` and `https://pages.example/@ana`."""
    return at == 0 or not (text[at - 1] == "/" or _is_of_word(text[at - 1]))


def _ends_word(text: str, at: int) -> bool:
    """Whether a word ends at `at`: not in `@anastasia`, nor before a mark that changes the last letter."""
    if at == len(text):
        return True
    if extends(text[at]):
        return False
    return bool(re.match(_UNSPACED, text[at - 1])) or not _is_of_word(text[at])


def _is_of_word(character: str) -> bool:
    return (character.isalnum() or character == "_") and not re.match(_UNSPACED, character)


def is_begun(name: str, begun: str) -> bool:
    """Whether what was typed after the @ may become this name: it begins the name, or any of its words."""
    name, begun = name.casefold(), begun.casefold()
    return name.startswith(begun) or any(name.startswith(begun, at.start()) for at in _WORD_START.finditer(name))
