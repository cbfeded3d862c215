"""TypingLine: a line of fixed height below the composer: who else is writing, or how many messages are brought back.

Tk thread.
"""

from __future__ import annotations

import tkinter as tk

from lanchat.core.attention import words_about_typists
from lanchat.core.model import RoomId
from lanchat.desktop.model import phrases
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.labels import Label
from lanchat.engine.events import (
    BroughtBack,
    ConnectionChanged,
    Event,
    Left,
    Rebased,
    RosterChanged,
    TypingChanged,
)

LINE_HEIGHT = 22  #: design pixels
_DOT, _DOTS = 5, 3
_LEFT = 6


class TypingLine(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext, room_id: RoomId) -> None:
        theme = context.theme
        px, ground = theme.px, theme.palette.chat
        super().__init__(master, background=ground, height=px(LINE_HEIGHT))
        self.pack_propagate(False)
        self._context = context
        self._room_id = room_id
        self._dots = tk.Frame(self, background=ground)
        picture = theme.rounded_image(px(_DOT), px(_DOT), _DOT / 2, theme.palette.accent)
        for _dot in range(_DOTS):
            tk.Label(self._dots, image=picture, background=ground, borderwidth=0).pack(side="left", padx=(0, px(3)))
        self._label = Label(self, theme, "", "small", "mute", tall=True)
        self._draw()

    @property
    def words(self) -> str:
        """What is shown."""
        return self._label.words

    def heard(self, event: Event) -> None:
        match event:
            case (
                TypingChanged(room_id) | ConnectionChanged(room_id) | RosterChanged(room_id) | Left(room_id)
                | Rebased(room_id) | BroughtBack(room_id)
            ):  # fmt: skip
                if room_id == self._room_id:
                    self._context.draw_soon(self, self._draw)
            case _:
                pass

    def _draw(self) -> None:
        room = self._context.state.room(self._room_id)
        words = words_about_typists([room.people.marked(key) for key in room.typists], room.more_typists)
        words = words or phrases.brought_back(room.keeping.left)
        self._label.text(words)
        if words and not self._dots.winfo_manager():
            px = self._context.theme.px
            self._dots.pack(side="left", padx=(px(_LEFT), px(4)))
            self._label.pack(side="left", fill="x", expand=True)
        elif not words:
            self._dots.pack_forget()
            self._label.pack_forget()
