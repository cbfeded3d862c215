"""LineRenderer: draws one line of text on a canvas, with emoji as pictures and an ellipsis where it does not fit.

Names come from others. An emoji in one is never given to Tk, whose drawing of emoji is not to be relied on; nor are
letters that Tk does not shape (Arabic, Devanagari and others). Tk thread.
"""

from __future__ import annotations

import tkinter as tk
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lanchat.core.text import extends
from lanchat.desktop.emoji.emoji_data import EMOJI, UNDRAWN
from lanchat.desktop.emoji.images import picture
from lanchat.desktop.text_layout import paragraphs
from lanchat.desktop.text_layout.bidi import visual_order
from lanchat.desktop.text_layout.paragraphs import Kind
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme

_MOST_FITTED = 2_000  # fitted lines that are kept: more than a list shows while it is scrolled
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class LinePiece:
    """A part of a line: plain text, one emoji, or a shaped word that is drawn as a picture."""

    text: str
    kind: Kind
    width: int  #: pixels
    level: int = 0  #: bidi level (UAX #9); odd: from right to left
    run: int = 0  #: index of the run that it is a part of


@dataclass(frozen=True, slots=True)
class FittedLine:
    """A text as it fits into a width."""

    pieces: tuple[LinePiece, ...]  #: from left to right
    width: int  #: pixels
    cut: bool  #: it ends in an ellipsis


class LineRenderer:
    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._fitted: OrderedDict[tuple[tuple[str, ...], FontName, int], FittedLine] = OrderedDict()

    def write(
        self, canvas: tk.Canvas, at: tuple[float, float], text: str, font: FontName, colour: str, width: int
    ) -> FittedLine:
        """Fit and draw. `at`: the left end of the line and its vertical middle; `width`: pixels available."""
        line = self.fit(text, font, width)
        self.put(canvas, at, line, font, (colour,))
        return line

    def put(
        self, canvas: tk.Canvas, at: tuple[float, float], line: FittedLine, font: FontName, colours: Sequence[str]
    ) -> None:  # fmt: skip
        """Draw a fitted line; `colours`: one for each run."""
        x, y = at
        for piece in line.pieces:
            colour = colours[piece.run]
            image = None
            if piece.kind == "emoji":
                image = picture(self._theme, piece.text, self._emoji_size(font))
            elif piece.kind == "shaped":
                image = self._theme.shaper.picture(piece.text, font, colour, piece.level % 2 == 1)
            if image is not None:
                canvas.create_image(x, y, anchor="w", image=image)
            else:
                words = self._theme.fonts.drawable(font, piece.text)
                canvas.create_text(x, y, anchor="w", text=words, font=self._theme.font(font), fill=colour)
            x += piece.width

    def fit(self, text: str, font: FontName, width: int) -> FittedLine:
        """As much of `text` as fits into `width` pixels."""
        return self.fit_runs((text,), font, width)

    def fit_runs(self, runs: tuple[str, ...], font: FontName, width: int) -> FittedLine:
        """The same for a text in runs of different colours."""
        key = (runs, font, width)
        line = self._fitted.get(key)
        if line is None:
            line = self._fitted[key] = self._fit(runs, font, width)
            if len(self._fitted) > _MOST_FITTED:
                self._fitted.popitem(last=False)
        return line

    def _fit(self, runs: tuple[str, ...], font: FontName, width: int) -> FittedLine:
        pieces = list(self._pieces(runs, font))
        used = sum(piece.width for piece in pieces)
        base = paragraphs.base_of("".join(runs))
        if used <= width:
            return FittedLine(self._as_seen(pieces, base), used, cut=False)
        room = width - self._measure(_ELLIPSIS, font)
        kept: list[LinePiece] = []
        for piece in pieces:
            if piece.width > room:
                kept += self._cut(piece, font, room)
                break
            kept.append(piece)
            room -= piece.width
        last = kept[-1].run if kept else 0
        kept.append(LinePiece(_ELLIPSIS, "letters", self._measure(_ELLIPSIS, font), base, last))
        return FittedLine(self._as_seen(kept, base), sum(piece.width for piece in kept), cut=True)

    def _as_seen(self, pieces: list[LinePiece], base: int) -> tuple[LinePiece, ...]:
        if all(piece.level == base for piece in pieces) and not base:
            return tuple(pieces)
        return tuple(pieces[at] for at in visual_order([piece.level for piece in pieces]))

    def _pieces(self, runs: tuple[str, ...], font: FontName) -> Iterator[LinePiece]:
        """The parts in reading order."""
        shaper, text = self._theme.shaper, "".join(runs)
        if shaper.draws(text):
            for part in paragraphs.fragments(runs, paragraphs.base_of(text), shaper.draws):
                yield self._piece(part.text, part.kind, font, part.level, part.run)
            return
        for run, text in enumerate(runs):
            end = 0
            for match in EMOJI.finditer(text):
                if match.start() > end:
                    yield self._piece(text[end : match.start()], "letters", font, run=run)
                yield self._piece(match.group(), "emoji", font, run=run)
                end = match.end()
            if end < len(text):
                yield self._piece(text[end:], "letters", font, run=run)

    def _cut(self, piece: LinePiece, font: FontName, room: int) -> list[LinePiece]:
        """Its longest beginning that fits into `room` pixels; a list of none or one."""
        if piece.kind == "emoji":
            return []
        least, most = 0, len(piece.text)
        while least < most:
            middle = (least + most + 1) // 2
            if self._piece(piece.text[:middle], piece.kind, font, piece.level).width <= room:
                least = middle
            else:
                most = middle - 1
        while least and extends(piece.text[least]):
            least -= 1
        kept = piece.text[:least].rstrip()
        return [self._piece(kept, piece.kind, font, piece.level, piece.run)] if kept else []

    def _piece(self, text: str, kind: Kind, font: FontName, level: int = 0, run: int = 0) -> LinePiece:
        """With its width. What cannot be drawn as a picture becomes text for Tk."""
        if kind == "emoji":
            image = picture(self._theme, text, self._emoji_size(font))
            if image is not None:
                return LinePiece(text, kind, image.width(), level, run)
            text = UNDRAWN
        if kind == "shaped":
            width = self._theme.shaper.width(text, font, level % 2 == 1)
            if width is not None:
                return LinePiece(text, kind, width, level, run)
        return LinePiece(text, "letters", self._measure(text, font), level, run)

    def _measure(self, text: str, font: FontName) -> int:
        return self._theme.fonts.measure(font, text)

    def _emoji_size(self, font: FontName) -> int:
        return round(self._theme.fonts.height(font) * 0.86)
