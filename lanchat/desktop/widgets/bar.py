"""Bar: a thin scrollbar with round ends."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets import colours
from lanchat.desktop.widgets.colours import Ground, mixed

_WIDTH, _THUMB, _SHORTEST = 12, 6, 32


class Bar(tk.Canvas):
    """Its `set` is a `yscrollcommand`, and its command a `yview`. There is nothing to see of it while all is seen."""

    def __init__(self, master: tk.Misc, theme: Theme, command: Callable[..., object], ground: Ground = "chat") -> None:
        self._theme = theme
        self._command = command
        self._first, self._last = 0.0, 1.0
        self._over = False
        self._held: float | None = None  #: pixels from the top of the thumb to where it is held
        super().__init__(
            master, width=theme.px(_WIDTH), height=1, background=colours.of(theme.palette, ground),
            highlightthickness=0, borderwidth=0, takefocus=0,
        )  # fmt: skip
        self.bind("<Configure>", lambda event: self._draw())
        self.bind("<Enter>", lambda event: self._hover(True))
        self.bind("<Leave>", lambda event: self._hover(False))
        self.bind("<ButtonPress-1>", lambda event: self._pressed(event.y))
        self.bind("<B1-Motion>", lambda event: self._moved(event.y))
        self.bind("<ButtonRelease-1>", lambda event: self._released())

    def set(self, first: float | str, last: float | str) -> None:
        """What part is seen: 0 to 1, from the top."""
        at = float(first), float(last)
        if at != (self._first, self._last):
            self._first, self._last = at
            self._draw()

    def _span(self) -> tuple[int, int]:
        """Where the thumb is: pixels from the top, upper and lower end."""
        height = self.winfo_height()
        seen = self._last - self._first
        long = min(height, max(round(seen * height), self._theme.px(_SHORTEST)))
        top = round((height - long) * (self._first / (1 - seen))) if seen < 1 else 0
        return top, top + long

    def _draw(self) -> None:
        self.delete("all")
        if self._first <= 0 and self._last >= 1:
            return
        palette, width = self._theme.palette, self.winfo_width()
        thumb = self._theme.px(_THUMB)
        left = (width - thumb) // 2
        top, bottom = self._span()
        busy = self._over or self._held is not None
        fill = mixed(palette.thumb, palette.mute, 0.45) if busy else palette.thumb
        self._theme.rounded(self, (left, top, left + thumb, bottom), _THUMB / 2, fill)

    def _hover(self, over: bool) -> None:
        self._over = over
        self._draw()

    def _pressed(self, y: int) -> None:
        top, bottom = self._span()
        if top <= y < bottom:
            self._held = y - top
        else:
            self._command("scroll", "-1" if y < top else "1", "pages")

    def _moved(self, y: int) -> None:
        if self._held is None:
            return
        top, bottom = self._span()
        way = self.winfo_height() - (bottom - top)
        if way > 0:
            share = min(1.0, max(0.0, (y - self._held) / way))
            self._command("moveto", str(share * (1 - (self._last - self._first))))

    def _released(self) -> None:
        self._held = None
        self._draw()
