"""Icons: each is a few strokes in a unit square, drawn with Pillow, sharp in any size and colour. No Tk."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from PIL import Image, ImageDraw

from lanchat.desktop.theme.picture_cache import drawn

IconName: TypeAlias = Literal[
    "send", "plus", "smile", "lock", "search", "down", "up", "right", "left", "room", "people", "close", "gear",
    "check", "clock", "warning", "copy", "pin", "key", "shield", "bell", "bell_off", "wifi", "retry", "more", "house",
    "info", "mute", "door", "export", "edit", "jump", "eye", "eye_off",
]  # fmt: skip


class Pen:
    """Draws in a unit square, in one colour."""

    def __init__(self, pen: ImageDraw.ImageDraw, size: float, colour: str) -> None:
        self._pen = pen
        self._size = size
        self._colour = colour
        self._width = max(1, round(size * 0.09))

    def line(self, *points: float, thick: float = 1) -> None:
        """Along x, y, x, y, …, with round ends; `thick`: times as wide as usual."""
        at = [value * self._size for value in points]
        width = round(self._width * thick)
        self._pen.line(at, fill=self._colour, width=width, joint="curve")
        half = width / 2
        for x, y in (at[:2], at[-2:]):
            self._pen.ellipse((x - half, y - half, x + half, y + half), fill=self._colour)

    def ring(self, *box: float, thick: float = 1) -> None:
        self._pen.ellipse(self._scaled(box), outline=self._colour, width=round(self._width * thick))

    def disc(self, *box: float) -> None:
        self._pen.ellipse(self._scaled(box), fill=self._colour)

    def arc(self, box: Sequence[float], start: float, end: float) -> None:
        """Clockwise from `start` to `end`, degrees from three o'clock."""
        self._pen.arc(self._scaled(box), start, end, fill=self._colour, width=self._width)

    def pie(self, box: Sequence[float], start: float, end: float) -> None:
        self._pen.pieslice(self._scaled(box), start, end, fill=self._colour)

    def block(self, box: Sequence[float], radius: float) -> None:
        self._pen.rounded_rectangle(self._scaled(box), radius * self._size, fill=self._colour)

    def frame(self, box: Sequence[float], radius: float) -> None:
        self._pen.rounded_rectangle(
            self._scaled(box), radius * self._size, outline=self._colour, width=self._width
        )  # fmt: skip

    def shape(self, *points: float) -> None:
        self._pen.polygon([value * self._size for value in points], fill=self._colour)

    def dots(self, *points: float) -> None:
        radius = self._width * 0.75 / self._size
        for x, y in zip(points[::2], points[1::2], strict=True):
            self.disc(x - radius, y - radius, x + radius, y + radius)

    def _scaled(self, box: Sequence[float]) -> tuple[float, float, float, float]:
        x0, y0, x1, y1 = (value * self._size for value in box)
        return x0, y0, x1, y1


def _gear(pen: Pen) -> None:
    for turn in range(8):
        x, y = math.cos(turn * math.pi / 4), math.sin(turn * math.pi / 4)
        pen.line(0.5 + 0.33 * x, 0.5 + 0.33 * y, 0.5 + 0.4 * x, 0.5 + 0.4 * y, thick=1.7)
    pen.ring(0.17, 0.17, 0.83, 0.83, thick=1.9)


def _bell(pen: Pen) -> None:
    pen.arc((0.24, 0.12, 0.76, 0.7), 180, 360)
    pen.line(0.285, 0.42, 0.285, 0.62, 0.17, 0.74, 0.83, 0.74, 0.715, 0.62, 0.715, 0.42)
    pen.arc((0.4, 0.68, 0.6, 0.9), 0, 180)


def _people(pen: Pen) -> None:
    pen.disc(0.2, 0.12, 0.54, 0.46)
    pen.pie((0.04, 0.54, 0.7, 1.24), 180, 360)
    pen.disc(0.6, 0.22, 0.86, 0.48)
    pen.pie((0.62, 0.57, 0.98, 1.17), 180, 360)


def _smile(pen: Pen) -> None:
    pen.ring(0.06, 0.06, 0.94, 0.94)
    pen.disc(0.3, 0.32, 0.42, 0.44)
    pen.disc(0.58, 0.32, 0.7, 0.44)
    pen.arc((0.27, 0.3, 0.73, 0.74), 20, 160)


def _lock(pen: Pen) -> None:
    pen.block((0.18, 0.45, 0.82, 0.92), 0.09)
    pen.arc((0.28, 0.1, 0.72, 0.74), 180, 360)


def _search(pen: Pen) -> None:
    pen.ring(0.12, 0.12, 0.66, 0.66)
    pen.line(0.6, 0.6, 0.88, 0.88)


def _room(pen: Pen) -> None:
    pen.frame((0.08, 0.14, 0.92, 0.74), 0.16)
    pen.shape(0.26, 0.7, 0.26, 0.95, 0.5, 0.7)
    pen.dots(0.32, 0.44, 0.5, 0.44, 0.68, 0.44)


def _warning(pen: Pen) -> None:
    pen.line(0.5, 0.12, 0.92, 0.86, 0.08, 0.86, 0.5, 0.12)
    pen.line(0.5, 0.4, 0.5, 0.6)
    pen.dots(0.5, 0.73)


def _copy(pen: Pen) -> None:
    pen.frame((0.34, 0.34, 0.9, 0.9), 0.1)
    pen.line(0.2, 0.66, 0.12, 0.66, 0.12, 0.12, 0.66, 0.12, 0.66, 0.2)


def _pin(pen: Pen) -> None:
    pen.disc(0.22, 0.08, 0.78, 0.64)
    pen.shape(0.27, 0.5, 0.73, 0.5, 0.5, 0.94)


