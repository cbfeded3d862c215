"""Runs tests as on macOS, with Tk of this system: `python -m tests.desktop.as_on_macos TESTS…`, on a screen (DISPLAY).

The program takes its ways for macOS, and Tk has the virtual events that it has there (library/tk.tcl of Tk 8.6). It
finds what can be found without a Mac: mistakes in those ways. It says nothing about what Tk and macOS make of them.
"""

from __future__ import annotations

import importlib
import sys
import tkinter as tk
from typing import Any

#: What else asks for the platform, and must not be misled: it is imported before.
_BEFORE = ("asyncio", "subprocess", "ctypes.util", "platform", "multiprocessing", "selectors", "sqlite3", "webbrowser",
           "uuid", "logging.config", "zoneinfo", "urllib.request", "PIL.ImageTk", "PIL.ImageGrab", "zeroconf", "ifaddr",
           "cryptography.x509", "pytest")  # fmt: skip

_EVENTS = """
    foreach event [event info] { foreach keys [event info $event] { event delete $event $keys } }
    foreach {event keys} {
        Cut {<Command-x> <F2>} Copy {<Command-c> <F3>} Paste {<Command-v> <F4>} Clear <Clear>
        PasteSelection <ButtonRelease-3> ContextMenu <Button-2>
        SelectAll <Command-a> SelectNone {<Option-Command-a> <F1> <F5> <F6> <F7> <F8> <F9> <F10> <F11> <F12>}
        Undo <Command-z> Redo <Shift-Command-z>
        NextChar {<Right> <Control-f>} SelectNextChar <Shift-Right> PrevChar {<Left> <Control-b>}
        SelectPrevChar <Shift-Left> NextWord <Option-Right> SelectNextWord <Shift-Option-Right>
        PrevWord <Option-Left> SelectPrevWord <Shift-Option-Left>
        LineStart {<Home> <Command-Left> <Control-a>} SelectLineStart {<Shift-Home> <Shift-Command-Left>}
        LineEnd {<End> <Command-Right> <Control-e>} SelectLineEnd {<Shift-End> <Shift-Command-Right>}
        PrevLine {<Up> <Control-p>} SelectPrevLine <Shift-Up> NextLine {<Down> <Control-n>} SelectNextLine <Shift-Down>
        PrevPara <Option-Up> NextPara <Option-Down> SelectPrevPara <Shift-Option-Up> SelectNextPara <Shift-Option-Down>
        PrevWindow {<Shift-Tab> <ISO_Left_Tab>} NextWindow <Tab>
    } { event add <<$event>> {*}$keys }
    bind Text <Command-Key> {# nothing}
"""


class _Tk(tk.Tk):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.tk.eval(_EVENTS)


def main() -> int:
    for name in _BEFORE:
        importlib.import_module(name)
    import pytest

    sys.platform = "darwin"
    tk.Tk = _Tk  # type: ignore[misc]
    from lanchat.trust import identity

    identity.machine_id = lambda: b"this Mac"  # a function of macOS' own library tells it
    return pytest.main([*sys.argv[1:], "-n", "0", "-p", "no:cacheprovider"])


if __name__ == "__main__":
    sys.exit(main())
