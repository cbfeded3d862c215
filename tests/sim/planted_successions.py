"""Planted bugs of a room that changes hands: one thing wrong in the real code each. The checker must find every one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lanchat.core import epoch, log
from lanchat.core.client_actions import Rebase
from lanchat.core.codes import CloseCode
from lanchat.core.log import Placement
from lanchat.core.posting import Posting
from lanchat.core.replica import Replica, Ticks
from lanchat.core.resuming import Resuming
from lanchat.engine import kept_room
from lanchat.engine.host_role import HostRole
from lanchat.engine.kept_room import KeptRoom
from lanchat.engine.known_rooms import KnownRooms
from lanchat.engine.other_keepers import OtherKeepers
from lanchat.storage import carried, search_index
from lanchat.storage.carried import RoomCarried
from lanchat.storage.projection import Projection
from lanchat.storage.room_log import RoomLog
from sim.planted import Bug, Method

BUGS: list[Bug] = []


def planted(says: str, owner: Any, name: str, since: int = 0) -> Callable[[Callable[[Method], Method]], None]:
    return lambda wrong: BUGS.append(Bug(says, owner, name, wrong, since))


# --- what a Log that gives way had -----------------------------------------------------------------------------------
planted("the tail is dropped", RoomCarried, "take_from_log")(lambda real: lambda *arguments: None)


@planted("only my own tail is carried", RoomCarried, "take_from_log")
def _(real: Method) -> Method:
    def take_from_log(room: Any, *arguments: Any) -> None:
        real(room, *arguments)
        room._database.do("DELETE FROM carried WHERE device_id NOT IN (SELECT device_id FROM counters)")

    return take_from_log


planted("openings are carried", carried, "_FROM_LOG")(
    lambda real: real.replace("AND e.kind <> '+keeps'", "")  # type: ignore[attr-defined]
)
planted("what was carried stays so after it came back", RoomCarried, "take_out")(lambda real: lambda *arguments: None)
planted("that it was read is forgotten", carried, "_FROM_LOG")(
    lambda real: real.replace("<= coalesce(t.read_seq, ?2)", "< 0 * ?2")  # type: ignore[attr-defined]
)
planted("the read position stays", RoomLog, "_read_back_to")(lambda real: lambda log, seq: None)
planted("what annotations of the tail changed stays so", Projection, "make_anew", since=11)(
    lambda real: lambda *arguments: None
)
planted("the words of the tail stay in the index", search_index, "reuse_ids")(
    lambda real: lambda database, first, last, texts=(): texts
)


# --- bringing it to the keeper ---------------------------------------------------------------------------------------
@planted("what is carried is refused for its counter", Placement, "place", since=29)
def _(real: Method) -> Method:
    return lambda placement, entry, received_at, carried=False: real(placement, entry, received_at, False)


@planted("the Outbox does not wait for what is carried", Posting, "due")
def _(real: Method) -> Method:
    def due(posting: Any, now: float, caught_up: bool) -> Any:
        return [*posting._outbox.due(now), *real(posting, now, caught_up)]

    return due


@planted("nobody brings what is carried", Posting, "due")
def _(real: Method) -> Method:
    return lambda posting, now, caught_up: real(posting, now, False)


@planted("an entry of another device is somebody else's", log, "_require_own", since=31)
def _(real: Method) -> Method:
    def require_own(session: Any, entries: Sequence[Any]) -> None:
        real(session, entries)
        if any(entry.device_id != session.device_id for entry in entries):
            raise log.Misbehaved("an entry of somebody else")

    return require_own


planted("ticks keep the numbers of the Log that gave way", Ticks, "cut")(lambda real: lambda ticks, last: None)


# --- resuming --------------------------------------------------------------------------------------------------------
@planted("resume by length", Resuming, "_find")
def _(real: Method) -> Method:
    def find(resuming: Any, session: Any, marks: Sequence[Any]) -> Any:
        return real(resuming, session, [(seq, None) for seq, _head in marks])

    return find


@planted("a higher epoch is sent away", Resuming, "checked", since=10)
def _(real: Method) -> Method:
    return lambda resuming, session, entitled: CloseCode.GONE


@planted("a client does not give way", Replica, "welcomed")
def _(real: Method) -> Method:
    def welcomed(replica: Any, frame: Any) -> Any:
        answer = real(replica, frame)
        return None if isinstance(answer, Rebase) else answer

    return welcomed


# --- epochs, and who keeps the room ----------------------------------------------------------------------------------
@planted("an epoch without random bits", kept_room, "next_epoch")
def _(real: Method) -> Method:
    return lambda above, bits, **rights: epoch.next_epoch(above, 0, **rights)


@planted("an opening begins no epoch", KeptRoom, "begin")
def _(real: Method) -> Method:
    def begin(store: Any, record: Any, passes: Any, identity: Any, *wishes: bool) -> Any:
        room_log = store.log(record.room_id)
        if record.keeps is None or record.keeps.author != identity.key:
            return real(store, record, passes, identity, *wishes)
        append, room_log.append = room_log.append, lambda *arguments: []
        try:
            kept = real(store, record, passes, identity, *wishes)
        finally:
            room_log.append = append
        return kept

    return begin


planted("a host never gives way", OtherKeepers, "_above")(lambda real: lambda others: [])


# --- bans ------------------------------------------------------------------------------------------------------------
planted("nobody outdoes a banned keeper", OtherKeepers, "_raise_above")(lambda real: lambda others, epoch: None)
planted("nobody leaves a banned keeper", KnownRooms, "lets_keep")(lambda real: lambda known, shaken: True)


@planted("a banned keeper goes on", HostRole, "standing_changed", since=95)
def _(real: Method) -> Method:
    return lambda role, standing: None if role._person.key in standing.bans else real(role, standing)
