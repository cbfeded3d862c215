"""Our own network addresses, and noticing that they changed or that the machine slept.

A snapshot is taken on a helper thread (on some systems it is slow); everything else runs on the Engine's loop.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

#: Adapters of containers, virtual machines and the like. What is listed there is a room on this very machine at best;
#: at worst the same private address leads to something else on the machine that is told of it.
VIRTUAL = (
    "docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "cni", "flannel", "cali", "podman", "lxc", "lxdbr",  # Linux
    "vEthernet", "VirtualBox", "VMware", "Hyper-V",  # Windows
    "utun", "awdl", "llw", "bridge", "anpi",  # macOS
)  # fmt: skip
VPN = ("tun", "tap", "wg", "ppp", "utun", "tailscale", "zt", "nordlynx", "WireGuard", "TAP-Windows", "OpenVPN")

WATCH_SECONDS, REST_SECONDS = 1.0, 2.0  # between two looks at the addresses: somebody waits for it; nobody does
ASLEEP_SECONDS = 3.0  # a tick this much late means that the machine slept, or that its clock was set: look anew


@dataclass(frozen=True, slots=True, order=True)
class Interface:
    """One address of one network adapter."""

    index: int
    name: str
    address: str  #: numeric; IPv6 link-local with %index
    prefix: int

    @property
    def ip(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        return ipaddress.ip_address(self.address)

    @property
    def network(self) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
        return ipaddress.ip_network(f"{self.address.partition('%')[0]}/{self.prefix}", strict=False)

    @property
    def v4(self) -> bool:
        return ":" not in self.address

    @property
    def virtual(self) -> bool:
        return self.name.startswith(VIRTUAL)

    @property
    def vpn(self) -> bool:
        return self.name.startswith(VPN)


Snapshot: TypeAlias = frozenset[Interface]


def snapshot() -> Snapshot:
    """Every address this machine has now. Takes about a third of a millisecond on Linux."""
    import ifaddr  # not at the top: `lanchat --version` need not pay for it

    found = set()
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            if isinstance(ip.ip, str):
                address = ip.ip
            else:
                address, _, scope = ip.ip
                address = address.partition("%")[0]
                if ipaddress.ip_address(address).is_link_local:
                    address += f"%{scope or adapter.index}"
            found.add(Interface(adapter.index or 0, adapter.nice_name, address, ip.network_prefix))
    return frozenset(found)


def usable(every: Snapshot, only: Iterable[str] = ()) -> Snapshot:
    """The addresses worth using: not loopback, and not virtual unless there is nothing else. `only`: just these."""
    wanted = set(only)
    if wanted:
        return frozenset(one for one in every if one.address in wanted)
    outward = frozenset(one for one in every if not one.ip.is_loopback)
    return frozenset(one for one in outward if not one.virtual) or outward


def best_first(interfaces: Iterable[Interface]) -> tuple[Interface, ...]:
    """In the order to offer them to others: ordinary IPv4 first, then IPv6, then what needs a scope."""

    def rank(one: Interface) -> tuple[bool, bool, int, str]:
        return one.ip.is_link_local, not one.v4, one.index, one.address

    return tuple(sorted(interfaces, key=rank))


def moved(old: Snapshot, new: Snapshot) -> bool:
    """Whether an address is now on another adapter: one was pulled out and plugged in again, or reset by its driver.

    Multicast memberships died with the old one, and comparing addresses alone does not show it.
    """
    before = {one.address.partition("%")[0]: one.index for one in old}
    return any(before.get(one.address.partition("%")[0], one.index) != one.index for one in new)


def woke(ticks: tuple[float, float], now: tuple[float, float], expected: float) -> bool:
    """Whether more than `expected` seconds passed, by either of the two clocks (wall, monotonic).

    Which of them goes on during sleep differs between systems.
    """
    return any(later - earlier > expected + ASLEEP_SECONDS for earlier, later in zip(ticks, now, strict=True))


async def watch(
    take: Callable[[], Awaitable[Snapshot | None]],
    changed: Callable[[Snapshot, bool], Awaitable[None]],
    current: Snapshot,
    every: Callable[[], float] = lambda: WATCH_SECONDS,
) -> None:
    """Calls `changed(snapshot, woke)` whenever the addresses are not those of `current`, or after sleep. For ever.

    `take`: None when the system does not tell at the moment: they are taken to be those of before.
    """
    ticks = time.time(), time.monotonic()
    while True:
        pause = every()
        await asyncio.sleep(pause)
        told = await take()
        fresh = current if told is None else told
        now = time.time(), time.monotonic()
        awake = woke(ticks, now, pause)
        ticks = now
        if awake or fresh != current:
            current = fresh
            await changed(fresh, awake)
