"""Translates shortcuts from Linux and Windows to those of this system."""

from __future__ import annotations

import sys
import tkinter as tk

_BY_WORDS = ("Left", "Right", "BackSpace", "Delete")
_EVERYWHERE = ("Return", "KP_Enter", "Home", "End")  # with Control on macOS too


#: The right button; on macOS Tk numbers buttons as elsewhere since TIP 474.
CONTEXT_BUTTON = 2 if sys.platform == "darwin" and tk.TkVersion < 8.7 else 3


def here(press: str, on_mac: bool = sys.platform == "darwin") -> str:
    """On macOS Command-k for Control-k, Option-Left for Control-Left and Option-Up for Alt-Up; elsewhere `press`."""
    *held, key = press.strip("<>").split("-")
    if not on_mac or key in _EVERYWHERE or not {"Control", "Alt"} & set(held):
        return press
    if "Control" in held and key in ("y", "Z"):
        return press.replace("-".join((*held, key)), "<Redo>")  # Shift-Command-z, by what Tk makes of it
    command = "Option" if key in _BY_WORDS else "Command"
    return press.replace("Control", command).replace("Alt", "Option")
