"""The pages about lanchat itself: AboutPage (version, licence, who can read what, where data is kept) and KeysPage.

Components and their licences are listed here because a packaged lanchat lacks the metadata of its libraries. Tests
compare that list with the metadata, and the table of keyboard shortcuts with what is bound.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from functools import partial
from typing import Final

from msgspec import Struct

import lanchat
from lanchat.core import slash_table
from lanchat.core.slash_table import SlashCommand
from lanchat.core.translate import _
from lanchat.desktop.composer.format_keys import FORMAT_KEYS
from lanchat.desktop.pages.page import PageHeading, PageView
from lanchat.desktop.platform.external_programs import open_folder, open_url
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import AboutLanchat, AllKeys, ViewContext
from lanchat.desktop.widgets.buttons import Button
from lanchat.desktop.widgets.keyboard import CLOSE_SHORTCUTS, COMMAND, MENU_KEY, ON_MAC, OPTION, key_caps
from lanchat.desktop.widgets.labels import Label, Paragraph
from lanchat.desktop.widgets.surfaces import draw_ground, mixed
from lanchat.desktop.widgets.text_field import CopyField

_ROW, _CAP, _CAP_PAD, _GAP = 34, 24, 8, 4  # design pixels
_WRITTEN = 170  # design pixels for what is typed, beside what it does


class Component(Struct, frozen=True):
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
    Component("markdown-it-py", "MIT", "https://github.com/executablebooks/markdown-it-py"),
    Component("msgspec", "BSD-3-Clause", "https://msgspec.dev"),
    Component("segno", "BSD-3-Clause", "https://github.com/heuer/segno"),
    Component("websockets", "BSD-3-Clause", "https://github.com/python-websockets/websockets"),
    Component("Pillow", "MIT-CMU", "https://python-pillow.github.io"),
    Component("platformdirs", "MIT", "https://github.com/tox-dev/platformdirs"),
    Component("prompt_toolkit", "BSD-3-Clause", "https://github.com/prompt-toolkit/python-prompt-toolkit"),
    Component("pyenchant", "LGPL-2.1-or-later", "https://pyenchant.github.io/pyenchant/"),
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
        self._context.open_outside(partial(open_folder, self._context.kept.folder))


class AboutPage(PageView):
    def __init__(self, master: tk.Misc, context: ViewContext, place: AboutLanchat) -> None:
        super().__init__(master, context)
        heading = _("lanchat {version}").format(version=lanchat.__version__)
        self.put(PageHeading(self.body, context, heading), above=0, below=6)
        self.paragraph(_("Chat for the local network: no account, no server, no internet."))
        buttons = self.buttons(above=4)
        Button(buttons, self.theme, _("Keyboard shortcuts"), lambda: context.go(AllKeys()), "quiet")
        self.section(_("Who can read what"))
        for words in privacy():
            self.paragraph(words)
        self.section(_("Where your data is"))
        self.put(DataFolder(self.body, context))
        self.section(_("Licence"))
        self.paragraph(_("lanchat is free software under the MIT licence: use it, change it, pass it on."))
        self.section(_("Made with"))
        for part in sorted((*LIBRARIES, *PLATFORM), key=lambda one: one.name.casefold()):
            self.put(self._row(part), above=2, below=2)

    def _row(self, part: Component) -> tk.Frame:
        row = tk.Frame(self.body, bg=self.theme.palette.chat)
        Button(row, self.theme, part.name, lambda: self._open(part.address), "link").pack(side="left")
        licence = Label(row, self.theme, part.licence, "small", "mute", anchor="e")
        licence.pack(side="right", fill="x", expand=True)
        return row

    def _open(self, address: str) -> None:
        self.context.open_outside(partial(open_url, address))


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


class ShortcutEntry(Struct, frozen=True):
    """Shortcuts that do the same, by Tk's names of keys, and what they do in words."""

    presses: tuple[str, ...]
    words: str


class ShortcutGroup(Struct, frozen=True):
    """The shortcuts that work in one part of the window."""

    title: str
    keys: tuple[ShortcutEntry, ...]


def all_keys() -> tuple[ShortcutGroup, ...]:
    """All shortcuts, grouped by where they work."""
    return (
        ShortcutGroup(_("Everywhere"), everywhere()),
        ShortcutGroup(_("While you write"), while_writing()),
        ShortcutGroup(_("In lists and in what was said"), in_lists()),
        ShortcutGroup(_("With a message that Up and Down chose"), with_a_message()),
    )


