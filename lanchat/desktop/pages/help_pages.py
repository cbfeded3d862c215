"""The pages about lanchat itself: AboutPage (version, licence, who can read what, where data is kept) and KeysPage.

Components and their licences are listed here because a packaged lanchat lacks the metadata of its libraries. Tests
compare that list with the metadata, and the table of keyboard shortcuts with what is bound.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import lanchat
from lanchat.core.translate import _
from lanchat.desktop.pages.page import PageHeading, PageView
from lanchat.desktop.platform.external_programs import open_folder, open_url
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import AboutLanchat, AllKeys, ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.copy_field import CopyField
from lanchat.desktop.widgets.keyboard import CLOSE_SHORTCUTS, COMMAND, MENU_KEY, ON_MAC, OPTION, key_caps
from lanchat.desktop.widgets.labels import Label, Paragraph, fitted
from lanchat.desktop.widgets.surfaces import draw_ground, mixed

_ROW, _CAP, _CAP_PAD, _GAP = 34, 24, 8, 4  # design pixels


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


@dataclass(frozen=True, slots=True)
class ShortcutEntry:
    """Shortcuts that do the same, by Tk's names of keys, and what they do in words."""

    presses: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class ShortcutGroup:
    """The shortcuts that work in one part of the window."""

    title: str
    keys: tuple[ShortcutEntry, ...]


def all_keys() -> tuple[ShortcutGroup, ...]:
    """All shortcuts, grouped by where they work."""
    return (
        ShortcutGroup(_("Everywhere"), everywhere()),
        ShortcutGroup(_("While you write"), while_writing()),
        ShortcutGroup(_("In lists and in what was said"), in_lists()),
    )


def everywhere() -> tuple[ShortcutEntry, ...]:
    return (
        ShortcutEntry((f"{COMMAND}-k",), _("Go to a room or a person")),
        ShortcutEntry((f"{COMMAND}-f",), _("Search in this room")),
        ShortcutEntry((f"{COMMAND}-Shift-F",), _("Search in every room")),
        ShortcutEntry((f"{COMMAND}-n",), _("Start a room")),
        ShortcutEntry((f"{OPTION}-Up",), _("The room above")),
        ShortcutEntry((f"{OPTION}-Down",), _("The room below")),
        ShortcutEntry(("F6",), _("The next pane")),
        ShortcutEntry(("Shift-F6",), _("The pane before")),
        ShortcutEntry(("F7",), _("Show or hide the people")),
        ShortcutEntry((f"{COMMAND}-plus", f"{COMMAND}-equal", f"{COMMAND}-KP_Add"), _("Larger")),
        ShortcutEntry((f"{COMMAND}-minus", f"{COMMAND}-KP_Subtract"), _("Smaller")),
        ShortcutEntry((f"{COMMAND}-0", f"{COMMAND}-KP_0"), _("Normal size")),
        ShortcutEntry((f"{COMMAND}-comma",), _("Settings")),
        ShortcutEntry(("F1",), _("Keyboard shortcuts")),
        ShortcutEntry(("Escape",), _("Close what is open, and go back")),
        ShortcutEntry(CLOSE_SHORTCUTS, _("Close the window")),
    )


def while_writing() -> tuple[ShortcutEntry, ...]:
    return (
        ShortcutEntry(("Return", "KP_Enter"), _("Send")),
        ShortcutEntry(("Shift-Return", "Control-Return", "Shift-KP_Enter", "Control-KP_Enter"), _("Begin a new line")),
    )


def in_lists() -> tuple[ShortcutEntry, ...]:
    """In lists and, except for the last two, in the timeline."""
    return (
        ShortcutEntry(("Up", "Down"), _("Up and down")),
        ShortcutEntry(("Prior", "Next"), _("A page up and down")),
        ShortcutEntry(("Home", "End"), _("To the beginning and to the end")),
        ShortcutEntry(("Return", "space"), _("Open it")),
        ShortcutEntry(("Shift-F10" if ON_MAC else MENU_KEY,), _("What else can be done with it")),
    )


class KeysPage(PageView):
    def __init__(self, master: tk.Misc, context: ViewContext, place: AllKeys) -> None:
        super().__init__(master, context)
        self.column.put(PageHeading(self.body, context, _("Keyboard shortcuts")), above=0, below=0)
        for group in all_keys():
            self.column.section(group.title)
            self.column.put(ShortcutTable(self.body, self.theme, group.keys))


class ShortcutTable(tk.Canvas):
    """A table: at the left what the keys do, at the right the keys."""

    def __init__(self, master: tk.Misc, theme: Theme, table: Sequence[ShortcutEntry]) -> None:
        height = len(table) * theme.px(_ROW)
        super().__init__(master, bg=theme.palette.chat, height=height, width=1, highlightthickness=0, bd=0, takefocus=0)
        self._theme = theme
        self._table = table
        self.bind("<Configure>", lambda event: self._draw(event.width))

    def _draw(self, width: int) -> None:
        theme, row = self._theme, self._theme.px(_ROW)
        self.delete("all")
        for index, key in enumerate(self._table):
            top = index * row
            if index:
                self.create_line(0, top, width, top, fill=theme.palette.line, width=theme.px(1))
            left = self._draw_presses(key, width, top + row // 2)
            words = fitted(theme, "body", key.words, left - theme.px(_GAP))
            self.create_text(
                0, top + row // 2, anchor="w", text=words, font=theme.font("body"), fill=theme.palette.text
            )

    def _draw_presses(self, key: ShortcutEntry, right: int, middle: int) -> int:
        """Draw the keys from the right; returns the left end."""
        theme, gap = self._theme, self._theme.px(_GAP)
        different = list(dict.fromkeys(key_caps(press) for press in key.presses))
        for index, names in enumerate(reversed(different)):
            if index:
                self.create_text(right, middle, anchor="e", text=_("or"), font=theme.font("small"),
                                 fill=theme.palette.mute)  # fmt: skip
                right -= theme.fonts.measure("small", _("or")) + gap
            for name in reversed(names):
                right = self._draw_cap(name, right, middle) - gap
        return right

    def _draw_cap(self, name: str, right: int, middle: int) -> int:
        theme, palette = self._theme, self._theme.palette
        high = theme.px(_CAP)
        wide = max(high, theme.fonts.measure("small_bold", name) + 2 * theme.px(_CAP_PAD))
        box = (right - wide, middle - high // 2, right, middle - high // 2 + high)
        draw_ground(self, theme, box, 5, palette.field, edge=mixed(palette.field, palette.text, 0.2))
        centre = (box[0] + box[2]) // 2
        self.create_text(centre, middle, text=name, font=theme.font("small_bold"), fill=palette.text)
        return box[0]
