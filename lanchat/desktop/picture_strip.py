"""PictureStrip: the pictures of a room as small tiles side by side, around the one that is looked at. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from pathlib import Path

from PIL import ImageTk

from lanchat.core.file_words import shown_file_name
from lanchat.core.message import Message
from lanchat.core.model import RoomId
from lanchat.desktop.model.files import is_here, state_in
from lanchat.desktop.pictures.photo_cache import PhotoCache
from lanchat.desktop.pictures.picture_decoding import LoadedPicture, PictureFrame
from lanchat.desktop.pictures.picture_loader import PictureLoader, Wish
from lanchat.desktop.pictures.picture_tiles import tile_of_file, tile_of_preview
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.overlays import Tooltip
from lanchat.desktop.widgets.surfaces import RING, Ground, draw_ground, palette_colour

_TILE, _GAP, _RADIUS, _EDGE, _SIDE = (72, 48), 12, 6, 4, 64  # design pixels
_MOST, _MOST_BYTES = 15, 2 * 1024 * 1024


class PictureStrip(tk.Canvas):
    def __init__(
        self, master: tk.Misc, context: ViewContext, room_id: RoomId, ground: Ground, go: Callable[[int], None]
    ) -> None:  # fmt: skip
        """`go` is called with the index of the picture that was pressed."""
        self._colour = palette_colour(context.theme.palette, ground)
        super().__init__(
            master, bg=self._colour, highlightthickness=0, bd=0, takefocus=0, width=1,
            height=context.theme.px(_TILE[1] + 2 * _EDGE),
        )  # fmt: skip
        self._context = context
        self._room_id = room_id
        self._go = go
        self._pictures: Sequence[Message] = ()
        self._at = self._first = 0
        self._room = _MOST
        self._photos = PhotoCache(context.root, _MOST_BYTES)
        self._loader = PictureLoader(context.program, self._came)
        self._refused: set[Hashable] = set()
        self._tip = Tooltip(self, context.theme, "")
        self.bind("<Button-1>", self._pressed)
        self.bind("<Motion>", self._moved)
        self.bind("<Destroy>", lambda _event: self._loader.close(), add="+")

    def fit(self, width: int) -> None:
        """There are so many pixels for it."""
        px = self._context.theme.px
        room = max(1, min(_MOST, (width - 2 * px(_SIDE)) // px(_TILE[0] + _GAP)))
        if room != self._room:
            self._room = room
            self._draw()

    def show(self, pictures: Sequence[Message], at: int) -> None:
        """Show those around `at`."""
        self._pictures, self._at = pictures, at
        self._draw()

    def _draw(self) -> None:
        theme, px = self._context.theme, self._context.theme.px
        count = min(self._room, len(self._pictures))
        self._first = max(0, min(self._at - count // 2, len(self._pictures) - count))
        self.delete("all")
        if len(self._pictures) < 2:
            return
        wide, high, edge = px(_TILE[0]), px(_TILE[1]), px(_EDGE)
        self.configure(width=count * wide + (count - 1) * px(_GAP) + 2 * edge)
        wishes: list[tuple[int, Wish]] = []
        shown: set[Hashable] = set()
        for place, message in enumerate(self._pictures[self._first : self._first + count]):
            x = edge + place * px(_TILE[0] + _GAP)
            if self._first + place == self._at:
                box = (x - edge, 0, x + wide + edge, high + 2 * edge)
                draw_ground(self, theme, box, _RADIUS + _EDGE, self._colour, edge=theme.palette.ring, line=RING)
            image, wish = self._tile(message, (wide, high))
            if wish is not None:
                wishes.append((abs(self._first + place - self._at), wish))
            if image is None:
                draw_ground(self, theme, (x, edge, x + wide, edge + high), _RADIUS, theme.palette.card)
            else:
                self.create_image(x, edge, anchor="nw", image=image)
            shown |= {(message.message_id, True), (message.message_id, False)}
        self._photos.hold(shown)
        self._loader.want([wish for _far, wish in sorted(wishes, key=lambda one: one[0])])

    def _tile(self, message: Message, size: tuple[int, int]) -> tuple[ImageTk.PhotoImage | None, Wish | None]:
        """Its tile, as far as that was made, and what is still to be made."""
        offer = message.offer
        if offer is None:
            return None, None
        theme, message_id = self._context.theme, message.message_id
        frame = PictureFrame(size, theme.px(_RADIUS), theme.palette.card, self._colour)
        now = state_in(self._context.state.room(self._room_id), message_id, offer)
        whole = is_here(now) and message_id not in self._refused
        key = (message_id, whole)
        found = self._photos.get(key)
        if found is not None:
            return found, None
        make = partial(tile_of_file, Path(now.path), frame) if whole else partial(tile_of_preview, offer.preview, frame)
        return self._photos.get((message_id, False)), Wish(key, make)

    def _came(self, key: Hashable, loaded: LoadedPicture) -> None:
        if loaded.image is not None:
            self._photos.put(key, loaded.image)
        elif isinstance(key, tuple):
            self._refused.add(key[0])
        self._draw()

    def _index_at(self, x: int) -> int | None:
        px = self._context.theme.px
        place, rest = divmod(x - px(_EDGE), px(_TILE[0] + _GAP))
        index = self._first + place
        inside = 0 <= place < self._room and rest < px(_TILE[0]) and index < len(self._pictures)
        return index if inside and len(self._pictures) > 1 else None

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        index = self._index_at(event.x)
        if index is not None:
            self._go(index)

    def _moved(self, event: tk.Event[tk.Misc]) -> None:
        index = self._index_at(event.x)
        self.configure(cursor="hand2" if index is not None else "")
        offer = self._pictures[index].offer if index is not None else None
        words = shown_file_name(offer) if offer is not None else ""
        if words != self._tip.words:
            self._tip.again(words)
