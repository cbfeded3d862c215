"""The examination: every check of the doctor at once, in less than four seconds, and why one address is unreachable.

On the Engine's loop; programs of the system run on threads.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never

from lanchat.core import limits
from lanchat.core.address import AddressTarget, CodeTarget, LinkTarget, NotAnAddress, RoomIdTarget, Target, parse_where
from lanchat.core.listing import Finding, Health
from lanchat.core.translate import _
from lanchat.network.discovery.querier import CONNECT_SECONDS, ConnectResult, try_connect
from lanchat.network.doctor import firewall, neighbours, this_computer
from lanchat.network.host_addresses import NameUnknown, Snapshot, resolve, snapshot

MAX_SECONDS = 3.5

_ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What only the Engine knows."""

    data_dir: Path
    addresses: tuple[str, ...]  #: this computer's that are in use; loopback alone: nothing is sent to the network
    address: str | None = None  #: what the person cannot reach: an address, a code or a link
    hosting: tuple[int, ...] = ()  #: the ports of rooms hosted here
    visited: bool = False  #: somebody from another machine has joined one of them
    rooms: Callable[[], int] = int  #: how many rooms on other machines answer by now
    ahead: float | None = None  #: seconds by which this clock is ahead of others', where they told
    unread: str = ""  #: why the data in `data_dir` cannot be read, in words for the person
    port: int = limits.PORT


async def check(circumstances: Circumstances) -> tuple[Finding, ...]:
    """The findings, in the order to show them."""
    refused: OSError | None = None
    try:
        everything = await asyncio.to_thread(snapshot)
    except OSError as error:  # out of descriptors: checks that need no address still run
        everything, refused = frozenset(), error
    mine = frozenset(one for one in everything if one.address in circumstances.addresses)
    async with asyncio.TaskGroup() as group:
        mdns_answers = group.create_task(neighbours.answers_to_mdns(mine))
        port = circumstances.port
        checks: dict[str, Coroutine[Any, Any, list[Finding]]] = {
            "network": _network(mine, refused),
            "neighbours": neighbours.examine(mine, circumstances.rooms, port, mdns_answers),
            "multicast": this_computer.multicast(mine, mdns_answers),
            "port": this_computer.port(port, circumstances.hosting),
            "firewall": firewall.examine((*circumstances.hosting, port)[0], circumstances.visited),
            "clock": this_computer.clock(time.time(), circumstances.ahead),
            "data": asyncio.to_thread(this_computer.data, circumstances.data_dir, circumstances.unread),
            "files": asyncio.to_thread(this_computer.files, circumstances.data_dir),
        }
        if circumstances.address is not None:
            checks["address"] = check_address(circumstances.address, port, mine)
        found = [group.create_task(_in_time(name, one)) for name, one in checks.items()]
    return tuple(finding for one in found for finding in one.result())


async def _network(mine: Snapshot, refused: OSError | None) -> list[Finding]:
    """`refused`: why this computer's addresses are not known."""
    if refused is not None:
        raise refused
    return await this_computer.network(mine)


async def _in_time(name: str, run: Coroutine[Any, Any, list[Finding]]) -> list[Finding]:
    try:
        async with asyncio.timeout(MAX_SECONDS):
            return await run
    except TimeoutError:
        return [Finding(name, Health.ODD, _("This check took too long and was left out."))]
    except OSError as error:  # the system refuses, as when there are no descriptors left
        reason = error.strerror or type(error).__name__
        return [Finding(name, Health.ODD, _("This check could not be made: {reason}.").format(reason=reason))]


async def check_address(where: str, well_known: int, mine: Snapshot) -> list[Finding]:
    """Whether a room's host can be reached: one finding for each address that `where` names."""
    try:
        places = _places(parse_where(where), well_known)
    except NotAnAddress as error:
        return [Finding(_ADDRESS, Health.BAD, str(error), _("Type an address, a room code or a link."))]
    numeric = [place for some in await asyncio.gather(*(_resolved(*place) for place in places)) for place in some]
    if not numeric:
        return [Finding(_ADDRESS, Health.BAD, _("No computer of that name is known."), _("Type its address instead."))]
    return list(await asyncio.gather(*(_address_finding(address, port, mine) for address, port in numeric)))


def _places(target: Target, well_known: int) -> list[tuple[str, int]]:
    match target:
        case AddressTarget(host, port):
            return [(host, port or well_known)]
        case CodeTarget(ipv4):
            return [(ipv4, well_known)]
        case LinkTarget(addresses, port):
            return [(address, port) for address in addresses]
        case RoomIdTarget():
            raise NotAnAddress(_("That names a room, not where it is."))
        case _:
            assert_never(target)


async def _resolved(host: str, port: int) -> list[tuple[str, int]]:
    try:
        return [(address, port) for address in (await resolve(host))[:1]]
    except NameUnknown:
        return []


async def _address_finding(address: str, port: int, mine: Snapshot) -> Finding:
    place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    if any(one.address == address for one in mine):
        place = _("{place} (this computer)").format(place=place)
    health, says, advice = await _connect_finding(address, port)
    return Finding(_ADDRESS, health, says.format(place=place), advice)


async def _connect_finding(address: str, port: int) -> tuple[Health, str, str]:
    """Health, text (with {place} in it) and advice."""
    result = await try_connect(address, port, CONNECT_SECONDS)
    match result:
        case ConnectResult.ACCEPTED:
            return Health.GOOD, _("{place} takes connections."), ""
        case ConnectResult.REFUSED:
            return Health.BAD, _("The computer at {place} is there, but no room is open on that port."), _(
                "Ask whether the room is still open, and for its code.")  # fmt: skip
        case ConnectResult.NO_HOST:
            return Health.BAD, _("No computer answers to the address of {place}."), _(
                "Ask for the address again: it may have changed, or be on another network.")  # fmt: skip
        case ConnectResult.NO_ROUTE:
            return Health.BAD, _("No network of this computer leads to {place}."), _(
                "Join the network that the other computer is on.")  # fmt: skip
        case ConnectResult.FORBIDDEN:
            return Health.BAD, _("This system does not let lanchat reach {place}."), _(
                "Allow it under Privacy & Security, Local Network, then start lanchat again.")  # fmt: skip
        case ConnectResult.NO_ANSWER:
            if await neighbours.is_alive(address):
                return Health.BAD, _("The computer at {place} is there, but nothing gets through to that port."), _(
                    "Its firewall keeps you out: over there, `lanchat doctor` says how to open it.")  # fmt: skip
            return Health.BAD, _("Nothing at all answers at {place}."), _(
                "It is switched off, on another network, or this Wi-Fi keeps computers apart.")  # fmt: skip
        case _:
            assert_never(result)
