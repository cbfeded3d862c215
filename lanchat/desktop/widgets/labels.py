"""Label (one line) and Paragraph (as many lines as needed).

Words on a page often hold names of people and rooms, which come from others. Tk's drawing of emoji and of some scripts
is not to be relied on, so both widgets show those as pictures.
"""

from __future__ import annotations

import tkinter as tk
from typing import Literal

from PIL import ImageTk

from lanchat.desktop.emoji.emoji_data import UNDRAWN, split_emoji, without_emoji
from lanchat.desktop.text_layout import paragraphs
from lanchat.desktop.text_layout.paragraphs import Fragment
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.surfaces import Ground, Ink, palette_colour

_TALL = 1.2  # times the height of a line of Latin letters: enough for the letters of other scripts


class Label(tk.Canvas):
    """One line, with an ellipsis at its end where it has too little room."""

    def __init__(
        self, master: tk.Misc, theme: Theme, text: str, font: FontName = "body", ink: Ink = "text", *,
        ground: Ground = "chat", anchor: Literal["w", "center", "e"] = "w", width: int = 0, tall: bool = False,
    ) -> None:  # fmt: skip
        """`width`: pixels it asks for; 0: as many as its words need. `tall`: it holds a name, whose script may have
        taller letters than Latin."""
        height = round(theme.fonts.height(font) * (_TALL if tall else 1))
        super().__init__(
            master, background=palette_colour(theme.palette, ground), highlightthickness=0, borderwidth=0,
            takefocus=0, width=width or 1, height=height,
        )  # fmt: skip
        self._theme = theme
        self._font: FontName = font
        self._colour = palette_colour(theme.palette, ink)
        self._anchor = anchor
        self._width = width
        self.words = ""
        self.bind("<Configure>", lambda _event: self._draw())
        self.text(text)

    def text(self, words: str) -> None:
        """Change the words and the width asked for."""
        if words == self.words:
            return
        self.words = words
        if not self._width:
            self.configure(width=self._theme.lines.fit(words, self._font).width or 1)
        self._draw()

    def _draw(self) -> None:
        width = self.winfo_width()
        if width <= 1:
            return  # not laid out yet
        self.delete("all")
        line = self._theme.lines.fit(self.words, self._font, width)
        share = {"w": 0.0, "center": 0.5, "e": 1.0}[self._anchor]
        at = (round((width - line.width) * share), self.winfo_height() // 2)
        self._theme.lines.put(self, at, line, self._font, (self._colour,))


class PlainLabel(tk.Label):
    """Words over the window, as high and wide as they need. Emoji in them are squares."""

    def __init__(
        self, master: tk.Misc, theme: Theme, font: FontName, colour: str, ground: str, pad: tuple[int, int] = (1, 1)
    ) -> None:  # fmt: skip
        """`pad`: pixels left free on both sides, and above and below."""
        super().__init__(
            master, font=theme.font(font), foreground=colour, background=ground, justify="left", borderwidth=0,
            padx=pad[0], pady=pad[1],
        )  # fmt: skip
        self._theme, self._font, self._colour = theme, font, colour

    def show(self, words: str, width: int) -> None:
        """Show words, in which there may be names, in lines of at most `width` pixels."""
        words = without_emoji(words)
        self._image = self._theme.shaper.paragraph(words, self._font, self._colour, width)  # kept, or Tk drops it
        shown = "" if self._image else self._theme.fonts.drawable(self._font, words)
        self.configure(text=shown, image=self._image or "", wraplength=width)


def fit_height(text: tk.Text) -> None:
    """Make a Text as high as the lines need into which its words are broken."""
    if text.winfo_width() <= 1:
        return  # not laid out yet
    counted = text.count("1.0", "end", "update", "displaylines")
    lines = counted[-1] if isinstance(counted, tuple) else counted
    if lines and lines != int(str(text["height"])):
        text.configure(height=lines)


_USUAL_WIDTH = 400  # design pixels: for breaking lines before it is laid out
_EMOJI_HEIGHT = 0.86  # of the line's


class Paragraph(tk.Text):
    """Wrapped text, as high as it needs: pack it with fill="x". It takes neither input nor the keyboard focus."""

    def __init__(
        self, master: tk.Misc, theme: Theme, text: str, font: FontName = "body", ink: Ink = "text", *,
        ground: Ground = "chat", ours: bool = True, centred: bool = False,
    ) -> None:  # fmt: skip
        """`ours`: the text is the program's own and runs from left to right, whatever names are in it; else each line
        of it has the direction of its own first letter."""
        super().__init__(
            master, wrap="word", width=1, height=1, font=theme.font(font), state="disabled", cursor="", takefocus=0,
            foreground=palette_colour(theme.palette, ink), background=palette_colour(theme.palette, ground),
            borderwidth=0, highlightthickness=0, padx=0, pady=0, insertwidth=0, exportselection=False,
        )  # fmt: skip
        self._theme, self._font, self._colour = theme, font, palette_colour(theme.palette, ink)
        self._ours = ours
        self._centred = centred
        self._shaped = False  # it has letters that Tk does not shape
        self._wide = 0  # pixels for which the lines were broken
        self._size = round(theme.fonts.height(font) * _EMOJI_HEIGHT)
        self._pictures: list[ImageTk.PhotoImage] = []  # referenced here, or Tk drops them
        self.words = ""
        self.bindtags((str(self), str(theme.root), "all"))  # no bindings of Text
        self.bind("<Configure>", lambda _event: self._resized())
        self.text(text)

    def text(self, words: str) -> None:
        """Change the words."""
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
        if self._centred:
            self._justify("center", "1.0")
        self.configure(state="disabled")
        fit_height(self)

    def _write_plain(self, words: str) -> None:
        for part, is_emoji in split_emoji(words):
            self._draw(part) if is_emoji else self._letters(part)

    def _write_shaped(self, words: str) -> None:
        """Lines that Tk cannot break itself, because letters in them are pictures."""
        shaper, start = self._theme.shaper, self.index("end - 1 chars")
        base = 0 if self._ours else paragraphs.base_of(words)
        parts = paragraphs.fragments([words], base, shaper.draws)
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
            self._justify("right", start)

    def _width(self, part: Fragment) -> int:
        return self._size if part.kind == "emoji" else self._theme.shaper.measure(part, self._font)

    def _justify(self, where: Literal["center", "right"], start: str) -> None:
        self.tag_configure(where, justify=where)
        self.tag_add(where, start, "end")

    def _letters(self, words: str) -> None:
        self.insert("end", self._theme.fonts.drawable(self._font, words))

    def _draw(self, emoji: str) -> None:
        image = self._theme.emoji(emoji, self._size)
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
            fit_height(self)
