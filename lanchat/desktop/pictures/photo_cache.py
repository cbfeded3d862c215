"""PhotoCache: the scaled pictures that Tk shows or may show next, up to so many bytes. Tk thread.

Tk drops a picture when its PhotoImage is garbage collected, and a line that shows it becomes empty: what is shown is
held, and only what is not shown is dropped, the one that was not used for longest first.
"""

from __future__ import annotations

import tkinter as tk
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

from PIL import Image, ImageTk

MOST_BYTES: Final = 24 * 1024 * 1024  #: of pictures that are kept: some screens of them
_POINT_BYTES = 4


class PhotoCache:
    def __init__(self, root: tk.Misc, most: int = MOST_BYTES) -> None:
        self.bytes = 0  #: of all that are kept
        self._root = root
        self._most = most
        self._kept: OrderedDict[Hashable, ImageTk.PhotoImage] = OrderedDict()
        self._held: set[Hashable] = set()

    def get(self, key: Hashable) -> ImageTk.PhotoImage | None:
        photo = self._kept.get(key)
        if photo is not None:
            self._kept.move_to_end(key)
        return photo

    def put(self, key: Hashable, image: Image.Image) -> ImageTk.PhotoImage:
        """Keep a picture under this key. Of the same size as before, it is painted over that one, wherever it is."""
        photo = self.get(key)
        if photo is not None and (photo.width(), photo.height()) == image.size:
            photo.paste(image)
            return photo
        if photo is not None:
            self._drop(key)
        photo = self._kept[key] = ImageTk.PhotoImage(image, master=self._root)
        self.bytes += _size(photo)
        self._make_room(key)
        return photo

    def hold(self, keys: set[Hashable]) -> None:
        """These are shown now, and no others."""
        self._held = keys
        self._make_room()

    def clear(self) -> None:
        """Drop all of them, when nothing is shown any more."""
        self._kept.clear()
        self._held.clear()
        self.bytes = 0

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept

    def _make_room(self, new: Hashable = None) -> None:
        if self.bytes <= self._most:
            return
        for key in [key for key in self._kept if key not in self._held and key != new]:
            self._drop(key)
            if self.bytes <= self._most:
                return

    def _drop(self, key: Hashable) -> None:
        self.bytes -= _size(self._kept.pop(key))


def _size(photo: ImageTk.PhotoImage) -> int:
    return photo.width() * photo.height() * _POINT_BYTES
