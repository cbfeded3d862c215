"""What another program has copied, through Xlib: kinds of data that Tk cannot take. X11; any thread.

Tk 8.6 gives what is no text as a list of numbers, and none that is larger than 400,000 bytes. A large selection may
come in pieces (INCR). https://x.org/releases/X11R7.6/doc/xorg-docs/specs/ICCCM/icccm.html#use_of_selection_atoms
"""

from __future__ import annotations

import ctypes
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager

from lanchat.desktop.platform.x11 import NoDisplay as NoDisplay
from lanchat.desktop.platform.x11 import connected_display

_SELECTION_NOTIFY, _PROPERTY_NOTIFY = 31, 28
_PROPERTY_CHANGES = 1 << 22  # PropertyChangeMask
_NEW_VALUE = 0
_ANY_TYPE = 0
_WORDS = 1 << 16  # of four bytes, that are asked for at once
_PATIENCE_SECONDS = 5.0
MOST_BYTES = 64 * 1024 * 1024


class _SelectionEvent(ctypes.Structure):  # XSelectionEvent, padded to the size of XEvent
    _fields_ = (
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p),
        ("requestor", ctypes.c_ulong), ("selection", ctypes.c_ulong), ("target", ctypes.c_ulong),
        ("property", ctypes.c_ulong), ("time", ctypes.c_ulong), ("rest", ctypes.c_long * 24),
    )  # fmt: skip


class _PropertyEvent(ctypes.Structure):  # XPropertyEvent: the beginning of the same bytes
    _fields_ = (
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong), ("atom", ctypes.c_ulong), ("time", ctypes.c_ulong), ("state", ctypes.c_int),
    )  # fmt: skip


def copied(kind: str) -> bytes:
    """The clipboard's content as this kind, such as image/png; b"": it has none, or its owner does not answer.

    Raises NoDisplay. It waits for the owner, which may be this program: never on the Tk thread.
    """
    with _asking() as (x, display, window):
        clipboard, target, place, pieces = (
            x.XInternAtom(display, name, False) for name in (b"CLIPBOARD", kind.encode(), b"LANCHAT_PASTE", b"INCR")
        )
        x.XConvertSelection(display, clipboard, target, place, window, 0)
        until = time.monotonic() + _PATIENCE_SECONDS
        event = _next(x, display, _SELECTION_NOTIFY, until)
        if event is None or event.property != place:
            return b""
        found, form = _taken(x, display, window, place)
        if form != pieces:
            return found
        parts: list[bytes] = []
        size = 0
        while size <= MOST_BYTES:
            event = _next(x, display, _PROPERTY_NOTIFY, time.monotonic() + _PATIENCE_SECONDS)
            if event is None:
                return b""
            change = _PropertyEvent.from_buffer(event)
            if change.atom != place or change.state != _NEW_VALUE:
                continue
            part, _form = _taken(x, display, window, place)
            if not part:
                return b"".join(parts)
            parts.append(part)
            size += len(part)
    return b""


def _next(x: ctypes.CDLL, display: int, kind: int, until: float) -> _SelectionEvent | None:
    """The next event of this kind; None: none came in time."""
    event = _SelectionEvent()
    while True:
        while x.XPending(display):
            x.XNextEvent(display, ctypes.byref(event))
            if event.type == kind:
                return event
        left = until - time.monotonic()
        if left <= 0 or not select.select([x.XConnectionNumber(display)], [], [], left)[0]:
            return None


def _taken(x: ctypes.CDLL, display: int, window: int, place: int) -> tuple[bytes, int]:
    """What is in the property, and its type; the property is deleted, which asks for the next piece."""
    data = bytearray()
    kind, form, count, rest = ctypes.c_ulong(), ctypes.c_int(), ctypes.c_ulong(), ctypes.c_ulong()
    while len(data) <= MOST_BYTES:
        values = ctypes.POINTER(ctypes.c_ubyte)()
        found = map(ctypes.byref, (kind, form, count, rest, values))
        x.XGetWindowProperty(display, window, place, len(data) // 4, _WORDS, False, _ANY_TYPE, *found)
        if values:
            if form.value == 8:
                data += ctypes.string_at(values, count.value)
            x.XFree(values)
        if form.value != 8 or not rest.value:
            break
    x.XDeleteProperty(display, window, place)
    x.XFlush(display)
    return bytes(data), kind.value


@contextmanager
def _asking() -> Iterator[tuple[ctypes.CDLL, int, int]]:
    """Xlib, a connection, and a window that is never shown, to which the answer comes."""
    with connected_display() as (x, display):
        pointer, number = ctypes.c_void_p, ctypes.c_ulong
        x.XDefaultRootWindow.argtypes, x.XDefaultRootWindow.restype = [pointer], number
        x.XCreateSimpleWindow.argtypes = [pointer, number, *[ctypes.c_int] * 2, *[ctypes.c_uint] * 3, number, number]
        x.XCreateSimpleWindow.restype = number
        x.XSelectInput.argtypes = [pointer, number, ctypes.c_long]
        x.XConvertSelection.argtypes = [pointer, *[number] * 5]
        x.XPending.argtypes = x.XConnectionNumber.argtypes = x.XFlush.argtypes = [pointer]
        x.XNextEvent.argtypes = [pointer, pointer]
        x.XDeleteProperty.argtypes = [pointer, number, number]
        window = x.XCreateSimpleWindow(display, x.XDefaultRootWindow(display), 0, 0, 1, 1, 0, 0, 0)
        x.XSelectInput(display, window, _PROPERTY_CHANGES)
        yield x, display, window
