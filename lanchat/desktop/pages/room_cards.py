"""RoomCards: the rooms that the welcome page offers, as cards side by side. Tk thread.

While the pointer is on a card, none is added or removed: the next click is meant for it.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.desktop.model import phrases
from lanchat.desktop.pages.room_offers import RoomOffer, RoomOffers
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.palette import Palette
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import Pressable
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.surfaces import RING, draw_ground, mixed
from lanchat.desktop.widgets.tk_events import on_key

WIDTH, GAP, COLUMNS = 212, 16, 3  #: design pixels; cards in a row, at most
_HEIGHT, _WITHOUT_PEOPLE = 168, 118  # design pixels; of a card with, and without, the line of people
_RADIUS, _PAD, _PICTURE = 12, 16, 40
_FACE, _FACE_STEP, _RIM, _PEOPLE_AT = 28, 22, 2, 88  # faces overlap; the middle of their line
_BUTTON, _BUTTON_RADIUS = 32, 8
_SECTION = 24  # above the second section


def suggested_ground(ground: str, palette: Palette) -> str:
    """The ground of the card that Enter enters, among cards on `ground`. Colours as #rrggbb."""
    return mixed(ground, palette.accent, 0.04)


class RoomCard(Pressable):
    """A card to press to enter a room. It looks as if it had a button: that is what Enter or a press anywhere does."""

    def __init__(self, master: tk.Misc, theme: Theme, offer: RoomOffer, command: Callable[[], None]) -> None:
        super().__init__(master, theme, command)
        self.offer = offer
        self._suggested = False

    def show(self, offer: RoomOffer, *, suggested: bool) -> None:
        """Show the present state of the same room. `suggested`: it stands out as the one that Enter enters."""
        if (offer, suggested) != (self.offer, self._suggested):
            self.offer, self._suggested = offer, suggested
            self.redraw()

    @property
    def high(self) -> int:
        """Pixels that it needs."""
        return self.theme.px(_HEIGHT if self.offer.people else _WITHOUT_PEOPLE)

    def draw(self) -> None:
        width, height = self.winfo_width(), self.winfo_height()
        theme, palette, px = self.theme, self.theme.palette, self.theme.px
        rest = suggested_ground(self.ground, palette) if self._suggested else self.ground
        fill = mixed(rest, palette.text, 0.03) if self.over else rest
        edge = palette.ring if self._suggested else mixed(palette.line, palette.text, 0.1 if self.over else 0.0)
        draw_ground(self, theme, (0, 0, width, height), _RADIUS, fill, edge=edge)
        self._draw_head(px(_PAD), px(_PAD + _PICTURE / 2), width - px(_PAD), fill)
        if self.offer.people:
            self._draw_people(px(_PAD), px(_PEOPLE_AT), width - px(_PAD), fill)
        self._draw_button((px(_PAD), height - px(_PAD + _BUTTON), width - px(_PAD), height - px(_PAD)), fill)

    def _draw_head(self, x: int, middle: int, right: int, ground: str) -> None:
        """The room's picture, its title, a lock, and who hosts it."""
        theme, palette, px, offer = self.theme, self.theme.palette, self.theme.px, self.offer
        self.create_image(x, middle, anchor="w", image=theme.room_avatar(offer.room_id, offer.title, _PICTURE))
        x += px(_PICTURE + 10)
        title = theme.lines.fit(offer.title, "bold", right - x - (px(20) if offer.lock else 0))
        ink = palette.mute if offer.away else palette.strong
        top = middle - px(9) if offer.about else middle
        theme.lines.put(self, (x, top), title, "bold", (ink,))
        if offer.lock:
            image = theme.icon("lock", 12, palette.mute)
            self.create_image(x + title.width + px(8), top, anchor="w", image=image)
        about = palette.alert_ink if offer.doubtful else mixed(palette.mute, palette.text, 0.2)
        if offer.doubtful:
            self.create_image(x, middle + px(10), anchor="w", image=theme.icon("warning", 13, about))
            x += px(18)
        theme.lines.write(self, (x, middle + px(10)), offer.about, "small", about, right - x)

    def _draw_people(self, x: int, middle: int, right: int, ground: str) -> None:
        """Some of the people, and how many there are."""
        theme, palette, px = self.theme, self.theme.palette, self.theme.px
        faces = self.offer.faces
        rim = theme.rounded_image(px(_FACE) + 2 * px(_RIM), px(_FACE) + 2 * px(_RIM), _FACE / 2 + _RIM, ground)
        for place, (key, nick) in enumerate(faces):
            left = x + px(_FACE_STEP) * place
            self.create_image(left - px(_RIM), middle, anchor="w", image=rim)
            self.create_image(left, middle, anchor="w", image=theme.avatar(key, nick, _FACE))
        if faces:
            x += px(_FACE_STEP) * (len(faces) - 1) + px(_FACE + 10)
        else:
            self.create_image(x + px(2), middle, anchor="w", image=theme.icon("people", 18, palette.mute))
            x += px(30)
        theme.lines.write(self, (x, middle), self.offer.people, "small", palette.mute, right - x)

    def _draw_button(self, box: tuple[int, int, int, int], ground: str) -> None:
        theme, palette = self.theme, self.theme.palette
        main = self._suggested
        rest = palette.accent if main else mixed(ground, palette.text, 0.1)
        fill = mixed(rest, "#000000", 0.2 if self.down and self.over else 0.09) if self.over else rest
        if self.focused:
            out = theme.px(2 * RING)
            around = (box[0] - out, box[1] - out, box[2] + out, box[3] + out)
            draw_ground(self, theme, around, _BUTTON_RADIUS + 2 * RING, ground, edge=palette.ring, line=RING)
        draw_ground(self, theme, box, _BUTTON_RADIUS, fill)
        words = f"{self.offer.action} ↵" if main and self.focused else self.offer.action
        font: FontName = "room_bold" if main else "room"
        line = theme.lines.fit(words, font, box[2] - box[0] - theme.px(16))
        at = ((box[0] + box[2] - line.width) // 2, (box[1] + box[3]) // 2)
        theme.lines.put(self, at, line, font, (palette.on_accent if main else palette.text,))


class RoomCards(tk.Frame):
    """The cards in centred rows, kept up to date."""

    def __init__(self, master: tk.Misc, context: ViewContext, enter: Callable[[RoomOffer], None]) -> None:
        """`enter` is called with the offer of a pressed card."""
        theme = context.theme
        super().__init__(master, bg=theme.palette.chat)
        self._theme = theme
        self._enter = enter
        self._away = Label(self, theme, phrases.your_rooms(), "small_bold", "mute", anchor="center")
        self.first: RoomCard | None = None  #: the card that stands out
        self.in_order: list[RoomCard] = []
        self._offers = RoomOffers()
        self._columns = 1
        self.bind("<Configure>", lambda _event: self._lay())

    def show(self, offers: RoomOffers) -> None:
        """Show these offers, in this order."""
        before = {card.offer.room_id: card for card in self.in_order}
        order = {offer.room_id: offer for offer in (*offers.here, *offers.away)}
        self._offers = offers
        if list(order) != list(before) and any(card.over for card in self.in_order):
            return  # it is shown when the pointer leaves the card
        for room_id in before.keys() - order.keys():
            before[room_id].destroy()
        self.in_order = [before.get(room_id) or self._new_card(offer) for room_id, offer in order.items()]
        self.first = None
        for card, offer in zip(self.in_order, order.values(), strict=True):
            suggested = offer is offers.first_open
            card.show(offer, suggested=suggested)
            if suggested:
                self.first = card
        self._lay()

    def _new_card(self, offer: RoomOffer) -> RoomCard:
        card = RoomCard(self, self._theme, offer, lambda: self._enter(card.offer))
        card.bind("<Leave>", lambda _event: self.after_idle(self._settle), add="+")
        for key, rows, step in (("<Left>", 0, -1), ("<Right>", 0, 1), ("<Up>", -1, 0), ("<Down>", 1, 0)):
            on_key(card, key, lambda rows=rows, step=step: self._move(card, rows, step))  # type: ignore[misc]
        return card

    def _settle(self) -> None:
        if self.winfo_exists():
            self.show(self._offers)

    def _lay(self) -> None:
        """Place the rows, those of rooms that are away below the others."""
        px, width = self._theme.px, self.winfo_width()
        wide, gap = px(WIDTH), px(GAP)
        self._columns = max(1, min(COLUMNS, (width + gap) // (wide + gap)))
        here = [card for card in self.in_order if not card.offer.away]
        away = [card for card in self.in_order if card.offer.away]
        y = self._lay_rows(here, 0)
        if away:
            y += px(_SECTION) if here else 0
            self._away.place(x=0, y=y, relwidth=1)
            y = self._lay_rows(away, y + self._away.winfo_reqheight() + px(12))
        else:
            self._away.place_forget()
        self.configure(height=max(1, y - gap))

    def _lay_rows(self, cards: list[RoomCard], y: int) -> int:
        """Place these cards from `y` on; returns where the next row begins."""
        px = self._theme.px
        wide, gap, room = px(WIDTH), px(GAP), self.winfo_width()
        wide = min(wide, max(room, 1))
        for first in range(0, len(cards), self._columns):
            row = cards[first : first + self._columns]
            high = max(card.high for card in row)
            x = max(0, (room - len(row) * (wide + gap) + gap) // 2)
            for card in row:
                card.place(x=x, y=y, width=wide, height=high)
                tk.Misc.lift(card)  # Tab goes by the stacking order
                x += wide + gap
            y += high + gap
        return y

    def _move(self, card: RoomCard, rows: int, step: int) -> None:
        """Give the focus to another card; where there is only one row, up and down are as left and right."""
        by = step or rows * (self._columns if len(self.in_order) > self._columns else 1)
        place = self.in_order.index(card) + by
        if 0 <= place < len(self.in_order):
            self.in_order[place].focus_set()
