"""Shaper: words as images, their letters joined and placed by HarfBuzz, through Pillow's raqm. Tk thread.

On X11 Tk 8.6 draws one letter after the other from left to right, whatever the script.

An image has its size from the beginning. One that cannot be drawn in time (`DrawBudget`) is blank at first, and the
word is drawn into it a bit later.
"""

from __future__ import annotations

import tkinter as tk
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from PIL import Image, ImageColor, ImageDraw, ImageFont, ImageTk, features

from lanchat.core.translate import _
from lanchat.desktop.text_layout import paragraphs
from lanchat.desktop.text_layout.bidi import COMPLEX
from lanchat.desktop.text_layout.font_files import face, opened, script_of
from lanchat.desktop.text_layout.paragraphs import Fragment
from lanchat.desktop.theme.fonts import FontName, Fonts
from lanchat.desktop.theme.picture_cache import DrawBudget

TAB = "    "  #: as Tk shows it in a line that it does not break
_MOST_MEASURED = 8_000  # words
_MOST_KEPT = 3_000  # images; a widget that shows one keeps a reference
_DRAWN_LATER = 5_000  # images at most; the oldest beyond that are not drawn


class _Glyphs(NamedTuple):
    """Letters of a word that one font has."""

    text: str
    font: ImageFont.FreeTypeFont
    width: float


class _Shape(NamedTuple):
    """How a word is drawn: parts from left to right, the place of the first, and the size of the picture."""

    parts: tuple[_Glyphs, ...]
    left: int
    base: int
    width: int
    height: int
    right_to_left: bool


