"""Sheet: the parts of a profile, put one below the other in the narrow pane. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence

from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.button import Button, Kind
from lanchat.desktop.widgets.colours import Ink
from lanchat.desktop.widgets.label import Label, Paragraph
from lanchat.desktop.widgets.prose import Prose

_MARGIN, _WIDTH = (16, 4), 164  # design pixels; at the right there is also the place of the scrollbar
_ACROSS = 2  # groups of numbers, or words, in a line


class Sheet:
    def __init__(self, master: tk.Frame, theme: Theme) -> None:
        self.master = master
        self._theme = theme

    def put(self, widget: tk.Widget, above: float = 0) -> None:
        px = self._theme.px
        widget.pack(fill="x", padx=(px(_MARGIN[0]), px(_MARGIN[1])), pady=(px(above), 0))

    def heading(self, words: str) -> None:
        self.put(Label(self.master, self._theme, words, "small_bold", "mute", ground="side"), above=18)

    def say(self, words: str, font: FontName = "small", ink: Ink = "mute", above: float = 4) -> None:
        """With names of others in it."""
        self.put(Prose(self.master, self._theme, words, font, ink, ground="side"), above)

    def say_in_the_middle(self, words: str) -> None:
        paragraph = Paragraph(self.master, self._theme, words, "small", "mute", ground="side", width=_WIDTH)
        paragraph.configure(anchor="center", justify="center")
        self.put(paragraph)

    def table(self, parts: Sequence[str], font: FontName) -> None:
        """Side by side, to be read out one after the other."""
        theme = self._theme
        table = tk.Frame(self.master, bg=theme.palette.side)
        for index, part in enumerate(parts):
            cell = Label(table, theme, part, font, "strong", ground="side")
            cell.grid(row=index // _ACROSS, column=index % _ACROSS, sticky="w", pady=(0, theme.px(4)))
        table.columnconfigure(tuple(range(_ACROSS)), weight=1, uniform="part")
        self.put(table, above=6)

    def button(self, words: str, deed: Callable[[], None], kind: Kind = "quiet", above: float = 8) -> Button:
        button = Button(self.master, self._theme, words, deed, kind, ground="side")
        self.put(button, above)
        return button
