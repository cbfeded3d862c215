"""The order in which Tab goes through what stands side by side: as one reads, however it was packed."""

from __future__ import annotations

import tkinter as tk


def tab_order(*widgets: tk.Misc) -> None:
    """`widgets`: of one parent, in the order Tab is to take; they cover none of each other.

    Tk asks for the stacking order, and what is packed first (at the right, at the bottom) is at the back of it.
    """
    for widget in widgets:
        widget.tk.call("raise", widget)
