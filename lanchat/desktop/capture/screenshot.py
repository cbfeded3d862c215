"""Screenshot: from the press of the button to the page on which the picture is drawn on. Tk thread.

lanchat's own window is hidden meanwhile. Taking the picture blocks, on macOS and Wayland for as long as the person
takes to choose, so it has a thread of its own: the background threads of the program are for short work, and are waited
for at its end.
"""

from __future__ import annotations

import queue
import threading
import tkinter as tk
from pathlib import Path

from PIL import Image

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.capture.drawing import Drawing
from lanchat.desktop.capture.region_overlay import Region, RegionOverlay
from lanchat.desktop.composer.new_attachment import attach_to_draft, made_folder, write_new
from lanchat.desktop.platform.screen_capture import Capture, capture_screen
from lanchat.desktop.view_context import DrawOn, ViewContext

_HIDDEN_MS = 250  # until desktops have drawn what was under the window; some fade windows out
_LOOK_MS = 40  # between two looks at whether the picture is there
_LINE = 3  # design pixels: width of what is drawn on it


class Screenshot:
    """One at a time: `take` does nothing while another one is being taken."""

    _running = False

    def __init__(self, context: ViewContext, room_id: RoomId) -> None:
        self._context = context
        self._room_id = room_id
        self._results: queue.SimpleQueue[Capture] = queue.SimpleQueue()

    @classmethod
    def take(cls, context: ViewContext, room_id: RoomId) -> None:
        """Hide the window, take a picture, show the window with the drawing page."""
        if not cls._running:
            cls._running = True
            shot = cls(context, room_id)
            context.root.withdraw()
            context.root.after(_HIDDEN_MS, shot._begin)

    def _begin(self) -> None:
        threading.Thread(target=self._capture, name="screenshot", daemon=True).start()
        self._look()

    def _capture(self) -> None:
        """On its own thread."""
        result = Capture()
        try:
            result = capture_screen()
        finally:
            self._results.put(result)

    def _look(self) -> None:
        try:
            capture = self._results.get_nowait()
        except queue.Empty:
            self._context.root.after(_LOOK_MS, self._look)
            return
        if capture.picture is None:
            self._finish(None)
            if capture.problem:
                self._context.say(capture.problem)
        elif not capture.whole:
            self._finish(capture.picture)
        else:
            self._choose(capture.picture)

    def _choose(self, picture: Image.Image) -> None:
        def chosen(region: Region | None) -> None:
            self._finish(picture.crop(region) if region is not None else None)

        try:
            RegionOverlay(self._context.root, self._context.theme, picture, chosen)
        except (tk.TclError, MemoryError):
            self._finish(None)  # else the window would stay hidden
            raise

    def _finish(self, picture: Image.Image | None) -> None:
        """Show the window again, and in it the page for the picture; None: there is none."""
        Screenshot._running = False
        context = self._context
        _show(context.root)
        if picture is not None:
            line = context.theme.px(_LINE)
            context.go(DrawOn(self._room_id, Drawing(picture, line)))


def attach_png(context: ViewContext, room_id: RoomId, png: bytes) -> str:
    """Put a picture as an attachment into what is being written in a room; "" or, in plain words, why not."""
    folder = made_folder(context.kept)
    made = write_new(folder, _("Screenshot"), ".png", lambda path: _write(path, png))
    return attach_to_draft(context.kept, room_id, made) if isinstance(made, Path) else made


def _write(path: Path, data: bytes) -> None:
    with open(path, "xb") as file:
        file.write(data)


def _show(root: tk.Tk) -> None:
    root.deiconify()
    root.lift()
    (root.focus_lastfor() or root).focus_force()
