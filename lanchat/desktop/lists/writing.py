"""Writing names on a canvas: one line, emoji as pictures, cut with an ellipsis where there is no room. Tk thread.

Names come from others: an emoji in one is never handed to Tk, whose drawing of it is not to be relied on.
"""

from __future__ import annotations

import tkinter as tk
import unicodedata
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from lanchat.desktop.emoji.images import picture
from lanchat.desktop.emoji.pattern import EMOJI, UNDRAWN
from lanchat.desktop.look.fonts import FontName
from lanchat.desktop.look.look import Look

_MOST_FITTED = 2_000  # lines whose measures are kept: more than any list shows while it is scrolled about
_ELLIPSIS = "…"
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line: plain text, or one emoji."""

    text: str
    emoji: bool
    width: int  #: pixels


@dataclass(frozen=True, slots=True)
class Line:
    """How a text fits."""

    pieces: tuple[Piece, ...]
    width: int  #: pixels
    cut: bool  #: not all of it is seen


class Writer:
    def __init__(self, look: Look) -> None:
        self._look = look
        self._fitted: OrderedDict[tuple[str, FontName, int], Line] = OrderedDict()

    def write(
        self, canvas: tk.Canvas, at: tuple[float, float], text: str, font: FontName, colour: str, width: int
    ) -> Line:
        """`at`: the left end of the line, and its middle in height; `width`: pixels there are."""
        x, y = at
        line = self.fit(text, font, width)
        for piece in line.pieces:
            image = picture(self._look, piece.text, self._emoji_size(font)) if piece.emoji else None
            if image is not None:
                canvas.create_image(x, y, anchor="w", image=image)
            else:
                canvas.create_text(x, y, anchor="w", text=piece.text, font=self._look.font(font), fill=colour)
            x += piece.width
        return line

    def fit(self, text: str, font: FontName, width: int) -> Line:
        """As much of `text` as goes into `width` pixels."""
        key = (text, font, width)
        line = self._fitted.get(key)
        if line is None:
            line = self._fitted[key] = self._fit(text, font, width)
            if len(self._fitted) > _MOST_FITTED:
                self._fitted.popitem(last=False)
        return line

    def _fit(self, text: str, font: FontName, width: int) -> Line:
        pieces = list(self._pieces(text, font))
        used = sum(piece.width for piece in pieces)
        if used <= width:
            return Line(tuple(pieces), used, cut=False)
        room = width - self._measure(_ELLIPSIS, font)
        kept: list[Piece] = []
        for piece in pieces:
            if piece.width > room:
                kept += self._cut(piece, font, room)
                break
            kept.append(piece)
            room -= piece.width
        kept.append(Piece(_ELLIPSIS, emoji=False, width=self._measure(_ELLIPSIS, font)))
        return Line(tuple(kept), sum(piece.width for piece in kept), cut=True)

    def _pieces(self, text: str, font: FontName) -> Iterator[Piece]:
        end = 0
        for match in EMOJI.finditer(text):
            if match.start() > end:
                yield self._plain(text[end : match.start()], font)
            image = picture(self._look, match.group(), self._emoji_size(font))
            yield Piece(match.group(), True, image.width()) if image else self._plain(UNDRAWN, font)
            end = match.end()
        if end < len(text):
            yield self._plain(text[end:], font)

    def _cut(self, piece: Piece, font: FontName, room: int) -> list[Piece]:
        """The longest beginning of it that goes into `room` pixels."""
        if piece.emoji:
            return []
        least, most = 0, len(piece.text)
        while least < most:
            middle = (least + most + 1) // 2
            if self._measure(piece.text[:middle], font) <= room:
                least = middle
            else:
                most = middle - 1
        while least and _belongs_to_before(piece.text[least]):
            least -= 1
        kept = piece.text[:least].rstrip()
        return [self._plain(kept, font)] if kept else []

    def _plain(self, text: str, font: FontName) -> Piece:
        return Piece(text, emoji=False, width=self._measure(text, font))

    def _measure(self, text: str, font: FontName) -> int:
        return self._look.fonts.measure(font, text)

    def _emoji_size(self, font: FontName) -> int:
        return round(self._look.fonts.height(font) * 0.86)


def _belongs_to_before(character: str) -> bool:
    """A mark on the letter before it, or what joins two."""
    return character in _JOINERS or unicodedata.category(character).startswith("M")
