"""LiveSearch, which searches while somebody types, and excerpts: the part of a found message that is shown, with marks.

One search runs at a time, on another thread. Of what is typed meanwhile only the last words are searched for next, so
that no result is late by more than one search. An excerpt marks words as the search finds them: by their beginnings,
without case and accents; in scripts without case, most of which have no spaces, anywhere.
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
    """What a search for `words` has found, newest first."""

    words: str
    hits: tuple[Hit, ...] = ()
    problem: str = ""  #: why the search failed, in words; "" if it did not


class LiveSearch:
    """Searches for the words that were typed last."""

    def __init__(
        self,
        view: tk.Misc,
        context: ViewContext,
        most: int,
        tell: Callable[[SearchResult], None],
        room_id: RoomId | None = None,
    ) -> None:
        """`tell` is called with each result while `view` exists. `most`: hits. `room_id` None: search all rooms."""
        self._view = view
        self._context = context
        self._most = most
        self._tell = tell
        self._room_id = room_id
        self._busy = False
        self._next: str | None = None

    def seek(self, words: str) -> None:
        """Search for these words, instead of any that are still waiting."""
        if self._busy:
            self._next = words
            return
        self._busy = True
        folder, room_id, most = self._context.kept.folder, self._room_id, self._most
        self._context.run_in_background(lambda: _search(folder, words, room_id, most), self._done)

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


_NEAR, _BEFORE = 36, 24  #: characters: with a match that near, all before it is shown; else so much
_EXCERPT_CHARACTERS = 240  #: more than fit in a line of the widest window
_TOKENS = re.compile(r"[^\W_]+|[^\w\s]")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class ExcerptPart:
    """A part of an excerpt; `found`: it was searched for, and is marked."""

    text: str
    found: bool


def excerpt(text: str, words: str) -> list[ExcerptPart]:
    """One line of a message, with the first match near its beginning."""
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
    """Extend marks to whole words: in scripts with joined letters a part of a word cannot be drawn alone."""
    text, found = "".join(piece.text for piece in pieces), list[bool]()
    for piece in pieces:
        found += [piece.found] * len(piece.text)
    for word in _WORD.finditer(text):
        if any(found[word.start() : word.end()]):
            found[word.start() : word.end()] = [True] * len(word.group())
    groups = groupby(zip(text, found, strict=True), key=itemgetter(1))
    return [ExcerptPart("".join(character for character, _found in group), is_found) for is_found, group in groups]


def found_in(text: str, words: str) -> list[tuple[int, int]]:
    """Start and end of each match, in order, not overlapping."""
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
    """`text` without case and accents, and for each of its characters the index in `text` that it comes from."""
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
    """The end of the combining characters that follow the last character."""
    while end < len(text) and extends(text[end]):
        end += 1
    return end


def _start(line: str, first: int) -> int:
    """Where an excerpt with the match at `first` begins: at the beginning of the text or of a word."""
    if first <= _NEAR:
        return 0
    space = line.find(" ", first - _BEFORE, first)
    start = space + 1 if space >= 0 else first - _BEFORE // 2
    while start and (extends(line[start]) or line[start - 1] == "\u200d"):
        start -= 1
    return start
