"""One picture, from a file or from the preview in an offer: checked, turned by EXIF and scaled. Pure; any thread.

Nothing is decoded before its header was read: a few bytes can claim to be a picture that fills the memory
(https://pillow.readthedocs.io/en/stable/reference/limits.html). A JPEG is decoded at an eighth, a quarter or a half of
its size where that is enough.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from PIL import Image, ImageDraw

from lanchat.core.translate import _
from lanchat.desktop.model.files import MOST_PIXELS

#: What Pillow may try to read; a JPEG with more pictures behind it (MPO) is one.
FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
_MOVING: Final = ("GIF", "WEBP", "PNG")  #: those that can have several frames
_MOST_SCANS: Final = 100  # of a JPEG: each goes over all of it, so that 4 MB could take ten minutes; cameras write ten
_PREVIEW_PIXELS: Final = 256  # of a side of a preview
_SMOOTH: Final = 4  # times finer, for the edge of round corners
_ORIENTATION: Final = 0x0112  # EXIF's tag, and its values
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
ON_ITS_SIDE: Final = tuple(_TURNS[value] for value in (5, 6, 7, 8))


class PictureRefused(Exception):
    """It is not shown. Its text says why, in plain words."""


class LoadedPicture(NamedTuple):
    """What became of a picture that was wanted."""

    image: Image.Image | None  #: ready to be shown
    problem: str = ""  #: why there is none, in plain words
    moves: bool = False  #: it has more frames than this one


@contextmanager
def read_header(source: Path | BinaryIO, most: int = MOST_PIXELS) -> Iterator[Image.Image]:
    """A picture of which only the header is read; it is closed afterwards, and a file of that path. Raises
    PictureRefused."""
    with ExitStack() as opened:
        with _refusing(_("This picture cannot be read.")):
            # opened here, for Pillow leaves a file open when it cannot read it
            file = opened.enter_context(source.open("rb")) if isinstance(source, Path) else source
            image = opened.enter_context(Image.open(file, formats=FORMATS))
            if image.format in ("JPEG", "MPO"):
                _check_scans(file)
        check_size(image, most)
        yield image


def check_size(image: Image.Image, most: int) -> None:
    """A later frame of a GIF may be larger than its header said. Raises PictureRefused."""
    if image.width * image.height > most:
        words = _("This picture is too large to be shown: it has more than {n} megapixels.")
        raise PictureRefused(words.format(n=max(1, most // 1_000_000)))


def _check_scans(file: BinaryIO) -> None:
    """Raise PictureRefused for a JPEG of too many scans. Their marker is in nothing else but hidden data."""
    at = file.tell()
    file.seek(0)
    scans, end = 0, b""
    while scans <= _MOST_SCANS and (read := file.read(1 << 20)):
        scans += (end + read).count(b"\xff\xda")
        end = read[-1:]
    file.seek(at)
    if scans > _MOST_SCANS:
        raise PictureRefused(_("This picture cannot be read."))


def turn_of(image: Image.Image) -> Image.Transpose | None:
    """How its EXIF data say that it is to be turned to be shown. Decoders raise anything."""
    return _TURNS.get(image.getexif().get(_ORIENTATION, 1))


def scaled(image: Image.Image, box: tuple[int, int], most: float = 1.0) -> Image.Image:
    """Its first frame as it fits into a box of pixels, turned; RGB or RGBA. `most`: as in PictureFrame. Raises
    PictureRefused."""
    with _refusing(_("This picture is damaged.")):
        turn = turn_of(image)
        wide, high = fitting(image.size, box[::-1] if turn in ON_ITS_SIDE else box, most)
        if image.format in ("JPEG", "MPO"):
            image.draft("RGB", (2 * wide, 2 * high))
        small = _in_colours(image)
        if small.size != (wide, high):
            small = small.resize((wide, high), Image.Resampling.LANCZOS, reducing_gap=2.0)
        return small.transpose(turn) if turn is not None else small


def moves(image: Image.Image) -> bool:
    """Whether it has more frames than one. Raises PictureRefused."""
    with _refusing(_("This picture is damaged.")):
        return image.format in _MOVING and bool(getattr(image, "is_animated", False))


def decoded_preview(data: bytes) -> Image.Image | None:
    """The tiny picture of an offer; None: it is none."""
    try:
        with read_header(io.BytesIO(data), _PREVIEW_PIXELS**2) as image:
            return scaled(image, (_PREVIEW_PIXELS, _PREVIEW_PIXELS))
    except PictureRefused:
        return None


@contextmanager
def _refusing(words: str) -> Iterator[None]:
    """Whatever a decoder raises, the picture is refused: there is no list of what hostile bytes can cause in one."""
    try:
        yield
    except PictureRefused:
        raise
    except FileNotFoundError as error:
        raise PictureRefused(_("The file is not there any more: it was moved or deleted.")) from error
    except MemoryError as error:
        raise PictureRefused(_("There is not enough memory to show this picture.")) from error
    except Exception as error:
        raise PictureRefused(words) from error


def fitting(size: tuple[int, int], box: tuple[int, int], most: float = 1.0) -> tuple[int, int]:
    """The size of a picture in a box: smaller than it is, or so many times larger at most."""
    wide, high = max(1, size[0]), max(1, size[1])
    share = min(most, box[0] / wide, box[1] / high)
    return max(1, round(wide * share)), max(1, round(high * share))


class PictureFrame(NamedTuple):
    """The surface on which a picture is shown; see `framed`."""

    size: tuple[int, int]  #: pixels
    radius: int
    ground: str  #: the colour of what the picture leaves free
    around: str  #: the colour behind its corners
    most: float = 1.0  #: how many times larger than it is a picture is shown, where there is room: the screen's scale


def loaded_picture(path: Path, frame: PictureFrame) -> LoadedPicture:
    """A picture from a file, framed; for another thread than Tk's."""
    try:
        with read_header(path) as image:
            moving = moves(image)
            return LoadedPicture(framed(scaled(image, frame.size, frame.most), frame), moves=moving)
    except PictureRefused as refused:
        return LoadedPicture(None, str(refused))


