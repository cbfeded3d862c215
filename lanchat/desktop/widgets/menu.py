"""A menu: a popover of things to do; and what a context click is, which opens one.

A menu works both ways: press and release, then click an item; or press, move to an item with the button held down, and
release it there.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from lanchat.core.translate import _
from lanchat.desktop.lists.writing import Writer
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.anywhere import pressed_on
from lanchat.desktop.widgets.box import draw_ground
from lanchat.desktop.widgets.colours import mixed
from lanchat.desktop.widgets.modifiers import ON_MAC
from lanchat.desktop.widgets.popover import Popover
from lanchat.desktop.widgets.pressable import Pressable

_ROW, _PAD, _ICON, _WIDEST = 32, 10, 16, 320
_STILL = 4  # design pixels: a hand that presses a button moves the pointer so far


@dataclass(frozen=True, slots=True)
class Item:
    words: str
    command: Callable[[], None]
    icon: IconName | None = None
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Separator:
    """A line between items."""


Entry: TypeAlias = Item | Separator
SEPARATOR: Final = Separator()


def bind_context_click(widget: tk.Misc, show: Callable[[tk.Event[tk.Misc]], object]) -> None:
    """`show` opens the menu of what is under the pointer.

    Tk's own <<ContextMenu>> says which button that is: on macOS the second in Tk 8.6, the third from Tk 9 on. That
    Control with the left button is the same on macOS, Tk leaves to its programs.
    """
    if ON_MAC:
        widget.event_add("<<ContextMenu>>", "<Control-Button-1>")

    def clicked(event: tk.Event[tk.Misc]) -> str:
        pressed_on(widget)  # another menu is closed before this one opens, and gives back the keyboard
        show(event)
        return "break"  # it is not also a click of the left button on what lies there

    widget.bind("<<ContextMenu>>", clicked)


def show_menu(root: tk.Misc, theme: Theme, at: tuple[int, int], entries: Sequence[Entry]) -> Popover:
    """At a point of the screen. Arrows move, a letter goes to the next item that begins with it, Enter does it."""
    return _Menu(root, theme, at, entries)


def show_edit_menu(field: tk.Text, theme: Theme, at: tuple[int, int]) -> None:
    """The menu of a field that is written in, at a point of the screen."""
    deeds = (
        (_("Cut"), "<<Cut>>"),
        (_("Copy"), "<<Copy>>"),
        (_("Paste"), "<<Paste>>"),
        (_("Select all"), "<<SelectAll>>"),
    )
    field.focus_set()
    items = [Item(words, partial(field.event_generate, name)) for words, name in deeds]
    show_menu(field.winfo_toplevel(), theme, at, items)


class _Menu(Popover):
    def __init__(self, root: tk.Misc, theme: Theme, at: tuple[int, int], entries: Sequence[Entry]) -> None:
        super().__init__(root, theme, at=at, pad=6)
        self._pressed_at: tuple[int, int] | None = root.winfo_pointerxy()
        self._rows: list[_Row] = []
        icons = any(isinstance(entry, Item) and entry.icon for entry in entries)
        for entry in entries:
            match entry:
                case Item():
                    row = _Row(self, theme, entry, icons)
                    row.pack(fill="x")
                    self._rows.append(row)
                case Separator():
                    line = tk.Frame(self.inside, height=theme.px(1), background=theme.palette.line)
                    line.pack(fill="x", pady=theme.px(5))
        _bind_keys(self, self._rows)
        if self._rows:
            self._rows[0].focus_set()

    def dragged(self, x: int, y: int) -> None:
        """The button that opened it is held: the row under the pointer is marked."""
        row = self._row_at(x, y)
        if row is not None:
            row.focus_set()

    def dropped(self, x: int, y: int) -> None:
        """That button is released: on a row it does what that says, unless the pointer has not been moved at all."""
        start, self._pressed_at = self._pressed_at, None
        row = self._row_at(x, y)
        if start and row and max(abs(x - start[0]), abs(y - start[1])) >= self._theme.px(_STILL):
            row.press()

    def _row_at(self, x: int, y: int) -> _Row | None:
        under = self.winfo_containing(x, y)
        return under if isinstance(under, _Row) and under in self._rows else None


def _bind_keys(popover: Popover, rows: Sequence[_Row]) -> None:
    def at() -> int:
        return next((index for index, row in enumerate(rows) if row.focused), -1)

    def go(index: int) -> str:
        if rows:
            rows[index % len(rows)].focus_set()
        return "break"

    def letter(event: tk.Event[tk.Misc]) -> str | None:
        typed = event.char.casefold()
        if not typed.isalnum():
            return None
        after = [(at() + 1 + step) % len(rows) for step in range(len(rows))]
        found = next((index for index in after if rows[index].item.words.casefold().startswith(typed)), None)
        return "break" if found is None else go(found)

    popover.bind("<Down>", lambda event: go(at() + 1))
    popover.bind("<Up>", lambda event: go(at() - 1 if at() >= 0 else -1))
    popover.bind("<Home>", lambda event: go(0))
    popover.bind("<End>", lambda event: go(-1))
    popover.bind("<Key>", letter)


class _Row(Pressable):
    """An Item. The keyboard goes with the pointer, so that one row only is marked."""

    def __init__(self, popover: Popover, theme: Theme, item: Item, icons: bool) -> None:
        def do() -> None:
            popover.close()
            item.command()

        super().__init__(popover.inside, theme, do, "raised")
        self.item = item
        self._indent = theme.px(_PAD) + (theme.px(_ICON + 10) if icons else 0)
        self._writer = Writer(theme)
        wide = self._indent + self._writer.fit(item.words, "room", theme.px(_WIDEST)).width + theme.px(2 * _PAD)
        self.configure(width=min(wide, theme.px(_WIDEST)), height=theme.px(_ROW))
        self.bind("<Enter>", lambda event: self.focus_set(), add="+")

    def draw(self) -> None:
        theme, palette = self.theme, self.theme.palette
        width, height = self.winfo_width(), self.winfo_height()
        ink = palette.text
        faint = palette.mute
        if self.focused:
            fill = palette.alert if self.item.danger else mixed(self.ground, palette.text, 0.1)
            draw_ground(self, theme, (0, 0, width, height), 5, fill)
            ink = faint = palette.on_alert if self.item.danger else palette.strong
        elif self.item.danger:
            ink = faint = palette.alert_ink
        if self.item.icon:
            self.create_image(theme.px(_PAD), height // 2, anchor="w", image=theme.icon(self.item.icon, _ICON, faint))
        room = width - self._indent - theme.px(_PAD)
        self._writer.write(self, (self._indent, height // 2), self.item.words, "room", ink, room)
