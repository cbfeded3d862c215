"""The keyboard: modifiers and shortcuts by system and layout, their names, the keys of Text, and the Tab order.

A shortcut is the key with that letter on it. Where the layout has no Latin letters (Russian, Greek, Hebrew and others)
it is the key in that letter's place on a US keyboard, as in other programs. Caps Lock changes nothing.
"""

from __future__ import annotations

import sys
import tkinter as tk

from lanchat.core.translate import _

ON_MAC = sys.platform == "darwin"
COMMAND = "Command" if ON_MAC else "Control"  #: the modifier of shortcuts
WORD = "Option" if ON_MAC else "Control"  #: with an arrow or a deletion key: a word at a time
OPTION = "Option" if ON_MAC else "Alt"  #: on macOS no key is Tk's Alt
#: Shortcuts that close the window. On macOS, Command-Q belongs to the system, and quits.
CLOSE_SHORTCUTS = (f"{COMMAND}-w",) if ON_MAC else (f"{COMMAND}-q", f"{COMMAND}-w")
MENU_KEY = "App" if sys.platform == "win32" else "Menu"  #: Tk's name; keyboards of Macs have none

_SHIFT, _CONTROL, _ALT = 0x1, 0x4, 0x20000
_MAC_OPTION = 0x10  # the second modifier; NumLock elsewhere
_ALT_OR_COMMAND = 0x8  # the first modifier: Alt on Linux, Command on macOS, but NumLock on Windows
_NAMED = {"plus", "minus", "equal", "comma", "period", "KP_Add", "KP_Subtract", "KP_0"}

_GROUP = 13  # the bits of the state from this one on: the layout in use (XKB protocol of X11)
_LATIN_1 = range(0xA0, 0x100)  # of X11's keysyms
_OTHER_SCRIPTS = range(0x100, 0xFE00)
_UNICODE = 0x1000000  # and above


def _at(first: int, keys: str) -> dict[int, str]:
    return {first + place: key for place, key in enumerate(keys)}


#: What a US keyboard has on the key with this number.
if sys.platform == "win32":  # virtual key codes, which Windows keeps in layouts of other scripts
    _PLACES = {**_at(48, "0123456789"), **_at(65, "abcdefghijklmnopqrstuvwxyz"), 187: "=", 188: ",", 189: "-"}
elif sys.platform == "darwin":  # kVK_ANSI_… of HIToolbox/Events.h
    _PLACES = {
        **_at(0, "asdfhgzxcv"), **_at(11, "bqweryt123465=97-80"), 31: "o", 32: "u", 34: "i", 35: "p", 37: "l", 38: "j",
        40: "k", 43: ",", 45: "n", 46: "m",
    }  # fmt: skip
else:  # key codes of X11 on evdev, the only driver since 2009: xkeyboard-config's keycodes/evdev
    _PLACES = {**_at(10, "1234567890-="), **_at(24, "qwertyuiop"), **_at(38, "asdfghjkl"), **_at(52, "zxcvbnm,")}
_PLACE_NAMES = {"=": "equal", ",": "comma", "-": "minus"}
_MINUS = "\N{MINUS SIGN}"


def has_modifier(state: int, writes: bool = True) -> bool:
    """Whether Ctrl, Alt or Command is held, so that the key writes no character, as in Ctrl+Plus.

    On Windows, Ctrl with Alt is AltGr, which writes; on macOS Option writes too, unless this key `writes` nothing.
    """
    if sys.platform == "darwin" and not writes and state & _MAC_OPTION:
        return True
    if sys.platform == "win32":
        return bool(state & _CONTROL) != bool(state & _ALT)
    return bool(state & (_CONTROL | _ALT | _ALT_OR_COMMAND))


def pressed_shortcut(event: tk.Event[tk.Misc]) -> str:
    """The shortcut of a key event with Control (on macOS Command) held, as `pages.help_pages` writes it: "Control-k",
    "Control-Shift-F"; "" for a key without a name there."""
    key = _key(event)
    if len(key) == 1 and key.isalpha():
        return f"{COMMAND}-Shift-{key.upper()}" if int(event.state) & _SHIFT else f"{COMMAND}-{key}"
    return f"{COMMAND}-{key}" if key else ""


def key_caps(press: str) -> tuple[str, ...]:
    """The labels of the keys of a shortcut: "Control-k" is Ctrl, K."""
    return tuple(_cap(name) for name in press.split("-"))


def shortcut_words(press: str) -> str:
    """A shortcut as people read it: Ctrl+K, on macOS ⌘K."""
    return ("" if ON_MAC else "+").join(key_caps(press))


def _cap(name: str) -> str:
    names = {
        "Control": "⌃" if ON_MAC else _("Ctrl"), "Command": "⌘", "Shift": "⇧" if ON_MAC else _("Shift"),
        "Alt": _("Alt"), "Option": "⌥", "Return": _("Enter"), "Escape": _("Esc"), "space": _("Space"),
        "KP_Enter": _("Enter"), "Home": _("Home"), "End": _("End"), "Prior": _("Page Up"), "Next": _("Page Down"),
        MENU_KEY: _("Menu"), "Up": "↑", "Down": "↓", "comma": ",", "plus": "+", "equal": "+", "KP_Add": "+",
        "minus": _MINUS, "KP_Subtract": _MINUS, "KP_0": "0",
    }  # fmt: skip
    return names.get(name) or name.upper()


