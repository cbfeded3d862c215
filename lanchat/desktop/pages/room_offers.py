"""The rooms that the welcome page offers: which ones and in which order (RoomOffers), and their cards (RoomCards).

A room that is shown keeps its place and its card, so that neither the mouse pointer nor the focus is on another room
from one moment to the next. While the pointer is on a card, none is added or removed: the next click is meant for it.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.model import phrases
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.buttons import Pressable
from lanchat.desktop.widgets.labels import Label
from lanchat.desktop.widgets.line_renderer import LineRenderer
from lanchat.desktop.widgets.surfaces import RING, draw_ground, mixed

MOST_HERE, MOST_AWAY = 8, 4  # the others are in the sidebar, which is made for many


@dataclass(frozen=True, slots=True)
class RoomOffer:
    """A room to enter. Two offers are equal when they look the same."""

    room_id: RoomId
    title: str  #: the words of the card: what entering it is called
    about: str
    lock: bool  #: it asks for a passphrase
    doubtful: bool  #: another key than the known host's answers for it
    away: bool  #: it does not answer now
    open: bool  #: it can be entered without another question


@dataclass(frozen=True, slots=True)
class RoomOffers:
    """The rooms offered, in order."""

    here: tuple[RoomOffer, ...] = ()
    away: tuple[RoomOffer, ...] = ()
    more: int = 0  #: number of rooms that are not among them

    @property
    def first_open(self) -> RoomOffer | None:
        """The room that Enter enters when nothing else was chosen."""
        return next((offer for offer in self.here if offer.open), None)


def room_offers(rooms: Iterable[RoomModel], before: RoomOffers) -> RoomOffers:
    """Choose the rooms to offer. Those in `before`, the last result, keep their places; new ones follow."""
    rooms = list(rooms)
    here = _chosen([room for room in rooms if room.is_here], before.here, MOST_HERE)
    known = [room for room in rooms if not room.is_here and (room.known or room.hosted)]
    away = _chosen(known, before.away, MOST_AWAY)
    more = sum(room.is_here for room in rooms) + len(known) - len(here) - len(away)
    return RoomOffers(here, away, more)


def _chosen(rooms: list[RoomModel], before: Sequence[RoomOffer], most: int) -> tuple[RoomOffer, ...]:
    places = {offer.room_id: place for place, offer in enumerate(before)}
    new = len(places)
    rooms.sort(key=lambda room: (places.get(room.room_id, new), _rank(room), room.title.casefold(), room.room_id))
    return tuple(_offer(room) for room in rooms[:most])


def _rank(room: RoomModel) -> int:
    """Sort key: rooms that are easier to enter come first."""
    if room.key_changed:
        return 3
    if room.known or room.hosted:
        return 0
    return 2 if room.protected else 1


def _offer(room: RoomModel) -> RoomOffer:
    title = room.shown
    known = room.known or room.hosted
    closed = room.hosted and not room.is_in
    return RoomOffer(
        room_id=room.room_id,
        title=(_("Open {room} again") if closed else _("Go back to {room}")).format(room=title) if known else title,
        about=phrases.about_room(room) if known or room.key_changed else _about_new(room),
        lock=room.protected and not known,
        doubtful=room.key_changed,
        away=not room.is_here,
        open=room.is_here and not room.key_changed and (known or not room.protected),
    )


def _about_new(room: RoomModel) -> str:
    """Who is there, and whether it asks for a passphrase."""
    way = _("passphrase") if room.protected else _("open")
    return " · ".join(filter(None, (phrases.about_room(room), way)))


_HEIGHT, _RADIUS, _PAD = 60, 10, 14
_DISC, _ICON, _GAP = 36, 18, 12


class RoomCard(Pressable):
    """A card to press to enter a room."""

    def __init__(
        self, master: tk.Misc, theme: Theme, writer: LineRenderer, offer: RoomOffer, command: Callable[[], None]
    ) -> None:
        super().__init__(master, theme, command)
        self.offer = offer
        self._writer = writer
        self._suggested = False
        self.configure(height=theme.px(_HEIGHT))

    def show(self, offer: RoomOffer, *, suggested: bool) -> None:
        """Show the present state of the same room. `suggested`: it stands out as the one that Enter enters."""
        if (offer, suggested) != (self.offer, self._suggested):
            self.offer, self._suggested = offer, suggested
            self.redraw()

    def draw(self) -> None:
        width, height = self.winfo_width(), self.winfo_height()
        theme, palette, px = self.theme, self.theme.palette, self.theme.px
        offer = self.offer
        rest = palette.accent_soft if self._suggested else palette.side
        fill = mixed(rest, palette.text, 0.12 if self.down and self.over else 0.06 if self.over else 0)
        edge = palette.ring if self.focused else ""
        draw_ground(self, theme, (0, 0, width, height), _RADIUS, fill, edge=edge, line=RING)
        middle = height // 2
        x = px(_PAD)
        self._draw_sign(x, middle, fill)
        x += px(_DISC + _GAP)
        right = self._draw_end(width - px(_PAD), middle, fill)
        title = palette.mute if offer.away else palette.strong
        about = mixed(palette.alert_ink if offer.doubtful else palette.mute, palette.text, 0.4)
        self._writer.write(self, (x, middle - px(10)), offer.title, "bold", title, right - x)
        self._writer.write(self, (x, middle + px(11)), offer.about, "small", about, right - x)

    def _draw_sign(self, x: int, middle: int, ground: str) -> None:
        """Draw a disc with an icon for the kind of room."""
        theme, palette = self.theme, self.theme.palette
        size = theme.px(_DISC)
        offer = self.offer
        strong = palette.alert if offer.doubtful else palette.accent
        fill = mixed(ground, palette.text, 0.1) if offer.away else strong
        ink = palette.mute if offer.away else palette.on_accent
        self.create_image(x, middle, anchor="w", image=theme.rounded_image(size, size, _DISC / 2, fill))
        name: IconName = "warning" if offer.doubtful else "lock" if offer.lock else "room"
        self.create_image(x + size // 2, middle, image=theme.icon(name, _ICON, ink))

    def _draw_end(self, right: int, middle: int, ground: str) -> int:
        """Draw what Enter does, or an arrow; returns the x coordinate where the words must end."""
        theme, palette, px = self.theme, self.theme.palette, self.theme.px
        if self._suggested and self.focused:
            words = _("Enter ↵")
            self.create_text(right, middle, anchor="e", text=words, font=theme.font("small_bold"), fill=palette.at)
            return right - theme.fonts.measure("small_bold", words) - px(_GAP)
        self.create_image(right, middle, anchor="e", image=theme.icon("right", 16, mixed(ground, palette.mute, 0.8)))
        return right - px(16 + _GAP)


class RoomCards(tk.Frame):
    """The cards, one below the other, kept up to date."""

    def __init__(self, master: tk.Misc, context: ViewContext, enter: Callable[[RoomOffer], None]) -> None:
        """`enter` is called with the offer of a pressed card."""
        theme = context.theme
        super().__init__(master, bg=theme.palette.chat)
        self.columnconfigure(0, weight=1)
        self._theme = theme
        self._enter = enter
        self._writer = LineRenderer(theme)
        self._here = Label(self, theme, phrases.on_this_network(), "small_bold", "mute")
        self._away = Label(self, theme, phrases.your_rooms(), "small_bold", "mute")
        self._cards: dict[RoomId, RoomCard] = {}
        self.first: RoomCard | None = None  #: the card that stands out
        self.in_order: list[RoomCard] = []
        self._offers: RoomOffers | None = None

    def show(self, offers: RoomOffers) -> None:
        """Show these offers, in this order."""
        self._offers = offers
        order = [offer.room_id for offer in (*offers.here, *offers.away)]
        if order != [card.offer.room_id for card in self.in_order] and any(card.over for card in self.in_order):
            return  # it is shown when the pointer leaves the card
        there = {offer.room_id for offer in (*offers.here, *offers.away)}
        for room_id in self._cards.keys() - there:
            self._cards.pop(room_id).destroy()
        suggested = offers.first_open
        self.in_order = [
            self._card(offer, suggested=offer is suggested) for offer in (*offers.here, *offers.away)
        ]  # fmt: skip
        self.first = self._cards[suggested.room_id] if suggested else None
        self._lay(len(offers.here))

    def _card(self, offer: RoomOffer, *, suggested: bool) -> RoomCard:
        card = self._cards.get(offer.room_id) or self._new_card(offer)
        card.show(offer, suggested=suggested)
        return card

    def _new_card(self, offer: RoomOffer) -> RoomCard:
        card = RoomCard(self, self._theme, self._writer, offer, lambda: self._enter(card.offer))
        card.bind("<Leave>", lambda _event: self.after_idle(self._settle), add="+")
        card.bind("<Up>", lambda _event: self._move(card, -1))
        card.bind("<Down>", lambda _event: self._move(card, 1))
        self._cards[offer.room_id] = card
        return card

    def _settle(self) -> None:
        if self.winfo_exists() and self._offers is not None:
            self.show(self._offers)

    def _lay(self, here: int) -> None:
        px = self._theme.px
        row = 0
        for label, cards in ((self._here, self.in_order[:here]), (self._away, self.in_order[here:])):
            if not cards:
                label.grid_forget()
                continue
            label.grid(row=row, sticky="ew", pady=(px(16) if row else 0, px(8)))
            row += 1
            for card in cards:
                card.grid(row=row, sticky="ew", pady=(0, px(8)))
                tk.Misc.lift(card)  # Tab goes by the stacking order
                row += 1

    def _move(self, card: RoomCard, step: int) -> str:
        place = self.in_order.index(card) + step
        if 0 <= place < len(self.in_order):
            self.in_order[place].focus_set()
        return "break"
