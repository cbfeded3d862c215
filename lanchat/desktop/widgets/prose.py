"""Prose: a paragraph with names of people and rooms in it. They come from others, and may hold emoji, which are drawn
as pictures: Tk's own drawing of them is not to be relied on. Tk thread."""

from __future__ import annotations

import tkinter as tk

from PIL import ImageTk

from lanchat.desktop.emoji.images import picture
from lanchat.desktop.emoji.pattern import EMOJI, UNDRAWN
from lanchat.desktop.look.fonts import FontName
from lanchat.desktop.look.look import Look
from lanchat.desktop.widgets import colours
from lanchat.desktop.widgets.colours import Ground, Ink

_EMOJI_HEIGHT = 0.86  # of the line's


class Prose(tk.Text):
    """As many lines as needed: pack it with fill="x". It cannot be written in, nor have the keyboard."""

    def __init__(
        self, master: tk.Misc, look: Look, text: str, font: FontName = "body", ink: Ink = "text", *,
        ground: Ground = "chat",
    ) -> None:  # fmt: skip
        super().__init__(
            master, wrap="word", width=1, height=1, font=look.font(font), state="disabled", cursor="", takefocus=0,
            foreground=colours.of(look.palette, ink), background=colours.of(look.palette, ground), borderwidth=0,
            highlightthickness=0, padx=0, pady=0, insertwidth=0, exportselection=False,
        )  # fmt: skip
        self._look = look
        self._size = round(look.fonts.height(font) * _EMOJI_HEIGHT)
        self._pictures: list[ImageTk.PhotoImage] = []  # Tk shows them for only as long as somebody has them
        self.words = ""
        self.bindtags((str(self), str(self.winfo_toplevel()), "all"))  # it is words, not a field
        self.bind("<Configure>", lambda _event: self._measure())
        self.text(text)

    def text(self, words: str) -> None:
        """Other words."""
        if words == self.words:
            return
        self.words = words
        self.configure(state="normal")
        self.delete("1.0", "end")
        self._pictures.clear()
        end = 0
        for match in EMOJI.finditer(words):
            self.insert("end", words[end : match.start()])
            self._draw(match.group())
            end = match.end()
        self.insert("end", words[end:])
        self.configure(state="disabled")
        self._measure()

    def _draw(self, emoji: str) -> None:
        image = picture(self._look, emoji, self._size)
        if image is None:
            self.insert("end", UNDRAWN)
        else:
            self._pictures.append(image)
            self.image_create("end", image=image)

    def _measure(self) -> None:
        if self.winfo_width() <= 1:
            return  # it has no place yet
        counted = self.count("1.0", "end", "update", "displaylines")
        lines = counted[-1] if isinstance(counted, tuple) else counted
        if lines and lines != int(str(self["height"])):
            self.configure(height=lines)
