"""AboutPage: version, licence, who can read what, where the data is kept, and what lanchat is made with.

The components are listed here because a packaged lanchat lacks the metadata of its libraries. A test compares the list
with the metadata.
"""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass
from typing import Final

import lanchat
from lanchat.core.translate import _
from lanchat.desktop.pages.page import PageHeading, PageView
from lanchat.desktop.platform.external_programs import open_folder, open_url
from lanchat.desktop.view_context import AboutLanchat, AllKeys, ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.copy_field import CopyField
from lanchat.desktop.widgets.labels import Label, Paragraph


@dataclass(frozen=True, slots=True)
class Component:
    """A part of lanchat made by others."""

    name: str
    licence: str  #: an SPDX expression, where there is one
    address: str


#: Libraries, by the names of their distributions.
LIBRARIES: Final = (
    Component("cryptography", "Apache-2.0 OR BSD-3-Clause", "https://github.com/pyca/cryptography"),
    Component("emoji", "BSD-3-Clause", "https://github.com/carpedm20/emoji"),
    Component("ifaddr", "MIT", "https://github.com/ifaddr/ifaddr"),
    Component("jeepney", "MIT", "https://gitlab.com/takluyver/jeepney"),
    Component("msgspec", "BSD-3-Clause", "https://msgspec.dev"),
    Component("Pillow", "MIT-CMU", "https://python-pillow.github.io"),
    Component("platformdirs", "MIT", "https://github.com/tox-dev/platformdirs"),
    Component("prompt_toolkit", "BSD-3-Clause", "https://github.com/prompt-toolkit/python-prompt-toolkit"),
    Component("spake2", "MIT", "https://github.com/warner/python-spake2"),
    Component("wcwidth", "MIT", "https://github.com/jquast/wcwidth"),
    Component("zeroconf", "LGPL-2.1-or-later", "https://github.com/python-zeroconf/python-zeroconf"),
)

#: What the libraries and lanchat are built on.
PLATFORM: Final = (
    Component("Python", "PSF-2.0", "https://www.python.org"),
    Component("Tcl/Tk", "TCL", "https://www.tcl.tk"),
    Component("SQLite", "Public domain", "https://sqlite.org"),
    Component("OpenSSL", "Apache-2.0", "https://www.openssl.org"),
    Component("Noto Emoji", "OFL-1.1", "https://github.com/googlefonts/noto-emoji"),
)


class DataFolder(tk.Frame):
    """Where everything is kept on this computer, and what is in it. Also shown in the settings."""

    def __init__(self, master: tk.Misc, context: ViewContext) -> None:
        theme = context.theme
        super().__init__(master, bg=theme.palette.chat)
        self._context = context
        about = _("Everything that was said in your rooms, what waits to be sent, your key and these settings. "
                  "Anyone who has this folder can speak as you: give it to nobody.")  # fmt: skip
        Paragraph(self, theme, about, ink="mute").pack(fill="x", pady=(0, theme.px(8)))
        CopyField(self, theme, str(context.kept.folder), "code").pack(fill="x", pady=(0, theme.px(10)))
        Button(self, theme, _("Open the folder"), self._open, "quiet").pack(anchor="w")

    def _open(self) -> None:
        if problem := open_folder(self._context.kept.folder):
            self._context.say(problem)


class AboutPage(PageView):
    def __init__(self, master: tk.Misc, context: ViewContext, place: AboutLanchat) -> None:
        super().__init__(master, context)
        heading = _("lanchat {version}").format(version=lanchat.__version__)
        self.column.put(PageHeading(self.body, context, heading), above=0, below=6)
        self.column.paragraph(_("Chat for the local network: no account, no server, no internet."))
        buttons = self.buttons(above=4)
        Button(buttons, self.theme, _("Keyboard shortcuts"), lambda: context.go(AllKeys()), "quiet")
        buttons.lay()
        self.column.section(_("Who can read what"))
        for words in privacy():
            self.column.paragraph(words)
        self.column.section(_("Where your data is"))
        self.column.put(DataFolder(self.body, context))
        self.column.section(_("Licence"))
        self.column.paragraph(_("lanchat is free software under the MIT licence: use it, change it, pass it on."))
        self.column.section(_("Made with"))
        for part in sorted((*LIBRARIES, *PLATFORM), key=lambda one: one.name.casefold()):
            self.column.put(self._row(part), above=2, below=2)

    def _row(self, part: Component) -> tk.Frame:
        row = tk.Frame(self.body, bg=self.theme.palette.chat)
        Button(row, self.theme, part.name, lambda: self._open(part.address), "link").pack(side="left")
        licence = Label(row, self.theme, part.licence, "small", "mute", anchor="e")
        licence.pack(side="right", fill="x", expand=True)
        return row

    def _open(self, address: str) -> None:
        if problem := open_url(address):
            self.context.say(problem)


def privacy() -> tuple[str, ...]:
    """Who can read what, in words."""
    return (
        _("What is said in a room is for those who are in it. Each of them keeps a copy. On its way it is encrypted: "
          "nobody else on the network can read it."),
        _("Everybody on this network sees which rooms are open: their titles, who hosts them, and how many people are "
          "in them."),
        _("Nothing leaves this network, and nothing is counted. What is kept on this computer is not encrypted: "
          "anyone who can open your files can read it."),
    )  # fmt: skip
