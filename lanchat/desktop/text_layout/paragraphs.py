"""Paragraphs: a paragraph into lines, and the fragments of a line in the order in which they are seen. Pure.

A line with letters from right to left cannot be left to Tk, which puts what comes later further right.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from lanchat.core.text import extends
from lanchat.desktop.emoji.emoji_data import EMOJI
from lanchat.desktop.text_layout.bidi import is_right_to_left, levels, visual_order

#: "letters" are Tk's to draw; "shaped" become a picture.
Kind: TypeAlias = Literal["letters", "space", "emoji", "shaped"]

_TOKEN = re.compile(r"[^\S\u00a0]+|[\S\u00a0]+")  # no line ends at a no-break space
_LATIN = re.compile("[!-~]{4,}")
_STANDS_IN = "\N{OBJECT REPLACEMENT CHARACTER}"  # for an emoji: as neutral as any symbol
#: Scripts that put no space between words, and their vowels that are written before what they follow.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_FIRST_VOWELS = frozenset("\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4")
_LAST_VOWELS = frozenset("\u0e2f\u0e30\u0e32\u0e33\u0e45\u0e46\u0eaf\u0eb0\u0eb2\u0eb3\u0ec6")  # and signs that repeat
_WHOLE_WORDS = frozenset("\ufdf2\ufdfa\ufdfb\ufdfd")  # signs that are whole sentences, as wide as these
_JOINS = 9  # the combining class of what makes one of two letters (virama, coeng)
_UNSPACED_PART, _LONGEST_PART = 8, 24  # characters: where a line may end within a word


class Fragment(Struct, frozen=True):
    text: str
    at: int  #: where it is in the paragraph
    run: int  #: in which of the runs
    kind: Kind
    level: int  #: odd: from right to left
    free: bool  #: a line may begin with it

    @property
    def right_to_left(self) -> bool:
        return self.level % 2 == 1


def base_of(text: str) -> int:
    """The level of a paragraph: 1 from right to left, by its first strong letter; 0."""
    return int(is_right_to_left(text))


def fragments(
    runs: Sequence[str], base: int, draws: Callable[[str, bool], bool], apart: Mapping[int, int] | None = None
) -> list[Fragment]:  # fmt: skip
    """A paragraph of some runs (a link, a mention, …), in the order it is read.

    `base`: the level of the paragraph. `draws`: whether a word, which is written from right to left or not, becomes a
    picture. `apart`: the runs that have an order of their own whatever is around (code, a name), with their level.
    """
    text = "".join(runs)
    run_of = [number for number, run in enumerate(runs) for _character in run]
    found = _levels(runs, base, apart or {})
    done: list[Fragment] = []
    free = False
    for start, end, emoji in _tokens(text):
        if emoji:
            done.append(Fragment(text[start:end], start, run_of[start], "emoji", found[start], free=True))
            free = True
            continue
        space = text[start].isspace() and text[start] != "\u00a0"
        for first, last in _even(start, end, found, run_of):
            piece = text[first:last]
            level, run = found[first], run_of[first]
            if space:
                done.append(Fragment(piece, first, run, "space", level, free=False))
            elif not draws(piece, level % 2 == 1):
                done.append(Fragment(piece, first, run, "letters", level, free))
            else:
                for at, cut in _cut(piece):
                    kind: Kind = "shaped" if draws(cut, level % 2 == 1) else "letters"
                    done.append(Fragment(cut, first + at, run, kind, level, free if at == 0 else _unspaced(cut)))
            free = space
    return done


def lines(found: Sequence[Fragment], width: Callable[[Fragment], int], room: int) -> Iterator[list[Fragment]]:
    """Break fragments into lines, in reading order. `room`: pixels of a line."""
    line: list[Fragment] = []
    used = 0
    for atom in _atoms(found):
        wide = sum(map(width, atom))  # with the space at its end, which is seen at the left of a line to the left
        if line and used + wide > room:
            yield line
            line, used = [], 0
        if wide > room:
            for part in atom:
                for piece in _fitting(part, width, room):
                    here = width(piece)
                    if line and used + here > room:
                        yield line
                        line, used = [], 0
                    line.append(piece)
                    used += here
        else:
            line += atom
            used += wide
    if line:
        yield line


def as_seen(line: Sequence[Fragment], base: int) -> list[Fragment]:
    """The fragments of a line in visual order, from left to right."""
    end = len(line)
    while end and line[end - 1].kind == "space":  # L1
        end -= 1
    placed = [*line[:end], *(replace(part, level=base) for part in line[end:])]
    return [placed[at] for at in visual_order([part.level for part in placed])]


def _levels(runs: Sequence[str], base: int, apart: Mapping[int, int]) -> list[int]:
    """The level of each character; the runs in `apart` are treated as isolates."""
    bare = [EMOJI.sub(lambda match: _STANDS_IN * len(match.group()), run) for run in runs]
    around = (_STANDS_IN * len(run) if number in apart else run for number, run in enumerate(bare))
    found = levels("".join(around), base)
    start = 0
    for number, run in enumerate(bare):
        if number in apart and run:
            own = apart[number]
            more = found[start] - own + (found[start] + own) % 2  # what is inside has the next level that suits it
            found[start : start + len(run)] = [more + level for level in levels(run, own)]
        start += len(run)
    return found


def _tokens(text: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether it is an emoji): words, spaces and emoji."""
    at = 0
    for match in EMOJI.finditer(text):
        yield from ((token.start(), token.end(), False) for token in _TOKEN.finditer(text, at, match.start()))
        yield match.start(), match.end(), True
        at = match.end()
    yield from ((token.start(), token.end(), False) for token in _TOKEN.finditer(text, at))


