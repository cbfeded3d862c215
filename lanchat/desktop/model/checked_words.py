"""Which words of a text are looked up in a dictionary, and which are not words of a language at all. Pure.

Not looked up: links, mail addresses, `@names`, `/commands`, `:codes:` of emoji, code, words with digits or signs in
them, single letters, abbreviations and product names (LAN, iPhone).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

CURLY = "\u2019"  #: the apostrophe that phones and word processors write
LONGEST = 50  #: letters of a word that is looked up

#: Letters and the marks that belong to them, which are no letters to `\w`: accents, points, vowel signs.
_LETTER = r"(?:[^\W\d_]|[\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0971-\u0dff])"
_WORD = re.compile(rf"{_LETTER}+(?:['\u2019\u200c\u200d]{_LETTER}+)*")

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_PIECE = re.compile(r"\S+")
_QUOTES = "\"'\u2018\u2019\u201a\u201c\u201d\u201e\u2039\u203a\u00ab\u00bb"
_MARKS = "*_~|"  # of formatting
_OPENING = f"([{{<¿¡{_QUOTES}{_MARKS}"
_CLOSING = f")]}}>.,;:!?…-\u2013\u2014{_QUOTES}{_MARKS}"
_NO_WORDS = ("@", "/", "#", ":", "\\", "$", "--")  # what begins so is none of a language
_SIGNS = re.compile(rf"[\d@/\\_=#$%^&+<>{{}}\[\]|~*:]|{_LETTER}\.{_LETTER}")  # within a piece: an address, a path, code


class CheckedWord(Struct, frozen=True):
    start: int  #: in characters of the text
    end: int
    word: str  #: with a plain apostrophe


def checked_words(text: str) -> Iterator[CheckedWord]:
    """The words to look up, in order. The time it takes is in proportion to the text."""
    done = 0
    for code in _CODE.finditer(text):
        yield from _outside_code(text, done, code.start())
        done = code.end()
    yield from _outside_code(text, done, len(text))


def name_words(name: str) -> list[str]:
    """The words of somebody's name, in lower case."""
    return [plain_word(found[0]).casefold() for found in _WORD.finditer(name)]


def _outside_code(text: str, start: int, end: int) -> Iterator[CheckedWord]:
    for piece in _PIECE.finditer(text, start, end):
        inside = piece[0].lstrip(_OPENING).rstrip(_CLOSING)
        if inside.startswith(_NO_WORDS) or _SIGNS.search(inside):
            continue
        for found in _WORD.finditer(text, piece.start(), piece.end()):
            word = found[0]
            if 1 < len(word) <= LONGEST and not any(map(str.isupper, word[1:])):
                yield CheckedWord(found.start(), found.end(), plain_word(word))


def plain_word(word: str) -> str:
    """The word as dictionaries have it: with a straight apostrophe."""
    return word.replace(CURLY, "'")
