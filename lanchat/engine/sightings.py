"""Sightings: the rooms that Discovery sees at the moment. Engine's loop.

Discovery sees hosts: several computers may keep one room open, for a while or by mistake. Who joins tries them all
(`matching`), and a RoomRole hears of each (Watcher). People see rooms: of those with one room_id and owner only one
host is told as an Event, the answering one with the highest epoch; when it goes, the next.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from typing import Protocol

from msgspec.structs import replace

from lanchat.core.listing import Listing
from lanchat.core.model import RoomId
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.network.dialer import Address
from lanchat.network.discovery.interface import (
    BurstOver,
    Discovery,
    DiscoveryProblem,
    DuplicateHost,
    Key,
    NetworkChanged,
    RoomLost,
    RoomSeen,
    Sighting,
)


class Watcher(Protocol):
    """Who acts on what is seen."""

    def seen(self, listing: Listing) -> None:
        """A host of a room is seen like this now; no longer answering, when it is gone. Of a room that we host, too:
        another key has it open."""

    def network_changed(self) -> None:
        """Our own addresses have changed."""

    def look_for_twin(self, room_id: RoomId, addresses: list[Address], epoch: int) -> None:
        """A room that we host may be open at these addresses, too, with our key, in this epoch; 0: not said."""


class Sightings:
    def __init__(self, discovery: Discovery, tell: events.Tell, watcher: Watcher) -> None:
        self._discovery = discovery
        self._tell = tell
        self._watcher = watcher
        self._listings: dict[Key, Listing] = {}
        self._told: dict[tuple[RoomId, bytes], Listing] = {}  # of each room_id and owner
        self._looked_around = False
        self._changed = asyncio.Event()

    def take(self, sighting: Sighting) -> None:
        """What Discovery tells."""
        match sighting:
            case RoomSeen(listing):
                before = self._listings.get((listing.room_id, listing.fingerprint))
                self._listings[listing.room_id, listing.fingerprint] = listing
                self._tell_room(listing)
                if before is not None and before.owner != listing.owner:
                    self._tell_room(before)
                self._watcher.seen(listing)
            case RoomLost(listing):
                self._listings.pop((listing.room_id, listing.fingerprint), None)
                self._tell_room(listing)
                self._watcher.seen(replace(listing, answering=False))
            case NetworkChanged():
                self._watcher.network_changed()
                if self._looked_around:
                    self._tell(events.LookedAround(self._discovery.addresses()))
            case DuplicateHost(room_id, addresses, port, epoch):
                self._watcher.look_for_twin(room_id, [(address, port) for address in addresses], epoch)
            case BurstOver():
                self._looked_around = True
                self._tell(events.LookedAround(self._discovery.addresses()))
            case DiscoveryProblem(why):
                self._tell(events.Problem(_cannot_look(why)))
        self._changed.set()

    def matching(self, matches: Callable[[Listing], bool]) -> list[Listing]:
        """Of each host. Those that answer come first, then the highest epochs."""
        return sorted(filter(matches, self._listings.values()), key=lambda one: (not one.answering, -one.epoch))

    def rooms(self, room_id: RoomId) -> list[Listing]:
        """As told: of each owner one. Those that answer come first, then who was seen first: epochs of different owners
        say nothing about each other."""
        return sorted((one for one in self._told.values() if one.room_id == room_id), key=lambda one: not one.answering)

    def hosts(self, room_id: RoomId) -> list[Listing]:
        """All that say they have this room open, whoever its owner is."""
        return self.matching(lambda one: one.room_id == room_id)

    def _tell_room(self, host: Listing) -> None:
        """A host of this room has come, changed or gone."""
        room = host.room_id, host.owner
        hosts = self.matching(lambda one: (one.room_id, one.owner) == room)
        told = self._told.get(room)
        if hosts and hosts[0] != told:
            self._told[room] = hosts[0]
            self._tell(events.RoomFound(hosts[0]))
        elif not hosts and told is not None:
            self._tell(events.RoomGone(self._told.pop(room)))

    async def change(self) -> None:
        """Until something else is seen."""
        self._changed.clear()
        await self._changed.wait()

    async def settle(self, matches: Callable[[Listing], bool], seconds: float) -> bool:
        """Whether such a room is seen, once we have looked around; that is waited for, but no longer than that."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self._looked_around and not self.matching(matches):
                    await self.change()
        return bool(self.matching(matches))

    async def wait_for(self, matches: Callable[[Listing], bool], seconds: float) -> bool:
        """Whether such a room is seen within `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                while not self.matching(matches):
                    await self.change()
        except TimeoutError:
            return False
        return True


def addresses_of(listings: Iterable[Listing]) -> list[Address]:
    return [(address, listing.port) for listing in listings for address in listing.addresses]


def _cannot_look(why: str) -> str:
    words = _(
        "This computer does not let lanchat look at its network at the moment ({why}). Rooms that open now may not "
        "be found; lanchat tries again by itself. Closing other programs may help."
    )
    return words.format(why=why)
