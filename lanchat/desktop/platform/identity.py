"""Who this program is for the taskbar, and asking there for a look. Tk thread."""

from __future__ import annotations

import contextlib
import sys
import tkinter as tk

CLASS_NAME = "Lanchat"  #: `tk.Tk(className=...)`: on X11 what windows are grouped and given icons by

WINDOWS_ID = "Lanchat.Lanchat"  #: AppUserModelID: that of our windows and of the shortcut that the installer makes


def prepare() -> None:
    """Before the first window: on Windows, our windows are ours and not Python's. Tried under Wine only."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(ctypes.c_wchar_p(WINDOWS_ID))


def mark_unread(root: tk.Tk, unread: int, most: int) -> bool:
    """Let macOS write this number on the icon in its Dock. False: it does not, or Tk (before 9) cannot ask for it."""
    if root.tk.call("tk", "windowingsystem") != "aqua":
        return False
    try:
        root.tk.call("wm", "iconbadge", root, str(min(unread, most)) if unread else "")
    except tk.TclError:
        return False
    return True


def ask_for_a_look(root: tk.Tk) -> None:
    """Let the taskbar mark the window until it is looked at. Where nothing does that (macOS, some X11): nothing."""
    if sys.platform == "win32":
        from lanchat.desktop.platform.windows.taskbar import flash

        flash(int(root.wm_frame(), 16))
    elif sys.platform != "darwin":
        from lanchat.desktop.platform.freedesktop import x11

        with contextlib.suppress(x11.NoDisplay):
            x11.demand_attention(root.winfo_id())
