"""Windows: notifications as balloons of an icon in the notification area, which has a menu. Tried under Wine only.

https://learn.microsoft.com/en-us/windows/win32/api/shellapi/nf-shellapi-shell_notifyiconw
"""

from __future__ import annotations

import ctypes
import queue
import sys
import threading
from collections.abc import Callable, Sequence
from ctypes import wintypes
from functools import partial

from lanchat.core.translate import _
from lanchat.desktop.platform.notifier import SystemNotification, cut_to_utf16, no_notifications_text

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


class _Guid(ctypes.Structure):
    _fields_ = (
        ("a", wintypes.DWORD), ("b", wintypes.WORD), ("c", wintypes.WORD), ("d", wintypes.BYTE * 8),
    )  # fmt: skip


class _IconData(ctypes.Structure):  # NOTIFYICONDATAW
    _fields_ = (
        ("size", wintypes.DWORD), ("window", wintypes.HWND), ("id", wintypes.UINT), ("flags", wintypes.UINT),
        ("message", wintypes.UINT), ("icon", wintypes.HICON), ("tip", wintypes.WCHAR * 128),
        ("state", wintypes.DWORD), ("state_mask", wintypes.DWORD), ("info", wintypes.WCHAR * (_BODY_UNITS + 1)),
        ("version", wintypes.UINT), ("title", wintypes.WCHAR * (_TITLE_UNITS + 1)), ("info_flags", wintypes.DWORD),
        ("guid", _Guid), ("balloon_icon", wintypes.HICON),
    )  # fmt: skip


def _declare() -> None:
    """Declare argument and result types: without them ctypes cuts handles to 32 bits."""
    window, word, long = wintypes.HWND, wintypes.WPARAM, wintypes.LPARAM
    _kernel32.GetModuleHandleW.argtypes = [wintypes.LPCWSTR]
    _kernel32.GetModuleHandleW.restype = wintypes.HMODULE
    _shell32.Shell_NotifyIconW.argtypes = [wintypes.DWORD, ctypes.POINTER(_IconData)]
    _shell32.Shell_NotifyIconW.restype = wintypes.BOOL
    _shell32.ExtractIconW.argtypes = [wintypes.HINSTANCE, wintypes.LPCWSTR, wintypes.UINT]
    _shell32.ExtractIconW.restype = ctypes.c_void_p
    _user32.LoadIconW.argtypes = [wintypes.HINSTANCE, ctypes.c_void_p]
    _user32.LoadIconW.restype = wintypes.HICON
    _user32.RegisterClassW.argtypes = [ctypes.POINTER(_WindowClass)]
    _user32.UnregisterClassW.argtypes = [wintypes.LPCWSTR, wintypes.HINSTANCE]
    _user32.CreateWindowExW.argtypes = [
        wintypes.DWORD, wintypes.LPCWSTR, wintypes.LPCWSTR, wintypes.DWORD, *[ctypes.c_int] * 4,
        window, wintypes.HMENU, wintypes.HINSTANCE, ctypes.c_void_p,
    ]  # fmt: skip
    _user32.CreateWindowExW.restype = window
    _user32.DefWindowProcW.argtypes = [window, wintypes.UINT, word, long]
    _user32.DefWindowProcW.restype = _LRESULT
    _user32.PostMessageW.argtypes = [window, wintypes.UINT, word, long]
    _user32.GetMessageW.argtypes = [ctypes.POINTER(wintypes.MSG), window, wintypes.UINT, wintypes.UINT]
    _user32.DispatchMessageW.argtypes = [ctypes.POINTER(wintypes.MSG)]
    _user32.DestroyWindow.argtypes = [window]
    _user32.RegisterWindowMessageW.argtypes = [wintypes.LPCWSTR]
    _user32.SetForegroundWindow.argtypes = [window]
    _user32.CreatePopupMenu.restype = wintypes.HMENU
    _user32.AppendMenuW.argtypes = [wintypes.HMENU, wintypes.UINT, wintypes.WPARAM, wintypes.LPCWSTR]
    _user32.TrackPopupMenu.argtypes = [
        wintypes.HMENU, wintypes.UINT, *[ctypes.c_int] * 3, window, ctypes.c_void_p,
    ]  # fmt: skip
    _user32.DestroyMenu.argtypes = [wintypes.HMENU]


