"""Runs tests with the code paths for macOS on this Tk: `python -m tests.desktop.as_on_macos TESTS…`, on a screen.

Tk gets the virtual events that it has on macOS (library/tk.tcl of Tk 8.6). This finds mistakes in our code for macOS;
it says nothing about how Tk and macOS behave.
"""

from __future__ import annotations

import importlib
import sys
import tkinter as tk
from typing import Any

#: Other modules that read sys.platform: imported before it is changed.
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
