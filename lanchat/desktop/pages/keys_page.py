"""All keyboard shortcuts: the table, and KeysPage, which shows it. A test compares the table with what is bound."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from dataclasses import dataclass

from lanchat.core.translate import _
from lanchat.desktop.pages.page import PageHeading, PageView
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import AllKeys, ViewContext
from lanchat.desktop.widgets.keyboard import CLOSE_SHORTCUTS, COMMAND, MENU_KEY, ON_MAC, OPTION, key_caps
from lanchat.desktop.widgets.labels import fitted
from lanchat.desktop.widgets.surfaces import draw_ground, mixed

_ROW, _CAP, _CAP_PAD, _GAP = 34, 24, 8, 4  # design pixels


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
