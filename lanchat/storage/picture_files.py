"""Picture files that are about to be offered: what an offer says of them, and smaller copies without hidden data.

They may come from anywhere, so only forms that are common are opened, and what is too large to be decoded in a moment
is no picture here. Pillow is imported when it is first needed. Any thread but the Engine's and Tk's: this takes time.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from lanchat.core.file_offer import PREVIEW_BYTES

if TYPE_CHECKING:
    from PIL.Image import Image

#: MIME types by Pillow's names of the forms that are opened.
_FORMS: Final = {
    "JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp", "BMP": "image/bmp",
    "MPO": "image/jpeg",  # a JPEG with more pictures behind it, as some cameras write
}  # fmt: skip
_PIXELS_MOST: Final = 120_000_000  #: of a picture: some telephones have 108 million
_SLOW_PIXELS: Final = 64_000_000  #: of one that has to be decoded as a whole; a JPEG can be read smaller
SHRUNK_SIDE: Final = 2_048  #: pixels of the longer side
_SHRUNK_QUALITY: Final = 85
_PREVIEWS: Final = ((48, 50), (40, 45), (32, 40), (24, 35), (16, 30))  #: longer side and quality, the best first
_ORIENTATION: Final = 0x0112  # of EXIF
_ON_ITS_SIDE: Final = (5, 6, 7, 8)


class PictureFacts(NamedTuple):
    """What an offer says of a picture."""

    media: str  #: MIME type
    width: int  #: as it is shown, turned as its EXIF data say
    height: int
    preview: bytes  #: a tiny JPEG; b"": it could not be made


def picture_facts(path: Path) -> PictureFacts | None:
    """None: the file is no picture that can be shown."""
    with _opened(path) as image:
        if image is None:
            return None
        width, height = image.size
        if image.getexif().get(_ORIENTATION) in _ON_ITS_SIDE:
            width, height = height, width
        return PictureFacts(_FORMS[str(image.format)], width, height, _preview(image))


def reduced_picture(path: Path, side: int) -> Image | None:
    """The picture as it is shown, with no side longer than `side` pixels; None: it is none, or cannot be decoded."""
    with _opened(path) as image:
        return _reduced(image, side) if image is not None else None


def can_be_shrunk(path: Path) -> bool:
    """Whether `shrunk_picture` makes a copy: not of what moves."""
    with _opened(path) as image:
        return image is not None and not _moves(image) and _decodes(image)


def shrunk_picture(path: Path, folder: Path) -> Path | None:
    """A smaller copy in `folder`, turned as it is shown and without any hidden data, such as where it was taken.

    None: it is no picture, or one that moves. Raises OSError when the copy cannot be written.
    """
    with _opened(path) as image:
        if image is None or _moves(image):
            return None
        profile = image.info.get("icc_profile")
        drawn_by_program = image.format in ("PNG", "BMP", "GIF")
        small = _reduced(image, SHRUNK_SIDE)
    if small is None:
        return None
    ending, data = _written_small(small, profile, lossless_too=drawn_by_program)
    folder.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        name = f"{path.stem}{ending}" if number == 1 else f"{path.stem} ({number}){ending}"
        try:
            with open(folder / name, "xb") as copy:
                copy.write(data)
        except FileExistsError:
            continue
        return folder / name
    raise AssertionError("there is no end of numbers")


def _written_small(image: Image, profile: object, *, lossless_too: bool) -> tuple[str, bytes]:
    """(ending, bytes). Writing stays sharp: a screenshot becomes a JPEG only where that saves much."""
    extra = {"icc_profile": profile} if isinstance(profile, bytes) else {}
    clear = "A" in image.getbands()
    lossless = _bytes(image, "PNG", optimize=True, **extra) if lossless_too or clear else None
    if lossless is not None and clear:
        return ".png", lossless
    photo = _bytes(image.convert("RGB"), "JPEG", quality=_SHRUNK_QUALITY, optimize=True, progressive=True, **extra)
    if lossless is not None and len(lossless) < 4 * len(photo):
        return ".png", lossless
    return ".jpg", photo


@contextmanager
def _opened(path: Path) -> Iterator[Image | None]:
    """The picture, of which only the beginning was read; None: it is none that is opened here."""
    from PIL import Image

    try:
        image = Image.open(path, formats=[form for form in _FORMS if form != "MPO"])
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        yield None
        return
    with image:
        width, height = image.size
        fits = 0 < width * height <= _PIXELS_MOST and image.format in _FORMS
        yield image if fits else None


def _decodes(image: Image) -> bool:
    return image.format in ("JPEG", "MPO") or math.prod(image.size) <= _SLOW_PIXELS


def _moves(image: Image) -> bool:
    return image.format != "MPO" and getattr(image, "n_frames", 1) > 1


def _reduced(image: Image, side: int) -> Image | None:
    from PIL import Image as images
    from PIL import ImageOps

    if not _decodes(image):
        return None
    try:
        image.draft("RGB", (side, side))  # a JPEG is decoded at an eighth, a quarter or half of its size
        turned = ImageOps.exif_transpose(image)
        clear = turned.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in turned.info
        small = turned.convert("RGBA" if clear else "RGB")
        small.thumbnail((side, side), images.Resampling.LANCZOS)
    except (OSError, ValueError, SyntaxError, IndexError, TypeError, EOFError):  # of a file that is cut off or damaged
        return None
    return small


def _preview(image: Image) -> bytes:
    from PIL import Image as images

    small = _reduced(image, _PREVIEWS[0][0])
    if small is None:
        return b""
    if small.mode == "RGBA":
        ground = images.new("RGB", small.size, "white")
        ground.paste(small, mask=small.getchannel("A"))
        small = ground
    for side, quality in _PREVIEWS:
        small.thumbnail((side, side))
        data = _bytes(small, "JPEG", quality=quality, optimize=True)
        if len(data) <= PREVIEW_BYTES:
            return data
    return b""


def _bytes(image: Image, form: str, **how: object) -> bytes:
    image.info.clear()  # Pillow would write some of it again
    written = io.BytesIO()
    image.save(written, form, **how)
    return written.getvalue()
