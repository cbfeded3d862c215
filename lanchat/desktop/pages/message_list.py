"""MessageList: messages to go to, one below the other, each with a button that takes it off the list. Tk thread.

What is pinned in a room, and bookmarks, are such lists. They are short: each row is a widget.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from lanchat.core.file_words import described_offer
from lanchat.core.slash_table import action_of
from lanchat.core.translate import _
from lanchat.desktop.model import phrases
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import IconButton, Pressable
from lanchat.desktop.widgets.surfaces import Ground, mixed, palette_colour
from lanchat.desktop.widgets.tk_events import destroy_children
from lanchat.storage.reader import Hit

_HIGH, _AVATAR, _PAD, _GAP = 54, 32, 8, 10  # design pixels
_MOST_CHARACTERS = 200


class MessageList(tk.Frame):
    def __init__(
        self, master: tk.Misc, context: ViewContext, go: Callable[[Hit], None], remove: Callable[[Hit], None] | None,
        remove_tip: str, ground: Ground = "chat", *, with_room: bool = False,
    ) -> None:  # fmt: skip
        """`remove`: None, where that is not for the person to do. `with_room`: each says in which room it is."""
        super().__init__(master, bg=palette_colour(context.theme.palette, ground))
        self._context = context
        self._go = go
        self._remove = remove
        self._remove_tip = remove_tip
        self._ground: Ground = ground
        self._with_room = with_room
        self._rows: list[_MessageButton] = []

    @property
    def height(self) -> int:
        """Pixels that it needs."""
        return len(self._rows) * self._context.theme.px(_HIGH)

    def show(self, hits: Sequence[Hit]) -> None:
        destroy_children(self)
        self._rows = []
        theme = self._context.theme
        for hit in hits:
            line = tk.Frame(self, bg=str(self["background"]), height=theme.px(_HIGH))
            line.pack(fill="x")
            line.pack_propagate(False)
            if self._remove is not None:
                take_off = partial(self._remove, hit)
                button = IconButton(line, theme, "close", self._remove_tip, take_off, ground=self._ground, size=28)
                button.pack(side="right", padx=theme.px(4))
            row = _MessageButton(line, self._context, hit, partial(self._go, hit), self._ground, self._with_room)
            row.pack(side="left", fill="both", expand=True)
            row.tk.call("lower", row)  # Tab comes to it before the button beside it
            self._rows.append(row)

    def focus_first(self) -> None:
        if self._rows:
            self._rows[0].focus_set()


class _MessageButton(Pressable):
    """Who wrote it, where and when, and its beginning."""

    def __init__(
        self, master: tk.Misc, context: ViewContext, hit: Hit, command: Callable[[], None], ground: Ground,
        with_room: bool,
    ) -> None:  # fmt: skip
        super().__init__(master, context.theme, command, ground)
        self._context = context
        self._hit = hit
        self._with_room = with_room

    def draw(self) -> None:
        context, theme, message = self._context, self.theme, self._hit.message
        palette, px, width, middle = theme.palette, theme.px, self.winfo_width(), self.winfo_height() // 2
        if self.over or self.focused:
            self.draw_surface(8, mixed(self.ground, palette.text, 0.06))
        name = context.state.room(self._hit.room_id).people.marked(message.author)
        avatar = theme.avatar(message.author, context.state.nicks.nick(message.author) or name, _AVATAR)
        self.create_image(px(_PAD), middle, anchor="w", image=avatar)
        x, right, above, below = px(_PAD + _AVATAR + _GAP), width - px(_PAD), middle - px(10), middle + px(10)
        when = phrases.when(message.written_at, datetime.now().astimezone())
        self.create_text(right, above, anchor="e", text=when, font=theme.font("small"), fill=palette.mute)
        end = right - theme.fonts.measure("small", when) - px(_GAP)
        room = end - x if not self._with_room else (end - x) // 2
        nick = theme.lines.write(self, (x, above), name, "room_bold", theme.colour_of(message.author), max(0, room))
        if self._with_room:
            where = _("in {room}").format(room=context.state.room(self._hit.room_id).shown)
            at = x + nick.width + px(8)
            theme.lines.write(self, (at, above + px(1)), where, "small", palette.mute, max(0, end - at))
        text = described_offer(message.offer) if message.offer else action_of(message.text) or message.text
        gone = _("deleted") if message.deleted else _("something that this lanchat is too old to show")
        words = phrases.one_line(text, _MOST_CHARACTERS) or gone
        theme.lines.write(self, (x, below), words, "small", palette.text, max(0, right - x))
