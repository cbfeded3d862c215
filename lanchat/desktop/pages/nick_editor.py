"""NickEditor: shows my avatar and nick and changes the nick in place, on the welcome page and in the settings."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.limits import NICK_CHARACTERS
from lanchat.core.text import clean_line
from lanchat.core.translate import _
from lanchat.desktop.model.phrases import looked_on
from lanchat.desktop.model.state import State
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import Button, IconButton
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.line_renderer import LineRenderer
from lanchat.desktop.widgets.text_field import TextField
from lanchat.engine.commands import ChangeNick

_AVATAR, _LINE = 56, 36  # design pixels


class NickEditor(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext) -> None:
        theme = context.theme
        super().__init__(master, bg=theme.palette.chat)
        self._context = context
        self._avatar = tk.Label(self, bg=theme.palette.chat, bd=0)
        self._avatar.pack(side="left", padx=(0, theme.px(16)))
        self._beside = tk.Frame(self, bg=theme.palette.chat)
        self._beside.pack(side="left", fill="x", expand=True)
        self._line = tk.Frame(self._beside, bg=theme.palette.chat)
        self._line.pack(fill="x")
        self._where = Label(self._beside, theme, "", "small", "mute")
        self._where.pack(fill="x", pady=(theme.px(2), 0))
        self.field: TextField | None = None  #: while the nick is being changed
        self._show_name()
        self.draw()

    def draw(self) -> None:
        """Show the present State; what is being typed stays."""
        state, theme = self._context.state, self._context.theme
        self._avatar.configure(image=theme.avatar(state.me, state.nick, _AVATAR))
        self._where.text(looking(state))
        if self.field is None:
            self._naming.text(_you_are(state))

    def edit(self) -> None:
        """Replace the nick by a field to change it."""
        theme = self._context.theme
        self._clear()
        self.field = TextField(
            self._line, theme, self._context.state.nick, _("Your name"), most=NICK_CHARACTERS,
            on_enter=lambda _text: self._keep(),
        )  # fmt: skip
        self.field.pack(side="left", fill="x", expand=True)
        Button(self._line, theme, _("Save"), self._keep).pack(side="left", padx=(theme.px(8), 0))
        self.field.field.bind("<Escape>", lambda _event: self._leave())
        self.field.focus_set()
        self.field.select_all()

    def _keep(self) -> None:
        if self.field is not None:
            nick = clean_line(self.field.value(), NICK_CHARACTERS)
            if nick and nick != self._context.state.nick:
                self._context.do(ChangeNick(nick))
        self._leave()

    def _leave(self) -> str:
        self.field = None
        self._clear()
        self._show_name()
        self.draw()
        self._naming.pencil.focus_set()
        return "break"

    def _show_name(self) -> None:
        theme = self._context.theme
        self._naming = _NickLine(self._line, theme, _you_are(self._context.state), self.edit)
        self._naming.pack(fill="x")

    def _clear(self) -> None:
        for child in self._line.winfo_children():
            child.destroy()


class _NickLine(tk.Canvas):
    """My nick on one line, followed by the button to change it."""

    def __init__(self, master: tk.Misc, theme: Theme, words: str, edit: Callable[[], None]) -> None:
        super().__init__(
            master, bg=theme.palette.chat, width=1, height=theme.px(_LINE), highlightthickness=0, bd=0, takefocus=0
        )  # fmt: skip
        self.words = words
        self._theme = theme
        self._writer = LineRenderer(theme)
        self.pencil = IconButton(self, theme, "edit", _("Change your name"), edit)
        self.bind("<Configure>", lambda _event: self._draw())

    def text(self, words: str) -> None:
        if words != self.words:
            self.words = words
            self._draw()

    def _draw(self) -> None:
        theme, gap = self._theme, self._theme.px(8)
        middle = self.winfo_height() // 2
        room = self.winfo_width() - self.pencil.winfo_reqwidth() - gap
        self.delete("all")
        written = self._writer.write(self, (0, middle), self.words, "head", theme.palette.strong, room)
        self.create_window(written.width + gap, middle, anchor="w", window=self.pencil)


def looking(state: State) -> str:
    """Where rooms are searched for, in words."""
    if not state.looked_around:
        return _("Looking for rooms…")
    if not state.where:
        return _("This computer is on no network.")
    return _("Looking on {addresses}…").format(addresses=looked_on(state.where))


def _you_are(state: State) -> str:
    return _("You are {me}").format(me=state.nick)
