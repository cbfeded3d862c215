"""Pump: brings values from any thread to the Tk thread, a few milliseconds of them at a time.

A thread puts its value into a queue and wakes Tk's loop, in the way that its system has (platform/wakeup.py).

Behind: the Engine behind the window, which must not wait for it. Tk thread, but for what `tell` is given.

Importing the Engine alone takes as long as drawing the window, so both happen side by side.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from lanchat.core.translate import _
from lanchat.desktop.platform.wakeup import Waker
from lanchat.engine.commands import Command
from lanchat.engine.events import Event, Stopped

if TYPE_CHECKING:
    from lanchat.engine.engine import Engine


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


log = logging.getLogger(__name__)

Make = Callable[[Path, Callable[[Event], None]], "Engine"]


class EngineBridge:
    def __init__(self, folder: Path, tell: Callable[[Event], None], make: Make) -> None:
        """Starts at once. `tell` gets every Event, on another thread. `make`: what makes the Engine."""
        self._folder = folder
        self._tell = tell
        self._make = make
        self._lock = threading.Lock()
        self._early: list[Command] = []
        self._engine: Engine | None = None
        self._opening = threading.Thread(target=self._open, name="lanchat-opening")
        self._opening.start()

    def do(self, command: Command) -> None:
        """As `Engine.do`: never blocks."""
        with self._lock:
            if self._engine is None:
                self._early.append(command)
                return
        self._engine.do(command)

    def join(self, timeout: float) -> None:
        """Wait for the end: after `Stopped`, a moment."""
        self._opening.join(timeout)
        if self._engine is not None:
            self._engine.join(timeout)

    def _open(self) -> None:
        try:
            engine = self._make(self._folder, self._tell)
            engine.start()
        except BaseException:
            log.critical("the engine could not be made", exc_info=True)
            self._tell(Stopped(_("lanchat is not complete on this computer. Please install it again.")))
            raise
        with self._lock:
            self._engine = engine
            for command in self._early:
                engine.do(command)
            self._early.clear()


def real_engine(folder: Path, tell: Callable[[Event], None]) -> Engine:
    from lanchat.engine.engine import Engine, share_the_interpreter

    share_the_interpreter()
    return Engine(folder, tell=tell, doorbell=True)
