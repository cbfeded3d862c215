"""Whether the system is in dark mode, and its changes, told on a thread of the Appearance.

`changed` may be called with what is known already: callers compare.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

LOOK_SECONDS = 3.0  #: between two polls, where the system does not tell of changes
FIRST_SECONDS = 0.05  #: how long the first window may wait to be drawn in the right colours


class Appearance(Protocol):
    def dark(self) -> bool | None:
        """None: not known. Waits for the first answer, FIRST_SECONDS at most."""
        ...

    def close(self) -> None: ...


class RememberedAppearance:
    """An Appearance that keeps what `learn` is told. `learn` is called on one thread, `dark` on any."""

    def __init__(self, changed: Callable[[bool | None], None]) -> None:
        self._changed = changed
        self._answered = threading.Event()
        self._dark: bool | None = None

    def dark(self) -> bool | None:
        self._answered.wait(FIRST_SECONDS)
        return self._dark

    def learn(self, dark: bool | None) -> None:
        before, self._dark = self._dark, dark
        self._answered.set()
        if dark is not before:
            self._changed(dark)


class PolledAppearance(RememberedAppearance):
    """An Appearance that polls every LOOK_SECONDS, for systems where that costs next to nothing."""

    def __init__(self, look: Callable[[], bool | None], changed: Callable[[bool | None], None]) -> None:
        """`look` and `changed` are called on a thread of its own."""
        super().__init__(changed)
        self._look = look
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name="appearance", daemon=True).start()

    def close(self) -> None:
        """Ends the thread, without waiting for it."""
        self._closed.set()

    def _watch(self) -> None:
        self.learn(self._look())
        while not self._closed.wait(LOOK_SECONDS):
            self.learn(self._look())
