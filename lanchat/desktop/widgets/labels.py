"""Words on a ground: Label (one line), Paragraph (as many as needed) and Heading.

Prose: a paragraph with names of people and rooms in it. They come from others, and may hold emoji and scripts
that are drawn as pictures: Tk's own drawing of them is not to be relied on. Tk thread.
"""

from __future__ import annotations

import tkinter as tk
from typing import Literal

from PIL import ImageTk

from lanchat.desktop.emoji.images import picture
from lanchat.desktop.emoji.pattern import EMOJI, UNDRAWN
from lanchat.desktop.text_layout import paragraphs
from lanchat.desktop.text_layout.paragraphs import Fragment
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.line_renderer import LineRenderer
from lanchat.desktop.widgets.surfaces import Ground, Ink, palette_colour

_UNLIMITED = 1 << 20  # pixels
_TALL = 1.2  # times the height of a line: of the scripts we know, none has taller letters


class Label(tk.Canvas):
    """One line, with an ellipsis at its end where it has too little room."""

    def __init__(
        self, master: tk.Misc, theme: Theme, text: str, font: FontName = "body", ink: Ink = "text", *,
        ground: Ground = "chat", anchor: Literal["w", "center", "e"] = "w", width: int = 0, tall: bool = False,
    ) -> None:  # fmt: skip
        """`width`: pixels it asks for; 0: as many as its words need. `tall`: it holds a name, which may be in a script
        with taller letters than ours."""
        height = round(theme.fonts.height(font) * (_TALL if tall else 1))
        super().__init__(
            master, background=palette_colour(theme.palette, ground), highlightthickness=0, borderwidth=0,
            takefocus=0, width=width or 1, height=height,
        )  # fmt: skip
        self._font: FontName = font
        self._colour = palette_colour(theme.palette, ink)
        self._anchor = anchor
        self._width = width
        self._renderer = LineRenderer(theme)
        self.words = ""
        self.bind("<Configure>", lambda _event: self._draw())
        self.text(text)

    def text(self, words: str) -> None:
        """Other words. It asks for the room they need."""
        if words == self.words:
            return
        self.words = words
        if not self._width:
            self.configure(width=self._renderer.fit(words, self._font, _UNLIMITED).width or 1)
        self._draw()

    def _draw(self) -> None:
        self.delete("all")
        width = self.winfo_width()
        if width <= 1:
            return  # it has no place yet
        line = self._renderer.fit(self.words, self._font, width)
        share = {"w": 0.0, "center": 0.5, "e": 1.0}[self._anchor]
        at = (round((width - line.width) * share), self.winfo_height() / 2)
        self._renderer.put(self, at, line, self._font, (self._colour,))


def show_words(
    label: tk.Label, theme: Theme, words: str, font: FontName, colour: str, width: int
) -> ImageTk.PhotoImage | None:  # fmt: skip
    """Words with names in them, on a label of lines so many pixels wide. The picture, if it has to be one, is to be
    held for as long as it is shown."""
    image = theme.shaper.paragraph(words, font, colour, width)
    label.configure(text="" if image else theme.fonts.drawable(font, words), image=image or "")
    return image


def fitted(theme: Theme, font: FontName, text: str, width: int) -> str:
    """`text`, cut with an ellipsis so that it takes at most `width` pixels; "" when not even that has room."""
    measure = theme.fonts.measure
    if measure(font, text) <= width:
        return text
    least, most = 0, len(text)
    while least < most:  # the longest beginning that fits
        middle = (least + most + 1) // 2
        if measure(font, text[:middle].rstrip() + "…") <= width:
            least = middle
        else:
            most = middle - 1
    return text[:least].rstrip() + "…" if least else ""


_USUAL_WIDTH = 400  # design pixels, while it has no place yet
_EMOJI_HEIGHT = 0.86  # of the line's


class Paragraph(tk.Text):
    """As many lines as needed: pack it with fill="x". It cannot be written in, nor have the keyboard."""

    def __init__(
        self, master: tk.Misc, theme: Theme, text: str, font: FontName = "body", ink: Ink = "text", *,
        ground: Ground = "chat", ours: bool = True, centred: bool = False,
    ) -> None:  # fmt: skip
        """`ours`: the words around the names; else each paragraph has the direction of its own first letter."""
        super().__init__(
            master, wrap="word", width=1, height=1, font=theme.font(font), state="disabled", cursor="", takefocus=0,
            foreground=palette_colour(theme.palette, ink), background=palette_colour(theme.palette, ground),
            borderwidth=0, highlightthickness=0, padx=0, pady=0, insertwidth=0, exportselection=False,
        )  # fmt: skip
        self._theme, self._font, self._colour = theme, font, palette_colour(theme.palette, ink)
        self._ours = ours
        self._centred = centred
        self._shaped = False  # there are letters in it that Tk does not draw as they are written
        self._wide = 0  # pixels for which its lines were broken then
        self._size = round(theme.fonts.height(font) * _EMOJI_HEIGHT)
        self._pictures: list[ImageTk.PhotoImage] = []  # Tk shows them for only as long as somebody has them
        self.words = ""
        self.tag_configure("right", justify="right")
        self.tag_configure("centred", justify="center")
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
        if self._centred:
            self.tag_add("centred", "1.0", "end")
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
            self.tag_add("right", start, "end")

    def _width(self, part: Fragment) -> int:
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


class Heading(Paragraph):
    """What a page or a part of it is about."""

    def __init__(
        self, master: tk.Misc, theme: Theme, text: str, font: FontName = "head", *, ground: Ground = "chat"
    ) -> None:
        super().__init__(master, theme, text, font, "strong", ground=ground)
