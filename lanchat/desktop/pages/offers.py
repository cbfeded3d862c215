"""Offers: the rooms that the welcome page holds out, in an order that does not change under a person's hand. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.desktop.model import words
from lanchat.desktop.model.room import Room

MOST_HERE, MOST_AWAY = 8, 4  # more stand in the list at the left, which is made for many


@dataclass(frozen=True, slots=True)
class Offer:
    """A room to go into. Offers are equal when they look the same."""

    room_id: RoomId
    title: str  #: what going into it is called
    about: str
    lock: bool  #: a passphrase is asked for
    doubtful: bool  #: whoever answers for it is not the host we know
    away: bool  #: nobody answers for it now
    open: bool  #: going in takes nothing more


@dataclass(frozen=True, slots=True)
class Offers:
    here: tuple[Offer, ...] = ()
    away: tuple[Offer, ...] = ()
    more: int = 0  #: rooms that are not among them

    @property
    def first_open(self) -> Offer | None:
        """What Enter goes into when nothing else was chosen."""
        return next((offer for offer in self.here if offer.open), None)


def offers(rooms: Iterable[Room], before: Offers) -> Offers:
    """`before`: what was offered until now: that keeps its place, and what is new comes after it."""
    rooms = list(rooms)
    here = _chosen([room for room in rooms if room.is_here], before.here, MOST_HERE)
    known = [room for room in rooms if not room.is_here and (room.known or room.hosted)]
    away = _chosen(known, before.away, MOST_AWAY)
    more = sum(room.is_here for room in rooms) + len(known) - len(here) - len(away)
    return Offers(here, away, more)


def _chosen(rooms: list[Room], before: Sequence[Offer], most: int) -> tuple[Offer, ...]:
    places = {offer.room_id: place for place, offer in enumerate(before)}
    new = len(places)
    rooms.sort(key=lambda room: (places.get(room.room_id, new), _rank(room), room.title.casefold(), room.room_id))
    return tuple(_offer(room) for room in rooms[:most])


def _rank(room: Room) -> int:
    """What is easiest to go into comes first."""
    if room.key_changed:
        return 3
    if room.known or room.hosted:
        return 0
    return 2 if room.protected else 1


def _offer(room: Room) -> Offer:
    title = room.shown
    known = room.known or room.hosted
    closed = room.hosted and not room.is_in
    return Offer(
        room_id=room.room_id,
        title=(_("Open {room} again") if closed else _("Go back to {room}")).format(room=title) if known else title,
        about=words.about_room(room) if known or room.key_changed else _about_new(room),
        lock=room.protected and not known,
        doubtful=room.key_changed,
        away=not room.is_here,
        open=room.is_here and not room.key_changed and (known or not room.protected),
    )


def _about_new(room: Room) -> str:
    """Who is there, and whether one can just go in."""
    way = _("passphrase") if room.protected else _("open")
    return " · ".join(filter(None, (words.about_room(room), way)))
