"""Takes a picture of the screen, in the way of this system. Any thread; blocks.

On Windows and X11 Pillow copies all screens, and lanchat lets the person choose a part (`capture.region_overlay`).
macOS and Wayland let a program have no picture without asking the person, who chooses a part in the system's own way:
with `screencapture -i`, and through the desktop portal.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageGrab

from lanchat.core.translate import _
from lanchat.desktop.platform.desktop_portal import DONE, GIVEN_UP, ask_portal, paths_of
from lanchat.desktop.platform.external_programs import find
from lanchat.desktop.platform.session_bus import NoAnswer
from lanchat.storage.system_programs import run

_log = logging.getLogger(__name__)

CHOOSING_SECONDS = 300.0  #: a person who has chosen nothing by then has forgotten it
_MAC_TOOL = "/usr/sbin/screencapture"


class Capture(NamedTuple):
    """What became of it."""

    picture: Image.Image | None = None  #: None: the person gave up, or `problem`
    whole: bool = False  #: of all screens: the person has yet to choose a part
    problem: str = ""  #: why there is none, in plain words


def on_wayland() -> bool:
    return sys.platform not in ("win32", "darwin") and bool(os.environ.get("WAYLAND_DISPLAY"))


def capture_screen() -> Capture:
    """A picture of the screen, or of the part that the person chose in the system's own way."""
    if sys.platform == "darwin":
        return _by_mac_tool()
    if on_wayland():
        return _by_portal()
    try:
        picture = ImageGrab.grab(all_screens=True) if sys.platform == "win32" else _x11_picture()
    except (OSError, ValueError) as error:  # Pillow raises OSError where it cannot, and was built without XCB
        _log.info("no picture of the screen: %s", error)
        return Capture(problem=_no_picture())
    return Capture(picture.convert("RGB"), whole=True)


def _x11_picture() -> Image.Image:
    """Pillow asks other programs where DISPLAY is not named: they may show something, and need to be there."""
    return ImageGrab.grab(xdisplay=os.environ.get("DISPLAY", ""))


def _by_mac_tool() -> Capture:
    """Without permission to record the screen macOS asks the person for it, and the picture has no windows of others.
    https://support.apple.com/guide/mac-help/mchld6aa7d23/mac"""
    if not find(_MAC_TOOL):
        return Capture(problem=_no_picture())
    with tempfile.TemporaryDirectory(prefix="lanchat-") as folder:
        path = Path(folder) / "region.png"
        run([_MAC_TOOL, "-i", "-x", str(path)], CHOOSING_SECONDS)
        return Capture(opened_picture(path)) if path.exists() else Capture()  # Esc leaves no file


def _by_portal() -> Capture:
    """https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Screenshot.html"""
    options = {"interactive": ("b", True), "modal": ("b", True)}
    try:
        code, results = ask_portal("Screenshot", "Screenshot", [""], options, CHOOSING_SECONDS)
    except NoAnswer:
        return Capture(problem=_no_picture())
    if code == GIVEN_UP:
        return Capture()
    path = next(map(Path, paths_of([str(results.get("uri", ""))]) if code == DONE else []), None)
    picture = opened_picture(path) if path is not None else None
    if path is not None and path.is_relative_to(tempfile.gettempdir()):
        path.unlink(missing_ok=True)  # elsewhere the desktop keeps it as one of the person's screenshots
    return Capture(picture, problem="" if picture is not None else _no_picture())


def opened_picture(path: Path) -> Image.Image | None:
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        _log.info("the picture cannot be read: %s", type(error).__name__)
        return None


def _no_picture() -> str:
    words = _("lanchat cannot take a picture of this screen. Take it with the desktop's own tool, and paste it here.")
    return words
