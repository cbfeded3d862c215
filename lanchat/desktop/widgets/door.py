"""The door of a Text: everything that would change it comes through one function, which does so or does not.

Keys, pasting, the system's input methods: Tk has many ways to change a Text, and all of them are its own commands.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

#: The command of the Text from now on. A place given by its pixels, as the arrows and the pointer do, may lie between
#: the bytes of one character (seen in Tk 8.6, where the character then breaks): as line and column it cannot.
_DOOR = """
    switch -glob -- $args {
        {insert *} - {delete *} - {replace *} {return [%(edit)s {*}$args]}
        {mark set *} - {tag add *} {
            set places [lmap place [lrange $args 3 end] {%(real)s index $place}]
            return [uplevel 1 [list %(real)s {*}[lrange $args 0 2] {*}$places]]
        }
    }
    return [uplevel 1 [list %(real)s {*}$args]]
"""


def put_door(text: tk.Text, edit: Callable[..., str]) -> str:
    """From now on `edit` gets each "insert", "delete" and "replace", with its arguments; the rest goes where it went.

    Gives the command that really changes the Text, for `text.tk.call`.
    """
    path = str(text)
    real = f"{path}.real"
    command = text.register(edit)
    text.tk.call("rename", path, real)
    text.tk.call("proc", path, "args", _DOOR % {"edit": command, "real": real})
    text.bind("<Destroy>", lambda event: text.tk.call("rename", path, ""), add="+")
    return real
