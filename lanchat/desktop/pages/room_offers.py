"""RoomOffers: the rooms that the welcome page offers, which ones and in which order, and what is said of each. Pure.

A room that is shown keeps its place, so that neither the mouse pointer nor the focus is on another room from one
moment to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from lanchat.core.model import MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.desktop.model import phrases
from lanchat.desktop.model.room_model import RoomModel
from lanchat.engine.events import ConnectionState

MOST_HERE, MOST_AWAY = 6, 3  # the others are in the sidebar, which is made for many
MOST_FACES = 4


class RoomOffer(Struct, frozen=True):
    """A room to enter. Two offers are equal when they look the same."""

    room_id: RoomId
    title: str
    about: str  #: who hosts it, or why one cannot go in
    people: str  #: how many are in it; "": not known
    faces: tuple[tuple[MemberKey, str], ...]  #: some of them, with their nicks; none of a room that was never entered
    action: str  #: what entering it is called
    lock: bool  #: it asks for a passphrase
    doubtful: bool  #: another key than the known host's answers for it
    away: bool  #: it does not answer now
    open: bool  #: it can be entered without another question


class RoomOffers(Struct, frozen=True):
    """The rooms offered, in order."""

    here: tuple[RoomOffer, ...] = ()
    away: tuple[RoomOffer, ...] = ()
    more: int = 0  # number of rooms that are not among them

    @property
    def first_open(self) -> RoomOffer | None:
        """The room that Enter enters when nothing else was chosen."""
        return next((offer for offer in self.here if offer.open), None)


def room_offers(rooms: Iterable[RoomModel], before: RoomOffers) -> RoomOffers:
    """Choose the rooms to offer. Those in `before`, the last result, keep their places; new ones follow."""
    rooms = list(rooms)
    here = _chosen([room for room in rooms if room.is_here], before.here, MOST_HERE)
    known = [room for room in rooms if not room.is_here and room.known]
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
    if room.known:
        return 0
    return 2 if room.protected else 1


def _offer(room: RoomModel) -> RoomOffer:
    lock = room.protected and not room.known
    return RoomOffer(
        room_id=room.room_id,
        title=room.shown,
        about=phrases.room_state(room) or _host(room),
        people=phrases.here(phrases.people_in(room)),
        faces=_faces(room),
        action=_action(room, lock),
        lock=lock,
        doubtful=room.key_changed,
        away=not room.is_here,
        open=room.is_here and not room.key_changed and not lock,
    )


def _host(room: RoomModel) -> str:
    """Who hosts it."""
    if room.connection is ConnectionState.HOSTING:
        return _("you host")
    return _("{host} hosts").format(host=room.host) if room.host else ""


def _action(room: RoomModel, lock: bool) -> str:
    if room.key_changed:
        return _("See what is wrong")
    if room.hosted and not room.is_in:
        return _("Open again")
    if room.known:
        return _("Go back")
    return _("Join with passphrase…") if lock else _("Join")


def _faces(room: RoomModel) -> tuple[tuple[MemberKey, str], ...]:
    """Only of members: a listing of a room says how many there are, not who."""
    if not room.is_live:
        return ()
    nicks = room.people.nicks
    return tuple((key, nicks.nick(key)) for key in room.people.here()[:MOST_FACES])
