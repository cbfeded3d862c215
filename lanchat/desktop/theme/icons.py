"""Icons: each is a few strokes, drawn with Pillow, sharp in any size and colour. No Tk."""

from __future__ import annotations

from typing import Literal, TypeAlias

from PIL import Image, ImageDraw

from lanchat.desktop.theme.picture_cache import drawn

IconName: TypeAlias = Literal[
    "send", "plus", "smile", "lock", "search", "down", "up", "right", "left", "room", "people", "close", "gear",
    "check", "clock", "warning", "copy", "pin", "key", "shield", "bell", "retry", "more", "house",
    "info", "mute", "door", "export", "edit", "jump", "eye", "eye_off", "reply", "delete", "bookmark", "pushpin",
    "undo", "capture", "microphone", "stop", "play", "pause",
    "file", "folder", "phone",
]  # fmt: skip

_EYE = "arc 2 20 98 116 207 333, arc 2 -16 98 80 27 153, disc 37 35 63 61"

#: The strokes of each, in a square from 0 0 at the upper left to 100 100: see `_draw_stroke`.
_STROKES: dict[IconName, str] = {
    "send": "shape 8 12 94 50 8 88 20 56 60 50 20 44",
    "plus": "line 50 16 50 84, line 16 50 84 50",
    "smile": "ring 6 6 94 94, disc 30 32 42 44, disc 58 32 70 44, arc 27 30 73 74 20 160",
    "lock": "block 18 45 82 92 9, arc 28 10 72 74 180 360",
    "phone": "frame 26 6 74 94 10, dots 50 82",
    "search": "ring 12 12 66 66, line 60 60 88 88",
    "down": "line 22 38 50 64 78 38",
    "up": "line 22 62 50 36 78 62",
    "right": "line 38 22 64 50 38 78",
    "left": "line 62 22 36 50 62 78",
    "room": "frame 8 14 92 74 16, shape 26 70 26 95 50 70, dots 32 44 50 44 68 44",
    "people": "disc 20 12 54 46, pie 4 54 70 124 180 360, disc 60 22 86 48, pie 62 57 98 117 180 360",
    "close": "line 20 20 80 80, line 80 20 20 80",
    "gear": "tooth 83 50 90 50, tooth 73.33 73.33 78.28 78.28, tooth 50 83 50 90, tooth 26.67 73.33 21.72 78.28, "
    "tooth 17 50 10 50, tooth 26.67 26.67 21.72 21.72, tooth 50 17 50 10, tooth 73.33 26.67 78.28 21.72, "
    "rim 17 17 83 83",
    "check": "line 12 54 38 80 88 24",
    "clock": "ring 8 8 92 92, line 50 26 50 52 68 60",
    "warning": "line 50 12 92 86 8 86 50 12, line 50 40 50 60, dots 50 73",
    "copy": "frame 34 34 90 90 10, line 20 66 12 66 12 12 66 12 66 20",
    "pin": "disc 22 8 78 64, shape 27 50 73 50 50 94",
    "key": "ring 8 32 44 68, line 42 50 92 50 92 68, line 74 50 74 64",
    "shield": "line 50 8 86 22 84 52 72 76 50 92 28 76 16 52 14 22 50 8, line 34 50 46 62 67 36",
    "bell": "arc 24 12 76 70 180 360, line 28.5 42 28.5 62 17 74 83 74 71.5 62 71.5 42, arc 40 68 60 90 0 180",
    "retry": "arc 16 16 84 84 300 240, line 34 6 34 24 16 24",
    "more": "dots 20 50 50 50 80 50",
    "house": "line 8 50 50 12 92 50, line 20 44 20 88 80 88 80 44",
    "info": "ring 6 6 94 94, line 50 46 50 72, dots 50 29",
    "mute": "ring 8 8 92 92, line 22 78 78 22",
    "door": "line 50 10 14 10 14 90 50 90, line 38 50 90 50, line 70 30 90 50 70 70",
    "export": "line 12 60 12 90 88 90 88 60, line 50 10 50 66, line 28 44 50 66 72 44",
    "edit": "line 14 86 20 64 70 14 86 30 36 80 14 86",
    "reply": "line 36 22 10 48 36 74, line 10 48 58 48 74 54 84 66 88 84",
    "delete": "line 14 26 86 26, line 36 26 36 12 64 12 64 26, line 24 26 29 90 71 90 76 26, line 43 44 43 72, "
    "line 57 44 57 72",
    "bookmark": "line 26 10 74 10 74 90 50 70 26 90 26 10",
    "pushpin": "line 32 10 68 10, line 40 10 40 42 22 60 78 60 60 42 60 10, line 50 60 50 94",
    "file": "line 24 10 58 10 78 30 78 90 24 90 24 10, line 56 12 56 32 76 32",
    "folder": "line 10 22 40 22 50 34 90 34 90 82 10 82 10 22",
    "jump": "line 50 12 50 84, line 22 56 50 84 78 56",
    "undo": "line 34 18 12 38 34 58, line 12 38 58 38, arc 36 38 88 86 270 90, line 62 86 34 86",
    "capture": "line 12 30 12 12 30 12, line 70 12 88 12 88 30, line 88 70 88 88 70 88, line 30 88 12 88 12 70, "
    "ring 34 34 66 66",
    "microphone": "block 36 8 64 58 14, arc 22 22 78 76 0 180, line 50 76 50 92, line 32 92 68 92",
    "stop": "block 22 22 78 78 8",
    "play": "shape 28 14 84 50 28 86",
    "pause": "block 24 18 42 82 5, block 58 18 76 82 5",
    "eye": _EYE,
    "eye_off": f"{_EYE}, line 14 90 86 8",
}


