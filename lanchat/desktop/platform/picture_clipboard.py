"""Puts a picture on the clipboard, as PNG and, on Windows, as the bitmap that its programs want. It blocks: not on the
Tk thread.

Tk cannot do it: it sends all but text as numbers. On X11 and Wayland the program that owns the clipboard has to answer
for it, so a helper that is made for that does (xclip, wl-copy). No shell is involved.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from lanchat.core.translate import _
from lanchat.desktop.platform.external_programs import find
from lanchat.storage.system_programs import environment, run

_SECONDS = 10.0
_BITMAP_HEADER = 14  # bytes of a BMP file before what Windows calls a DIB
#: A file is read as PNG by AppleScript; its path is an argument, never a part of the script.
_APPLE_SCRIPT = "on run argv\nset the clipboard to (read (POSIX file (item 1 of argv)) as «class PNGf»)\nend run"


def copy_picture(image: Image.Image) -> str:
    """Put it on the clipboard. Returns "", or why that did not work, in plain words."""
    data = encoded_picture(image, "PNG")
    if sys.platform == "win32":
        flat = image.convert("RGB")
        copied = _copy_on_windows({"PNG": data, "": encoded_picture(flat, "BMP")[_BITMAP_HEADER:]})
    elif sys.platform == "darwin":
        copied = _copy_on_macos(data)
    else:
        program = _helper()
        if not program:
            return _("Copying a picture needs xclip (on Wayland wl-copy), which is not installed here.")
        copied = _hand_over(program, data)
    return "" if copied else _("The picture could not be copied.")


def can_copy_pictures() -> bool:
    """Whether there is a way on this system."""
    return sys.platform in ("win32", "darwin") or bool(_helper())


def encoded_picture(image: Image.Image, kind: str) -> bytes:
    """As a file of this kind."""
    kept = io.BytesIO()
    image.save(kept, kind, compress_level=1) if kind == "PNG" else image.save(kept, kind)
    return kept.getvalue()


def _helper() -> list[str]:
    """The command of the one that is there."""
    if os.environ.get("WAYLAND_DISPLAY") and (program := find("wl-copy")):
        return [program, "--type", "image/png"]
    program = find("xclip")
    return [program, "-selection", "clipboard", "-t", "image/png", "-i"] if program else []


def _hand_over(argv: list[str], data: bytes) -> bool:
    """The helper stays in the background as long as the clipboard is its own: its output must lead nowhere."""
    try:
        subprocess.run(
            argv, input=data, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=_SECONDS, check=True,
            env=environment(), start_new_session=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _copy_on_macos(data: bytes) -> bool:
    with tempfile.TemporaryDirectory(prefix="lanchat-clipboard-") as folder:
        path = Path(folder, "picture.png")
        path.write_bytes(data)
        return run(["/usr/bin/osascript", "-e", _APPLE_SCRIPT, str(path)], _SECONDS) is not None


def _copy_on_windows(formats: Mapping[str, bytes]) -> bool:
    """`formats`: by the names of clipboard formats; "": a DIB.

    https://learn.microsoft.com/windows/win32/dataxchg/using-the-clipboard
    """
    if sys.platform != "win32":
        return False
    import ctypes
    from ctypes import wintypes

    user, kernel, dib, movable = ctypes.windll.user32, ctypes.windll.kernel32, 8, 2
    kernel.GlobalAlloc.restype, kernel.GlobalAlloc.argtypes = wintypes.HGLOBAL, [wintypes.UINT, ctypes.c_size_t]
    kernel.GlobalLock.restype, kernel.GlobalLock.argtypes = ctypes.c_void_p, [wintypes.HGLOBAL]
    kernel.GlobalUnlock.argtypes = kernel.GlobalFree.argtypes = [wintypes.HGLOBAL]
    user.SetClipboardData.restype, user.SetClipboardData.argtypes = wintypes.HANDLE, [wintypes.UINT, wintypes.HANDLE]
    user.OpenClipboard.argtypes = [wintypes.HWND]
    if not user.OpenClipboard(None):
        return False
    try:
        user.EmptyClipboard()
        done = False
        for name, data in formats.items():
            block = kernel.GlobalAlloc(movable, len(data))
            if not block:
                return done
            ctypes.memmove(kernel.GlobalLock(block), data, len(data))
            kernel.GlobalUnlock(block)
            if user.SetClipboardData(user.RegisterClipboardFormatW(name) if name else dib, block):
                done = True  # the block belongs to the system now
            else:
                kernel.GlobalFree(block)
        return done
    finally:
        user.CloseClipboard()
