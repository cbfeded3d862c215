"""Files or a picture that another program has copied, for pasting. `kind_copied` on the Tk thread, the rest on another.

X11: file managers offer text/uri-list, and names of their own with it; pictures come as image/png. Where a program
offers text and a picture of it (spreadsheets), the text is pasted.
"""

from __future__ import annotations

import io
import sys
import tkinter as tk
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct
from PIL import Image

from lanchat.desktop.platform.desktop_portal import paths_of
from lanchat.storage.system_programs import run

CopiedKind: TypeAlias = Literal["files", "picture", "perhaps", ""]

_FILE_LISTS = ("x-special/gnome-copied-files", "text/uri-list")
_PICTURES = ("image/png", "image/jpeg", "image/bmp")
_TEXTS = {"UTF8_STRING", "STRING", "text/plain", "text/plain;charset=utf-8"}
_PIXELS_MOST = 120_000_000
_ASK_SECONDS = 3.0
#: https://developer.apple.com/library/archive/documentation/AppleScript/Conceptual/AppleScriptLangGuide/
_FILES_ON_MAC = """
    set found to ""
    repeat with one in (the clipboard as list)
        try
            set found to found & POSIX path of (one as «class furl») & linefeed
        end try
    end repeat
    return found
"""


def kind_copied(widget: tk.Misc) -> CopiedKind:
    """What kind of thing is in the clipboard, if it is for attaching; "perhaps": only `take` can tell. Tk thread."""
    if widget.tk.call("tk", "windowingsystem") != "x11":
        return "" if sys.platform == "win32" and _has_text(widget) else "perhaps"  # Finder copies names, too
    try:
        told = str(widget.tk.call("selection", "get", "-selection", "CLIPBOARD", "-type", "TARGETS"))
    except tk.TclError:
        return ""
    kinds = set(told.split())
    if not kinds.isdisjoint(_FILE_LISTS):
        return "files"  # or links of a browser: `take` finds none then
    return "picture" if kinds.isdisjoint(_TEXTS) and not kinds.isdisjoint(_PICTURES) else ""


def _has_text(widget: tk.Misc) -> bool:
    try:
        return bool(widget.clipboard_get())
    except tk.TclError:
        return False


class CopiedPicture(Struct, frozen=True):
    """A picture that was only in the clipboard, as it came or as a PNG."""

    data: bytes
    ending: str  #: of a file with it, such as .png


def take(kind: CopiedKind) -> Sequence[str] | CopiedPicture | None:
    """The paths of the copied files, or the picture; None: there is neither. Not on the Tk thread."""
    if sys.platform in ("win32", "darwin"):
        return _from_system()
    from lanchat.desktop.platform import x11_clipboard

    try:
        if kind == "files":
            return next((paths for name in _FILE_LISTS if (paths := _listed(x11_clipboard.copied(name)))), None)
        return next((found for name in _PICTURES if (found := _picture(x11_clipboard.copied(name)))), None)
    except x11_clipboard.NoDisplay:
        return None


def _listed(data: bytes) -> list[str]:
    """Of a text/uri-list (RFC 2483), or of GNOME's, which begins with "copy" or "cut" in a line of its own."""
    lines = data.decode("utf-8", "replace").replace("\0", "").splitlines()
    return paths_of([line.strip() for line in lines if line.startswith("file:")])


def _picture(data: bytes) -> CopiedPicture | None:
    """None: it is no picture, or one that is cut off."""
    if not data:
        return None
    try:
        with Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "BMP"]) as image:
            if image.width * image.height > _PIXELS_MOST:
                return None
            form = str(image.format)
            image.load()
            return _as_png(image) if form == "BMP" else CopiedPicture(data, ".jpg" if form == "JPEG" else ".png")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None


def _as_png(image: Image.Image) -> CopiedPicture:
    written = io.BytesIO()
    image.save(written, "PNG")
    return CopiedPicture(written.getvalue(), ".png")


def _from_system() -> Sequence[str] | CopiedPicture | None:
    from PIL import ImageGrab

    if sys.platform == "darwin":
        told = run(["/usr/bin/osascript", "-e", _FILES_ON_MAC], _ASK_SECONDS) or ""
        if paths := [line for line in told.splitlines() if line and Path(line).exists()]:
            return paths
    try:
        found = ImageGrab.grabclipboard()
    except (OSError, NotImplementedError, ValueError):
        return None
    if isinstance(found, list):
        return [path for path in found if isinstance(path, str)]
    return _as_png(found) if found is not None else None
