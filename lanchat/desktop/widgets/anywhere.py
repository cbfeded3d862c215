"""What happens anywhere in the window, told to the widgets it concerns.

Tk tells of the wheel, of presses and of the keyboard's coming to the one widget they are for; but what this lies on
scrolls with the wheel, and what lies beside it may have to go.
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


def serve(root: tk.Misc) -> None:
    """For all widgets of this program. Doing it again changes nothing: nobody else binds these for all."""
    for event in WHEEL:
        if not root.bind_all(event):
            root.bind_all(event, _turned)
    if not root.bind_all("<FocusIn>"):
        root.bind_all("<FocusIn>", _focused)
        root.bind_all("<ButtonPress>", _pressed)


def upwards(widget: tk.Misc) -> Iterator[tk.Misc]:
    """The widget, what it lies on, what that lies on …"""
    above: tk.Misc | None = widget
    while above is not None:
        yield above
        above = above.master


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
    _attend(widget, pressed=False)


def _pressed(event: tk.Event[tk.Misc]) -> None:
    if isinstance(event.widget, tk.Misc):
        _attend(event.widget, pressed=True)


def _attend(widget: tk.Misc, pressed: bool) -> None:
    for child in widget.winfo_toplevel().winfo_children():
        if isinstance(child, Attends) and child.winfo_exists():
            child.attend(widget, pressed)
