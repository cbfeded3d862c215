"""What the screen says, and what is asked of its taskbar. A real X11 display."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
import sys
import time
import tkinter as tk
from collections.abc import Callable, Iterator

import pytest

from lanchat.desktop.platform.desktop_integration import CLASS_NAME, request_attention, sensible, set_scale

if sys.platform in ("win32", "darwin"):
    pytest.skip("X11 only", allow_module_level=True)

_RESOURCE_MANAGER, _STRING = 23, 31  # X11's own numbers


class Resources:
    """What a desktop tells all programs through the screen."""

    def __init__(self) -> None:
        self._x = ctypes.CDLL("libX11.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong

    def set(self, text: bytes) -> None:
        display = ctypes.c_void_p(self._x.XOpenDisplay(None))
        root = ctypes.c_ulong(self._x.XDefaultRootWindow(display))
        kind = ctypes.c_ulong(_RESOURCE_MANAGER), ctypes.c_ulong(_STRING)
        self._x.XChangeProperty(display, root, *kind, 8, 0, text, len(text))
        self._x.XCloseDisplay(display)


@pytest.fixture
def resources(keeper: tk.Tk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Resources]:
    monkeypatch.delenv("GDK_SCALE", raising=False)
    resources, before = Resources(), keeper.tk.call("tk", "scaling")
    yield resources
    resources.set(b"")
    keeper.tk.call("tk", "scaling", before)  # one for all windows of a screen


@pytest.mark.parametrize(
    ("said", "scale"),
    [
        (b"Xft.dpi:\t192\n", 2.0), (b"Xft.dpi: 120\n*dpi: 7\n", 1.25), (b"Xft.dpi:\t96\n", 1.0),
        (b"Xft.rgba: none\n", 1.0), (b"Xft.dpi: many\n", 1.0),
        (b"Xft.dpi: nan\n", 1.0), (b"Xft.dpi: 1e999\n", 1.0), (b"Xft.dpi: -5\n", 1.0),
        (b"Xft.dpi: 9600\n", 4.0),
    ],
)  # fmt: skip
def test_the_scale_is_what_the_desktop_sets(resources: Resources, root: tk.Tk, said: bytes, scale: float) -> None:
    resources.set(said)
    assert set_scale(root) == scale


@pytest.mark.parametrize(("said", "scale"), [("2", 2.0), ("1.5", 1.5), ("", 1.0), ("big", 1.0), ("nan", 1.0)])
@pytest.mark.usefixtures("resources")
def test_else_what_the_environment_says(
    root: tk.Tk, monkeypatch: pytest.MonkeyPatch, said: str, scale: float
) -> None:
    monkeypatch.setenv("GDK_SCALE", said)
    assert set_scale(root) == scale


def test_without_a_display_nothing_is_large(root: tk.Tk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":nowhere")
    monkeypatch.delenv("GDK_SCALE", raising=False)
    assert set_scale(root) == 1.0


@pytest.mark.parametrize(("asked", "given"), [(1.3333, 1.35), (1.04, 1.05), (0.1, 0.75), (99, 4.0), (2, 2)])
def test_a_scale_is_sensible(asked: float, given: float) -> None:
    assert sensible(asked) == given


def test_the_taskbar_marks_a_window_that_wants_to_be_looked_at(root: tk.Tk) -> None:
    if not (shutil.which("openbox") and shutil.which("xprop")):
        pytest.skip("needs a window manager and xprop (Debian: apt install openbox x11-utils)")
    manager = subprocess.Popen(["openbox", "--sm-disable"], stderr=subprocess.DEVNULL)
    try:
        other = tk.Toplevel(root)
        root.wait_visibility(other)
        until(root, lambda: "window state: Normal" in properties(root, "WM_STATE"))
        assert CLASS_NAME in properties(root, "WM_CLASS")

        def marked() -> bool:
            other.focus_force()  # a window that is looked at already is not marked
            root.update()
            request_attention(root)
            return "DEMANDS_ATTENTION" in properties(root, "_NET_WM_STATE")

        until(root, marked)
    finally:
        manager.terminate()
        manager.wait(20)


def properties(root: tk.Tk, name: str) -> str:
    """As xprop shows them, of the window around Tk's."""
    outer = re.search(r"Parent window id: (\w+)", said("xwininfo", "-tree", "-id", str(root.winfo_id())))
    assert outer
    return said("xprop", "-id", outer[1], name)


def said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=20).stdout


def until(root: tk.Tk, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        root.update()
