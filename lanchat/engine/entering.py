"""Getting into a room, for the first time and again; and the Events that say why a host does not let us in.

Engine's loop.
"""

from __future__ import annotations

import asyncio
import dataclasses
import ssl
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from lanchat.core.client_actions import Disconnect
from lanchat.core.codes import CloseCode, close_words, rejection_words
from lanchat.core.model import MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.engine.disk import Disk
from lanchat.engine.events import EntryState
from lanchat.engine.known_rooms import KnownRooms
from lanchat.engine.own_entries import Person
from lanchat.network.dialer import Address, JoinedConnection, enter
from lanchat.storage.errors import StorageProblem
from lanchat.trust.handshake import ClientHandshake, Expected, Pin
from lanchat.trust.identity import badge
from lanchat.trust.join_errors import (
    HostKeyChanged,
    JoinError,
    OtherRoomHere,
    PassphraseRequired,
    WrongHost,
    WrongPassphrase,
)

#: With these codes a host says that it takes nothing more of us.
SENT_AWAY = frozenset({CloseCode.REMOVED, CloseCode.BANNED})


#: Of a host's key and the epoch that it proves; see `Expected`.
IsWanted: TypeAlias = Callable[[MemberKey, int], bool]


class RoomDialer(Struct, frozen=True):
    """How we get to one room and in: where it may be, who must answer there, and who we are."""

    person: Person
    context: ssl.SSLContext
    expected: Expected
    addresses: Callable[[], list[Address]]  #: as known at the moment, best first
    news: Callable[[], Awaitable[None]]  #: waits until others may be known
    pin_for: Callable[[RoomId], Pin | None]  #: called on any thread
    passphrase: str | None = None
    hosting: bytes = b""  #: when we host this very room: the mark of this run of it

    def to(self, addresses: Callable[[], list[Address]], is_wanted: IsWanted | None = None) -> RoomDialer:
        """The way to the same room at other addresses, and only to a host that `is_wanted`."""
        expected = self.expected if is_wanted is None else dataclasses.replace(self.expected, is_wanted=is_wanted)
        return replace(self, addresses=addresses, expected=expected)

    async def enter(self, greeted: Callable[[RoomId], None] = lambda _: None) -> JoinedConnection:
        """Get in. Raises Unreachable when nobody answers, JoinError when the host, or another one there, refuses us.

        `greeted`: called when the host has said which room it is, before anything is said to it; may raise.
        """
        return await enter(self.addresses, self.context, self._shake, greeted, self.news)

    def _shake(self, certificate: bytes) -> ClientHandshake:
        person = self.person
        return ClientHandshake(
            person.identity, person.card, certificate, self.expected, self.pin_for, self.passphrase, self.hosting
        )  # fmt: skip


def abort_late(trying: asyncio.Task[JoinedConnection | None]) -> None:
    """What was tried led in after all, when it was not wanted any more."""
    if not trying.cancelled() and trying.exception() is None and (late := trying.result()) is not None:
        late.connection.abort("too late")


def refusal_event(stopped: JoinError, where: str, rooms: KnownRooms) -> events.Event:
    match stopped:
        case HostKeyChanged(known, new, room_id, title):
            record = rooms.get(room_id)  # the room as we knew it: the new host may not even have said a title
            title = record.title if record else title
            verified = rooms.is_verified(MemberKey(known))
            return events.KeyChanged(where, room_id, title, badge(MemberKey(known)), badge(MemberKey(new)), verified)
        case OtherRoomHere(known_room, room_id, new, title):
            before, pin = rooms.get(known_room), rooms.pin(known_room)
            shown, verified = (badge(pin.owner), rooms.is_verified(pin.owner)) if pin else ("", False)
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


async def refuse_outbox(room_id: RoomId, code: str, disk: Disk, tell: events.Tell) -> None:
    """The host takes nothing more of us: mark what waits in the Outbox as not sent, to be sent again or discarded."""
    try:
        entry_ids = await disk.run(lambda store: store.outbox(room_id).refuse_all(code))
    except StorageProblem as problem:
        tell(events.Problem(str(problem), room_id))
        return
    if entry_ids:
        tell(events.EntryStateChanged(room_id, tuple(entry_ids), EntryState.NOT_SENT, rejection_words(code)))


def words_about_ending(ended: Disconnect, moved: bool = False) -> str:
    """Why a Connection ended, for a person. `moved`: the host said who keeps the room open from then on."""
    if moved:
        return _("the room goes on at another computer in a moment")
    if ended.refused:
        return close_words(ended.code) or _("the host closed the connection")
    match ended.code:
        case "bye" | "closed":
            return _("the host closed the room")
        case "gone":
            return _("the host does not answer")
        case "lost":
            return _("the connection broke")
        case "gap" | "misbehaved":
            return _("what the host sent does not fit together")
        case _:
            return ended.problem
