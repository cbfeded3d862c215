"""All widgets on one screen, to look at: `python -m tests.desktop.widgets.gallery [dark] [2x]`."""

from __future__ import annotations

import sys
import tkinter as tk
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from lanchat.desktop.pages.page import PageView
from lanchat.desktop.theme.palette import DARK, LIGHT
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.buttons import Button, ButtonKind, ButtonRow, IconButton
from lanchat.desktop.widgets.choices import RadioGroup, SegmentedControl, Switch
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.menus import SEPARATOR, MenuItem, Popover, show_menu
from lanchat.desktop.widgets.overlays import Toasts
from lanchat.desktop.widgets.surfaces import Box
from lanchat.desktop.widgets.text_field import CopyField, TextField

if TYPE_CHECKING:
    from lanchat.desktop.view_context import ViewContext

KINDS: tuple[ButtonKind, ...] = ("primary", "quiet", "danger", "link")
LONG = "A room with a title that is far too long for the place it is shown in, as titles now and then are"
FOREIGN = "مرحبا بكم في الغرفة · 日本語の部屋へようこそ。ここでは誰でも話せます。 · 👩‍🚀 Ünïcödé"


def nothing(*_: object) -> None:
    pass


class Gallery(tk.Frame):
    def __init__(self, master: tk.Misc, theme: Theme) -> None:
        super().__init__(master, background=theme.palette.chat)
        self.theme = theme
        context = cast("ViewContext", SimpleNamespace(theme=theme))
        self.left, self.right = PageView(self, context), PageView(self, context)
        self.left.pack(side="left", fill="both", expand=True)
        self.right.pack(side="left", fill="both", expand=True)
        self.buttons = self._buttons()
        self._words()
        self._choices()
        self.fields = self._fields()

    def _buttons(self) -> list[Button]:
        column, theme = self.left, self.theme
        column.heading("Start a room")
        column.paragraph("Whoever is on this network can see it and come in. Nothing leaves the network.", "mute")
        made = []
        for words, enabled in (("Open", True), ("Not now", False)):
            row = column.put(ButtonRow(column.body, theme), above=14, below=4)
            for kind in KINDS:
                button = Button(row, theme, f"{words} it", nothing, kind)
                button.enable(enabled)
                made.append(button)
        row = column.put(ButtonRow(column.body, theme), above=14, below=4)
        made.append(Button(row, theme, "With a picture", nothing, icon="plus"))
        IconButton(row, theme, "gear", "Settings", nothing)
        IconButton(row, theme, "more", "More", nothing)
        IconButton(row, theme, "bell", "Not to be pressed", nothing).enable(False)
        column.put(Button(column.body, theme, LONG, nothing, "quiet"))
        return made

    def _words(self) -> None:
        column, theme = self.left, self.theme
        column.section("Words")
        column.put(Label(column.body, theme, LONG))
        column.paragraph(FOREIGN)
        column.caption("In a box")
        box = column.put(Box(column.body, theme, "alert_soft", pad=(12, 10)))
        Label(box.inside, theme, "The host of this room has another key than before.", ground="alert_soft").pack()

    def _choices(self) -> None:
        column, theme = self.right, self.theme
        column.section("Appearance")
        column.put(
            SegmentedControl(column.body, theme, [(0, "Light"), (1, "Dark"), (2, "As the system")], 1, nothing)
        )
        column.put(Switch(column.body, theme, "Sounds", True, nothing))
        column.put(
            Switch(
                column.body, theme, "Start with the computer, so that messages arrive before anybody has thought of it",
                False, nothing,
            )
        )  # fmt: skip
        column.put(
            RadioGroup(
                column.body, theme, [("ask", "Ask me", ""), ("stay", "Keep running", "Rooms hosted here stay open.")],
                "stay", nothing,
            )
        )  # fmt: skip

    def _fields(self) -> list[TextField]:
        column, theme = self.right, self.theme
        made = []
        column.section("Fields")
        for text, hint, secret in (
            ("Ana's room", "", False), ("", "What is it called?", False), ("anchor-lantern-river-oak", "", True),
            (FOREIGN, "", False),
        ):  # fmt: skip
            field = TextField(column.body, theme, text, hint, secret=secret, icon="search" if hint else None)
            made.append(column.put(field))
        column.caption("Code")
        column.put(CopyField(column.body, theme, "7F3K-92QM-0D5A"))
        column.put(CopyField(column.body, theme, "lanchat://join/" + "7f3k92qm0d5a" * 8, "code"))
        return made


def gallery(root: tk.Tk, dark: bool, scale: float) -> Gallery:
    """Fills the window."""
    theme = Theme(root, DARK if dark else LIGHT, scale)
    root.geometry(f"{theme.px(1060)}x{theme.px(760)}+0+0")
    made = Gallery(root, theme)
    made.pack(fill="both", expand=True)
    return made


def open_over(made: Gallery) -> Popover:
    """What lies over the rest: a toast and a menu."""
    root, theme = made.theme.root, made.theme
    Toasts.over(made.left, theme).say("The link is copied. Paste it where you write to Ben.")
    at = made.left.winfo_rootx() + theme.px(60), made.left.winfo_rooty() + theme.px(330)
    return show_menu(root, theme, at, [
        MenuItem("Invite people…", nothing, "people"), MenuItem("Save what was said…", nothing, "export"),
        MenuItem("Settings of a room, in 日本語", nothing), SEPARATOR,
        MenuItem("Stop hosting…", nothing, "close", danger=True),
    ])  # fmt: skip


if __name__ == "__main__":
    window = tk.Tk()
    shown = gallery(window, "dark" in sys.argv, 2 if "2x" in sys.argv else 1)
    window.update()
    open_over(shown)
    window.mainloop()
