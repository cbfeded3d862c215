"""Pump: brings values from any thread to the Tk thread, a few milliseconds of them at a time.

Tk must not be touched from another thread at all, not even by `event_generate`. So a thread puts its value into a
queue and writes a byte into a pipe that Tk's own loop watches; where Tk cannot watch one (Windows), it looks up by
itself, often while things come and rarely while nothing does.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import time
import tkinter as tk
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

TURN_SECONDS = 0.008  #: of work at once: a frame of 60 a second has 16 ms, and drawing wants its share
_LOOK_UP_MS = (8, 100)  # without a watched pipe: least and most


class Pump(Generic[T]):
    """Everything but `put` is for the Tk thread."""

    def __init__(self, root: tk.Misc, take: Callable[[T], None], *, watched: bool = sys.platform != "win32") -> None:
        """`take` gets every value, in order. What it raises goes to Tk's `report_callback_exception`."""
        self._root = root
        self._take = take
        self._values: queue.SimpleQueue[T] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._woken = False
        self._closed = False
        self._pause_ms = _LOOK_UP_MS[0]
        self._after = ""
        self._pipe: tuple[int, int] | None = None
        if watched and sys.platform != "win32":
            self._pipe = os.pipe()
            for end in self._pipe:
                os.set_blocking(end, False)
            root.tk.createfilehandler(self._pipe[0], tk.READABLE, self._readable)
        else:
            self._look_up()

    def put(self, value: T) -> None:
        """Any thread; never blocks."""
        self._values.put(value)
        with self._lock:
            if self._woken or self._closed or self._pipe is None:
                return
            self._woken = True
            with contextlib.suppress(BlockingIOError):
                os.write(self._pipe[1], b"!")

    def close(self) -> None:
        """Nothing is taken any more."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        if self._after:
            self._root.after_cancel(self._after)
        if self._pipe is not None and sys.platform != "win32":
            self._root.tk.deletefilehandler(self._pipe[0])
            for end in self._pipe:
                os.close(end)

    def _readable(self, _file: object, _mask: int) -> None:
        assert self._pipe is not None
        with contextlib.suppress(BlockingIOError):
            os.read(self._pipe[0], 64)
        with self._lock:
            self._woken = False  # before taking: what comes from now on wakes again
        if not self._after:
            self._turn()

    def _turn(self) -> None:
        """A few milliseconds of values; when more wait, again after Tk has had its turn."""
        self._after = ""
        if self._taken() and not self._closed:
            self._after = self._root.after(1, self._turn)

    def _look_up(self) -> None:
        waited = not self._values.empty()
        more = self._taken()
        least, most = _LOOK_UP_MS
        self._pause_ms = 1 if more else least if waited else min(most, self._pause_ms + 4)
        if not self._closed:
            self._after = self._root.after(self._pause_ms, self._look_up)

    def _taken(self) -> bool:
        """Whether values are left when the turn is over."""
        until = time.perf_counter() + TURN_SECONDS
        while not self._closed and time.perf_counter() < until:
            try:
                value = self._values.get_nowait()
            except queue.Empty:
                return False
            self._give(value)
        return not self._values.empty()

    def _give(self, value: T) -> None:
        try:
            self._take(value)
        except Exception:  # noqa: BLE001 - as Tk does it for every callback: one bad value must not stop the others
            self._root._report_exception()  # type: ignore[attr-defined]
