"""OwnProfile: what others see of me besides my nick, to be changed: whether I am busy, my status line, my avatar. Tk
thread."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.model import Availability
from lanchat.core.profile import STATUS_CHARACTERS
from lanchat.core.text import clean_line
from lanchat.core.translate import _
from lanchat.desktop.people.avatar_editor import AvatarEditor
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.choices import SegmentedControl
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.surfaces import Ground, palette_colour
from lanchat.desktop.widgets.text_field import TextField
from lanchat.desktop.widgets.tk_events import has_focus
from lanchat.engine.commands import Attend, ChangeProfile

_SWATCH, _SWATCH_IN_PANE = 22, 28  # design pixels


class OwnProfile(tk.Frame):
    def __init__(self, master: tk.Misc, context: ViewContext, ground: Ground = "chat") -> None:
        theme = context.theme
        super().__init__(master, bg=palette_colour(theme.palette, ground))
        self._context = context
        self._ground: Ground = ground
        self._shown_status = self._status
        options = [(False, _("Here")), (True, _("Busy"))]
        self.busy = SegmentedControl[bool](self, theme, options, self._busy, self._be_busy, ground=ground)
        self.busy.pack(fill="x")
        Label(self, theme, _("Status"), "small_bold", "mute", ground=ground).pack(fill="x", pady=(theme.px(12), 0))
        self.status = TextField(
            self, theme, self._shown_status, _("In a few words"), most=STATUS_CHARACTERS,
            on_enter=lambda _text: self.keep(), font="room", ground=ground, height=34,
        )  # fmt: skip
        self.status.pack(fill="x", pady=(theme.px(4), 0))
        wide = ground == "chat"
        self.avatar = AvatarEditor(self, context, _SWATCH if wide else _SWATCH_IN_PANE, ground, wide=wide)
        self.avatar.pack(fill="x")
        self.status.field.bind("<FocusOut>", lambda _event: self.keep(), add="+")

    def draw(self) -> None:
        """Show the present State; what is being typed stays."""
        if self.busy.value != self._busy:
            self.busy.set(self._busy)
        if self._status != self._shown_status:
            self._shown_status = self._status
            self.status.set(self._shown_status)
        self.avatar.draw()

    @property
    def typing(self) -> str | None:
        """What is being typed as the status; None: nothing is."""
        return self.status.value() if has_focus(self.status) else None

    def go_on(self, typed: str) -> None:
        """Go on typing the status, which began so, after everything was built anew."""
        self.status.set(typed)
        self.status.focus_set()

    def keep(self) -> None:
        """Take what was typed as the status."""
        if not self.status.winfo_exists():
            return
        status = clean_line(self.status.value(), STATUS_CHARACTERS)
        if status != self._shown_status:
            self._shown_status = status
            self._context.do(ChangeProfile(status=status))

    @property
    def _busy(self) -> bool:
        return self._context.state.availability is Availability.BUSY

    @property
    def _status(self) -> str:
        state = self._context.state
        return state.nicks.profile(state.me).status

    def _be_busy(self, busy: bool) -> None:
        self._context.do(Attend(busy=busy))
