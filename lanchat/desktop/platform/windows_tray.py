"""How long a text is for Windows. Pure.

An icon in the notification area, its menu, and the balloons it shows. Tried under Wine, not yet on Windows.

https://learn.microsoft.com/en-us/windows/win32/api/shellapi/nf-shellapi-shell_notifyiconw
All of one Tray on the one thread that made it, except `ring`.

Notices as balloons of an icon beside the clock, which stays until the room was looked at. Tried under Wine only.

While the window is hidden the icon stays too: it is the way back.

Everything but the methods of NotificationService runs on the Tray's thread.
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
from lanchat.desktop.platform.notifier import Notification, nothing_shows_them


def fitting(text: str, units: int) -> str:
    """The longest beginning of `text` of at most `units` UTF-16 units, ending with an ellipsis when it is cut."""
    if _units(text) <= units:
        return text
    while _units(text) > units - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


assert sys.platform == "win32"

_user32 = ctypes.WinDLL("user32")
_shell32 = ctypes.WinDLL("shell32")
_kernel32 = ctypes.WinDLL("kernel32")

_LRESULT = ctypes.c_ssize_t
_WNDPROC = ctypes.WINFUNCTYPE(_LRESULT, wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM)

_WM_APP = 0x8000
_FROM_ICON, _RUNG = _WM_APP + 1, _WM_APP + 2
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
    """What the functions take and give: without it ctypes cuts handles to 32 bits."""
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
    """A window nobody sees, which owns the icon and hears of its clicks."""

    def __init__(
        self, clicked: Callable[[], None], rung: Callable[[], None], menu: Sequence[tuple[str, Callable[[], None]]]
    ) -> None:
        """`menu`: what a right click offers."""
        _declare()
        self._clicked = clicked
        self._rung = rung
        self._menu = menu
        self._shown = False
        self._stays = False
        self._taskbar_made = _user32.RegisterWindowMessageW("TaskbarCreated")  # also after Explorer has crashed
        self._instance = _kernel32.GetModuleHandleW(None)
        self._class = _WindowClass(
            procedure=_WNDPROC(self._hear), instance=self._instance, name=f"lanchat tray {id(self)}"
        )
        _user32.RegisterClassW(ctypes.byref(self._class))
        self._window = _user32.CreateWindowExW(
            0, self._class.name, "lanchat", 0, 0, 0, 0, 0, None, None, self._instance, None
        )

    def run(self) -> None:
        """Hear, until `end`."""
        message = wintypes.MSG()
        while _user32.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
            _user32.DispatchMessageW(ctypes.byref(message))
        _user32.DestroyWindow(self._window)
        _user32.UnregisterClassW(self._class.name, self._instance)

    def ring(self) -> None:
        """Have `rung` called on the Tray's thread. From any thread."""
        _user32.PostMessageW(self._window, _RUNG, 0, 0)

    def balloon(self, title: str, body: str) -> bool:
        """Show this instead of what may be shown. Whether Windows took it."""
        data = self._data(_MESSAGE | _ICON | _TIP | _INFO)
        data.title = fitting(title, _TITLE_UNITS)
        data.info = fitting(body, _BODY_UNITS)
        data.info_flags = _OWN_ICON | _NO_SOUND | _RESPECT_QUIET_TIME
        return self._show(data)

    def withdraw(self) -> None:
        """Take the balloon away, and the icon unless it is to stay."""
        if self._shown:
            self._shown = False
            _shell32.Shell_NotifyIconW(_DELETE, ctypes.byref(self._data(0)))
        if self._stays:
            self._show(self._data(_MESSAGE | _ICON | _TIP))

    def stay(self, stays: bool) -> None:
        """Whether the icon is there without a balloon too."""
        self._stays = stays
        self.withdraw()

    def end(self) -> None:
        """`run` returns."""
        self.stay(False)
        _user32.PostQuitMessage(0)

    def _show(self, data: _IconData) -> bool:
        took = bool(_shell32.Shell_NotifyIconW(_MODIFY if self._shown else _ADD, ctypes.byref(data)))
        self._shown = self._shown or took
        return took

    def _offer(self) -> None:
        """The menu, where the pointer is."""
        menu = _user32.CreatePopupMenu()
        for number, (words, _do) in enumerate(self._menu, 1):
            _user32.AppendMenuW(menu, _MENU_STRING, number, words.replace("&", "&&"))
        point = wintypes.POINT()
        _user32.GetCursorPos(ctypes.byref(point))
        # As TrackPopupMenu's documentation says: else the menu stays open when one clicks elsewhere.
        _user32.SetForegroundWindow(self._window)
        chosen = _user32.TrackPopupMenu(menu, _RETURN_COMMAND | _NO_MESSAGE, point.x, point.y, 0, self._window, None)
        _user32.PostMessageW(self._window, _WM_NULL, 0, 0)  # else it may close at once the next time
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

    def _hear(self, window: int, message: int, word: int, long: int) -> int:
        if message == _RUNG:
            self._rung()
        elif message == _FROM_ICON and long in (_WM_LBUTTONUP, _BALLOON_CLICKED):
            self._clicked()
        elif message == _FROM_ICON and long == _WM_RBUTTONUP:
            self._offer()
        elif message == self._taskbar_made:
            self._shown = False
            self.stay(self._stays)
        else:
            return int(_user32.DefWindowProcW(window, message, word, long))
        return 0


assert sys.platform == "win32"



class WindowsNotifications:
    """A NotificationService. Windows shows one balloon at a time, the newest."""

    def __init__(self, clicked: Callable[[str], None], quit: Callable[[], None]) -> None:
        """`clicked(key)` and `quit` run on the Tray's thread. ""; no room in particular."""
        self._clicked = clicked
        self._menu = ((_("Open lanchat"), partial(clicked, "")), (_("Quit lanchat"), quit))
        self._orders: queue.SimpleQueue[Callable[[Tray], None]] = queue.SimpleQueue()
        self._tray: Tray | None = None
        self._problem = ""
        self._key: str | None = None  # of the room the balloon is of
        threading.Thread(target=self._run, name="notices", daemon=True).start()

    def problem(self) -> str:
        return self._problem

    def show(self, notice: Notification) -> None:
        self._order(partial(self._show, notice))

    def withdraw(self, key: str) -> None:
        self._order(partial(self._withdraw, key))

    def hidden(self, hidden: bool) -> None:
        """The window is, or is back."""
        self._order(lambda tray: tray.stay(hidden))

    def close(self) -> None:
        self._order(lambda tray: tray.end())

    def _order(self, order: Callable[[Tray], None]) -> None:
        self._orders.put(order)
        if self._tray is not None:  # else its thread looks once it has one
            self._tray.ring()

    def _run(self) -> None:
        self._tray = tray = Tray(self._hit, self._obey, self._menu)
        tray.ring()
        tray.run()

    def _obey(self) -> None:
        assert self._tray is not None
        while not self._orders.empty():
            self._orders.get()(self._tray)

    def _show(self, notice: Notification, tray: Tray) -> None:
        self._key = notice.key
        self._problem = "" if tray.balloon(notice.title, notice.body) else nothing_shows_them()

    def _withdraw(self, key: str, tray: Tray) -> None:
        if key == self._key:
            self._key = None
            tray.withdraw()

    def _hit(self) -> None:
        self._clicked(self._key or "")
