"""Hint: what a field is for, while nothing is written there. Tk thread."""

from __future__ import annotations

import tkinter as tk

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.line_renderer import LineRenderer
from lanchat.desktop.widgets.surfaces import Ground, palette_colour
from lanchat.desktop.widgets.tk_events import forward_mouse


class Hint(tk.Canvas):
    """Lies over `text`, for which what the mouse does on it is meant. Rooms' titles may be in it: emoji are drawn
    as pictures."""

    def __init__(self, text: tk.Text, theme: Theme, ground: Ground) -> None:
        super().__init__(
            text, background=palette_colour(theme.palette, ground), highlightthickness=0, borderwidth=0,
            cursor="xterm", takefocus=0, width=1, height=1,
        )  # fmt: skip
        self._theme = theme
        self._writer = LineRenderer(theme)
        self._shown = True
        self.words = ""
        forward_mouse(self, text)
        self.bind("<Configure>", lambda event: self._draw())
        self.show(True)

    def say(self, words: str) -> None:
        if words != self.words:
            self.words = words
            self._draw()

    def show(self, shown: bool) -> None:
        if shown:
            left, height = self._theme.px(4), self._theme.fonts.height("body")
            self.place(x=left, y=0, relwidth=1, width=-left, height=height)
        else:
            self.place_forget()

    def _draw(self) -> None:
        self.delete("all")
        at = (0, self._theme.fonts.height("body") / 2)
        self._writer.write(self, at, self.words, "body", self._theme.palette.mute, self.winfo_width())
