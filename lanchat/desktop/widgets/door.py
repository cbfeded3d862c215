"""The door of a Text: everything that would change it comes through one function, which does so or does not.

Keys, pasting, the system's input methods: Tk has many ways to change a Text, and all of them are its own commands.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable


def put_door(text: tk.Text, edit: Callable[..., str]) -> str:
    """From now on `edit` gets each "insert", "delete" and "replace", with its arguments; the rest goes where it went.

    Gives the command that really changes the Text, for `text.tk.call`.
    """
    path = str(text)
    real = f"{path}.real"
    command = text.register(edit)
    text.tk.call("rename", path, real)
    text.tk.call("proc", path, "args", (
        "if {[lindex $args 0] in {insert delete replace}} {return [" + command + " {*}$args]}\n"
        "return [uplevel 1 [list " + real + " {*}$args]]"
    ))  # fmt: skip
    text.bind("<Destroy>", lambda event: text.tk.call("rename", path, ""), add="+")
    return real
