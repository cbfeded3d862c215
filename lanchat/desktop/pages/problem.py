"""ProblemBox: what went wrong, in words, where it happened. Tk thread."""

from __future__ import annotations

import tkinter as tk

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.box import Box
from lanchat.desktop.widgets.prose import Prose


class ProblemBox(tk.Frame):
    """Takes no room while there is nothing to say."""

    def __init__(self, master: tk.Misc, theme: Theme) -> None:
        super().__init__(master, bg=theme.palette.chat)
        box = Box(self, theme, "alert_soft", 8, pad=(14, 10))
        picture = tk.Label(box.inside, image=theme.icon("warning", 18, theme.palette.alert_ink), bg=box.fill, bd=0)
        picture.pack(side="left", anchor="n", padx=(0, theme.px(10)), pady=(theme.px(1), 0))
        self._words = Prose(box.inside, theme, "", "room", ground="alert_soft")
        self._words.pack(side="left", fill="x", expand=True)
        self._box = box
        self._below = theme.px(12)

    @property
    def words(self) -> str:
        return self._words.words

    def say(self, problem: str) -> None:
        """`problem`: a sentence, or "" for nothing."""
        self._words.text(problem)
        if problem:
            self._box.pack(fill="x", pady=(0, self._below))
        else:
            self._box.pack_forget()
            self.configure(height=1)  # a frame keeps the height of what was in it last
