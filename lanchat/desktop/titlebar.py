"""The window's title and icon, which say what is unread even when the window is hidden. Tk thread.

On macOS the icon is the Dock's, where it is up to 128 points large and twice as many pixels; Tk takes the first only.
"""

from __future__ import annotations

import sys
import tkinter as tk

from PIL import Image, ImageDraw, ImageFont, ImageTk

from lanchat.core.model import RoomId
from lanchat.desktop.model.state import State
from lanchat.desktop.platform import identity
from lanchat.desktop.theme.palette import LIGHT
from lanchat.desktop.theme.picture_cache import drawn

_ON_MAC = sys.platform == "darwin"
_SIZES = (256,) if _ON_MAC else (64, 32, 16)
_MOST = 99
_ICON_MS = 300  # a picture takes milliseconds: first the window is there, and of many numbers only the last is drawn


class TitleBar:
    def __init__(self, root: tk.Tk) -> None:
        self._root = root
        self._unread = 0
        self._shown = -1  # what is unread according to the icon
        self._drawing = False  # the icon is about to be drawn
        self._images: list[ImageTk.PhotoImage] = []  # Tk shows them as long as they are held
        root.title("lanchat")
        self._draw_soon()

    def show(self, state: State, room_id: RoomId | None) -> None:
        """`room_id`: the room in the middle, if one is."""
        title = state.title(room_id)
        if title != self._root.title():
            self._root.title(title)
        self._unread = min(state.total_unread(), _MOST + 1)
        self._draw_soon()

    def _draw_soon(self) -> None:
        if self._unread != self._shown and not self._drawing:
            self._drawing = True
            self._root.after(_ICON_MS, self._draw_icon)

    def _draw_icon(self) -> None:
        self._drawing = False
        self._shown = self._unread
        marked = identity.mark_unread(self._root, self._shown, _MOST)
        if marked and self._images:
            return
        drawn_by_us = 0 if marked else self._shown
        pictures = [dock_icon(size, drawn_by_us) if _ON_MAC else icon(size, drawn_by_us) for size in _SIZES]
        self._images = [ImageTk.PhotoImage(picture, master=self._root) for picture in pictures]
        self._root.iconphoto(True, *self._images)  # type: ignore[arg-type]


def icon(size: int, unread: int = 0) -> Image.Image:
    """lanchat's icon, `size` pixels square: a speech bubble; with a number on it when something is unread."""

    def draw(pen: ImageDraw.ImageDraw, finer: float) -> None:
        unit = size * finer / 32
        pen.rounded_rectangle((0, 0, 32 * unit - 1, 32 * unit - 1), 7 * unit, fill=LIGHT.accent)
        pen.rounded_rectangle((6 * unit, 7 * unit, 26 * unit, 21 * unit), 4.5 * unit, fill="white")
        pen.polygon([(11 * unit, 20 * unit), (11 * unit, 26.5 * unit), (17.5 * unit, 20 * unit)], fill="white")
        for x in (11.5, 16, 20.5):
            pen.ellipse(((x - 1.5) * unit, 12.5 * unit, (x + 1.5) * unit, 15.5 * unit), fill=LIGHT.accent)
        if unread:
            pen.ellipse((15 * unit, 0, 32 * unit - 1, 17 * unit), fill=LIGHT.alert)
            number = str(unread) if unread <= _MOST else "…"
            face = ImageFont.load_default(size=(11 if len(number) == 1 else 9.5) * unit)
            pen.text((23.5 * unit, 8.5 * unit), number, fill="white", font=face, anchor="mm")

    return drawn(size, size, draw)


def dock_icon(size: int, unread: int = 0) -> Image.Image:
    """As in the Dock of macOS, where every icon has an edge of a tenth around it (Apple's grid: 824 of 1,024)."""
    inside = round(size * 824 / 1024)
    picture = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    picture.paste(icon(inside, unread), ((size - inside) // 2, (size - inside) // 2))
    return picture
