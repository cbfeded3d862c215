"""What belongs to the window as a whole: keyboard shortcuts, title and icon, and the macOS menu bar. Tk thread.

`pages.help_pages` documents the shortcuts for the person; a test compares the two.
"""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from PIL import Image, ImageDraw, ImageFont, ImageTk

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.model.state import State
from lanchat.desktop.platform import desktop_integration
from lanchat.desktop.theme.palette import LIGHT
from lanchat.desktop.theme.picture_cache import drawn
from lanchat.desktop.view_context import AllKeys, Bookmarks, FilesOf, InRoom, JoinBy, SearchAll, SettingsAt, StartRoom
from lanchat.desktop.widgets import keyboard
from lanchat.desktop.widgets.keyboard import COMMAND, OPTION
from lanchat.desktop.widgets.tk_events import DelayedCalls, focused_widget
from lanchat.desktop.window import Window
from lanchat.storage.settings import Preferences

if TYPE_CHECKING:
    from lanchat.desktop.composer.composer import Composer

_ZOOM_STEP = 0.1
_ON_MAC = sys.platform == "darwin"
#: On macOS the icon is the Dock's, up to 128 points large with two pixels each, and Tk takes the first picture only.
_ICON_SIZES = (256,) if _ON_MAC else (64, 32, 16)
_UNREAD_MOST = 99  # shown on the icon
_ICON_MS = 300  # the window is drawn first, and of many changes only the last: an icon takes milliseconds
_ACCELERATORS = {"comma": ",", "plus": "+", "minus": "-"}

_Action: TypeAlias = Callable[[], object]


# --- keyboard shortcuts ----------------------------------------------------------------------------------------------
def bind_keys(root: tk.Tk, window: Window, close: Callable[[], None]) -> None:
    """Bind the shortcuts wherever the focus is."""
    actions = shortcuts(window, close)

    def act(action: _Action, event: tk.Event[tk.Misc]) -> str | None:
        if not isinstance(event.widget, tk.Misc):  # a name: of a widget of Tk's own dialogs, which have keys of theirs
            return None
        action()
        return "break"

    def pressed(event: tk.Event[tk.Misc]) -> str | None:
        name = keyboard.pressed_shortcut(event)
        if name in actions:
            return act(actions[name], event)
        if not keyboard.is_latin(event) and isinstance(event.widget, tk.Text):
            keyboard.edit_by_shortcut(event.widget, name)  # Tk binds the editing keys for Latin layouts only
        return None

    root.bind_all(f"<{COMMAND}-Key>", pressed)
    for virtual_event in root.event_info():  # on macOS, Option with an arrow goes to another paragraph, too
        root.event_delete(virtual_event, *(f"<{name}>" for name in actions))
    for name, action in actions.items():
        root.unbind_class("Text", f"<{name}>")  # Tk binds Emacs keys: Control-k deletes to the end of the line
        if not name.startswith(COMMAND):
            root.bind_all(f"<{name}>", partial(act, action))
    root.bind("<Key>", lambda event: _type_into_composer(window, event), add="+")
    root.bind("<<Paste>>", lambda event: _paste_into_composer(window, event), add="+")


def shortcuts(window: Window, close: Callable[[], None]) -> dict[str, _Action]:
    """What each key does once the window has opened, by its Tk name as in `pages.help_pages`."""
    actions: dict[str, _Action] = {}

    def keys(action: _Action, *names: str) -> None:
        actions.update(dict.fromkeys(names, partial(_if_open, window, action)))

    keys(lambda: _open_switcher(window), f"{COMMAND}-k")
    keys(lambda: _find(window), f"{COMMAND}-f")
    keys(lambda: window.go(SearchAll()), f"{COMMAND}-Shift-F")
    keys(lambda: window.go(Bookmarks()), f"{COMMAND}-Shift-B")
    keys(lambda: _show_files(window), f"{COMMAND}-Shift-O")
    keys(lambda: window.go(StartRoom()), f"{COMMAND}-n")
    keys(lambda: window.go(SettingsAt()), f"{COMMAND}-comma")
    keys(lambda: window.go(AllKeys()), "F1")
    keys(lambda: window.zoom(_ZOOM_STEP), f"{COMMAND}-plus", f"{COMMAND}-equal", f"{COMMAND}-KP_Add")
    keys(lambda: window.zoom(-_ZOOM_STEP), f"{COMMAND}-minus", f"{COMMAND}-KP_Subtract")
    keys(lambda: window.zoom(0), f"{COMMAND}-0", f"{COMMAND}-KP_0")
    keys(lambda: window.next_room(1), f"{OPTION}-Down")
    keys(lambda: window.next_room(-1), f"{OPTION}-Up")
    keys(lambda: _to_mention(window, 1), f"{OPTION}-Shift-Down")
    keys(lambda: _to_mention(window, -1), f"{OPTION}-Shift-Up")
    keys(lambda: _next_pane(window, 1), "F6")
    keys(lambda: _next_pane(window, -1), "Shift-F6")
    keys(window.toggle_people, "F7")
    keys(close, *keyboard.CLOSE_SHORTCUTS)
    keys(lambda: _escape(window), "Escape")
    return actions