def is_latin(event: tk.Event[tk.Misc]) -> bool:
    """Whether the layout has a Latin letter on this key, so that Tk's own bindings match it."""
    return len(event.keysym) == 1 and event.keysym.isascii()


def _key(event: tk.Event[tk.Misc]) -> str:
    place = _PLACES.get(event.keycode >> 24 & 0xFF if sys.platform == "darwin" else event.keycode, "")
    if sys.platform == "win32" and place:
        return _PLACE_NAMES.get(place, place)
    if is_latin(event) and event.keysym.isalnum():
        return event.keysym.lower()
    if event.keysym in _NAMED and not place.isalpha():
        return event.keysym
    number = int(event.keysym_num)
    if number in _OTHER_SCRIPTS or number >= _UNICODE or (place and _without_latin_letters(event)):
        return _PLACE_NAMES.get(place, place)
    if event.keysym in _NAMED:
        return event.keysym
    return place if number in _LATIN_1 and place.isdigit() else ""  # as on a French keyboard, where 0 needs Shift


def _without_latin_letters(event: tk.Event[tk.Misc]) -> bool:
    """Whether the layout in use has none. The Hebrew one has a slash where others have Q."""
    if sys.platform in ("win32", "darwin"):
        return False
    from lanchat.desktop.platform import x11

    try:
        return not x11.has_latin_letters(int(event.state) >> _GROUP & 3)
    except x11.NoDisplay:
        return False


#: Emacs keys that Tk binds on Linux and Windows; the window uses some of them for shortcuts.
_OLD_KEYS = ("<Control-d>", "<Control-h>", "<Control-i>", "<Control-k>", "<Control-o>", "<Control-t>")
_OLD_MEANINGS = {
    "<<LineStart>>": "a", "<<LineEnd>>": "e", "<<NextChar>>": "f", "<<PrevChar>>": "b", "<<NextLine>>": "n",
    "<<PrevLine>>": "p", "<<SelectLineStart>>": "A", "<<SelectLineEnd>>": "E", "<<SelectNextChar>>": "F",
    "<<SelectPrevChar>>": "B", "<<SelectNextLine>>": "N", "<<SelectPrevLine>>": "P",
}  # fmt: skip


#: Shortcuts that edit a text, the same on every system.
_EDITING = {
    "a": "<<SelectAll>>", "c": "<<Copy>>", "v": "<<Paste>>", "x": "<<Cut>>", "y": "<<Redo>>", "z": "<<Undo>>",
    "Shift-Z": "<<Redo>>",
}  # fmt: skip


def edit_by_shortcut(text: tk.Text, pressed: str) -> None:
    """Do to a text what this shortcut does, if anything."""
    if meaning := _EDITING.get(pressed.removeprefix(f"{COMMAND}-")):
        text.event_generate(meaning)


def set_text_keys(root: tk.Misc) -> None:
    """Make the keys of every Text of the program those of its system. Calling it again changes nothing."""
    # Without the newline that Tk keeps at the end: it would stay selected when the text is deleted.
    root.tk.call("bind", "Text", "<<SelectAll>>", "%W tag add sel 1.0 end-1c")
    if ON_MAC:
        for shift in ("", "Shift-"):  # Tk has the other keys of macOS
            for key, other in (("Up", "Home"), ("Down", "End")):
                there = root.tk.call("bind", "Text", f"<Control-{shift}{other}>")
                root.tk.call("bind", "Text", f"<Command-{shift}{key}>", there)
        return  # there, the others belong to the system
    if sys.platform == "win32":  # to Tk there, "twelve?" is one word; in other programs on Windows it ends before the ?
        root.tk.eval(r"set tcl_wordchars {\w}; set tcl_nonwordchars {\W}")
    for key in _OLD_KEYS:
        root.unbind_class("Text", key)
    for meaning, key in _OLD_MEANINGS.items():
        other = key.swapcase()
        root.event_delete(meaning, f"<Control-{key}>", f"<Control-Lock-{other}>")
    root.event_delete("<<Paste>>", "<Control-y>", "<Control-Lock-Y>")
    root.event_delete("<<Cut>>", "<Control-w>", "<Control-Lock-W>")
    root.event_add("<<SelectAll>>", "<Control-a>", "<Control-Lock-A>")
    root.event_add("<<Redo>>", "<Control-y>", "<Control-Lock-Y>", "<Control-Z>", "<Control-Lock-z>")


def tab_order(*widgets: tk.Misc) -> None:
    """Set the order in which Tab visits `widgets`, children of one parent that do not overlap.

    Tk goes by the stacking order, in which a widget that was made first is at the back, wherever it was packed.
    """
    for widget in widgets:
        widget.tk.call("raise", widget)
