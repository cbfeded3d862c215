"""Mentions: where a text names me, as `@Ana` or, with everybody, as `@all`. Pure, any thread."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from lanchat.core.text import extends

_MOST = 50  # names in one text; a text of nothing but @ must not cost more
_EVERYBODY = ("all", "everyone")  # as people write it in other chats, whatever their language

#: Scripts that put no space between words: there a name ends where it ends. `re` compiles it at its first use.
_UNSPACED = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)


def mention_spans(text: str, nick: str) -> list[tuple[int, int]]:
    """(start, end) of every mention in `text`, the @ included, in order and apart from each other."""
    spans: list[tuple[int, int]] = []
    last = 0
    for at in islice(_signs(nick).finditer(text), _MOST):
        if at.start() >= last and _begins_word(text, at.start()) and (end := _end(text, at.end(), nick)):
            spans.append((at.start(), last := end))
    return spans


def mentions(text: str, nick: str) -> bool:
    """Whether `text` mentions the person called `nick`."""
    return ("@" in text or "\uff20" in text) and bool(mention_spans(text, nick))


def _end(text: str, begin: int, nick: str) -> int:
    """Where the name that begins at `begin` ends; 0: it is not mine."""
    found = (name.match(text, begin) for name in _names(nick))
    return next((match.end() for match in found if match and _ends_word(text, match.end())), 0)


@lru_cache(maxsize=8)
def _signs(nick: str) -> re.Pattern[str]:
    """Matches an @ before one of my names."""
    return re.compile(f"[@\uff20](?={'|'.join(name.pattern for name in _names(nick))})", re.IGNORECASE)


@lru_cache(maxsize=8)
def _names(nick: str) -> list[re.Pattern[str]]:
    return [re.compile(re.escape(name), re.IGNORECASE) for name in (nick, *_EVERYBODY) if name]


def _begins_word(text: str, at: int) -> bool:
    """Not `ben@ana.example`, not a page like `https://pages.example/@ana`."""
    return at == 0 or not (text[at - 1] == "/" or _is_of_word(text[at - 1]))


def _ends_word(text: str, at: int) -> bool:
    """Not `@anastasia`, nor with a mark that makes another letter of the last one."""
    if at == len(text):
        return True
    if extends(text[at]):
        return False
    return bool(re.match(_UNSPACED, text[at - 1])) or not _is_of_word(text[at])


def _is_of_word(character: str) -> bool:
    return (character.isalnum() or character == "_") and not re.match(_UNSPACED, character)