def loaded_preview(data: bytes, frame: PictureFrame, size: tuple[int, int]) -> LoadedPicture:
    """The tiny picture of an offer, as large as the real one, which will have `size`."""
    tiny = decoded_preview(data)
    if tiny is not None:
        tiny = tiny.resize(fitting(size, frame.size, frame.most), Image.Resampling.BICUBIC)
    return LoadedPicture(framed(tiny, frame))


def framed(image: Image.Image | None, frame: PictureFrame) -> Image.Image:
    """A picture in the middle of a surface with round corners; opaque, but for what is outside of them.

    Tk draws an image that is clear in part far slower than one of which each point is either there or not, so the
    smooth edge of the corners is mixed with what is behind them here.
    """
    size = frame.size
    whole = Image.new("RGB", size, frame.ground)
    if image is not None:
        at = (size[0] - image.width) // 2, (size[1] - image.height) // 2
        whole.paste(image, at, image if image.mode == "RGBA" else None)
    mask = corner_mask(size, frame.radius)
    smooth = Image.composite(whole, Image.new("RGB", size, frame.around), mask)
    smooth.putalpha(mask.point(_there))
    return smooth


_there = [0] + [255] * 255  # as a table for `point`


@lru_cache(maxsize=32)
def corner_mask(size: tuple[int, int], radius: int) -> Image.Image:
    """255 inside of a box with round corners, 0 outside. It is kept, and MUST not be changed."""
    mask = Image.new("L", size, 255)
    if radius < 1:
        return mask
    radius = min(radius, size[0] // 2, size[1] // 2)
    disc = Image.new("L", (2 * radius * _SMOOTH, 2 * radius * _SMOOTH), 0)
    ImageDraw.Draw(disc).ellipse((0, 0, disc.width - 1, disc.height - 1), fill=255)
    disc = disc.reduce(_SMOOTH)
    right, bottom = size[0] - radius, size[1] - radius
    for x, left in ((0, 0), (right, radius)):
        for y, top in ((0, 0), (bottom, radius)):
            mask.paste(disc.crop((left, top, left + radius, top + radius)), (x, y))
    return mask


def _in_colours(image: Image.Image) -> Image.Image:
    """Its pixels as RGB or RGBA. Decodes it."""
    if image.mode in ("RGB", "RGBA"):
        image.load()
        return image
    if image.mode.startswith("I;16") or image.mode == "I":  # 16 bits of grey
        return image.point(lambda value: value / 256).convert("L").convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")
