"""How large things are on this screen, as the person set it in their system. Tk thread."""

from __future__ import annotations

import os
import sys
import tkinter as tk

SMALLEST, LARGEST = 0.75, 4.0
_STEP = 0.05  #: finer differences nobody sees, and they make odd font sizes
_DPI = 96.0  #: of a screen at 1.0


def prepare() -> None:
    """Before the first window: tell Windows not to enlarge our picture, which blurs it. Not yet tried there.

    Of the primary screen, since Tk does not follow a window to a screen with another scale.
    """
    if sys.platform == "win32":
        import ctypes

        system_aware = ctypes.c_void_p(-2)
        try:
            ctypes.windll.user32.SetProcessDpiAwarenessContext(system_aware)
        except AttributeError:  # before Windows 10
            ctypes.windll.user32.SetProcessDPIAware()


def screen_scale(root: tk.Misc) -> float:
    """1.0: an ordinary screen. On macOS always, for there the system itself scales."""
    if sys.platform == "win32":
        return sensible(root.winfo_fpixels("1i") / _DPI)
    if sys.platform == "darwin":
        return 1.0
    return sensible(_desktop_scale())


def sensible(scale: float) -> float:
    """Within what can be drawn, in steps."""
    return min(max(round(round(scale / _STEP) * _STEP, 2), SMALLEST), LARGEST)


def _desktop_scale() -> float:
    from lanchat.desktop.system.freedesktop import x11

    try:
        dpi = x11.dpi()
    except x11.NoDisplay:
        dpi = None
    if dpi:
        return dpi / _DPI
    try:
        return float(os.environ.get("GDK_SCALE") or 1)
    except ValueError:
        return 1.0
