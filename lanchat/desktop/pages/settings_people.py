"""People in the settings: whom I have muted, to be heard again. Tk thread."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.model import MemberKey
from lanchat.core.translate import _
from lanchat.desktop.lists.writing import Writer
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.button import Button
from lanchat.desktop.widgets.label import Paragraph

_AVATAR, _GAP, _LINE = 32, 12, 4  # design pixels


class MutedPeople(tk.Frame):
    def __init__(self, master: tk.Misc, desk: ViewContext) -> None:
        super().__init__(master, bg=desk.theme.palette.chat)
        self._desk = desk
        self._writer = Writer(desk.theme)
        self._draw()

    def _draw(self) -> None:
        desk, theme = self._desk, self._desk.theme
        for child in self.winfo_children():
            child.destroy()
        people = [MemberKey(bytes.fromhex(key)) for key in desk.kept.now.muted]
        if not people:
            nobody = _("Nobody is muted. To mute somebody, click their name in a room.")
            Paragraph(self, theme, nobody, ink="mute").pack(fill="x")
        for member in sorted(people, key=lambda one: desk.state.nicks.called(one).casefold()):
            self._line(member).pack(fill="x", pady=theme.px(_LINE))

    def _line(self, member: MemberKey) -> tk.Frame:
        desk, theme, name = self._desk, self._desk.theme, self._desk.state.nicks.called(member)
        row = tk.Frame(self, bg=theme.palette.chat)
        picture = theme.avatar(member, desk.state.nicks.nick(member) or name, _AVATAR)
        tk.Label(row, image=picture, bg=theme.palette.chat, bd=0).pack(side="left", padx=(0, theme.px(_GAP)))
        Button(row, theme, _("Unmute"), lambda: self._unmute(member), "quiet").pack(side="right")
        line = tk.Canvas(row, bg=theme.palette.chat, width=1, height=theme.px(_AVATAR), highlightthickness=0, bd=0,
                         takefocus=0)  # fmt: skip
        line.pack(side="left", fill="x", expand=True)

        def draw(width: int) -> None:
            line.delete("all")
            self._writer.write(line, (0, theme.px(_AVATAR) / 2), name, "body", theme.palette.text, width)

        line.bind("<Configure>", lambda event: draw(event.width))
        return row

    def _unmute(self, member: MemberKey) -> None:
        self._desk.kept.change(muted=self._desk.kept.now.muted - {member.hex()})
        self._draw()
