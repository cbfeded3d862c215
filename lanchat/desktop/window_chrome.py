"""Keys that work wherever one is in the window. Tk thread. `pages.keys` tells people of them; a test compares.

The window's title and icon, which say what is unread even when the window is hidden. Tk thread.

On macOS the icon is the Dock's, where it is up to 128 points large and twice as many pixels; Tk takes the first only.

Where the window was, if it can be there again: screens are unplugged, and files get damaged. Tk thread.

The menu bar of macOS, at the top of the screen, with the keys that work in the window. Tk thread. Not yet tried.

Without one of ours Tk shows its own, in which one can run any Tcl script. Tk adds the program's own menu (About,
Settings, Hide, Quit), and to those named `window` and `help` what macOS has in them (Minimize: Command-M).
https://www.tcl-lang.org/man/tcl8.6/TkCmd/menu.html#M28
"""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable
from functools import partial

from PIL import Image, ImageDraw, ImageFont, ImageTk

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.conversation.conversation_view import ConversationView
from lanchat.desktop.model.state import State
from lanchat.desktop.pages.keys_page import everywhere
from lanchat.desktop.platform import taskbar
from lanchat.desktop.theme.palette import LIGHT
from lanchat.desktop.theme.picture_cache import drawn
from lanchat.desktop.view_context import AllKeys, InRoom, JoinBy, SearchAll, SettingsAt, StartRoom
from lanchat.desktop.widgets.keyboard import (
    CLOSE_SHORTCUTS,
    COMMAND,
    OPTION,
    edit_by_shortcut,
    has_modifier,
    is_latin,
    pressed_shortcut,
)
from lanchat.desktop.window import Window

_ZOOM_STEP = 0.1


def bind_keys(root: tk.Tk, window: Window, close: Callable[[], None]) -> None:
    """From now on they work, once there is something to do in the window."""
    deeds = shortcuts(window, close)

    def pressed(event: tk.Event[tk.Misc]) -> str | None:
        deed = deeds.get(pressed_shortcut(event))
        if deed is not None and window.opened:
            deed()
        elif not is_latin(event) and isinstance(event.widget, tk.Text):
            edit_by_shortcut(
                event.widget, pressed_shortcut(event)
            )  # Tk knows its own keys for it in Latin layouts only
        return "break" if deed is not None else None

    def do(deed: Callable[[], object]) -> Callable[[object], str]:
        def done(_event: object) -> str:
            if window.opened:
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
    keys(close, *CLOSE_SHORTCUTS)
    keys(lambda: _escape(window), "Escape")
    return deeds


def _switch(window: Window) -> None:
    from lanchat.desktop.sidebar.quick_switcher import Switcher  # no start shows it

    Switcher(window)


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
    if has_modifier(int(event.state)):
        return
    middle = window.middle
    if not isinstance(middle, ConversationView) or not event.char or not event.char.isprintable() or event.char == " ":
        return
    in_transcript = str(event.widget).startswith(str(middle.transcript))
    if event.widget.winfo_class() == "Text" and not in_transcript:
        return
    middle.composer.type(event.char)


_ON_MAC = sys.platform == "darwin"
_SIZES = (256,) if _ON_MAC else (64, 32, 16)
_MOST = 99
_ICON_MS = 300  # a picture takes milliseconds: first the window is there, and of many numbers only the last is drawn


class TitleBar:
    def __init__(self, root: tk.Tk) -> None:
        self._root = root
        self._unread = 0
        self._shown = -1  # what is unread according to the icon
        self._drawing = False  # the icon is about to be drawn
        self._images: list[ImageTk.PhotoImage] = []  # Tk shows them as long as they are held
        root.title("lanchat")
        self._draw_soon()

    def show(self, state: State, room_id: RoomId | None) -> None:
        """`room_id`: the room in the middle, if one is."""
        title = state.title(room_id)
        if title != self._root.title():
            self._root.title(title)
        self._unread = min(state.total_unread(), _MOST + 1)
        self._draw_soon()

    def _draw_soon(self) -> None:
        if self._unread != self._shown and not self._drawing:
            self._drawing = True
            self._root.after(_ICON_MS, self._draw_icon)

    def _draw_icon(self) -> None:
        self._drawing = False
        self._shown = self._unread
        marked = taskbar.mark_unread(self._root, self._shown, _MOST)
        if marked and self._images:
            return
        drawn_by_us = 0 if marked else self._shown
        pictures = [dock_icon(size, drawn_by_us) if _ON_MAC else icon(size, drawn_by_us) for size in _SIZES]
        self._images = [ImageTk.PhotoImage(picture, master=self._root) for picture in pictures]
        self._root.iconphoto(True, *self._images)  # type: ignore[arg-type]


