"""Markup: what of a formatted text is a mention (`@Ana`); which texts are folded, or large. Pure, any thread.

Peers write the texts, so everything here takes at most time in proportion to their length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from lanchat.core.formatting import TextBlock, TextSpan, formatted, may_mention
from lanchat.core.mentions import member_spans, mention_spans
from lanchat.core.nicks import Nicks
from lanchat.desktop.emoji.emoji_data import EMOJI, split_emoji
from lanchat.desktop.text_layout.bidi import COMPLEX

MENTION = 16  #: of `TextSpan.style`, beside those of `core.formatting`: it names the person
MEMBER = 32  #: it names somebody else

#: Scripts without spaces between words, in which a line may end after any letter.
_UNSPACED_SCRIPTS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef\U00020000-\U0003ffff]"
)
_LINE_END = re.compile("\n")
_WORD = re.compile(r"\S+")

_FOLD_CHARACTERS = 1_500
_FOLD_LINES = 24
_FOLD_WORDS = 300  # of scripts in which each is drawn as a picture
_FOLD_EMOJI = 30  # each is a picture in the window: thousands take a noticeable time
_BIG_MOST = 3


def marked_up(text: str, nick: str, *, everybody: bool, others: Nicks | None = None) -> Sequence[TextBlock]:
    """The blocks of a text, with the mentions of the person called `nick` as spans of their own, none of them in code
    or in a link; `everybody`: so are @everyone's; `others`: whose mentions are such spans, too."""
    blocks = formatted(text)
    if not ("@" in text or "\uff20" in text):
        return blocks
    return [block._replace(spans=tuple(_with_mentions(block.spans, nick, everybody, others))) for block in blocks]


def led_by(words: str, blocks: Sequence[TextBlock]) -> Sequence[TextBlock]:
    """The same blocks with these words in front, on the same line if that is one of text."""
    first, *others = blocks
    if first.kind == "text" and not (first.quote or first.depth):
        return [first._replace(spans=(TextSpan(words), *first.spans)), *others]
    return [TextBlock((TextSpan(words),)), *blocks]


def _with_mentions(
    spans: Sequence[TextSpan], nick: str, everybody: bool, others: Nicks | None
) -> Iterator[TextSpan]:  # fmt: skip
    for span in spans:
        at = 0
        for start, end, style in _named(span.text, nick, everybody, others) if may_mention(span) else ():
            if start > at:
                yield span._replace(text=span.text[at:start])
            yield span._replace(text=span.text[start:end], style=span.style | style)
            at = end
        if at < len(span.text):
            yield span._replace(text=span.text[at:])


def _named(text: str, nick: str, everybody: bool, others: Nicks | None) -> list[tuple[int, int, int]]:
    """(start, end, style) of the mentions in a span, in order and apart from each other."""
    mine = [(start, end, MENTION) for start, end in mention_spans(text, nick, everybody=everybody)]
    if others is None:
        return mine
    taken = {at for start, end, _style in mine for at in range(start, end)}
    more = [
        (start, end, MEMBER)
        for start, end, _member in member_spans(text, others)
        if start not in taken and end - 1 not in taken
    ]
    return sorted([*mine, *more])


def folded(whole: Sequence[TextBlock]) -> list[TextBlock] | None:
    """The beginning of a text that is too long to be shown at once; None when it is short enough."""
    characters, lines, emoji = _FOLD_CHARACTERS, _FOLD_LINES, _FOLD_EMOJI
    words = _FOLD_WORDS if any(COMPLEX.search(block.text) for block in whole) else _FOLD_CHARACTERS
    kept: list[TextBlock] = []
    for block in whole:
        spans: list[TextSpan] = []
        if lines <= 0:
            return _with_ellipsis(kept)
        for span in block.spans:
            fits = _fitting(span.text, characters, lines - 1, emoji, words)
            if fits < len(span.text):
                spans.append(span._replace(text=span.text[:fits].rstrip("\n") + "…"))
                return [*kept, block._replace(spans=tuple(spans))]
            spans.append(span)
            characters -= len(span.text)
            lines -= span.text.count("\n")
            emoji -= sum(1 for _ in EMOJI.finditer(span.text))
            words -= len(span.text.split())
        kept.append(block)
        lines -= 2 if block.kind == "code" else 1
    return None


def _with_ellipsis(blocks: list[TextBlock]) -> list[TextBlock]:
    last = blocks[-1]
    end = last.spans[-1] if last.spans else TextSpan("")
    return [*blocks[:-1], last._replace(spans=(*last.spans[:-1], end._replace(text=end.text + "…")))]


def breaks_anywhere(text: str) -> bool:
    """Whether most of a text is in scripts without spaces, so that its lines may end after any letter."""
    return not text.isascii() and len(_UNSPACED_SCRIPTS.findall(text)) * 3 > len(text)


def only_emoji(text: str) -> bool:
    """Whether a text is one to three emoji and nothing else; those are shown large."""
    if text.isascii() or len(text) > 60:
        return False
    pieces = list(split_emoji("".join(text.split())))
    return 0 < len(pieces) <= _BIG_MOST and all(emoji for _, emoji in pieces)


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
