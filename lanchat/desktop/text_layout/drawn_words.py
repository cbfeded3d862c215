"""DrawnWords: a line of text in a picture that is drawn with Pillow, such as the card of a file. Tk thread.

Tk draws letters on widgets only. A widget in a timeline would have to be moved with every step of scrolling; a picture
is a part of the text. Names come from others: emoji and letters of all scripts are drawn as everywhere in the window.

FreeType takes some 0.06 ms for a letter, and Pillow keeps none. Where letters neither join nor change places, each is
drawn once and kept, and words are put together from them, without kerning, as Tk does it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from lanchat.core.text import extends
from lanchat.desktop.emoji import images as emoji_images
from lanchat.desktop.emoji.emoji_data import EMOJI
from lanchat.desktop.text_layout import paragraphs
from lanchat.desktop.text_layout.bidi import COMPLEX
from lanchat.desktop.text_layout.paragraphs import Fragment, Kind
from lanchat.desktop.text_layout.shaping import Shaper
from lanchat.desktop.theme.fonts import FontName, Fonts

_ELLIPSIS = "…"
_TAIL = 10  # characters at the end of a name that is cut in its middle: the kind of a file stands there
_MOST_FITTED = 500
_MOST_DRAWN = 200  # shaped words and emoji
_MOST_LETTERS = 3_000
_EMOJI_SHARE = 0.86  # of the height of a line


class _Part(NamedTuple):
    text: str
    kind: Kind
    right_to_left: bool
    width: int


class _Letter(NamedTuple):
    mask: Image.Image | None  #: None: a space
    width: int


class DrawnLine(NamedTuple):
    """A text as it fits into a width; pixels."""

    parts: tuple[_Part, ...]
    width: int
    font: FontName
    letters: str = ""  #: instead of parts


class DrawnWords:
    def __init__(self, fonts: Fonts, shaper: Shaper) -> None:
        self._fonts = fonts
        self._shaper = shaper
        self._fitted = lru_cache(_MOST_FITTED)(self._fit)
        self._drawn = lru_cache(_MOST_DRAWN)(self._draw)
        self._letter = lru_cache(_MOST_LETTERS)(self._new_letter)

    def fit(self, text: str, font: FontName, width: int) -> DrawnLine:
        """As much of a text as fits into so many pixels; what is left out of it is in its middle."""
        return self._fitted(text, font, width)

    def paint(self, image: Image.Image, at: tuple[int, int], line: DrawnLine, colour: str) -> None:
        """Draw it; `at`: its left end and its vertical middle."""
        x, y = at
        for character in line.letters:
            mask, width = self._letter(character, line.font)
            if mask is not None:
                image.paste(colour, (x, y - mask.height // 2), mask)
            x += width
        for part in line.parts:
            drawn = self._drawn(part, line.font, colour)
            if drawn is not None:
                image.paste(drawn, (x, y - drawn.height // 2), drawn)
            x += part.width

    def _draw(self, part: _Part, font: FontName, colour: str) -> Image.Image | None:
        if part.kind == "space":
            return None
        if part.kind == "emoji":
            return emoji_images.drawn(part.text, self._emoji_size(font))
        found = self._shaper.image(part.text, font, colour, part.right_to_left)
        return found if found is not None else self._plain(part.text, font, colour)

    def _plain(self, text: str, font: FontName, colour: str) -> Image.Image:
        """With the font that comes with Pillow, where none of the system can be read."""
        loaded, high = self._own_font(font), self._fonts.height(font)
        image = Image.new("RGBA", (max(1, round(loaded.getlength(text))), high), (0, 0, 0, 0))
        ImageDraw.Draw(image).text((0, high / 2), text, font=loaded, fill=colour, anchor="lm")
        return image

    def _own_font(self, font: FontName) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        return ImageFont.load_default(float(self._fonts.size(font)[1]))

    # --- fitting -----------------------------------------------------------------------------------------------------
    def _fit(self, text: str, font: FontName, width: int) -> DrawnLine:
        whole = self._line(text, font)
        if whole.width <= width:
            return whole
        tail = text[-_TAIL:] if len(text) > 2 * _TAIL else text[len(text) // 2 :]
        while tail and extends(tail[0]):
            tail = tail[1:]
        head, least, most = "", 0, len(text) - len(tail)
        while least < most:  # the longest beginning that fits
            middle = (least + most + 1) // 2
            if self._line(text[:middle].rstrip() + _ELLIPSIS + tail, font).width <= width:
                least = middle
            else:
                most = middle - 1
        while least and extends(text[least]):
            least -= 1
        head = text[:least].rstrip()
        return self._line(head + _ELLIPSIS + tail, font)

    def _line(self, text: str, font: FontName) -> DrawnLine:
        if text.isascii() or not (COMPLEX.search(text) or EMOJI.search(text) or any(map(extends, text))):
            return DrawnLine((), sum([self._letter(one, font).width for one in text]), font, text)
        base = paragraphs.base_of(text)
        found = paragraphs.fragments([text], base, lambda _word, _right_to_left: True)
        parts = [self._of(fragment, font) for fragment in paragraphs.as_seen(found, base)]
        return DrawnLine(tuple(parts), sum([part.width for part in parts]), font)

    def _of(self, fragment: Fragment, font: FontName) -> _Part:
        return self._part(fragment.text, fragment.kind, fragment.right_to_left, font)

    def _new_letter(self, character: str, font: FontName) -> _Letter:
        part = self._part(character, "space" if character.isspace() else "shaped", False, font)
        drawn = self._draw(part, font, "#000000")
        return _Letter(drawn.getchannel("A") if drawn is not None else None, part.width)

    def _part(self, text: str, kind: Kind, right_to_left: bool, font: FontName) -> _Part:
        if kind == "emoji":
            picture = emoji_images.drawn(text, self._emoji_size(font))
            if picture is not None:
                return _Part(text, kind, right_to_left, picture.width)
            kind = "shaped"
        wide = self._shaper.width(text, font, right_to_left)
        if wide is None:
            wide = round(self._own_font(font).getlength(text))
        return _Part(text, kind, right_to_left, wide)

    def _emoji_size(self, font: FontName) -> int:
        return round(self._fonts.height(font) * _EMOJI_SHARE)
