"""MovingPictures: animated pictures play while they are in view. Tk thread; frames are decoded in the background.

A frame is painted over the one before in the same image. When the window is not seen nothing is decoded; a picture that
says how often it wants to be shown ends with its last frame.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Set
from pathlib import Path
from typing import Protocol

from PIL import ImageTk

from lanchat.core.model import EntryId
from lanchat.desktop.pictures.moving_picture import MovingFrame, MovingPicture
from lanchat.desktop.pictures.picture_decoding import PictureFrame

_MOST = 6  # that play at once
_UNSEEN_MS = 500  # until it is looked again whether the window is seen


class _Background(Protocol):
    def run_in_background(
        self, work: Callable[[], MovingFrame | None], then: Callable[[MovingFrame | None], None]
    ) -> None:  # fmt: skip
        """As `view_context.Program`."""


class MovingPictures:
    def __init__(self, background: _Background, text: tk.Text) -> None:
        """`text`: on which they are shown."""
        self._background = background
        self._text = text
        self._playing: dict[EntryId, _Playing] = {}

    def play(self, message_id: EntryId, path: Path, frame: PictureFrame, photo: ImageTk.PhotoImage) -> None:
        """Paint its frames on this image, from now on."""
        playing = self._playing.get(message_id)
        if playing is not None and playing.photo is photo:
            return
        self.stop(message_id)
        if len(self._playing) < _MOST:
            self._playing[message_id] = _Playing(self._background, self._text, MovingPicture(path, frame), photo)

    def stop_others(self, in_view: Set[EntryId]) -> None:
        """Stop all but these."""
        for message_id in self._playing.keys() - in_view:
            self.stop(message_id)

    def stop(self, message_id: EntryId) -> None:
        """It is out of view."""
        if (playing := self._playing.pop(message_id, None)) is not None:
            playing.stop()

    def close(self) -> None:
        """The timeline is destroyed."""
        for message_id in list(self._playing):
            self.stop(message_id)

    @property
    def count(self) -> int:
        return len(self._playing)


class _Playing:
    """One of them."""

    def __init__(
        self, background: _Background, text: tk.Text, picture: MovingPicture, photo: ImageTk.PhotoImage
    ) -> None:  # fmt: skip
        self.photo = photo
        self._background = background
        self._text = text
        self._picture = picture
        self._lasts = 0  # milliseconds of the frame that is shown
        self._waiting = ""  # for its time
        self._decoding = False
        self._stopped = False
        self._ask()

    def stop(self) -> None:
        self._stopped = True
        if self._waiting:
            self._text.after_cancel(self._waiting)
            self._waiting = ""
        if not self._decoding:
            self._picture.close()

    def _ask(self) -> None:
        self._waiting = ""
        if not self._text.winfo_viewable():
            self._waiting = self._text.after(_UNSEEN_MS, self._ask)
            return
        self._decoding = True
        self._background.run_in_background(self._picture.next_frame, self._came)

    def _came(self, frame: MovingFrame | None) -> None:
        self._decoding = False
        if self._stopped or frame is None:
            self._picture.close()
            return
        lasts, self._lasts = self._lasts, frame.milliseconds
        self._waiting = self._text.after(max(1, lasts), lambda: self._show(frame))

    def _show(self, frame: MovingFrame) -> None:
        self._waiting = ""
        self.photo.paste(frame.image)
        self._ask()
