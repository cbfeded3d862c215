"""Pump: brings values from any thread to the Tk thread, a few milliseconds of them at a time.

A thread puts its value into a queue and wakes Tk's loop, in the way that its system has (system/wake.py).
"""

from __future__ import annotations

import queue
import threading
import time
import tkinter as tk
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from lanchat.desktop.platform.wake import Waker

T = TypeVar("T")

TURN_SECONDS = 0.008  #: of work at once: a frame of 60 a second has 16 ms, and drawing wants its share


class Values(Protocol[T]):
    """What values wait in: a queue.SimpleQueue, or the Engine's Mailbox."""

    def put(self, value: T, /) -> None: ...

    def get_nowait(self) -> T: ...

    def empty(self) -> bool: ...


class Pump(Generic[T]):
    """Everything but `put` is for the Tk thread."""

    def __init__(self, root: tk.Misc, take: Callable[[T], None], values: Values[T] | None = None) -> None:
        """`take` gets every value, in order. What it raises goes to Tk's `report_callback_exception`."""
        self._root = root
        self._take = take
        self._values = values if values is not None else queue.SimpleQueue()
        self._lock = threading.Lock()
        self._woken = False
        self._closed = False
        self._after = ""
        self._waker = Waker(root, self._wake)

    def put(self, value: T) -> None:
        """Any thread; never blocks."""
        self._values.put(value)
        with self._lock:
            if self._woken or self._closed:
                return
            self._woken = True
            self._waker.wake()

    def close(self) -> None:
        """Nothing is taken any more."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        if self._after:
            self._root.after_cancel(self._after)
        self._waker.close()

    def _wake(self) -> None:
        with self._lock:
            self._woken = False  # before taking: what comes from now on wakes again
        if not self._after:
            self._turn()

    def _turn(self) -> None:
        """A few milliseconds of values; when more wait, again after Tk has had its turn."""
        self._after = ""
        if self._taken() and not self._closed:
            self._after = self._root.after(1, self._turn)

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
