"""Font files: which font of this computer has the letters of a script, for Pillow. Tk thread.

Where there is no fontconfig (Windows, macOS), a few fonts of the system are tried one after the other. Elsewhere they
are found by fontconfig's library, which Tk has loaded and configured already: a match takes less than a
millisecond there, and many with a program (`fc-match`). https://www.freedesktop.org/software/fontconfig/fontconfig-devel/
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
import unicodedata
from functools import lru_cache

from msgspec import Struct
from PIL import ImageFont

_MATCH_PATTERN, _MATCH = 0, 0  # FcMatchPattern, FcResultMatch
_REGULAR, _BOLD = 80, 200  # FC_WEIGHT_*
_SPECIAL = re.compile(r"([-\\:,=])")  # in a pattern
_MOST_SIZES = 60  # fonts kept open: a few scripts in the sizes of the window
_NO_GLYPH = "\U0010fffd"
#: Fonts of systems without fontconfig, the most usual first: regular and bold.
_WINDOWS_FONTS = (
    ("segoeui.ttf", "segoeuib.ttf"), ("YuGothM.ttc", "YuGothB.ttc"), ("msyh.ttc", "msyhbd.ttc"),
    ("malgun.ttf", "malgunbd.ttf"), ("msjh.ttc", "msjhbd.ttc"), ("Nirmala.ttf", "NirmalaB.ttf"),
    ("LeelawUI.ttf", "LeelaUIb.ttf"), ("seguisym.ttf", "seguisym.ttf"), ("arial.ttf", "arialbd.ttf"),
)  # fmt: skip
_MACOS_FONTS = (
    ("SFNS.ttf", "SFNS.ttf"), ("HelveticaNeue.ttc", "HelveticaNeue.ttc"), ("PingFang.ttc", "PingFang.ttc"),
    ("Hiragino Sans GB.ttc", "Hiragino Sans GB.ttc"), ("AppleSDGothicNeo.ttc", "AppleSDGothicNeo.ttc"),
    ("Supplemental/Arial Unicode.ttf", "Supplemental/Arial Unicode.ttf"),
)  # fmt: skip


class FontFile(Struct, frozen=True):
    """A font file, and which characters it has."""

    path: str
    index: int
    characters: int  #: fontconfig's set of them; 0: there is no fontconfig

    def has(self, character: str) -> bool:
        if not self.characters:
            return _draws(self.path, self.index, character)
        library = _library()
        return library is not None and bool(library.FcCharSetHasChar(self.characters, ord(character)))


def face(character: str, script: str, family: str, bold: bool) -> FontFile | None:
    """The best font with this character, of the same look as `family`; None: there is none.

    `script`: as in the names of Noto's families ("Hebrew"); "" for what belongs to all.
    """
    if _library() is None:
        return _without_fontconfig(character, bold)
    usual = _match(character if not script else "", script, family, bold)
    if usual is not None and usual.has(character):
        return usual
    found = _match(character, script, family, bold)
    return found if found is not None and found.has(character) else None


@lru_cache(maxsize=_MOST_SIZES)
def opened(path: str, index: int, pixels: int) -> ImageFont.FreeTypeFont | None:
    """Open a font file for Pillow; None: Pillow cannot read it."""
    try:  # not `truetype`, which goes through all folders of fonts when this one cannot be read
        return ImageFont.FreeTypeFont(path, pixels, index, layout_engine=ImageFont.Layout.RAQM)
    except OSError:
        return None


@lru_cache(maxsize=5_000)
def script_of(character: str) -> str:
    """The script of a character, by the first word of its Unicode name: "Hebrew"."""
    return unicodedata.name(character, "").split(" ", 1)[0].title()


@lru_cache(maxsize=2_000)
def _without_fontconfig(character: str, bold: bool) -> FontFile | None:
    """The first of the system's usual fonts that has the character."""
    windows = sys.platform == "win32"
    folder = os.path.join(os.environ.get("WINDIR", r"C:\Windows"), "Fonts") if windows else "/System/Library/Fonts"
    for names in _WINDOWS_FONTS if windows else _MACOS_FONTS:
        file = FontFile(os.path.join(folder, names[bold]), 0, 0)
        if file.has(character):
            return file
    return None


@lru_cache(maxsize=5_000)
def _draws(path: str, index: int, character: str) -> bool:
    """Whether a font draws a character otherwise than one that no font has."""
    font = opened(path, index, 16)
    if font is None:
        return False
    if character.isspace():
        return True
    return bytes(font.getmask(character)) != bytes(font.getmask(_NO_GLYPH))


@lru_cache(maxsize=2_000)
def _match(character: str, script: str, family: str, bold: bool) -> FontFile | None:
    """`character` "": any of the script."""
    library = _library()
    if library is None:
        return None
    families = [f"Noto Sans {script}", family] if script else [family]
    wanted = ",".join(_SPECIAL.sub(r"\\\1", one) for one in families)
    asked = f"{wanted}:weight={_BOLD if bold else _REGULAR}:slant=0:outline=true:color=false"
    if character:
        asked += f":charset={ord(character):x}"
    pattern = library.FcNameParse(asked.encode())
    if not pattern:
        return None
    library.FcConfigSubstitute(None, pattern, _MATCH_PATTERN)
    library.FcDefaultSubstitute(pattern)
    result = ctypes.c_int()
    found = library.FcFontMatch(None, pattern, ctypes.byref(result))  # kept for good: its set of characters is used
    library.FcPatternDestroy(pattern)
    path, index, characters = ctypes.c_char_p(), ctypes.c_int(), ctypes.c_void_p()
    if (
        not found
        or library.FcPatternGetString(found, b"file", 0, ctypes.byref(path)) != _MATCH
        or library.FcPatternGetCharSet(found, b"charset", 0, ctypes.byref(characters)) != _MATCH
        or not path.value
        or not characters.value
    ):
        return None
    if library.FcPatternGetInteger(found, b"index", 0, ctypes.byref(index)) != _MATCH:
        index.value = 0
    return FontFile(path.value.decode(errors="surrogateescape"), index.value, characters.value)


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL | None:
    """None: there is no fontconfig here."""
    try:
        library = ctypes.CDLL("libfontconfig.so.1")
    except OSError:
        return None
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, arguments in (
        ("FcNameParse", pointer, (text,)),
        ("FcConfigSubstitute", number, (pointer, pointer, number)),
        ("FcDefaultSubstitute", None, (pointer,)),
        ("FcFontMatch", pointer, (pointer, pointer, pointer)),
        ("FcPatternDestroy", None, (pointer,)),
        ("FcPatternGetString", number, (pointer, text, number, pointer)),
        ("FcPatternGetInteger", number, (pointer, text, number, pointer)),
        ("FcPatternGetCharSet", number, (pointer, text, number, pointer)),
        ("FcCharSetHasChar", number, (pointer, ctypes.c_uint32)),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
