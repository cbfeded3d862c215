"""Markup: a text into runs, as it is shown: links, `code`, fences, mentions. Pure, any thread.

The texts are peers': nothing here takes more than a time in proportion to their length, and the sources of all runs
put together are the text again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from lanchat.desktop.emoji.pattern import EMOJI
from lanchat.desktop.state.mentions import mention_spans
from lanchat.desktop.system.opening import is_web_address

Kind: TypeAlias = Literal["plain", "link", "code", "fence", "mention"]

_FENCE = re.compile(r"^```[^\n`]*\n((?:(?!```).*\n)*?)```[ \t]*$", re.MULTILINE)
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|(?<![A-Za-z0-9_])(?P<link>https?://[^\s<>\"`\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff65]+)",
    re.IGNORECASE,
)
#: Scripts that put no space between words, in which a line may end after any letter.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef\U00020000-\U0003ffff]"
)
_LINE_END = re.compile("\n")
_SENTENCE_END = ".,;:!?'\"*_~…»”\u2019"
_BRACKETS = {")": "(", "]": "[", "}": "{"}

_FOLD_CHARACTERS = 1_500
_FOLD_LINES = 24
_FOLD_EMOJI = 30  # each is a picture in the window: thousands take a noticeable time
_BIG_MOST = 3


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text. `shown` is it without its marks; for a link, `source` is the address."""

    kind: Kind
    source: str
    shown: str


def runs(text: str, nick: str) -> list[Run]:
    """`nick`: whose mentions stand out."""
    found: list[Run] = []
    at = 0
    for fence in _FENCE.finditer(text):
        found += _inline(text[at : fence.start()], nick)
        found.append(Run("fence", fence.group(), fence.group(1).removesuffix("\n")))
        at = fence.end()
    return found + _inline(text[at:], nick)


def folded(whole: list[Run]) -> list[Run] | None:
    """The beginning of a text too long to be shown at once; None: it is not."""
    characters, lines, emoji = _FOLD_CHARACTERS, _FOLD_LINES, _FOLD_EMOJI
    kept: list[Run] = []
    for run in whole:
        fits = _fitting(run.shown, characters, lines, emoji)
        if fits < len(run.shown):
            return [*kept, replace(run, shown=run.shown[:fits].rstrip("\n") + "…")]
        kept.append(run)
        characters -= len(run.shown)
        lines -= run.shown.count("\n") + (run.kind == "fence")
        emoji -= sum(1 for _ in EMOJI.finditer(run.shown))
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
    """A text in a script without spaces: to wait for one would break its lines in the wrong places."""
    return not text.isascii() and len(_UNSPACED.findall(text)) * 3 > len(text)


def only_emoji(text: str) -> bool:
    """A text of one to three emoji and nothing else, which is shown large."""
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
            address = _without_sentence_end(match["link"])
            if not is_web_address(address):
                continue
            end = start + len(address)
            run = Run("link", address, address)
        found += _plain(text[at:start], nick)
        found.append(run)
        at = end
    return found + _plain(text[at:], nick)


def _plain(text: str, nick: str) -> list[Run]:
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


def _without_sentence_end(address: str) -> str:
    """What follows an address without belonging to it: the end of a sentence, a bracket that was opened before it."""
    end = len(address)
    open_ = {closing: address.count(opening) - address.count(closing) for closing, opening in _BRACKETS.items()}
    while end:
        last = address[end - 1]
        if last in _BRACKETS and open_[last] < 0:
            open_[last] += 1
        elif last not in _SENTENCE_END:
            break
        end -= 1
    return address[:end]


def _fitting(text: str, characters: int, lines: int, emoji: int) -> int:
    """How many characters of `text` fit; never half an emoji."""
    fits = max(0, min(len(text), characters))
    line_ends = [match.start() for match in _LINE_END.finditer(text)]
    if len(line_ends) > max(0, lines):
        fits = min(fits, line_ends[max(0, lines)])
    found = [match.span() for match in EMOJI.finditer(text)]
    if len(found) > max(0, emoji):
        fits = min(fits, found[max(0, emoji)][0])
    return next((start for start, end in found if start < fits < end), fits)
