"""Empty: no room is here. One can be started, and when nobody is found for long, there is help. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.translate import _
from lanchat.desktop.model.naming import plain
from lanchat.desktop.pages.page import ButtonRow
from lanchat.desktop.pages.titles import own_title
from lanchat.desktop.view_context import Checkup, JoinBy, StartRoom, ViewContext
from lanchat.desktop.widgets.box import Box
from lanchat.desktop.widgets.button import Button
from lanchat.desktop.widgets.label import Heading, Label, Paragraph


class Empty(tk.Frame):
    def __init__(self, master: tk.Misc, desk: ViewContext, start: Callable[[], None]) -> None:
        """`start`: open a room of my own, with nothing more to choose."""
        theme = desk.theme
        super().__init__(master, bg=theme.palette.chat)
        self._desk = desk
        self._heading = Heading(self, theme, "", "title")
        self._heading.pack(fill="x")
        self._about = Paragraph(self, theme, "")
        self._about.pack(fill="x", pady=(theme.px(6), theme.px(16)))
        buttons = ButtonRow(self, theme)
        buttons.pack(fill="x")
        self.start = Button(buttons, theme, "", start)
        Button(buttons, theme, _("With a passphrase…"), lambda: desk.go(StartRoom()), "quiet")
        Button(buttons, theme, _("Type a code or address"), lambda: desk.go(JoinBy()), "quiet")
        self._buttons = buttons
        self.help = self._make_help()

    def show(self, *, late: bool) -> None:
        """As State knows it now. `late`: nobody is here for so long that something may be wrong."""
        state = self._desk.state
        if state.looked_around:
            self._heading.text(_("No room is open here yet"))
            if state.on_no_network:
                self._about.text(_("Start one: people see it as soon as this computer is on a network."))
            else:
                self._about.text(_("Start one: people on this network see it by themselves."))
        else:
            self._heading.text(_("Looking for rooms…"))
            self._about.text(_("Rooms on this network appear here by themselves."))
        room = own_title(plain(state.nick, state.nick))
        self.start.text(_("Opening…") if state.opening else _("Start {room}").format(room=room))
        self.start.enable(not state.opening)
        self._buttons.lay()
        if late and not self.help.winfo_manager():
            self.help.pack(fill="x", pady=(self._desk.theme.px(24), 0))

    def _make_help(self) -> Box:
        theme = self._desk.theme
        box = Box(self, theme, "side", 10, pad=(20, 16))
        Heading(box.inside, theme, _("Should somebody be here?"), "bold", ground="side").pack(fill="x")
        lines = (
            _("Are both computers on the same Wi-Fi or cable?"),
            _("Guest Wi-Fi keeps computers apart: use another one, or a phone's hotspot."),
            _("Whoever hosts a room can tell you its code. Type it here."),
        )
        for line in lines:
            item = tk.Frame(box.inside, bg=box.fill)
            item.pack(fill="x", pady=(theme.px(6), 0))
            Label(item, theme, "•", "room", ground="side").pack(side="left", anchor="n", padx=(0, theme.px(8)))
            Paragraph(item, theme, line, "room", ground="side").pack(side="left", fill="x", expand=True)
        Button(
            box.inside,
            theme,
            _("Check my computer"),
            lambda: self._desk.go(Checkup()),
            "quiet",
            "shield",
            ground="side",
        ).pack(anchor="w", pady=(theme.px(14), 0))
        return box
