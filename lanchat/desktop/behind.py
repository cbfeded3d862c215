"""Behind: the Engine behind the window, which must not wait for it. Tk thread, but for what `tell` is given.

Importing the Engine alone takes as long as drawing the window, so both happen side by side.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lanchat.core.translate import _
from lanchat.engine.commands import Command
from lanchat.engine.events import Event, Stopped

if TYPE_CHECKING:
    from lanchat.engine.engine import Engine

log = logging.getLogger(__name__)

Make = Callable[[Path, Callable[[Event], None]], "Engine"]


class Behind:
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
