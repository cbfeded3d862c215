"""PictureTiles: the pictures of a strip or a grid, each cut to one size, made in the background. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Hashable
from functools import partial
from pathlib import Path

from PIL import Image, ImageTk

from lanchat.core.message import Message
from lanchat.core.model import EntryId
from lanchat.desktop.model.files import is_here, state_in
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.pictures.photo_cache import PhotoCache
from lanchat.desktop.pictures.picture_decoding import (
    LoadedPicture,
    PictureFrame,
    PictureRefused,
    decoded_preview,
    framed,
    read_header,
    scaled,
)
from lanchat.desktop.pictures.picture_loader import Background, PictureLoader, Wish

_LONGEST = 8  # times the tile: of a picture that is hardly more than a line


class PictureTiles:
    def __init__(self, widget: tk.Misc, background: Background, most: int, came: Callable[[], None]) -> None:
        """Made for `widget`; `most` bytes of them are kept. `came` is called when there is another one to draw."""
        self.refused: set[EntryId] = set()  #: the messages whose pictures cannot be shown
        self._came = came
        self._photos = PhotoCache(widget, most)
        self._loader = PictureLoader(background, self._made)
        self._wishes: list[Wish] = []
        self._shown: set[Hashable] = set()
        widget.bind("<Destroy>", lambda _event: self._loader.close(), add="+")

    def get(self, room: RoomModel, message: Message, frame: PictureFrame) -> ImageTk.PhotoImage | None:
        """The tile of the picture that a message offers, or of its preview; None until one is made."""
        offer, message_id = message.offer, message.message_id
        if offer is None:
            return None
        now = state_in(room, message_id, offer)
        whole = is_here(now) and message_id not in self.refused
        keys = [(message_id, frame.size, True)] * whole + [(message_id, frame.size, False)]
        if keys[0] not in self._photos:
            make = partial(tile_of_file, Path(now.path)) if whole else partial(tile_of_preview, offer.preview)
            self._wishes.append(Wish(keys[0], partial(make, frame)))
        key = next((key for key in keys if key in self._photos), None)
        self._shown.add(key)
        return None if key is None else self._photos.get(key)

    def drawn(self) -> None:
        """All that is in view was asked for: have made what was missing, the first of it first."""
        wishes, shown = self._wishes, self._shown
        self._wishes, self._shown = [], set()
        self._photos.hold(shown)
        self._loader.want(wishes)

    def _made(self, key: Hashable, loaded: LoadedPicture) -> None:
        if loaded.image is not None:
            self._photos.put(key, loaded.image)
        elif isinstance(key, tuple):
            self.refused.add(key[0])
        self._came()


# --- on another thread -----------------------------------------------------------------------------------------------
def tile_of_file(path: Path, frame: PictureFrame) -> LoadedPicture:
    """The middle of a picture, as large as the frame."""
    try:
        with read_header(path) as image:
            return LoadedPicture(framed(_cut(scaled(image, _covering(image, frame.size)), frame.size), frame))
    except PictureRefused as refused:
        return LoadedPicture(None, str(refused))


def tile_of_preview(data: bytes, frame: PictureFrame) -> LoadedPicture:
    """The same of the tiny picture in an offer; without one, an empty frame."""
    tiny = decoded_preview(data)
    if tiny is not None:
        tiny = _cut(tiny.resize(_covering(tiny, frame.size), Image.Resampling.BICUBIC), frame.size)
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
