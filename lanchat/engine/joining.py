"""Joining: from what a person gave (a room in the list, an address, a code, a link) to being in. Engine's loop."""

from __future__ import annotations

import ssl
from collections.abc import Callable

from msgspec.structs import replace

from lanchat.core import limits
from lanchat.core.address import (
    AddressTarget,
    CodeTarget,
    LinkTarget,
    NotAnAddress,
    RoomIdTarget,
    Target,
    parse_where,
)
from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.model import RoomId
from lanchat.engine import commands, events
from lanchat.engine.disk import Disk
from lanchat.engine.joined import JoinedRoom
from lanchat.engine.known import KnownRooms
from lanchat.engine.person import Person
from lanchat.engine.refusals import told
from lanchat.engine.sightings import Sightings, addresses_of
from lanchat.engine.way import Way
from lanchat.network.dialer import Address, Entered, Unreachable
from lanchat.network.discovery.model import Discovery
from lanchat.trust.handshake import Expected, Pin
from lanchat.trust.identity import is_badge_of
from lanchat.trust.refusal import HostKeyChanged, NotIn, WrongHost, WrongRoom

#: How long a room that nothing is known of may take to answer our questions.
_SEEN_SECONDS = 3.0


class AlreadyThere(Exception):
    """That room is open in this Engine: hosted, or joined."""

    def __init__(self, room_id: RoomId) -> None:
        super().__init__("open here already")
        self.room_id = room_id


class Joining:
    def __init__(
        self,
        person: Person,
        context: ssl.SSLContext,
        disk: Disk,
        known: KnownRooms,
        discovery: Discovery,
        sightings: Sightings,
        tell: Callable[[events.Event], None],
        is_open: Callable[[RoomId], bool],
    ) -> None:
        """`is_open`: whether a room is open in this Engine already; safe on any thread."""
        self._person = person
        self._context = context
        self._disk = disk
        self._known = known
        self._discovery = discovery
        self._sightings = sightings
        self._tell = tell
        self._is_open = is_open

    async def join(self, command: commands.Join) -> JoinedRoom | None:
        """The room, in it already or about to be. None: it went no further, and an Event said why.

        Raises AlreadyThere and StorageProblem.
        """
        try:
            target = parse_where(command.where)
        except NotAnAddress as error:
            self._tell(events.NotFound(command.where, str(error)))
            return None
        for address, port in _typed(target):
            self._discovery.ask(address, port)
        try:
            return await self._enter(target, command)
        except HostKeyChanged as changed:
            if command.accept_key and is_badge_of(command.accept_key, changed.new):
                await self._known.accept_key(changed.room_id, changed.new)
                return await self.join(replace(command, accept_key=None))
            self._tell(told(changed, command.where, self._known))
        except NotIn as stopped:
            self._tell(told(stopped, command.where, self._known))
        except Unreachable as nobody:
            self._tell(events.NotFound(command.where, str(nobody)))
        return None

    async def _enter(self, target: Target, command: commands.Join) -> JoinedRoom:
        """Raises Unreachable, NotIn, AlreadyThere and StorageProblem."""
        record = None
        if isinstance(target, RoomIdTarget | LinkTarget):
            self._pin(target.room_id)
            record = self._known.get(target.room_id)
        try:
            entered = await self._way(target, command.passphrase).enter()
        except (Unreachable, WrongHost, WrongRoom) as nobody:
            if record is not None and isinstance(nobody, Unreachable | WrongRoom):  # we were in: keep trying
                return self._room(record.room_id, record.title, command.where)
            if not await self._seen(target):
                raise
            entered = await self._way(target, command.passphrase).enter()
        first_meeting = await self._known.met(entered)
        shaken = entered.handshake
        assert shaken.room_id is not None, "in, so the host said hello"
        return self._room(shaken.room_id, shaken.title, command.where, entered, first_meeting)

    async def _seen(self, target: Target) -> bool:
        """Whether Discovery finds the room, now that it was asked for."""
        if isinstance(target, AddressTarget) and target.port is not None:
            return False  # it would be at no other place
        return await self._sightings.wait_for(lambda listing: _matches(target, listing), _SEEN_SECONDS)

    def _room(
        self, room_id: RoomId, title: str, where: str, entered: Entered | None = None, first_meeting: bool = False
    ) -> JoinedRoom:
        way = self._way_back(room_id)
        return JoinedRoom(room_id, title, where, way, self._known, self._disk, self._tell, entered, first_meeting)

    def _pin(self, room_id: RoomId) -> Pin | None:
        """What must be true of this room's host. Raises AlreadyThere. Safe on any thread."""
        if self._is_open(room_id):
            raise AlreadyThere(room_id)
        return self._known.pin(room_id)

    def _way(self, target: Target, passphrase: str | None) -> Way:
        """The way to a target for the first time."""

        def addresses() -> list[Address]:
            seen = addresses_of(self._sightings.matching(lambda listing: _matches(target, listing)))
            record = self._known.get(target.room_id) if isinstance(target, RoomIdTarget) else None
            before = [record.last_address] if record and record.last_address else []
            return list(dict.fromkeys([*seen, *_typed(target), *before]))

        return Way(self._person, self._context, self._expected(target), addresses, self._pin, passphrase)

    def _expected(self, target: Target) -> Expected:
        match target:
            case RoomIdTarget(room_id):
                seen = self._sightings.matching(lambda listing: listing.room_id == room_id)
                pinned = self._known.pin(room_id) is not None
                return Expected(room_id, seen[0].fingerprint if seen and not pinned else None)
            case AddressTarget():
                return Expected()
            case CodeTarget(_, fingerprint):
                return Expected(None, fingerprint)
            case LinkTarget(_, _, room_id, fingerprint):
                return Expected(room_id, fingerprint)

    def _way_back(self, room_id: RoomId) -> Way:
        """The way to a room whose host is pinned: wherever that host is seen, or was last."""

        def addresses() -> list[Address]:
            record = self._known.get(room_id)
            if record is None or record.host_key is None:
                return []
            fingerprint = key_fingerprint(record.host_key)
            seen = self._sightings.matching(lambda one: one.room_id == room_id and one.fingerprint == fingerprint)
            before = [record.last_address] if record.last_address else []
            return list(dict.fromkeys([*addresses_of(seen), *before]))

        return Way(self._person, self._context, Expected(room_id), addresses, self._known.pin)


def _typed(target: Target) -> list[Address]:
    match target:
        case RoomIdTarget():
            return []
        case AddressTarget(host, port):
            return [(host, port or limits.PORT)]
        case CodeTarget(ipv4):
            return [(ipv4, limits.PORT)]
        case LinkTarget(addresses, port):
            return [(address, port) for address in addresses]


def _matches(target: Target, listing: Listing) -> bool:
    match target:
        case RoomIdTarget(room_id):
            return listing.room_id == room_id
        case AddressTarget(host, port):
            return host in listing.addresses and port in (None, listing.port)
        case CodeTarget(ipv4, fingerprint):
            return ipv4 in listing.addresses and listing.fingerprint.startswith(fingerprint)
        case LinkTarget(_, _, room_id, fingerprint):
            return listing.room_id == room_id and listing.fingerprint == fingerprint
