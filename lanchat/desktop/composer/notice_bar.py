"""Notice: a line over the field, about what is written there, with what can be done. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence

from lanchat.core.translate import _
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.buttons import Button, IconButton
from lanchat.desktop.widgets.keyboard import tab_order
from lanchat.desktop.widgets.labels import Paragraph

Deed = tuple[str, Callable[[], None]]  #: words on a button, and what it does


class NoticeBar(tk.Frame):
    """There is nothing to see of it until something is to be said."""

    def __init__(self, master: tk.Misc, theme: Theme) -> None:
        super().__init__(master, background=theme.palette.chat)
        self._theme = theme
        self._words: Paragraph | None = None
        self._deeds: list[Button] = []
        self._names: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """ "" when there is nothing to see."""
        return self._words.words if self._words is not None else ""

    def show(self, words: str, deeds: Sequence[Deed] = ()) -> None:
        """With `deeds` it stays as long as it is true; without, it can be closed."""
        names = tuple(name for name, _act in deeds)
        if self._words is not None and names and len(names) == len(self._names):
            self._words.text(words)  # while somebody types, buttons stay under the pointer
            for button, (name, act) in zip(self._deeds, deeds, strict=True):
                button.command = act
                if name != button.words:
                    button.text(name)
            return
        self.hide()
        self._names = names
        self._build(words, deeds)
        self.pack(side="top", fill="x", pady=(0, self._theme.px(6)))

    def hide(self) -> None:
        for child in self.winfo_children():
            child.destroy()
        self._words, self._deeds, self._names = None, [], ()
        self.pack_forget()

    def focus_deed(self) -> None:
        """The keyboard goes to the first of what can be done."""
        if self._deeds:
            self._deeds[0].focus_set()

    def _build(self, words: str, deeds: Sequence[Deed]) -> None:
        theme, px = self._theme, self._theme.px
        icon = theme.icon("warning", 16, theme.palette.caution)
        tk.Label(self, image=icon, background=self["background"], borderwidth=0).pack(side="left", padx=px(6))
        self._words = Paragraph(self, theme, words, "small")
        for name, act in reversed(deeds):
            button = Button(self, theme, name, act, "quiet")
            button.pack(side="right", padx=(px(8), 0))
            self._deeds.insert(0, button)
        if not deeds:
            IconButton(self, theme, "close", _("Close"), self.hide, size=24).pack(side="right")
        self._words.pack(side="left", fill="x", expand=True)
        tab_order(*self._deeds)
