"""What a Join that went no further means for the person: the handshake's errors as Events."""

from __future__ import annotations

from lanchat.core.model import MemberKey
from lanchat.engine import events
from lanchat.engine.known import KnownRooms
from lanchat.trust.identity import badge
from lanchat.trust.refusal import (
    HostKeyChanged,
    NotIn,
    OtherRoomHere,
    PassphraseNeeded,
    RefusedByHost,
    WrongHost,
    WrongPassphrase,
)

_KNOWN = frozenset({"banned", "busy", "crowd", "full"})


def told(stopped: NotIn, where: str, rooms: KnownRooms) -> events.Event:
    match stopped:
        case HostKeyChanged(known, new, room_id, title):
            record = rooms.get(room_id)  # the room as we knew it: the new host may not even have said a title
            title = record.title if record else title
            verified = rooms.is_verified(MemberKey(known))
            return events.KeyChanged(where, room_id, title, badge(MemberKey(known)), badge(MemberKey(new)), verified)
        case OtherRoomHere(known_room, room_id, new, title):
            before, pin = rooms.get(known_room), rooms.pin(known_room)
            shown, verified = (badge(pin.host_key), rooms.is_verified(pin.host_key)) if pin else ("", False)
            known_title = (before.title if before is not None else "") or known_room
            return events.KeyChanged(where, room_id, title, shown, badge(new), verified, known_title)
        case PassphraseNeeded(room_id, title, wait):
            return events.PassphraseNeeded(where, room_id, title, wait=wait)
        case WrongPassphrase(room_id, title, wait):
            return events.PassphraseNeeded(where, room_id, title, wrong=True, wait=wait)
        case RefusedByHost():
            return events.NotFound(where, why_refused(stopped), refused=True)
        case WrongHost():
            return events.NotFound(where, str(stopped))
        case _:
            return events.NotFound(where, str(stopped), refused=True)


def why_refused(refused: RefusedByHost) -> str:
    """In the person's language; in the host's own words only where it says more than we know."""
    return str(refused) if refused.code in _KNOWN else refused.reason
