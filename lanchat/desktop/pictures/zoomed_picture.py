"""ZoomedPicture: one picture for a viewer: all of it as it fits, or a part of it as large as wanted.

One thread at a time. The whole picture is decoded only when a part is wanted, and kept until `forget`: up to 160 MB for
one of 40 megapixels.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from lanchat.desktop.pictures.picture_decoding import (
    ON_ITS_SIDE,
    LoadedPicture,
    PictureFrame,
    PictureRefused,
    framed,
    moves,
    read_header,
    scaled,
    turn_of,
)

_SHARP_FROM = 3.0  # times: from there on, its points are shown as squares


class ZoomedPicture:
    def __init__(self, path: Path, ground: str) -> None:
        """`ground`: the colour behind it, where it is clear."""
        self.path = path
        self.size = (0, 0)  #: as it is shown, turned; (0, 0): not known yet
        self._ground = ground
        self._whole: Image.Image | None = None

    def fitted(self, box: tuple[int, int], radius: int) -> LoadedPicture:
        """All of it in a box of pixels, with round corners; never larger than it is."""
        try:
            with read_header(self.path) as image:
                self._note_size(image)
                moving = moves(image)
                small = scaled(image, box)
            frame = PictureFrame(small.size, radius, self._ground, self._ground)
            return LoadedPicture(framed(small, frame), moves=moving)
        except PictureRefused as refused:
            return LoadedPicture(None, str(refused))

    def part(self, box: tuple[float, float, float, float], size: tuple[int, int]) -> LoadedPicture:
        """What is in `box` (left, upper, right, lower; in points of the picture), as an image of `size`."""
        try:
            whole = self.whole()
            zoom = size[0] / max(0.001, box[2] - box[0])
            how = Image.Resampling.NEAREST if zoom >= _SHARP_FROM else Image.Resampling.BICUBIC
            cut = whole.resize(size, how, box=box, reducing_gap=2.0 if zoom < 1 else None)
        except PictureRefused as refused:
            return LoadedPicture(None, str(refused))
        except (ValueError, MemoryError):
            return LoadedPicture(None)
        return LoadedPicture(_on_ground(cut, self._ground))

    def whole(self) -> Image.Image:
        """All of it as large as it is. Raises PictureRefused."""
        if self._whole is None:
            with read_header(self.path) as image:
                self._note_size(image)
                self._whole = scaled(image, self.size)
        return self._whole

    def forget(self) -> None:
        """Let go of the whole picture."""
        self._whole = None

    def _note_size(self, image: Image.Image) -> None:
        try:
            turned = turn_of(image) in ON_ITS_SIDE
        except Exception:  # noqa: BLE001 - decoders raise anything; `scaled` refuses it then
            turned = False
        self.size = (image.height, image.width) if turned else (image.width, image.height)


def _on_ground(image: Image.Image, ground: str) -> Image.Image:
    if image.mode != "RGBA":
        return image
    whole = Image.new("RGB", image.size, ground)
    whole.paste(image, (0, 0), image)
    return whole
