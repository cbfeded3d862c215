"""The wheel, of which every system and every Tk tells in its own way.

What happens anywhere in the window, told to the widgets it concerns.

Tk tells of the wheel, of presses and of the keyboard's coming to the one widget they are for; but what this lies on
scrolls with the wheel, what lies beside it may have to go, and what only lies over a field is not what is meant.

Later: what a widget does in a while, each thing once; nothing of it when the widget is gone by then. Tk thread.
"""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable, Iterator
from typing import Protocol, runtime_checkable

#: Events of the wheel. The buttons are those of X11; from Tk 9 on macOS tells of a touchpad in its own event (TIP 684).
WHEEL_EVENTS = ("<MouseWheel>", "<Button-4>", "<Button-5>", *(("<TouchpadScroll>",) if tk.TkVersion >= 9 else ()))

_WHEEL_DELTA = (
    1 if sys.platform == "darwin" and tk.TkVersion < 8.7 else 120
)  # of a wheel; 120 on every system since TIP 474
_TOUCHPAD, _TOUCHPAD_STEP = "39", 40  # Tk's number of that event, for which tkinter has no name; pixels


def bind_wheel(widget: tk.Misc, yview: Callable[..., object]) -> None:
    """For one widget that scrolls by itself: turned over it, the wheel calls `yview("scroll", "±1", "units")`."""
    rest = 0.0

    def turned(event: tk.Event[tk.Misc]) -> str:
        nonlocal rest
        rest += wheel_steps(event)
        whole, rest = int(rest), rest - int(rest)
        if whole:
            yview("scroll", str(whole), "units")
        return "break"

    for event in WHEEL_EVENTS:
        widget.bind(event, turned)


def wheel_steps(event: tk.Event[tk.Misc]) -> float:
    """How far a wheel event turned, in steps downwards."""
    if event.num in (4, 5):
        return 1.0 if event.num == 5 else -1.0
    if str(event.type) == _TOUCHPAD:
        down = event.delta & 0xFFFF  # the other half is to the right; both are signed
        return -(down - 0x10000 if down & 0x8000 else down) / _TOUCHPAD_STEP
    return -event.delta / _WHEEL_DELTA


@runtime_checkable
class Scrollable(Protocol):
    """Scrolls with the wheel, and to where the keyboard is."""

    def turned(self, steps: float) -> None:
        """`steps` of the wheel downwards; a step back is -1."""

    def shows_all(self) -> bool:
        """There is nothing to scroll: the wheel is for what this lies on."""

    def reveal(self, widget: tk.Misc) -> None:
        """A widget on it got the keyboard."""


@runtime_checkable
class InputObserver(Protocol):
    """A child of the window that wants to know of whatever is used in it."""

    def attend(self, widget: tk.Misc, pressed: bool) -> None:
        """The widget was `pressed`, or else got the keyboard."""

    def dragged(self, x: int, y: int) -> None:
        """The pointer was moved to this point of the screen with a button held down, wherever that was pressed."""

    def dropped(self, x: int, y: int) -> None:
        """A button was released at this point of the screen, wherever it was pressed."""


def route_input(root: tk.Misc) -> None:
    """For all widgets of this program. Doing it again changes nothing: nobody else binds these for all."""
    for event in WHEEL_EVENTS:
        if not root.bind_all(event):
            root.bind_all(event, _turned)
    if not root.bind_all("<FocusIn>"):
        root.bind_all("<FocusIn>", _focused)
        root.bind_all("<ButtonPress>", _pressed)
        for button in (1, 2, 3):
            root.bind_all(f"<B{button}-Motion>", _dragged)
            root.bind_all(f"<ButtonRelease-{button}>", _dropped)


def ancestors(widget: tk.Misc) -> Iterator[tk.Misc]:
    """The widget, what it lies on, what that lies on …"""
    above: tk.Misc | None = widget
    while above is not None:
        yield above
        above = above.master


def forward_mouse(over: tk.Misc, to: tk.Misc) -> None:
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
    for widget in ancestors(event.widget):
        if isinstance(widget, tk.Text) and widget.yview() != (0.0, 1.0):
            return  # it scrolls by itself
        if isinstance(widget, Scrollable) and not widget.shows_all():
            widget.turned(wheel_steps(event))
            return


def _focused(event: tk.Event[tk.Misc]) -> None:
    widget = event.widget
    if not isinstance(widget, tk.Misc) or widget is widget.winfo_toplevel():
        return  # the window as a whole is in use again
    if str(widget.tk.call("focus")) != str(widget):
        return  # Tk tells all that a widget lies on, too
    for above in ancestors(widget):
        if isinstance(above, Scrollable) and above is not widget:
            above.reveal(widget)
    for attending in _observers(widget):
        attending.attend(widget, pressed=False)


def notify_press(widget: tk.Misc) -> None:
    """A button was pressed on this widget. Called before what the press does, where that opens something."""
    for attending in _observers(widget):
        attending.attend(widget, pressed=True)


def _pressed(event: tk.Event[tk.Misc]) -> None:
    if isinstance(event.widget, tk.Misc):
        notify_press(event.widget)


def _dragged(event: tk.Event[tk.Misc]) -> None:
    for attending in _observers(event.widget):
        attending.dragged(event.x_root, event.y_root)


def _dropped(event: tk.Event[tk.Misc]) -> None:
    for attending in _observers(event.widget):
        attending.dropped(event.x_root, event.y_root)


def _observers(widget: tk.Misc | str) -> list[InputObserver]:
    """Those in the window of this widget, which may be gone already, and then is only a name."""
    if not isinstance(widget, tk.Misc) or not widget.winfo_exists():
        return []
    return [child for child in widget.winfo_toplevel().winfo_children() if isinstance(child, InputObserver)]


class DelayedCalls:
    def __init__(self, widget: tk.Misc) -> None:
        self._widget = widget
        self._waiting: dict[str, str] = {}
        widget.bind("<Destroy>", self._gone, add="+")

    def do(self, what: str, deed: Callable[[], None], milliseconds: int | None = None) -> None:
        """After so long, or (None) when there is nothing else to do. Asked again meanwhile, it is done once."""
        if what in self._waiting:
            return

        def now() -> None:
            del self._waiting[what]
            deed()

        after = self._widget.after_idle(now) if milliseconds is None else self._widget.after(milliseconds, now)
        self._waiting[what] = after

    def _gone(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self._widget:
            for waiting in self._waiting.values():
                self._widget.after_cancel(waiting)
            self._waiting.clear()
