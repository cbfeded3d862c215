"""The services of Windows, as far as Wine is faithful: its registry, messages, and the icon beside the clock."""

from __future__ import annotations

import ctypes
import queue
import subprocess
import sys
import threading
import time
import tkinter as tk
from collections.abc import Callable, Iterator
from ctypes import wintypes

import pytest

if sys.platform != "win32":
    pytest.skip("Windows only", allow_module_level=True)

import winreg

from lanchat.desktop.platform import desktop_integration, windows_desktop
from lanchat.desktop.platform.notifier import SystemNotification
from lanchat.desktop.platform.wakeup import Waker
from lanchat.desktop.platform.windows_tray import WindowsNotifications

RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
FROM_ICON, LEFT_CLICKED, BALLOON_CLICKED = 0x8001, 0x0202, 0x0405
E_NOTIMPL = -2147467263
user32 = ctypes.WinDLL("user32")


def run_until(root: tk.Tk, holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until, "waited in vain"
        root.update()
        time.sleep(0.001)


def test_it_starts_with_windows_until_it_is_turned_off() -> None:
    assert not desktop_integration.is_on()
    try:
        assert desktop_integration.turn_on("--hidden") == ""
        assert desktop_integration.is_on()
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, RUN) as key:
            assert winreg.QueryValueEx(key, "lanchat")[0].endswith(" -m lanchat --hidden")
    finally:
        assert desktop_integration.turn_off() == ""
    assert not desktop_integration.is_on()


def test_dark_is_what_the_registry_says() -> None:
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, windows_desktop.THEMES_KEY) as key:
        for light, dark in ((0, True), (1, False)):
            winreg.SetValueEx(key, "AppsUseLightTheme", 0, winreg.REG_DWORD, light)
            assert windows_desktop.is_dark() is dark
        winreg.DeleteValue(key, "AppsUseLightTheme")


def test_the_taskbar_knows_the_program_by_the_name_of_its_shortcut() -> None:
    desktop_integration.prepare_windows()
    told = ctypes.c_wchar_p()
    if ctypes.windll.shell32.GetCurrentProcessExplicitAppUserModelID(ctypes.byref(told)) == E_NOTIMPL:
        pytest.skip("Wine cannot say what it was told")
    assert told.value == desktop_integration.WINDOWS_ID


def test_another_thread_wakes_tk_at_once_however_often(root: tk.Tk) -> None:
    woken: list[int] = []
    waker = Waker(root, lambda: woken.append(threading.get_ident()))
    for _round in range(3):
        before = len(woken)
        thread = threading.Thread(target=waker.wake)
        thread.start()
        run_until(root, lambda before=before: len(woken) > before)
        thread.join()
    assert set(woken) == {threading.get_ident()}
    waker.close()


def test_a_closed_waker_wakes_nobody(root: tk.Tk) -> None:
    woken: list[int] = []
    waker = Waker(root, lambda: woken.append(1))
    waker.close()
    waker.wake()
    root.update()
    assert woken == []


def test_ctrl_c_ends_a_window_that_waits() -> None:
    program = subprocess.Popen([sys.executable, "-u", "-c", _WINDOW], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with program:
        assert program.stdin
        assert program.stdout
        try:
            assert program.stdout.readline().strip() == b"waits"
            program.stdin.write(b"end\n")
            program.stdin.flush()
            assert program.stdout.readline().strip() == b"asked"
        finally:
            program.kill()


#: A window that is asked to end by a signal, as a console's Ctrl+C does it: on a thread that is not Python's.
_WINDOW = """
import signal, sys, threading, tkinter
from lanchat.desktop.platform.wakeup import ExitSignals

root = tkinter.Tk()
endings = ExitSignals(root, lambda: (print("asked"), root.destroy()))
threading.Thread(target=lambda: sys.stdin.readline() and signal.raise_signal(signal.SIGINT), daemon=True).start()
root.after_idle(lambda: print("waits"))
root.mainloop()
"""


@pytest.fixture
def tray() -> Iterator[tuple[WindowsNotifications, queue.SimpleQueue[str]]]:
    told: queue.SimpleQueue[str] = queue.SimpleQueue()
    service = WindowsNotifications(told.put, lambda: told.put("quit"))
    yield service, told
    service.close()


def icon() -> int:
    """The hidden window which owns the icon, as Explorer knows it."""
    until = time.monotonic() + 10
    while not (found := _tray_window()) and time.monotonic() < until:
        time.sleep(0.01)
    assert found
    return found


def _tray_window() -> int:
    found: list[int] = []

    @ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.HWND, wintypes.LPARAM)
    def each(window: int, _long: int) -> bool:
        name = ctypes.create_unicode_buffer(100)
        user32.GetClassNameW(window, name, 100)
        if name.value.startswith("lanchat tray"):
            found.append(window)
        return True

    user32.EnumWindows(each, 0)
    return found[0] if found else 0


def click(what: int) -> None:
    """As Explorer tells of it."""
    user32.PostMessageW.argtypes = [wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM]
    user32.PostMessageW(icon(), FROM_ICON, 1, what)


def test_the_icon_brings_a_hidden_window_back(tray: tuple[WindowsNotifications, queue.SimpleQueue[str]]) -> None:
    service, told = tray
    service.hidden(True)
    click(LEFT_CLICKED)
    assert told.get(timeout=20) == ""
    service.hidden(False)
    assert service.problem == ""


def test_a_notice_leads_to_its_room(tray: tuple[WindowsNotifications, queue.SimpleQueue[str]]) -> None:
    service, told = tray
    service.show(SystemNotification("kitchen", "Ben", "Lunch?"))
    click(BALLOON_CLICKED)
    assert told.get(timeout=20) == "kitchen"
    assert service.problem == ""
    service.withdraw("kitchen")
    click(LEFT_CLICKED)
    assert told.get(timeout=20) == ""