def _if_open(window: Window, action: _Action) -> None:
    if window.opened:
        action()


def _open_switcher(window: Window) -> None:
    from lanchat.desktop.sidebar.quick_switcher import Switcher  # not needed at the start

    Switcher(window)


def _find(window: Window) -> None:
    view = window.conversation
    if view is not None:
        view.find()
    else:
        window.go(SearchAll())


def _show_files(window: Window) -> None:
    """Those of the room in the main pane; or, from there, the conversation again."""
    if window.room_id is not None:
        window.go(FilesOf(window.room_id))
    elif isinstance(window.place, FilesOf):
        window.go(InRoom(window.place.room_id))


def _to_mention(window: Window, step: int) -> None:
    view = window.conversation
    if view is not None:
        view.timeline.to_mention(step)


def _next_pane(window: Window, step: int) -> None:
    if window.panes is not None:
        window.panes.next_pane(step)


def _escape(window: Window) -> None:
    """Close what was opened last: in a room the find bar, an answer or an edit, a profile, people over the main pane;
    else the page."""
    view, panes = window.conversation, window.panes
    if view is not None:
        if not (view.close_find() or view.composer.give_up() or (panes is not None and panes.leave_people())):
            view.focus_first()
    elif not isinstance(window.place, InRoom):
        window.back()


def _type_into_composer(window: Window, event: tk.Event[tk.Misc]) -> None:
    """A letter typed while a list or the timeline has the focus goes into the composer, which is focused."""
    if keyboard.has_modifier(int(event.state)) or not event.char or not event.char.isprintable() or event.char == " ":
        return
    if (composer := _composer_for(window, event)) is not None:
        composer.type(event.char)


def _paste_into_composer(window: Window, event: tk.Event[tk.Misc]) -> None:
    """So does what is pasted there: text, files or a picture."""
    if (composer := _composer_for(window, event)) is not None:
        composer.focus_set()
        composer.editor.event_generate("<<Paste>>")


def _composer_for(window: Window, event: tk.Event[tk.Misc]) -> Composer | None:
    """Where what the person writes goes; None: the focus is in another field, or there is no conversation."""
    view = window.conversation
    if view is None:
        return None
    in_timeline = str(event.widget).startswith(str(view.timeline))
    return None if event.widget.winfo_class() == "Text" and not in_timeline else view.composer


# --- title and icon --------------------------------------------------------------------------------------------------
class TitleBar:
    """Title and icon tell how much is unread, also while the window is hidden."""

    def __init__(self, root: tk.Tk) -> None:
        self._root = root
        self._unread = 0
        self._drawn = -1  # the number that the icon shows
        self._later = DelayedCalls(root)
        self._images: list[ImageTk.PhotoImage] = []  # Tk shows an image only while Python refers to it
        root.title("lanchat")
        self._schedule()

    def show(self, state: State, preferences: Preferences, room_id: RoomId | None) -> None:
        """`room_id`: of the room in the main pane."""
        title = state.title(preferences, room_id)
        if title != self._root.title():
            self._root.title(title)
        self._unread = min(state.total_unread(preferences), _UNREAD_MOST + 1)
        self._schedule()

    def _schedule(self) -> None:
        if self._unread != self._drawn:
            self._later.do("draw icon", self._draw_icon, _ICON_MS)

    def _draw_icon(self) -> None:
        self._drawn = self._unread
        by_system = desktop_integration.mark_unread(self._root, self._unread, _UNREAD_MOST)
        if by_system and self._images:
            return
        number = 0 if by_system else self._unread
        pictures = [dock_icon(size, number) if _ON_MAC else icon(size, number) for size in _ICON_SIZES]
        self._images = [ImageTk.PhotoImage(picture, master=self._root) for picture in pictures]
        self._root.iconphoto(True, *self._images)  # type: ignore[arg-type]


