"""Pill: over the lower edge of a Transcript that is not at its end: "12 new messages", and the way there. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.translate import _, ngettext
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.buttons import Button, ButtonKind

_OVER_EDGE = 12  # design pixels


class Pill:
    def __init__(self, over: tk.Misc, theme: Theme, pressed: Callable[[], None]) -> None:
        self._over = over
        self._theme = theme
        self._pressed = pressed
        self._button: Button | None = None
        self._kind: ButtonKind | None = None  # of the button

    def show(self, new: int | None) -> None:
        """`new`: how many messages came; 0: only the way to the newest; None: nothing."""
        button, kind = self._button, self._kind
        self._kind = None if new is None else "primary" if new else "quiet"
        if button is not None and self._kind != kind:
            button.destroy()
            button = self._button = None
        if new is None or self._kind is None:
            return
        if button is None:
            self._button = Button(self._over, self._theme, _words(new), self._pressed, self._kind, "jump")
            self._button.place(relx=0.5, rely=1.0, y=-self._theme.px(_OVER_EDGE), anchor="s")
        elif button.words != _words(new):
            button.text(_words(new))


def _words(new: int) -> str:
    return ngettext("{n} new message", "{n} new messages", new).format(n=new) if new else _("To the newest")
