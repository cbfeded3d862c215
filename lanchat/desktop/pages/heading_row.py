"""HeadingRow: what a page is about, and at the end of the line the way back. Tk thread."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.translate import _
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.button import IconButton
from lanchat.desktop.widgets.label import Heading


class HeadingRow(tk.Frame):
    def __init__(self, master: tk.Misc, desk: ViewContext, words: str) -> None:
        theme = desk.theme
        super().__init__(master, bg=theme.palette.chat)
        self.close = IconButton(self, theme, "close", _("Close (Esc)"), desk.back)
        self.close.pack(side="right")
        Heading(self, theme, words).pack(side="left", fill="x", expand=True)
