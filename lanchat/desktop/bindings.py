"""Keys that work wherever one is in the window. Tk thread. `pages.keys` tells people of them; a test compares."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.desktop.conversation.conversation_view import ConversationView
from lanchat.desktop.view_context import AllKeys, InRoom, SearchAll, SettingsAt, StartRoom
from lanchat.desktop.widgets.modifiers import CLOSING, COMMAND, OPTION, for_the_window, is_latin, shortcut
from lanchat.desktop.widgets.text_keys import edit
from lanchat.desktop.window import Window

_ZOOM_STEP = 0.1


def bind_keys(root: tk.Tk, window: Window, close: Callable[[], None]) -> None:
    """From now on they work, once there is something to do in the window."""
    deeds = shortcuts(window, close)

    def pressed(event: tk.Event[tk.Misc]) -> str | None:
        deed = deeds.get(shortcut(event))
        if deed is not None and window.desk is not None:
            deed()
        elif not is_latin(event) and isinstance(event.widget, tk.Text):
            edit(event.widget, shortcut(event))  # Tk knows its own keys for it in Latin layouts only
        return "break" if deed is not None else None

    def do(deed: Callable[[], object]) -> Callable[[object], str]:
        def done(_event: object) -> str:
            if window.desk is not None:
                deed()
            return "break"

        return done

    root.bind_all(f"<{COMMAND}-Key>", pressed)
    for meaning in root.event_info():  # on macOS Option and an arrow go to another paragraph, too
        root.event_delete(meaning, *(f"<{name}>" for name in deeds))
    for name, deed in deeds.items():
        root.unbind_class("Text", f"<{name}>")  # Tk's own meaning, from Emacs: to delete to the end of the line
        if not name.startswith(COMMAND):
            root.bind_all(f"<{name}>", do(deed))
    root.bind("<Key>", lambda event: _typed(window, event), add="+")


def shortcuts(window: Window, close: Callable[[], None]) -> dict[str, Callable[[], object]]:
    """What keys do, by their names in `pages.keys`."""
    deeds: dict[str, Callable[[], object]] = {}

    def keys(deed: Callable[[], object], *names: str) -> None:
        deeds.update(dict.fromkeys(names, deed))

    keys(lambda: _switch(window), f"{COMMAND}-k")
    keys(lambda: _find(window), f"{COMMAND}-f")
    keys(lambda: window.go(SearchAll()), f"{COMMAND}-Shift-F")
    keys(lambda: window.go(StartRoom()), f"{COMMAND}-n")
    keys(lambda: window.go(SettingsAt()), f"{COMMAND}-comma")
    keys(lambda: window.go(AllKeys()), "F1")
    keys(lambda: window.zoom(_ZOOM_STEP), f"{COMMAND}-plus", f"{COMMAND}-equal", f"{COMMAND}-KP_Add")
    keys(lambda: window.zoom(-_ZOOM_STEP), f"{COMMAND}-minus", f"{COMMAND}-KP_Subtract")
    keys(lambda: window.zoom(0), f"{COMMAND}-0", f"{COMMAND}-KP_0")
    keys(lambda: window.next_room(1), f"{OPTION}-Down")
    keys(lambda: window.next_room(-1), f"{OPTION}-Up")
    keys(lambda: _next_pane(window, 1), "F6")
    keys(lambda: _next_pane(window, -1), "Shift-F6")
    keys(window.toggle_people, "F7")
    keys(close, *CLOSING)
    keys(lambda: _escape(window), "Escape")
    return deeds


def _switch(window: Window) -> None:
    from lanchat.desktop.sidebar.quick_switcher import Switcher  # no start shows it

    assert window.desk is not None
    Switcher(window.desk)


def _find(window: Window) -> None:
    middle = window.middle
    if isinstance(middle, ConversationView):
        middle.find()
    else:
        window.go(SearchAll())


def _next_pane(window: Window, step: int) -> None:
    if window.panes is not None:
        window.panes.next_pane(step)


def _escape(window: Window) -> None:
    """What was opened last goes: in a room the search, a profile, people who lie over it; else the page."""
    middle, panes = window.middle, window.panes
    if isinstance(middle, ConversationView):
        if not (middle.close_find() or (panes is not None and panes.leave_people())):
            middle.focus_first()
    elif not isinstance(window.place, InRoom):
        window.back()


def _typed(window: Window, event: tk.Event[tk.Misc]) -> None:
    """A letter typed at the list or the Transcript goes into the composer, and so does the focus."""
    if for_the_window(int(event.state)):
        return
    middle = window.middle
    if not isinstance(middle, ConversationView) or not event.char or not event.char.isprintable() or event.char == " ":
        return
    in_transcript = str(event.widget).startswith(str(middle.transcript))
    if event.widget.winfo_class() == "Text" and not in_transcript:
        return
    middle.composer.type(event.char)
