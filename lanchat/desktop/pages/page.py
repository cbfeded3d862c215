"""Page: what every page is: a column in the middle pane, with a sign, words and buttons. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.card import Column
from lanchat.desktop.widgets.colours import Ink
from lanchat.desktop.widgets.prose import Prose
from lanchat.engine.events import Event

_DISC, _SIGN, _GAP = 56, 28, 10


class Page(tk.Frame):
    """Subclasses `put` what they show on the `column`, from top to bottom."""

    def __init__(self, master: tk.Misc, desk: ViewContext) -> None:
        self.desk = desk
        self.theme = desk.theme
        super().__init__(master, bg=desk.theme.palette.chat)
        self.column = Column(self, desk.theme)
        self.column.pack(fill="both", expand=True)
        self.body = self.column.body
        self._timer = ""

    def heard(self, event: Event) -> None:
        """After State has taken it in."""

    def focus_first(self) -> None:
        """The keyboard goes to what is obvious."""
        self.focus_set()

    def later(self, milliseconds: int, draw: Callable[[], None]) -> None:
        """Call `draw` then, unless the page is gone by that time, or something else was to be done later."""
        if self._timer:
            self.after_cancel(self._timer)
        self._timer = self.after(milliseconds, draw)

    def destroy(self) -> None:
        if self._timer:
            self.after_cancel(self._timer)
        super().destroy()

    def sign(self, icon: IconName, ink: Ink = "accent") -> None:
        """A large picture of what the page is about."""
        size, palette = self.theme.px(_DISC), self.theme.palette
        ground = palette.alert_soft if ink == "alert_ink" else palette.accent_soft
        colour = palette.at if ink == "accent" else getattr(palette, ink)
        sign = tk.Canvas(self.body, width=size, height=size, bg=palette.chat, highlightthickness=0, bd=0, takefocus=0)
        sign.create_image(0, 0, anchor="nw", image=self.theme.rounded_image(size, size, _DISC / 2, ground))
        sign.create_image(size // 2, size // 2, image=self.theme.icon(icon, _SIGN, colour))
        self.column.put(sign, above=0, below=14)

    def heading(self, words: str) -> Prose:
        """What the page is about, with names of others in it."""
        return self.column.put(Prose(self.body, self.theme, words, "head", "strong"), above=0, below=10)

    def paragraph(self, words: str, ink: Ink = "text") -> Prose:
        """With names of others in it."""
        return self.column.put(Prose(self.body, self.theme, words, ink=ink), above=0, below=10)

    def buttons(self, *, above: float = 14) -> ButtonRow:
        """For buttons: make them on it, then `lay` it. `above`: design pixels of room."""
        return self.column.put(ButtonRow(self.body, self.theme), above=above)


class ButtonRow(tk.Frame):
    """Its children side by side, in the order they were made, in as many lines as they need."""

    def __init__(self, master: tk.Misc, theme: Theme) -> None:
        super().__init__(master, bg=str(master["background"]))
        self._gap = theme.px(_GAP)
        self.bind("<Configure>", lambda event: self._flow(event.width))

    def lay(self) -> None:
        """There are more of them, or one has other words."""
        self._flow(self.winfo_width())

    def _flow(self, width: int) -> None:
        x = y = line = widest = 0
        for child in self.children.values():
            wide, high = child.winfo_reqwidth(), child.winfo_reqheight()
            if x and 1 < width < x + wide:
                x, y, line = 0, y + line + self._gap, 0
            child.place(x=x, y=y)
            x += wide + self._gap
            line, widest = max(line, high), max(widest, x - self._gap)
        if (widest, y + line) != (self.winfo_reqwidth(), self.winfo_reqheight()):
            self.configure(width=widest, height=y + line)
