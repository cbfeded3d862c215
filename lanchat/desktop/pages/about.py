"""AboutPage: which lanchat this is, who can read what, where data is kept, what it is made with. Tk thread."""

from __future__ import annotations

import tkinter as tk

import lanchat
from lanchat.core.translate import _
from lanchat.desktop.pages.data_folder import DataFolder
from lanchat.desktop.pages.heading_row import HeadingRow
from lanchat.desktop.pages.made_with import BELOW, LIBRARIES, Part
from lanchat.desktop.pages.page import Page
from lanchat.desktop.platform.external_programs import open_url
from lanchat.desktop.view_context import AboutLanchat, AllKeys, ViewContext
from lanchat.desktop.widgets.button import Button
from lanchat.desktop.widgets.label import Label


class AboutPage(Page):
    def __init__(self, master: tk.Misc, desk: ViewContext, place: AboutLanchat) -> None:
        super().__init__(master, desk)
        heading = _("lanchat {version}").format(version=lanchat.__version__)
        self.column.put(HeadingRow(self.body, desk, heading), above=0, below=6)
        self.column.paragraph(_("Chat for the local network: no account, no server, no internet."))
        buttons = self.buttons(above=4)
        Button(buttons, self.theme, _("Keyboard shortcuts"), lambda: desk.go(AllKeys()), "quiet")
        buttons.lay()
        self.column.section(_("Who can read what"))
        for words in privacy():
            self.column.paragraph(words)
        self.column.section(_("Where your data is"))
        self.column.put(DataFolder(self.body, desk))
        self.column.section(_("Licence"))
        self.column.paragraph(_("lanchat is free software under the MIT licence: use it, change it, pass it on."))
        self.column.section(_("Made with"))
        for part in sorted((*LIBRARIES, *BELOW), key=lambda one: one.name.casefold()):
            self.column.put(self._row(part), above=2, below=2)

    def _row(self, part: Part) -> tk.Frame:
        row = tk.Frame(self.body, bg=self.theme.palette.chat)
        Button(row, self.theme, part.name, lambda: self._open(part.address), "link").pack(side="left")
        licence = Label(row, self.theme, part.licence, "small", "mute")
        licence.configure(anchor="e")
        licence.pack(side="right", fill="x", expand=True)
        return row

    def _open(self, address: str) -> None:
        if problem := open_url(address):
            self.desk.say(problem)


def privacy() -> tuple[str, ...]:
    """Who can read what, in plain words."""
    return (
        _("What is said in a room is for those who are in it. Each of them keeps a copy. On its way it is encrypted: "
          "nobody else on the network can read it."),
        _("Everybody on this network sees which rooms are open: their titles, who hosts them, and how many people are "
          "in them."),
        _("Nothing leaves this network, and nothing is counted. What is kept on this computer is not encrypted: "
          "anyone who can open your files can read it."),
    )  # fmt: skip
