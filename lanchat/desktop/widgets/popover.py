"""Popover: a small page that lies over everything until it is left."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.anywhere import serve, upwards
from lanchat.desktop.widgets.box import Box
from lanchat.desktop.widgets.colours import Ground
from lanchat.desktop.widgets.pressable import Pressable

_GAP = 4  #: design pixels between it and what it belongs to
_MARGIN = 8  #: and at least so many to the edges of the window


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
        serve(top)
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
        elif str(self) not in widget.bindtags() and self in upwards(widget):
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
        margin, gap = self._theme.px(_MARGIN), self._theme.px(_GAP)
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
            if widget is not self and self in upwards(widget):
                widget.focus_set()
                break
        return "break"


def popover_of(widget: tk.Misc | None) -> Popover | None:
    """The popover on which this widget lies."""
    above = upwards(widget) if widget is not None else ()
    return next((one for one in above if isinstance(one, Popover)), None)


def close_popovers(root: tk.Misc) -> bool:
    """Take all of them away, as a window does that is built anew. True when there were any."""
    there = [child for child in root.winfo_toplevel().winfo_children() if isinstance(child, Popover)]
    for popover in there:
        popover.close()
    return bool(there)
