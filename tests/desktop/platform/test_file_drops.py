"""Files dropped on the window by another program."""

from __future__ import annotations

import sys
import threading
import time
import tkinter as tk
from collections.abc import Sequence
from pathlib import Path

import pytest

from lanchat.desktop.platform import file_drops

pytest.importorskip("tkinterdnd2", reason="tkinterdnd2 is optional")
x11_only = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDND is of X11")


class Window:
    """It takes files, or not, and notes what happens."""

    def __init__(self, root: tk.Tk, takes: bool = True) -> None:
        self.root = root
        self.takes = takes
        self.over: list[bool] = []
        self.dropped: list[Sequence[str]] = []
        root.geometry("300x200+10+10")
        tk.Label(root, text="here").pack(fill="both", expand=True)
        assert file_drops.accept_drops(root, self._over, self.dropped.append) == ""
        root.update()

    def _over(self, over: bool) -> bool:
        self.over.append(over)
        return self.takes

    def gets(self, files: Sequence[Path], drops: bool = True) -> bool:
        from tests.desktop.platform.xdnd import drag_and_drop

        at = self.root.winfo_rootx() + 50, self.root.winfo_rooty() + 50
        outer = int(str(self.root.wm_frame()), 16)
        taken: list[bool] = []
        other = threading.Thread(target=lambda: taken.append(drag_and_drop(outer, *at, files, drops)))
        other.start()
        until = time.monotonic() + 20
        while other.is_alive() and time.monotonic() < until:
            self.root.update()
        other.join(20)
        while self.over[-1:] != [False] and time.monotonic() < until:
            self.root.update()
        return taken == [True]


@x11_only
def test_their_paths_arrive_whatever_they_are_called(root: tk.Tk, tmp_path: Path) -> None:
    window = Window(root)
    files = [tmp_path / name for name in ("plain.txt", "Bäume 🌳 #1 100%.txt", "{brace", "a [b] $c")]
    assert window.gets(files)
    assert window.dropped == [[str(file) for file in files]]
    assert window.over[0] is True
    assert window.over[-1] is False


@x11_only
def test_dragged_away_again_nothing_arrives(root: tk.Tk, tmp_path: Path) -> None:
    window = Window(root)
    assert not window.gets([tmp_path / "a"], drops=False)
    assert window.dropped == []
    assert window.over[-1] is False


@x11_only
def test_where_nothing_is_taken_nothing_arrives(root: tk.Tk, tmp_path: Path) -> None:
    window = Window(root, takes=False)
    assert not window.gets([tmp_path / "a"], drops=True)
    assert window.dropped == []


def test_without_the_library_all_else_works(root: tk.Tk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tkinterdnd2", None)
    assert "not installed" in file_drops.accept_drops(root, lambda over: True, lambda paths: None)