class Shaper:
    def __init__(self, root: tk.Misc, fonts: Fonts) -> None:
        self._root = root
        self._fonts = fonts
        self._needed = str(root.tk.call("tk", "windowingsystem")) == "x11"  # elsewhere the system shapes what Tk draws
        self._on = self._needed and bool(features.check_feature("raqm"))  # it needs FriBidi, loaded from the system
        self._advice = ""
        self._advised = False
        self._shape = lru_cache(_MOST_MEASURED)(self._measured)
        self._picture = lru_cache(_MOST_KEPT)(self._new_picture)
        self._waiting: list[tuple[ImageTk.PhotoImage, _Shape, str]] = []
        self._budget = DrawBudget()
        self._drawing_later = False

    def draws(self, text: str, right_to_left: bool = False) -> bool:
        """Whether there are letters in it that Tk does not draw as they are written. `right_to_left`: all of it is."""
        if not self._needed:
            return False
        if not right_to_left and (text.isascii() or COMPLEX.search(text) is None):
            return False
        if not self._on:
            self._advice = _("Arabic, Hebrew and Indian scripts are not drawn as they are written: install FriBidi "
                             "(libfribidi0), and start lanchat again.")  # fmt: skip
        return self._on

    def advice(self) -> str:
        """Why some letters are not drawn as they are written, and what to do; "": they are, or it was said before."""
        if not self._advice or self._advised:
            return ""
        self._advised = True
        return self._advice

    @property
    def waiting(self) -> int:
        """How many pictures are still to be drawn."""
        return len(self._waiting)

    def width(self, word: str, font: FontName, right_to_left: bool) -> int | None:
        """The width in pixels; None: no font has these letters, and Tk draws its replacement for them."""
        shape = self._shape(word, font, right_to_left)
        return shape.width if shape else None

    def picture(self, word: str, font: FontName, colour: str, right_to_left: bool) -> ImageTk.PhotoImage | None:
        """An image as high as a line, or higher where the letters are; it is centred in the line."""
        shape = self._shape(word, font, right_to_left)
        return self._picture(shape, colour) if shape else None

    def image(self, word: str, font: FontName, colour: str, right_to_left: bool) -> Image.Image | None:
        """The same for a picture that is drawn with Pillow, on every system."""
        shape = self._shape(word, font, right_to_left)
        return _image(shape, colour) if shape else None

    def paragraph(self, words: str, font: FontName, colour: str, room: int) -> ImageTk.PhotoImage | None:
        """Words of ours with names in them, all of them in one picture, for where Tk shows nothing but one picture or
        letters. None: Tk may draw them. `room`: pixels of a line."""
        if not self.draws(words):
            return None
        parts = paragraphs.fragments([words], 0, lambda _word, _right_to_left: True)
        lines = [
            paragraphs.as_seen(line, 0) for line in paragraphs.lines(parts, lambda part: self.measure(part, font), room)
        ]
        width = max((sum(self.measure(part, font) for part in line) for line in lines), default=1)
        shapes = [[self._shape(part.text, font, part.right_to_left) for part in line] for line in lines]
        high = max((shape.height for line in shapes for shape in line if shape), default=1)
        drawn = Image.new("RGBA", (max(1, width), high * len(lines)), (*ImageColor.getrgb(colour), 0))
        for number, line in enumerate(lines):
            at = 0
            for part, shape in zip(line, shapes[number], strict=True):
                if shape is not None and part.kind != "space":
                    place = at, number * high + (high - shape.height) // 2
                    drawn.alpha_composite(_image(shape, colour), place)
                at += self.measure(part, font)
        return ImageTk.PhotoImage(drawn, master=self._root)

    def measure(self, part: Fragment, font: FontName) -> int:
        """The width in pixels of what becomes a picture or is Tk's to draw."""
        wide = self.width(part.text, font, part.right_to_left) if part.kind == "shaped" else None
        return self._fonts.measure(font, part.text.replace("\t", TAB)) if wide is None else wide

    # --- shapes ------------------------------------------------------------------------------------------------------
    def _measured(self, word: str, font: FontName, right_to_left: bool) -> _Shape | None:
        parts = self._parts(word, font, right_to_left)
        if parts is None:
            if all(unicodedata.category(character) != "Cn" for character in word):
                self._advice = _("Some letters cannot be drawn here: install a font that has them, such as those of "
                                 "fonts-noto-core.")  # fmt: skip
            return None
        at, left, right, top, bottom = 0.0, 0.0, 0.0, 0.0, 0.0
        for part in parts:
            box = part.font.getbbox(part.text, direction=_direction(right_to_left), anchor="ls")
            left, right = min(left, at + box[0]), max(right, at + box[2], at + part.width)
            top, bottom = min(top, box[1]), max(bottom, box[3])
            at += part.width
        high, ascent = self._fonts.height(font), self._fonts.ascent(font)
        more = max(0, round(-top) - ascent, round(bottom) - (high - ascent))  # on both sides: it is in the middle
        return _Shape(
            tuple(parts), round(-left), ascent + more, max(1, round(right - left)), high + 2 * more, right_to_left
        )

    def _parts(self, word: str, font: FontName, right_to_left: bool) -> list[_Glyphs] | None:
        """The parts from left to right; None: no font has some of the letters."""
        family, pixels, bold = self._fonts.size(font)
        found: list[tuple[str, ImageFont.FreeTypeFont]] = []
        file, script = None, ""
        for character in word:
            own = COMPLEX.match(character) is not None
            if file is None or not file.has(character) or (own and script_of(character) != script):
                if found and not own and character in "\u200c\u200d":
                    found[-1] = (found[-1][0] + character, found[-1][1])
                    continue
                script = script_of(character) if own else ""
                file = face(character, script, family, bold)
                loaded = opened(file.path, file.index, pixels) if file else None
                if loaded is None:
                    return None
                if not found or found[-1][1] is not loaded:
                    found.append(("", loaded))
            found[-1] = (found[-1][0] + character, found[-1][1])
        parts = [
            _Glyphs(text, loaded, loaded.getlength(text, direction=_direction(right_to_left))) for text, loaded in found
        ]
        return parts[::-1] if right_to_left else parts

    # --- drawing -----------------------------------------------------------------------------------------------------
    def _new_picture(self, shape: _Shape, colour: str) -> ImageTk.PhotoImage:
        image = ImageTk.PhotoImage("RGBA", (shape.width, shape.height), master=self._root)
        if self._budget.allows():
            image.paste(_image(shape, colour))
        else:
            self._waiting.append((image, shape, colour))
            del self._waiting[:-_DRAWN_LATER]
            self._draw_later()
        return image

    def _draw_later(self) -> None:
        if not self._drawing_later:
            self._drawing_later = True
            self._root.after(DrawBudget.PAUSE_MS, self._draw_waiting)

    def _draw_waiting(self) -> None:
        """Draw the newest first: it is the most likely to be in view."""
        self._drawing_later = False
        for _turn in self._budget.turn():
            if not self._waiting:
                return
            image, shape, colour = self._waiting.pop()
            image.paste(_image(shape, colour))
        if self._waiting:
            self._draw_later()


def _image(shape: _Shape, colour: str) -> Image.Image:
    drawn = Image.new("RGBA", (shape.width, shape.height), (*ImageColor.getrgb(colour), 0))
    pen, at = ImageDraw.Draw(drawn), float(shape.left)
    for part in shape.parts:
        pen.text((at, shape.base), part.text, colour, part.font, "ls", direction=_direction(shape.right_to_left))
        at += part.width
    return drawn


def _direction(right_to_left: bool) -> str | None:
    """None: Pillow has no raqm here, and draws one letter after the other."""
    if not features.check_feature("raqm"):
        return None
    return "rtl" if right_to_left else "ltr"