def _even(start: int, end: int, found: Sequence[int], run_of: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The ranges that have one level and belong to one run."""
    first = start
    for at in range(start + 1, end + 1):
        if at == end or found[at] != found[first] or run_of[at] != run_of[first]:
            yield first, at
            first = at


def _unspaced(text: str) -> bool:
    return _UNSPACED.match(text) is not None


def _cut(word: str) -> Iterator[tuple[int, str]]:
    """(where, part): a picture is never so wide that it fits into no line, and a line may end in a script without
    spaces. What makes one letter of several stays together. An address is Tk's to draw up to where other letters begin.
    """
    start = 0
    latin = _LATIN.match(word)
    if latin is not None and latin.end() < len(word):
        yield 0, latin.group()
        start = latin.end()
    for at in range(start + 1, len(word)):
        long = _LONGEST_PART if word[at] in _WHOLE_WORDS or word[at - 1] in _WHOLE_WORDS else at - start
        if long >= (_UNSPACED_PART if _unspaced(word[at]) else _LONGEST_PART) and _may_cut(word, at):
            yield start, word[start:at]
            start = at
    yield start, word[start:]


def _may_cut(word: str, at: int) -> bool:
    before, after = word[at - 1], word[at]
    return not (
        extends(after)
        or before in "\u200c\u200d"
        or before in _FIRST_VOWELS
        or after in _LAST_VOWELS
        or unicodedata.combining(before) == _JOINS
    )


def _atoms(found: Sequence[Fragment]) -> Iterator[list[Fragment]]:
    """Groups of fragments that are not broken, if there is room."""
    atom: list[Fragment] = []
    for part in found:
        if part.free and atom:
            yield atom
            atom = []
        atom.append(part)
    if atom:
        yield atom


def _fitting(part: Fragment, width: Callable[[Fragment], int], room: int) -> Iterator[Fragment]:
    """Cut a word that is wider than a line into fragments that are not."""
    while part.kind == "letters" and len(part.text) > 1 and width(part) > room:
        ends = range(1, len(part.text))
        end = max(1, bisect_right(ends, room, key=lambda end: width(replace(part, text=part.text[:end]))))
        yield replace(part, text=part.text[:end])
        part = replace(part, text=part.text[end:], at=part.at + end)
    yield part
