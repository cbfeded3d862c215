"""Where the window was, if it can be there again: screens are unplugged, and files get damaged. Tk thread."""

from __future__ import annotations

import re
import tkinter as tk

_WRITTEN = re.compile(r"(\d{2,5})x(\d{2,5})\+(-?\d{1,5})\+(-?\d{1,5})")
_GRIP = 100  #: pixels of the window's top that must be on a screen, to take hold of it


def fitting(root: tk.Misc, written: str, size: tuple[int, int]) -> str:
    """`written`, as Tk writes it, without the place where no screen is any more; else just `size`, in pixels."""
    match = _WRITTEN.fullmatch(written)
    if match is None:
        return "{}x{}".format(*size)
    width, height, x, y = map(int, match.groups())
    left, top = root.winfo_vrootx(), root.winfo_vrooty()
    right, bottom = left + root.winfo_vrootwidth(), top + root.winfo_vrootheight()
    seen = left + _GRIP <= x + width and x + _GRIP <= right and top <= y <= bottom - _GRIP
    return written if seen else f"{width}x{height}"
