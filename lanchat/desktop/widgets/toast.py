"""Toasts: short messages that appear over a pane for some seconds, one after another."""

from __future__ import annotations

import tkinter as tk
from collections import deque

from PIL import ImageTk

from lanchat.desktop.emoji.pattern import without_emoji
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.labels import show_words
from lanchat.desktop.widgets.surfaces import Box
from lanchat.desktop.widgets.tk_events import DelayedCalls

SECONDS = 2.5
SECONDS_PER_CHARACTER = 0.04  #: added for what takes longer to read
_MOST_WAITING = 5  #: older messages are dropped
_FROM_BOTTOM = 84  #: design pixels: above the composer
_WIDEST = 420


class Toasts(tk.Frame):
    """Covers a part of `master` while there is a message."""

    def __init__(self, master: tk.Misc, theme: Theme) -> None:
        super().__init__(master, background=theme.palette.chat)
        self._theme = theme
        self._waiting: deque[str] = deque(maxlen=_MOST_WAITING)
        self._said = ""
        self._picture: ImageTk.PhotoImage | None = None
        self._calls = DelayedCalls(self)
        self._box = Box(self, theme, "raised", 8, pad=(14, 8), edge=theme.palette.shade)
        self._box.pack()
        self._words = tk.Label(
            self._box.inside, font=theme.font("room"), foreground=theme.palette.strong, background=self._box.fill,
            justify="left", borderwidth=0, padx=0, pady=0,
        )  # fmt: skip
        self._words.pack()

    @classmethod
    def over(cls, master: tk.Misc, theme: Theme) -> Toasts:
        """The Toasts of this pane, made on the first call."""
        there = next((child for child in master.winfo_children() if isinstance(child, cls)), None)
        return there or cls(master, theme)

    def say(self, words: str) -> None:
        """Show these words now or after the message before. Words that are shown or waiting are not added again.

        There may be names of others in them.
        """
        words = without_emoji(words)
        if words != self._said and words not in self._waiting:
            self._waiting.append(words)
        if not self._said:
            self._next()

    def _next(self) -> None:
        if not self._waiting:
            self._said = ""
            self.place_forget()
            return
        self._said = self._waiting.popleft()
        room = self.master.winfo_width() - self._theme.px(60)
        widest = self._theme.px(_WIDEST)
        width = min(widest, room) if room > 0 else widest
        self._words.configure(wraplength=width)
        self._picture = show_words(self._words, self._theme, self._said, "room", self._theme.palette.strong, width)
        self.place(relx=0.5, rely=1, y=-self._theme.px(_FROM_BOTTOM), anchor="s")
        self.lift()
        seconds = SECONDS + SECONDS_PER_CHARACTER * len(self._said)
        self._calls.restart("next", self._next, round(seconds * 1000))
