"""Popover: a small page that lies over everything until it is left.

A menu: a popover of things to do; and what a context click is, which opens one.

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
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.buttons import Pressable
from lanchat.desktop.widgets.keyboard import ON_MAC
from lanchat.desktop.widgets.line_renderer import LineRenderer
from lanchat.desktop.widgets.surfaces import Box, Ground, draw_ground, mixed
from lanchat.desktop.widgets.tk_events import ancestors, notify_press, route_input

_POPOVER_GAP = 4  #: design pixels between it and what it belongs to
_POPOVER_MARGIN = 8  #: and at least so many to the edges of the window


class Popover(Box):
    """Put things on `inside`. It takes the keyboard, keeps Tab within, and gives the keyboard back when it goes.

    It goes on Escape, when something beside it is pressed, and when the keyboard goes elsewhere in the window.
    """

    def __init__(
        self, root: tk.Misc, theme: Theme, *, at: tuple[int, int] | None = None, under: tk.Misc | None = None,
        width: float = 0, pad: float = 8, ground: Ground = "chat", on_close: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        """Either `at` a point of the screen, in pixels, or `under` a widget (above it where there is no room below).

        `width` in design pixels, 0: as needed. `ground`: what it mostly lies on.
        """
        top = root.winfo_toplevel()
        super().__init__(
            top, theme, "raised", 8, ground=ground, pad=(pad, pad), edge=theme.palette.shade, width=theme.px(width)
        )
        self._top = top
        self._at = at
        self._under = under
        self._width = theme.px(width)
        self._on_close = on_close
        self.came_from = top.focus_lastfor()  #: what had the keyboard
        self.closed = False
        self._open_yet = False  # the press that opens it, and the keyboard on its way here, must not close it
        self.bind("<Escape>", lambda event: self._left())
        self.bind("<<NextWindow>>", lambda event: self._step(1))
        self.bind("<<PrevWindow>>", lambda event: self._step(-1))
        self.bind("<Configure>", lambda event: self._settle(), add="+")
        route_input(top)
        self.focus_set()
        self._opening = self.after_idle(self._open)

    def close(self) -> None:
        """Take it away. Closing twice is closing once."""
        if self.closed:
            return
        self.closed = True
        focused = self._top.focus_lastfor()
        back = focused is None or self.holds(focused) or focused is self._top
        self.destroy()
        if back and self.came_from is not None and self.came_from.winfo_exists():
            self.came_from.focus_set()
        if self._on_close:
            self._on_close()

    def destroy(self) -> None:
        self.after_cancel(self._opening)
        super().destroy()

    def holds(self, widget: tk.Misc) -> bool:
        """The widget lies on it, or on a popover that was opened from it."""
        lowest = popover_of(widget)
        if lowest is None or lowest is self:
            return lowest is self
        return lowest.came_from is not None and self.holds(lowest.came_from)

    def attend(self, widget: tk.Misc, pressed: bool) -> None:
        """See anywhere.Attends."""
        if self.closed:
            return
        if not self.holds(widget):
            if not self._open_yet:
                return
            self.close()
            if pressed and isinstance(widget, Pressable):
                widget.let_go()  # this press was for leaving: on the button that opened it, it must not open it again
        elif str(self) not in widget.bindtags() and self in ancestors(widget):
            widget.bindtags((str(self), *widget.bindtags()))

    def dragged(self, x: int, y: int) -> None:
        """See anywhere.Attends."""

    def dropped(self, x: int, y: int) -> None:
        """See anywhere.Attends."""

    def _open(self) -> None:
        self._open_yet = True
        self.update_idletasks()
        self._settle()
        self.lift()

    def _settle(self) -> None:
        """To its place, all of it within the window."""
        wide, high = self._width or self.winfo_reqwidth(), self.winfo_reqheight()
        room_x, room_y = self._top.winfo_width(), self._top.winfo_height()
        margin, gap = self._theme.px(_POPOVER_MARGIN), self._theme.px(_POPOVER_GAP)
        x, y = self._at or (0, 0)
        x, y = x - self._top.winfo_rootx(), y - self._top.winfo_rooty()
        if self._under is not None and self._under.winfo_exists():
            x = self._under.winfo_rootx() - self._top.winfo_rootx()
            above = self._under.winfo_rooty() - self._top.winfo_rooty()
            y = above + self._under.winfo_height() + gap
            if y + high + margin > room_y and above - gap - high >= margin:
                y = above - gap - high
        x = max(margin, min(x, room_x - wide - margin))
        y = max(margin, min(y, room_y - high - margin))
        if self._width:
            self.place(x=x, y=y, width=wide)
        else:
            self.place(x=x, y=y)

    def _left(self) -> str:
        self.close()
        return "break"

    def _step(self, way: int) -> str:
        """Tab goes around within."""
        first = widget = self.focus_lastfor()
        while widget is not None:
            widget = widget.tk_focusNext() if way > 0 else widget.tk_focusPrev()
            if widget is None or widget is first:
                break
            if widget is not self and self in ancestors(widget):
                widget.focus_set()
                break
        return "break"


def popover_of(widget: tk.Misc | None) -> Popover | None:
    """The popover on which this widget lies."""
    above = ancestors(widget) if widget is not None else ()
    return next((one for one in above if isinstance(one, Popover)), None)


def close_popovers(root: tk.Misc) -> bool:
    """Take all of them away, as a window does that is built anew. True when there were any."""
    there = [child for child in root.winfo_toplevel().winfo_children() if isinstance(child, Popover)]
    for popover in there:
        popover.close()
    return bool(there)


_MENU_ROW, _MENU_PAD, _MENU_ICON, _MENU_WIDEST = 32, 10, 16, 320
_DRAG_THRESHOLD = 4  # design pixels: a hand that presses a button moves the pointer so far


@dataclass(frozen=True, slots=True)
class MenuItem:
    words: str
    command: Callable[[], None]
    icon: IconName | None = None
    danger: bool = False


@dataclass(frozen=True, slots=True)
class MenuSeparator:
    """A line between items."""


MenuEntry: TypeAlias = MenuItem | MenuSeparator
SEPARATOR: Final = MenuSeparator()


def bind_context_click(widget: tk.Misc, show: Callable[[tk.Event[tk.Misc]], object]) -> None:
    """`show` opens the menu of what is under the pointer.

    Tk's own <<ContextMenu>> says which button that is: on macOS the second in Tk 8.6, the third from Tk 9 on. That
    Control with the left button is the same on macOS, Tk leaves to its programs.
    """
    if ON_MAC:
        widget.event_add("<<ContextMenu>>", "<Control-Button-1>")

    def clicked(event: tk.Event[tk.Misc]) -> str:
        notify_press(widget)  # another menu is closed before this one opens, and gives back the keyboard
        show(event)
        return "break"  # it is not also a click of the left button on what lies there

    widget.bind("<<ContextMenu>>", clicked)


def show_menu(root: tk.Misc, theme: Theme, at: tuple[int, int], entries: Sequence[MenuEntry]) -> Popover:
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
    items = [MenuItem(words, partial(field.event_generate, name)) for words, name in deeds]
    show_menu(field.winfo_toplevel(), theme, at, items)


class _Menu(Popover):
    def __init__(self, root: tk.Misc, theme: Theme, at: tuple[int, int], entries: Sequence[MenuEntry]) -> None:
        super().__init__(root, theme, at=at, pad=6)
        self._pressed_at: tuple[int, int] | None = root.winfo_pointerxy()
        self._rows: list[_MenuRow] = []
        icons = any(isinstance(entry, MenuItem) and entry.icon for entry in entries)
        for entry in entries:
            match entry:
                case MenuItem():
                    row = _MenuRow(self, theme, entry, icons)
                    row.pack(fill="x")
                    self._rows.append(row)
                case MenuSeparator():
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
        if start and row and max(abs(x - start[0]), abs(y - start[1])) >= self._theme.px(_DRAG_THRESHOLD):
            row.press()

    def _row_at(self, x: int, y: int) -> _MenuRow | None:
        under = self.winfo_containing(x, y)
        return under if isinstance(under, _MenuRow) and under in self._rows else None


def _bind_keys(popover: Popover, rows: Sequence[_MenuRow]) -> None:
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


class _MenuRow(Pressable):
    """An Item. The keyboard goes with the pointer, so that one row only is marked."""

    def __init__(self, popover: Popover, theme: Theme, item: MenuItem, icons: bool) -> None:
        def do() -> None:
            popover.close()
            item.command()

        super().__init__(popover.inside, theme, do, "raised")
        self.item = item
        self._indent = theme.px(_MENU_PAD) + (theme.px(_MENU_ICON + 10) if icons else 0)
        self._writer = LineRenderer(theme)
        wide = (
            self._indent + self._writer.fit(item.words, "room", theme.px(_MENU_WIDEST)).width + theme.px(2 * _MENU_PAD)
        )
        self.configure(width=min(wide, theme.px(_MENU_WIDEST)), height=theme.px(_MENU_ROW))
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
            self.create_image(
                theme.px(_MENU_PAD), height // 2, anchor="w", image=theme.icon(self.item.icon, _MENU_ICON, faint)
            )
        room = width - self._indent - theme.px(_MENU_PAD)
        self._writer.write(self, (self._indent, height // 2), self.item.words, "room", ink, room)
