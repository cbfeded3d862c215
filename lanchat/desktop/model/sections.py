"""Sections: the list of rooms, ready to be drawn. Pure.

Rooms stand by title, so that none moves under the pointer: only coming, going and becoming known changes the order.
Of very many unknown ones, those found first are shown: a flood of made-up rooms does not push out a real one.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from lanchat.core.model import RoomId
from lanchat.desktop.model import phrases
from lanchat.desktop.model.room_model import RoomModel
from lanchat.engine.events import ConnectionState

MOST = 200  # rows in a section: more are found by searching
NEW_SECONDS = 60.0


class SectionKind(enum.Enum):
    HERE = "here"  #: on this network
    AWAY = "away"  #: known, and not here now


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room in the list. Rows are equal when they look the same."""

    room_id: RoomId
    title: str
    subtitle: str
    lock: bool  #: it has a passphrase
    mine: bool  #: I host it: it is open here, or I can open it
    unread: int
    mention: bool  #: something unread names me
    offline: bool  #: nobody answers for it: grey, but readable when it is known
    changed_key: bool  #: whoever answers for it is not the host we know
    new: bool  #: appeared a moment ago, and was never known
    connected: bool
    connecting: bool


@dataclass(frozen=True, slots=True)
class RoomSection:
    kind: SectionKind
    title: str
    rows: tuple[RoomRow, ...]
    more: int = 0  #: rooms that are not shown


def sections(rooms: Iterable[RoomModel], now: float) -> list[RoomSection]:
    """The rooms on this network, then the known ones that are not, if any. `now`: by State's clock."""
    rooms = list(rooms)
    here = [room for room in rooms if room.is_here]
    away = [room for room in rooms if not room.is_here and (room.known or room.hosted)]
    found = [_section(SectionKind.HERE, phrases.on_this_network(), here, now)]
    return [*found, _section(SectionKind.AWAY, phrases.your_rooms(), away, now)] if away else found


def _section(kind: SectionKind, title: str, rooms: list[RoomModel], now: float) -> RoomSection:
    first = sorted(rooms, key=_is_stranger)[:MOST]
    shown = sorted(first, key=lambda room: (_is_stranger(room), room.title.casefold(), room.room_id))
    return RoomSection(kind, title, tuple(_row(room, now) for room in shown), len(rooms) - len(shown))


def _is_stranger(room: RoomModel) -> bool:
    return not (room.known or room.hosted or room.is_in)


def _row(room: RoomModel, now: float) -> RoomRow:
    return RoomRow(
        room_id=room.room_id,
        title=room.shown,
        subtitle=phrases.about_room(room),
        lock=room.protected,
        mine=room.hosted,
        unread=room.unread.count,
        mention=room.unread.mentions > 0,
        offline=not room.answers,
        changed_key=room.key_changed,
        new=not room.known and room.found_at is not None and now - room.found_at < NEW_SECONDS,
        connected=room.is_live,
        connecting=room.entering or room.connection in (ConnectionState.CONNECTING, ConnectionState.RECONNECTING),
    )
