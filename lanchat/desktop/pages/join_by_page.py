"""JoinByPage: join a room by its code, its link or the address of its host."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.address import NotAnAddress, parse_where
from lanchat.core.text import as_sentence
from lanchat.core.translate import _
from lanchat.desktop.pages.page import PageView, ProblemBox
from lanchat.desktop.view_context import Checkup, InRoom, JoinBy, ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.text_field import TextField
from lanchat.engine.commands import Join
from lanchat.engine.events import ConnectionChanged, ConnectionState, Event, KeyChanged, NotFound, PassphraseNeeded

_ADDRESS_CHARACTERS = 1_000  # a link names up to eight addresses
_IN_ROOM = (ConnectionState.CONNECTED, ConnectionState.HOSTING, ConnectionState.RECONNECTING)


class JoinByPage(PageView):
    def __init__(self, master: tk.Misc, context: ViewContext, place: JoinBy) -> None:
        super().__init__(master, context)
        theme = self.theme
        self._asked = place.where or None  # the address of the last Join sent from this page
        self.sign("key")
        self.column.heading(_("Join by code, link or address"))
        self.column.paragraph(_("Whoever hosts a room finds all three under “Invite people”."), "mute")
        self.where = self.column.put(TextField(
            self.body, theme, place.where, _("Code, link or address"), most=_ADDRESS_CHARACTERS,
            on_enter=lambda _text: self._join(), on_change=lambda _text: self._problem.say(""), icon="key",
        ))  # fmt: skip
        self._problem = self.column.put(ProblemBox(self.body, theme), above=8, below=0)
        self._buttons = self.buttons(above=4)
        self._go = Button(self._buttons, theme, _("Join"), self._join)
        Button(self._buttons, theme, _("Cancel"), context.back, "quiet")
        Button(self._buttons, theme, _("Check my computer"), lambda: context.go(Checkup()), "quiet", "shield")
        self._examples()
        self._draw()
        self._problem.say(place.problem)
        if (not_found := context.state.not_found) is not None and not_found.where == place.where:
            self._problem.say(as_sentence(not_found.problem))

    def heard(self, event: Event) -> None:
        match event:
            case ConnectionChanged(room_id, state=state, where=where) if where == self._asked and state in _IN_ROOM:
                self.context.go(InRoom(room_id))
            case PassphraseNeeded(where, room_id) | KeyChanged(where, room_id) if where == self._asked:
                self.context.go(InRoom(room_id))
            case NotFound(where, problem) if where == self._asked:
                self._say_why_not(problem)
            case ConnectionChanged(state=ConnectionState.STOPPED, problem=problem, where=where) if where == self._asked:
                self._say_why_not(problem)
            case _:
                pass

    def focus_first(self) -> None:
        self.where.focus_set()
        self.where.select_all()

    def _join(self) -> None:
        where = self.where.value().strip()
        if not where or where in self.context.state.joining:
            return
        try:
            parse_where(where)
        except NotAnAddress as problem:
            self._problem.say(str(problem))
            return
        self._asked = where
        self._problem.say("")
        self.context.do(Join(where))
        self._draw()

    def _say_why_not(self, problem: str) -> None:
        self._problem.say(as_sentence(problem) or _("The host has closed the connection."))
        self._draw()
        self.where.focus_set()

    def _draw(self) -> None:
        """Show how far the Join is."""
        waiting = self._asked is not None and self._asked in self.context.state.joining
        self._go.text(_("Connecting…") if waiting else _("Join"))
        self._go.enable(not waiting)
        self._buttons.lay()

    def _examples(self) -> None:
        theme, px = self.theme, self.theme.px
        grid = self.column.put(tk.Frame(self.body, bg=theme.palette.chat), above=28)
        examples = (
            (_("Code"), "K7F3Q-2MXA9-DTB"),
            (_("Address"), "192.168.1.42"),
            (_("Link"), "lanchat://192.168.1.42:29747/…"),
        )
        for row, (name, example) in enumerate(examples):
            Label(grid, theme, name, "small_bold", "mute").grid(row=row, column=0, sticky="w", pady=px(3))
            Label(grid, theme, example, "code", "mute").grid(row=row, column=1, sticky="w", padx=px(16))
