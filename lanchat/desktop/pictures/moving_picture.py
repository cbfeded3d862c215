"""MovingPicture: the frames of an animated GIF or WebP, one after the other, each scaled. One thread at a time.

Only one frame is kept, however many there are: it is decoded when its time comes, and the first again after the last.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image

from lanchat.desktop.pictures.picture_decoding import PictureFrame, check_size, fitting, framed, read_header

MOST_MOVING_PIXELS: Final = 4_000_000  #: of a frame: a larger one would keep a processor busy
_MOST_MOVING_BYTES: Final = 32 * 1024 * 1024  # of a file: the frames of a GIF are counted one by one
_FASTEST_MS, _USUAL_MS, _SLOWEST_MS = 20, 100, 10_000  # browsers take 100 ms for what says it is faster than 20
_SHORTEST_MS = 25  # that a frame is shown: of more than 40 a second some are left out


class MovingFrame(NamedTuple):
    """A frame, as `framed`, and how long it is shown."""

    image: Image.Image
    milliseconds: int


class MovingPicture:
    def __init__(self, path: Path, frame: PictureFrame) -> None:
        self.ended = False  #: it was shown as often as it says
        self._path = path
        self._frame = frame
        self._opened = ExitStack()
        self._image: Image.Image | None = None
        self._at = 0
        self._rounds = 0

    def next_frame(self) -> MovingFrame | None:
        """The next frame; None: it does not move, or it ended, or it is damaged from there on."""
        try:
            image = self._image or self._open()
            if image is None or self.ended:
                return None
            lasts = self._decode(image)
            box = fitting(image.size, self._frame.size, self._frame.most)
            small = image.convert("RGBA").resize(box, Image.Resampling.BILINEAR, reducing_gap=2.0)
            if self.ended:
                self.close()
        except Exception:  # noqa: BLE001 - as for a picture that stands still: decoders raise anything
            self.close()
            return None
        return MovingFrame(framed(small, self._frame), min(lasts, _SLOWEST_MS))

    def close(self) -> None:
        """Let go of the file. `next_frame` gives nothing from then on."""
        self.ended = True
        self._image = None
        self._opened.close()

    def _open(self) -> Image.Image | None:
        self._image = self._opened.enter_context(read_header(self._path, MOST_MOVING_PIXELS))
        if self._path.stat().st_size > _MOST_MOVING_BYTES or getattr(self._image, "n_frames", 1) < 2:
            self.close()
        return self._image

    def _decode(self, image: Image.Image) -> int:
        """Decode the next frame that is shown, and give its milliseconds: of some that are very short, the last."""
        lasts = 0
        while lasts < _SHORTEST_MS and not self.ended:
            image.seek(self._at)
            check_size(image, MOST_MOVING_PIXELS)
            image.load()
            own = int(image.info.get("duration", 0) or 0)
            lasts += _USUAL_MS if own < _FASTEST_MS else own
            self._step(image)
        return lasts

    def _step(self, image: Image.Image) -> None:
        self._at += 1
        if self._at >= getattr(image, "n_frames", 1):
            self._at = 0
            self._rounds += 1
            wanted = int(image.info.get("loop", 1))  # 0: for ever; a GIF that does not say is shown once
            self.ended = bool(wanted) and self._rounds >= wanted