def icon(size: int, unread: int = 0) -> Image.Image:
    """lanchat's icon, `size` pixels square: a speech bubble, with the number of unread messages if there are any."""

    def draw(pen: ImageDraw.ImageDraw, finer: float) -> None:
        unit = size * finer / 32
        pen.rounded_rectangle((0, 0, 32 * unit - 1, 32 * unit - 1), 7 * unit, fill=LIGHT.accent)
        pen.rounded_rectangle((6 * unit, 7 * unit, 26 * unit, 21 * unit), 4.5 * unit, fill="white")
        pen.polygon([(11 * unit, 20 * unit), (11 * unit, 26.5 * unit), (17.5 * unit, 20 * unit)], fill="white")
        for x in (11.5, 16, 20.5):
            pen.ellipse(((x - 1.5) * unit, 12.5 * unit, (x + 1.5) * unit, 15.5 * unit), fill=LIGHT.accent)
        if unread:
            pen.ellipse((15 * unit, 0, 32 * unit - 1, 17 * unit), fill=LIGHT.alert)
            number = str(unread) if unread <= _UNREAD_MOST else "…"
            face = ImageFont.load_default(size=(11 if len(number) == 1 else 9.5) * unit)
            pen.text((23.5 * unit, 8.5 * unit), number, fill="white", font=face, anchor="mm")

    return drawn(size, size, draw)


def dock_icon(size: int, unread: int = 0) -> Image.Image:
    """As in the Dock of macOS, where every icon has an edge of a tenth around it (Apple's grid: 824 of 1,024)."""
    inside = round(size * 824 / 1024)
    picture = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    picture.paste(icon(inside, unread), ((size - inside) // 2, (size - inside) // 2))
    return picture


# --- the macOS menu bar; not yet tried on macOS ----------------------------------------------------------------------
# Without one of ours Tk shows its own, which can run any Tcl script. Tk adds the application menu (About, Settings,
# Hide, Quit), and to the menus named `window` and `help` the items macOS has there (Minimize: Command-M).
# https://www.tcl-lang.org/man/tcl8.6/TkCmd/menu.html#M28
def show_menu_bar(root: tk.Tk, window: Window, close: Callable[[], None]) -> None:
    """Replace the menu bar by one in the current language. Accelerators are only shown: `bind_keys` binds them."""
    before = root.nametowidget(root["menu"]) if root["menu"] else None
    actions = shortcuts(window, close)
    from lanchat.desktop.pages.help_pages import everywhere  # only macOS has a menu bar

    words = {press: key.words for key in everywhere() for press in key.presses}
    bar = tk.Menu(root)

    def menu(title: str, name: str) -> tk.Menu:
        made = tk.Menu(bar, name=name, tearoff=False)
        bar.add_cascade(label=title, menu=made)
        return made

    def add(to: tk.Menu, *presses: str) -> None:
        for press in presses:
            to.add_command(label=words[press], accelerator=_accelerator(press), command=actions[press])

    join = partial(_if_open, window, lambda: window.go(JoinBy()))
    file = menu(_("File"), "file")
    add(file, f"{COMMAND}-n")
    file.add_command(label=_("Join by code or address…"), command=join)
    file.add_separator()
    file.add_command(label=words[f"{COMMAND}-w"], accelerator=f"{COMMAND}-W", command=close)
    edit_menu = menu(_("Edit"), "edit")
    _add_editing(edit_menu, root)
    edit_menu.add_separator()
    add(edit_menu, f"{COMMAND}-f", f"{COMMAND}-Shift-F")
    view = menu(_("View"), "view")
    add(view, f"{COMMAND}-k", f"{OPTION}-Up", f"{OPTION}-Down", "F7", f"{COMMAND}-Shift-O")
    view.add_separator()
    add(view, f"{COMMAND}-plus", f"{COMMAND}-minus", f"{COMMAND}-0")
    menu(_("Window"), "window")
    menu(_("Help"), "help")
    root.configure(menu=bar)
    if before is not None:
        before.destroy()


def _add_editing(menu: tk.Menu, root: tk.Tk) -> None:
    """Undo, cut, paste and so on, as virtual events for the focused widget."""

    def generate(virtual_event: str) -> None:
        (focused_widget(root) or root).event_generate(virtual_event)

    for label, virtual_event, key in (
        (_("Undo"), "<<Undo>>", "Z"), (_("Redo"), "<<Redo>>", "Shift-Z"), (_("Cut"), "<<Cut>>", "X"),
        (_("Copy"), "<<Copy>>", "C"), (_("Paste"), "<<Paste>>", "V"), (_("Select all"), "<<SelectAll>>", "A"),
    ):  # fmt: skip
        menu.add_command(label=label, accelerator=f"{COMMAND}-{key}", command=partial(generate, virtual_event))


def _accelerator(press: str) -> str:
    """In Tk's notation for macOS, which draws "Command-N" with the symbols of macOS."""
    *held, key = press.split("-")
    return "-".join((*held, _ACCELERATORS.get(key, key.upper() if len(key) == 1 else key)))
