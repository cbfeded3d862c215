"""The window's title and icon, which say what is unread even when the window is hidden. Tk thread.

On macOS the icon is the Dock's, where it is up to 128 points large and twice as many pixels; Tk takes the first only.

Where the window was, if it can be there again: screens are unplugged, and files get damaged. Tk thread.

The menu bar of macOS, at the top of the screen, with the keys that work in the window. Tk thread. Not yet tried.

Without one of ours Tk shows its own, in which one can run any Tcl script. Tk adds the program's own menu (About,
Settings, Hide, Quit), and to those named `window` and `help` what macOS has in them (Minimize: Command-M).
https://www.tcl-lang.org/man/tcl8.6/TkCmd/menu.html#M28
"""

from __future__ import annotations

import re
import sys
import tkinter as tk
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont, ImageTk

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.bindings import shortcuts
from lanchat.desktop.model.state import State
from lanchat.desktop.pages.keys import everywhere
from lanchat.desktop.platform import taskbar
from lanchat.desktop.theme.palette import LIGHT
from lanchat.desktop.theme.picture_cache import drawn
from lanchat.desktop.view_context import JoinBy
from lanchat.desktop.widgets.modifiers import COMMAND, OPTION
from lanchat.desktop.window import Window

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
        marked = taskbar.mark_unread(self._root, self._shown, _MOST)
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


_WRITTEN = re.compile(r"(\d{2,5})x(\d{2,5})\+(-?\d{1,5})\+(-?\d{1,5})")
_GRIP = 100  #: pixels of the window's top that must be on a screen, to take hold of it


class Monitor(NamedTuple):
    """A screen, or one of several side by side: in pixels."""

    x: int
    y: int
    width: int
    height: int


def written(root: tk.Misc) -> str:
    """Size and place of the window, as `fitting` takes it; the place is that of the frame around it."""
    left, top = _frame(root)
    x, y = root.winfo_rootx() - left, root.winfo_rooty() - top
    return f"{root.winfo_width()}x{root.winfo_height()}+{x}+{y}"


def fitting(root: tk.Misc, written: str, size: tuple[int, int]) -> str:
    """`written`, for Tk, without the place where no screen is any more; else just `size`, in pixels."""
    match = _WRITTEN.fullmatch(written)
    if match is None:
        return "{}x{}".format(*size)
    width, height, x, y = map(int, match.groups())
    there = monitors(root)
    on = next((one for one in there if _can_be_taken(one, x, y, width)), None)
    largest = on or max(there, key=lambda one: one.width * one.height)
    width, height = min(width, largest.width), min(height, largest.height)
    return f"{width}x{height}+{x}+{y}" if on else f"{width}x{height}"


def monitors(root: tk.Misc) -> list[Monitor]:
    """All there are; where the system does not tell, the one rectangle around them."""
    found = _x11_monitors() if sys.platform not in ("win32", "darwin") else _windows_monitors()
    around = Monitor(root.winfo_vrootx(), root.winfo_vrooty(), root.winfo_vrootwidth(), root.winfo_vrootheight())
    return found or [around]


def _can_be_taken(monitor: Monitor, x: int, y: int, width: int) -> bool:
    """A window there can be moved by its top with the mouse."""
    across = min(x + width, monitor.x + monitor.width) - max(x, monitor.x)
    return across >= min(_GRIP, width) and monitor.y <= y <= monitor.y + monitor.height - _GRIP


def _frame(root: tk.Misc) -> tuple[int, int]:
    """Pixels of the frame at the left of the window and above it."""
    if sys.platform in ("win32", "darwin"):
        return root.winfo_rootx() - root.winfo_x(), root.winfo_rooty() - root.winfo_y()
    from lanchat.desktop.platform import x11

    try:
        return x11.frame(root.winfo_id())
    except x11.NoDisplay:
        return 0, 0


def _x11_monitors() -> list[Monitor]:
    from lanchat.desktop.platform import x11

    try:
        return [Monitor(*one) for one in x11.monitors()]
    except x11.NoDisplay:
        return []


def _windows_monitors() -> list[Monitor]:
    """Not yet tried there."""
    if sys.platform != "win32":
        return []
    import ctypes
    from ctypes import wintypes

    found: list[Monitor] = []

    def one(_monitor: int, _device: int, box: ctypes._Pointer[wintypes.RECT], _data: int) -> bool:
        area = box.contents
        found.append(Monitor(area.left, area.top, area.right - area.left, area.bottom - area.top))
        return True

    handle, pointer = ctypes.c_void_p, ctypes.POINTER(wintypes.RECT)
    kind = ctypes.WINFUNCTYPE(wintypes.BOOL, handle, handle, pointer, wintypes.LPARAM)
    ctypes.windll.user32.EnumDisplayMonitors(None, None, kind(one), 0)
    return found


_SIGNS = {"comma": ",", "plus": "+", "minus": "-"}


def show_menu_bar(root: tk.Tk, window: Window, close: Callable[[], None]) -> None:
    """Instead of the one before, in the language of now. Accelerators are only written there: the keys are bound."""
    before = root.nametowidget(root["menu"]) if root["menu"] else None
    deeds = shortcuts(window, close)
    words = {press: key.words for key in everywhere() for press in key.presses}
    bar = tk.Menu(root)

    def menu(title: str, name: str) -> tk.Menu:
        made = tk.Menu(bar, name=name, tearoff=False)
        bar.add_cascade(label=title, menu=made)
        return made

    def add(to: tk.Menu, *presses: str) -> None:
        for press in presses:
            do = partial(_if_open, window, deeds[press])
            to.add_command(label=words[press], accelerator=_accelerator(press), command=do)

    file = menu(_("File"), "file")
    add(file, f"{COMMAND}-n")
    join = partial(_if_open, window, lambda: window.go(JoinBy()))
    file.add_command(label=_("Join by code or address…"), command=join)
    file.add_separator()
    file.add_command(label=words[f"{COMMAND}-w"], accelerator=f"{COMMAND}-W", command=close)
    edit = menu(_("Edit"), "edit")
    for label, meaning, key in (
        (_("Undo"), "<<Undo>>", "Z"), (_("Redo"), "<<Redo>>", "Shift-Z"), (_("Cut"), "<<Cut>>", "X"),
        (_("Copy"), "<<Copy>>", "C"), (_("Paste"), "<<Paste>>", "V"), (_("Select all"), "<<SelectAll>>", "A"),
    ):  # fmt: skip
        edit.add_command(label=label, accelerator=f"{COMMAND}-{key}", command=partial(_edit, root, meaning))
    edit.add_separator()
    add(edit, f"{COMMAND}-f", f"{COMMAND}-Shift-F")
    view = menu(_("View"), "view")
    add(view, f"{COMMAND}-k", f"{OPTION}-Up", f"{OPTION}-Down", "F7")
    view.add_separator()
    add(view, f"{COMMAND}-plus", f"{COMMAND}-minus", f"{COMMAND}-0")
    menu(_("Window"), "window")
    menu(_("Help"), "help")
    root.configure(menu=bar)
    if before is not None:
        before.destroy()


def _if_open(window: Window, deed: Callable[[], object]) -> None:
    """As with the keys: once there is something to do in the window."""
    if window.desk is not None:
        deed()


def _edit(root: tk.Tk, meaning: str) -> None:
    (root.focus_get() or root).event_generate(meaning)


def _accelerator(press: str) -> str:
    """As Tk reads it there, to draw it with the signs of macOS: "Command-N"."""
    *held, key = press.split("-")
    return "-".join((*held, _SIGNS.get(key, key.upper() if len(key) == 1 else key)))
