"""Typesetter: words that look the same, into the pieces of a Text, in the order in which they are seen. Tk thread.

One line where Tk can break it. Tk cannot break what is read from right to left, as it puts what comes later further
right, nor lines that have something of their own at their beginning or end: those are broken here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from lanchat.desktop.emoji.emoji_data import UNDRAWN, split_emoji
from lanchat.desktop.text_layout import paragraphs
from lanchat.desktop.text_layout.bidi import has_right_to_left
from lanchat.desktop.text_layout.paragraphs import Fragment
from lanchat.desktop.text_layout.shaping import TAB
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.actions import Action
from lanchat.desktop.timeline.inline_images import InlineImages
from lanchat.desktop.timeline.laid_out_row import ImagePiece, Piece, TextPiece

_ENDLESS = 1 << 30


class StyledWords(NamedTuple):
    """Words that look the same, and do the same when they are clicked."""

    text: str
    tags: tuple[str, ...]
    font: FontName
    colour: str
    action: Action | None = None
    own: Literal["", "name", "code"] = ""  #: in an order of its own: as a name, or from left to right
    means: str | None = None  #: what it stands for when it is copied; None: itself


class Typesetter:
    def __init__(self, theme: Theme, images: InlineImages) -> None:
        self._theme = theme
        self._images = images

    def set_paragraph(
        self, words: Sequence[StyledWords], room: int | None, base: int, *, big: bool = False, breaks: bool = False
    ) -> list[list[Piece]]:
        """A paragraph on lines, of pieces as they stand from left to right. `base`: its level; see `bidi`.

        `room`: pixels of a line; `big`: its emoji are large; `breaks`: into lines that Tk need not break.
        """
        text = "".join([one.text for one in words])
        if text.isascii() and not breaks:
            return [[TextPiece(one.text, one.tags, one.action, means=one.means) for one in words]]
        shaper = self._theme.shaper
        ordered = has_right_to_left(text)
        if not (ordered or breaks or shaper.draws(text)):
            return [[piece for one in words for piece in self._unbroken(one, big)]]
        if room is None or not (ordered or breaks):
            room = _ENDLESS
        apart = {
            number: paragraphs.base_of(one.text) if one.own == "name" else 0
            for number, one in enumerate(words)
            if one.own
        }
        found = paragraphs.fragments([one.text for one in words], base, shaper.draws, apart)
        broken = paragraphs.lines(found, lambda part: self._width(part, words[part.run]), room)
        if shaper.draws(text):
            broken = (paragraphs.as_seen(line, base) for line in broken)
        return [[self._piece(part, words[part.run]) for part in line] for line in broken] or [[]]

    def _width(self, part: Fragment, words: StyledWords) -> int:
        if part.kind == "emoji":
            image = self._images.emoji(part.text)  # of its size once it is drawn: then the row is laid out again
            return (image.width() if image is not None else self._images.emoji_width) + 2
        return self._theme.shaper.measure(part, words.font)

    def _piece(self, part: Fragment, words: StyledWords) -> Piece:
        if part.kind == "emoji":
            return self._emoji(part.text, words, False)._replace(order=part.at)
        if part.kind == "shaped":
            image = self._theme.shaper.picture(part.text, words.font, words.colour, part.right_to_left)
            if image is not None:
                return ImagePiece(image, part.text, tags=words.tags, action=words.action, order=part.at)
        letters = self._drawable(part.text, words)._replace(order=part.at)
        if "\t" in part.text:  # in a line whose end is at a tab stop
            return letters._replace(text=letters.text.replace("\t", TAB), means=part.text)
        return letters

    def _unbroken(self, words: StyledWords, big: bool) -> Iterator[Piece]:
        """With an image for each emoji: such characters are never given to Tk."""
        for piece, emoji in split_emoji(words.text):
            yield self._emoji(piece, words, big) if emoji else self._drawable(piece, words)

    def _drawable(self, text: str, words: StyledWords) -> TextPiece:
        shown = self._theme.fonts.drawable(words.font, text)
        means = text if words.means is None and shown != text else words.means
        return TextPiece(shown, words.tags, words.action, means=means)

    def _emoji(self, sequence: str, words: StyledWords, big: bool) -> Piece:
        image = self._images.emoji(sequence, big)
        if image is None:
            return TextPiece(UNDRAWN, words.tags, words.action)
        return ImagePiece(image, sequence, gap=1, tags=words.tags, action=words.action)
