"""Text as it may be shown: what comes from people and from peers passes through here, when composed and when shown.

Pure, any thread. Cleaning twice is cleaning once. An entry's signed body is never altered, only what is shown of it.
"""

from __future__ import annotations

import re
import unicodedata

from lanchat.core.limits import TEXT_CHARACTERS, TEXT_LINES

_MARKS_IN_A_ROW = 4  # more only climb over the neighbours' lines; no language needs them

LINE_END = re.compile("\r\n?|[\u2028\u2029]")
_SPACE = re.compile(r"\s+")
_SURROGATE = re.compile("[\ud800-\udfff]")

#: Characters that are never shown: they have no look of their own and deceive, or break what shows them.
_NEVER = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and line feed, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction: text that reads as what it is not
    "\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\ufffb"  # invisible; ZWJ and ZWNJ stay, scripts and emoji need them
    "\ufdd0-\ufdef"  # noncharacters
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)

#: Tags and what else has no look in their plane, which can carry hidden text; the flags of regions are made of some.
_TAGS = re.compile("(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f)|[\U000e0000-\U000e0fff]")

_UNSEEN = frozenset(("Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Mc", "Me"))  # spaces, controls, marks without a letter

#: Letters and symbols that show nothing.
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U0001d159")


def clean_text(text: str) -> str:
    """A text of several lines, made safe to show; "" when nothing of it would be seen."""
    text = LINE_END.sub("\n", _SURROGATE.sub("\ufffd", text))
    text = _few_marks(unicodedata.normalize("NFC", _without_tags(_NEVER.sub("", text))))
    text = text.strip("\n").rstrip()
    return "" if shows_nothing(text) else text


def shows_nothing(text: str) -> bool:
    """Whether nothing of a text would be seen, clean or not. Costs little where its first character would be."""
    return not any(
        one not in _BLANK
        and unicodedata.category(one) not in _UNSEEN
        and not _NEVER.match(one)
        and not _TAGS.match(one)
        for one in text
    )


def shown_text(text: str, characters: int = TEXT_CHARACTERS, lines: int = TEXT_LINES) -> str:
    """A peer's text as it is shown: clean, and cut with an ellipsis where it is longer than anybody may write."""
    text = clean_text(text)
    parts = text.split("\n", lines)
    if len(parts) > lines:
        text = "\n".join([*parts[: lines - 1], "…"])
    if len(text) > characters:
        text = _without_tags(text[: characters - 1]).rstrip() + "…"
    return text


def clean_line(text: str, most: int) -> str:
    """A nick or title: one line of at most `most` characters; "" when nothing of it would be seen."""
    text = _without_tags(_SPACE.sub(" ", clean_text(text)).strip()[:most]).rstrip()
    return "" if shows_nothing(text) else text


def _without_tags(text: str) -> str:
    return text if text.isascii() else _TAGS.sub(r"\1", text)


def _few_marks(text: str) -> str:
    if text.isascii():
        return text
    kept = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)
