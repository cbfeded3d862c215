"""GuestReach: at which address of this computer phones come in, and what may keep them out. Engine's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from lanchat.core.listing import Finding
from lanchat.engine.guest_interface import GuestNetwork
from lanchat.engine.tasks import Spawn, end
from lanchat.network.doctor import guest_access
from lanchat.network.host_addresses import phones_first, snapshot


class GuestReach:
    def __init__(
        self, addresses: Callable[[], Sequence[str]], changed: Callable[[], None], spawn: Spawn
    ) -> None:
        """`addresses`: this computer's, the best first. `changed` is called when it is known better than before."""
        self._addresses = addresses
        self._changed = changed
        self._spawn = spawn
        self._chosen = ""
        self._visited = False  # a phone came in from elsewhere: nothing keeps them out
        self._shut: frozenset[str] = frozenset()  # addresses at which the page did not open
        self._firewall: tuple[Finding, ...] = ()
        self._port = 0
        self._examining: asyncio.Task[None] | None = None
        self.networks: tuple[GuestNetwork, ...] = ()  #: ways in for phones, the best first

    @property
    def address(self) -> str:
        """Where the link leads: what the person chose, while that is there, or else the best; "": no phone can come."""
        there = [network.address for network in self.networks]
        return self._chosen if self._chosen in there else there[0] if there else ""

    @property
    def obstacles(self) -> tuple[Finding, ...]:
        """What may keep phones out, as far as it is known from here."""
        if not self.address:
            return ()
        page = (guest_access.no_page(f"{self.address}:{self._port}"),) if self.address in self._shut else ()
        return *page, *self._firewall

    def choose(self, address: str) -> None:
        """The link leads to this address from now on, if it is one of ours."""
        self._chosen = address

    def came_from(self, address: str) -> None:
        """A phone is in."""
        if not self._visited and address not in self._addresses():
            self._visited, self._firewall = True, ()

    async def look_around(self) -> None:
        """See which networks this computer is on."""
        addresses = self._addresses()
        try:
            every = await asyncio.to_thread(snapshot)
        except OSError:  # out of descriptors: the adapters' names are not known
            every = frozenset()
        found = [
            GuestNetwork(one.address, one.name, "vpn" if one.vpn else "wifi" if one.wireless else "")
            for one in phones_first(every, addresses)
        ]
        self.networks = tuple(sorted(found, key=lambda network: network.address in self._shut))

    def examine(self, port: int) -> None:
        """Look around, and see whether the page at `port` opens and what may keep phones from it."""
        self._port = port
        if self._examining is not None:
            self._examining.cancel()
        self._examining = self._spawn(self._examine(port))

    async def _examine(self, port: int) -> None:
        await self.look_around()
        self._changed()
        places = [network.address for network in self.networks]
        access = await guest_access.examine(places, port, self._visited)
        self._shut = frozenset(places) - access.opens
        self._firewall = () if self._visited else access.in_the_way
        await self.look_around()
        self._changed()

    async def close(self) -> None:
        """The page is not open any more. `examine` may be called again when it is."""
        if self._examining is not None:
            await end([self._examining])
            self._examining = None
        self._shut, self._firewall = frozenset(), ()
