"""AttachedFile: what is known of a file or folder that is about to be sent. Worked out on a worker thread.

What is sent is the file as it is when Enter is pressed: here it is only looked at.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final, Literal, TypeAlias

from msgspec import Struct
from PIL import Image, ImageChops, ImageOps

from lanchat.core.file_offer import FILES_MOST
from lanchat.core.text import clean_line
from lanchat.core.translate import _
from lanchat.desktop.theme.picture_cache import rounded
from lanchat.storage.picture_files import can_be_shrunk, reduced_picture

FileKind: TypeAlias = Literal["file", "folder", "picture", "missing"]
_NAME_CHARACTERS: Final = 200


class AttachedFile(Struct, frozen=True):
    path: str
    name: str  #: for people
    kind: FileKind
    size: int = 0  #: bytes of all files
    count: int = 1  #: files
    problem: str = ""  #: why it cannot be sent, in plain words
    shrinks: bool = False  #: a picture of which a smaller copy can be made
    thumb: Image.Image | None = None  #: of a picture


def look_at(path: str, thumb: tuple[int, int], radius: int) -> AttachedFile:
    """`thumb`: pixels of the small picture; `radius`: of its corners. Takes long for large folders and pictures."""
    file = Path(path)
    name = clean_line(file.name or str(file), _NAME_CHARACTERS)
    try:
        status = file.stat()
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        words = _("It is not there any more.") if missing else _("It cannot be read.")
        return AttachedFile(path, name, "missing", problem=words)
    if stat.S_ISDIR(status.st_mode):
        return _folder(path, name)
    if not stat.S_ISREG(status.st_mode):
        return AttachedFile(path, name, "missing", problem=_("Only files and folders can be sent."))
    if not os.access(path, os.R_OK):
        return AttachedFile(path, name, "file", status.st_size, problem=_("It cannot be read."))
    picture = reduced_picture(file, 2 * max(thumb))
    if picture is None:
        return AttachedFile(path, name, "file", status.st_size)
    return AttachedFile(
        path, name, "picture", status.st_size, shrinks=can_be_shrunk(file), thumb=_cropped(picture, thumb, radius)
    )


def _folder(path: str, name: str) -> AttachedFile:
    """A folder with all that is in it. Links are not followed: they could lead anywhere."""
    size = count = 0
    for place, _folders, files in os.walk(path):
        for one in files:
            try:
                status = os.stat(os.path.join(place, one), follow_symlinks=False)
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode):
                size, count = size + status.st_size, count + 1
        if count > FILES_MOST:
            words = _("There are more than {most:,} files.").format(most=FILES_MOST)
            return AttachedFile(path, name, "folder", size, count, words)
    return AttachedFile(path, name, "folder", size, count, "" if count else _("It contains no files."))


def _cropped(picture: Image.Image, size: tuple[int, int], radius: int) -> Image.Image:
    """The middle of a picture with round corners."""
    cut = ImageOps.fit(picture.convert("RGBA"), size, Image.Resampling.LANCZOS)
    shape = rounded(*size, radius, "#ffffff").getchannel("A")
    clear = cut.copy()
    clear.putalpha(ImageChops.multiply(cut.getchannel("A"), shape))  # where the picture is clear, it stays so
    return clear
