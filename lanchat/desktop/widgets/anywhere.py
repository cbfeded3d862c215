"""What happens anywhere in the window, told to the widgets it concerns.

Tk tells of the wheel, of presses and of the keyboard's coming to the one widget they are for; but what this lies on
scrolls with the wheel, what lies beside it may have to go, and what only lies over a field is not what is meant.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from lanchat.desktop.widgets.wheel import WHEEL, steps_of


@runtime_checkable
class Scrolls(Protocol):
    """Scrolls with the wheel, and to where the keyboard is."""

    def turned(self, steps: float) -> None:
        """`steps` of the wheel downwards; a step back is -1."""

    def shows_all(self) -> bool:
        """There is nothing to scroll: the wheel is for what this lies on."""

    def reveal(self, widget: tk.Misc) -> None:
        """A widget on it got the keyboard."""


@runtime_checkable
class Attends(Protocol):
    """A child of the window that wants to know of whatever is used in it."""

    def attend(self, widget: tk.Misc, pressed: bool) -> None:
        """The widget was `pressed`, or else got the keyboard."""

    def dragged(self, x: int, y: int) -> None:
        """The pointer was moved to this point of the screen with a button held down, wherever that was pressed."""

    def dropped(self, x: int, y: int) -> None:
        """A button was released at this point of the screen, wherever it was pressed."""


def serve(root: tk.Misc) -> None:
    """For all widgets of this program. Doing it again changes nothing: nobody else binds these for all."""
    for event in WHEEL:
        if not root.bind_all(event):
            root.bind_all(event, _turned)
    if not root.bind_all("<FocusIn>"):
        root.bind_all("<FocusIn>", _focused)
        root.bind_all("<ButtonPress>", _pressed)
        for button in (1, 2, 3):
            root.bind_all(f"<B{button}-Motion>", _dragged)
            root.bind_all(f"<ButtonRelease-{button}>", _dropped)


def upwards(widget: tk.Misc) -> Iterator[tk.Misc]:
    """The widget, what it lies on, what that lies on …"""
    above: tk.Misc | None = widget
    while above is not None:
        yield above
        above = above.master


def pass_on_mouse(over: tk.Misc, to: tk.Misc) -> None:
    """What is done with the mouse on `over`, which lies over a field or around it, is done to the field."""

    def passed(kind: str, event: tk.Event[tk.Misc], *more: str) -> str:
        at = ("-x", event.x_root - to.winfo_rootx(), "-y", event.y_root - to.winfo_rooty())
        on_screen = ("-rootx", event.x_root, "-rooty", event.y_root, "-time", event.time, "-state", int(event.state))
        to.tk.call("event", "generate", str(to), kind, *at, *on_screen, *more)
        return "break"

    for kind in ("ButtonPress", "ButtonRelease"):
        over.bind(f"<{kind}>", lambda event, kind=kind: passed(f"<{kind}-{event.num}>", event))  # type: ignore[misc]
    over.bind("<Motion>", lambda event: passed("<Motion>", event))
    over.bind("<MouseWheel>", lambda event: passed("<MouseWheel>", event, "-delta", str(event.delta)))


def _turned(event: tk.Event[tk.Misc]) -> None:
    if not isinstance(event.widget, tk.Misc):
        return
    for widget in upwards(event.widget):
        if isinstance(widget, tk.Text) and widget.yview() != (0.0, 1.0):
            return  # it scrolls by itself
        if isinstance(widget, Scrolls) and not widget.shows_all():
            widget.turned(steps_of(event))
            return


def _focused(event: tk.Event[tk.Misc]) -> None:
    widget = event.widget
    if not isinstance(widget, tk.Misc) or widget is widget.winfo_toplevel():
        return  # the window as a whole is in use again
    if str(widget.tk.call("focus")) != str(widget):
        return  # Tk tells all that a widget lies on, too
    for above in upwards(widget):
        if isinstance(above, Scrolls) and above is not widget:
            above.reveal(widget)
    for attending in _attending(widget):
        attending.attend(widget, pressed=False)


def pressed_on(widget: tk.Misc) -> None:
    """A button was pressed on this widget. Called before what the press does, where that opens something."""
    for attending in _attending(widget):
        attending.attend(widget, pressed=True)


def _pressed(event: tk.Event[tk.Misc]) -> None:
    if isinstance(event.widget, tk.Misc):
        pressed_on(event.widget)


def _dragged(event: tk.Event[tk.Misc]) -> None:
    for attending in _attending(event.widget):
        attending.dragged(event.x_root, event.y_root)


def _dropped(event: tk.Event[tk.Misc]) -> None:
    for attending in _attending(event.widget):
        attending.dropped(event.x_root, event.y_root)


def _attending(widget: tk.Misc | str) -> list[Attends]:
    """Those in the window of this widget, which may be gone already, and then is only a name."""
    if not isinstance(widget, tk.Misc) or not widget.winfo_exists():
        return []
    return [child for child in widget.winfo_toplevel().winfo_children() if isinstance(child, Attends)]
