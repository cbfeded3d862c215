"""Seeker: searches as fast as somebody types. Tk thread; the searching itself is done beside it.

One search at a time. What is typed meanwhile waits for its end, and of that only the last: no search is for nothing,
and none is behind by more than one.

Marks: where the words that were searched for are in a text, and the part of it that is worth a line. Pure.

As the search does, it takes words by their beginnings, without case and accents. Scripts without case are mostly those
without spaces: there a word may be anywhere.
"""

from __future__ import annotations

import re
import tkinter as tk
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from lanchat.core.model import RoomId
from lanchat.core.text import extends, shown_text
from lanchat.desktop.view_context import ViewContext
from lanchat.storage.errors import StorageProblem
from lanchat.storage.reader import Hit, Reader


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search for `words` has found, the newest first."""

    words: str
    hits: tuple[Hit, ...] = ()
    problem: str = ""  #: why there is nothing, in words


class LiveSearch:
    def __init__(
        self,
        view: tk.Misc,
        desk: ViewContext,
        most: int,
        tell: Callable[[SearchResult], None],
        room_id: RoomId | None = None,
    ) -> None:
        """`tell` gets what was found while `view` is there. `most`: hits; without a room: in all rooms."""
        self._view = view
        self._desk = desk
        self._most = most
        self._tell = tell
        self._room_id = room_id
        self._busy = False
        self._next: str | None = None

    def seek(self, words: str) -> None:
        """Search for this; what was to be searched for before is of no interest any more."""
        if self._busy:
            self._next = words
            return
        self._busy = True
        folder, room_id, most = self._desk.kept.folder, self._room_id, self._most
        self._desk.aside(lambda: _search(folder, words, room_id, most), self._done)

    def _done(self, found: SearchResult) -> None:
        self._busy = False
        if not self._view.winfo_exists():
            return
        waiting, self._next = self._next, None
        if waiting is None or waiting == found.words:
            self._tell(found)
        else:
            self.seek(waiting)


def _search(folder: Path, words: str, room_id: RoomId | None, most: int) -> SearchResult:
    if not words.strip():
        return SearchResult(words)
    try:
        reader = Reader.open(folder)
        try:
            return SearchResult(words, tuple(reader.search(words, room_id, most)))
        finally:
            reader.close()
    except StorageProblem as problem:
        return SearchResult(words, problem=str(problem))


_NEAR, _BEFORE = 36, 24  #: a word so near to the beginning is shown with it, another with so much of what is before
_EXCERPT_CHARACTERS = 240  #: characters of a line: more than the widest window shows
_TOKENS = re.compile(r"[^\W_]+|[^\w\s]")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class ExcerptPart:
    """A part of a line; `found`: it is what was searched for."""

    text: str
    found: bool


def excerpt(text: str, words: str) -> list[ExcerptPart]:
    """One line of a peer's text, with the first of the words in it near its beginning."""
    line = " ".join(shown_text(text).split())
    spans = found_in(line, words)
    start = _start(line, spans[0][0]) if spans else 0
    end = start + _EXCERPT_CHARACTERS
    pieces = [ExcerptPart("…", found=False)] if start else []
    at = start
    for first, last in spans:
        if last > end:
            break
        if first > at:
            pieces.append(ExcerptPart(line[at:first], found=False))
        pieces.append(ExcerptPart(line[first:last], found=True))
        at = last
    if line[at:end]:
        pieces.append(ExcerptPart(line[at:end], found=False))
    return pieces


def whole_words(pieces: list[ExcerptPart]) -> list[ExcerptPart]:
    """What is found goes to the ends of its words: letters that join cannot be told apart in the middle of one."""
    text, found = "".join(piece.text for piece in pieces), list[bool]()
    for piece in pieces:
        found += [piece.found] * len(piece.text)
    for word in _WORD.finditer(text):
        if any(found[word.start() : word.end()]):
            found[word.start() : word.end()] = [True] * len(word.group())
    groups = groupby(zip(text, found, strict=True), key=itemgetter(1))
    return [ExcerptPart("".join(character for character, _found in group), is_found) for is_found, group in groups]


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