def icon(name: IconName, size: int, colour: str) -> Image.Image:
    """`size` in pixels; the ground is clear."""

    def draw(pen: ImageDraw.ImageDraw, finer: float) -> None:
        for stroke in _STROKES[name].split(", "):
            _draw_stroke(pen, stroke, size * finer, colour)

    return drawn(size, size, draw)


def _draw_stroke(pen: ImageDraw.ImageDraw, stroke: str, size: float, colour: str) -> None:
    """Draw one stroke: the name of its form and numbers. `size`: pixels of the square."""
    form, *words = stroke.split()
    numbers = [float(word) for word in words]
    at = [number / 100 * size for number in numbers]
    width = max(1, round(size * 0.09))
    match form:
        case "line" | "tooth":  # from point to point, with round ends
            wide = width if form == "line" else round(width * 1.7)
            pen.line(at, fill=colour, width=wide, joint="curve")
            _draw_dots(pen, [*at[:2], *at[-2:]], wide / 2, colour)
        case "dots":  # at each point
            _draw_dots(pen, at, width * 0.75, colour)
        case "shape":  # a filled polygon
            pen.polygon(at, fill=colour)
        case "ring" | "rim":  # a circle in a box: left, upper, right and lower end
            pen.ellipse(at, outline=colour, width=width if form == "ring" else round(width * 1.9))
        case "disc":  # the same, filled
            pen.ellipse(at, fill=colour)
        case "arc":  # in a box, and clockwise from one angle to another: degrees from three o'clock
            pen.arc(at[:4], numbers[4], numbers[5], fill=colour, width=width)
        case "pie":  # the same, filled
            pen.pieslice(at[:4], numbers[4], numbers[5], fill=colour)
        case "frame":  # a box with round corners, and their radius
            pen.rounded_rectangle(at[:4], at[4], outline=colour, width=width)
        case "block":  # the same, filled
            pen.rounded_rectangle(at[:4], at[4], fill=colour)


def _draw_dots(pen: ImageDraw.ImageDraw, at: list[float], radius: float, colour: str) -> None:
    for x, y in zip(at[::2], at[1::2], strict=True):
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
