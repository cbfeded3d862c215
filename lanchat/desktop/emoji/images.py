"""Pictures of emoji, drawn from a colour emoji font. Runs on any thread.

An emoji that the font lacks (it is newer than the font, or there is no font) is shown as a pill with its name. A font
that was put beside this module when lanchat was packaged is used first: it is the newest, and the same on every system.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

from lanchat.desktop.emoji.emoji_data import name_of
from lanchat.desktop.theme.picture_cache import rounded

#: Bitmap fonts have only this size; others can have any.
_NOTO_SIZE, _APPLE_SIZE = 109, 160
_SIZES = {"Apple Color Emoji.ttc": _APPLE_SIZE}

_NOTO = "NotoColorEmoji.ttf"
#: Where Linux distributions put it, below the folder of fonts.
_NOTO_PLACES = ("truetype/noto", "noto", "google-noto-emoji", "noto-emoji", "google-noto-color-emoji-fonts", "TTF", "")


@lru_cache(maxsize=1)
def emoji_font() -> ImageFont.FreeTypeFont | None:
    """The first font that can be read; None: there is none."""
    for path in font_files():
        try:  # not `truetype`, which searches all folders of fonts when the file cannot be read
            return ImageFont.FreeTypeFont(str(path), _SIZES.get(path.name, _NOTO_SIZE))
        except OSError:
            continue
    return None


def font_files() -> Iterator[Path]:
    """Paths where a font may be, the best first. Most of them do not exist."""
    yield Path(__file__).with_name(_NOTO)
    if sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", r"C:\Windows"), "Fonts", "seguiemj.ttf")
    elif sys.platform == "darwin":
        yield Path("/System/Library/Fonts/Apple Color Emoji.ttc")
    else:
        for folder in _font_folders():
            for place in _NOTO_PLACES:
                yield folder / place / _NOTO


def _font_folders() -> Iterator[Path]:
    """Folders of fonts by the XDG Base Directory Specification, and ~/.fonts."""
    home = Path.home()
    yield Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share") / "fonts"
    yield home / ".fonts"
    for folder in (os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":"):
        if folder:
            yield Path(folder, "fonts")


_NO_GLYPH = "\U0010fffd"
_NAME_CHARACTERS = 24  # at most, on a pill


@lru_cache(maxsize=4_000)
def is_pictured(sequence: str) -> bool:
    """Whether the font has a picture of it."""
    return drawn(sequence, 16) is not None


def drawn(sequence: str, px: int) -> Image.Image | None:
    """The font's picture of it; None when it has none."""
    font = emoji_font()
    if font is None:
        return None
    joins = features.check_feature("raqm")  # Pillow makes one picture of a sequence
    image = _glyphs(sequence if joins else _apart(sequence), font)
    if image is None or image.tobytes() == _shown_for_nothing(font):
        return None
    width = max(1, round(image.width * px / image.height))
    return image.resize((width, px), Image.Resampling.LANCZOS, reducing_gap=2.0)


def pill(sequence: str, px: int, ground: str, ink: str) -> Image.Image:
    """Its name on a pill; an empty box where it has no name."""
    name = name_of(sequence)
    if len(name) > _NAME_CHARACTERS:
        name = name[: _NAME_CHARACTERS - 1].rstrip() + "…"
    if not name:
        return rounded(px, px, max(1, px // 6), None, ink, max(1, px // 16))
    font = ImageFont.load_default(max(6.0, px * 0.62))
    image = rounded(round(font.getlength(name) + px * 0.7), px, px // 3, ground)
    ImageDraw.Draw(image).text((image.width / 2, px / 2), name, font=font, fill=ink, anchor="mm")
    return image


def _glyphs(text: str, font: ImageFont.FreeTypeFont) -> Image.Image | None:
    """Draw text in the size of the font on a transparent ground; None when it is empty."""
    left, top, right, bottom = font.getbbox(text)
    if right <= left or bottom <= top:
        return None
    image = Image.new("RGBA", (round(right - left), round(bottom - top)), (0, 0, 0, 0))
    ImageDraw.Draw(image).text((-left, -top), text, font=font, embedded_color=True)
    return image


@lru_cache(maxsize=1)
def _shown_for_nothing(font: ImageFont.FreeTypeFont) -> bytes:
    """The picture that this font has for a missing character."""
    image = _glyphs(_NO_GLYPH, font)
    return image.tobytes() if image else b""


def _apart(sequence: str) -> str:
    """A sequence without its joiners and variation selectors: its parts are shown side by side."""
    return "".join(part for part in sequence if part not in "\u200d\ufe0f")
