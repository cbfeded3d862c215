"""A Discovery in memory: the contract of `network.discovery.interface`, without delays.

Several Engines may share one FakeLan, each with its own loop and thread; a lock guards it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable

from lanchat.core.address import Numeric
from lanchat.core.listing import Listing, Source
from lanchat.core.model import RoomId
from lanchat.network.discovery.interface import (
    BurstOver,
    DuplicateHost,
    NetworkChanged,
    RoomDescription,
    RoomLost,
    RoomSeen,
    Sighting,
)


class FakeLan:
    """A network: of `a, b = lan.node(), lan.node()`, `b` finds what `a` advertises."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._nodes: list[FakeDiscovery] = []

    def node(self, address: str = "127.0.0.1") -> FakeDiscovery:
        """One machine, which others reach at `address`."""
        with self._lock:
            self._nodes.append(FakeDiscovery(self, address))
            return self._nodes[-1]

    def _update_all(self) -> None:
        """Reports to every node what has changed for it."""
        for node in self._nodes:
            node._update(
                {key: one for other in self._nodes if other is not node for key, one in other._listings_for(node)}
            )


class FakeDiscovery:
    def __init__(self, lan: FakeLan, address: str) -> None:
        self._lan = lan
        self._address = address
        self._also: tuple[str, ...] = ()
        self._online = True
        self._multicast = True
        self._adverts: dict[RoomId, RoomDescription] = {}
        self._remembered: set[str] = set()
        self._duplicates: set[DuplicateHost] = set()
        self._seen: dict[tuple[RoomId, bytes], Listing] = {}
        self.looking = True  #: as the last `look` said: a list of rooms is on the screen
        self._loop: asyncio.AbstractEventLoop | None = None
        self._report: Callable[[Sighting], None] | None = None

    def set(
        self, online: bool | None = None, multicast: bool | None = None, also: tuple[str, ...] | None = None
    ) -> None:
        """Unplug or plug in this machine; let its network drop or carry multicast; put it on other networks, too, where
        it has the addresses `also` and nobody else is. From any thread."""
        with self._lan._lock:
            changed = (online is not None and online is not self._online) or also is not None
            self._also = self._also if also is None else also
            self._online = self._online if online is None else online
            self._multicast = self._multicast if multicast is None else multicast
            if changed:
                self._emit(NetworkChanged(self.addresses()))
            self._lan._update_all()

    # --- Discovery
    async def start(self, report: Callable[[Sighting], None]) -> None:
        with self._lan._lock:
            self._loop, self._report = asyncio.get_running_loop(), report
            self._lan._update_all()
            self._emit(BurstOver())

    async def stop(self) -> None:
        with self._lan._lock:
            self._adverts.clear()
            self._seen.clear()
            self._report = self._loop = None
            self._lan._update_all()

    def look(self, on: bool, again: bool = False) -> None:
        self.looking = on
        if again:
            with self._lan._lock:
                self._emit(BurstOver())

    def advertise(self, room: RoomDescription) -> None:
        with self._lan._lock:
            self._adverts[room.room_id] = room
            self._lan._update_all()

    def announce(self, room_id: RoomId) -> None:
        """Everybody is told at once here."""

    def withdraw(self, room_id: RoomId) -> None:
        with self._lan._lock:
            self._adverts.pop(room_id, None)
            self._lan._update_all()

    def remember(self, addresses: Iterable[tuple[Numeric, int]]) -> None:
        with self._lan._lock:
            self._remembered |= {address for address, _ in addresses}
            self._lan._update_all()

    def prefer(self, room_ids: Iterable[RoomId]) -> None:
        """Lists are never full here."""

    def seek(self, room_ids: Iterable[RoomId]) -> None:
        """Rooms are found at once here."""

    def ask(self, address: Numeric, port: int) -> None:
        self.remember([(address, port)])

    def addresses(self) -> tuple[str, ...]:
        return (self._address, *self._also) if self._online else ()

    # --- inside; under the lock
    def _listings_for(self, other: FakeDiscovery) -> list[tuple[tuple[RoomId, bytes], Listing]]:
        multicast = self._multicast and other._multicast
        if not (self._online and other._online and self._report and (multicast or self._address in other._remembered)):
            return []
        source = Source.MDNS if multicast else Source.TYPED
        return [
            ((one.room_id, one.fingerprint),
             Listing(one.room_id, one.title, one.fingerprint, one.passphrase, (Numeric(self._address),), one.port,
                     people=one.people, host=one.host, source=source, owner=one.owner or b"", epoch=one.epoch))
            for one in self._adverts.values()
        ]  # fmt: skip

    def _update(self, now: dict[tuple[RoomId, bytes], Listing]) -> None:
        if self._report is None:
            return
        own = {(one.room_id, one.fingerprint) for one in self._adverts.values()}
        duplicates = {DuplicateHost(now[key].room_id, now[key].addresses, now[key].port, now[key].epoch)
                      for key in own & now.keys()}  # fmt: skip
        for duplicate in duplicates - self._duplicates:
            self._emit(duplicate)
        self._duplicates = duplicates
        now = {key: listing for key, listing in now.items() if key not in own}
        for key in self._seen.keys() - now.keys():
            self._emit(RoomLost(self._seen.pop(key)))
        for key, listing in now.items():
            if self._seen.get(key) != listing:
                self._seen[key] = listing
                self._emit(RoomSeen(listing))

    def _emit(self, sighting: Sighting) -> None:
        if self._loop and self._report:
            self._loop.call_soon_threadsafe(self._deliver, sighting)

    def _deliver(self, sighting: Sighting) -> None:
        if self._report:
            self._report(sighting)
