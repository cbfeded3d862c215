"""Joining: from what a person gave (a room in the list, an address, a code, a link) to being in. Engine's loop."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from functools import partial

from msgspec import Struct

from lanchat.core import limits
from lanchat.core.address import (
    AddressTarget,
    CodeTarget,
    LinkTarget,
    NotAnAddress,
    Numeric,
    RoomIdTarget,
    Target,
    parse_where,
)
from lanchat.core.frames import Heir
from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.engine import commands, events
from lanchat.engine.active_room import ActiveRoom
from lanchat.engine.disk import Disk
from lanchat.engine.entering import SENT_AWAY, RoomDialer, refusal_event, refuse_outbox
from lanchat.engine.follower_role import FollowerRole
from lanchat.engine.known_rooms import KnownRooms, last_place
from lanchat.engine.own_entries import Person
from lanchat.engine.sightings import Sightings, addresses_of
from lanchat.network.dialer import Address, JoinedConnection, Unreachable
from lanchat.network.discovery.interface import Discovery
from lanchat.network.host_addresses import NameUnknown, resolve
from lanchat.trust.handshake import Expected
from lanchat.trust.identity import is_badge_of
from lanchat.trust.join_errors import (
    HostKeyChanged,
    JoinError,
    KeeperNotEntitled,
    OtherRoomHere,
    RefusedByHost,
    WrongHost,
    WrongRoom,
)

#: How long a room that nothing is known of may take to answer our questions.
_SEEN_SECONDS = 3.0

#: How long to try a room that is there, while connections break during the handshake; and the time between two tries.
_BAD_NETWORK_SECONDS = 12.0
_BREATH_SECONDS = 1.0


class NotNow(Exception):
    """No Join may enter that room at the moment: it is open here, another Join is on its way in, or it was left."""

    def __init__(self, room_id: RoomId) -> None:
        super().__init__("not now")
        self.room_id = room_id


class JoinAttempt:
    """One Join that is under way."""

    def __init__(self, command: commands.Join) -> None:
        self.command = command
        self.target_room: RoomId | None = None  #: the room it names, when it names one
        self.unwanted: set[RoomId] = set()  #: rooms that were left or forgotten after it was asked for
        self.numeric: tuple[Numeric, ...] = ()  #: the addresses of the host it names, when it names one
        self.met: RoomId | None = None  #: the room that it came to
        self.any_room = False  #: the person wants in, although another room was at this address
        self.arrived = False  #: it is over: what it found was handed to the room
        self.task: asyncio.Task[None] | None = None
        with contextlib.suppress(NotAnAddress):
            target = parse_where(command.where)
            self.target_room = target.room_id if isinstance(target, RoomIdTarget | LinkTarget) else None


class Arrival(Struct, frozen=True):
    """Where a Join led: into a room, or (not `entered`) to one that we know and that is not there now."""

    room_id: RoomId
    title: str
    entered: JoinedConnection | None

    def abort(self) -> None:
        if self.entered is not None:
            self.entered.connection.abort("not wanted any more")

    def aborting_on_failure(self) -> contextlib.AbstractContextManager[None]:
        """Where what is done inside fails, or is cancelled, nobody is in any more."""
        return self.entered.aborting_on_failure() if self.entered is not None else contextlib.nullcontext()


class RoomJoiner:
    claim: Callable[[RoomId, JoinAttempt], None]  #: called before anything is said to a room's host; raises NotNow

    def __init__(
        self,
        person: Person,
        context: ssl.SSLContext,
        disk: Disk,
        known: KnownRooms,
        discovery: Discovery,
        sightings: Sightings,
        tell: events.Tell,
    ) -> None:
        self._person = person
        self._context = context
        self._disk = disk
        self._known = known
        self._discovery = discovery
        self._sightings = sightings
        self._tell = tell

    async def enter(self, attempt: JoinAttempt) -> Arrival | None:
        """Get in, or to a room that we know. None: it went no further, and an Event said why.

        Raises NotNow and StorageProblem.
        """
        command = attempt.command
        try:
            target = parse_where(command.where)
        except NotAnAddress as error:
            self._tell(events.NotFound(command.where, str(error)))
            return None
        try:
            if isinstance(target, AddressTarget):
                attempt.numeric = await resolve(target.host)
            for address, port in _typed(target, attempt):
                self._discovery.ask(address, port)
            while True:
                try:
                    return await self._enter(target, attempt)
                except (HostKeyChanged, OtherRoomHere) as changed:
                    if not (command.accept_key and is_badge_of(command.accept_key, changed.new)):
                        raise
                    await self._accept(changed, attempt)
        except JoinError as stopped:
            code = stopped.code if isinstance(stopped, RefusedByHost) else ""
            if code in SENT_AWAY and attempt.met is not None and self._known.get(attempt.met) is not None:
                await refuse_outbox(attempt.met, code, self._disk, self._tell)
            self._tell(refusal_event(stopped, command.where, self._known))
        except (Unreachable, NameUnknown) as nobody:
            self._tell(events.NotFound(command.where, str(nobody)))
        return None

    async def _accept(self, changed: HostKeyChanged | OtherRoomHere, attempt: JoinAttempt) -> None:
        """The person saw the badge of who answers, and wants to go on. Raises StorageProblem, and `changed` where that
        was asked before."""
        match changed:
            case HostKeyChanged() if self._known.pin(changed.room_id):
                await self._known.accept_key(changed.room_id, changed.new)
            case OtherRoomHere() if not attempt.any_room:
                attempt.any_room = True
            case _:
                raise changed

    async def settle(self, attempt: JoinAttempt, arrival: Arrival) -> FollowerRole:
        """The room that a Join led to, remembered. Raises StorageProblem."""
        entered, first_meeting = arrival.entered, False
        if entered is not None:
            target = parse_where(attempt.command.where)
            first_meeting = await self._known.met(entered, target if isinstance(target, AddressTarget) else None)
        record = self._known.get(arrival.room_id)
        room = ActiveRoom(arrival.room_id, record.title if record else arrival.title, self._person, self._tell)
        way = self.way_back(arrival.room_id)
        return FollowerRole(room, attempt.command.where, way, self._known, self._disk, entered, first_meeting)

    def follow(
        self, room_id: RoomId, entered: JoinedConnection | None = None, moved_to: Heir | None = None
    ) -> FollowerRole:
        """A room that we know, at whoever keeps it open. `entered`: we are in already. `moved_to`: who opens it just
        now, because we gave it to them."""
        record = self._known.get(room_id)
        room = ActiveRoom(room_id, record.title if record else room_id, self._person, self._tell)
        return FollowerRole(
            room, room_id, self.way_back(room_id), self._known, self._disk, entered, moved_to=moved_to
        )  # fmt: skip

    async def _enter(self, target: Target, attempt: JoinAttempt) -> Arrival:
        """Raises Unreachable, JoinError, NotNow and StorageProblem."""
        record = None
        if isinstance(target, RoomIdTarget | LinkTarget):
            self.claim(target.room_id, attempt)
            record = self._known.get(target.room_id)
        try:
            entered = await self._through(target, attempt)
        except (Unreachable, WrongHost, WrongRoom) as nobody:
            if record is not None and isinstance(nobody, Unreachable | WrongRoom | KeeperNotEntitled):  # keep trying
                return Arrival(record.room_id, record.title, None)
            if isinstance(nobody, Unreachable) and nobody.silent and self._answers(target, attempt):
                raise Unreachable(_walled()) from nobody
            unsteady = isinstance(nobody, Unreachable) and nobody.unsteady
            if not unsteady and not await self._seen(target, attempt):
                raise
            entered = await self._through_at_last(target, attempt)
        assert entered.handshake.room_id is not None, "in, so the host said hello"
        return Arrival(entered.handshake.room_id, entered.handshake.title, entered)

    def _answers(self, target: Target, attempt: JoinAttempt) -> bool:
        """Whether the room answers discovery, although it takes no connection."""
        return bool(self._sightings.matching(lambda one: one.answering and _matches(target, one, attempt)))

    async def _through_at_last(self, target: Target, attempt: JoinAttempt) -> JoinedConnection:
        """The room is there: on a bad network it takes a few tries."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _BAD_NETWORK_SECONDS
        while True:
            try:
                return await self._through(target, attempt)
            except Unreachable as nobody:
                if not nobody.unsteady or loop.time() > until:
                    raise
            await asyncio.sleep(_BREATH_SECONDS)

    async def _through(self, target: Target, attempt: JoinAttempt) -> JoinedConnection:
        return await self._way(target, attempt).enter(partial(self._met, attempt))

    def _met(self, attempt: JoinAttempt, room_id: RoomId) -> None:
        self.claim(room_id, attempt)
        attempt.met = room_id

    async def _seen(self, target: Target, attempt: JoinAttempt) -> bool:
        """Whether Discovery finds the room, now that it was asked for."""
        if isinstance(target, AddressTarget) and target.port is not None:
            return False  # a sighting elsewhere would be another room
        return await self._sightings.wait_for(lambda listing: _matches(target, listing, attempt), _SEEN_SECONDS)

    def _way(self, target: Target, attempt: JoinAttempt) -> RoomDialer:
        """The way to a target for the first time."""

        def addresses() -> list[Address]:
            seen = addresses_of(self._sightings.matching(lambda listing: _matches(target, listing, attempt)))
            record = self._known.get(target.room_id) if isinstance(target, RoomIdTarget) else None
            before = [place] if record and (place := last_place(record)) else []
            return list(dict.fromkeys([*seen, *_typed(target, attempt), *before]))

        expected, news = self._expected(target, attempt), self._sightings.change
        passphrase = attempt.command.passphrase
        return RoomDialer(self._person, self._context, expected, addresses, news, self._known.pin, passphrase)

    def _expected(self, target: Target, attempt: JoinAttempt) -> Expected:
        match target:
            case RoomIdTarget(room_id):
                seen = self._sightings.rooms(room_id)
                pinned = self._known.pin(room_id) is not None
                return Expected(room_id, seen[0].owner if seen and not pinned else None)
            case AddressTarget():
                return Expected(before=() if attempt.any_room else self._rooms_before(target, attempt))
            case CodeTarget(_, fingerprint):
                return Expected(None, fingerprint)
            case LinkTarget(_, _, room_id, fingerprint):
                return Expected(room_id, fingerprint)

    def _rooms_before(self, target: AddressTarget, attempt: JoinAttempt) -> tuple[RoomId, ...]:
        """The rooms that were where the person says. A name that was never typed leads to what was at its addresses."""
        if typed := self._known.rooms_at(target):
            return typed
        numeric = [AddressTarget(address, target.port) for address in attempt.numeric]
        return tuple(dict.fromkeys(room_id for at in numeric for room_id in self._known.rooms_at(at)))

    def way_back(self, room_id: RoomId) -> RoomDialer:
        """The way to a room whose owner is pinned: wherever a host of it is seen, or was last."""

        def addresses() -> list[Address]:
            record = self._known.get(room_id)
            if record is None or record.owner is None:
                return []
            fingerprint = key_fingerprint(record.owner)
            seen = self._sightings.matching(lambda one: one.room_id == room_id and one.owner == fingerprint)
            before = [place] if (place := last_place(record)) else []
            return list(dict.fromkeys([*addresses_of(seen), *before]))

        news = self._sightings.change
        return RoomDialer(self._person, self._context, Expected(room_id), addresses, news, self._known.pin)


