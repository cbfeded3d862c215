"""Scroller: a frame of any height, of which a part is seen."""

from __future__ import annotations

import tkinter as tk

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets import colours
from lanchat.desktop.widgets.anywhere import serve
from lanchat.desktop.widgets.bar import Bar
from lanchat.desktop.widgets.colours import Ground

_STEP = 48  #: design pixels for a step of the wheel
_ROOM = 12  #: design pixels left around what is brought into view


class Scroller(tk.Frame):
    """Put things on `inside`, which is as wide as this and as high as they need.

    The part that is seen follows the keyboard: what gets it is brought into view.
    """

    def __init__(self, master: tk.Misc, theme: Theme, *, ground: Ground = "chat") -> None:
        self._theme = theme
        colour = colours.of(theme.palette, ground)
        super().__init__(master, background=colour)
        self._view = tk.Canvas(
            self, background=colour, highlightthickness=0, borderwidth=0, width=1, height=1, takefocus=0,
            yscrollincrement=1,
        )  # fmt: skip
        self.bar = Bar(self, theme, self._view.yview, ground)
        self._view.configure(yscrollcommand=self.bar.set)
        self.bar.pack(side="right", fill="y")
        self._view.pack(side="left", fill="both", expand=True)
        self.inside = tk.Frame(self._view, background=colour)
        self._item = self._view.create_window(0, 0, anchor="nw", window=self.inside, width=1)
        self.inside.bind("<Configure>", lambda event: self._measure(), add="+")
        self._view.bind("<Configure>", lambda event: self._stretch(event.width), add="+")
        serve(self)

    def turned(self, steps: float) -> None:
        """See anywhere.Scrolls."""
        self._view.yview_scroll(round(steps * self._theme.px(_STEP)), "units")

    def shows_all(self) -> bool:
        """See anywhere.Scrolls."""
        return self.inside.winfo_height() <= self._view.winfo_height()

    def reveal(self, widget: tk.Misc) -> None:
        """Bring a widget on `inside` into view; nothing moves when it is."""
        room, height = self._theme.px(_ROOM), self._view.winfo_height()
        top = widget.winfo_rooty() - self.inside.winfo_rooty() - room
        bottom = top + widget.winfo_height() + 2 * room
        seen = round(self._view.canvasy(0))
        if top < seen:
            self._view.yview_scroll(max(0, top) - seen, "units")
        elif bottom > seen + height:
            self._view.yview_scroll(min(bottom - height, top) - seen, "units")

    def to_top(self) -> None:
        self._view.yview_moveto(0)

    def _measure(self) -> None:
        self._view.configure(scrollregion=(0, 0, self.inside.winfo_width(), self.inside.winfo_height()))

    def _stretch(self, width: int) -> None:
        self._view.itemconfigure(self._item, width=width)
