"""OfferList: what could complete the word being written, over the composer. Tk thread.

The keyboard stays where one writes; the composer passes on the keys that are for the list.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence

from PIL import ImageTk

from lanchat.desktop.composer.offers import Offer
from lanchat.desktop.emoji.images import is_pictured, picture
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.widgets.line_renderer import LineRenderer
from lanchat.desktop.widgets.surfaces import Box, draw_ground

_WIDTH, _ROW, _PICTURE, _PAD = 300, 34, 20, 10  # design pixels


class OfferList(Box):
    def __init__(self, theme: Theme, over: tk.Misc, take: Callable[[Offer], None]) -> None:
        """`over`: what it stands above. `take`: this one was chosen with the pointer."""
        super().__init__(theme.root, theme, "raised", 8, pad=(4, 4), edge=theme.palette.shade)
        self._over = over
        self._take = take
        self._writer = LineRenderer(theme)
        self.offers: Sequence[Offer] = ()  #: in the list now; none: there is no list
        self._at = 0
        self._rows = tk.Canvas(
            self.inside, background=self.fill, width=theme.px(_WIDTH), highlightthickness=0, borderwidth=0,
            cursor="hand2",
        )  # fmt: skip
        self._rows.pack()
        self._rows.bind("<Motion>", self._pointed)
        self._rows.bind("<ButtonRelease-1>", self._released)

    @property
    def chosen(self) -> Offer:
        return self.offers[self._at]

    def show(self, offers: Sequence[Offer]) -> None:
        """These; none: it goes."""
        if offers == self.offers:
            return
        self.offers, self._at = offers, 0
        if not offers:
            self.place_forget()
            return
        theme, root = self._theme, self._theme.root
        self._rows.configure(height=theme.px(_ROW) * len(offers))
        left, top = self._over.winfo_rootx() - root.winfo_rootx(), self._over.winfo_rooty() - root.winfo_rooty()
        self.place(x=left, y=top - theme.px(4), anchor="sw")
        self.lift()
        self._draw_rows()

    def move(self, step: int) -> None:
        """The next one, or the one before; around at the ends."""
        self._at = (self._at + step) % len(self.offers)
        self._draw_rows()

    def _pointed(self, event: tk.Event[tk.Misc]) -> None:
        at = min(max(0, event.y // self._theme.px(_ROW)), len(self.offers) - 1)
        if at != self._at:
            self._at = at
            self._draw_rows()

    def _released(self, event: tk.Event[tk.Misc]) -> None:
        self._pointed(event)  # the list may have come up under a pointer that rests
        self._take(self.chosen)

    def _draw_rows(self) -> None:
        theme, palette, rows = self._theme, self._theme.palette, self._rows
        width, height, pad = theme.px(_WIDTH), theme.px(_ROW), theme.px(_PAD)
        rows.delete("all")
        for at, offer in enumerate(self.offers):
            top = at * height
            if at == self._at:
                draw_ground(rows, theme, (0, top, width, top + height), 6, palette.accent_soft)
            middle, text = top + height // 2, pad + theme.px(_PICTURE + 10)
            image = self._picture(offer)
            if image is not None:
                rows.create_image(pad + theme.px(_PICTURE) // 2, middle, image=image)
            self._writer.write(rows, (text, middle), offer.words, "room", palette.text, width - text - pad)

    def _picture(self, offer: Offer) -> ImageTk.PhotoImage | None:
        theme = self._theme
        if offer.member is not None:
            return theme.avatar(offer.member, offer.words, _PICTURE)
        return picture(theme, offer.emoji, theme.px(_PICTURE)) if is_pictured(offer.emoji) else None
