"""Which key of a shortcut is pressed, whatever the layout, and what is held down beside it, as Tk tells it in an event.

A shortcut is the key with that letter on it. Where the layout has no Latin letters (Russian, Greek, Hebrew …) it is the
key at that letter's place on a US keyboard, as in other programs. Caps Lock changes nothing.
"""

from __future__ import annotations

import sys
import tkinter as tk

COMMAND = "Command" if sys.platform == "darwin" else "Control"  #: what is held down with the letter of a shortcut

_SHIFT, _CONTROL, _ALT = 0x1, 0x4, 0x20000
_ALT_OR_COMMAND = 0x8  # the first modifier: Alt on Linux, Command on macOS, but NumLock on Windows
_NAMED = {"plus", "minus", "equal", "comma", "period", "KP_Add", "KP_Subtract", "KP_0"}

_GROUP = 13  # the bits of the state from there on: which of several layouts is in use (X11's XKB protocol)
_LATIN_1 = range(0xA0, 0x100)  # of X11's keysyms
_OTHER_SCRIPTS = range(0x100, 0xFE00)
_UNICODE = 0x1000000  # and above


def _at(first: int, keys: str) -> dict[int, str]:
    return {first + place: key for place, key in enumerate(keys)}


#: By the number of a key on its system: what is written there on a US keyboard.
if sys.platform == "win32":  # virtual key codes, by which Windows itself names the keys of other scripts
    _PLACES = {**_at(48, "0123456789"), **_at(65, "abcdefghijklmnopqrstuvwxyz"), 187: "=", 188: ",", 189: "-"}
elif sys.platform == "darwin":  # kVK_ANSI_… of HIToolbox/Events.h
    _PLACES = {
        **_at(0, "asdfhgzxcv"), **_at(11, "bqweryt123465=97-80"), 31: "o", 32: "u", 34: "i", 35: "p", 37: "l", 38: "j",
        40: "k", 43: ",", 45: "n", 46: "m",
    }  # fmt: skip
else:  # key codes of X11 on evdev, the only driver since 2009: xkeyboard-config's keycodes/evdev
    _PLACES = {**_at(10, "1234567890-="), **_at(24, "qwertyuiop"), **_at(38, "asdfghjkl"), **_at(52, "zxcvbnm,")}
_PLACE_NAMES = {"=": "equal", ",": "comma", "-": "minus"}


def for_the_window(state: int) -> bool:
    """Whether Ctrl, Alt or Command is down as well: then a letter is none to write, as in Ctrl+Plus.

    On Windows Ctrl and Alt together are AltGr, and write.
    """
    if sys.platform == "win32":
        return bool(state & _CONTROL) != bool(state & _ALT)
    return bool(state & (_CONTROL | _ALT | _ALT_OR_COMMAND))


def shortcut(event: tk.Event[tk.Misc]) -> str:
    """A key with Control (on macOS Command) down, as `pages.keys` writes it: "Control-k", "Control-Shift-F"; "": no
    key that has a name there."""
    key = _key(event)
    if len(key) == 1 and key.isalpha():
        return f"{COMMAND}-Shift-{key.upper()}" if int(event.state) & _SHIFT else f"{COMMAND}-{key}"
    return f"{COMMAND}-{key}" if key else ""


def is_latin(event: tk.Event[tk.Misc]) -> bool:
    """The layout has a Latin letter on this key, so that Tk's own bindings know it."""
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
    """Of the layout now in use: it may have a slash where there is a Q in others, as the Hebrew one."""
    if sys.platform in ("win32", "darwin"):
        return False
    from lanchat.desktop.system.freedesktop import x11

    try:
        return not x11.has_latin_letters(int(event.state) >> _GROUP & 3)
    except x11.NoDisplay:
        return False
