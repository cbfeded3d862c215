"""Windows: notifications as balloons of an icon in the notification area, which has a menu. Tried under Wine only.

https://learn.microsoft.com/en-us/windows/win32/api/shellapi/nf-shellapi-shell_notifyiconw
"""

from __future__ import annotations

import ctypes
import queue
import sys
import threading
from collections.abc import Callable
from ctypes import wintypes
from functools import partial
from typing import Any

from lanchat.core.translate import _
from lanchat.desktop.platform.notifier import (
    NotificationService,
    SystemNotification,
    cut_to_utf16,
    no_notifications_text,
)

assert sys.platform == "win32"

_user32 = ctypes.WinDLL("user32")
_shell32 = ctypes.WinDLL("shell32")
_kernel32 = ctypes.WinDLL("kernel32")

_LRESULT = ctypes.c_ssize_t
_WNDPROC = ctypes.WINFUNCTYPE(_LRESULT, wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM)

_WM_APP = 0x8000
_FROM_ICON, _WAKE = _WM_APP + 1, _WM_APP + 2
_WM_LBUTTONUP, _WM_RBUTTONUP, _BALLOON_CLICKED = 0x0202, 0x0205, 0x0405
_ADD, _MODIFY, _DELETE = 0, 1, 2
_MESSAGE, _ICON, _TIP, _INFO = 0x01, 0x02, 0x04, 0x10
_OWN_ICON, _NO_SOUND, _RESPECT_QUIET_TIME = 0x04, 0x10, 0x80
_STOCK_ICON = 32512
_TITLE_UNITS, _BODY_UNITS = 63, 255
_MENU_STRING, _RETURN_COMMAND, _NO_MESSAGE = 0x0, 0x100, 0x80
_WM_NULL = 0


class _WindowClass(ctypes.Structure):  # WNDCLASSW
    _fields_ = (
        ("style", wintypes.UINT), ("procedure", _WNDPROC), ("class_extra", ctypes.c_int), ("extra", ctypes.c_int),
        ("instance", wintypes.HINSTANCE), ("icon", wintypes.HICON), ("cursor", wintypes.HANDLE),
        ("background", wintypes.HBRUSH), ("menu", wintypes.LPCWSTR), ("name", wintypes.LPCWSTR),
    )  # fmt: skip


class _IconData(ctypes.Structure):  # NOTIFYICONDATAW
    _fields_ = (
        ("size", wintypes.DWORD), ("window", wintypes.HWND), ("id", wintypes.UINT), ("flags", wintypes.UINT),
        ("message", wintypes.UINT), ("icon", wintypes.HICON), ("tip", wintypes.WCHAR * 128),
        ("state", wintypes.DWORD), ("state_mask", wintypes.DWORD), ("info", wintypes.WCHAR * (_BODY_UNITS + 1)),
        ("version", wintypes.UINT), ("title", wintypes.WCHAR * (_TITLE_UNITS + 1)), ("info_flags", wintypes.DWORD),
        ("guid", wintypes.BYTE * 16), ("balloon_icon", wintypes.HICON),
    )  # fmt: skip


def _declare() -> None:
    """Declare result and argument types: without them ctypes cuts handles to 32 bits."""
    window, word, long = wintypes.HWND, wintypes.WPARAM, wintypes.LPARAM
    instance, name, number, pointer = wintypes.HINSTANCE, wintypes.LPCWSTR, wintypes.UINT, ctypes.c_void_p
    message = ctypes.POINTER(wintypes.MSG)
    functions: list[tuple[Any, Any, list[Any]]] = [
        (_kernel32.GetModuleHandleW, wintypes.HMODULE, [name]),
        (_shell32.Shell_NotifyIconW, wintypes.BOOL, [wintypes.DWORD, ctypes.POINTER(_IconData)]),
        (_shell32.ExtractIconW, pointer, [instance, name, number]),
        (_user32.LoadIconW, wintypes.HICON, [instance, pointer]),
        (_user32.RegisterClassW, wintypes.ATOM, [ctypes.POINTER(_WindowClass)]),
        (_user32.UnregisterClassW, wintypes.BOOL, [name, instance]),
        (_user32.CreateWindowExW, window, [
            wintypes.DWORD, name, name, wintypes.DWORD, *[ctypes.c_int] * 4, window, wintypes.HMENU, instance, pointer,
        ]),
        (_user32.DefWindowProcW, _LRESULT, [window, number, word, long]),
        (_user32.PostMessageW, wintypes.BOOL, [window, number, word, long]),
        (_user32.GetMessageW, wintypes.BOOL, [message, window, number, number]),
        (_user32.DispatchMessageW, _LRESULT, [message]),
        (_user32.DestroyWindow, wintypes.BOOL, [window]),
        (_user32.RegisterWindowMessageW, number, [name]),
        (_user32.SetForegroundWindow, wintypes.BOOL, [window]),
        (_user32.CreatePopupMenu, wintypes.HMENU, []),
        (_user32.AppendMenuW, wintypes.BOOL, [wintypes.HMENU, number, word, name]),
        (_user32.TrackPopupMenu, ctypes.c_int, [wintypes.HMENU, number, *[ctypes.c_int] * 3, window, pointer]),
        (_user32.DestroyMenu, wintypes.BOOL, [wintypes.HMENU]),
    ]  # fmt: skip
    for function, result, arguments in functions:
        function.restype, function.argtypes = result, arguments


