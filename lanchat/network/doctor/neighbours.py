"""Other machines: whether any is heard or reached, and what it means when none is."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import errno
import socket
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from lanchat.core.listing import Finding, Health
from lanchat.core.translate import _
from lanchat.network.discovery.schedule import targets
from lanchat.network.doctor.this_computer import said
from lanchat.network.interfaces import Interface, Snapshot

CONNECT_SECONDS = 1.0
DOORS_AT_ONCE, DOOR_SECONDS = 100, 0.8  # a system may allow 256 open files in all; one /24 takes 2.4 s
KNOCK_SECONDS = 2.8  # for the doors of all our networks; those left then are not knocked on
LISTEN_SECONDS = 2.0
ALIVE_PORTS = (9, 53, 80, 443)  # discard: refused by what is alive; the others: what a router has open
AT_ONCE_SECONDS = 0.05

#: "Which kinds of service are here?", a question every mDNS responder answers: a DNS header, the name, PTR, IN to us.
_WHO = b"\0\0\0\0\0\1\0\0\0\0\0\0" + b"".join(
    bytes([len(label)]) + label for label in (b"_services", b"_dns-sd", b"_udp", b"local", b"")
) + b"\0\x0c\x80\1"  # fmt: skip
_MDNS = {False: ("224.0.0.251", 5353), True: ("ff02::fb", 5353)}  # by whether it is IPv6


class Attempted(enum.Enum):
    """What came of a TCP connection."""

    TAKEN = enum.auto()
    REFUSED = enum.auto()  #: the machine is there
    NOBODY = enum.auto()  #: no machine has that address
    NO_WAY = enum.auto()  #: no network of ours leads there
    FORBIDDEN = enum.auto()  #: our own system said no, at once
    SILENCE = enum.auto()


async def knock(address: str, port: int, within: float = CONNECT_SECONDS) -> Attempted:
    began = time.monotonic()
    try:
        async with asyncio.timeout(within):
            _reader, writer = await asyncio.open_connection(address, port)
    except TimeoutError:
        return Attempted.SILENCE
    except ConnectionRefusedError:
        return Attempted.REFUSED
    except OSError as error:
        at_once = time.monotonic() - began < AT_ONCE_SECONDS
        if error.errno == errno.EHOSTUNREACH:
            # macOS says so at once where a program may not use the local network.
            return Attempted.FORBIDDEN if sys.platform == "darwin" and at_once else Attempted.NOBODY
        return Attempted.NO_WAY if error.errno in (errno.ENETUNREACH, errno.ENETDOWN) else Attempted.SILENCE
    writer.close()
    return Attempted.TAKEN


async def alive(address: str) -> bool:
    """Whether a machine answers there, on whatever port."""
    knocks = await asyncio.gather(*(knock(address, port) for port in ALIVE_PORTS))
    return Attempted.TAKEN in knocks or Attempted.REFUSED in knocks


async def examine(
    mine: Snapshot, rooms: Callable[[], int], port: int, heard: Awaitable[frozenset[str]]
) -> list[Finding]:
    """The router, and who else is there. `rooms` is asked at the end, when there was time to find some."""
    outward = frozenset(one for one in mine if not one.ip.is_loopback)
    if not outward:
        return []
    router, knocks, others = await asyncio.gather(_router(), _knock_on_all(outward, port), heard)
    return [_about_router(router), about_others(rooms(), len(others), knocks, router=bool(router and router[1]))]


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


def about_others(rooms: int, heard: int, knocks: Counter[Attempted], router: bool) -> Finding:
    """`heard`: how many answer mDNS. `knocks`: what came of knocking on each door of the own /24, the router's too."""
    name = "neighbours"
    if rooms:
        return Finding(name, Health.GOOD, _("Rooms of others answer: {count}.").format(count=rooms))
    if knocks[Attempted.FORBIDDEN]:
        return Finding(
            name, Health.BAD, _("This system does not let lanchat reach the local network."),
            _("Allow it under Privacy & Security, Local Network, then start lanchat again."),
        )  # fmt: skip
    machines = max(knocks[Attempted.TAKEN] + knocks[Attempted.REFUSED] - router, heard)
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


async def _knock_on_all(mine: Snapshot, port: int) -> Counter[Attempted]:
    """What comes of knocking on every door of the own networks, as far as there is time."""
    turns = asyncio.Semaphore(DOORS_AT_ONCE)
    knocks: Counter[Attempted] = Counter()

    async def one(address: str) -> None:
        async with turns:
            knocks[await knock(address, port, DOOR_SECONDS)] += 1

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(KNOCK_SECONDS):
            await asyncio.gather(*(one(address) for address in targets(mine, set())))
    return knocks


async def answers_to_mdns(mine: Snapshot) -> frozenset[str]:
    """The addresses of other machines that answer a multicast question on one of our networks."""
    outward = [one for one in mine if not one.ip.is_loopback and (one.v4 or one.ip.is_link_local)]
    found = await asyncio.gather(*map(_heard_on, outward))
    return frozenset().union(*found) - {one.address for one in mine}


async def _heard_on(one: Interface) -> set[str]:
    loop = asyncio.get_running_loop()
    heard: set[str] = set()
    try:
        with socket.socket(socket.AF_INET if one.v4 else socket.AF_INET6, socket.SOCK_DGRAM) as asking:
            asking.setblocking(False)
            if one.v4:
                asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(one.address))
                asking.bind((one.address, 0))
            else:
                asking.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, one.index)
                asking.bind((one.address.partition("%")[0], 0, 0, one.index))
            await loop.sock_sendto(asking, _WHO, _MDNS[not one.v4])
            async with asyncio.timeout(LISTEN_SECONDS):
                while True:
                    _data, (place, *_rest) = await loop.sock_recvfrom(asking, 9000)
                    heard.add(place if one.v4 else f"{place.partition('%')[0]}%{one.index}")
    except (OSError, TimeoutError):
        return heard


async def _router() -> tuple[str, bool] | None:
    address = await asyncio.to_thread(default_router)
    return (address, await alive(address)) if address else None


def default_router() -> str | None:
    """The IPv4 address of the router; None when there is none. On macOS and Windows not tried yet."""
    if sys.platform == "linux":
        return router_in_table(Path("/proc/thread-self/net/route").read_text("ascii"))
    if sys.platform == "darwin":
        lines = said("route", "-n", "get", "default").splitlines()
        return next((line.split()[1] for line in lines if line.strip().startswith("gateway:")), None)
    lines = said("route", "print", "-4", "0.0.0.0").splitlines()
    return next((line.split()[2] for line in lines if line.split()[:2] == ["0.0.0.0", "0.0.0.0"]), None)


def router_in_table(table: str) -> str | None:
    """The router in Linux' table of routes, where addresses are hexadecimal and stand backwards."""
    for line in table.splitlines()[1:]:
        _name, destination, gateway, flags = line.split()[:4]
        if destination == "00000000" and int(flags, 16) & 2:
            return socket.inet_ntoa(bytes.fromhex(gateway)[::-1])
    return None