def everywhere() -> tuple[ShortcutEntry, ...]:
    return (
        ShortcutEntry((f"{COMMAND}-k",), _("Go to a room or a person")),
        ShortcutEntry((f"{COMMAND}-f",), _("Search in this room")),
        ShortcutEntry((f"{COMMAND}-Shift-F",), _("Search in every room")),
        ShortcutEntry((f"{COMMAND}-Shift-B",), _("Bookmarks")),
        ShortcutEntry((f"{COMMAND}-Shift-O",), _("Files of this room")),
        ShortcutEntry((f"{COMMAND}-n",), _("Start a room")),
        ShortcutEntry((f"{OPTION}-Up",), _("The room above")),
        ShortcutEntry((f"{OPTION}-Down",), _("The room below")),
        ShortcutEntry((f"{OPTION}-Shift-Down",), _("The next message that mentions you")),
        ShortcutEntry((f"{OPTION}-Shift-Up",), _("The previous message that mentions you")),
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
        ShortcutEntry(("Up",), _("Edit your last message, in an empty field")),
        *(ShortcutEntry((press,), formats()[mark]) for press, mark in FORMAT_KEYS.items()),
    )


def formats() -> dict[str, str]:
    """What the marks of `core.formatting` make of a text, in words."""
    return {
        "**": _("Bold"), "*": _("Italic"), "~~": _("Struck through"), "`": _("Code"), "```": _("A block of code"),
        ">": _("A quote"), "-": _("A list"), "1.": _("A numbered list"), "[]": _("Words that are a link"),
    }  # fmt: skip


_EXAMPLES = {
    "**": "**…**", "*": "*…*", "~~": "~~…~~", "`": "`…`", "```": "```↵ … ↵```", ">": "> …", "-": "- …", "1.": "1. …",
    "[]": "[…](https://…)",
}  # fmt: skip


def in_lists() -> tuple[ShortcutEntry, ...]:
    """In lists and, except for the last two, in the timeline."""
    return (
        ShortcutEntry(("Up", "Down"), _("Up and down")),
        ShortcutEntry(("Prior", "Next"), _("A page up and down")),
        ShortcutEntry(("Home", "End"), _("To the beginning and to the end")),
        ShortcutEntry(("Return", "space"), _("Open it")),
        ShortcutEntry(("Shift-F10" if ON_MAC else MENU_KEY,), _("What else can be done with it")),
    )


def with_a_message() -> tuple[ShortcutEntry, ...]:
    """In the timeline, when the arrow keys have made a message stand out."""
    return (
        ShortcutEntry(("r",), _("Reply")),
        ShortcutEntry(("plus",), _("React")),
        ShortcutEntry(("e",), _("Edit it, if it is yours")),
        ShortcutEntry(("Delete",), _("Delete it")),
        ShortcutEntry(("Shift-Delete",), _("Delete it without a question")),
        ShortcutEntry(("o",), _("Open its file, or get it")),
        ShortcutEntry(("l",), _("See what is in a folder before getting it")),
        ShortcutEntry(("p", "c"), _("Pause or cancel its download")),
        ShortcutEntry(("f", "s"), _("Show its file in the folder, save a copy")),
    )


class KeysPage(PageView):
    def __init__(self, master: tk.Misc, context: ViewContext, place: AllKeys) -> None:
        super().__init__(master, context)
        title = _("Commands") if place.commands else _("Keyboard shortcuts")
        self.put(PageHeading(self.body, context, title), above=0, below=0)
        if place.commands:
            self._show_commands()
        for group in all_keys():
            self.section(group.title)
            self.put(ShortcutTable(self.body, self.theme, group.keys))
        self.section(_("Formats"))
        for mark, words in formats().items():
            self.put(self._line(_EXAMPLES[mark], words), above=4, below=4)
        if not place.commands:
            self.section(_("Commands"))
            self._show_commands()

    def _show_commands(self) -> None:
        self.paragraph(_("At the beginning of a message. // begins a message with a slash."))
        for command in slash_table.offered(window=True, rights=None):
            self.put(self._command(command), above=4, below=4)

    def _command(self, command: SlashCommand) -> tk.Frame:
        return self._line(command.usage, f"{command.about} ({_('host')})" if command.right else command.about)

    def _line(self, written: str, about: str) -> tk.Frame:
        row = tk.Frame(self.body, bg=self.theme.palette.chat)
        row.columnconfigure(0, minsize=self.theme.px(_WRITTEN))
        row.columnconfigure(1, weight=1)
        Label(row, self.theme, written, "code").grid(row=0, column=0, sticky="nw", padx=(0, self.theme.px(2 * _GAP)))
        Paragraph(row, self.theme, about, "body", "mute").grid(row=0, column=1, sticky="ew")
        return row


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
            room = left - theme.px(_GAP)
            theme.lines.write(self, (0, top + row // 2), key.words, "body", theme.palette.text, room)

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
