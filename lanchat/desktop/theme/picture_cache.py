"""PictureCache: keeps pictures drawn with Pillow as PhotoImages; and functions that draw with smooth edges. Tk thread.

Tk drops a picture when its PhotoImage is garbage collected. Whoever shows a picture for long (the timeline) keeps a
reference, since this cache may drop it.
"""

from __future__ import annotations

import time
import tkinter as tk
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator

from PIL import Image, ImageDraw, ImageTk

Drawing = Callable[[ImageDraw.ImageDraw, float], None]

#: Pictures kept, at most: peers choose emoji, and all of them in all sizes would fill the memory.
_MOST = 4_000
_FINER = 4  # drawn that many times larger and reduced, for smooth edges


class PictureCache:
    """PhotoImages by key. The ones that were not used for longest are dropped."""

    def __init__(self, root: tk.Misc) -> None:
        self._root = root
        self._kept: OrderedDict[Hashable, ImageTk.PhotoImage] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Image.Image]) -> ImageTk.PhotoImage:
        """The picture of `key`; `make` draws it when it is not in the cache."""
        image = self._kept.get(key)
        if image is None:
            image = self._kept[key] = ImageTk.PhotoImage(make(), master=self._root)
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return image

    def __len__(self) -> int:
        return len(self._kept)


def drawn(width: int, height: int, draw: Drawing) -> Image.Image:
    """A picture with smooth edges. `draw` gets a pen on a larger canvas, and how many times larger it is."""
    image = Image.new("RGBA", (max(1, width) * _FINER, max(1, height) * _FINER), (0, 0, 0, 0))
    draw(ImageDraw.Draw(image), _FINER)
    return image.reduce(_FINER)  # looks as good as Lanczos resampling, in a tenth of the time


def rounded(
    width: int, height: int, radius: int, fill: str | None, outline: str | None = None, line: int = 1
) -> Image.Image:
    """A rectangle with round corners. For large or changing sizes there is `widgets.surfaces.draw_ground`."""

    def draw(pen: ImageDraw.ImageDraw, finer: float) -> None:
        box = (0, 0, width * finer - 1, height * finer - 1)
        pen.rounded_rectangle(box, radius * finer, fill=fill, outline=outline, width=round(line * finer))

    return drawn(width, height, draw)


class DrawBudget:
    """Some milliseconds for drawing new images, then a pause in which other work has its turn.

    Peers choose how many images their messages need, and each takes about a millisecond: what cannot be drawn in time
    is left blank, and drawn a bit later.
    """

    PAUSE_MS = 15  #: between two turns of drawing
    _TURN_SECONDS = 0.006

    def __init__(self) -> None:
        self._until = 0.0

    def allows(self) -> bool:
        """Whether there is time to draw one more now."""
        now = time.perf_counter()
        if now > self._until + self.PAUSE_MS / 1000:
            self._until = now + self._TURN_SECONDS
        return now <= self._until

    def turn(self) -> Iterator[None]:
        """One round for each image that there is time for, from now on."""
        until = time.perf_counter() + self._TURN_SECONDS
        while time.perf_counter() < until:
            yield
