"""RoomCards: the rooms there are to go into, one under the other, live. Tk thread.

A room that is shown keeps its card, so that neither the pointer nor the keyboard is on another one from one moment to
the next. While the pointer is on a card, none comes or goes: the click that follows is meant for this one.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from lanchat.core.model import RoomId
from lanchat.desktop.lists.writing import Writer
from lanchat.desktop.model import words
from lanchat.desktop.pages.offers import Offer, Offers
from lanchat.desktop.pages.room_card import RoomCard
from lanchat.desktop.view_context import ViewContext
from lanchat.desktop.widgets.label import Label


class RoomCards(tk.Frame):
    def __init__(self, master: tk.Misc, desk: ViewContext, enter: Callable[[Offer], None]) -> None:
        """`enter`: the person goes into one."""
        theme = desk.theme
        super().__init__(master, bg=theme.palette.chat)
        self.columnconfigure(0, weight=1)
        self._theme = theme
        self._enter = enter
        self._writer = Writer(theme)
        self._here = Label(self, theme, words.on_this_network(), "small_bold", "mute")
        self._away = Label(self, theme, words.your_rooms(), "small_bold", "mute")
        self._cards: dict[RoomId, RoomCard] = {}
        self.first: RoomCard | None = None  #: the one that stands out
        self.in_order: list[RoomCard] = []
        self._offers: Offers | None = None

    def show(self, offers: Offers) -> None:
        """These, in this order."""
        self._offers = offers
        order = [offer.room_id for offer in (*offers.here, *offers.away)]
        if order != [card.offer.room_id for card in self.in_order] and any(card.over for card in self.in_order):
            return  # until the pointer leaves it
        there = {offer.room_id for offer in (*offers.here, *offers.away)}
        for room_id in self._cards.keys() - there:
            self._cards.pop(room_id).destroy()
        suggested = offers.first_open
        self.in_order = [
            self._card(offer, suggested=offer is suggested) for offer in (*offers.here, *offers.away)
        ]  # fmt: skip
        self.first = self._cards[suggested.room_id] if suggested else None
        self._lay(len(offers.here))

    def _card(self, offer: Offer, *, suggested: bool) -> RoomCard:
        card = self._cards.get(offer.room_id) or self._new_card(offer)
        card.show(offer, suggested=suggested)
        return card

    def _new_card(self, offer: Offer) -> RoomCard:
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
                tk.Misc.lift(card)  # Tab goes by the order of stacking
                row += 1

    def _move(self, card: RoomCard, step: int) -> str:
        place = self.in_order.index(card) + step
        if 0 <= place < len(self.in_order):
            self.in_order[place].focus_set()
        return "break"
