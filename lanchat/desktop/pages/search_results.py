"""LiveSearch, which searches while somebody types, and excerpts: the part of a found message that is shown, with marks.

An excerpt marks words as the search finds them: by their beginnings, without case and accents; in scripts without
case, most of which have no spaces, anywhere.
"""

from __future__ import annotations

import re
import tkinter as tk
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from msgspec import Struct

from lanchat.core.formatting import TextSpan, formatted
from lanchat.core.model import RoomId
from lanchat.core.text import extends, shown_text
from lanchat.desktop.pages.background_reader import BackgroundReader
from lanchat.desktop.view_context import ViewContext
from lanchat.storage import search_text
from lanchat.storage.reader import Hit, Reader
from lanchat.storage.search_filters import SearchFault, words_of


class SearchResult(Struct, frozen=True):
    """What a search for `words` has found, newest first."""

    words: str
    hits: tuple[Hit, ...] = ()
    problem: str = ""  #: why the search failed, in words; "" if it did not


class LiveSearch(BackgroundReader[str, SearchResult]):
    """Searches for the words that were typed last."""

    def __init__(
        self, view: tk.Misc, context: ViewContext, most: int, tell: Callable[[SearchResult], None],
        room_id: RoomId | None = None,
    ) -> None:  # fmt: skip
        """`most`: hits. Without `room_id` all rooms are searched."""
        super().__init__(view, context, tell)
        self._most, self._room_id = most, room_id

    def read(self, reader: Reader, question: str) -> SearchResult:
        if not question.strip():
            return SearchResult(question)
        try:
            hits = tuple(reader.search(question, self._room_id, self._most, self._context.state.me))
        except SearchFault as fault:
            return self.failed(question, str(fault))
        return SearchResult(question, hits)

    def failed(self, question: str, problem: str) -> SearchResult:
        return SearchResult(question, problem=problem)


_NEAR, _BEFORE = 36, 24  #: characters: with a match that near, all before it is shown; else so much
_EXCERPT_CHARACTERS = 240  #: more than fit in a line of the widest window
_SENTENCE = ",;:!?\"'()"  # around a word: not looked for
_TOKENS = re.compile(r"[^\W_]+|[^\w\s]")
_WORD = re.compile(r"\S+")


class ExcerptPart(Struct, frozen=True):
    """A part of an excerpt; `found`: it was searched for, and is marked; `style`: see `core.formatting`."""

    text: str
    found: bool
    style: int = 0


def excerpt(text: str, words: str) -> list[ExcerptPart]:
    """One line of a message in its format, with the first match near its beginning."""
    line, styles = _in_one_line(shown_text(text))
    spans = found_in(line, words)
    start = _start(line, spans[0][0]) if spans else 0
    end = max(start + _EXCERPT_CHARACTERS, spans[0][1] if spans else 0)
    found = [False] * len(line)
    for first, last in spans:
        found[first:last] = [True] * (last - first)
    ellipsis = [ExcerptPart("…", found=False)] if start else []
    return ellipsis + _parts(line[start:end], found[start:end], styles[start:end])


def _in_one_line(text: str) -> tuple[str, list[int]]:
    """A text without its marks and line ends, and the style of each of its characters."""
    letters: list[str] = []
    styles: list[int] = []
    for block in formatted(text):
        spans = [TextSpan(f" {block.marker} "), *block.spans]
        for span in spans:
            for character in span.text:
                if not character.isspace():
                    letters.append(character)
                    styles.append(span.style)
                elif letters and letters[-1] != " ":
                    letters.append(" ")
                    styles.append(span.style)
    end = len(letters) - (letters[-1:] == [" "])
    return "".join(letters[:end]), styles[:end]


def _parts(text: str, found: Sequence[bool], styles: Sequence[int]) -> list[ExcerptPart]:
    looks = zip(text, zip(found, styles, strict=True), strict=True)
    return [
        ExcerptPart("".join([character for character, _look in group]), *look)
        for look, group in groupby(looks, key=itemgetter(1))
    ]


def whole_words(pieces: list[ExcerptPart]) -> list[ExcerptPart]:
    """Extend marks and formats to whole words: where letters are joined, a part of a word cannot be drawn alone."""
    text, found, styles = "".join(piece.text for piece in pieces), list[bool](), list[int]()
    for piece in pieces:
        found += [piece.found] * len(piece.text)
        styles += [piece.style] * len(piece.text)
    for word in _WORD.finditer(text):
        here = slice(*word.span())
        found[here] = [any(found[here])] * len(word.group())
        styles[here] = [styles[word.start()]] * len(word.group())
    return _parts(text, found, styles)


def found_in(text: str, words: str) -> list[tuple[int, int]]:
    """Start and end of each match, in order, not overlapping. `words`: as typed, perhaps with filters."""
    folded, places = _folded(text)
    found: list[tuple[int, int]] = []
    words = words_of(words)
    spelled = {_folded(word)[0] for word in words.split() if search_text.signs(word.strip(_SENTENCE))}
    tokens = set(_tokens(" ".join(word for word in words.split() if _folded(word)[0] not in spelled)))
    for token in tokens:
        found += ((places[start], places[end - 1] + 1) for start, end in _occurrences(folded, token))
    for word in spelled:  # "C#" stands out, and no C elsewhere
        found += (
            (places[match.start()], places[match.end() - 1] + 1)
            for match in re.finditer(re.escape(word.strip(_SENTENCE)), folded)
        )
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
        plain = character.translate(search_text.PLAIN).casefold()
        bare = [one for one in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(one)]
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
