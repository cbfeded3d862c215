"""PictureStrip: the pictures of a room as small tiles side by side, around the one that is looked at. Tk thread."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence

from lanchat.core.file_words import shown_file_name
from lanchat.core.message import Message
from lanchat.core.model import RoomId
from lanchat.desktop.pictures.picture_decoding import PictureFrame
from lanchat.desktop.pictures.picture_tiles import PictureTiles
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
        self._tiles = PictureTiles(self, context.program, _MOST_BYTES, self._draw)
        self._tip = Tooltip(self, context.theme, "")
        self.bind("<Button-1>", self._pressed)
        self.bind("<Motion>", self._moved)

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
        room = self._context.state.room(self._room_id)
        frame = PictureFrame((wide, high), px(_RADIUS), theme.palette.card, self._colour)
        for index in sorted(range(self._first, self._first + count), key=lambda index: abs(index - self._at)):
            x = edge + (index - self._first) * px(_TILE[0] + _GAP)
            if index == self._at:
                box = (x - edge, 0, x + wide + edge, high + 2 * edge)
                draw_ground(self, theme, box, _RADIUS + _EDGE, self._colour, edge=theme.palette.ring, line=RING)
            image = self._tiles.get(room, self._pictures[index], frame)
            if image is None:
                draw_ground(self, theme, (x, edge, x + wide, edge + high), _RADIUS, theme.palette.card)
            else:
                self.create_image(x, edge, anchor="nw", image=image)
        self._tiles.drawn()

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
