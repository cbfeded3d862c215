"""Prose: a paragraph with names of people and rooms in it. They come from others, and may hold emoji and scripts
that are drawn as pictures: Tk's own drawing of them is not to be relied on. Tk thread."""

from __future__ import annotations

import tkinter as tk

from PIL import ImageTk

from lanchat.desktop.emoji.images import picture
from lanchat.desktop.emoji.pattern import EMOJI, UNDRAWN
from lanchat.desktop.text_layout import paragraphs
from lanchat.desktop.text_layout.paragraphs import Part
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets import colours
from lanchat.desktop.widgets.colours import Ground, Ink

_USUAL_WIDTH = 400  # design pixels, while it has no place yet
_EMOJI_HEIGHT = 0.86  # of the line's


class Prose(tk.Text):
    """As many lines as needed: pack it with fill="x". It cannot be written in, nor have the keyboard."""

    def __init__(
        self, master: tk.Misc, theme: Theme, text: str, font: FontName = "body", ink: Ink = "text", *,
        ground: Ground = "chat", ours: bool = True,
    ) -> None:  # fmt: skip
        """`ours`: the words around the names; else each paragraph has the direction of its own first letter."""
        super().__init__(
            master, wrap="word", width=1, height=1, font=theme.font(font), state="disabled", cursor="", takefocus=0,
            foreground=colours.of(theme.palette, ink), background=colours.of(theme.palette, ground), borderwidth=0,
            highlightthickness=0, padx=0, pady=0, insertwidth=0, exportselection=False,
        )  # fmt: skip
        self._theme, self._font, self._colour = theme, font, colours.of(theme.palette, ink)
        self._ours = ours
        self._shaped = False  # there are letters in it that Tk does not draw as they are written
        self._wide = 0  # pixels for which its lines were broken then
        self._size = round(theme.fonts.height(font) * _EMOJI_HEIGHT)
        self._pictures: list[ImageTk.PhotoImage] = []  # Tk shows them for only as long as somebody has them
        self.words = ""
        self.tag_configure("right", justify="right")
        self.bindtags((str(self), str(self.winfo_toplevel()), "all"))  # it is words, not a field
        self.bind("<Configure>", lambda _event: self._resized())
        self.text(text)

    def text(self, words: str) -> None:
        """Other words."""
        if words == self.words:
            return
        self.words = words
        self._shaped = self._theme.shaper.draws(words)
        self._write()

    def _write(self) -> None:
        self.configure(state="normal")
        self.delete("1.0", "end")
        self._pictures.clear()
        self._wide = self.winfo_width()
        for number, paragraph in enumerate(self.words.split("\n")):
            self.insert("end", "\n" if number else "")
            self._write_shaped(paragraph) if self._shaped else self._write_plain(paragraph)
        self.configure(state="disabled")
        self._measure()

    def _write_plain(self, words: str) -> None:
        end = 0
        for match in EMOJI.finditer(words):
            self._letters(words[end : match.start()])
            self._draw(match.group())
            end = match.end()
        self._letters(words[end:])

    def _write_shaped(self, words: str) -> None:
        """With letters that Tk does not draw as they are written."""
        shaper, start, base = (
            self._theme.shaper,
            self.index("end - 1 chars"),
            0 if self._ours else paragraphs.base_of(words),
        )
        parts = paragraphs.parts([words], base, shaper.draws)
        room = self._wide if self._wide > 1 else self._theme.px(_USUAL_WIDTH)
        for number, line in enumerate(paragraphs.lines(parts, self._width, room)):
            self.insert("end", "\n" if number else "")
            for part in paragraphs.as_seen(line, base):
                image = None
                if part.kind == "shaped":
                    image = shaper.picture(part.text, self._font, self._colour, part.right_to_left)
                if image is not None:
                    self._show(image)
                elif part.kind == "emoji":
                    self._draw(part.text)
                else:
                    self._letters(part.text)
        if base:
            self.tag_add("right", start, "end")

    def _width(self, part: Part) -> int:
        if part.kind == "emoji":
            return self._size
        shaped = self._theme.shaper.width(part.text, self._font, part.right_to_left) if part.kind == "shaped" else None
        return self._theme.fonts.measure(self._font, part.text) if shaped is None else shaped

    def _letters(self, words: str) -> None:
        self.insert("end", self._theme.fonts.drawable(self._font, words))

    def _draw(self, emoji: str) -> None:
        image = picture(self._theme, emoji, self._size)
        if image is None:
            self.insert("end", UNDRAWN)
        else:
            self._show(image)

    def _show(self, image: ImageTk.PhotoImage) -> None:
        self._pictures.append(image)
        self.image_create("end", image=image)

    def _resized(self) -> None:
        if self._shaped and self._wide != self.winfo_width() > 1:
            self._write()
        else:
            self._measure()

    def _measure(self) -> None:
        if self.winfo_width() <= 1:
            return  # it has no place yet
        counted = self.count("1.0", "end", "update", "displaylines")
        lines = counted[-1] if isinstance(counted, tuple) else counted
        if lines and lines != int(str(self["height"])):
            self.configure(height=lines)
