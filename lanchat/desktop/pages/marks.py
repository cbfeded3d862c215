"""Marks: where the words that were searched for are in a text, and the part of it that is worth a line. Pure.

As the search does, it takes words by their beginnings, without case and accents. Scripts without case are mostly those
without spaces: there a word may be anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from lanchat.core.text import extends, shown_text

_NEAR, _BEFORE = 36, 24  #: a word so near to the beginning is shown with it, another with so much of what is before
_MOST = 240  #: characters of a line: more than the widest window shows
_TOKENS = re.compile(r"[^\W_]+|[^\w\s]")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line; `found`: it is what was searched for."""

    text: str
    found: bool


def excerpt(text: str, words: str) -> list[Piece]:
    """One line of a peer's text, with the first of the words in it near its beginning."""
    line = " ".join(shown_text(text).split())
    spans = found_in(line, words)
    start = _start(line, spans[0][0]) if spans else 0
    end = start + _MOST
    pieces = [Piece("…", found=False)] if start else []
    at = start
    for first, last in spans:
        if last > end:
            break
        if first > at:
            pieces.append(Piece(line[at:first], found=False))
        pieces.append(Piece(line[first:last], found=True))
        at = last
    if line[at:end]:
        pieces.append(Piece(line[at:end], found=False))
    return pieces


def whole_words(pieces: list[Piece]) -> list[Piece]:
    """What is found goes to the ends of its words: letters that join cannot be told apart in the middle of one."""
    text, found = "".join(piece.text for piece in pieces), list[bool]()
    for piece in pieces:
        found += [piece.found] * len(piece.text)
    for word in _WORD.finditer(text):
        if any(found[word.start() : word.end()]):
            found[word.start() : word.end()] = [True] * len(word.group())
    groups = groupby(zip(text, found, strict=True), key=itemgetter(1))
    return [Piece("".join(character for character, _found in group), is_found) for is_found, group in groups]


def found_in(text: str, words: str) -> list[tuple[int, int]]:
    """Where the words are: start and end of each, in order; none lies over another."""
    folded, places = _folded(text)
    found: list[tuple[int, int]] = []
    for token in set(_tokens(words)):
        found += ((places[start], places[end - 1] + 1) for start, end in _occurrences(folded, token))
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return [(start, _with_marks(text, end)) for start, end in apart]


def _tokens(words: str) -> Iterator[str]:
    for token in _TOKENS.findall(_folded(unicodedata.normalize("NFC", words))[0]):
        if token.isalnum() or ord(token) > 0x2000:  # an emoji or a symbol is searched for; a comma is not
            yield token


def _occurrences(text: str, token: str) -> Iterator[tuple[int, int]]:
    anywhere = token.lower() == token.upper() and not token.isdigit()
    at = text.find(token)
    while at >= 0:
        end = at + len(token)
        begins = at == 0 or not text[at - 1].isalnum()
        whole = len(token) > 1 or end == len(text) or not text[end].isalnum()
        if anywhere or (begins and whole):
            yield at, end
        at = text.find(token, end)


def _folded(text: str) -> tuple[str, list[int] | range]:
    """Without case and accents; and where in `text` each character of that comes from."""
    if text.isascii():
        return text.lower(), range(len(text))
    folded: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        bare = [one for one in unicodedata.normalize("NFKD", character.casefold()) if not unicodedata.combining(one)]
        folded += bare
        places += [at] * len(bare)
    return "".join(folded), places


def _with_marks(text: str, end: int) -> int:
    """Where what belongs to the last character ends."""
    while end < len(text) and extends(text[end]):
        end += 1
    return end


def _start(line: str, first: int) -> int:
    """Where a line begins that has `first` in it: at its own beginning, or else at a word's."""
    if first <= _NEAR:
        return 0
    space = line.find(" ", first - _BEFORE, first)
    start = space + 1 if space >= 0 else first - _BEFORE // 2
    while start and (extends(line[start]) or line[start - 1] == "\u200d"):
        start -= 1
    return start
