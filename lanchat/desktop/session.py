"""Returning: which rooms were open, so that the next start goes straight back into them. Tk thread.

Wanted: the room that whoever started lanchat wants to see in the window (`--window`). Tk thread.
"""

from __future__ import annotations

import re
import sys
import tkinter as tk
from collections.abc import Callable
from typing import NamedTuple

from lanchat.core.model import RoomId
from lanchat.desktop.model.state import State
from lanchat.desktop.view_context import InRoom, Place, WelcomePlace
from lanchat.engine.commands import Command, Join, OpenRoom
from lanchat.engine.events import ConnectionChanged, ConnectionState, Event, Left
from lanchat.storage.preferences import Kept

_IN = (ConnectionState.CONNECTED, ConnectionState.HOSTING)


class LastRooms:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def heard(self, event: Event) -> None:
        """Keep in mind what is open."""
        match event:
            case ConnectionChanged(room_id, state=state) if state in _IN:
                self._remember(room_id)
            case Left(room_id):
                self._kept.change(open_rooms=tuple(one for one in self._kept.now.open_rooms if one != room_id))
            case _:
                pass

    def place(self, state: State) -> Place:
        """Where the person was."""
        selected = RoomId(self._kept.now.selected)
        return InRoom(selected) if selected in state.rooms else WelcomePlace()

    def start(self, state: State, do: Callable[[Command], None]) -> None:
        """Into every room that was open; those of mine are opened again."""
        for room_id in map(RoomId, self._kept.now.open_rooms):
            room = state.rooms.get(room_id)
            if room is not None:
                do(OpenRoom(room.title, room_id=room_id) if room.hosted else Join(room_id))

    def _remember(self, room_id: RoomId) -> None:
        if room_id not in self._kept.now.open_rooms:
            self._kept.change(open_rooms=(*self._kept.now.open_rooms, room_id))


_WRITTEN = re.compile(r"(\d{2,5})x(\d{2,5})\+(-?\d{1,5})\+(-?\d{1,5})")


_GRIP = 100  #: pixels of the window's top that must be on a screen, to take hold of it


class Monitor(NamedTuple):
    """A screen, or one of several side by side: in pixels."""

    x: int
    y: int
    width: int
    height: int


def geometry_of(root: tk.Misc) -> str:
    """Size and place of the window, as `fitting_geometry` takes it; the place is that of the frame around it."""
    left, top = _frame(root)
    x, y = root.winfo_rootx() - left, root.winfo_rooty() - top
    return f"{root.winfo_width()}x{root.winfo_height()}+{x}+{y}"


def fitting_geometry(root: tk.Misc, geometry_of: str, size: tuple[int, int]) -> str:
    """`geometry_of`, for Tk, without the place where no screen is any more; else just `size`, in pixels."""
    match = _WRITTEN.fullmatch(geometry_of)
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
