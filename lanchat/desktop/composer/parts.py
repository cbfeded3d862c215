"""A text that is too long for one message, in several. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lanchat.core.text import clean_text
from lanchat.desktop.composer.written import split

#: Where a text is best cut: between paragraphs, lines, sentences, words.
_CUTS = tuple(re.compile(pattern) for pattern in (r"\n[ \t]*\n", r"\n", r"[.!?…。！？](?:\s+|(?<=[。！？]))", r"\s+"))  # noqa: RUF001
_WORTH = 0.5  # a part is at least so full, where there is any such place


def is_too_long(text: str, characters: int, lines: int) -> bool:
    """It cannot be one message of so many characters and lines."""
    if len(text) <= characters and text.count("\n") < lines:
        return False  # cleaning only ever shortens
    said = clean_text(text)
    return len(said) > characters or said.count("\n") >= lines


def parts(text: str, characters: int, lines: int) -> list[str]:
    """What to say one after the other instead: nothing but the blanks at the cuts is lost."""
    return [part for part in _parts(clean_text(text), characters, lines) if part]


def _parts(text: str, characters: int, lines: int) -> Iterator[str]:
    while is_too_long(text, characters, lines):
        room = _first_lines(text, lines)[:characters]
        end = _cut(text, room)
        yield clean_text(text[:end])
        text = text[end:].lstrip("\n") if text[end : end + 1] == "\n" else text[end:].lstrip(" ")
    yield clean_text(text)


def _first_lines(text: str, lines: int) -> str:
    end = -1
    for _line in range(lines):
        end = text.find("\n", end + 1)
        if end < 0:
            return text
    return text[:end]


def _cut(text: str, room: str) -> int:
    """Where to cut `text`, the beginning of which there is `room` for."""
    if text[len(room) : len(room) + 1].isspace():
        return len(room)
    least = int(len(room) * _WORTH)
    for pattern in _CUTS:
        ends = [match.end() for match in pattern.finditer(room, least)]
        if ends:
            return ends[-1]
    units = split(text[: len(room) + 1])  # no place at all: at least no emoji is cut
    return len("".join(units[:-1])) or len(room)
