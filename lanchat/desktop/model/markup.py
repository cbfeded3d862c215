"""Markup: divides a text into runs: links, `code`, fences, and mentions (`@Ana`, `@all`). Pure, any thread.

Peers write the texts, so everything here takes at most time in proportion to their length. The sources of all runs,
joined, are the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Literal, TypeAlias

from lanchat.core.address import NotAnAddress, parse_where
from lanchat.core.text import extends
from lanchat.desktop.emoji.emoji_data import EMOJI
from lanchat.desktop.platform.external_programs import is_mail_address, is_web_address
from lanchat.desktop.text_layout.bidi import COMPLEX

_MOST = 50  # mentions in one text: one of nothing but @ must not take longer
_EVERYBODY = ("all", "everyone")  # as in other chats, in every language

#: Scripts without spaces between words, where a name may be followed by a letter. `re` compiles it at its first use.
_UNSPACED = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)
Kind: TypeAlias = Literal["plain", "link", "code", "fence", "mention"]

_FENCE = re.compile(r"^```[^\n`]*\n((?:(?!```).*\n)*?)```[ \t]*$", re.MULTILINE)
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|(?<![A-Za-z0-9_])(?P<link>(?:https?|lanchat)://[^\s<>\"`\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff65]+)"
    r"|(?<![A-Za-z0-9_.@/-])(?P<www>www\.[A-Za-z0-9-]+\.[^\s<>\"`\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff65]+)"
    r"|(?<![A-Za-z0-9_.%+@/:-])(?P<mail>[A-Za-z0-9][A-Za-z0-9_.%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})",
    re.IGNORECASE,
)
#: Scripts without spaces between words, in which a line may end after any letter.
_UNSPACED_SCRIPTS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef\U00020000-\U0003ffff]"
)
_LINE_END = re.compile("\n")
_WORD = re.compile(r"\S+")
_SENTENCE_END = ".,;:!?\"…»”\u2019"
_MARKS = "'*_~"  # they stand around a link in pairs, and may be part of one
_BRACKETS = {")": "(", "]": "[", "}": "{"}

_FOLD_CHARACTERS = 1_500
_FOLD_LINES = 24
_FOLD_WORDS = 300  # of scripts in which each is drawn as a picture
_FOLD_EMOJI = 30  # each is a picture in the window: thousands take a noticeable time
_BIG_MOST = 3


def mention_spans(text: str, nick: str) -> list[tuple[int, int]]:
    """(start, end) of every mention in `text`, the @ included, in order and apart from each other."""
    spans: list[tuple[int, int]] = []
    last = 0
    for at in islice(_signs(nick).finditer(text), _MOST):
        if at.start() >= last and _begins_word(text, at.start()) and (end := _end(text, at.end(), nick)):
            spans.append((at.start(), last := end))
    return spans


def mentions(text: str, nick: str) -> bool:
    """Whether `text` mentions the person called `nick`."""
    return ("@" in text or "\uff20" in text) and bool(mention_spans(text, nick))


def _end(text: str, begin: int, nick: str) -> int:
    """Where my name or `all`, which begins at `begin`, ends; 0: none does."""
    found = (name.match(text, begin) for name in _names(nick))
    return next((match.end() for match in found if match and _ends_word(text, match.end())), 0)


@lru_cache(maxsize=8)
def _signs(nick: str) -> re.Pattern[str]:
    """Matches an @ before one of my names."""
    return re.compile(f"[@\uff20](?={'|'.join(name.pattern for name in _names(nick))})", re.IGNORECASE)


@lru_cache(maxsize=8)
def _names(nick: str) -> list[re.Pattern[str]]:
    return [re.compile(re.escape(name), re.IGNORECASE) for name in (nick, *_EVERYBODY) if name]


def _begins_word(text: str, at: int) -> bool:
    """Whether no word goes on at `at`, as in `ben@ana.example` and `https://pages.example/@ana`."""
    return at == 0 or not (text[at - 1] == "/" or _is_of_word(text[at - 1]))


def _ends_word(text: str, at: int) -> bool:
    """Whether a word ends at `at`: not in `@anastasia`, nor before a mark that changes the last letter."""
    if at == len(text):
        return True
    if extends(text[at]):
        return False
    return bool(re.match(_UNSPACED, text[at - 1])) or not _is_of_word(text[at])


def _is_of_word(character: str) -> bool:
    return (character.isalnum() or character == "_") and not re.match(_UNSPACED, character)


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text. `shown` is the piece without its markup. For what a link opens, see `address`."""

    kind: Kind
    source: str
    shown: str


def address(link: str) -> str:
    """The address that a link opens, as written: of a web page, a room or mail."""
    if link[:4].lower() == "www.":
        return f"http://{link}"
    return link if "://" in link else f"mailto:{link}"


