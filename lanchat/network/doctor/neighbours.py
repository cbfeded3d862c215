"""The doctor's checks of other machines: the router, and whether anybody else answers. On the Engine's loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from lanchat.core.listing import Finding, Health
from lanchat.core.translate import _
from lanchat.network.discovery.querier import ConnectResult, try_connect
from lanchat.network.discovery.schedule import sweep_targets
from lanchat.network.doctor.this_computer import output_of
from lanchat.network.host_addresses import Interface, Snapshot

CONNECT_SECONDS = 1.0
SCAN_AT_ONCE, SCAN_CONNECT_SECONDS = 100, 0.8  # a system may allow 256 open files in all; one /24 takes 2.4 s
SCAN_SECONDS = 2.8  # for all networks of this computer; addresses left then are skipped
LISTEN_SECONDS = 2.0
ALIVE_PORTS = (9, 53, 80, 443)  # discard, which any machine refuses; those that a router has open

#: "Which types of service are there?" (RFC 6763, section 9), which every mDNS responder answers: a DNS header, the
#: name, PTR, IN with the unicast bit.
_MDNS_QUESTION = b"\0\0\0\0\0\1\0\0\0\0\0\0" + b"".join(
    bytes([len(label)]) + label for label in (b"_services", b"_dns-sd", b"_udp", b"local", b"")
) + b"\0\x0c\x80\1"  # fmt: skip
_MDNS = {False: ("224.0.0.251", 5353), True: ("ff02::fb", 5353)}  # by whether it is IPv6


async def is_alive(address: str) -> bool:
    """Whether a machine answers at `address`, on any of a few ports."""
    attempts = await asyncio.gather(*(try_connect(address, port, CONNECT_SECONDS) for port in ALIVE_PORTS))
    return ConnectResult.ACCEPTED in attempts or ConnectResult.REFUSED in attempts


async def examine(
    mine: Snapshot, rooms: Callable[[], int], port: int, mdns_answers: Awaitable[frozenset[str]]
) -> list[Finding]:
    """The router, and other machines. `rooms` is called at the end, after the time to find some."""
    outward = frozenset(one for one in mine if not one.ip.is_loopback)
    if not outward:
        return []
    router, attempts, others = await asyncio.gather(_router(), _scan(outward, port), mdns_answers)
    return [_about_router(router), about_others(rooms(), len(others), attempts, router=bool(router and router[1]))]


def _about_router(router: tuple[str, bool] | None) -> Finding:
    if router is None:
        return Finding("router", Health.GOOD, _("There is no router; lanchat needs none."))
    address, answers = router
    if answers:
        return Finding("router", Health.GOOD, _("The router {address} answers.").format(address=address))
    return Finding(
        "router", Health.ODD, _("The router {address} does not answer.").format(address=address),
        _("Some never do; if nothing else works either, join the network anew."),
    )  # fmt: skip


def about_others(rooms: int, mdns_answers: int, attempts: Counter[ConnectResult], router: bool) -> Finding:
    """`mdns_answers`: how many answer mDNS. `attempts`: the results for the own /24, router included."""
    name = "neighbours"
    if rooms:
        return Finding(name, Health.GOOD, _("Rooms of others answer: {count}.").format(count=rooms))
    if attempts[ConnectResult.FORBIDDEN]:
        return Finding(
            name, Health.BAD, _("This system does not let lanchat reach the local network."),
            _("Allow it under Privacy & Security, Local Network, then start lanchat again."),
        )  # fmt: skip
    machines = max(attempts[ConnectResult.ACCEPTED] + attempts[ConnectResult.REFUSED] - router, mdns_answers)
    if machines > 0:
        says = _("Other machines answer ({count}); no room was found on them.")
        return Finding(name, Health.GOOD, says.format(count=machines))
    if router:
        return Finding(
            name, Health.ODD, _("The router answers, but no other machine does."),
            _("If others are here, their firewalls or this Wi-Fi keep them apart: run the doctor there too, or use "
              "a Wi-Fi that is not for guests, a cable or a hotspot."),
        )  # fmt: skip
    return Finding(
        name, Health.ODD, _("No other machine answers."), _("See whether the others are on the same network as you.")
    )


async def _scan(mine: Snapshot, port: int) -> Counter[ConnectResult]:
    """The results of a TCP connection to each address of the own networks, as far as SCAN_SECONDS allow."""
    slots = asyncio.Semaphore(SCAN_AT_ONCE)
    attempts: Counter[ConnectResult] = Counter()

    async def one(address: str) -> None:
        async with slots:
            attempts[await try_connect(address, port, SCAN_CONNECT_SECONDS)] += 1

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SCAN_SECONDS):
            await asyncio.gather(*(one(address) for address in sweep_targets(mine, set())))
    return attempts


async def answers_to_mdns(mine: Snapshot) -> frozenset[str]:
    """The addresses of other machines that answer an mDNS query on the networks of `mine`."""
    outward = [one for one in mine if not one.ip.is_loopback and (one.v4 or one.ip.is_link_local)]
    found = await asyncio.gather(*map(_mdns_answers_on, outward))
    return frozenset().union(*found) - {one.address for one in mine}


async def _mdns_answers_on(one: Interface) -> set[str]:
    loop = asyncio.get_running_loop()
    mdns_answers: set[str] = set()
    try:
        with socket.socket(socket.AF_INET if one.v4 else socket.AF_INET6, socket.SOCK_DGRAM) as asking:
            asking.setblocking(False)
            if one.v4:
                asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(one.address))
                asking.bind((one.address, 0))
            else:
                asking.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, one.index)
                asking.bind((one.address.partition("%")[0], 0, 0, one.index))
            await loop.sock_sendto(asking, _MDNS_QUESTION, _MDNS[not one.v4])
            async with asyncio.timeout(LISTEN_SECONDS):
                while True:
                    _data, (place, *_rest) = await loop.sock_recvfrom(asking, 9000)
                    mdns_answers.add(place if one.v4 else f"{place.partition('%')[0]}%{one.index}")
    except (OSError, TimeoutError):
        return mdns_answers


async def _router() -> tuple[str, bool] | None:
    address = await asyncio.to_thread(default_router)
    return (address, await is_alive(address)) if address else None


def default_router() -> str | None:
    """The IPv4 address of the router; None when there is none. Not tested on macOS and Windows yet."""
    if sys.platform == "linux":
        return router_in_table(Path("/proc/thread-self/net/route").read_text("ascii"))
    if sys.platform == "darwin":
        lines = output_of("route", "-n", "get", "default").splitlines()
        return next((line.split()[1] for line in lines if line.strip().startswith("gateway:")), None)
    lines = output_of("route", "print", "-4", "0.0.0.0").splitlines()
    return next((line.split()[2] for line in lines if line.split()[:2] == ["0.0.0.0", "0.0.0.0"]), None)


def router_in_table(table: str) -> str | None:
    """The router in Linux' routing table, where addresses are hexadecimal in little-endian order."""
    for line in table.splitlines()[1:]:
        _name, destination, gateway, flags = line.split()[:4]
        if destination == "00000000" and int(flags, 16) & 2:
            return socket.inet_ntoa(bytes.fromhex(gateway)[::-1])
    return None
