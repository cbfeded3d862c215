"""Words on a ground: Label (one line), Paragraph (as many as needed) and Heading."""

from __future__ import annotations

import tkinter as tk
from functools import partial

from PIL import ImageTk

from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets import colours
from lanchat.desktop.widgets.colours import Ground, Ink


class Label(tk.Label):
    """One line. Where it is given less room than it needs, it ends in an ellipsis."""

    def __init__(
        self, master: tk.Misc, theme: Theme, text: str, font: FontName = "body", ink: Ink = "text", *,
        ground: Ground = "chat",
    ) -> None:  # fmt: skip
        self._theme = theme
        self._font: FontName = font
        self.words = text
        super().__init__(
            master, text=theme.fonts.drawable(font, text), font=theme.font(font),
            foreground=colours.of(theme.palette, ink), background=colours.of(theme.palette, ground), anchor="w",
            padx=0, pady=0, borderwidth=0,
        )  # fmt: skip
        self.bind("<Configure>", lambda event: self._fit(event.width))

    def text(self, words: str) -> None:
        """Other words. It asks for the room they need."""
        self.words = words
        self._put(words)

    def _fit(self, width: int) -> None:
        needed = self._theme.fonts.measure(self._font, self.words)
        if width >= needed:
            self._put(self.words)
        elif width > 1:  # 1: nobody has given it a place yet
            self._put(fitted(self._theme, self._font, self.words, width))

    def _put(self, words: str) -> None:
        self.configure(text=self._theme.fonts.drawable(self._font, words))


class Paragraph(tk.Label):
    """Words that go on in the next line where the width ends: pack it with fill="x"."""

    def __init__(
        self, master: tk.Misc, theme: Theme, text: str, font: FontName = "body", ink: Ink = "text", *,
        ground: Ground = "chat", width: float = 400,
    ) -> None:  # fmt: skip
        """`width`: design pixels it asks for at most, before it is given its place."""
        self._drawable = partial(theme.fonts.drawable, font)
        super().__init__(
            master, text=self._drawable(text), font=theme.font(font), foreground=colours.of(theme.palette, ink),
            background=colours.of(theme.palette, ground), anchor="nw", justify="left", padx=0, pady=0, borderwidth=0,
            wraplength=theme.px(width),
        )  # fmt: skip
        self.words = text
        self.bind("<Configure>", lambda event: self._wrap(event.width))

    def text(self, words: str) -> None:
        """Other words."""
        self.words = words
        self.configure(text=self._drawable(words))

    def _wrap(self, width: int) -> None:
        if width > 1 and width != int(str(self["wraplength"])):
            self.configure(wraplength=width)


class Heading(Paragraph):
    """What a page or a part of it is about."""

    def __init__(
        self, master: tk.Misc, theme: Theme, text: str, font: FontName = "head", *, ground: Ground = "chat"
    ) -> None:
        super().__init__(master, theme, text, font, "strong", ground=ground)


def tell(
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
