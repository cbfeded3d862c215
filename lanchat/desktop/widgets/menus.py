"""Popover, a small panel over the window that is left with Escape or a click beside it; and menus, which are popovers.

A menu works both ways: press and release, then click an item; or press, move to an item with the button held down, and
release it there. It is not a tk.Menu: on X11 that marks a row with a raised edge, has no round corners, and does not
find a row by its first letter; and popovers, which close and give back the focus in the same way, are there for fields
and grids anyway (emoji picker, own name).
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

from msgspec import Struct

from lanchat.core.translate import _
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.buttons import Pressable
from lanchat.desktop.widgets.keyboard import ON_MAC
from lanchat.desktop.widgets.surfaces import Box, draw_ground, mixed
from lanchat.desktop.widgets.tk_events import DelayedCalls, ancestors, notify_press, on_key, route_input

_POPOVER_GAP = 4  #: design pixels between it and the widget that it belongs to
_POPOVER_MARGIN = 8  #: design pixels, at least, to the edges of the window


class Popover(Box):
    """Put the contents on `inside`. It takes the keyboard focus, keeps Tab within, and gives the focus back.

    It closes on Escape, on a press beside it, and when the focus goes elsewhere in the window.
    """

    def __init__(
        self, root: tk.Misc, theme: Theme, *, at: tuple[int, int] | None = None, under: tk.Misc | None = None,
        width: float = 0, pad: float = 8,
    ) -> None:  # fmt: skip
        """`at`: a point of the screen, in pixels; or `under`: a widget (above it where there is no room below).

        `width`: design pixels; 0: as wide as the contents need.
        """
        top = root.winfo_toplevel()
        super().__init__(top, theme, "raised", 8, pad=(pad, pad), edge=theme.palette.shade, width=theme.px(width))
        self._top = top
        self._at = at
        self._under = under
        self._width = theme.px(width)
        self.came_from = top.focus_lastfor()  #: the widget that had the focus before
        self.closed = False
        self._open_yet = False  # the press that opens it and the focus on its way here must not close it
        on_key(self, "<Escape>", self.close)
        on_key(self, "<<NextWindow>>", lambda: self._step(1))
        on_key(self, "<<PrevWindow>>", lambda: self._step(-1))
        self.bind("<Configure>", lambda event: self.settle(), add="+")
        route_input(top)
        self.focus_set()
        DelayedCalls(self).do("open", self._open)

    def close(self) -> None:
        """Close it and give back the focus. Calling it again does nothing."""
        if self.closed:
            return
        self.closed = True
        focused = self._top.focus_lastfor()
        back = focused is None or self.holds(focused) or focused is self._top
        self.destroy()
        if back and self.came_from is not None and self.came_from.winfo_exists():
            self.came_from.focus_set()

    def holds(self, widget: tk.Misc) -> bool:
        """Whether the widget lies on this popover or on one that was opened from it."""
        lowest = popover_of(widget)
        if lowest is None or lowest is self:
            return lowest is self
        return lowest.came_from is not None and self.holds(lowest.came_from)

    def observe(self, widget: tk.Misc, pressed: bool) -> None:
        """See tk_events.InputObserver."""
        if self.closed:
            return
        if not self.holds(widget):
            if not self._open_yet:
                return
            self.close()
            if pressed and isinstance(widget, Pressable):
                widget.let_go()  # the press only closes: on the button that opened it, it must not open it again
        elif str(self) not in widget.bindtags() and self in ancestors(widget):
            widget.bindtags((str(self), *widget.bindtags()))

    def _open(self) -> None:
        self._open_yet = True
        self.update_idletasks()
        self.settle()
        self.lift()

    def settle(self) -> None:
        """Place it so that all of it is within the window."""
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
        elif y + high + margin > room_y and y - high >= margin:
            y -= high  # above the point, so that what was pressed is still to be seen
        x = max(margin, min(x, room_x - wide - margin))
        y = max(margin, min(y, room_y - high - margin))
        self.place(x=x, y=y, width=self._width or "")

    def _step(self, way: int) -> None:
        """Move the focus to the next or previous widget on the popover, in a circle."""
        first = widget = self.focus_lastfor()
        while widget is not None:
            widget = widget.tk_focusNext() if way > 0 else widget.tk_focusPrev()
            if widget is None or widget is first:
                break
            if widget is not self and self in ancestors(widget):
                widget.focus_set()
                break


def popover_of(widget: tk.Misc | None) -> Popover | None:
    """The popover on which this widget lies, if any."""
    above = ancestors(widget) if widget is not None else ()
    return next((one for one in above if isinstance(one, Popover)), None)


def close_popovers(root: tk.Misc) -> None:
    """Close all popovers of this window, as before its views are built anew."""
    for child in root.winfo_toplevel().winfo_children():
        if isinstance(child, Popover):
            child.close()


_MENU_ROW, _MENU_PAD, _MENU_ICON, _MENU_WIDEST = 32, 10, 16, 320
_DRAG_THRESHOLD = 4  # design pixels: a click may move the pointer so far


class MenuItem(Struct, frozen=True):
    words: str
    command: Callable[[], None]
    icon: IconName | None = None
    danger: bool = False


SEPARATOR: Final = None  #: a line between items of a menu
MenuEntry: TypeAlias = MenuItem | None


def bind_context_click(widget: tk.Misc, show: Callable[[tk.Event[tk.Misc]], object]) -> None:
    """Call `show`, which opens the menu, on a click with the button for context menus.

    Tk's <<ContextMenu>> knows which button that is: on macOS the second in Tk 8.6, the third from Tk 9 on. Control
    with the left button, which means the same on macOS, has to be added.
    """
    if ON_MAC:
        widget.event_add("<<ContextMenu>>", "<Control-Button-1>")

    def clicked(event: tk.Event[tk.Misc]) -> str:
        notify_press(widget)  # closes another menu, which gives back the focus, before this one opens
        show(event)
        return "break"  # Control-click is not also a click with the left button

    widget.bind("<<ContextMenu>>", clicked)


def show_menu(root: tk.Misc, theme: Theme, at: tuple[int, int], entries: Sequence[MenuEntry]) -> Popover:
    """Open a menu at a point of the screen. Keys: arrows, a letter for the next item that begins with it, Enter."""
    return _Menu(root, theme, at, entries)


def show_menu_below(button: tk.Misc, theme: Theme, entries: Sequence[MenuEntry]) -> Popover:
    """The same below a button."""
    at = (button.winfo_rootx(), button.winfo_rooty() + button.winfo_height())
    return show_menu(theme.root, theme, at, entries)


def show_edit_menu(field: tk.Text, theme: Theme, at: tuple[int, int], first: Sequence[MenuEntry] = ()) -> None:
    """Open the edit menu of a text field, at a point of the screen. `first`: what comes before its own items."""
    actions = (
        (_("Cut"), "<<Cut>>"),
        (_("Copy"), "<<Copy>>"),
        (_("Paste"), "<<Paste>>"),
        (_("Select all"), "<<SelectAll>>"),
    )
    field.focus_set()
    items = [MenuItem(words, partial(field.event_generate, name)) for words, name in actions]
    show_menu(field.winfo_toplevel(), theme, at, [*first, *items])


class _Menu(Popover):
    def __init__(self, root: tk.Misc, theme: Theme, at: tuple[int, int], entries: Sequence[MenuEntry]) -> None:
        super().__init__(root, theme, at=at, pad=6)
        self._pressed_at: tuple[int, int] | None = root.winfo_pointerxy()
        self._rows: list[_MenuRow] = []
        icons = any(entry is not None and entry.icon for entry in entries)
        for entry in entries:
            if entry is None:
                line = tk.Frame(self.inside, height=theme.px(1), background=theme.palette.line)
                line.pack(fill="x", pady=theme.px(5))
            else:
                row = _MenuRow(self, theme, entry, icons)
                row.pack(fill="x")
                self._rows.append(row)
        if self._rows:
            self._rows[0].focus_set()
            on_key(self, "<Down>", lambda: self._go(self._marked() + 1))
            on_key(self, "<Up>", lambda: self._go(self._marked() - 1))
            on_key(self, "<Home>", lambda: self._go(0))
            on_key(self, "<End>", lambda: self._go(-1))
            self.bind("<Key>", self._letter)

    def dragged(self, x: int, y: int, ends: bool) -> None:
        """See tk_events.DragObserver. While the button that opened the menu is held, the row under the pointer is
        marked. Where it is released, that row is pressed, unless the pointer has not moved since."""
        under = self.winfo_containing(x, y)
        row = next((row for row in self._rows if row is under), None)
        if not ends:
            if row is not None:
                row.focus_set()
            return
        start, self._pressed_at = self._pressed_at, None
        if start and row and max(abs(x - start[0]), abs(y - start[1])) >= self._theme.px(_DRAG_THRESHOLD):
            row.press()

    def _marked(self) -> int:
        """The index of the marked row."""
        return next((index for index, row in enumerate(self._rows) if row.focused), 0)

    def _go(self, index: int) -> None:
        self._rows[index % len(self._rows)].focus_set()

    def _letter(self, event: tk.Event[tk.Misc]) -> str | None:
        """Mark the next row that begins with the typed letter."""
        typed, rows = event.char.casefold(), self._rows
        if not typed.isalnum():
            return None
        after = [(self._marked() + 1 + step) % len(rows) for step in range(len(rows))]
        found = next((index for index in after if rows[index].item.words.casefold().startswith(typed)), None)
        if found is None:
            return None
        self._go(found)
        return "break"


class _MenuRow(Pressable):
    """A MenuItem. The focus follows the pointer, so that only one row is marked."""

    def __init__(self, popover: Popover, theme: Theme, item: MenuItem, icons: bool) -> None:
        def do() -> None:
            popover.close()
            item.command()

        super().__init__(popover.inside, theme, do, "raised")
        self.item = item
        self._indent = theme.px(_MENU_PAD) + (theme.px(_MENU_ICON + 10) if icons else 0)
        widest = theme.px(_MENU_WIDEST)
        wide = self._indent + theme.lines.fit(item.words, "room", widest).width + theme.px(2 * _MENU_PAD)
        self.configure(width=min(wide, widest), height=theme.px(_MENU_ROW))
        self.bind("<Enter>", lambda event: self.focus_set(), add="+")

    def draw(self) -> None:
        theme, palette = self.theme, self.theme.palette
        width, height = self.winfo_width(), self.winfo_height()
        ink, faint = palette.text, palette.mute
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
        theme.lines.write(self, (self._indent, height // 2), self.item.words, "room", ink, room)
