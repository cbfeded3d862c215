"""DataFolder: where everything is kept here, and what is in it. Tk thread."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.translate import _
from lanchat.desktop.platform.external_programs import open_folder
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.button import Button
from lanchat.desktop.widgets.copy_field import CopyField
from lanchat.desktop.widgets.label import Paragraph


class DataFolder(tk.Frame):
    def __init__(self, master: tk.Misc, desk: ViewContext) -> None:
        theme = desk.theme
        super().__init__(master, bg=theme.palette.chat)
        self._desk = desk
        about = _("Everything that was said in your rooms, what waits to be sent, your key and these settings. "
                  "Anyone who has this folder can speak as you: give it to nobody.")  # fmt: skip
        Paragraph(self, theme, about, ink="mute").pack(fill="x", pady=(0, theme.px(8)))
        CopyField(self, theme, str(desk.kept.folder), "code").pack(fill="x", pady=(0, theme.px(10)))
        Button(self, theme, _("Open the folder"), self._open, "quiet").pack(anchor="w")

    def _open(self) -> None:
        if problem := open_folder(self._desk.kept.folder):
            self._desk.say(problem)
