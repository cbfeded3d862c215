"""Drawing: a picture with arrows and boxes on it, of which the last can be taken back. No Tk.

Marks are drawn four times as large and made smaller, since Pillow draws lines with jagged edges.
"""

from __future__ import annotations

import io
import math
from typing import Literal, TypeAlias

from msgspec import Struct
from PIL import Image, ImageDraw

Tool: TypeAlias = Literal["arrow", "box", "crop"]
Point: TypeAlias = tuple[float, float]  #: in pixels of the picture

#: What can be chosen: seen on light and on dark pictures. The first is chosen at the beginning.
COLOURS = ("#e5383b", "#f4b400", "#1f9d55", "#2f6fed", "#111318", "#ffffff")
_FINER = 4
_HEAD = 4.5  # the arrow's head is so many times as long as the line is wide
_LEAST = 4  # pixels: a shorter mark was a click


class Mark(Struct, frozen=True):
    """An arrow from `start` to `end`, or a box with these two corners; `crop`: what is left of the picture."""

    tool: Tool
    colour: str
    start: Point
    end: Point

    @property
    def is_visible(self) -> bool:
        across, down = abs(self.end[0] - self.start[0]), abs(self.end[1] - self.start[1])
        return min(across, down) >= _LEAST if self.tool == "crop" else max(across, down) >= _LEAST

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, upper, right and lower end."""
        (x0, y0), (x1, y1) = self.start, self.end
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


class Drawing:
    """Equal only to itself, so that it can be part of a Place."""

    def __init__(self, picture: Image.Image, line: float) -> None:
        """`line`: width of the lines, in pixels of the picture."""
        self._original = picture.convert("RGB")
        self.line = line
        self.marks: list[Mark] = []

    @property
    def size(self) -> tuple[int, int]:
        """In pixels, after what was cut off."""
        left, top, right, bottom = self.area
        return right - left, bottom - top

    @property
    def area(self) -> tuple[int, int, int, int]:
        """What is left of the picture: left, upper, right and lower end."""
        area = (0, 0, *self._original.size)
        for mark in self.marks:
            if mark.tool == "crop":
                left, top, right, bottom = (round(edge) for edge in mark.box)
                area = max(area[0], left), max(area[1], top), min(area[2], right), min(area[3], bottom)
        return area

    def add(self, mark: Mark) -> bool:
        """Draw it. False: it is too small to be seen."""
        if not mark.is_visible:
            return False
        self.marks.append(mark)
        left, top, right, bottom = self.area
        if right - left >= _LEAST and bottom - top >= _LEAST:
            return True
        self.marks.pop()  # a crop beside the picture
        return False

    def undo(self) -> bool:
        """Take the last mark back. False: there is none."""
        return bool(self.marks) and self.marks.pop() is not None

    def rendered(self, scale: float = 1.0) -> Image.Image:
        """The picture with all marks; `scale`: how large, 1: as it is."""
        area = self.area
        image = self._original.crop(area)
        if scale != 1.0:
            size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
            image = image.resize(size, Image.Resampling.LANCZOS)
        for mark in self.marks:
            if mark.tool != "crop":
                _draw_mark(image, _moved(mark, area[:2], scale), max(1.0, self.line * scale))
        return image

    def png(self) -> bytes:
        kept = io.BytesIO()
        self.rendered().save(kept, "PNG", optimize=False)
        return kept.getvalue()


def _moved(mark: Mark, origin: Point, scale: float) -> Mark:
    (x0, y0), (x1, y1), (left, top) = mark.start, mark.end, origin
    return Mark(
        mark.tool, mark.colour, ((x0 - left) * scale, (y0 - top) * scale), ((x1 - left) * scale, (y1 - top) * scale)
    )


def _draw_mark(image: Image.Image, mark: Mark, line: float) -> None:
    around = math.ceil(line * (_HEAD + 1))
    left, top, right, bottom = mark.box
    x, y = max(0, math.floor(left) - around), max(0, math.floor(top) - around)
    width = min(image.width, math.ceil(right) + around) - x
    height = min(image.height, math.ceil(bottom) + around) - y
    if width <= 0 or height <= 0:
        return
    mask = Image.new("L", (width * _FINER, height * _FINER))
    pen = ImageDraw.Draw(mask)
    near = _moved(mark, (x, y), _FINER)
    if mark.tool == "box":
        pen.rounded_rectangle(near.box, line * _FINER, outline=255, width=max(1, round(line * _FINER)))
    else:
        _draw_arrow(pen, near.start, near.end, line * _FINER)
    mask = mask.resize((width, height), Image.Resampling.BOX)
    image.paste(Image.new("RGB", (width, height), mark.colour), (x, y), mask)


def _draw_arrow(pen: ImageDraw.ImageDraw, start: Point, end: Point, line: float) -> None:
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    head = min(line * _HEAD, math.dist(start, end) * 0.8)
    along, across = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    base = end[0] - along[0] * head, end[1] - along[1] * head
    half = head * 0.55
    wings = [(base[0] + side * across[0] * half, base[1] + side * across[1] * half) for side in (1, -1)]
    inner = base[0] + along[0] * line / 2, base[1] + along[1] * line / 2  # the head overlaps the line
    pen.line([start, inner], fill=255, width=max(1, round(line)))
    r = line / 2
    pen.ellipse((start[0] - r, start[1] - r, start[0] + r, start[1] + r), fill=255)
    pen.polygon([end, *wings], fill=255)
