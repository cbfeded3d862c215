"""Notices on macOS, through `osascript`. Not yet tried there.

They carry the name and icon of Apple's Script Editor, a click on one leads there, and they cannot be taken back:
Apple gives more only to signed programs.
"""

from __future__ import annotations

import json
import queue
import threading

from lanchat.desktop.platform.notifier import Notice, nothing_shows_them
from lanchat.desktop.platform.programs import find, run

_SECONDS = 10.0
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


class MacDoor:
    """A Door."""

    def __init__(self) -> None:
        self._osascript = find("osascript")
        self._notices: queue.SimpleQueue[Notice | None] = queue.SimpleQueue()
        if self._osascript:
            threading.Thread(target=self._work, name="notices", daemon=True).start()

    def problem(self) -> str:
        return "" if self._osascript else nothing_shows_them()

    def show(self, notice: Notice) -> None:
        if self._notices.qsize() < _MOST_WAITING:
            self._notices.put(notice)

    def withdraw(self, key: str) -> None:
        """macOS offers no way."""

    def close(self) -> None:
        self._notices.put(None)

    def _work(self) -> None:
        while (notice := self._notices.get()) is not None:
            text = json.dumps({"title": notice.title, "body": notice.body})
            run([self._osascript, "-l", "JavaScript", "-e", _SCRIPT], _SECONDS, stdin=text)
