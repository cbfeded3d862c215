"""What Tk does not do with an X11 display, through Xlib: dpi, attention, window frame, monitors, keyboard layout, and
how long nobody has used it.

Any thread: each call has a connection of its own.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

_SUBSTRUCTURE = (1 << 19) | (1 << 20)  # SubstructureNotifyMask and SubstructureRedirectMask, for the window manager
_CLIENT_MESSAGE = 33
_ADD = 1
_FROM_PROGRAM = 1
_LETTERS = range(38, 46)  # keycodes of a row of letters, with evdev
_CARDINAL = 6  # XA_CARDINAL


class _Message(ctypes.Structure):  # XClientMessageEvent, padded to the size of XEvent
    _fields_ = (
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong), ("format", ctypes.c_int),
        ("values", ctypes.c_long * 5), ("rest", ctypes.c_long * 12),
    )  # fmt: skip


class _Monitor(ctypes.Structure):  # XineramaScreenInfo
    _fields_ = (
        ("number", ctypes.c_int), ("x", ctypes.c_short), ("y", ctypes.c_short), ("width", ctypes.c_short),
        ("height", ctypes.c_short),
    )  # fmt: skip


class _Saver(ctypes.Structure):  # XScreenSaverInfo
    _fields_ = (
        ("window", ctypes.c_ulong), ("state", ctypes.c_int), ("kind", ctypes.c_int), ("since", ctypes.c_ulong),
        ("idle", ctypes.c_ulong), ("events", ctypes.c_ulong),
    )  # fmt: skip


class NoDisplay(Exception):
    """There is no X11 display, or no Xlib."""


def dpi() -> str:
    """The X resource Xft.dpi, which desktops set for screens with small pixels; "" when not set. Raises NoDisplay."""
    with connected_display() as (x, display):
        value: bytes | None = x.XGetDefault(display, b"Xft", b"dpi")  # ctypes copies it: Xlib frees it with the display
    return (value or b"").decode("ascii", "replace")


def demand_attention(window: int) -> None:
    """Ask the window manager to mark the window that holds `window` (Tk's `winfo_id`) until it gets the focus.

    Raises NoDisplay. https://specifications.freedesktop.org/wm-spec/latest/ (_NET_WM_STATE)
    """
    with connected_display() as (x, display):
        root, outer = _family(x, display, window)
        state = x.XInternAtom(display, b"_NET_WM_STATE", False)
        wanted = x.XInternAtom(display, b"_NET_WM_STATE_DEMANDS_ATTENTION", False)
        message = _Message(type=_CLIENT_MESSAGE, window=outer, message_type=state, format=32)
        message.values[:] = [_ADD, wanted, 0, _FROM_PROGRAM, 0]
        x.XSendEvent(display, root, False, _SUBSTRUCTURE, ctypes.byref(message))


def has_latin_letters(layout: int) -> bool:
    """Whether this layout of the keyboard (0 to 3) has Latin letters. Raises NoDisplay."""
    with connected_display() as (x, display):
        x.XkbKeycodeToKeysym.argtypes = [ctypes.c_void_p, ctypes.c_ubyte, ctypes.c_int, ctypes.c_int]
        x.XkbKeycodeToKeysym.restype = ctypes.c_ulong
        found = [x.XkbKeycodeToKeysym(display, code, layout, 0) for code in _LETTERS]
    return any(chr(one).isalpha() for one in found if one < 0x80)


def frame(window: int) -> tuple[int, int]:
    """Width of the window manager's frame at the left and at the top, in pixels; 0 where it does not tell.

    Tk's own `wm geometry` is +0+0 where the window manager has chosen the position. Raises NoDisplay.
    https://specifications.freedesktop.org/wm-spec/latest/ (_NET_FRAME_EXTENTS)
    """
    kind, size, count, rest = ctypes.c_ulong(), ctypes.c_int(), ctypes.c_ulong(), ctypes.c_ulong()
    values = ctypes.POINTER(ctypes.c_ulong)()
    with connected_display() as (x, display):
        _root, outer = _family(x, display, window)
        name = x.XInternAtom(display, b"_NET_FRAME_EXTENTS", False)
        found = map(ctypes.byref, (kind, size, count, rest, values))
        x.XGetWindowProperty(display, outer, name, 0, 4, False, _CARDINAL, *found)
        extents = list(values[: count.value]) if values else []
        if values:
            x.XFree(values)
    return (extents[0], extents[2]) if len(extents) == 4 else (0, 0)  # left, right, top, bottom


def monitors() -> list[tuple[int, int, int, int]]:
    """x, y, width and height of each screen; none where Xinerama is missing. Raises NoDisplay."""
    try:
        xinerama = ctypes.CDLL("libXinerama.so.1")
    except OSError:
        return []
    xinerama.XineramaQueryScreens.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_int)]
    xinerama.XineramaQueryScreens.restype = ctypes.POINTER(_Monitor)
    count = ctypes.c_int()
    with connected_display() as (x, display):
        found = xinerama.XineramaQueryScreens(display, ctypes.byref(count))
        screens = [(one.x, one.y, one.width, one.height) for one in found[: count.value]] if found else []
        if found:
            x.XFree(found)
    return screens


def seconds_since_input() -> float | None:
    """Since a key, a button or the pointer was used; None where the server does not tell. Raises NoDisplay.

    https://www.x.org/releases/current/doc/scrnsaverproto/saver.html
    """
    try:
        saver = ctypes.CDLL("libXss.so.1")
    except OSError:
        return None
    pointer, number = ctypes.c_void_p, ctypes.POINTER(ctypes.c_int)
    saver.XScreenSaverQueryExtension.argtypes = [pointer, number, number]
    saver.XScreenSaverQueryInfo.argtypes = [pointer, ctypes.c_ulong, ctypes.POINTER(_Saver)]
    event, error, found = ctypes.c_int(), ctypes.c_int(), _Saver()
    with connected_display() as (x, display):
        if not saver.XScreenSaverQueryExtension(display, ctypes.byref(event), ctypes.byref(error)):
            return None
        x.XDefaultRootWindow.argtypes, x.XDefaultRootWindow.restype = [pointer], ctypes.c_ulong
        root = x.XDefaultRootWindow(display)
        told = saver.XScreenSaverQueryInfo(display, root, ctypes.byref(found))
    return found.idle / 1000 if told else None


def _family(x: ctypes.CDLL, display: int, window: int) -> tuple[int, int]:
    """The root window, and the parent of Tk's window, which the window manager knows."""
    root, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
    children = ctypes.c_void_p()
    x.XQueryTree(display, window, *map(ctypes.byref, (root, parent, children, count)))
    if children:
        x.XFree(children)
    return root.value, parent.value


@contextmanager
def connected_display() -> Iterator[tuple[ctypes.CDLL, int]]:
    """Xlib and a connection, which is flushed and closed at the end."""
    try:
        x = ctypes.CDLL("libX11.so.6")
    except OSError as error:
        raise NoDisplay from error
    pointer, window, atom = ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong
    x.XOpenDisplay.argtypes, x.XOpenDisplay.restype = [ctypes.c_char_p], pointer
    x.XCloseDisplay.argtypes = [pointer]
    x.XGetDefault.argtypes, x.XGetDefault.restype = [pointer, ctypes.c_char_p, ctypes.c_char_p], ctypes.c_char_p
    x.XInternAtom.argtypes, x.XInternAtom.restype = [pointer, ctypes.c_char_p, ctypes.c_int], atom
    x.XQueryTree.argtypes = [pointer, window, *[pointer] * 4]
    x.XFree.argtypes = [pointer]
    x.XGetWindowProperty.argtypes = [
        pointer, window, atom, ctypes.c_long, ctypes.c_long, ctypes.c_int, atom, *[pointer] * 5,
    ]  # fmt: skip
    x.XSendEvent.argtypes = [pointer, window, ctypes.c_int, ctypes.c_long, pointer]
    display = x.XOpenDisplay(None)
    if not display:
        raise NoDisplay
    try:
        yield x, display
    finally:
        x.XCloseDisplay(display)
