"""Whether the system is set to dark, and being told when that changes. Its thread is its own.

An Appearance answers from memory. What it tells of may be what is known already: whoever hears compares.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

LOOK_SECONDS = 3.0  #: between two looks, where the system does not tell by itself
FIRST_SECONDS = 0.05  #: how long the first window may wait to be drawn in the right colours


class Appearance(Protocol):
    def dark(self) -> bool | None:
        """None: the system does not say, or did not in time. Waits for the first answer, FIRST_SECONDS at most."""
        ...

    def close(self) -> None: ...


class KnownAppearance:
    """What is known so far, and who is told of news. `learn` on one thread, the rest on any."""

    def __init__(self, changed: Callable[[bool | None], None]) -> None:
        self._changed = changed
        self._asked = threading.Event()
        self._dark: bool | None = None

    def dark(self) -> bool | None:
        self._asked.wait(FIRST_SECONDS)
        return self._dark

    def learn(self, dark: bool | None) -> None:
        before, self._dark = self._dark, dark
        self._asked.set()
        if dark is not before:
            self._changed(dark)


class PolledAppearance(KnownAppearance):
    """An Appearance for systems where looking costs next to nothing: looks every LOOK_SECONDS."""

    def __init__(self, look: Callable[[], bool | None], changed: Callable[[bool | None], None]) -> None:
        """`look` and `changed` run on a thread of its own."""
        super().__init__(changed)
        self._look = look
        self._ended = threading.Event()
        threading.Thread(target=self._watch, name="appearance", daemon=True).start()

    def close(self) -> None:
        """Does not wait for the thread, which ends at once."""
        self._ended.set()

    def _watch(self) -> None:
        self.learn(self._look())
        while not self._ended.wait(LOOK_SECONDS):
            self.learn(self._look())
