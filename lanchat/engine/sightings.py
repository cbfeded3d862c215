"""Sightings: the rooms that Discovery sees at the moment. Engine's loop."""

from __future__ import annotations

import asyncio
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
    NetworkChanged,
    RoomLost,
    RoomSeen,
    Sighting,
)


class Watcher(Protocol):
    """Who acts on what is seen."""

    def seen(self, listing: Listing) -> None:
        """A room is seen like this now; no longer answering, when it is gone."""

    def network_changed(self) -> None:
        """Our own addresses have changed."""

    def look_for_twin(self, room_id: RoomId, addresses: list[Address]) -> None:
        """A room that we host may be open at these addresses, too, with our key."""


class Sightings:
    def __init__(self, discovery: Discovery, tell: events.Tell, watcher: Watcher) -> None:
        self._discovery = discovery
        self._tell = tell
        self._watcher = watcher
        self._listings: dict[tuple[RoomId, bytes], Listing] = {}
        self._looked_around = False
        self._changed = asyncio.Event()

    def take(self, sighting: Sighting) -> None:
        """What Discovery tells."""
        match sighting:
            case RoomSeen(listing):
                self._listings[listing.room_id, listing.fingerprint] = listing
                self._tell(events.RoomFound(listing))
                self._watcher.seen(listing)
            case RoomLost(listing):
                self._listings.pop((listing.room_id, listing.fingerprint), None)
                self._tell(events.RoomGone(listing))
                self._watcher.seen(replace(listing, answering=False))
            case NetworkChanged():
                self._watcher.network_changed()
                if self._looked_around:
                    self._tell(events.LookedAround(self._discovery.addresses()))
            case DuplicateHost(room_id, addresses, port):
                self._watcher.look_for_twin(room_id, [(address, port) for address in addresses])
            case BurstOver():
                self._looked_around = True
                self._tell(events.LookedAround(self._discovery.addresses()))
            case DiscoveryProblem(why):
                self._tell(events.Problem(_cannot_look(why)))
        self._changed.set()

    def matching(self, matches: Callable[[Listing], bool]) -> list[Listing]:
        """Those that answer come first."""
        found = filter(matches, self._listings.values())
        return sorted(found, key=lambda listing: not listing.answering)

    async def change(self) -> None:
        """Until something else is seen."""
        self._changed.clear()
        await self._changed.wait()

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
