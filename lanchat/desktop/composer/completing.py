"""Completing: offers what the word being written could become, and puts in what is chosen. Tk thread."""

from __future__ import annotations

import tkinter as tk

from lanchat.core.model import RoomId
from lanchat.desktop.composer.offer_list import OfferList
from lanchat.desktop.composer.offers import Offer, coded, offers
from lanchat.desktop.composer.pad import Pad
from lanchat.desktop.composer.picker import note_used
from lanchat.desktop.view_context import ViewContext


class Completing:
    """The keyboard stays with the pad: the arrows and Escape are for the list while there is one."""

    def __init__(self, desk: ViewContext, room_id: RoomId, pad: Pad, over: tk.Misc) -> None:
        """`over`: what the list stands above."""
        self._desk = desk
        self._room_id = room_id
        self._pad = pad
        self._list = OfferList(desk.theme, over, self._take)
        pad.bind("<Up>", lambda event: self._moved(-1))
        pad.bind("<Down>", lambda event: self._moved(1))
        pad.bind("<Escape>", lambda event: self._escaped())
        pad.bind("<ButtonRelease-1>", lambda event: self.leave(), add="+")
        pad.bind("<FocusOut>", lambda event: self.leave(), add="+")

    @property
    def offered(self) -> list[Offer]:
        """What is in the list now."""
        return list(self._list.offers)

    def typed(self) -> bool:
        """A key changed what is written. True: that finished a code, and the emoji stands there now."""
        before = self._pad.written[: self._pad.caret]
        if before.endswith(":") and (finished := coded(before)):
            self._take(finished)
            return True
        self._list.show(self._offers(before))
        return False

    def take(self) -> bool:
        """Put in what is chosen. False: there is no list."""
        if not self._list.offers:
            return False
        self._take(self._list.chosen)
        return True

    def leave(self) -> None:
        """The list goes; what is written stays."""
        self._list.show(())

    def destroy(self) -> None:
        self._list.destroy()

    def _offers(self, before: str) -> list[Offer]:
        room = self._desk.state.rooms.get(self._room_id)
        people = []
        if room is not None and before.find("@", before.rfind("\n") + 1) >= 0:
            here = (key for key in room.people.here() if key != room.people.me)
            people = [(key, room.people.nicks.nick(key)) for key in here]
        return offers(before, people, self._desk.kept.now.recent_emoji)

    def _take(self, offer: Offer) -> None:
        self.leave()
        if offer.emoji:
            note_used(self._desk.kept, offer.emoji)
        self._pad.put(offer.text, offer.start)

    def _moved(self, step: int) -> str | None:
        if not self._list.offers:
            return None
        self._list.move(step)
        return "break"

    def _escaped(self) -> str | None:
        if not self._list.offers:
            return None
        self.leave()
        return "break"
