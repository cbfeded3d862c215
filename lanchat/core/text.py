"""Makes text safe to show: what comes from people and from peers is cleaned and bounded. Pure, any thread.

Cleaning twice gives the same as cleaning once. The signed body of an entry is never changed, only what is shown.
"""

from __future__ import annotations

import re
import unicodedata

from lanchat.core.limits import NICK_CHARACTERS, TEXT_CHARACTERS, TEXT_LINES, TITLE_CHARACTERS
from lanchat.core.translate import _

#: For a character class of a regular expression: Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt,
#: and the controls of annotations, without JOINERS and TAGS.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
)
#: Needed by scripts and emoji; the first five by Mongolian. Listed one by one, because it is also used as a set.
JOINERS = "\u180b\u180c\u180d\u180e\u180f\u200c\u200d\ufe0e\ufe0f"
#: The plane of tags and of ideographic variation selectors. Flags of regions need some of the tags.
TAGS = "\U000e0000-\U000e0fff"
#: What no text needs: C0 but tab and line feed, DEL and C1.
CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"

_MARKS_IN_A_ROW = 4  # combining marks: no language needs more, and more would cover other lines
_PROBLEM_CHARACTERS = 400  # of a reason

LINE_END = re.compile("\r\n?|[\u2028\u2029]")
_SPACE = re.compile(r"\s+")
_SURROGATE = re.compile("[\ud800-\udfff]")

#: Characters that are never shown: invisible ones, which can deceive, and those that break the display.
_NEVER = re.compile(
    f"[{CONTROLS}{INVISIBLE}"
    "\ufdd0-\ufdef"  # noncharacters
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)

#: A flag of a region, made of tags, or any other character of their plane.
_TAGS = re.compile(f"(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{{2,6}}\U000e007f)|[{TAGS}]")

_UNSEEN = frozenset(("Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Mc", "Me"))  # spaces, controls, marks without a letter

#: What lanchat itself writes where a line begins (an action's asterisk, the dot of notices and private messages, the
#: marks of quotes and days), and what looks like them: no nick begins so, lest a message looks like one of these.
_LINE_MARKS = re.compile(
    "[*\u066d\u204e\u2051\u2055\u2217\u2731-\u2733\u273b\u273d\u2749\u274b\ufe61\uff0a\U0001031f"
    "\u00b7\u0387\u02d9\u1427\u16eb\u2022\u2023\u2027\u2219\u22c5\u25cf\u25e6\u2981\u2e31\u2e33\u30fb\ua78f\uff65\U00010101"
    ">\u02c3\u203a\u276f\ufe65\uff1e|\u2014\u2015\u2500-\u257f\u2713\u2714\u2717\u2718]"
)

_BLANK = "\u2800\U0001d159"  # symbols that show nothing


def clean_text(text: str) -> str:
    """A text of several lines, made safe to show; "" when it would show nothing."""
    text = LINE_END.sub("\n", _SURROGATE.sub("\ufffd", text))
    text = few_marks(unicodedata.normalize("NFC", few_marks(_without_tags(_NEVER.sub("", text)))))
    text = text.strip("\n").rstrip()
    return "" if shows_nothing(text) else text


def shows_nothing(text: str) -> bool:
    """Whether a text, cleaned or not, has no visible character. Stops at the first visible one."""
    if text[:1].isascii() and text[:1].isalnum():  # most texts: ten times faster
        return False
    return all(map(_unseen, text))


def _unseen(one: str) -> bool:
    return bool(one in _BLANK or unicodedata.category(one) in _UNSEEN or _NEVER.match(one) or _TAGS.match(one))


def extends(character: str) -> bool:
    """Whether a character belongs to the one before it: a combining mark or a joiner."""
    return character in JOINERS or unicodedata.category(character).startswith("M")


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
    """A nick or title: one line of at most `most` characters; "" when it would show nothing."""
    text = _without_tags(_SPACE.sub(" ", clean_text(text)).strip()[:most]).rstrip()
    return "" if shows_nothing(text) else text


def _without_tags(text: str) -> str:
    """Without tags that are not part of a flag."""
    return text if text.isascii() else _TAGS.sub(r"\1", text)


def few_marks(text: str) -> str:
    """Without combining marks beyond _MARKS_IN_A_ROW. Normalising a long row of them takes time by its square."""
    if text.isascii() or "M" not in "".join(map(unicodedata.category, text)):
        return text
    kept = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)


def clean_nick(nick: str) -> str:
    """A nick in one line, without marks at its beginning that are lanchat's own; "" when it would show nothing."""
    nick = clean_line(nick, NICK_CHARACTERS)
    marks = 0
    for count, character in enumerate(nick, 1):
        if _LINE_MARKS.match(character):
            marks = count
        elif not _unseen(character):
            break
        elif marks:
            marks = count  # what stands on such a mark goes with it
    return nick[marks:]


def shown_nick(nick: str) -> str:
    """A nick as it is shown."""
    return clean_nick(nick) or _("someone")


def shown_title(title: str) -> str:
    """A room's title as it is shown."""
    return clean_line(title, TITLE_CHARACTERS) or _("(no title)")


def same_title(one: str, other: str) -> bool:
    """Whether a person who typed one title may mean the other."""
    return shown_title(one).casefold() == shown_title(other).casefold()


def shown_problem(problem: str) -> str:
    """A reason as it is shown, cleaned because it may come from the other side's program."""
    return clean_line(problem, _PROBLEM_CHARACTERS)


def as_sentence(problem: str) -> str:
    """A reason as a sentence of its own: with a capital letter and a full stop."""
    words = shown_problem(problem)
    return words[:1].upper() + words[1:] + ("" if not words or words.endswith((".", "!", "?", "…")) else ".")
