"""This computer on its network: addresses, multicast, the port."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import platform
import socket

from lanchat.core.health import Finding, Health
from lanchat.core.words import _
from lanchat.network.interfaces import Interface, Snapshot, best_first

GROUP = "239.255.77.78"  # ours alone, so that what comes back is our own
ECHO_SECONDS = 0.5


async def network(mine: Snapshot) -> list[Finding]:
    """Which addresses we have, and what is special about them."""
    findings = [_addresses(mine)]
    vpns = sorted({one.name for one in mine if one.vpn})
    if vpns:
        findings.append(Finding(
            "vpn", Health.ODD, _("A VPN is on: {names}.").format(names=", ".join(vpns)),
            _("If rooms are missing, allow access to the local network in its settings, or switch it off."),
        ))  # fmt: skip
    if "microsoft" in platform.release().lower():
        findings.append(Finding(
            "wsl", Health.ODD, _("This is Linux inside Windows (WSL), which has a network of its own."),
            _("Run lanchat in Windows itself."),
        ))  # fmt: skip
    return findings


def _addresses(mine: Snapshot) -> Finding:
    ordered = best_first(mine)
    if not ordered:
        return Finding(
            "network", Health.BAD, _("This computer is on no network."),
            _("Join a Wi-Fi or plug in a cable; until then only people on this computer can talk."),
        )  # fmt: skip
    if all(one.ip.is_loopback for one in ordered):
        return Finding("network", Health.GOOD, _("Only people on this computer are looked for."))
    says = ", ".join(f"{one.address} ({one.name})" for one in ordered if one.v4) or ordered[0].address
    if all(one.ip.is_link_local for one in ordered if one.v4):
        return Finding(
            "network", Health.ODD, _("This computer was given no address by a router: {address}.").format(address=says),
            _("That will do between computers on one cable; on Wi-Fi, join it anew."),
        )  # fmt: skip
    return Finding("network", Health.GOOD, says)


async def multicast(mine: Snapshot) -> list[Finding]:
    """Whether our own multicast comes back to us, on each adapter."""
    adapters = sorted(one for one in mine if one.v4 and not one.ip.is_loopback)
    deaf = [one for one, heard in zip(adapters, await asyncio.gather(*map(_hears_itself, adapters)), strict=True)
            if not heard]  # fmt: skip
    if not adapters:
        return []
    if deaf:
        names = ", ".join(f"{one.name} ({one.address})" for one in deaf)
        return [Finding(
            "multicast", Health.ODD, _("Multicast, which finds rooms, does not work on {names}.").format(names=names),
            _("Rooms are still found in other ways; if not, look at this computer's firewall."),
        )]  # fmt: skip
    return [Finding("multicast", Health.GOOD, _("Multicast, which finds rooms, works."))]


async def _hears_itself(one: Interface) -> bool:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as echo:
        echo.setblocking(False)
        try:
            echo.bind(("", 0))
            mine = socket.inet_aton(one.address)
            echo.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + mine)
            echo.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, mine)
            await loop.sock_sendto(echo, one.address.encode(), (GROUP, echo.getsockname()[1]))
            async with asyncio.timeout(ECHO_SECONDS):
                return await loop.sock_recv(echo, 64) == one.address.encode()
        except (OSError, TimeoutError):
            return False


async def port(number: int, hosting: tuple[int, ...]) -> list[Finding]:
    """Whether a room can be opened where others look first."""
    if hosting:
        ports = ", ".join(str(one) for one in sorted(hosting))
        return [Finding("port", Health.GOOD, _("A room is open here on port {ports}.").format(ports=ports))]
    taken = [name for name, kind in (("TCP", socket.SOCK_STREAM), ("UDP", socket.SOCK_DGRAM)) if _taken(kind, number)]
    if "UDP" in taken:
        return [Finding(
            "port", Health.ODD, _("Port {port} is used by another program.").format(port=number),
            _("If that is not lanchat, a room hosted here is found a little later."),
        )]  # fmt: skip
    if taken:
        return [Finding(
            "port", Health.GOOD, _("Port {port} is in use; a room hosted here takes another.").format(port=number)
        )]  # fmt: skip
    return [Finding("port", Health.GOOD, _("Port {port} is free.").format(port=number))]


def _taken(kind: socket.SocketKind, number: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as one:
        if kind is socket.SOCK_STREAM:
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("", number))
        except OSError as error:
            return error.errno in (errno.EADDRINUSE, errno.EACCES)
    return False
