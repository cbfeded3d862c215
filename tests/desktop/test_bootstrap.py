"""What Tk made must be freed where Tk runs."""

from __future__ import annotations

import gc
import threading
import tkinter as tk
from collections.abc import Iterator

import pytest

from lanchat.desktop import bootstrap
from lanchat.desktop.bootstrap import TkGarbageCollector


class Circle:
    """Refers to itself, as widgets and what they call do, and takes down who frees it."""

    def __init__(self, freed_by: list[str]) -> None:
        self._myself = self
        self._freed_by = freed_by

    def __del__(self) -> None:
        self._freed_by.append(threading.current_thread().name)


@pytest.fixture
def collected(root: tk.Tk, monkeypatch: pytest.MonkeyPatch) -> Iterator[TkGarbageCollector]:
    monkeypatch.setattr(bootstrap, "_COLLECT_MS", 1)
    collected = TkGarbageCollector(root)
    yield collected
    collected.close()


@pytest.mark.usefixtures("collected")
def test_whoever_drops_it_the_tk_thread_frees_it(root: tk.Tk) -> None:
    freed_by: list[str] = []

    def busy() -> None:
        for _ in range(5 * gc.get_threshold()[0]):
            Circle(freed_by)

    thread = threading.Thread(target=busy, name="busy")
    thread.start()
    thread.join()
    assert not freed_by
    root.after(20_000, lambda: freed_by.append("nobody"))
    while not freed_by:
        root.tk.dooneevent()
    assert set(freed_by) == {threading.current_thread().name}


def test_afterwards_python_collects_by_itself(root: tk.Tk) -> None:
    gc.unfreeze()  # as in the program itself; tests share what is frozen
    try:
        TkGarbageCollector(root).close()
        assert gc.isenabled()
        assert gc.get_freeze_count() == 0
    finally:
        gc.freeze()
