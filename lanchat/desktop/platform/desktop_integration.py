"""How the program fits into the desktop: its taskbar entry, the scale of the screen, and starting at log-in.

Tk thread. `turn_on` and `turn_off` change whether lanchat starts at log-in; they return "", or why they failed.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import tkinter as tk
from pathlib import Path

from lanchat.core.translate import _

if sys.platform == "win32":
    from lanchat.desktop.platform import windows_desktop as system
elif sys.platform == "darwin":
    from lanchat.desktop.platform import macos_desktop as system
else:
    from lanchat.desktop.platform import freedesktop_services as system

CLASS_NAME = "Lanchat"  #: for `tk.Tk(className=...)`: the WM_CLASS by which X11 desktops group windows and find icons
WINDOWS_ID = "Lanchat.Lanchat"  #: AppUserModelID of our windows, and of the shortcut that the installer makes
SMALLEST, LARGEST = 0.75, 4.0  #: scales
_STEP = 0.05  #: finer differences cannot be seen, and give fractional font sizes
_DPI = 96.0  #: of a screen at scale 1.0
_MM, _POINTS = 25.4, 72  #: per inch


def prepare_windows() -> None:
    """To be called before the first window, else Windows groups our windows with Python's, and enlarges them as
    pictures: blurred. Tried under Wine only.

    The scale is that of the primary screen, since Tk does not follow a window to a screen with another scale.
    """
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(ctypes.c_wchar_p(WINDOWS_ID))
        system_aware = ctypes.c_void_p(-2)
        try:
            ctypes.windll.user32.SetProcessDpiAwarenessContext(system_aware)
        except AttributeError:  # before Windows 10
            ctypes.windll.user32.SetProcessDPIAware()


def mark_unread(root: tk.Tk, unread: int, most: int) -> bool:
    """On macOS, write this number on the icon in the Dock. False elsewhere, and before Tk 9, which cannot do it."""
    if root.tk.call("tk", "windowingsystem") != "aqua":
        return False
    try:
        root.tk.call("wm", "iconbadge", root, str(min(unread, most)) if unread else "")
    except tk.TclError:
        return False
    return True


def request_attention(root: tk.Tk) -> None:
    """Let the taskbar mark the window until it gets the focus. Does nothing on macOS and without a window manager."""
    if sys.platform == "win32":
        from lanchat.desktop.platform.windows_desktop import flash

        flash(int(root.wm_frame(), 16))
    elif sys.platform != "darwin":
        from lanchat.desktop.platform import x11

        with contextlib.suppress(x11.NoDisplay):
            x11.demand_attention(root.winfo_id())


def set_scale(root: tk.Misc) -> float:
    """Set Tk to the scale of this screen and return it. To be called once, before the first font is made.

    1.0 is an ordinary screen, and always the answer on macOS, where the system scales: Tk counts in points, and draws
    letters and Canvas shapes with all pixels of a Retina screen. It does not do so with images: a photo image has one
    pixel a point (XPutImage in tkMacOSXImage.c), Tk 8.6 has no other kind, and `nsimage` of Tk 9 reads files only.
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
    """Set `tk scaling` to `dpi`. Tk turns a font's pixels into points by this scale, and Xft turns these into pixels by
    Xft.dpi: where the two differ, letters have the wrong size. Tk keeps its scale as the width of the screen in whole
    millimetres, which is rounded down here: rounded up, lines would become higher.
    """
    width = root.winfo_screenwidth() * _MM
    root.tk.call("tk", "scaling", width / max(1, math.floor(width / dpi)) / _POINTS)


def sensible(scale: float) -> float:
    """`scale` limited to what can be drawn, rounded to steps of _STEP."""
    return round(round(min(max(scale, SMALLEST), LARGEST) / _STEP) * _STEP, 2)


def _xft_dpi() -> float:
    """The resolution that the desktop has set; 0.0 when it has set none."""
    from lanchat.desktop.platform import x11

    try:
        return _positive(x11.dpi())
    except x11.NoDisplay:
        return 0.0


def _positive(text: str) -> float:
    """The number in `text`; 0.0 when it is no positive number."""
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) and number > 0 else 0.0


def is_on() -> bool:
    """Whether lanchat starts when this person logs in, as set here or elsewhere in the system."""
    try:
        return system.is_on()
    except OSError:
        return False


def turn_on(*arguments: str) -> str:
    """Start lanchat at each log-in, by the command by which it runs now, with these arguments."""
    try:
        system.turn_on([*_own_command(), *arguments])
    except OSError as error:
        return _("lanchat could not be set to start with the system: {reason}").format(reason=error.strerror)
    return ""


def turn_off() -> str:
    """Start lanchat at log-in no more."""
    try:
        system.turn_off()
    except OSError as error:
        return _("lanchat still starts with the system: {reason}").format(reason=error.strerror)
    return ""


def _own_command() -> list[str]:
    """The command by which lanchat runs now."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    python = Path(sys.executable)
    windowed = python.with_name("pythonw.exe")  # on Windows, without a console
    return [str(windowed if windowed.exists() else python), "-m", "lanchat"]
