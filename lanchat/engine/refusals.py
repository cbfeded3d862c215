"""What it means for the person that a host does not let us in, or sends us away, as Events."""

from __future__ import annotations

from collections.abc import Callable

from lanchat.core.codes import CloseCode, rejection_words
from lanchat.core.model import MemberKey, RoomId
from lanchat.engine import events
from lanchat.engine.disk import Disk
from lanchat.engine.events import EntryState
from lanchat.engine.known import KnownRooms
from lanchat.storage.errors import StorageProblem
from lanchat.trust.identity import badge
from lanchat.trust.join_errors import (
    HostKeyChanged,
    NotIn,
    OtherRoomHere,
    PassphraseRequired,
    WrongHost,
    WrongPassphrase,
)

#: Said by a host that takes nothing more of us.
SENT_AWAY = frozenset({CloseCode.REMOVED, CloseCode.BANNED})


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
        case PassphraseRequired(room_id, title, wait):
            return events.PassphraseNeeded(where, room_id, title, wait=wait)
        case WrongPassphrase(room_id, title, wait):
            return events.PassphraseNeeded(where, room_id, title, wrong=True, wait=wait)
        case WrongHost():
            return events.NotFound(where, str(stopped))
        case _:
            return events.NotFound(where, str(stopped), refused=True)


async def give_back(room_id: RoomId, code: str, disk: Disk, tell: Callable[[events.Event], None]) -> None:
    """The host takes nothing more of us: what waits for it is not sent, and may be sent again or discarded."""
    try:
        entry_ids = await disk.run(lambda store: store.outbox_refuse_all(room_id, code))
    except StorageProblem as problem:
        tell(events.Problem(str(problem), room_id))
        return
    if entry_ids:
        tell(events.EntryStateChanged(room_id, tuple(entry_ids), EntryState.NOT_SENT, rejection_words(code)))
