"""RegionOverlay: the whole screen as a still picture, of which the person chooses a part with the mouse. Tk thread.

It is a window of its own, without a frame, over all screens: the only one that lanchat opens besides its own, since
what is chosen lies outside of that. Two copies of the picture lie over each other: a dark one, and on it a canvas with
the bright one, which is moved and resized with the pointer. That costs no picture for each step of the mouse.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import TypeAlias

from PIL import Image, ImageTk

from lanchat.core.translate import _
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.labels import PlainLabel

Region: TypeAlias = tuple[int, int, int, int]  #: left, upper, right and lower end, in pixels of the picture
_LEAST = 5  # pixels: a smaller region was a click
_DARK = 0.45  # how bright the picture is where nothing is chosen
_FRAME, _GAP, _MARGIN = 2, 8, 24  # design pixels
_SIGN_COLOURS = ("#ffffff", "#1e1f22")


class RegionOverlay:
    """Shown at once, and closed before `chosen` is called, with None when the person gave up."""

    def __init__(
        self, root: tk.Tk, theme: Theme, picture: Image.Image, chosen: Callable[[Region | None], None]
    ) -> None:
        """`picture`: of all screens."""
        self._picture = picture
        self._theme = theme
        self._chosen: Callable[[Region | None], None] | None = chosen
        self._from: tuple[int, int] | None = None
        self.window = window = tk.Toplevel(root, background="#000000")
        window.withdraw()
        window.overrideredirect(True)
        self._left, self._top = root.winfo_vrootx(), root.winfo_vrooty()
        self._width, self._height = root.winfo_vrootwidth(), root.winfo_vrootheight()
        window.geometry(f"{self._width}x{self._height}+{self._left}+{self._top}")
        shown = picture if picture.size == self._size else picture.resize(self._size)
        self._bright = ImageTk.PhotoImage(shown, master=window)
        self._dark = ImageTk.PhotoImage(shown.point([round(value * _DARK) for value in range(256)] * 3), master=window)
        self._ground = tk.Canvas(window, highlightthickness=0, borderwidth=0, cursor="crosshair", takefocus=1)
        self._ground.create_image(0, 0, anchor="nw", image=self._dark)
        self._ground.pack(fill="both", expand=True)
        self._frame = tk.Frame(window, background=_SIGN_COLOURS[0])
        line = theme.px(_FRAME)
        self._part = tk.Canvas(self._frame, highlightthickness=0, borderwidth=0, cursor="crosshair")
        self._part.pack(fill="both", expand=True, padx=line, pady=line)
        self._part.create_image(0, 0, anchor="nw", image=self._bright, tags="picture")
        self._hint = self._sign(_("Drag over what you want to send · Enter: the whole screen · Esc: cancel"))
        self._hint.place(relx=0.5, y=theme.px(_MARGIN), anchor="n")
        self._measure = self._sign("")
        self._bind()
        window.deiconify()
        window.lift()
        window.update_idletasks()
        self._ground.focus_force()

    @property
    def _size(self) -> tuple[int, int]:
        return self._width, self._height

    def _sign(self, words: str) -> PlainLabel:
        ink, ground = _SIGN_COLOURS
        pad = self._theme.px(10), self._theme.px(5)
        sign = PlainLabel(self.window, self._theme, "room", ink, ground, pad)
        sign.show(words, self._width)
        return sign

    def _bind(self) -> None:
        for canvas in (self._ground, self._part):
            canvas.bind("<ButtonPress-1>", self._pressed)
            canvas.bind("<B1-Motion>", self._moved)
            canvas.bind("<ButtonRelease-1>", self._released)
            for button in ("<ButtonPress-2>", "<ButtonPress-3>"):
                canvas.bind(button, lambda event: self._close(None))
        for keys, region in ((("Escape",), None), (("Return", "KP_Enter"), (0, 0, *self._picture.size))):
            for key in keys:
                self.window.bind(f"<{key}>", lambda event, region=region: self._close(region))  # type: ignore[misc]

    def _at(self, event: tk.Event[tk.Misc]) -> tuple[int, int]:
        x, y = event.x_root - self._left, event.y_root - self._top
        return min(max(0, x), self._width), min(max(0, y), self._height)

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        self._from = self._at(event)
        self._hint.place_forget()

    def _moved(self, event: tk.Event[tk.Misc]) -> None:
        if self._from is None:
            return
        left, top, right, bottom = _box(self._from, self._at(event))
        line, gap = self._theme.px(_FRAME), self._theme.px(_GAP)
        self._frame.place(x=left - line, y=top - line, width=right - left + 2 * line, height=bottom - top + 2 * line)
        self._part.coords("picture", -left, -top)
        x0, y0, x1, y1 = self._in_picture((left, top, right, bottom))
        self._measure.show(f"{x1 - x0} \N{MULTIPLICATION SIGN} {y1 - y0}", self._width)
        below = bottom + gap
        if below + self._measure.winfo_reqheight() > self._height:
            below = max(0, top - gap - self._measure.winfo_reqheight())
        self._measure.place(x=min(left, self._width - self._measure.winfo_reqwidth()), y=below)

    def _released(self, event: tk.Event[tk.Misc]) -> None:
        if self._from is None:
            return
        box = _box(self._from, self._at(event))
        self._from = None
        if box[2] - box[0] >= _LEAST and box[3] - box[1] >= _LEAST:
            self._close(self._in_picture(box))
            return
        self._frame.place_forget()
        self._measure.place_forget()

    def _in_picture(self, box: Region) -> Region:
        """The same in pixels of the picture, which differ from Tk's where Windows scales screens differently."""
        x, y = self._picture.width / self._width, self._picture.height / self._height
        return round(box[0] * x), round(box[1] * y), round(box[2] * x), round(box[3] * y)

    def _close(self, region: Region | None) -> None:
        chosen, self._chosen = self._chosen, None
        if chosen is not None:
            self.window.destroy()
            chosen(region)


def _box(one: tuple[int, int], other: tuple[int, int]) -> Region:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])
