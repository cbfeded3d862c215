"""The menu bar of macOS, at the top of the screen, with the keys that work in the window. Tk thread. Not yet tried.

Without one of ours Tk shows its own, in which one can run any Tcl script. Tk adds the program's own menu (About,
Settings, Hide, Quit), and to those named `window` and `help` what macOS has in them (Minimize: Command-M).
https://www.tcl-lang.org/man/tcl8.6/TkCmd/menu.html#M28
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial

from lanchat.core.translate import _
from lanchat.desktop.bindings import shortcuts
from lanchat.desktop.desk import JoinBy
from lanchat.desktop.pages.keys import everywhere
from lanchat.desktop.widgets.modifiers import COMMAND, OPTION
from lanchat.desktop.window import Window

_SIGNS = {"comma": ",", "plus": "+", "minus": "-"}


def show_menu_bar(root: tk.Tk, window: Window, close: Callable[[], None]) -> None:
    """Instead of the one before, in the language of now. Accelerators are only written there: the keys are bound."""
    before = root.nametowidget(root["menu"]) if root["menu"] else None
    deeds = shortcuts(window, close)
    words = {press: key.words for key in everywhere() for press in key.presses}
    bar = tk.Menu(root)

    def menu(title: str, name: str) -> tk.Menu:
        made = tk.Menu(bar, name=name, tearoff=False)
        bar.add_cascade(label=title, menu=made)
        return made

    def add(to: tk.Menu, *presses: str) -> None:
        for press in presses:
            do = partial(_if_open, window, deeds[press])
            to.add_command(label=words[press], accelerator=_accelerator(press), command=do)

    file = menu(_("File"), "file")
    add(file, f"{COMMAND}-n")
    join = partial(_if_open, window, lambda: window.go(JoinBy()))
    file.add_command(label=_("Join by code or address…"), command=join)
    file.add_separator()
    file.add_command(label=words[f"{COMMAND}-w"], accelerator=f"{COMMAND}-W", command=close)
    edit = menu(_("Edit"), "edit")
    for label, meaning, key in (
        (_("Undo"), "<<Undo>>", "Z"), (_("Redo"), "<<Redo>>", "Shift-Z"), (_("Cut"), "<<Cut>>", "X"),
        (_("Copy"), "<<Copy>>", "C"), (_("Paste"), "<<Paste>>", "V"), (_("Select all"), "<<SelectAll>>", "A"),
    ):  # fmt: skip
        edit.add_command(label=label, accelerator=f"{COMMAND}-{key}", command=partial(_edit, root, meaning))
    edit.add_separator()
    add(edit, f"{COMMAND}-f", f"{COMMAND}-Shift-F")
    view = menu(_("View"), "view")
    add(view, f"{COMMAND}-k", f"{OPTION}-Up", f"{OPTION}-Down", "F7")
    view.add_separator()
    add(view, f"{COMMAND}-plus", f"{COMMAND}-minus", f"{COMMAND}-0")
    menu(_("Window"), "window")
    menu(_("Help"), "help")
    root.configure(menu=bar)
    if before is not None:
        before.destroy()


def _if_open(window: Window, deed: Callable[[], object]) -> None:
    """As with the keys: once there is something to do in the window."""
    if window.desk is not None:
        deed()


def _edit(root: tk.Tk, meaning: str) -> None:
    (root.focus_get() or root).event_generate(meaning)


def _accelerator(press: str) -> str:
    """As Tk reads it there, to draw it with the signs of macOS: "Command-N"."""
    *held, key = press.split("-")
    return "-".join((*held, _SIGNS.get(key, key.upper() if len(key) == 1 else key)))
