"""Tiles: pictures cut to one size, for strips and grids of them. Pure; any thread."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from lanchat.desktop.pictures.picture_decoding import (
    LoadedPicture,
    PictureFrame,
    PictureRefused,
    framed,
    read_header,
    scaled,
)

_PREVIEW_PIXELS = 256 * 256  # of a preview in an offer
_LONGEST = 8  # times the tile: of a picture that is hardly more than a line


def tile_of_file(path: Path, frame: PictureFrame) -> LoadedPicture:
    """The middle of a picture, as large as the frame."""
    try:
        with read_header(path) as image:
            return LoadedPicture(framed(_cut(scaled(image, _covering(image, frame.size)), frame.size), frame))
    except PictureRefused as refused:
        return LoadedPicture(None, str(refused))


def tile_of_preview(data: bytes, frame: PictureFrame) -> LoadedPicture:
    """The same of the tiny picture in an offer; without one, an empty frame."""
    tiny: Image.Image | None = None
    if data:
        try:
            with read_header(io.BytesIO(data), _PREVIEW_PIXELS) as image:
                whole = scaled(image, (image.width, image.height))
            tiny = _cut(whole.resize(_covering(whole, frame.size), Image.Resampling.BICUBIC), frame.size)
        except PictureRefused:
            pass
    return LoadedPicture(framed(tiny, frame))


def _covering(image: Image.Image, size: tuple[int, int]) -> tuple[int, int]:
    """The size at which a picture covers a tile of `size`."""
    share = max(size[0] / max(1, image.width), size[1] / max(1, image.height))
    most = _LONGEST * max(size)
    return min(most, max(1, round(image.width * share))), min(most, max(1, round(image.height * share)))


def _cut(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Its middle."""
    left, top = max(0, (image.width - size[0]) // 2), max(0, (image.height - size[1]) // 2)
    return image.crop((left, top, min(image.width, left + size[0]), min(image.height, top + size[1])))
