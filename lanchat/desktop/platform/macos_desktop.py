"""macOS' dark mode, by its `defaults`. Not yet tried there.

Starting a program every few seconds would cost: it is asked again only when the file of its settings has changed.

What macOS asks of the program as a whole: by its Dock icon, its menus, links in other programs. Tk thread.

Tk calls Tcl commands of these names (https://www.tcl-lang.org/man/tcl8.6/TkCmd/tk_mac.html). Not yet tried there.

Starting with macOS: a launch agent of this person's. All raise OSError. Not yet tried there.

Notices on macOS, through `osascript`. Not yet tried there.

They carry the name and icon of Apple's Script Editor, a click on one leads there, and they cannot be taken back:
Apple gives more only to signed programs.
"""

from __future__ import annotations

import json
import plistlib
import queue
import threading
import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lanchat.desktop.platform.external_programs import find, run
from lanchat.desktop.platform.notifier import Notification, nothing_shows_them

if TYPE_CHECKING:
    from lanchat.desktop.platform.services import SystemRequests


_SECONDS = 2.0


class MacAppearance:
    """Call it: whether macOS is dark now. On one thread."""

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
    """In nanoseconds; 0 when there is no such file."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _is_dark() -> bool | None:
    defaults = find("defaults")
    if not defaults:
        return None
    return (run([defaults, "read", "-g", "AppleInterfaceStyle"], _SECONDS) or "").strip() == "Dark"  # unset when light


def hear(root: tk.Tk, requests: SystemRequests) -> None:
    """What came while lanchat started (the link that started it) is asked for by Tk once its loop runs."""

    def launched(*links: str) -> None:
        for link in links:
            requests.link(link)

    commands: dict[str, Callable[..., None]] = {
        "::tk::mac::ReopenApplication": requests.show,  # a click on the Dock icon; lanchat opened once more
        "::tk::mac::LaunchURL": launched,  # of the schemes in CFBundleURLTypes: packaging/bundle.py
        "::tk::mac::Quit": requests.quit,  # the menu, Command-Q, the Dock, the end of the session
        "::tk::mac::ShowPreferences": requests.settings,  # without it, the menu has it in grey
        "::tk::mac::ShowHelp": requests.keys,
        "tkAboutDialog": requests.about,
    }
    for name, do in commands.items():
        # An alias of what `register` makes: what goes wrong in it is reported as in any other callback.
        root.tk.call("interp", "alias", "", name, "", root.register(do))


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


_NOTIFICATIONS_SECONDS = 10.0
_MOST_WAITING = 10  # a system that no longer shows them is not asked for ever

# The text comes through stdin: neither a part of the script, nor to be read in the list of running programs.
_SCRIPT = """
ObjC.import("Foundation");
const input = $.NSFileHandle.fileHandleWithStandardInput.readDataToEndOfFile;
const notice = JSON.parse($.NSString.alloc.initWithDataEncoding(input, $.NSUTF8StringEncoding).js);
const program = Application.currentApplication();
program.includeStandardAdditions = true;
program.displayNotification(notice.body, {withTitle: notice.title});
"""


class MacNotifications:
    """A NotificationService."""

    def __init__(self) -> None:
        self._osascript = find("osascript")
        self._notices: queue.SimpleQueue[Notification | None] = queue.SimpleQueue()
        if self._osascript:
            threading.Thread(target=self._work, name="notices", daemon=True).start()

    def problem(self) -> str:
        return "" if self._osascript else nothing_shows_them()

    def show(self, notice: Notification) -> None:
        if self._notices.qsize() < _MOST_WAITING:
            self._notices.put(notice)

    def withdraw(self, key: str) -> None:
        """macOS offers no way."""

    def close(self) -> None:
        self._notices.put(None)

    def _work(self) -> None:
        while (notice := self._notices.get()) is not None:
            text = json.dumps({"title": notice.title, "body": notice.body})
            run([self._osascript, "-l", "JavaScript", "-e", _SCRIPT], _NOTIFICATIONS_SECONDS, stdin=text)