class WindowsNotifications(NotificationService):
    """Owns the icon, and a hidden window that gets the messages of its clicks. Windows shows one balloon, the newest.

    While the window of lanchat is hidden the icon stays: it is the way back. The methods of NotificationService may be
    called on any thread; everything else runs on a thread of its own.
    """

    def __init__(self, clicked: Callable[[str], None], quit: Callable[[], None]) -> None:
        """`clicked(key)` and `quit` are called on that thread. "" as `key`: no room in particular."""
        self._clicked = clicked
        self._menu = ((_("Open lanchat"), partial(clicked, "")), (_("Quit lanchat"), quit))
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._window: int | None = None  # not made yet
        self._key: str | None = None  # of the balloon
        self._shown = False
        self._stays = False
        threading.Thread(target=self._run, name="notifications", daemon=True).start()

    def show(self, notification: SystemNotification) -> None:
        self._call(partial(self._balloon, notification))

    def withdraw(self, key: str) -> None:
        self._call(partial(self._withdraw, key))

    def hidden(self, hidden: bool) -> None:
        self._call(partial(self._stay, hidden))

    def close(self) -> None:
        self._call(self._end)

    def _call(self, call: Callable[[], None]) -> None:
        """Have it called on the thread."""
        self._calls.put(call)
        if self._window is not None:  # else the thread does it once it has made one
            _user32.PostMessageW(self._window, _WAKE, 0, 0)

    # --- on the thread
    def _run(self) -> None:
        _declare()
        self._taskbar_made = _user32.RegisterWindowMessageW("TaskbarCreated")  # also after Explorer has crashed
        self._instance = _kernel32.GetModuleHandleW(None)
        name = f"lanchat tray {id(self)}"
        made = _WindowClass(procedure=_WNDPROC(self._handle), instance=self._instance, name=name)
        _user32.RegisterClassW(ctypes.byref(made))
        self._window = _user32.CreateWindowExW(0, name, "lanchat", 0, 0, 0, 0, 0, None, None, self._instance, None)
        _user32.PostMessageW(self._window, _WAKE, 0, 0)
        message = wintypes.MSG()
        while _user32.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
            _user32.DispatchMessageW(ctypes.byref(message))
        _user32.DestroyWindow(self._window)
        _user32.UnregisterClassW(name, self._instance)

    def _handle(self, window: int, message: int, word: int, long: int) -> int:
        if message == _WAKE:
            while not self._calls.empty():
                self._calls.get()()
        elif message == _FROM_ICON and long in (_WM_LBUTTONUP, _BALLOON_CLICKED):
            self._clicked(self._key or "")
        elif message == _FROM_ICON and long == _WM_RBUTTONUP:
            self._show_menu()
        elif message == self._taskbar_made:
            self._shown = False
            self._stay(self._stays)
        else:
            return int(_user32.DefWindowProcW(window, message, word, long))
        return 0

    def _balloon(self, notification: SystemNotification) -> None:
        """Show a balloon in the place of the one that is shown."""
        self._key = notification.key
        data = self._data(_MESSAGE | _ICON | _TIP | _INFO)
        data.title = cut_to_utf16(notification.title, _TITLE_UNITS)
        data.info = cut_to_utf16(notification.body, _BODY_UNITS)
        data.info_flags = _OWN_ICON | _NO_SOUND | _RESPECT_QUIET_TIME
        self.problem = "" if self._show(data) else no_notifications_text()

    def _withdraw(self, key: str) -> None:
        if key == self._key:
            self._key = None
            self._stay(self._stays)

    def _stay(self, stays: bool) -> None:
        """Remove the balloon, and the icon unless it is to stay."""
        self._stays = stays
        if self._shown:
            self._shown = False
            _shell32.Shell_NotifyIconW(_DELETE, ctypes.byref(self._data(0)))
        if stays:
            self._show(self._data(_MESSAGE | _ICON | _TIP))

    def _end(self) -> None:
        self._stay(False)
        _user32.PostQuitMessage(0)

    def _show(self, data: _IconData) -> bool:
        """Whether Windows accepted it."""
        accepted = bool(_shell32.Shell_NotifyIconW(_MODIFY if self._shown else _ADD, ctypes.byref(data)))
        self._shown = self._shown or accepted
        return accepted

    def _data(self, flags: int) -> _IconData:
        data = _IconData(window=self._window, id=1, flags=flags, message=_FROM_ICON, tip="lanchat")
        data.size = ctypes.sizeof(data)
        if flags & _ICON:
            own = _shell32.ExtractIconW(self._instance, sys.executable, 0)
            data.icon = own if own and own > 1 else _user32.LoadIconW(None, _STOCK_ICON)
        return data

    def _show_menu(self) -> None:
        """At the pointer."""
        menu = _user32.CreatePopupMenu()
        for number, (words, _do) in enumerate(self._menu, 1):
            _user32.AppendMenuW(menu, _MENU_STRING, number, words.replace("&", "&&"))
        point = wintypes.POINT()
        _user32.GetCursorPos(ctypes.byref(point))
        # SetForegroundWindow and WM_NULL: see TrackPopupMenu's documentation. Without them a click elsewhere does not
        # close the menu, or the menu closes at once the next time.
        _user32.SetForegroundWindow(self._window)
        chosen = _user32.TrackPopupMenu(menu, _RETURN_COMMAND | _NO_MESSAGE, point.x, point.y, 0, self._window, None)
        _user32.PostMessageW(self._window, _WM_NULL, 0, 0)
        _user32.DestroyMenu(menu)
        if chosen:
            self._menu[chosen - 1][1]()
