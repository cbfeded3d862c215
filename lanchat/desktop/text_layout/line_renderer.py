"""LineRenderer: draws one line of text on a canvas, with emoji as pictures and an ellipsis where it does not fit.

Names come from others. An emoji in one is never given to Tk, whose drawing of emoji is not to be relied on; nor are
letters that Tk does not shape (Arabic, Devanagari and others). Tk thread.
"""

from __future__ import annotations

import tkinter as tk
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct
from PIL import ImageTk

from lanchat.core.text import extends
from lanchat.desktop.emoji.emoji_data import UNDRAWN, split_emoji
from lanchat.desktop.text_layout import paragraphs
from lanchat.desktop.text_layout.bidi import visual_order
from lanchat.desktop.text_layout.paragraphs import Kind
from lanchat.desktop.text_layout.shaping import Shaper
from lanchat.desktop.theme.fonts import FontName, Fonts

_MOST_FITTED = 2_000  # fitted lines that are kept: more than a list shows while it is scrolled
_ELLIPSIS = "…"
_UNLIMITED = 1 << 20  # pixels


class LinePiece(Struct, frozen=True):
    """A part of a line: plain text, one emoji, or a shaped word that is drawn as a picture."""

    text: str
    kind: Kind
    width: int  #: pixels
    level: int = 0  #: bidi level (UAX #9); odd: from right to left
    run: int = 0  #: index of the run that it is a part of


class FittedLine(Struct, frozen=True):
    """A text as it fits into a width."""

    pieces: tuple[LinePiece, ...]  #: from left to right
    width: int  #: pixels
    cut: bool  #: it ends in an ellipsis


class LineRenderer:
    def __init__(self, fonts: Fonts, shaper: Shaper, emoji: Callable[[str, int], ImageTk.PhotoImage | None]) -> None:
        """`emoji` returns the picture of an emoji that is so many pixels high."""
        self._fonts, self._shaper, self._emoji = fonts, shaper, emoji
        self._fitted = lru_cache(_MOST_FITTED)(self._fit)

    def write(
        self, canvas: tk.Canvas, at: tuple[float, float], text: str, font: FontName, colour: str, width: int
    ) -> FittedLine:
        """Fit and draw. `at`: the left end of the line and its vertical middle; `width`: pixels available."""
        line = self.fit(text, font, width)
        self.put(canvas, at, line, font, (colour,))
        return line

    def put(
        self, canvas: tk.Canvas, at: tuple[float, float], line: FittedLine, font: FontName | tuple[FontName, ...],
        colours: Sequence[str],
    ) -> None:  # fmt: skip
        """Draw a fitted line; `colours`: one for each run, and so `font`, where they differ."""
        x, y = at
        for piece in line.pieces:
            colour = colours[piece.run]
            own = font if isinstance(font, str) else font[piece.run]
            image = None
            if piece.kind == "emoji":
                image = self._emoji(piece.text, self._emoji_size(own))
            elif piece.kind == "shaped":
                image = self._shaper.picture(piece.text, own, colour, piece.level % 2 == 1)
            if image is not None:
                canvas.create_image(x, y, anchor="w", image=image)
            else:
                words = self._fonts.drawable(own, piece.text)
                canvas.create_text(x, y, anchor="w", text=words, font=self._fonts.name(own), fill=colour)
            x += piece.width

    def fit(self, text: str, font: FontName, width: int = _UNLIMITED) -> FittedLine:
        """As much of `text` as fits into `width` pixels."""
        return self.fit_runs((text,), font, width)

    def fit_runs(self, runs: tuple[str, ...], font: FontName | tuple[FontName, ...], width: int) -> FittedLine:
        """The same for a text in runs of different colours and fonts."""
        fonts = (font,) * len(runs) if isinstance(font, str) else font
        whole = self._fitted(runs, fonts, _UNLIMITED)
        return whole if whole.width <= width else self._fitted(runs, fonts, width)

    def _fit(self, runs: tuple[str, ...], fonts: tuple[FontName, ...], width: int) -> FittedLine:
        pieces = list(self._pieces(runs, fonts))
        used = sum(piece.width for piece in pieces)
        base = paragraphs.base_of("".join(runs))
        if used <= width:
            return FittedLine(_as_seen(pieces), used, cut=False)
        room = width - max(self._fonts.measure(font, _ELLIPSIS) for font in set(fonts))
        kept: list[LinePiece] = []
        for piece in pieces:
            if piece.width > room:
                kept += self._cut(piece, fonts[piece.run], room)
                break
            kept.append(piece)
            room -= piece.width
        last = kept[-1].run if kept else 0
        kept.append(LinePiece(_ELLIPSIS, "letters", self._fonts.measure(fonts[last], _ELLIPSIS), base, last))
        return FittedLine(_as_seen(kept), sum(piece.width for piece in kept), cut=True)

    def _pieces(self, runs: tuple[str, ...], fonts: tuple[FontName, ...]) -> Iterator[LinePiece]:
        """The parts in reading order."""
        shaper, text = self._shaper, "".join(runs)
        if shaper.draws(text):
            for part in paragraphs.fragments(runs, paragraphs.base_of(text), shaper.draws):
                yield self._piece(part.text, part.kind, fonts[part.run], part.level, part.run)
            return
        for run, text in enumerate(runs):
            for piece, is_emoji in split_emoji(text):
                yield self._piece(piece, "emoji" if is_emoji else "letters", fonts[run], run=run)

    def _cut(self, piece: LinePiece, font: FontName, room: int) -> list[LinePiece]:
        """Its longest beginning that fits into `room` pixels; a list of none or one."""
        if piece.kind == "emoji":
            return []

        def width_to(end: int) -> int:
            return self._piece(piece.text[:end], piece.kind, font, piece.level).width

        end = bisect_right(range(1, len(piece.text)), room, key=width_to)
        while end and extends(piece.text[end]):
            end -= 1
        kept = piece.text[:end].rstrip()
        return [self._piece(kept, piece.kind, font, piece.level, piece.run)] if kept else []

    def _piece(self, text: str, kind: Kind, font: FontName, level: int = 0, run: int = 0) -> LinePiece:
        """With its width. What cannot be drawn as a picture becomes text for Tk."""
        if kind == "emoji":
            image = self._emoji(text, self._emoji_size(font))
            if image is not None:
                return LinePiece(text, kind, image.width(), level, run)
            text = UNDRAWN
        if kind == "shaped":
            width = self._shaper.width(text, font, level % 2 == 1)
            if width is not None:
                return LinePiece(text, kind, width, level, run)
        return LinePiece(text, "letters", self._fonts.measure(font, text), level, run)

    def _emoji_size(self, font: FontName) -> int:
        return round(self._fonts.height(font) * 0.86)


def _as_seen(pieces: Sequence[LinePiece]) -> tuple[LinePiece, ...]:
    return tuple(pieces[at] for at in visual_order([piece.level for piece in pieces]))
