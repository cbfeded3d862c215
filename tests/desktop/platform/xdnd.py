"""Somebody who drags files from another program and drops them: XDND version 5 through Xlib.

https://www.freedesktop.org/wiki/Specifications/XDND/
"""

from __future__ import annotations

import ctypes
import select
import time
from collections.abc import Sequence
from pathlib import Path

from lanchat.desktop.platform.x11 import connected_display

_CLIENT_MESSAGE, _SELECTION_REQUEST, _SELECTION_NOTIFY = 33, 30, 31
_ATOM = 4
_SECONDS = 10
_LONG, _PTR, _INT, _UINT = ctypes.c_long, ctypes.c_void_p, ctypes.c_int, ctypes.c_uint
_ID = ctypes.c_ulong


class _Message(ctypes.Structure):
    _fields_ = (
        ("type", _INT), ("serial", _ID), ("send_event", _INT), ("display", _PTR), ("window", _ID),
        ("message_type", _ID), ("format", _INT), ("values", _LONG * 5), ("rest", _LONG * 24),
    )  # fmt: skip


class _Request(ctypes.Structure):
    _fields_ = (
        ("type", _INT), ("serial", _ID), ("send_event", _INT), ("display", _PTR), ("owner", _ID), ("requestor", _ID),
        ("selection", _ID), ("target", _ID), ("property", _ID), ("time", _ID), ("rest", _LONG * 24),
    )  # fmt: skip


class _Notify(ctypes.Structure):
    _fields_ = (
        ("type", _INT), ("serial", _ID), ("send_event", _INT), ("display", _PTR), ("requestor", _ID),
        ("selection", _ID), ("target", _ID), ("property", _ID), ("time", _ID), ("rest", _LONG * 24),
    )  # fmt: skip


def drag_and_drop(window: int, x: int, y: int, files: Sequence[Path], drops: bool = True) -> bool:
    """Drag files to a point of the screen over `window`, which is the one that the window manager would know, and drop
    them; or drag them away again. Whether the window took them. Not on the thread of that window."""
    with connected_display() as (x11, display):
        source = _Source(x11, display, window)
        uris = "".join(f"{file.as_uri()}\r\n" for file in files).encode()
        source.says("XdndEnter", 5 << 24, source.atom("text/uri-list"), 0, 0)
        source.says("XdndPosition", 0, x << 16 | y, 0, source.atom("XdndActionCopy"))
        status = source.hears("XdndStatus", uris)
        if not drops or not status.values[1] & 1:
            source.says("XdndLeave", 0, 0, 0, 0)
            return False
        source.says("XdndDrop", 0, 0, 0, 0)
        return source.hears("XdndFinished", uris).values[2] != 0  # the action; tkdnd sets another bit than the first


class _Source:
    def __init__(self, x11: ctypes.CDLL, display: int, target: int) -> None:
        self._x11, self._display, self._target = x11, display, target
        x11.XDefaultRootWindow.argtypes, x11.XDefaultRootWindow.restype = [_PTR], _ID
        x11.XCreateSimpleWindow.argtypes = [_PTR, _ID, _INT, _INT, _UINT, _UINT, _UINT, _ID, _ID]
        x11.XCreateSimpleWindow.restype = _ID
        x11.XSetSelectionOwner.argtypes = [_PTR, _ID, _ID, _ID]
        x11.XChangeProperty.argtypes = [_PTR, _ID, _ID, _ID, _INT, _INT, ctypes.c_char_p, _INT]
        x11.XPending.argtypes = x11.XConnectionNumber.argtypes = x11.XFlush.argtypes = [_PTR]
        x11.XNextEvent.argtypes = [_PTR, _PTR]
        root = x11.XDefaultRootWindow(display)
        self._window = x11.XCreateSimpleWindow(display, root, 0, 0, 1, 1, 0, 0, 0)
        x11.XSetSelectionOwner(display, self.atom("XdndSelection"), self._window, 0)

    def atom(self, name: str) -> int:
        return int(self._x11.XInternAtom(self._display, name.encode(), False))

    def says(self, kind: str, *values: int) -> None:
        message = _Message(_CLIENT_MESSAGE, window=self._target, message_type=self.atom(kind), format=32)
        message.values[:] = [self._window, *values]
        self._x11.XSendEvent(self._display, self._target, False, 0, ctypes.byref(message))
        self._x11.XFlush(self._display)

    def hears(self, kind: str, data: bytes) -> _Message:
        """The next message of this kind. Whoever asks for the files meanwhile gets `data`."""
        wanted, until, event = self.atom(kind), time.monotonic() + _SECONDS, _Message()
        while True:
            while self._x11.XPending(self._display):
                self._x11.XNextEvent(self._display, ctypes.byref(event))
                if event.type == _CLIENT_MESSAGE and event.message_type == wanted:
                    return event
                if event.type == _SELECTION_REQUEST:
                    self._gives(_Request.from_buffer(event), data)
            left = until - time.monotonic()
            assert left > 0, f"no {kind}"
            select.select([self._x11.XConnectionNumber(self._display)], [], [], left)

    def _gives(self, asked: _Request, data: bytes) -> None:
        x11, display = self._x11, self._display
        x11.XChangeProperty(display, asked.requestor, asked.property, asked.target, 8, 0, data, len(data))
        answer = _Notify(_SELECTION_NOTIFY, requestor=asked.requestor, selection=asked.selection, target=asked.target,
                         property=asked.property, time=asked.time)  # fmt: skip
        x11.XSendEvent(display, asked.requestor, False, 0, ctypes.byref(answer))
        x11.XFlush(display)
