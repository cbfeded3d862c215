"""What the next start restores of this session: the open rooms, the place, and the window's geometry. Tk thread.

The geometry is checked first: screens are unplugged, and files get damaged.
"""

from __future__ import annotations

import re
import sys
import tkinter as tk
from collections.abc import Callable
from typing import NamedTuple

from lanchat.core.model import PrivateThread, RoomId
from lanchat.desktop.model.state import State
from lanchat.desktop.view_context import InRoom, Place, WelcomePlace
from lanchat.engine.commands import Command, Join, OpenRoom
from lanchat.engine.events import ConnectionChanged, ConnectionState, Event, Hosting, Left
from lanchat.storage.settings import PreferencesFile

_OPEN = (ConnectionState.CONNECTED, ConnectionState.HOSTING)
_GEOMETRY = re.compile(r"(\d{2,5})x(\d{2,5})\+(-?\d{1,5})\+(-?\d{1,5})")
_GRIP = 100  #: pixels of the window's top edge that must be on a screen, for the mouse to take hold of it


def remember(kept: PreferencesFile, event: Event) -> None:
    """Record which rooms are open, and that one was opened here: then Windows has asked what its hint announces."""
    open_rooms = kept.now.open_rooms
    match event:
        case ConnectionChanged(room_id, state=state) if state in _OPEN and room_id not in open_rooms:
            kept.change(open_rooms=(*open_rooms, room_id))
        case Left(room_id):
            kept.change(open_rooms=tuple(one for one in open_rooms if one != room_id))
        case Hosting():
            kept.change(windows_hint_seen=True)
        case _:
            pass


def begun_threads(kept: PreferencesFile, state: State) -> None:
    """List the private threads in which the person had begun to write, although nothing was sent yet."""
    for room_id, chosen in kept.now.rooms.items():
        thread = PrivateThread.of(RoomId(room_id))
        if thread is not None and chosen.draft and thread.room_id in state.rooms:
            state.open_thread(*thread)


def last_place(kept: PreferencesFile, state: State) -> Place:
    """The room that was in the main pane, if it is still known."""
    selected = RoomId(kept.now.selected)
    return InRoom(selected) if state.find(selected) is not None else WelcomePlace()


def reopen_rooms(kept: PreferencesFile, state: State, do: Callable[[Command], None]) -> None:
    """Join every room that was open; open again those of mine."""
    for room_id in map(RoomId, kept.now.open_rooms):
        room = state.rooms.get(room_id)
        if room is not None:
            do(OpenRoom(room.title, room_id=room_id) if room.hosted else Join(room_id))


class Monitor(NamedTuple):
    """One screen, in pixels; several have one coordinate system."""

    x: int
    y: int
    width: int
    height: int


def geometry_of(root: tk.Misc) -> str:
    """WIDTHxHEIGHT+X+Y: the size of the window, and the position of the frame around it."""
    left, top = _frame_size(root)
    x, y = root.winfo_rootx() - left, root.winfo_rooty() - top
    return f"{root.winfo_width()}x{root.winfo_height()}+{x}+{y}"


def fitting_geometry(root: tk.Misc, geometry: str, size: tuple[int, int]) -> str:
    """`geometry` for Tk, without the position if no screen is there any more; `size` (pixels) if it is damaged."""
    match = _GEOMETRY.fullmatch(geometry)
    if match is None:
        return "{}x{}".format(*size)
    width, height, x, y = map(int, match.groups())
    screens = monitors(root)
    on = next((screen for screen in screens if _in_reach(screen, x, y, width)), None)
    fit = on or max(screens, key=lambda screen: screen.width * screen.height)
    width, height = min(width, fit.width), min(height, fit.height)
    return f"{width}x{height}+{x}+{y}" if on else f"{width}x{height}"


def monitors(root: tk.Misc) -> list[Monitor]:
    """All screens; where the system does not tell, the rectangle around them."""
    found = _x11_monitors() if sys.platform not in ("win32", "darwin") else _windows_monitors()
    around = Monitor(root.winfo_vrootx(), root.winfo_vrooty(), root.winfo_vrootwidth(), root.winfo_vrootheight())
    return found or [around]


def _in_reach(monitor: Monitor, x: int, y: int, width: int) -> bool:
    """The mouse can move a window there by its top."""
    across = min(x + width, monitor.x + monitor.width) - max(x, monitor.x)
    return across >= min(_GRIP, width) and monitor.y <= y <= monitor.y + monitor.height - _GRIP


def _frame_size(root: tk.Misc) -> tuple[int, int]:
    """Width of the window manager's frame at the left and at the top, in pixels."""
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
    """Not yet tried on Windows."""
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
