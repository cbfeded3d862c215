"""Tk's events for widgets: the mouse wheel, input that concerns other widgets than its target, and delayed calls.

Tk tells of the wheel, of presses and of the focus only the widget they are for. But the frame around it scrolls with
the wheel, a popover beside it has to close, and a label over a field passes the mouse on to the field.
"""

from __future__ import annotations

import sys
import time
import tkinter as tk
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol, runtime_checkable

#: Events of the wheel. The buttons are for X11; from Tk 9 on, macOS has an event for touchpads (TIP 684).
WHEEL_EVENTS = ("<MouseWheel>", "<Button-4>", "<Button-5>", *(("<TouchpadScroll>",) if tk.TkVersion >= 9 else ()))

#: For one step of a wheel; 120 on every system since TIP 474.
_WHEEL_DELTA = 1 if sys.platform == "darwin" and tk.TkVersion < 8.7 else 120
_TOUCHPAD, _TOUCHPAD_STEP = "39", 40  # Tk's number of that event, which tkinter does not name; pixels


def bind_wheel(widget: tk.Misc, yview: Callable[..., object]) -> None:
    """For a widget that scrolls by itself: the wheel over it calls `yview("scroll", "±1", "units")`."""
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
    """How far the wheel was turned, in steps downwards; -1 is one step up."""
    if event.num in (4, 5):
        return 1.0 if event.num == 5 else -1.0
    if str(event.type) == _TOUCHPAD:
        down = event.delta & 0xFFFF  # the upper half is the horizontal part; both are signed
        return -(down - 0x10000 if down & 0x8000 else down) / _TOUCHPAD_STEP
    return -event.delta / _WHEEL_DELTA


@runtime_checkable
class Scrollable(Protocol):
    """A widget that scrolls with the wheel and brings a child that gets the focus into view."""

    def turned(self, steps: float) -> None:
        """The wheel was turned by `steps` downwards; -1 is one step up."""

    def shows_all(self) -> bool:
        """Whether there is nothing to scroll: then the wheel is for the widget below this one."""

    def reveal(self, widget: tk.Misc) -> None:
        """A widget on it got the keyboard focus."""


@runtime_checkable
class InputObserver(Protocol):
    """A child of the window that is told of presses and focus anywhere in it."""

    def observe(self, widget: tk.Misc, pressed: bool) -> None:
        """The widget was `pressed`, or else got the keyboard focus."""


@runtime_checkable
class DragObserver(InputObserver, Protocol):
    """It is told of drags, too."""

    def dragged(self, x: int, y: int, ends: bool) -> None:
        """The pointer moved to this point of the screen with a button held down, wherever that was pressed; or, where
        the drag `ends`, the button was released there."""


def route_input(root: tk.Misc) -> None:
    """Bind these events for all widgets of the program. Calling it again changes nothing."""
    for event in WHEEL_EVENTS:
        if not root.bind_all(event):
            root.bind_all(event, _turned)
    if not root.bind_all("<FocusIn>"):
        root.bind_all("<FocusIn>", _focused)
        root.bind_all("<ButtonPress>", _pressed)
        for button in (1, 2, 3):
            root.bind_all(f"<B{button}-Motion>", partial(_dragged, False))
            root.bind_all(f"<ButtonRelease-{button}>", partial(_dragged, True))


def ancestors(widget: tk.Misc) -> Iterator[tk.Misc]:
    """The widget, its parent, its parent's parent and so on."""
    above: tk.Misc | None = widget
    while above is not None:
        yield above
        above = above.master


def forward_mouse(over: tk.Misc, to: tk.Misc) -> None:
    """Send the mouse events of `over`, which lies over or around a field, to the field `to`."""

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
        return  # the window itself got the focus
    if str(widget.tk.call("focus")) != str(widget):
        return  # Tk sends the event to the ancestors of that widget, too
    for above in ancestors(widget):
        if isinstance(above, Scrollable) and above is not widget:
            above.reveal(widget)
    for observer in _observers(widget):
        observer.observe(widget, pressed=False)