def _walled() -> str:
    return _(
        "the host's computer is there and answers, but takes no connection: most likely its firewall keeps others out; "
        "`lanchat doctor` over there says how to open it"
    )


def _typed(target: Target, attempt: JoinAttempt) -> list[Address]:
    """The addresses that the target itself names. Without a port, the well-known ones, of which a host takes the first
    that is free."""
    match target:
        case RoomIdTarget():
            return []
        case AddressTarget(_, port):
            return [(address, one) for address in attempt.numeric for one in ([port] if port else limits.PORTS)]
        case CodeTarget(ipv4):
            return [(ipv4, port) for port in limits.PORTS]
        case LinkTarget(addresses, port):
            return [(address, port) for address in addresses]


def _matches(target: Target, listing: Listing, attempt: JoinAttempt) -> bool:
    match target:
        case RoomIdTarget(room_id):
            return listing.room_id == room_id
        case AddressTarget(_, port):
            return not set(attempt.numeric).isdisjoint(listing.addresses) and port in (None, listing.port)
        case CodeTarget(ipv4, fingerprint):
            return ipv4 in listing.addresses and listing.is_named_by(fingerprint)
        case LinkTarget(_, _, room_id, fingerprint):
            return listing.room_id == room_id and listing.is_named_by(fingerprint)
