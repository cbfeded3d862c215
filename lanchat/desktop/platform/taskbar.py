"""Who this program is for the taskbar, and asking there for a look. Tk thread.

How large things are on this screen, as the person set it in their system. Tk thread.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import tkinter as tk

CLASS_NAME = "Lanchat"  #: `tk.Tk(className=...)`: on X11 what windows are grouped and given icons by

WINDOWS_ID = "Lanchat.Lanchat"  #: AppUserModelID: that of our windows and of the shortcut that the installer makes


def claim_taskbar_identity() -> None:
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
        from lanchat.desktop.platform.windows_desktop import flash

        flash(int(root.wm_frame(), 16))
    elif sys.platform != "darwin":
        from lanchat.desktop.platform import x11

        with contextlib.suppress(x11.NoDisplay):
            x11.demand_attention(root.winfo_id())


SMALLEST, LARGEST = 0.75, 4.0
_STEP = 0.05  #: finer differences nobody sees, and they make odd font sizes
_DPI = 96.0  #: of a screen at 1.0
_MM, _POINTS = 25.4, 72  #: of an inch


def prepare_scale() -> None:
    """Before the first window: tell Windows not to enlarge our picture, which blurs it. Tried under Wine only.

    Of the primary screen, since Tk does not follow a window to a screen with another scale.
    """
    if sys.platform == "win32":
        import ctypes

        system_aware = ctypes.c_void_p(-2)
        try:
            ctypes.windll.user32.SetProcessDpiAwarenessContext(system_aware)
        except AttributeError:  # before Windows 10
            ctypes.windll.user32.SetProcessDPIAware()


def set_scale(root: tk.Misc) -> float:
    """Tk draws to the scale of this screen from now on, which is given. Before the first font is made, and once.

    1.0: an ordinary screen. On macOS always, for there the system itself scales: Tk counts in points, and draws letters
    and the shapes of a Canvas with all pixels of a Retina screen. Pictures it does not: a photo has one pixel a point
    (XPutImage in tkMacOSXImage.c), in 8.6 there is no other kind, and Tk 9's `nsimage` takes pictures from files only.
    """
    if sys.platform == "win32":
        return sensible(root.winfo_fpixels("1i") / _DPI)
    if sys.platform == "darwin":
        return 1.0
    dpi = _xft_dpi()
    if dpi:
        _set_points(root, dpi)
    return sensible(dpi / _DPI or _positive(os.environ.get("GDK_SCALE", "")) or 1.0)


def _set_points(root: tk.Misc, dpi: float) -> None:
    """A font's pixels become points by Tk's own scale, and pixels again by Xft.dpi: where the two differ, letters grow
    or shrink. Tk keeps its scale as the width of the screen in whole millimetres; rounded up, lines would grow."""
    width = root.winfo_screenwidth() * _MM
    root.tk.call("tk", "scaling", width / max(1, math.floor(width / dpi)) / _POINTS)


def sensible(scale: float) -> float:
    """Within what can be drawn, in steps."""
    return round(round(min(max(scale, SMALLEST), LARGEST) / _STEP) * _STEP, 2)


def _xft_dpi() -> float:
    """What the person's desktop has set; 0.0: nothing."""
    from lanchat.desktop.platform import x11

    try:
        return _positive(x11.dpi())
    except x11.NoDisplay:
        return 0.0


def _positive(text: str) -> float:
    """0.0: it says nothing that makes sense."""
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) and number > 0 else 0.0
