"""Setting: what is set, in words, and beside it how; one below the other where there is little room. Tk thread."""

from __future__ import annotations

import tkinter as tk

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.label import Label

_GAP = 16  # design pixels


class Setting(tk.Frame):
    """Make the control on it, and give it to `show`."""

    def __init__(self, master: tk.Misc, theme: Theme, words: str) -> None:
        super().__init__(master, bg=theme.palette.chat)
        self._theme = theme
        self._label = Label(self, theme, words)
        self._wide = theme.fonts.measure("body", words)
        self._control: tk.Misc | None = None
        self._stacked: bool | None = None
        self.columnconfigure(0, weight=1)
        self._label.grid(row=0, column=0, sticky="w")

    def show(self, control: tk.Widget) -> None:
        self._control = control
        self._arrange(stacked=False)
        self.bind("<Configure>", lambda event: self._fit(event.width))

    def _fit(self, width: int) -> None:
        assert self._control is not None
        self._arrange(stacked=width < self._wide + self._theme.px(_GAP) + self._control.winfo_reqwidth())

    def _arrange(self, *, stacked: bool) -> None:
        assert isinstance(self._control, tk.Widget)
        if stacked == self._stacked:
            return
        self._stacked = stacked
        if stacked:
            self._control.grid(row=1, column=0, sticky="w", pady=(self._theme.px(4), 0))
        else:
            self._control.grid(row=0, column=1, sticky="e", pady=0)
