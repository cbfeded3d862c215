"""Where the pictures come from: a colour emoji font. Any thread.

One that was put beside this module when lanchat was packaged comes first: the newest emoji, the same on every system.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

#: Fonts made of pictures have one size only; others take it as any other.
_NOTO_SIZE, _APPLE_SIZE = 109, 160
_SIZES = {"Apple Color Emoji.ttc": _APPLE_SIZE}

_NOTO = "NotoColorEmoji.ttf"
#: Where distributions put it, under their folders of data.
_NOTO_PLACES = ("truetype/noto", "noto", "google-noto-emoji", "noto-emoji", "google-noto-color-emoji-fonts", "TTF", "")


@lru_cache(maxsize=1)
def emoji_font() -> ImageFont.FreeTypeFont | None:
    """The first font that can be read; None: there is none here."""
    for path in font_files():
        try:  # not `truetype`, which goes through all folders of fonts when this one cannot be read
            return ImageFont.FreeTypeFont(str(path), _SIZES.get(path.name, _NOTO_SIZE))
        except OSError:
            continue
    return None


def font_files() -> Iterator[Path]:
    """Where one may be, the best first; most of these are not there."""
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
    """Folders of fonts, as the XDG base directories and their forerunner have it."""
    home = Path.home()
    yield Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share") / "fonts"
    yield home / ".fonts"
    for folder in (os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":"):
        if folder:
            yield Path(folder, "fonts")
