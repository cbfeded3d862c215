"""NoticeBar: a line over the field, about what is written there, with buttons for what can be done. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence

from lanchat.core.translate import _
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.buttons import Button, IconButton
from lanchat.desktop.widgets.keyboard import tab_order
from lanchat.desktop.widgets.labels import Paragraph
from lanchat.desktop.widgets.tk_events import destroy_children

NoticeAction = tuple[str, Callable[[], None]]  #: words on a button, and what it does


class NoticeBar(tk.Frame):
    """Hidden until there is something to say."""

    def __init__(self, master: tk.Misc, theme: Theme) -> None:
        super().__init__(master, background=theme.palette.chat)
        self._theme = theme
        self._words: Paragraph | None = None
        self._buttons: list[Button] = []

    def show(self, words: str, actions: Sequence[NoticeAction] = ()) -> None:
        """Show `words`. With `actions` the bar stays until it is hidden; without, it can be closed."""
        if self._words is not None and actions and len(actions) == len(self._buttons):
            self._words.text(words)  # the buttons are kept: somebody who types may have the pointer on one
            for button, (name, act) in zip(self._buttons, actions, strict=True):
                button.command = act
                if name != button.words:
                    button.text(name)
            return
        self.hide()
        self._build(words, actions)
        self.pack(side="top", fill="x", pady=(0, self._theme.px(6)))

    def hide(self) -> None:
        destroy_children(self)
        self._words, self._buttons = None, []
        self.pack_forget()

    def focus_action(self) -> None:
        """Give the keyboard to the first button."""
        if self._buttons:
            self._buttons[0].focus_set()

    def _build(self, words: str, actions: Sequence[NoticeAction]) -> None:
        theme, px = self._theme, self._theme.px
        icon = theme.icon("warning", 16, theme.palette.caution)
        tk.Label(self, image=icon, background=self["background"], borderwidth=0).pack(side="left", padx=px(6))
        self._words = Paragraph(self, theme, words, "small")
        for name, act in reversed(actions):
            button = Button(self, theme, name, act, "quiet")
            button.pack(side="right", padx=(px(8), 0))
            self._buttons.insert(0, button)
        if not actions:
            IconButton(self, theme, "close", _("Close"), self.hide, size=24).pack(side="right")
        self._words.pack(side="left", fill="x", expand=True)
        tab_order(*self._buttons)
