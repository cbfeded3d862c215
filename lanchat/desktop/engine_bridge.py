"""The two ways between the Engine's threads and the Tk thread: EngineBridge for Commands, Pump for Events.

EngineBridge opens the Engine on a thread of its own, since importing it takes as long as drawing the window. Pump takes
values from any thread, wakes Tk's loop (platform/wakeup.py), and hands them over a few milliseconds' worth at a time.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from lanchat.core.translate import _
from lanchat.desktop.platform.wakeup import Waker
from lanchat.engine.commands import Command
from lanchat.engine.events import Event, Stopped
from lanchat.engine.mailbox import Mailbox

if TYPE_CHECKING:
    from lanchat.engine.engine import Engine

log = logging.getLogger(__name__)

T = TypeVar("T")

EngineFactory = Callable[[Path, Callable[[Event], None]], "Engine"]

TURN_SECONDS = 0.008  #: of work at once: a frame at 60 Hz has 16 ms, and drawing needs its share


class Pump(Generic[T]):
    """All methods but `put` are for the Tk thread."""

    def __init__(self, root: tk.Misc, take: Callable[[T], None], values: Mailbox[T] | queue.SimpleQueue[T]) -> None:
        """`take` is called with every value, in order. What it raises goes to Tk's `report_callback_exception`."""
        self._root = root
        self._take = take
        self._values = values
        self._lock = threading.Lock()
        self._wake_pending = False
        self._closed = False
        self._after = ""
        self._waker = Waker(root, self._wake)

    def put(self, value: T) -> None:
        """From any thread; does not block."""
        self._values.put(value)
        with self._lock:
            if self._wake_pending or self._closed:
                return
            self._wake_pending = True
            self._waker.wake()

    def close(self) -> None:
        """Values are no longer taken."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        if self._after:
            self._root.after_cancel(self._after)
        self._waker.close()

    def _wake(self) -> None:
        with self._lock:
            self._wake_pending = False  # before taking: a value put from now on wakes again
        if not self._after:
            self._turn()

    def _turn(self) -> None:
        """Take values for TURN_SECONDS; if more wait, schedule the next turn after Tk has handled its events."""
        self._after = ""
        until = time.perf_counter() + TURN_SECONDS
        while not self._closed and time.perf_counter() < until:
            try:
                value = self._values.get_nowait()
            except queue.Empty:
                return
            self._take_one(value)
        if not (self._closed or self._values.empty()):
            self._after = self._root.after(1, self._turn)

    def _take_one(self, value: T) -> None:
        try:
            self._take(value)
        except Exception:  # noqa: BLE001 - as Tk does for every callback: a value that fails must not stop the next
            self._root._report_exception()  # type: ignore[attr-defined]


class EngineBridge:
    def __init__(self, folder: Path, tell: Callable[[Event], None], make: EngineFactory) -> None:
        """Opens the Engine at once, with `make`, on another thread. `tell` is called on the Engine's thread."""
        self._folder = folder
        self._tell = tell
        self._make = make
        self._lock = threading.Lock()
        self._waiting: list[Command] = []
        self._engine: Engine | None = None
        self._opener = threading.Thread(target=self._open, name="lanchat-opening")
        self._opener.start()

    def do(self, command: Command) -> None:
        """As `Engine.do`: does not block. Commands wait until the Engine is open."""
        with self._lock:
            if self._engine is None:
                self._waiting.append(command)
                return
        self._engine.do(command)

    def join(self, timeout: float) -> None:
        """Wait for the Engine's threads, which end right after `Stopped`."""
        self._opener.join(timeout)
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
            for command in self._waiting:
                engine.do(command)
            self._waiting.clear()


def real_engine(folder: Path, tell: Callable[[Event], None]) -> Engine:
    from lanchat.engine.engine import Engine, share_the_interpreter

    share_the_interpreter()
    return Engine(folder, tell=tell, doorbell=True)