class Tray:
    """A hidden window that owns the icon and gets the messages of its clicks. Used on the thread that made it."""

    def __init__(
        self, clicked: Callable[[], None], woken: Callable[[], None], menu: Sequence[tuple[str, Callable[[], None]]]
    ) -> None:
        """`menu`: the items that a right click shows."""
        _declare()
        self._clicked = clicked
        self._woken = woken
        self._menu = menu
        self._shown = False
        self._stays = False
        self._taskbar_made = _user32.RegisterWindowMessageW("TaskbarCreated")  # also after Explorer has crashed
        self._instance = _kernel32.GetModuleHandleW(None)
        self._class = _WindowClass(
            procedure=_WNDPROC(self._handle), instance=self._instance, name=f"lanchat tray {id(self)}"
        )
        _user32.RegisterClassW(ctypes.byref(self._class))
        self._window = _user32.CreateWindowExW(
            0, self._class.name, "lanchat", 0, 0, 0, 0, 0, None, None, self._instance, None
        )

    def run(self) -> None:
        """Handle messages until `end`."""
        message = wintypes.MSG()
        while _user32.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
            _user32.DispatchMessageW(ctypes.byref(message))
        _user32.DestroyWindow(self._window)
        _user32.UnregisterClassW(self._class.name, self._instance)

    def wake(self) -> None:
        """Have `woken` called on the Tray's thread. From any thread."""
        _user32.PostMessageW(self._window, _WAKE, 0, 0)

    def balloon(self, title: str, body: str) -> bool:
        """Show a balloon in the place of the one that is shown. Whether Windows accepted it."""
        data = self._data(_MESSAGE | _ICON | _TIP | _INFO)
        data.title = cut_to_utf16(title, _TITLE_UNITS)
        data.info = cut_to_utf16(body, _BODY_UNITS)
        data.info_flags = _OWN_ICON | _NO_SOUND | _RESPECT_QUIET_TIME
        return self._show(data)

    def withdraw(self) -> None:
        """Remove the balloon, and the icon unless it is to stay."""
        if self._shown:
            self._shown = False
            _shell32.Shell_NotifyIconW(_DELETE, ctypes.byref(self._data(0)))
        if self._stays:
            self._show(self._data(_MESSAGE | _ICON | _TIP))

    def stay(self, stays: bool) -> None:
        """Whether the icon stays without a balloon."""
        self._stays = stays
        self.withdraw()

    def end(self) -> None:
        """`run` returns."""
        self.stay(False)
        _user32.PostQuitMessage(0)

    def _show(self, data: _IconData) -> bool:
        accepted = bool(_shell32.Shell_NotifyIconW(_MODIFY if self._shown else _ADD, ctypes.byref(data)))
        self._shown = self._shown or accepted
        return accepted

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

    def _data(self, flags: int) -> _IconData:
        data = _IconData(window=self._window, id=1, flags=flags, message=_FROM_ICON, tip="lanchat")
        data.size = ctypes.sizeof(data)
        if flags & _ICON:
            own = _shell32.ExtractIconW(self._instance, sys.executable, 0)
            data.icon = own if own and own > 1 else _user32.LoadIconW(None, _STOCK_ICON)
        return data

    def _handle(self, window: int, message: int, word: int, long: int) -> int:
        if message == _WAKE:
            self._woken()
        elif message == _FROM_ICON and long in (_WM_LBUTTONUP, _BALLOON_CLICKED):
            self._clicked()
        elif message == _FROM_ICON and long == _WM_RBUTTONUP:
            self._show_menu()
        elif message == self._taskbar_made:
            self._shown = False
            self.stay(self._stays)
        else:
            return int(_user32.DefWindowProcW(window, message, word, long))
        return 0


class WindowsNotifications:
    """A NotificationService. Windows shows one balloon at a time, the newest.

    While the window is hidden the icon stays: it is the way back. The methods of NotificationService may be called on
    any thread; everything else runs on the Tray's thread.
    """

    def __init__(self, clicked: Callable[[str], None], quit: Callable[[], None]) -> None:
        """`clicked(key)` and `quit` are called on the Tray's thread. "" as `key`: no room in particular."""
        self._clicked = clicked
        self._menu = ((_("Open lanchat"), partial(clicked, "")), (_("Quit lanchat"), quit))
        self._calls: queue.SimpleQueue[Callable[[Tray], None]] = queue.SimpleQueue()
        self._tray: Tray | None = None
        self._problem = ""
        self._key: str | None = None  # of the balloon
        threading.Thread(target=self._run, name="notifications", daemon=True).start()

    def problem(self) -> str:
        return self._problem

    def show(self, notification: SystemNotification) -> None:
        self._call(partial(self._show, notification))

    def withdraw(self, key: str) -> None:
        self._call(partial(self._withdraw, key))

    def hidden(self, hidden: bool) -> None:
        """The window was hidden, or is shown again."""
        self._call(lambda tray: tray.stay(hidden))

    def close(self) -> None:
        self._call(lambda tray: tray.end())

    def _call(self, call: Callable[[Tray], None]) -> None:
        """Have it called on the Tray's thread."""
        self._calls.put(call)
        if self._tray is not None:  # else its thread does it once it has made one
            self._tray.wake()

    def _run(self) -> None:
        self._tray = tray = Tray(self._icon_clicked, self._run_calls, self._menu)
        tray.wake()
        tray.run()

    def _run_calls(self) -> None:
        assert self._tray is not None
        while not self._calls.empty():
            self._calls.get()(self._tray)

    def _show(self, notification: SystemNotification, tray: Tray) -> None:
        self._key = notification.key
        self._problem = "" if tray.balloon(notification.title, notification.body) else no_notifications_text()

    def _withdraw(self, key: str, tray: Tray) -> None:
        if key == self._key:
            self._key = None
            tray.withdraw()

    def _icon_clicked(self) -> None:
        self._clicked(self._key or "")