def notify_press(widget: tk.Misc) -> None:
    """Tell the observers that a button was pressed on this widget; before the press opens something."""
    for observer in _observers(widget):
        observer.observe(widget, pressed=True)


def _pressed(event: tk.Event[tk.Misc]) -> None:
    if isinstance(event.widget, tk.Misc):
        notify_press(event.widget)


def _dragged(ends: bool, event: tk.Event[tk.Misc]) -> None:
    for observer in _observers(event.widget):
        if isinstance(observer, DragObserver):
            observer.dragged(event.x_root, event.y_root, ends)


def _observers(widget: tk.Misc | str) -> list[InputObserver]:
    """The observers in the window of this widget. A destroyed widget is only a name, and has none."""
    if not isinstance(widget, tk.Misc) or not widget.winfo_exists():
        return []
    return [child for child in widget.winfo_toplevel().winfo_children() if isinstance(child, InputObserver)]


def on_key(widget: tk.Misc, key: str, action: Callable[[], object]) -> None:
    """Have this key do nothing but `action`. `key`: in Tk's notation, as `<Escape>`."""

    def pressed(_event: tk.Event[tk.Misc]) -> str:
        action()
        return "break"

    widget.bind(key, pressed)


def destroy_children(frame: tk.Frame) -> None:
    for child in frame.winfo_children():
        child.destroy()
    frame.configure(height=1)  # an empty frame would keep the height of what was in it last


def focused_widget(widget: tk.Misc) -> tk.Misc | None:
    """Which widget of the program has the keyboard focus; None: none of ours.

    tkinter raises KeyError for a widget that Tcl made, as those of its file dialog are.
    """
    try:
        return widget.focus_displayof()
    except KeyError:
        return None


def has_focus(widget: tk.Misc) -> bool:
    """Whether it, or a widget on it, has the keyboard focus."""
    focused = focused_widget(widget)
    return focused is not None and widget in ancestors(focused)


class DelayedCalls:
    """Calls that a widget makes later, each once, and none after the widget is destroyed."""

    def __init__(self, widget: tk.Misc) -> None:
        self._widget = widget
        self._timers: dict[str, str] = {}  # Tk's, by what they are for
        self._waiting: dict[str, tuple[float, Callable[[], None]]] = {}  # when it is due, by `time.monotonic`
        widget.bind("<Destroy>", self._gone, add="+")

    def restart(self, what: str, action: Callable[[], None], milliseconds: int) -> None:
        """Call `action` after that time; a call of the same name that is waiting is dropped.

        Cheap enough for each key: where a timer runs that ends before, it is left running, and started again when it
        ends.
        """
        due = time.monotonic() + milliseconds / 1000
        waiting = self._waiting.get(what)
        self._waiting[what] = due, action
        if waiting is None or waiting[0] > due:
            self._stop(what)
            self._start(what, milliseconds)

    def do(self, what: str, action: Callable[[], None], milliseconds: int | None = None) -> None:
        """Call `action` after that time; None: when Tk is idle. While `what` waits, asking again does nothing."""
        if what not in self._waiting:
            self._waiting[what] = time.monotonic() + (milliseconds or 0) / 1000, action
            self._start(what, milliseconds)

    def cancel(self, what: str) -> None:
        if self._waiting.pop(what, None):
            self._stop(what)

    def _start(self, what: str, milliseconds: int | None) -> None:
        def now() -> None:
            del self._timers[what]
            due, action = self._waiting[what]
            left = round(1000 * (due - time.monotonic()))
            if left > 0:
                self._start(what, left)
            else:
                del self._waiting[what]
                action()

        self._timers[what] = (
            self._widget.after_idle(now) if milliseconds is None else self._widget.after(milliseconds, now)
        )

    def _stop(self, what: str) -> None:
        if what in self._timers:
            self._widget.after_cancel(self._timers.pop(what))

    def _gone(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self._widget:
            for what in list(self._waiting):
                self.cancel(what)
