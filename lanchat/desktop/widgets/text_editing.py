"""What every field shares in which somebody writes: intercepting edits, and the clipboard.

Keys, pasting and input methods change a tk.Text by its own commands "insert", "delete" and "replace".
`intercept_edits` puts a function in front of them. X11 has two clipboards: CLIPBOARD, for cut, copy and paste, and
PRIMARY, what is selected, which the middle mouse button pastes. Tk thread.
"""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable

from lanchat.core.translate import _
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.overlays import Toasts

#: Replaces the Tcl command of the Text. An index given in pixels, as arrow keys and the mouse give it, may lie between
#: the bytes of one character (seen in Tk 8.6, which then breaks the character); as line and column it cannot.
_INTERCEPTOR = """
    switch -glob -- $args {
        {insert *} - {delete *} - {replace *} {return [%(edit)s {*}$args]}
        {mark set *} - {tag add *} {
            set places [lmap place [lrange $args 3 end] {%(real)s index $place}]
            return [uplevel 1 [list %(real)s {*}[lrange $args 0 2] {*}$places]]
        }
    }
    return [uplevel 1 [list %(real)s {*}$args]]
"""


def intercept_edits(text: tk.Text, edit: Callable[..., str]) -> str:
    """Call `edit` with the arguments of each "insert", "delete" and "replace"; other subcommands work as before.

    Returns the name of the command that changes the Text, for `text.tk.call`.
    """
    path = str(text)
    real = f"{path}.real"
    command = text.register(edit)
    text.tk.call("rename", path, real)
    text.tk.call("proc", path, "args", _INTERCEPTOR % {"edit": command, "real": real})
    text.bind("<Destroy>", lambda event: text.tk.call("rename", path, ""), add="+")
    return real


_TEXTS = {"UTF8_STRING", "STRING", "TEXT", "COMPOUND_TEXT", "text/plain", "text/plain;charset=utf-8"}


def copy_text(widget: tk.Misc, text: str) -> None:
    """Put text on the clipboard; "" leaves it as it is."""
    if text:
        widget.clipboard_clear()
        widget.clipboard_append(text)


def text_to_paste(field: tk.Misc, theme: Theme, selection: str = "CLIPBOARD") -> str:
    """The text in that clipboard. Where there is none: "", and a toast says why."""
    try:
        return _text(field, selection)
    except tk.TclError as error:
        if selection == "PRIMARY" and "exist" in str(error):
            return ""  # no program has a selection
        words = _why_not(str(error))
    except _NotText:
        words = _("What was copied is not text, and only text can be pasted here.")
    Toasts.over(field.winfo_toplevel(), theme).say(words)
    return ""


def bind_middle_click(field: tk.Text, theme: Theme, paste: Callable[[str], object]) -> None:
    """On a click with the middle button, put the caret there and call `paste` with what is selected in any program."""

    def clicked(event: tk.Event[tk.Misc]) -> str:
        moved = str(field.tk.eval("expr {[info exists ::tk::Priv(mouseMoved)] && $::tk::Priv(mouseMoved)}"))
        if moved == "1":
            return "break"  # the button was used for scrolling
        field.focus_set()
        if text := text_to_paste(field, theme, "PRIMARY"):
            field.tag_remove("sel", "1.0", "end")
            field.mark_set("insert", f"@{event.x},{event.y}")
            paste(text)
        return "break"

    field.bind("<<PasteSelection>>", clicked)


def offer_selected(text: tk.Text, selected: Callable[[], str]) -> None:
    """On X11, offer what is selected to other programs, for the middle button. `selected` gives that text.

    Tk's own option, `exportselection`, drops the selection when another program has one, and loses emoji.
    """
    if text.tk.call("tk", "windowingsystem") != "x11":
        return

    def given(offset: str, length: str) -> str:
        return selected()[int(offset) : int(offset) + int(length)]

    def changed(_event: tk.Event[tk.Misc]) -> None:
        owner = str(text.tk.call("selection", "own", "-selection", "PRIMARY"))
        if text.tag_ranges("sel") and owner != str(text):
            text.tk.call("selection", "own", "-selection", "PRIMARY", str(text))

    text.tk.call("selection", "handle", "-selection", "PRIMARY", str(text), text.register(given))
    text.bind("<<Selection>>", changed, add="+")


class _NotText(Exception):
    """The clipboard holds something other than text."""


def _text(field: tk.Misc, selection: str) -> str:
    if field.tk.call("tk", "windowingsystem") != "x11":
        return _from_windows() or str(field.clipboard_get())
    try:
        kinds = set(_got(field, selection, "TARGETS").split())
    except tk.TclError:
        kinds = set()  # nothing is there, or its owner does not tell
    if kinds and not kinds & _TEXTS:
        raise _NotText  # some owners give their data all the same, and Tk makes numbers of it
    try:
        return _got(field, selection, "UTF8_STRING")
    except tk.TclError as error:
        if "exist" not in str(error):
            raise
        return _got(field, selection, "STRING")


def _from_windows() -> str:
    """The text in the clipboard of Windows; "" on other systems and where it is no text.

    Asked directly: Tk gives what this program itself copied in pieces of 4,000 bytes, and breaks a character between
    two of them.
    """
    if sys.platform != "win32":
        return ""
    import ctypes
    from ctypes import wintypes

    user, kernel, unicode_text = ctypes.WinDLL("user32"), ctypes.WinDLL("kernel32"), 13
    user.GetClipboardData.restype, kernel.GlobalLock.restype = wintypes.HANDLE, ctypes.c_void_p
    kernel.GlobalLock.argtypes = kernel.GlobalUnlock.argtypes = [wintypes.HGLOBAL]
    if not user.OpenClipboard(None):  # another program has it open
        return ""
    try:
        memory = user.GetClipboardData(unicode_text)
        place = kernel.GlobalLock(memory) if memory else None
        if not place:
            return ""
        try:
            return ctypes.wstring_at(place).replace("\r\n", "\n")
        finally:
            kernel.GlobalUnlock(memory)
    finally:
        user.CloseClipboard()


def _got(field: tk.Misc, selection: str, kind: str) -> str:
    return str(field.tk.call("selection", "get", "-selection", selection, "-type", kind))


def _why_not(error: str) -> str:
    """Tk's error in words. Tk 8.6 takes no more than 400,000 bytes at once (MAX_PROP_WORDS)."""
    if "too large" in error:
        return _("What was copied is too long to be pasted here.")
    if "respond" in error:
        return _("The program that has what was copied does not answer.")
    return _("There is no text to paste.")
