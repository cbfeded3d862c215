"""macOS: dark mode, idle time, requests to the program, autostart, and notifications. Not yet tried on macOS."""

from __future__ import annotations

import ctypes
import json
import plistlib
import queue
import threading
import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lanchat.desktop.platform.external_programs import find
from lanchat.desktop.platform.notifier import NotificationService, SystemNotification, no_notifications_text
from lanchat.storage.system_programs import run

if TYPE_CHECKING:
    from lanchat.desktop.platform.services import SystemRequests


_DEFAULTS_SECONDS = 2.0


# --- dark mode -------------------------------------------------------------------------------------------------------
class MacAppearance:
    """Call it: whether macOS is dark now. On one thread.

    Starting `defaults` every few seconds would cost: it runs only when the file of the settings has changed.
    """

    def __init__(self) -> None:
        self._file = Path.home() / "Library/Preferences/.GlobalPreferences.plist"
        self._changed_at: int | None = None
        self._dark: bool | None = None

    def __call__(self) -> bool | None:
        changed_at = _changed_at(self._file)
        if self._changed_at is None or changed_at != self._changed_at:
            self._changed_at = changed_at
            self._dark = _is_dark()
        return self._dark


def _changed_at(file: Path) -> int:
    """Its modification time in nanoseconds; 0 when there is no such file."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _is_dark() -> bool | None:
    defaults = find("defaults")
    if not defaults:
        return None
    style = run([defaults, "read", "-g", "AppleInterfaceStyle"], _DEFAULTS_SECONDS)  # fails in light mode: it is unset
    return (style or "").strip() == "Dark"


# --- idle time -------------------------------------------------------------------------------------------------------
_COMBINED_SESSION, _ANY_INPUT = 0, 0xFFFFFFFF  # kCGEventSourceStateCombinedSessionState, kCGAnyInputEventType


def seconds_since_input() -> float | None:
    """Since a key, a button or the pointer was used in this session. Any thread."""
    try:
        quartz = ctypes.CDLL("/System/Library/Frameworks/ApplicationServices.framework/ApplicationServices")
        since = quartz.CGEventSourceSecondsSinceLastEventType
    except (OSError, AttributeError):
        return None
    since.argtypes, since.restype = [ctypes.c_int32, ctypes.c_uint32], ctypes.c_double
    return float(since(_COMBINED_SESSION, _ANY_INPUT))


# --- what macOS asks of the program ----------------------------------------------------------------------------------
def bind_system_requests(root: tk.Tk, requests: SystemRequests) -> None:
    """Make the Tcl commands that Tk calls: https://www.tcl-lang.org/man/tcl8.6/TkCmd/tk_mac.html

    What macOS asked while lanchat started (the link that started it) comes once Tk's loop runs.
    """

    def open_links(*links: str) -> None:
        for link in links:
            requests.link(link)

    commands: dict[str, Callable[..., None]] = {
        "::tk::mac::ReopenApplication": requests.show,  # a click on the Dock icon; lanchat opened once more
        "::tk::mac::LaunchURL": open_links,  # of the schemes in CFBundleURLTypes: packaging/bundle.py
        "::tk::mac::Quit": requests.quit,  # the menu, Command-Q, the Dock, the end of the session
        "::tk::mac::ShowPreferences": requests.settings,  # without it the menu item is disabled
        "::tk::mac::ShowHelp": requests.keys,
        "tkAboutDialog": requests.about,
    }
    for name, function in commands.items():
        # `register` makes a Tcl command whose errors are reported as in any other callback; this is an alias of it.
        root.tk.call("interp", "alias", "", name, "", root.register(function))


# --- autostart: a launch agent of this person. All raise OSError -----------------------------------------------------
_LABEL = "lanchat"


def is_on() -> bool:
    return _file().exists()


def turn_on(command: Sequence[str]) -> None:
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    agent = {
        "Label": _LABEL,
        "ProgramArguments": list(command),
        "RunAtLoad": True,
        "ProcessType": "Interactive",
        "LimitLoadToSessionType": "Aqua",
    }
    file.write_bytes(plistlib.dumps(agent))


def turn_off() -> None:
    _file().unlink(missing_ok=True)


def _file() -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{_LABEL}.plist"


# --- notifications ---------------------------------------------------------------------------------------------------
_OSASCRIPT_SECONDS = 10.0
_MOST_WAITING = 10  # when the system no longer shows them

# The text comes through stdin: so it is no part of the script, and other users cannot read it in the process list.
_SCRIPT = """
ObjC.import("Foundation");
const input = $.NSFileHandle.fileHandleWithStandardInput.readDataToEndOfFile;
const notification = JSON.parse($.NSString.alloc.initWithDataEncoding(input, $.NSUTF8StringEncoding).js);
const program = Application.currentApplication();
program.includeStandardAdditions = true;
program.displayNotification(notification.body, {withTitle: notification.title});
"""


class MacNotifications(NotificationService):
    """Shows them through `osascript`, on a thread of its own.

    Notifications carry the name and icon of Apple's Script Editor, a click leads there, and they cannot be withdrawn:
    Apple offers more to signed programs only.
    """

    def __init__(self) -> None:
        self._osascript = find("osascript")
        self._waiting: queue.SimpleQueue[SystemNotification | None] = queue.SimpleQueue()
        if self._osascript:
            threading.Thread(target=self._work, name="notifications", daemon=True).start()
        else:
            self.problem = no_notifications_text()

    def show(self, notification: SystemNotification) -> None:
        if self._waiting.qsize() < _MOST_WAITING:
            self._waiting.put(notification)

    def close(self) -> None:
        self._waiting.put(None)

    def _work(self) -> None:
        while (notification := self._waiting.get()) is not None:
            text = json.dumps({"title": notification.title, "body": notification.body})
            run([self._osascript, "-l", "JavaScript", "-e", _SCRIPT], _OSASCRIPT_SECONDS, stdin=text)
