"""Names and codes of emoji, and searching by them. Any thread; the first use loads the names, which takes some 100 ms.

People search in their own language and in English, which they know from other chats, so both are searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lanchat.desktop.emoji import categories
from lanchat.desktop.emoji.pattern import EMOJI

_LANGUAGES = ("en", "id")
_TONE = re.compile("[\U0001f3fb-\U0001f3ff]")
_FAR = 1_000  # longer than any code
_APART = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class EmojiName:
    """A fully qualified emoji with its names."""

    sequence: str
    names: tuple[str, str]  #: in each of _LANGUAGES
    codes: tuple[str, ...]  #: shortcodes without colons, in lower case; the usual one first
    words: str  #: all names and codes for searching: lower case, a space before each word
    since: float  #: the Emoji version that introduced it
    toned: bool  #: it has a skin tone
    group: int  #: index in categories.ALL


def name_of(sequence: str, language: str = "en") -> str:
    """The name ("party popper"); "" when there is none."""
    named = _by_sequence().get(_bare(sequence))
    return named.names[language == "id"] if named else ""


def code_of(sequence: str) -> str:
    """The usual shortcode without colons ("tada"); "" when there is none."""
    named = _by_sequence().get(_bare(sequence))
    return named.codes[0] if named else ""


def emoji_of_code(code: str) -> str:
    """The emoji of a shortcode; "" when there is none."""
    return _by_code().get(code.casefold(), "")


def search(words: str, most: int, recent: Sequence[str] = ()) -> list[EmojiName]:
    """At most `most` emoji with, for each of `words`, a word in their names that begins with it.

    Exact codes come first, then `recent` ones, then the shortest codes; variants with a skin tone come last.
    """
    wanted = _APART.sub(" ", words.casefold()).split()
    if not wanted:
        return []
    found = [named for named in all_emoji() if all(f" {word}" in named.words for word in wanted)]
    code = words.strip().casefold().replace(" ", "_")
    lately = {sequence: at for at, sequence in enumerate(recent)}
    found.sort(key=lambda named: (
        named.toned, code not in named.codes, lately.get(named.sequence, len(lately)),
        min((len(one) for one in named.codes if one.startswith(code)), default=_FAR),
    ))  # fmt: skip
    return found[:most]


def group(at: int) -> list[EmojiName]:
    """The emoji of one of categories.ALL without skin tones, in the order of Unicode."""
    return [named for named in all_emoji() if named.group == at and not named.toned]


@lru_cache(maxsize=1)
def all_emoji() -> tuple[EmojiName, ...]:
    """All emoji, in the order of Unicode."""
    import emoji

    emoji.config.load_language("id")
    order = {first: (at, place) for at, members in enumerate(categories.ALL) for place, first in enumerate(members)}
    data = emoji.EMOJI_DATA
    full = [
        sequence
        for sequence, about in data.items()
        if about["status"] == emoji.STATUS["fully_qualified"] and EMOJI.fullmatch(sequence) and sequence[0] in order
    ]
    full.sort(key=lambda sequence: (*order[sequence[0]], len(sequence), sequence))
    return tuple(_named(sequence, data[sequence], order[sequence[0]][0]) for sequence in full)


def _named(sequence: str, about: dict[str, str | list[str]], group: int) -> EmojiName:
    written = [str(about.get(language) or about["en"]).strip(":") for language in _LANGUAGES]
    english = written[0].casefold()
    codes = tuple(dict.fromkeys([*(alias.strip(":").casefold() for alias in about.get("alias", ())), english]))
    names = [name.replace("_", " ") for name in written]
    words = dict.fromkeys(_parts([*written, *codes]))
    return EmojiName(
        sequence,
        (names[0], names[1]),
        codes,
        "".join(f" {word}" for word in words),
        float(str(about["E"])),
        bool(_TONE.search(sequence)),
        group,
    )


def _parts(written: Iterable[str]) -> Iterable[str]:
    for one in written:
        yield from _APART.sub(" ", one.casefold()).split()
        yield one.casefold()


@lru_cache(maxsize=1)
def _by_sequence() -> dict[str, EmojiName]:
    return {_bare(named.sequence): named for named in all_emoji()}


@lru_cache(maxsize=1)
def _by_code() -> dict[str, str]:
    return {code: named.sequence for named in all_emoji() for code in named.codes}


def _bare(sequence: str) -> str:
    """Without variation selectors, which some programs leave out."""
    return sequence.replace("\ufe0f", "")
