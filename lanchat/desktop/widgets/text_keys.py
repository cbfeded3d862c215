"""The keys of Tk's Text, made those people know from everywhere else."""

from __future__ import annotations

import sys
import tkinter as tk

from lanchat.desktop.widgets.modifiers import COMMAND, ON_MAC

#: Keys of an old editor that Tk knows on Linux and Windows; the window has its own uses for some of them.
_OLD_KEYS = ("<Control-d>", "<Control-h>", "<Control-i>", "<Control-k>", "<Control-o>", "<Control-t>")
_OLD_MEANINGS = {
    "<<LineStart>>": "a", "<<LineEnd>>": "e", "<<NextChar>>": "f", "<<PrevChar>>": "b", "<<NextLine>>": "n",
    "<<PrevLine>>": "p", "<<SelectLineStart>>": "A", "<<SelectLineEnd>>": "E", "<<SelectNextChar>>": "F",
    "<<SelectPrevChar>>": "B", "<<SelectNextLine>>": "N", "<<SelectPrevLine>>": "P",
}  # fmt: skip


#: What is done to a text by shortcuts that are the same on every system.
_EDITING = {
    "a": "<<SelectAll>>", "c": "<<Copy>>", "v": "<<Paste>>", "x": "<<Cut>>", "y": "<<Redo>>", "z": "<<Undo>>",
    "Shift-Z": "<<Redo>>",
}  # fmt: skip


def edit(text: tk.Text, pressed: str) -> None:
    """What this shortcut does to a text, if anything."""
    if meaning := _EDITING.get(pressed.removeprefix(f"{COMMAND}-")):
        text.event_generate(meaning)


def set_text_keys(root: tk.Misc) -> None:
    """For every Text of this program. Doing it again changes nothing."""
    # All of it is what was written, without the line end Tk keeps behind it: selected, that one outlives the text.
    root.tk.call("bind", "Text", "<<SelectAll>>", "%W tag add sel 1.0 end-1c")
    if ON_MAC:
        for shift in ("", "Shift-"):  # Tk has the keys of macOS but for these
            for key, other in (("Up", "Home"), ("Down", "End")):
                there = root.tk.call("bind", "Text", f"<Control-{shift}{other}>")
                root.tk.call("bind", "Text", f"<Command-{shift}{key}>", there)
        return  # the others are the system's own there
    if sys.platform == "win32":  # where to Tk "twelve?" is a word; in Windows' own programs it ends before the ?
        root.tk.eval(r"set tcl_wordchars {\w}; set tcl_nonwordchars {\W}")
    for key in _OLD_KEYS:
        root.unbind_class("Text", key)
    for meaning, key in _OLD_MEANINGS.items():
        other = key.swapcase()
        root.event_delete(meaning, f"<Control-{key}>", f"<Control-Lock-{other}>")
    root.event_delete("<<Paste>>", "<Control-y>", "<Control-Lock-Y>")
    root.event_delete("<<Cut>>", "<Control-w>", "<Control-Lock-W>")
    root.event_add("<<SelectAll>>", "<Control-a>", "<Control-Lock-A>")
    root.event_add("<<Redo>>", "<Control-y>", "<Control-Lock-Y>", "<Control-Z>", "<Control-Lock-z>")
