"""PictureCanvas: one picture, as it fits or larger, which can be dragged about. It plays what moves. Tk thread.

All decoding and scaling is done in the background, for what is in view and a margin around it; a drag moves what is
there, and what is missing follows.
"""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Hashable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PIL import ImageTk

from lanchat.desktop.pictures.moving_picture import MovingFrame, MovingPicture
from lanchat.desktop.pictures.picture_decoding import LoadedPicture, PictureFrame, fitting, loaded_preview
from lanchat.desktop.pictures.picture_loader import PictureLoader, Wish
from lanchat.desktop.pictures.zoomed_picture import ZoomedPicture
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.tk_events import WHEEL_EVENTS, DelayedCalls, wheel_steps

ZOOM_STEP, ZOOM_MOST = 1.25, 8.0
_RADIUS, _MARGIN, _PAN = 8, 160, 80  # design pixels: of corners; around what is in view; of an arrow key


class DrawnPart(NamedTuple):
    """What is drawn: at this zoom, from this point of the enlarged picture on; pixels."""

    zoom: float
    left: int
    top: int
    size: tuple[int, int]


class PictureCanvas(tk.Canvas):
    def __init__(self, master: tk.Misc, context: ViewContext, ground: str, changed: Callable[[], None]) -> None:
        """`changed` is called when the picture, its zoom or its problem is another one."""
        super().__init__(master, bg=ground, highlightthickness=0, bd=0, takefocus=1, width=1, height=1)
        self.problem = ""  #: why it cannot be shown, in words
        self.points = (0, 0)  #: how many the picture has: wide, high; (0, 0): not known yet
        self._context = context
        self._ground = ground
        self._changed = changed
        self._calls = DelayedCalls(self)
        self._loader = PictureLoader(context.program, self._came)
        self._picture: ZoomedPicture | None = None
        self._preview: tuple[bytes, tuple[int, int]] = (b"", (0, 0))
        self._generation = 0  # of what is shown: answers for what was shown before are dropped
        self._zoom: float | None = None  # None: as it fits
        self._centre = (0.5, 0.5)  # of what is in view, as shares of the picture
        self._photo: ImageTk.PhotoImage | None = None
        self._drawn: DrawnPart | None = None
        self._moving: MovingPicture | None = None
        self._held: tuple[int, int, tuple[float, float]] | None = None
        self._was_dragged = False  # since it was pressed last
        self.bind("<Configure>", lambda _event: self._resized())
        self.bind("<ButtonPress-1>", self._pressed)
        self.bind("<B1-Motion>", self._dragged)
        self.bind("<ButtonRelease-1>", lambda _event: self._let_go())
        self.bind("<Double-Button-1>", self._double)
        for event in WHEEL_EVENTS:
            self.bind(event, self._turned)
        self.bind("<Destroy>", lambda _event: self._close(), add="+")

    # --- what is shown -----------------------------------------------------------------------------------------------
    def show(self, path: str, preview: bytes, size: tuple[int, int]) -> None:
        """Show the picture at `path`; or, while that is "", the tiny one. `size`: what the picture is said to have."""
        self._generation += 1
        self._stop()
        self._picture, self._drawn = (ZoomedPicture(Path(path), self._ground) if path else None), None
        self._preview, self.points, self.problem = (preview, size), size, ""
        self._zoom, self._centre = None, (0.5, 0.5)
        self._wish()
        self._changed()

    @property
    def fit(self) -> float:
        """The zoom at which all of it is in view; at most 1."""
        wide, high = self.points
        if not (wide and high):
            return 1.0
        return min(1.0, self.winfo_width() / wide, self.winfo_height() / high)

    @property
    def zoom(self) -> float:
        return self.fit if self._zoom is None else self._zoom

    @property
    def has_picture(self) -> bool:
        """It shows the picture itself, not only the tiny one."""
        return self._picture is not None and self._drawn is not None

    @property
    def is_enlarged(self) -> bool:
        """It is larger than it fits, so that it can be moved."""
        return self._zoom is not None

    # --- zoom and place ----------------------------------------------------------------------------------------------
    def set_zoom(self, zoom: float, at: tuple[int, int] | None = None) -> None:
        """`at`: a point of the canvas under which the picture stays; None: the middle."""
        if self._picture is None or self.problem:
            return
        before, wide, high = self.zoom, *self.points
        zoom = min(max(zoom, self.fit), max(ZOOM_MOST, self.fit))
        x, y = at or (self.winfo_width() // 2, self.winfo_height() // 2)
        away = x - self.winfo_width() / 2, y - self.winfo_height() / 2
        centre = self._centre if self._zoom is not None else (0.5, 0.5)
        point = centre[0] * wide + away[0] / before, centre[1] * high + away[1] / before
        self._zoom = None if zoom <= self.fit * 1.001 else zoom
        left, top = point[0] - away[0] / zoom, point[1] - away[1] / zoom
        self._centre = self._within(left / max(1, wide), top / max(1, high))
        if self._zoom is None:
            self._picture.forget()
        self._stop()
        self._wish()
        self._changed()

    def zoom_by(self, steps: float, at: tuple[int, int] | None = None) -> None:
        self.set_zoom(self.zoom * ZOOM_STEP**steps, at)

    def pan(self, right: int, down: int) -> None:
        """Move on by so many steps, where it is enlarged."""
        step = self._context.theme.px(_PAN)
        self._go((self._centre[0] + right * step / (self.points[0] * self.zoom),
                  self._centre[1] + down * step / (self.points[1] * self.zoom)))  # fmt: skip

    def _within(self, x: float, y: float) -> tuple[float, float]:
        """The centre nearest to this one at which no edge of the picture leaves its side of the canvas."""
        found = []
        for share, length, room in ((x, self.points[0], self.winfo_width()), (y, self.points[1], self.winfo_height())):
            half = room / 2 / max(1.0, length * self.zoom)
            found.append(0.5 if half >= 0.5 else min(max(share, half), 1 - half))
        return found[0], found[1]

    def _go(self, centre: tuple[float, float]) -> None:
        self._centre = self._within(*centre)
        self._place()
        if not self._covers():
            self._wish()

    def _corner(self, zoom: float) -> tuple[int, int]:
        """Where the picture's upper left corner is on the canvas."""
        centre = self._centre if self._zoom is not None else (0.5, 0.5)
        return (round(self.winfo_width() / 2 - centre[0] * self.points[0] * zoom),
                round(self.winfo_height() / 2 - centre[1] * self.points[1] * zoom))  # fmt: skip

    def _place(self) -> None:
        """Move what is drawn to where it belongs now."""
        if self._drawn is not None and self.find_withtag("picture"):
            left, top = self._corner(self._drawn.zoom)
            self.coords("picture", left + self._drawn.left, top + self._drawn.top)

    def _needed(self, margin: int) -> tuple[int, int, int, int]:
        """The part of the enlarged picture that is in view, with a margin."""
        left, top = self._corner(self.zoom)
        wide, high = round(self.points[0] * self.zoom), round(self.points[1] * self.zoom)
        return (max(0, -left - margin), max(0, -top - margin), min(wide, self.winfo_width() - left + margin),
                min(high, self.winfo_height() - top + margin))  # fmt: skip

    def _covers(self) -> bool:
        """Whether all that is in view is drawn."""
        drawn = self._drawn
        if drawn is None or abs(drawn.zoom - self.zoom) > 1e-6:
            return False
        left, top, right, bottom = self._needed(0)
        return (drawn.left <= left and drawn.top <= top and drawn.left + drawn.size[0] >= right
                and drawn.top + drawn.size[1] >= bottom)  # fmt: skip

    # --- drawing -----------------------------------------------------------------------------------------------------
    def _wish(self) -> None:
        """Have drawn what should be in view now."""
        room = self.winfo_width(), self.winfo_height()
        if min(room) <= 1 or self.problem:
            return
        px, generation = self._context.theme.px, self._generation
        if self._picture is None:
            data, size = self._preview
            shown = fitting(size, room) if min(size) else (px(200), px(150))
            frame = PictureFrame(shown, px(_RADIUS), self._ground, self._ground)
            self._loader.want([Wish((generation, None), partial(loaded_preview, data, frame, shown))])
        elif self._zoom is None:
            self._loader.want([Wish((generation, None), partial(self._picture.fitted, room, px(_RADIUS)))])
        else:
            left, top, right, bottom = self._needed(px(_MARGIN))
            wide, high = self.points
            box = (left / self._zoom, top / self._zoom, min(wide, right / self._zoom), min(high, bottom / self._zoom))
            part = DrawnPart(self._zoom, left, top, (max(1, right - left), max(1, bottom - top)))
            self._loader.want([Wish((generation, part), partial(self._picture.part, box, part.size))])

    def _came(self, key: Hashable, loaded: LoadedPicture) -> None:
        if not isinstance(key, tuple) or key[0] != self._generation or not self.winfo_exists():
            return
        if loaded.image is None:
            self._fail(loaded.problem)
            return
        if self._picture is not None and min(self._picture.size) and self._picture.size != self.points:
            self.points = self._picture.size  # it is not as its author said
            self._changed()
        part: DrawnPart | None = key[1]
        if part is None and self._zoom is not None:
            return  # it was enlarged meanwhile
        size = loaded.image.size
        self._drawn = part or DrawnPart(size[0] / max(1, self.points[0]), 0, 0, size)
        self._photo = ImageTk.PhotoImage(loaded.image, master=self)
        self.delete("all")
        self.create_image(0, 0, anchor="nw", image=self._photo, tags="picture")
        self._place()
        if loaded.moves and self._picture is not None:
            around = PictureFrame(size, self._context.theme.px(_RADIUS), self._ground, self._ground)
            self._stop()
            self._moving = MovingPicture(self._picture.path, around)
            self._play(self._moving)

    def _fail(self, problem: str) -> None:
        self.problem = problem
        self._photo = self._drawn = None
        self.delete("all")
        self._changed()

    def _resized(self) -> None:
        self._stop()
        self._centre = self._within(*self._centre)
        self._place()
        self._wish()

    # --- what moves --------------------------------------------------------------------------------------------------
    def _play(self, moving: MovingPicture) -> None:
        began = time.monotonic()

        def came(frame: MovingFrame | None) -> None:
            if moving is not self._moving or frame is None or self._photo is None:
                moving.close()
                return
            if frame.image.size == (self._photo.width(), self._photo.height()):
                self._photo.paste(frame.image)
            spent = round((time.monotonic() - began) * 1000)
            self._calls.restart("frame", partial(self._play, moving), max(1, frame.milliseconds - spent))

        self._context.program.run_in_background(moving.next_frame, came)

    def _stop(self) -> None:
        self._moving = None
        self._calls.cancel("frame")

    def _close(self) -> None:
        self._stop()
        self._loader.close()
        self._picture = None

    # --- the mouse ---------------------------------------------------------------------------------------------------
    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        self.focus_set()
        self._was_dragged = False
        if self.is_enlarged:
            self._held = event.x, event.y, self._centre
            self.configure(cursor="fleur")

    def _dragged(self, event: tk.Event[tk.Misc]) -> None:
        if self._held is not None:
            x, y, centre = self._held
            self._was_dragged = True
            wide, high = self.points[0] * self.zoom, self.points[1] * self.zoom
            self._go((centre[0] - (event.x - x) / wide, centre[1] - (event.y - y) / high))

    def _let_go(self) -> None:
        self._held = None
        self.configure(cursor="")

    def _double(self, event: tk.Event[tk.Misc]) -> None:
        """As large as it is, or again as it fits. Two drags soon one after the other are no double click."""
        if self._was_dragged:
            self._pressed(event)
            return
        self.set_zoom(self.fit if self.is_enlarged else max(1.0, self.fit * 2), (event.x, event.y))

    def _turned(self, event: tk.Event[tk.Misc]) -> str:
        self.zoom_by(-wheel_steps(event), (event.x, event.y))
        return "break"
