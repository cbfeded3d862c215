"""Addresses of computers: this computer's own, a watch for their changes, and the look-up of host names.

`snapshot` runs on a helper thread, since it is slow on some systems; everything else runs on the Engine's loop.

Names are looked up on daemon threads, within a bounded time. `loop.getaddrinfo` would use asyncio's thread pool, for
which the loop waits when it ends: a minute, if the name server does not answer. Nothing waits for daemon threads.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Future
from typing import TypeAlias

from msgspec import Struct

from lanchat.core.address import Numeric, numeric
from lanchat.core.translate import _

#: Adapters of containers and virtual machines. Their addresses lead to this machine at best; on another machine the
#: same private address may lead to something else.
VIRTUAL_PREFIXES = (
    "docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "cni", "flannel", "cali", "podman", "lxc", "lxdbr",  # Linux
    "vEthernet", "VirtualBox", "VMware", "Hyper-V",  # Windows
    "utun", "awdl", "llw", "bridge", "anpi",  # macOS
)  # fmt: skip
VPN_PREFIXES = ("tun", "tap", "wg", "ppp", "utun", "tailscale", "zt", "nordlynx", "WireGuard", "TAP-Windows", "OpenVPN")
_WIRELESS = re.compile(r"^wl|wi-?fi|wlan|wireless|802\.11", re.IGNORECASE)

WATCH_SECONDS, REST_SECONDS = 1.0, 2.0  # between two snapshots, while somebody waits for rooms; else
ASLEEP_SECONDS = 3.0  # a tick this late means that the machine slept or its clock was set

LOOKUP_SECONDS = 5.0  # before a name counts as unknown
_MAX_LOOKUPS = 8  # at once, each on a thread
_MAX_ADDRESSES = 8  # of one name

_running_lookups = threading.BoundedSemaphore(_MAX_LOOKUPS)


class Interface(Struct, frozen=True, order=True):
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
        return self.name.startswith(VIRTUAL_PREFIXES)

    @property
    def vpn(self) -> bool:
        return self.name.startswith(VPN_PREFIXES)

    @property
    def wireless(self) -> bool:
        """As far as its name tells: Linux's, or what Windows calls the adapter."""
        return bool(_WIRELESS.search(self.name))


Snapshot: TypeAlias = frozenset[Interface]


def snapshot() -> Snapshot:
    """Every address this machine has now. Takes a third of a millisecond on Linux. Raises OSError."""
    import ifaddr  # not at the top: `lanchat --version` must stay quick

    found = set()
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            address, _flow, scope = (ip.ip, 0, 0) if isinstance(ip.ip, str) else ip.ip
            address = address.partition("%")[0]
            if ":" in address and ipaddress.ip_address(address).is_link_local:
                address += f"%{scope or adapter.index}"
            found.add(Interface(adapter.index or 0, adapter.nice_name, address, ip.network_prefix))
    return frozenset(found)


def usable(every: Snapshot, only: Iterable[str] = ()) -> Snapshot:
    """The addresses to use: no loopback, and virtual ones only where there are no others. `only`: just these."""
    wanted = set(only)
    if wanted:
        return frozenset(one for one in every if one.address in wanted)
    outward = frozenset(one for one in every if not one.ip.is_loopback)
    return frozenset(one for one in outward if not one.virtual) or outward


def best_first(interfaces: Iterable[Interface]) -> tuple[Interface, ...]:
    """In the order to offer them to others: global and private IPv4, then IPv6, then link-local ones."""

    def rank(one: Interface) -> tuple[bool, bool, int, str]:
        return one.ip.is_link_local, not one.v4, one.index, one.address

    return tuple(sorted(interfaces, key=rank))


def phones_first(every: Snapshot, addresses: Iterable[str]) -> tuple[Interface, ...]:
    """Of `addresses`, those that a phone's browser may reach, one of each network: Wi-Fi first, where phones are, and a
    VPN last. The browser needs IPv4. `every`: the addresses with their adapters, as far as they are known."""
    known = {one.address: one for one in every}
    found = [known.get(address) or Interface(0, "", address, 32) for address in addresses if ":" not in address]
    found.sort(key=lambda one: (one.ip.is_link_local, one.vpn, not one.wireless))
    one_each: dict[object, Interface] = {}
    for one in found:
        one_each.setdefault(one.network, one)
    return tuple(one_each.values())


def adapters_changed(old: Snapshot, new: Snapshot) -> bool:
    """Whether an address is on another adapter now: it was unplugged and plugged in again, or reset by its driver.

    Multicast memberships are lost with the old adapter, which a comparison of addresses does not show.
    """
    before = {one.address.partition("%")[0]: one.index for one in old}
    return any(before.get(one.address.partition("%")[0], one.index) != one.index for one in new)


def clock_jumped(ticks: tuple[float, float], now: tuple[float, float], expected: float) -> bool:
    """Whether clearly more than `expected` seconds passed between `ticks` and `now`, by either clock (wall, monotonic).

    Which of the two runs on during sleep differs between systems.
    """
    return any(later - earlier > expected + ASLEEP_SECONDS for earlier, later in zip(ticks, now, strict=True))


async def watch(
    take: Callable[[], Awaitable[Snapshot | None]],
    changed: Callable[[Snapshot, bool], Awaitable[None]],
    current: Snapshot,
    every: Callable[[], float] = lambda: WATCH_SECONDS,
) -> None:
    """Calls `changed(snapshot, woke)` whenever the addresses differ from `current`, and after sleep. Never returns.

    `take`: a snapshot; None when the system gives none at the moment: the previous one stays in force.
    """
    ticks = time.time(), time.monotonic()
    while True:
        pause = every()
        await asyncio.sleep(pause)
        taken = await take()
        fresh = current if taken is None else taken
        now = time.time(), time.monotonic()
        awake = clock_jumped(ticks, now, pause)
        ticks = now
        if awake or fresh != current:
            current = fresh
            await changed(fresh, awake)


class NameUnknown(OSError):
    """No address was found for a name. The text is for the person and says why."""


async def resolve(host: str) -> tuple[Numeric, ...]:
    """The addresses of a host name, or the numeric address itself. Raises NameUnknown."""
    if (address := numeric(host)) is not None:
        return (address,)
    if not _running_lookups.acquire(blocking=False):
        raise NameUnknown(_("the name server does not answer"))
    answer: Future[tuple[Numeric, ...]] = Future()
    answer.set_running_or_notify_cancel()  # who gives up waiting cancels nothing

    def look_up() -> None:
        try:
            found = _look_up(host)
        finally:
            _running_lookups.release()
        answer.set_result(found)

    try:
        threading.Thread(target=look_up, name="name lookup", daemon=True).start()
    except RuntimeError:  # the system starts no more threads
        _running_lookups.release()
        raise NameUnknown(_("this computer has too much to do; try again later")) from None
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            found = await asyncio.wrap_future(answer)
    except TimeoutError:
        raise NameUnknown(_("the name server does not answer")) from None
    if not found:
        raise NameUnknown(_("no computer of that name is known here"))
    return found


def _look_up(host: str) -> tuple[Numeric, ...]:
    """The addresses of a host name; none when it is unknown. Takes as long as the name server."""
    try:
        infos = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    found = []
    for *_kind, place in infos:
        address = str(place[0])
        if len(place) == 4 and place[3] and "%" not in address:
            address = f"{address}%{place[3]}"
        found.append(numeric(address))
    return tuple(dict.fromkeys(one for one in found if one))[:_MAX_ADDRESSES]