def icon(size: int, unread: int = 0) -> Image.Image:
    """lanchat's icon, `size` pixels square: a speech bubble; with a number on it when something is unread."""

    def draw(pen: ImageDraw.ImageDraw, finer: float) -> None:
        unit = size * finer / 32
        pen.rounded_rectangle((0, 0, 32 * unit - 1, 32 * unit - 1), 7 * unit, fill=LIGHT.accent)
        pen.rounded_rectangle((6 * unit, 7 * unit, 26 * unit, 21 * unit), 4.5 * unit, fill="white")
        pen.polygon([(11 * unit, 20 * unit), (11 * unit, 26.5 * unit), (17.5 * unit, 20 * unit)], fill="white")
        for x in (11.5, 16, 20.5):
            pen.ellipse(((x - 1.5) * unit, 12.5 * unit, (x + 1.5) * unit, 15.5 * unit), fill=LIGHT.accent)
        if unread:
            pen.ellipse((15 * unit, 0, 32 * unit - 1, 17 * unit), fill=LIGHT.alert)
            number = str(unread) if unread <= _MOST else "…"
            face = ImageFont.load_default(size=(11 if len(number) == 1 else 9.5) * unit)
            pen.text((23.5 * unit, 8.5 * unit), number, fill="white", font=face, anchor="mm")

    return drawn(size, size, draw)


def dock_icon(size: int, unread: int = 0) -> Image.Image:
    """As in the Dock of macOS, where every icon has an edge of a tenth around it (Apple's grid: 824 of 1,024)."""
    inside = round(size * 824 / 1024)
    picture = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    picture.paste(icon(inside, unread), ((size - inside) // 2, (size - inside) // 2))
    return picture


_SIGNS = {"comma": ",", "plus": "+", "minus": "-"}


def show_menu_bar(root: tk.Tk, window: Window, close: Callable[[], None]) -> None:
    """Instead of the one before, in the language of now. Accelerators are only written there: the keys are bound."""
    before = root.nametowidget(root["menu"]) if root["menu"] else None
    deeds = shortcuts(window, close)
    words = {press: key.words for key in everywhere() for press in key.presses}
    bar = tk.Menu(root)

    def menu(title: str, name: str) -> tk.Menu:
        made = tk.Menu(bar, name=name, tearoff=False)
        bar.add_cascade(label=title, menu=made)
        return made

    def add(to: tk.Menu, *presses: str) -> None:
        for press in presses:
            do = partial(_if_open, window, deeds[press])
            to.add_command(label=words[press], accelerator=_accelerator(press), command=do)

    file = menu(_("File"), "file")
    add(file, f"{COMMAND}-n")
    join = partial(_if_open, window, lambda: window.go(JoinBy()))
    file.add_command(label=_("Join by code or address…"), command=join)
    file.add_separator()
    file.add_command(label=words[f"{COMMAND}-w"], accelerator=f"{COMMAND}-W", command=close)
    edit_by_shortcut = menu(_("Edit"), "edit")
    for label, meaning, key in (
        (_("Undo"), "<<Undo>>", "Z"), (_("Redo"), "<<Redo>>", "Shift-Z"), (_("Cut"), "<<Cut>>", "X"),
        (_("Copy"), "<<Copy>>", "C"), (_("Paste"), "<<Paste>>", "V"), (_("Select all"), "<<SelectAll>>", "A"),
    ):  # fmt: skip
        edit_by_shortcut.add_command(label=label, accelerator=f"{COMMAND}-{key}", command=partial(_edit, root, meaning))
    edit_by_shortcut.add_separator()
    add(edit_by_shortcut, f"{COMMAND}-f", f"{COMMAND}-Shift-F")
    view = menu(_("View"), "view")
    add(view, f"{COMMAND}-k", f"{OPTION}-Up", f"{OPTION}-Down", "F7")
    view.add_separator()
    add(view, f"{COMMAND}-plus", f"{COMMAND}-minus", f"{COMMAND}-0")
    menu(_("Window"), "window")
    menu(_("Help"), "help")
    root.configure(menu=bar)
    if before is not None:
        before.destroy()


def _if_open(window: Window, deed: Callable[[], object]) -> None:
    """As with the keys: once there is something to do in the window."""
    if window.opened:
        deed()


def _edit(root: tk.Tk, meaning: str) -> None:
    (root.focus_get() or root).event_generate(meaning)


def _accelerator(press: str) -> str:
    """As Tk reads it there, to draw it with the signs of macOS: "Command-N"."""
    *held, key = press.split("-")
    return "-".join((*held, _SIGNS.get(key, key.upper() if len(key) == 1 else key)))
