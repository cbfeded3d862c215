"""NickEditor: shows my avatar and nick and changes the nick in place, on the welcome page and in the settings."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.limits import NICK_CHARACTERS
from lanchat.core.text import clean_line
from lanchat.core.translate import _
from lanchat.desktop.model.phrases import looked_on
from lanchat.desktop.model.state import State
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.view_context import SettingsAt, ViewContext
from lanchat.desktop.widgets.buttons import Button, IconButton, Pressable
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.overlays import Tooltip
from lanchat.desktop.widgets.surfaces import RING, draw_ground
from lanchat.desktop.widgets.text_field import TextField
from lanchat.desktop.widgets.tk_events import destroy_children, on_key
from lanchat.engine.commands import ChangeProfile

_AVATAR, _LINE = 56, 36  # design pixels
_LARGE, _RING, _FIELD, _BESIDE, _DOT = 72, 4, 280, 140, 10  # design pixels, where it is centred; beside the field


class LargeAvatar(Pressable):
    """The person's avatar; pressing it leads to what others see of them."""

    def __init__(self, master: tk.Misc, context: ViewContext) -> None:
        self._context = context
        theme = context.theme
        super().__init__(master, theme, lambda: context.go(SettingsAt()))
        size = theme.px(_LARGE + 2 * _RING)
        self.configure(width=size, height=size)
        Tooltip(self, theme, _("Status and profile…"))

    def draw(self) -> None:
        theme, palette, state = self.theme, self.theme.palette, self._context.state
        size = self.winfo_width()
        if self.focused or self.over:
            edge = palette.ring if self.focused else palette.line
            draw_ground(self, theme, (0, 0, size, size), _LARGE, self.ground, edge=edge, line=RING)
        self.create_image(size // 2, size // 2, image=theme.avatar(state.me, state.nick, _LARGE))


class NickEditor(tk.Frame):
    def __init__(
        self, master: tk.Misc, context: ViewContext, *, centred: bool = False,
        about: Callable[[State], str] | None = None,
    ) -> None:  # fmt: skip
        """`centred`: the avatar is over the nick, not at its left. `about`: what stands below; else where rooms are
        looked for."""
        theme = context.theme
        super().__init__(master, bg=theme.palette.chat)
        self._context = context
        self._centred = centred
        self._about = about or looking
        self._avatar = LargeAvatar(self, context) if centred else tk.Label(self, bg=theme.palette.chat, bd=0)
        self._beside = tk.Frame(self, bg=theme.palette.chat)
        self._line = tk.Frame(self._beside, bg=theme.palette.chat)
        if centred:
            self._avatar.pack(pady=(0, theme.px(10)))
            self._beside.pack(fill="x")
            self._line.pack()
        else:
            self._avatar.pack(side="left", padx=(0, theme.px(16)))
            self._beside.pack(side="left", fill="x", expand=True)
            self._line.pack(fill="x")
        below = tk.Frame(self._beside, bg=theme.palette.chat)
        self._dot = tk.Label(below, bg=theme.palette.chat, bd=0)
        self._where = Label(below, theme, "", "room" if centred else "small", "mute")
        if centred:
            below.pack(pady=(theme.px(4), 0))
            self._dot.pack(side="left", padx=(0, theme.px(8)))
            self._where.pack(side="left")
        else:
            below.pack(fill="x", pady=(theme.px(2), 0))
            self._where.pack(fill="x")
        self.field: TextField | None = None  #: while the nick is being changed
        self._show_name()
        self.draw()
        self.bind("<Configure>", lambda _event: self._fit())

    def draw(self) -> None:
        """Show the present State; what is being typed stays."""
        state, theme = self._context.state, self._context.theme
        if isinstance(self._avatar, LargeAvatar):
            self._avatar.redraw()
        else:
            self._avatar.configure(image=theme.avatar(state.me, state.nick, _AVATAR))
        self._where.text(self._about(state))
        palette, dot = theme.palette, theme.px(_DOT)
        colour = palette.caution if state.on_no_network else palette.good
        self._dot.configure(image=theme.rounded_image(dot, dot, _DOT / 2, colour))
        if self.field is None:
            self._who.text(_you_are(state))
        self._fit()

    def _fit(self) -> None:
        """Where it is centred, give the nick and what is below no more than the width there is."""
        room = self.winfo_width()
        if not self._centred or room <= 1:
            return
        theme = self._context.theme
        labels: tuple[tuple[Label, FontName, int], ...] = (
            (self._who, "head", 3 * _LINE), (self._where, "room", 2 * _DOT)
        )  # fmt: skip
        for label, font, beside in labels:
            if label.winfo_exists():  # the nick is not while it is being changed
                needed = theme.lines.fit(label.words, font).width
                label.configure(width=max(1, min(needed, room - theme.px(beside))))

    def edit(self) -> None:
        """Replace the nick by a field to change it."""
        theme = self._context.theme
        destroy_children(self._line)
        self.field = TextField(
            self._line, theme, self._context.state.nick, _("Your name"), most=NICK_CHARACTERS,
            on_enter=lambda _text: self._keep(),
        )  # fmt: skip
        if self._centred:
            self.field.inside.configure(width=max(1, min(theme.px(_FIELD), self.winfo_width() - theme.px(_BESIDE))))
        self.field.pack(side="left", fill="x", expand=True)
        Button(self._line, theme, _("Save"), self._keep).pack(side="left", padx=(theme.px(8), 0))
        on_key(self.field.field, "<Escape>", self._leave)
        self.field.focus_set()
        self.field.select_all()

    def _keep(self) -> None:
        if self.field is not None:
            nick = clean_line(self.field.value(), NICK_CHARACTERS)
            if nick and nick != self._context.state.nick:
                self._context.do(ChangeProfile(nick))
        self._leave()

    def _leave(self) -> None:
        self.field = None
        destroy_children(self._line)
        self._show_name()
        self.draw()
        self._pencil.focus_set()

    def _show_name(self) -> None:
        """My nick, followed by the button to change it."""
        theme = self._context.theme
        both = tk.Frame(self._line, bg=theme.palette.chat)
        both.pack(anchor="w")
        self._who = Label(both, theme, _you_are(self._context.state), "head", "strong")
        self._who.configure(height=theme.px(_LINE))
        self._who.pack(side="left", fill="x", expand=True)
        self._pencil = IconButton(both, theme, "edit", _("Change your name"), self.edit)
        self._pencil.pack(side="right", padx=(theme.px(8), 0), before=self._who)  # a long name leaves room for it


def looking(state: State) -> str:
    """Where rooms are searched for, in words."""
    if not state.looked_around:
        return _("Looking for rooms…")
    if not state.where:
        return _("This computer is on no network.")
    return _("Looking on {addresses}…").format(addresses=looked_on(state.where))


def _you_are(state: State) -> str:
    return _("You are {me}").format(me=state.nick)
