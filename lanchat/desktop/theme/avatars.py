"""Avatars: a disc for a member, a square for a room. No Tk; reads font files.

A member's is in their colour, with a darker part and the initials of the nick; a guest's is a ring in their colour
around these; a room's has the first letter of its title.

Colour and pattern are derived from the key, not from the nick: somebody who takes another's nick does not get the same
avatar, and two people with the same colour mostly have different patterns. A member may choose others, in their card:
then they prove nothing, and names that could be confused are still told apart by a mark of the key (`core.nicks`).
"""

from __future__ import annotations

import sys
import unicodedata
import zlib
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from lanchat.core.model import Availability
from lanchat.core.profile import BY_KEY, Avatar
from lanchat.desktop.theme.palette import PEOPLE_DARK, PEOPLE_LIGHT
from lanchat.desktop.theme.picture_cache import drawn

if sys.platform == "win32":
    _FACES = ("segoeuib.ttf", "msyhbd.ttc", "malgunbd.ttf", "Nirmala.ttf", "arialbd.ttf")
elif sys.platform == "darwin":
    _FACES = ("HelveticaNeue.ttc", "PingFang.ttc", "Arial Unicode.ttf")
else:
    _FACES = (
        "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf",
        "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
        "DejaVuSans-Bold.ttf",
    )
_CORNER = 10 / 36  # of a room's square
_RING = 1 / 16  # how wide a guest's ring is, of the disc
_NO_GLYPH = "\U0010fffd"


COLOURS = len(PEOPLE_LIGHT)
_BEGINNINGS, _WIDTHS = 8, (100, 180, 250)  # degrees
PATTERNS = _BEGINNINGS * len(_WIDTHS)


def look_of(key: bytes, wish: Avatar = BY_KEY) -> tuple[int, int]:
    """The colour and the pattern of a member, as indexes."""
    number = zlib.crc32(key)
    colour = number if wish.colour is None else wish.colour
    pattern = number // COLOURS if wish.pattern is None else wish.pattern
    return colour % COLOURS, pattern % PATTERNS


def colour_of(key: bytes, dark: bool, wish: Avatar = BY_KEY) -> str:
    """The colour of a member's nick, for a dark or a light ground, as `#rrggbb`."""
    return (PEOPLE_DARK if dark else PEOPLE_LIGHT)[look_of(key, wish)[0]]


def avatar(key: bytes, nick: str, size: int, wish: Avatar = BY_KEY, ring: str = "") -> Image.Image:
    """`size` pixels square, transparent around the disc. `ring`: of a guest's, which is no disc but a ring in this
    colour, transparent within."""
    colour, pattern = look_of(key, wish)
    ground, ink = PEOPLE_LIGHT[colour], ring or "white"

    def draw(pen: ImageDraw.ImageDraw, finer: float) -> None:
        across = size * finer
        if ring:
            pen.ellipse((0, 0, across - 1, across - 1), outline=ring, width=round(max(1, size * _RING) * finer))
        else:
            pen.ellipse((0, 0, across - 1, across - 1), fill=ground)
            begin, wide = 45 * (pattern % _BEGINNINGS), _WIDTHS[pattern // _BEGINNINGS]
            pen.chord((0, 0, across - 1, across - 1), begin, begin + wide, fill=_darker(ground))
        letter = _initials(nick)
        face = _face_for(letter, round(across * (0.46 if len(letter) == 1 else 0.4))) if letter else None
        if face is not None:
            pen.text((across / 2, across / 2), letter, font=face, fill=ink, anchor="mm")
        else:  # no letter, or no font that has it: a silhouette
            pen.ellipse((across * 0.34, across * 0.2, across * 0.66, across * 0.52), fill=ink)
            pen.pieslice((across * 0.2, across * 0.56, across * 0.8, across * 1.16), 180, 360, fill=ink)

    return drawn(size, size, draw)


def room_avatar(room_id: str, title: str, size: int) -> Image.Image:
    """`size` pixels square, transparent in the corners. The colour is derived from the room id."""
    ground = PEOPLE_LIGHT[zlib.crc32(room_id.encode()) % len(PEOPLE_LIGHT)]
    letter = _initials(title)[:1]

    def draw(pen: ImageDraw.ImageDraw, finer: float) -> None:
        across = size * finer
        pen.rounded_rectangle((0, 0, across - 1, across - 1), across * _CORNER, fill=ground)
        face = _face_for(letter, round(across * 0.46)) if letter else None
        if face is not None:
            pen.text((across / 2, across / 2), letter, font=face, fill="white", anchor="mm")
        else:  # no letter, or no font that has it: a speech bubble
            pen.rounded_rectangle((across * 0.24, across * 0.28, across * 0.76, across * 0.64), across * 0.1, "white")
            pen.polygon([across * at for at in (0.34, 0.6, 0.34, 0.78, 0.52, 0.62)], fill="white")

    return drawn(size, size, draw)


def with_presence(image: Image.Image, presence: Availability, ground: str, colour: str) -> Image.Image:
    """Add a mark at the lower right, of a shape of its own for each presence: a disc, a ring, a disc with a bar."""
    size = image.width

    def draw(pen: ImageDraw.ImageDraw, finer: float) -> None:
        across = size * finer
        rim, gap = across * 0.38, across * 0.06
        pen.ellipse((across - rim, across - rim, across - 1, across - 1), fill=ground)
        dot = (across - rim + gap, across - rim + gap, across - 1 - gap, across - 1 - gap)
        if presence is Availability.AWAY:
            pen.ellipse(dot, outline=colour, width=max(1, round(across * 0.065)))
            return
        pen.ellipse(dot, fill=colour)
        if presence is Availability.BUSY:
            left, top, right, bottom = dot
            inset, middle, thick = (right - left) * 0.22, (top + bottom) / 2, (bottom - top) * 0.14
            pen.rectangle((left + inset, middle - thick, right - inset, middle + thick), fill=ground)

    done = image.copy()
    done.alpha_composite(drawn(size, size, draw))
    return done


def _darker(colour: str) -> str:
    """Seven tenths of the brightness: white letters keep their contrast."""
    red, green, blue = (int(colour[at : at + 2], 16) * 7 // 10 for at in (1, 3, 5))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _initials(nick: str) -> str:
    """The initials of the first and last word, or the first two letters of the only one; "" without letters and digits.

    In scripts without capitals only one letter: two may be too wide, or join into another shape. What stands in
    brackets is no part of a name: a mark that tells two people apart, where they are.
    """
    name = nick.partition(" (")[0]
    words = ["".join(one for one in word if unicodedata.category(one)[0] in "LN") for word in name.split()]
    words = [word for word in words if word]
    if not words:
        return ""
    first = _capital(words[0][0])
    second = _capital(words[-1][0]) if len(words) > 1 else words[0][1:2]
    return first + second if _has_case(first) and _has_case(second) else first


def _capital(letter: str) -> str:
    upper = letter.upper()
    return upper if len(upper) == 1 else letter


def _has_case(letter: str) -> bool:
    return letter.lower() != letter.upper()


def _face_for(letters: str, size: int) -> ImageFont.FreeTypeFont | None:
    """A bold font of the system that has these letters."""
    for name in _FACES:
        face = _face(name, size)
        if face is not None and all(_has(face, letter) for letter in letters):
            return face
    return None


@lru_cache(maxsize=32)
def _face(name: str, size: int) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return None


@lru_cache(maxsize=256)
def _has(face: ImageFont.FreeTypeFont, letter: str) -> bool:
    return bytes(face.getmask(letter)) != bytes(face.getmask(_NO_GLYPH))