def _key(pen: Pen) -> None:
    pen.ring(0.08, 0.32, 0.44, 0.68)
    pen.line(0.42, 0.5, 0.92, 0.5, 0.92, 0.68)
    pen.line(0.74, 0.5, 0.74, 0.64)


def _shield(pen: Pen) -> None:
    pen.line(0.5, 0.08, 0.86, 0.22, 0.84, 0.52, 0.72, 0.76, 0.5, 0.92, 0.28, 0.76, 0.16, 0.52, 0.14, 0.22, 0.5, 0.08)
    pen.line(0.34, 0.5, 0.46, 0.62, 0.67, 0.36)


def _wifi(pen: Pen) -> None:
    pen.arc((-0.05, 0.2, 1.05, 1.3), 225, 315)
    pen.arc((0.15, 0.4, 0.85, 1.1), 225, 315)
    pen.dots(0.5, 0.78)


def _retry(pen: Pen) -> None:
    pen.arc((0.16, 0.16, 0.84, 0.84), 300, 240)
    pen.line(0.34, 0.06, 0.34, 0.24, 0.16, 0.24)


def _house(pen: Pen) -> None:
    pen.line(0.08, 0.5, 0.5, 0.12, 0.92, 0.5)
    pen.line(0.2, 0.44, 0.2, 0.88, 0.8, 0.88, 0.8, 0.44)


def _info(pen: Pen) -> None:
    pen.ring(0.06, 0.06, 0.94, 0.94)
    pen.line(0.5, 0.46, 0.5, 0.72)
    pen.dots(0.5, 0.29)


def _door(pen: Pen) -> None:
    pen.line(0.5, 0.1, 0.14, 0.1, 0.14, 0.9, 0.5, 0.9)
    pen.line(0.38, 0.5, 0.9, 0.5)
    pen.line(0.7, 0.3, 0.9, 0.5, 0.7, 0.7)


def _export(pen: Pen) -> None:
    pen.line(0.12, 0.6, 0.12, 0.9, 0.88, 0.9, 0.88, 0.6)
    pen.line(0.5, 0.1, 0.5, 0.66)
    pen.line(0.28, 0.44, 0.5, 0.66, 0.72, 0.44)


def _edit(pen: Pen) -> None:
    pen.line(0.14, 0.86, 0.2, 0.64, 0.7, 0.14, 0.86, 0.3, 0.36, 0.8, 0.14, 0.86)


def _clock(pen: Pen) -> None:
    pen.ring(0.08, 0.08, 0.92, 0.92)
    pen.line(0.5, 0.26, 0.5, 0.52, 0.68, 0.6)


def _plus(pen: Pen) -> None:
    pen.line(0.5, 0.16, 0.5, 0.84)
    pen.line(0.16, 0.5, 0.84, 0.5)


def _close(pen: Pen) -> None:
    pen.line(0.2, 0.2, 0.8, 0.8)
    pen.line(0.8, 0.2, 0.2, 0.8)


def _bell_off(pen: Pen) -> None:
    _bell(pen)
    pen.line(0.12, 0.9, 0.88, 0.1)


def _mute(pen: Pen) -> None:
    pen.ring(0.08, 0.08, 0.92, 0.92)
    pen.line(0.22, 0.78, 0.78, 0.22)


def _jump(pen: Pen) -> None:
    pen.line(0.5, 0.12, 0.5, 0.84)
    pen.line(0.22, 0.56, 0.5, 0.84, 0.78, 0.56)


def _eye(pen: Pen) -> None:
    pen.arc((0.02, 0.2, 0.98, 1.16), 207, 333)
    pen.arc((0.02, -0.16, 0.98, 0.8), 27, 153)
    pen.disc(0.37, 0.35, 0.63, 0.61)


def _eye_off(pen: Pen) -> None:
    _eye(pen)
    pen.line(0.14, 0.9, 0.86, 0.08)


_DRAW: dict[IconName, Callable[[Pen], None]] = {
    "send": lambda pen: pen.shape(0.08, 0.12, 0.94, 0.5, 0.08, 0.88, 0.2, 0.56, 0.6, 0.5, 0.2, 0.44),
    "plus": _plus,
    "smile": _smile,
    "lock": _lock,
    "search": _search,
    "down": lambda pen: pen.line(0.22, 0.38, 0.5, 0.64, 0.78, 0.38),
    "up": lambda pen: pen.line(0.22, 0.62, 0.5, 0.36, 0.78, 0.62),
    "right": lambda pen: pen.line(0.38, 0.22, 0.64, 0.5, 0.38, 0.78),
    "left": lambda pen: pen.line(0.62, 0.22, 0.36, 0.5, 0.62, 0.78),
    "room": _room,
    "people": _people,
    "close": _close,
    "gear": _gear,
    "check": lambda pen: pen.line(0.12, 0.54, 0.38, 0.8, 0.88, 0.24),
    "clock": _clock,
    "warning": _warning,
    "copy": _copy,
    "pin": _pin,
    "key": _key,
    "shield": _shield,
    "bell": _bell,
    "bell_off": _bell_off,
    "wifi": _wifi,
    "retry": _retry,
    "more": lambda pen: pen.dots(0.2, 0.5, 0.5, 0.5, 0.8, 0.5),
    "house": _house,
    "info": _info,
    "mute": _mute,
    "door": _door,
    "export": _export,
    "edit": _edit,
    "jump": _jump,
    "eye": _eye,
    "eye_off": _eye_off,
}


def icon(name: IconName, size: int, colour: str) -> Image.Image:
    """`size` in pixels; the ground is clear."""
    return drawn(size, size, lambda pen, finer: _DRAW[name](Pen(pen, size * finer, colour)))