def runs(text: str, nick: str) -> list[Run]:
    """The runs of a text. `nick`: the name whose mentions are runs of their own."""
    found: list[Run] = []
    at = 0
    for fence in _FENCE.finditer(text):
        found += _inline(text[at : fence.start()], nick)
        found.append(Run("fence", fence.group(), fence.group(1).removesuffix("\n")))
        at = fence.end()
    return found + _inline(text[at:], nick)


def folded(whole: list[Run]) -> list[Run] | None:
    """The beginning of a text that is too long to be shown at once; None when it is short enough."""
    characters, lines, emoji = _FOLD_CHARACTERS, _FOLD_LINES, _FOLD_EMOJI
    words = _FOLD_WORDS if any(COMPLEX.search(run.shown) for run in whole) else _FOLD_CHARACTERS
    kept: list[Run] = []
    for run in whole:
        fits = _fitting(run.shown, characters, lines, emoji, words)
        if fits < len(run.shown):
            return [*kept, replace(run, shown=run.shown[:fits].rstrip("\n") + "…")]
        kept.append(run)
        characters -= len(run.shown)
        lines -= run.shown.count("\n") + (run.kind == "fence")
        emoji -= sum(1 for _ in EMOJI.finditer(run.shown))
        words -= len(run.shown.split())
    return None


def split_emoji(text: str) -> Iterator[tuple[str, bool]]:
    """(piece, whether it is one emoji), in order; pieces are not empty."""
    at = 0
    for match in EMOJI.finditer(text):
        if match.start() > at:
            yield text[at : match.start()], False
        yield match.group(), True
        at = match.end()
    if at < len(text):
        yield text[at:], False


def breaks_anywhere(text: str) -> bool:
    """Whether most of a text is in scripts without spaces, so that its lines may end after any letter."""
    return not text.isascii() and len(_UNSPACED_SCRIPTS.findall(text)) * 3 > len(text)


def only_emoji(text: str) -> bool:
    """Whether a text is one to three emoji and nothing else; those are shown large."""
    if text.isascii() or len(text) > 60:
        return False
    pieces = list(split_emoji("".join(text.split())))
    return 0 < len(pieces) <= _BIG_MOST and all(emoji for _, emoji in pieces)


def _inline(text: str, nick: str) -> list[Run]:
    found: list[Run] = []
    at = 0
    for match in _INLINE.finditer(text):
        start, end = match.span()
        if match["code"]:
            run = Run("code", match.group(), match["code"])
        else:
            link = _without_sentence_end(match.group(), text[start - 1 : start])
            if not _can_be_opened(address(link)):
                continue
            end = start + len(link)
            run = Run("link", link, link)
        found += _plain(text[at:start], nick)
        found.append(run)
        at = end
    return found + _plain(text[at:], nick)


def _plain(text: str, nick: str) -> list[Run]:
    if not ("@" in text or "\uff20" in text):
        return [Run("plain", text, text)] if text else []
    found: list[Run] = []
    at = 0
    for start, end in mention_spans(text, nick):
        if start > at:
            found.append(Run("plain", text[at:start], text[at:start]))
        found.append(Run("mention", text[start:end], text[start:end]))
        at = end
    if at < len(text):
        found.append(Run("plain", text[at:], text[at:]))
    return found


def _can_be_opened(address: str) -> bool:
    if address[:10].lower() != "lanchat://":
        return is_web_address(address) or is_mail_address(address)
    try:
        parse_where(address)
    except NotAnAddress:
        return False
    return True


def _without_sentence_end(link: str, before: str) -> str:
    """The link without what follows it: the end of a sentence, and a bracket or mark that was opened before it.

    `before`: the character in front of it.
    """
    end = len(link)
    open_ = {closing: link.count(opening) - link.count(closing) for closing, opening in _BRACKETS.items()}
    marks = {mark: link.count(mark) + (mark == before) for mark in _MARKS}
    while end:
        last = link[end - 1]
        if last in _BRACKETS and open_[last] < 0:
            open_[last] += 1
        elif last in _MARKS and (marks[last] % 2 or last == before):
            marks[last] -= 1
        elif last not in _SENTENCE_END:
            break
        end -= 1
    return link[:end]


def _fitting(text: str, characters: int, lines: int, emoji: int, words: int) -> int:
    """How many characters of `text` fit within these limits; an emoji is never cut."""
    fits = max(0, min(len(text), characters))
    word = next(islice(_WORD.finditer(text), max(0, words), None), None)
    fits = min(fits, word.start()) if word else fits
    line_ends = [match.start() for match in _LINE_END.finditer(text)]
    if len(line_ends) > max(0, lines):
        fits = min(fits, line_ends[max(0, lines)])
    found = [match.span() for match in EMOJI.finditer(text)]
    if len(found) > max(0, emoji):
        fits = min(fits, found[max(0, emoji)][0])
    return next((start for start, end in found if start < fits < end), fits)
