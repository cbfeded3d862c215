"""Pressable: what every control that is pressed has in common: pointer, keyboard, focus and being enabled."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets import colours
from lanchat.desktop.widgets.colours import Ground

RING = 2  #: design pixels of the line around what has the keyboard


class Pressable(tk.Canvas):
    """A canvas that draws itself anew whenever its state changes: subclasses say how in `draw`.

    Pressing with the pointer leaves the keyboard where it is, so that who presses a button while writing writes on.
    """

    def __init__(self, master: tk.Misc, theme: Theme, command: Callable[[], None], ground: Ground = "chat") -> None:
        self.theme = theme
        self.ground = colours.of(theme.palette, ground)
        self.over = False  #: the pointer is on it
        self.down = False  #: being pressed
        self.focused = False
        self.enabled = True
        self.command = command
        super().__init__(
            master, background=self.ground, highlightthickness=0, borderwidth=0, width=1, height=1, takefocus=1,
            cursor="hand2",
        )  # fmt: skip
        self.bind("<Enter>", lambda event: self._state(over=True))
        self.bind("<Leave>", lambda event: self._state(over=False))
        self.bind("<ButtonPress-1>", lambda event: self._state(down=True))
        self.bind("<ButtonRelease-1>", self._released)
        self.bind("<FocusIn>", lambda event: self._state(focused=True))
        self.bind("<FocusOut>", lambda event: self._state(focused=False))
        self.bind("<Configure>", lambda event: self.redraw())
        for key in ("<Return>", "<KP_Enter>", "<space>"):
            self.bind(key, self._key)

    def draw(self) -> None:
        """Draw on the empty canvas, by the size it has and the state it is in."""
        raise NotImplementedError

    def redraw(self) -> None:
        self.delete("all")
        self.draw()

    def enable(self, enabled: bool) -> None:
        """What is not enabled is pale, and passed over by the keyboard."""
        if enabled != self.enabled:
            self.enabled = enabled
            self.configure(takefocus=enabled, cursor="hand2" if enabled else "")
            self.redraw()

    def press(self) -> None:
        """As if somebody pressed it."""
        if self.enabled:
            self.command()

    def let_go(self) -> None:
        """It is being pressed, but that was meant for something else."""
        self._state(down=False)

    def _state(self, *, over: bool | None = None, down: bool | None = None, focused: bool | None = None) -> None:
        self.over = self.over if over is None else over
        self.down = self.down if down is None else down
        self.focused = self.focused if focused is None else focused
        self.redraw()

    def _released(self, event: tk.Event[tk.Misc]) -> None:
        meant = self.down and self.over
        self._state(down=False)
        if meant:
            self.press()  # the last thing done here: it may take the widget away

    def _key(self, event: tk.Event[tk.Misc]) -> str:
        self.press()
        return "break"
